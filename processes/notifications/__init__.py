"""What people are told: rows in the product, and one digest by e-mail."""
