"""Messages and signals between instances."""
