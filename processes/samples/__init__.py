"""Sông Vàng, a city that does not exist: its registry of units and documents to them, for the demo."""

from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable

REGISTRY_FILE = "units.csv"
LETTER_FILE = "letter.txt"
DIRECTIVE_FILE = "directive.txt"
PLAN_FILE = "plan.md"


def sample_registry() -> bytes:
    """Return the registry of the invented city, in the format of ``sauro units load``."""
    return registry_path().read_bytes()


def sample_letter(day: date | None = None) -> bytes:
    """Return the text of a letter to the invented city's units.

    Args:
        day: what it is dated; without it only month and year are written, as before a letter is registered.
    """
    return _dated(LETTER_FILE, day)


def sample_directive(day: date | None = None) -> bytes:
    """Return the text of a directive whose headings are its executors; ``day`` as for the letter."""
    return _dated(DIRECTIVE_FILE, day)


def sample_plan(day: date | None = None) -> bytes:
    """Return the text of a plan with an appendix of tasks; ``day`` as for the letter."""
    return _dated(PLAN_FILE, day)


def _dated(filename: str, day: date | None) -> bytes:
    written = (files(__name__) / filename).read_bytes()
    if day is None:
        return written
    undated = "ngày tháng 8 năm 2026".encode()
    return written.replace(undated, f"ngày {day.day:02} tháng {day.month:02} năm {day.year}".encode(), 1)


def registry_path() -> Traversable:
    """Return where the registry lies."""
    return files(__name__) / REGISTRY_FILE


def letter_path() -> Traversable:
    """Return where the letter lies."""
    return files(__name__) / LETTER_FILE
