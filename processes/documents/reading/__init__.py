"""Reads an official letter from the bytes of a file."""
