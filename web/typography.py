"""Writes dates, numbers and spans of time as a Vietnamese office does, and as English readers expect."""

import re
import unicodedata
from datetime import date, datetime, timedelta

from flask import Flask

from engine import clock
from web.language import gettext, ngettext, present_language

NBSP = "\u00a0"

_TYPED_DAY = re.compile(r"([0-9]{1,2})\s*[/.-]\s*([0-9]{1,2})\s*[/.-]\s*([0-9]{4})")

#: The order of the Vietnamese alphabet; tone marks decide only between words that are otherwise equal.
_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
#: Combining marks that make a letter of its own (circumflex, breve, horn), as against tone marks.
_LETTER_MARKS = "\u0302\u0306\u031b"
#: The order of tones: none, huyền, hỏi, ngã, sắc, nặng.
_TONES = {"": 0, "\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
_RANK = {letter: rank for rank, letter in enumerate(_ALPHABET, start=1)}


def local(instant: datetime) -> datetime:
    """Return the instant on the wall clock in Vietnam."""
    return clock.require_aware(instant).astimezone(clock.BUSINESS_ZONE)


def day(value: date | datetime | str | None) -> str:
    """Write a day as ``14/08/2026``; a dash where there is none. Text is ISO 8601."""
    if value is None or value == "":
        return "–"
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if len(value) > 10 else date.fromisoformat(value)
    if isinstance(value, datetime):
        value = local(value).date()
    return value.strftime("%d/%m/%Y")


def iso_day(text: str) -> str:
    """Return ``14/08/2026``, ``14-8-2026`` or ``14.8.2026`` as ``2026-08-14``; anything else as it was typed."""
    written = _TYPED_DAY.fullmatch(text.strip())
    return text.strip() if written is None else f"{written[3]}-{int(written[2]):02}-{int(written[1]):02}"


def typed_day(value: object) -> str:
    """Return an ISO 8601 day as people type it, ``14/08/2026``; what is none as it is."""
    try:
        return day(str(value)) if value else ""
    except ValueError:
        return str(value)


def moment(value: datetime | str | None) -> str:
    """Write an instant as ``17:00, 14/08/2026``; a dash where there is none."""
    if value is None or value == "":
        return "–"
    if isinstance(value, str):
        value = clock.from_text(value)
    there = local(value)
    return f"{there:%H:%M},{NBSP}{there:%d/%m/%Y}"


def time_of_day(value: datetime) -> str:
    """Write the time of an instant as ``17:00``."""
    return f"{local(value):%H:%M}"


def number(value: float, decimals: int = 0) -> str:
    """Write a number with the language's marks: ``1.234,5`` in Vietnamese, ``1,234.5`` in English."""
    text = f"{value:,.{decimals}f}"
    return text.translate(str.maketrans(",.", ".,")) if present_language() == "vi" else text


def seconds(length: timedelta) -> str:
    """Write a short length of time as ``0,4 s``."""
    return f"{number(length.total_seconds(), 1)}{NBSP}s"


def percent(part: float, whole: float) -> str:
    """Write a share as ``32,53 %`` with two decimals; a dash where there is no whole."""
    return "—" if not whole else f"{number(100 * part / whole, 2)}{NBSP}%"


def working_days(count: int) -> str:
    """Write a number of working days, unbreakable between number and unit."""
    text = ngettext("%(count)s working day", "%(count)s working days", count, count=number(count))
    return text.replace(" ", NBSP)


def days_left(count: int | None) -> str:
    """Write what is left of a deadline: *còn 3 ngày làm việc*, *quá hạn 2 ngày làm việc*.

    Args:
        count: working days; negative when the deadline has passed, ``None`` without a deadline.
    """
    if count is None:
        return gettext("no deadline")
    if count == 0:
        return gettext("due today")
    if count > 0:
        return gettext("%(days)s left", days=working_days(count))
    return gettext("%(days)s overdue", days=working_days(-count))


def sort_key(text: str) -> tuple[tuple[int, ...], tuple[int, ...], str]:
    """Return what Vietnamese words sort by: letters in the order of the alphabet, then tones, then spelling."""
    letters: list[int] = []
    tones: list[int] = []
    for character in unicodedata.normalize("NFC", text.casefold()):
        parts = unicodedata.normalize("NFD", character)
        base = unicodedata.normalize(
            "NFC", parts[0] + "".join(mark for mark in parts[1:] if mark in _LETTER_MARKS)
        )
        tone = next((mark for mark in parts[1:] if mark in _TONES), "")
        if base.isdigit():
            letters.append(100 + int(base))
        else:
            letters.append(200 + _RANK[base] if base in _RANK else ord(base) if ord(base) < 100 else 99)
        tones.append(_TONES[tone])
    return tuple(letters), tuple(tones), text


def searchable(text: str) -> str:
    """Return the text without accents and case, for a search that forgives both."""
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return re.sub(r"\s+", " ", "".join(c for c in plain if not unicodedata.combining(c))).strip()


def install(app: Flask) -> None:
    """Give templates these ways of writing."""
    app.jinja_env.filters.update(
        day=day,
        typed_day=typed_day,
        moment=moment,
        time_of_day=time_of_day,
        number=number,
        working_days=working_days,
        days_left=days_left,
    )
