"""Checks submitted values against a form, on the server, whatever the browser did."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.feel import Expression, FeelError
from engine.forms.form import Component, Form, Option

#: Text longer than this is refused where the form names no limit.
DEFAULT_MAX_LENGTH = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldError:
    """Why one field is refused.

    Attributes:
        key: the field's key.
        code: stable word: required, unknown_field, not_text, not_a_number, not_a_date, not_a_choice,
            not_an_option, too_short, too_long, pattern, too_small, too_large, too_many_digits, not_before,
            not_after.
        params: the limit that was passed, if any.
    """

    key: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


class _Refused(Exception):
    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params_ = params


def validate(
    form: Form, data: Mapping[str, Any], *, context: Mapping[str, Any], now: datetime
) -> tuple[dict[str, Any], tuple[FieldError, ...]]:
    """Return the values to keep and what is wrong with the others.

    Conditions see the values given so far on top of ``context``. Hidden fields are neither required nor kept.

    Args:
        data: JSON values by key; numbers may come as text.
    """
    cleaned: dict[str, Any] = {}
    errors: list[FieldError] = []
    known = {component.key for component in form.fields}
    errors += [FieldError(key=key, code="unknown_field") for key in data if key not in known]
    seen = {**{key: None for key in known if key is not None}, **_given(form, data)}

    def visit(components: tuple[Component, ...]) -> None:
        for component in components:
            scope = {**context, **seen, **cleaned}
            if _true(component.hide, scope, now):
                for inner in component.walk():
                    if inner.key is not None:
                        seen[inner.key] = None
                continue
            if component.key is not None:
                try:
                    value = _value(component, data.get(component.key), scope, now)
                except _Refused as refused:
                    errors.append(FieldError(key=component.key, code=refused.code, params=refused.params_))
                else:
                    cleaned[component.key] = value
            visit(component.components)

    visit(form.components)
    return cleaned, tuple(errors)


def visible_components(form: Form, values: Mapping[str, Any], *, now: datetime) -> frozenset[str]:
    """Return the ids of the components to show, given the context and values so far."""
    shown: set[str] = set()

    def visit(components: tuple[Component, ...]) -> None:
        for component in components:
            if not _true(component.hide, values, now):
                shown.add(component.id)
                visit(component.components)

    visit(form.components)
    return frozenset(shown)


def options_of(component: Component, variables: Mapping[str, Any], *, now: datetime) -> tuple[Option, ...]:
    """Return the choices of a component; none, if their expression gives no list of them."""
    if component.options_from is None:
        return component.options
    try:
        given = component.options_from.evaluate_json(variables, now=now)
    except FeelError:
        return ()
    if not isinstance(given, list):
        return ()
    options = []
    for each in given:
        if isinstance(each, dict) and "value" in each:
            options.append(Option(value=str(each["value"]), label=str(each.get("label", each["value"]))))
        elif isinstance(each, str):
            options.append(Option(value=each, label=each))
    return tuple(options)


def _given(form: Form, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the submitted values as far as conditions may look at them before they are checked."""
    return {
        component.key: data[component.key]
        for component in form.fields
        if component.key in data and isinstance(data[component.key], str | int | float | bool | list)
    }


def _true(expression: Expression | None, variables: Mapping[str, Any], now: datetime) -> bool:
    if expression is None:
        return False
    try:
        return expression.evaluate_json(variables, now=now) is True
    except FeelError:
        return False


def _value(component: Component, given: Any, scope: Mapping[str, Any], now: datetime) -> Any:
    if component.readonly:
        return scope.get(component.key or "")
    value = _READERS[component.type](component, given, scope, now)
    empty = value is None or value == [] or (component.type == "checkbox" and value is False)
    if component.required and empty:
        raise _Refused("required")
    return value


