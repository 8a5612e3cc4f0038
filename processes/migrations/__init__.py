"""The schema's history: every change of a table is a revision here, on SQLite and PostgreSQL alike."""
