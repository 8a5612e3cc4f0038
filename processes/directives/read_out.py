"""A reading with the *6 rõ* check of each of its directives, as a person or a program is told it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from processes.calendar.working_days import WorkingCalendar
from processes.directives.clarity import DEFAULT_LABELS, Clarity, aspect_of, check_clarity
from processes.directives.facts import facts_of
from processes.documents.reading.letter import LetterReading


def clarities_of(
    reading: LetterReading, *, calendar: WorkingCalendar, received_on: date | None = None
) -> Sequence[Clarity]:
    """Return how each directive of a letter stands with the *6 rõ*, by the labels that the letter names, if any.

    Args:
        received_on: the day from which deadlines are proposed, where it is later than the letter's.
    """
    addressees = [each.text for each in reading.recipients]
    labels = [label for label in reading.six_clear_labels if aspect_of(label) is not None] or DEFAULT_LABELS
    return [
        check_clarity(
            facts_of(directive, addressees=addressees, urgency=reading.urgency),
            issued_on=reading.issued_on or received_on,
            received_on=received_on,
            calendar=calendar,
            labels=labels,
        )
        for directive in reading.directives
    ]


def read_out(
    reading: LetterReading, *, calendar: WorkingCalendar, received_on: date | None = None
) -> dict[str, Any]:
    """Return a reading as JSON values, the check of each directive under ``clarity``: see :func:`clarities_of`."""
    found = reading.to_json()
    for directive, clarity in zip(
        found["directives"], clarities_of(reading, calendar=calendar, received_on=received_on), strict=True
    ):
        directive["clarity"] = clarity.to_json()
    return found
