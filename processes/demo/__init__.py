"""A city at work: people, a letter, and months of plausible work played through the real commands."""