def _text(component: Component, given: Any, _scope: Mapping[str, Any], _now: datetime) -> str | None:
    if given is None:
        return None
    if not isinstance(given, str):
        raise _Refused("not_text")
    text = unicodedata.normalize("NFC", given.replace("\r\n", "\n")).strip()
    if any(unicodedata.category(character) == "Cc" and character not in "\n\t" for character in text):
        raise _Refused("not_text")
    if not text:
        return None
    if component.min_length is not None and len(text) < component.min_length:
        raise _Refused("too_short", limit=component.min_length)
    limit = DEFAULT_MAX_LENGTH if component.max_length is None else component.max_length
    if len(text) > limit:
        raise _Refused("too_long", limit=limit)
    if component.pattern is not None and re.search(component.pattern, text) is None:
        raise _Refused("pattern")
    return text


def _number(
    component: Component, given: Any, _scope: Mapping[str, Any], _now: datetime
) -> int | float | None:
    if given is None or (isinstance(given, str) and not given.strip()):
        return None
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        raise _Refused("not_a_number")
    try:
        number = Decimal(str(given).strip().replace(",", "."))
    except InvalidOperation as error:
        raise _Refused("not_a_number") from error
    if not number.is_finite() or abs(number) > 2**53:
        raise _Refused("not_a_number")
    exponent = number.normalize().as_tuple().exponent
    digits = max(0, -exponent) if isinstance(exponent, int) else 0
    if component.decimal_digits is not None and digits > component.decimal_digits:
        raise _Refused("too_many_digits", limit=component.decimal_digits)
    if component.minimum is not None and number < Decimal(str(component.minimum)):
        raise _Refused("too_small", limit=component.minimum)
    if component.maximum is not None and number > Decimal(str(component.maximum)):
        raise _Refused("too_large", limit=component.maximum)
    return int(number) if digits == 0 else float(number)


def _checkbox(_component: Component, given: Any, _scope: Mapping[str, Any], _now: datetime) -> bool:
    if given is None or given is False or given == "":
        return False
    if given is True or given in ("true", "on", "1"):
        return True
    if given == "false":
        return False
    raise _Refused("not_a_choice")


def _choice(component: Component, given: Any, scope: Mapping[str, Any], now: datetime) -> str | None:
    if given is None or given == "":
        return None
    if given not in [option.value for option in options_of(component, scope, now=now)]:
        raise _Refused("not_an_option")
    return str(given)


def _choices(component: Component, given: Any, scope: Mapping[str, Any], now: datetime) -> list[str]:
    if given is None or given == "":
        return []
    if not isinstance(given, list):
        given = [given]
    known = [option.value for option in options_of(component, scope, now=now)]
    if any(each not in known for each in given):
        raise _Refused("not_an_option")
    return [value for value in known if value in given]


def _date(component: Component, given: Any, scope: Mapping[str, Any], now: datetime) -> str | None:
    if given is None or given == "":
        return None
    try:
        day = date.fromisoformat(given)
    except (TypeError, ValueError) as error:
        raise _Refused("not_a_date") from error
    earliest, latest = _day(component.not_before, scope, now), _day(component.not_after, scope, now)
    if earliest is not None and day < earliest:
        raise _Refused("not_before", limit=earliest.isoformat())
    if latest is not None and day > latest:
        raise _Refused("not_after", limit=latest.isoformat())
    return day.isoformat()


def _day(expression: Expression | None, scope: Mapping[str, Any], now: datetime) -> date | None:
    if expression is None:
        return None
    try:
        value = expression.evaluate_json(scope, now=now)
        return None if value is None else date.fromisoformat(str(value)[:10])
    except (FeelError, ValueError):
        return None


_READERS: Mapping[str, Callable[[Component, Any, Mapping[str, Any], datetime], Any]] = {
    "textfield": _text,
    "textarea": _text,
    "number": _number,
    "checkbox": _checkbox,
    "radio": _choice,
    "select": _choice,
    "checklist": _choices,
    "taglist": _choices,
    "datetime": _date,
}
