"""Conversion between process variables (JSON) and FEEL values."""

from collections.abc import Callable, Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from math import isfinite, isinf
from typing import Any

from engine.feel.errors import TooLarge
from engine.feel.temporal import Date, DateTime, Span, Time, YearsMonths, from_python
from engine.feel.temporal_text import read_date, read_date_time, read_duration, read_time, temporal_text
from engine.feel.types import ContextType, FeelType, ListType, SimpleType
from engine.feel.values import Function, Range, number_from

#: Integers beyond this cannot be carried by canonical JSON and become floating point numbers.
_MAX_SAFE_INTEGER = 2**53 - 1

#: How texts are read where a type is declared that JSON has not.
_READERS: Mapping[str, Callable[[str], Any]] = {
    "date": read_date,
    "time": read_time,
    "date and time": read_date_time,
    "days and time duration": read_duration,
    "years and months duration": read_duration,
}


def to_feel(value: Any) -> Any:
    """Return a JSON value, or a date, time or time span of Python, as FEEL sees it; FEEL values pass unchanged.

    Raises:
        TypeError: the value is none of these.
    """
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    if isinstance(value, int):
        return number_from(value)
    if isinstance(value, float):
        return number_from(repr(value)) if isfinite(value) else None
    if isinstance(value, (list, tuple)):
        return [to_feel(item) for item in value]
    if isinstance(value, Mapping):
        return {key: to_feel(item) for key, item in value.items()}
    if isinstance(value, (Date, Time, DateTime, Span, YearsMonths, Range, Function)):
        return value
    if isinstance(value, (date, time, timedelta)):
        return from_python(value)
    raise TypeError(f"Expected a JSON value, but got {type(value).__name__}")


def as_declared(value: Any, wanted: FeelType) -> Any:
    """Return a value that came from JSON, texts read as the dates, times and durations that a type declares.

    What cannot be read so stays as it is.
    """
    match wanted:
        case SimpleType(name) if isinstance(value, str):
            read = _READERS[name](value) if name in _READERS else None
            return value if read is None else read
        case SimpleType() if isinstance(value, list):
            return [item if isinstance(item, list) else as_declared(item, wanted) for item in value]
        case ListType(item):
            return (
                [as_declared(each, item) for each in value]
                if isinstance(value, list)
                else as_declared(value, item)
            )
        case ContextType(members) if isinstance(value, dict):
            return {
                key: as_declared(each, members[key]) if key in members else each
                for key, each in value.items()
            }
        case _:
            return value


def to_json(value: Any) -> Any:
    """Return a FEEL value as JSON.

    A whole number becomes an ``int``, another number a ``float``; dates, times and durations their ISO text; an
    interval a dict of its ends; a function cannot be written and becomes ``null``.

    Raises:
        TooLarge: a number lies beyond those of floating point.
    """
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, Decimal):
        if value.adjusted() <= 15 and value == value.to_integral_value() and abs(value) <= _MAX_SAFE_INTEGER:
            return int(value)
        inexact = float(value)
        if isinf(inexact):
            raise TooLarge(f"Expected a number that JSON can carry, but got {value}")
        return inexact
    if isinstance(value, list):
        return [to_json(item) for item in value]
    if isinstance(value, dict):
        return {key: to_json(item) for key, item in value.items()}
    if isinstance(value, (Date, Time, DateTime, Span, YearsMonths)):
        return temporal_text(value)
    if isinstance(value, Range):
        return {
            "start": to_json(value.low),
            "end": to_json(value.high),
            "start_included": value.low_closed,
            "end_included": value.high_closed,
        }
    return None
