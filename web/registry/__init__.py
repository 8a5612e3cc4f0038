"""The registry of units: who there is and was, what becomes of them, and what follows for open work."""

from web.registry import acts, files, following, groups, people, units
from web.registry.blueprint import blueprint

__all__ = ["acts", "blueprint", "files", "following", "groups", "people", "units"]
