"""Says which test shows that an element of BPMN runs or is refused; the README's table is made from it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

_Test = TypeVar("_Test", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Shown:
    """One thing that a test shows.

    Attributes:
        element: the BPMN element, e.g. ``boundaryEvent``.
        kind: what it throws or waits for, or a word on what it does.
        how: e.g. ``non-interrupting``.
    """

    element: str
    kind: str
    how: str
    runs: bool


def runs(element: str, kind: str = "", how: str = "") -> Callable[[_Test], _Test]:
    """Mark a test that shows an element running."""
    return _mark(Shown(element, kind, how, runs=True))


def refused(element: str, kind: str = "", how: str = "") -> Callable[[_Test], _Test]:
    """Mark a test that shows an element refused at deployment."""
    return _mark(Shown(element, kind, how, runs=False))


def shown_by(test: object) -> list[Shown]:
    """Return what a test shows."""
    return list(getattr(test, "__shows__", ()))


def _mark(shown: Shown) -> Callable[[_Test], _Test]:
    def mark(test: _Test) -> _Test:
        test.__shows__ = [shown, *shown_by(test)]  # type: ignore[attr-defined]  # a mark on a function
        return test

    return mark
