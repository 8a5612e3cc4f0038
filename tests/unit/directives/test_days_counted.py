"""Deadlines that count days: from the day of the document, or of receipt where the document says so."""

from datetime import date
from typing import Any

import pytest

from processes.calendar.working_days import WorkingCalendar
from processes.directives.deadlines import DefaultDeadlines, plan_deadline

ISSUED, RECEIVED = date(2026, 8, 3), date(2026, 8, 6)


@pytest.mark.parametrize(
    ("deadline", "on"),
    [
        ({"kind": "working_days", "days": 5, "anchor": "issued_date"}, date(2026, 8, 10)),
        ({"kind": "working_days", "days": 5, "anchor": "received_date"}, date(2026, 8, 13)),
        ({"kind": "working_days", "days": 5}, date(2026, 8, 10)),
        ({"kind": "relative_days", "days": 10, "anchor": "received_date"}, date(2026, 8, 17)),
        ({"kind": "relative_days", "days": 10}, date(2026, 8, 13)),
        ({"kind": "relative_days", "days": 10, "date": "2026-08-20"}, date(2026, 8, 20)),
    ],
)
def test_days_count_from_the_day_that_the_document_names(deadline: dict[str, Any], on: date) -> None:
    planned = plan_deadline(
        deadline={"date": None, **deadline},
        text="",
        urgency="normal",
        issued_on=ISSUED,
        received_on=RECEIVED,
        calendar=WorkingCalendar({}),
        defaults=DefaultDeadlines(),
    )
    assert (planned.on, planned.source) == (on, "document")
