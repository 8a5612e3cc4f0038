"""Turning the directives of a document into assignments."""
