"""The types of FEEL, whether a value conforms to one, and the conversions that are made silently."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.feel.temporal import Date, midnight
from engine.feel.values import Function, Range, type_name
from engine.feel.zones import UTC_ZONE


@dataclass(frozen=True, slots=True)
class AnyType:
    """Every value, also ``null``."""


@dataclass(frozen=True, slots=True)
class SimpleType:
    """A built-in type, by its FEEL name."""

    name: str


@dataclass(frozen=True, slots=True)
class ListType:
    """A list whose items all conform to one type."""

    item: "FeelType"


@dataclass(frozen=True, slots=True)
class ContextType:
    """A context that has at least these entries."""

    members: Mapping[str, "FeelType"]


@dataclass(frozen=True, slots=True)
class RangeType:
    """An interval over one type."""

    end: "FeelType"


@dataclass(frozen=True, slots=True)
class FunctionType:
    """A function with this many parameters."""

    parameters: tuple["FeelType", ...]
    result: "FeelType"


FeelType = AnyType | SimpleType | ListType | ContextType | RangeType | FunctionType

ANY = AnyType()

_SPELLINGS = {
    "dateTime": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
    "days and time duration": "days and time duration",
    "years and months duration": "years and months duration",
}
_SIMPLE = frozenset(
    {
        "number",
        "string",
        "boolean",
        "date",
        "time",
        "date and time",
        "days and time duration",
        "years and months duration",
        "Null",
        "list",
        "context",
        "range",
        "function",
    }
)


def type_text(wanted: FeelType) -> str:
    """Return a type in words."""
    match wanted:
        case SimpleType(name):
            return name
        case ListType(item):
            return f"list of {type_text(item)}"
        case ContextType(members):
            return f"context of {', '.join(members)}"
        case RangeType(end):
            return f"range of {type_text(end)}"
        case FunctionType():
            return "function"
        case AnyType():
            return "Any"


def built_in_type(name: str) -> FeelType | None:
    """Return the built-in type of this name (DMN 1.3 spellings too), ``None`` if there is none."""
    name = name.removeprefix("feel:").removeprefix("feel.")
    if name == "Any":
        return ANY
    spelled = _SPELLINGS.get(name, name)
    return SimpleType(spelled) if spelled in _SIMPLE else None


def conforms(value: Any, wanted: FeelType) -> bool:
    """Return whether a value is an instance of a type; ``null`` is one only of ``Null`` and ``Any``."""
    match wanted:
        case AnyType():
            return True
        case SimpleType(name):
            return type_name(value) == name
        case ListType(item):
            return isinstance(value, list) and all(entry is None or conforms(entry, item) for entry in value)
        case ContextType(members):
            return isinstance(value, dict) and all(
                name in value and (value[name] is None or conforms(value[name], member))
                for name, member in members.items()
            )
        case RangeType(end):
            return isinstance(value, Range) and all(
                item is None or conforms(item, end) for item in (value.low, value.high)
            )
        case FunctionType(parameters, _):
            return isinstance(value, Function) and any(
                len(names) == len(parameters) for names in value.parameters
            )


def coerced(value: Any, wanted: FeelType) -> Any:
    """Return a value as an instance of a type (DMN 1.5, 10.3.2.9.4), else ``null``.

    A list of one becomes its item, an item a list of one, a date a date and time at midnight UTC.
    """
    if value is None or conforms(value, wanted):
        return value
    if isinstance(value, list) and len(value) == 1 and not isinstance(wanted, ListType):
        return value[0] if value[0] is not None and conforms(value[0], wanted) else None
    if isinstance(wanted, ListType) and not isinstance(value, list) and conforms(value, wanted.item):
        return [value]
    if wanted == SimpleType("list") and not isinstance(value, list):
        return [value]
    if wanted == SimpleType("date and time") and isinstance(value, Date):
        return midnight(value, UTC_ZONE)
    return None
