"""Retention: what has ended leaves the journal for files that prove as much, unless it is held."""
