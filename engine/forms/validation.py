"""Checks submitted values against a form, on the server, whatever the browser did."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.forms.form import Component, Form
from engine.forms.values import Refused, check, read


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldError:
    """Why one field is refused.

    Attributes:
        key: the field's key.
        code: stable word: required, unknown_field, not_text, not_a_number, not_a_date, not_a_choice,
            not_an_option, too_short, too_long, pattern, too_small, too_large, too_many_digits, not_before,
            not_after.
        params: ``limit``, where one was passed; of a date as ISO text.
    """

    key: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


def validate(
    form: Form, data: Mapping[str, Any], *, context: Mapping[str, Any], now: datetime
) -> tuple[dict[str, Any], tuple[FieldError, ...]]:
    """Return the values to keep and what is wrong with the others, in the order of the form.

    Conditions, choices and bounds see the submitted values on top of ``context``; a field that was left empty is
    ``null`` to them, even where ``context`` knows its key. Hidden fields are neither required nor kept. Read-only
    fields are not taken either: to conditions they are what ``context`` says.

    Args:
        data: values by key, as JSON or as the texts that a browser sends.
        context: the variables that the user task sees.

    Raises:
        FormError: a bound of a date gives something that is no date.
        FeelError: an expression of the form passed its bounds.
    """
    fields = form.fields_by_key
    errors = [FieldError(key=key, code="unknown_field") for key in data if key not in fields]
    values: dict[str, Any] = {}
    refusals: dict[str, Refused] = {}
    for key, component in fields.items():
        if component.readonly:
            values[key] = context.get(key, component.default)
            continue
        try:
            values[key] = read(component, data.get(key))
        except Refused as refused:
            values[key] = None
            refusals[key] = refused
    scope, shown = _shown(form, {**context, **values}, now)
    cleaned: dict[str, Any] = {}
    for key, component in fields.items():
        if component.id not in shown or component.readonly:
            continue
        try:
            if key in refusals:
                raise refusals[key]
            check(component, values[key], scope, now=now)
        except Refused as refused:
            errors.append(FieldError(key=key, code=refused.code, params=refused.params))
        else:
            cleaned[key] = values[key]
    return cleaned, tuple(errors)


def visible_components(form: Form, values: Mapping[str, Any], *, now: datetime) -> frozenset[str]:
    """Return the ids of the components to show.

    Args:
        values: the variables that the user task sees, with what was entered so far on top, as JSON or as the texts
            that a browser sends.
    """
    known = dict(values)
    for key, component in form.fields_by_key.items():
        if key in known and not component.readonly:
            try:
                known[key] = read(component, known[key])
            except Refused:
                known[key] = None
    return _shown(form, known, now)[1]


def _shown(form: Form, values: Mapping[str, Any], now: datetime) -> tuple[Mapping[str, Any], frozenset[str]]:
    """Return the values with those of hidden fields taken away, and the ids of the components to show.

    Hiding a field takes its value from the conditions that look at it, which may hide or show others; as forms
    have no circles of conditions, this comes to rest.
    """
    hidden: set[str] = set()
    while True:
        scope = {**values, **dict.fromkeys(hidden)}
        shown = frozenset(_visit(form.components, scope, now))
        now_hidden = {key for key, component in form.fields_by_key.items() if component.id not in shown}
        if now_hidden == hidden:
            return scope, shown
        hidden = now_hidden


def _visit(components: tuple[Component, ...], scope: Mapping[str, Any], now: datetime) -> list[str]:
    shown: list[str] = []
    for component in components:
        if component.hide is None or component.hide.evaluate_json(scope, now=now) is not True:
            shown += [component.id, *_visit(component.components, scope, now)]
    return shown
