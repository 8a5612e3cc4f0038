"""Signing in and out, and the guard in front of every page."""
