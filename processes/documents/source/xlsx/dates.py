"""Finds dates whose day and month Excel may have swapped.

Where Excel expects month/day, ``05/08/2026`` (5 August) becomes 8 May, and ``25/08/2026``, which is no date there,
stays text. So a column that mixes both betrays itself; so does a date out of the range of the others that would be
within it if day and month were exchanged. Nothing is changed: only a person knows.
"""

import datetime as dt
import re
from collections.abc import Sequence

_WRITTEN = re.compile(r"(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})")
_LAST_MONTH = 12
#: How far beyond the others a date is still in their range.
_MARGIN = dt.timedelta(days=31)
_FEWEST_CERTAIN = 2


def maybe_swapped(column: Sequence[dt.date | str | None]) -> list[int]:
    """Return which of a column's values, by position from 0, may have day and month swapped.

    Args:
        column: dates as Excel keeps them, and texts.
    """
    written = [day for day in map(_written, column) if day is not None]
    dates = [_day(value) for value in column]
    certain = [day for day in dates if day is not None and day.day > _LAST_MONTH]
    doubtful = [
        at
        for at, day in enumerate(dates)
        if day is not None and day.day <= _LAST_MONTH and day.day != day.month
    ]
    if not certain and any(day.day > _LAST_MONTH for day in written):
        return doubtful
    known = certain + written
    if len(known) < _FEWEST_CERTAIN:
        return []
    first, last = min(known) - _MARGIN, max(known) + _MARGIN
    found = []
    for at in doubtful:
        day = dates[at]
        if day is not None and not first <= day <= last and first <= _swapped(day) <= last:
            found.append(at)
    return found


def _day(value: dt.date | str | None) -> dt.date | None:
    if isinstance(value, dt.datetime):
        return value.date()
    return value if isinstance(value, dt.date) else None


def _written(value: dt.date | str | None) -> dt.date | None:
    match = _WRITTEN.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        return None
    try:
        return dt.date(int(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        return None


def _swapped(day: dt.date) -> dt.date:
    return day.replace(month=day.day, day=day.month)
