"""Reasons of refusals in the reader's language."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from engine.errors import Rejection
from processes.problems import Problem
from web.language import gettext
from web.typography import day


def in_words(problem: object) -> str:
    """Return a reason as the reader is told it; one that has no translation as it is."""
    if not isinstance(problem, Problem):
        return str(problem)
    return gettext(problem.sentence).format(**{name: _part(part) for name, part in problem.parts.items()})


def all_in_words(refused: Rejection) -> list[str]:
    """Return every reason of a refusal, one a line."""
    found = refused.params.get("problems", ())
    return [in_words(problem) for problem in found] if isinstance(found, Iterable) else []


def _part(part: Any) -> Any:
    return day(part) if isinstance(part, date) else part
