"""Definitions: immutable, addressed by content, pinned by an instance when it starts."""
