"""Writes the value of a cell as a Vietnamese Excel shows it: 25/09/2026, 97,5%, 1.250.000."""

import datetime as dt
import re

#: What is said in words within a number format, and colours, conditions, currencies.
_LITERAL = re.compile(r'"([^"]*)"|\\(.)')
_BRACKETED = re.compile(r"\[[^\]]*\]")
_DIGITS = re.compile(r"[#0?][#0?,.]*")
_SWAPPED = str.maketrans(",.", ".,")


def shown(value: object, number_format: str) -> str:
    """Return what a person sees: dates as day/month/year, a month as month/year where the format has no day."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, dt.date | dt.time):
        return _moment(value, number_format)
    if isinstance(value, int | float):
        return _number(value, number_format)
    return str(value)


def _moment(value: dt.date | dt.time, number_format: str) -> str:
    if isinstance(value, dt.time):
        return value.strftime("%H:%M")
    bare = _BRACKETED.sub("", _LITERAL.sub("", number_format)).lower()
    if "y" in bare and "d" not in bare and "h" not in bare:
        return f"{value.month:02}/{value.year}" if "m" in bare else str(value.year)
    day = f"{value.day:02}/{value.month:02}/{value.year}"
    if isinstance(value, dt.datetime) and (value.hour or value.minute):
        return f"{day} {value.hour:02}:{value.minute:02}"
    return day


def _number(value: float, number_format: str) -> str:
    form = _BRACKETED.sub("", number_format.split(";")[0])
    digits = _DIGITS.search(_LITERAL.sub(lambda match: "\0" * len(match[0]), form))
    if digits is None or "E" in form.upper().replace("GENERAL", ""):
        return _general(value)
    whole, _, fraction = digits[0].partition(".")
    is_percent = "%" in _LITERAL.sub("", form)
    number = value * 100 if is_percent else value
    written = f"{number:,.{len(fraction)}f}" if "," in whole else f"{number:.{len(fraction)}f}"
    if "#" in fraction:
        written = written.rstrip("0").rstrip(".")
    least = whole.count("0")
    if "," not in whole and least > 1:
        before, dot, after = written.partition(".")
        written = before.zfill(least) + dot + after
    prefix = _said(form[: digits.start()])
    suffix = _said(form[digits.end() :])
    return prefix + written.translate(_SWAPPED) + suffix


def _said(part: str) -> str:
    """Return the words and signs of a format beside its digits; ``_`` and ``*`` are about widths."""
    part = re.sub(r"[_*].", "", part)
    return _LITERAL.sub(lambda match: match[1] if match[1] is not None else match[2], part)


def _general(value: float) -> str:
    """Return a number without a format; its point stays a point, for it may be an ordinal (1.1)."""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else f"{value:.12g}"
