"""Measures what this process and its database do, for Prometheus."""
