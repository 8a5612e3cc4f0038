"""The command line: ``sauro`` and its groups."""

from web.cli.main import main

__all__ = ["main"]
