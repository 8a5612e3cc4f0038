"""Sông Vàng, a city that does not exist: its registry of units and a letter to them, for the demo."""

from importlib.resources import files
from importlib.resources.abc import Traversable

REGISTRY_FILE = "units.csv"
LETTER_FILE = "letter.txt"


def sample_registry() -> bytes:
    """Return the registry of the invented city, in the format of ``sauro units load``."""
    return registry_path().read_bytes()


def sample_letter() -> bytes:
    """Return the text of a letter to the invented city's units."""
    return letter_path().read_bytes()


def registry_path() -> Traversable:
    """Return where the registry lies."""
    return files(__name__) / REGISTRY_FILE


def letter_path() -> Traversable:
    """Return where the letter lies."""
    return files(__name__) / LETTER_FILE
