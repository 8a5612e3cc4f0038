"""Instants as these tests write them: ``21/08 16:30``, in 2026 and in the business time zone.

Around that day lie a make-up Saturday (22/8) and the days off of Quốc khánh (31/8 to 2/9).
"""

from datetime import datetime

from engine import clock


def instant(text: str) -> datetime:
    """Return ``21/08 16:30`` of 2026 as an instant."""
    return datetime.strptime(f"2026 {text}", "%Y %d/%m %H:%M").replace(tzinfo=clock.BUSINESS_ZONE)


def written(moment: datetime) -> str:
    """Return an instant as :func:`instant` reads it."""
    return f"{moment.astimezone(clock.BUSINESS_ZONE):%d/%m %H:%M}"
