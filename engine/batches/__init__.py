"""Batches: one kind of command for many subjects, resumable, by any number of workers."""
