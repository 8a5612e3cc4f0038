"""The number and the day under which a document is issued: well formed, possible, and not against its own text."""

import re
from datetime import date, timedelta
from typing import Any, ClassVar

import orjson

from engine import clock
from engine.errors import Rejection
from processes.documents.tables import Document

#: Digits of ASCII only; what other scripts write as digits is no number of a register.
_DIGITS = re.compile(r"[0-9]{1,6}")
#: ``5120/UBND-HCC`` (Nghị định 30/2020/NĐ-CP, Appendix I).
_FULL = re.compile(r"[0-9]{1,6}/[A-ZĐ0-9.\-]+")


class DocumentNumberRefused(Rejection):
    """The number is not written as a number is, or is not the one that the document carries."""

    code: ClassVar[str] = "document_number_refused"


class DocumentDayRefused(Rejection):
    """The day has not come yet, lies too far back, or is not the one that the document carries."""

    code: ClassVar[str] = "document_day_refused"


def full_number(document: Document, number: str) -> str:
    """Return the number with its notation, ``5120/UBND-HCC``.

    Args:
        number: as typed, ``5120`` or in full.

    Raises:
        DocumentNumberRefused: it is neither, or contradicts what the document says.
    """
    notation = _notation(document)
    if _DIGITS.fullmatch(number):
        if not notation:
            raise DocumentNumberRefused(
                f"Expected number '{number}' with its notation, because the letter states none; "
                f"write it in full, e.g. {number}/UBND-HCC",
                number=number,
            )
        found = number + notation
    elif notation and number.endswith(notation) and _DIGITS.fullmatch(number.removesuffix(notation)):
        found = number
    elif _FULL.fullmatch(number) is None:
        raise DocumentNumberRefused(
            "Expected a number of one to six digits, or in full like "
            f"5120{notation or '/UBND-HCC'}, but it is '{number}'",
            number=number,
        )
    elif notation:
        raise DocumentNumberRefused(
            f"Expected the letter's own notation '{notation}', but the number is '{number}'",
            number=number,
            notation=notation,
        )
    else:
        found = number
    if not int(found.partition("/")[0]):
        raise DocumentNumberRefused(f"Expected a number from 1, but it is '{number}'", number=number)
    printed = _reading(document).get("number")
    if printed and _value(str(printed)) != _value(found):
        raise DocumentNumberRefused(
            f"Expected the number that the letter carries, '{printed}', but it is '{number}'", number=number
        )
    return found


def check_day(document: Document, day: date, *, oldest_days: int) -> None:
    """Refuse a day that the document cannot have.

    Args:
        oldest_days: calendar days that a document may be old when it is issued here.

    Raises:
        DocumentDayRefused: the day is in the future, too long ago, or not what the document says.
    """
    today = clock.today()
    if day > today:
        raise DocumentDayRefused(
            f"Expected a day up to today, {today.isoformat()}, but it is {day.isoformat()}",
            day=day.isoformat(),
        )
    if day < today - timedelta(days=oldest_days):
        raise DocumentDayRefused(
            f"Expected a day within the last {oldest_days} days, but it is {day.isoformat()}; "
            "was the year mistyped?",
            day=day.isoformat(),
        )
    said = _reading(document).get("date_partial") or {}
    if any(said.get(part) not in (None, getattr(day, part)) for part in ("day", "month", "year")):
        raise DocumentDayRefused(
            f"Expected the day that the letter carries, '{_words(said)}', but it is {day.isoformat()}",
            day=day.isoformat(),
        )


def _notation(document: Document) -> str:
    written = "".join((document.notation or "").split())
    return written if not written or written.startswith("/") else f"/{written}"


def _reading(document: Document) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(document.reading)
    return found


def _value(number: str) -> tuple[str, str]:
    digits, _, notation = "".join(number.split()).partition("/")
    return digits.lstrip("0"), notation


def _words(said: dict[str, Any]) -> str:
    names = (("day", "ngày"), ("month", "tháng"), ("year", "năm"))
    return " ".join(f"{word} {said[part]}" for part, word in names if said.get(part) is not None)
