"""Values of single fields: what was entered becomes JSON of the field's type, then it is held to its limits.

Reading asks only for the type, so that conditions can look at values that are not acceptable yet; checking asks
for everything else.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from engine import clock
from engine.feel import Expression
from engine.forms.form import Component, FormError, Option

#: Text longer than this is refused where the form names no limit.
DEFAULT_MAX_LENGTH = 10_000
#: JSON carries whole numbers exactly up to here.
_MAX_NUMBER = 2**53 - 1

_NUMBER = re.compile(r"-?\d{1,16}(?:[.,](?P<decimals>\d{1,15}))?\Z", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_YES = ("true", "on", "1")
_NO = ("false", "off", "0", "")


class Refused(Exception):
    """A value is not acceptable; ``code`` and ``params`` say why."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def read(component: Component, given: Any) -> Any:
    """Return what was entered as JSON of the field's type; ``None`` (or ``[]``, ``False``) for nothing.

    Args:
        given: a JSON value, or the text that a browser sends.

    Raises:
        Refused: it is not of the field's type.
    """
    return _READERS[component.type](component, given)


def check(component: Component, value: Any, scope: Mapping[str, Any], *, now: datetime) -> None:
    """Hold a value that :func:`read` returned to the limits of its field.

    Args:
        scope: the variables that choices and bounds of dates may look at.

    Raises:
        Refused: it is not within them.
    """
    if value is None or value == [] or value is False:
        if component.required:
            raise Refused("required")
        return
    match component.type:
        case "textfield" | "textarea":
            _check_text(component, value)
        case "number":
            _check_number(component, value)
        case "radio" | "select":
            if value not in _values(component, scope, now):
                raise Refused("not_an_option")
        case "checklist" | "taglist":
            if not _values(component, scope, now).issuperset(value):
                raise Refused("not_an_option")
        case "datetime":
            _check_date(component, value, scope, now)


def options_of(component: Component, variables: Mapping[str, Any], *, now: datetime) -> tuple[Option, ...]:
    """Return the choices of a component; none, if their expression gives no list of them."""
    if component.options_from is None:
        return component.options
    given = component.options_from.evaluate_json(variables, now=now)
    options: dict[str, Option] = {}
    for each in given if isinstance(given, list) else ():
        value = each.get("value") if isinstance(each, dict) else each
        if isinstance(value, str) and value:
            label = each.get("label") if isinstance(each, dict) else value
            options.setdefault(value, Option(value=value, label=str(label or value)))
    return tuple(options.values())


def _values(component: Component, scope: Mapping[str, Any], now: datetime) -> set[str]:
    return {option.value for option in options_of(component, scope, now=now)}


def _text(component: Component, given: Any) -> str | None:
    if given is None:
        return None
    if not isinstance(given, str):
        raise Refused("not_text")
    text = unicodedata.normalize("NFC", given.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if component.type == "textfield":
        text = " ".join(text.split("\n"))
    categories = {unicodedata.category(character) for character in text if character not in "\n\t"}
    if "Cc" in categories or "Cs" in categories:
        raise Refused("not_text")
    # Characters without any shape are nothing: somebody who enters only those has entered nothing.
    return text if any(category[0] not in "CZ" for category in categories) else None


def _check_text(component: Component, text: str) -> None:
    if component.min_length is not None and len(text) < component.min_length:
        raise Refused("too_short", limit=component.min_length)
    limit = DEFAULT_MAX_LENGTH if component.max_length is None else component.max_length
    if len(text) > limit:
        raise Refused("too_long", limit=limit)
    if component.pattern is not None and re.search(component.pattern, text, re.ASCII) is None:
        raise Refused("pattern")


def _number(component: Component, given: Any) -> int | float | None:
    if given is None:
        return None
    if isinstance(given, str):
        # As written: "1.000" for one thousand must not become 1 where no decimals are allowed.
        text = given.strip()
        if not text:
            return None
        match = _NUMBER.match(text)
        if match is None:
            raise Refused("not_a_number")
        number, decimals = Decimal(text.replace(",", ".")), len(match["decimals"] or "")
    elif isinstance(given, (int, float)) and not isinstance(given, bool) and abs(given) <= _MAX_NUMBER:
        number = Decimal(repr(given))
        decimals = _decimals(number)
    else:
        raise Refused("not_a_number")
    if abs(number) > _MAX_NUMBER:
        raise Refused("not_a_number")
    if component.decimal_digits is not None and decimals > component.decimal_digits:
        raise Refused("too_many_digits", limit=component.decimal_digits)
    return int(number) if number == int(number) else float(number)


def _decimals(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _check_number(component: Component, number: int | float) -> None:
    if component.minimum is not None and number < component.minimum:
        raise Refused("too_small", limit=component.minimum)
    if component.maximum is not None and number > component.maximum:
        raise Refused("too_large", limit=component.maximum)


def _flag(_component: Component, given: Any) -> bool:
    if given is True or (isinstance(given, str) and given in _YES):
        return True
    if given is None or given is False or (isinstance(given, str) and given in _NO):
        return False
    raise Refused("not_a_choice")


def _choice(_component: Component, given: Any) -> str | None:
    if given is None or given == "":
        return None
    if not isinstance(given, str):
        raise Refused("not_an_option")
    return given


def _choices(_component: Component, given: Any) -> list[str]:
    if given is None or given == "":
        return []
    chosen = given if isinstance(given, list) else [given]
    if not all(isinstance(each, str) for each in chosen):
        raise Refused("not_an_option")
    return list(dict.fromkeys(each for each in chosen if each))


def _date(_component: Component, given: Any) -> str | None:
    if given is None or given == "":
        return None
    if not isinstance(given, str) or _DATE.match(given) is None:
        raise Refused("not_a_date")
    try:
        return date.fromisoformat(given).isoformat()
    except ValueError as error:
        raise Refused("not_a_date") from error


def _check_date(component: Component, value: str, scope: Mapping[str, Any], now: datetime) -> None:
    day = date.fromisoformat(value)
    earliest = _bound(component, component.not_before, scope, now)
    latest = _bound(component, component.not_after, scope, now)
    if earliest is not None and day < earliest:
        raise Refused("not_before", limit=earliest.isoformat())
    if latest is not None and day > latest:
        raise Refused("not_after", limit=latest.isoformat())


def _bound(
    component: Component, expression: Expression | None, scope: Mapping[str, Any], now: datetime
) -> date | None:
    """Return the day that an expression gives; none where it gives ``null``."""
    value = None if expression is None else expression.evaluate_json(scope, now=now)
    if value is None:
        return None
    try:
        if _DATE.match(str(value)):
            return date.fromisoformat(value)
        return clock.from_text(str(value)).astimezone(clock.BUSINESS_ZONE).date()
    except ValueError as error:
        raise FormError(
            f"Expected the bound of '{component.id}' to be a date, but it is {value!r}", component.id
        ) from error


_READERS: Mapping[str, Callable[[Component, Any], Any]] = {
    "textfield": _text,
    "textarea": _text,
    "number": _number,
    "checkbox": _flag,
    "radio": _choice,
    "select": _choice,
    "checklist": _choices,
    "taglist": _choices,
    "datetime": _date,
}
