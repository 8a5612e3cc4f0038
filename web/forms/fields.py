"""Prepares a form for a page: which fields are shown, with which value, choices, hint and error."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.feel import Expression, FeelError
from engine.forms import Component, Form, options_of, visible_components
from web.forms.messages import field_message
from web.forms.values import shown_value
from web.model_names import field_hint, field_label, field_suffix, form_text, option_label

#: What was written before is offered again in these; a choice or a confirmation is made anew each time.
_OFFERED_AGAIN = frozenset({"textfield", "textarea", "number", "datetime"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One option of a field; ``id`` is its input's."""

    id: str
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One component as shown.

    Attributes:
        id: of the first input, which an error summary links to.
        decides: whether other fields appear or vanish with this one's value.
        earliest, latest: bounds of a date, ISO 8601.
        shown: the value as text, where it cannot be changed.
    """

    id: str
    type: str
    key: str = ""
    label: str = ""
    hint: str = ""
    text: str = ""
    suffix: str = ""
    value: Any = None
    shown: str = ""
    choices: Sequence[Choice] = ()
    required: bool = False
    readonly: bool = False
    decides: bool = False
    error: str = ""
    earliest: str = ""
    latest: str = ""
    whole: bool = False
    fields: Sequence["Field"] = ()

    @property
    def described_by(self) -> str:
        """The ids of hint and error, for assistive technology."""
        parts = [f"{self.id}-hint" if self.hint else "", f"{self.id}-error" if self.error else ""]
        return " ".join(part for part in parts if part)


def first_values(form: Form, variables: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an untouched form shows: what was written in an earlier round, else the form's default."""
    return {
        field.key: variables[field.key]
        if field.type in _OFFERED_AGAIN and variables.get(field.key) is not None
        else field.default
        for field in form.fields
        if field.key is not None
    }


def prepare_fields(
    form: Form,
    values: Mapping[str, Any],
    *,
    variables: Mapping[str, Any],
    errors: Sequence[Mapping[str, Any]] = (),
    process_key: str,
    now: datetime,
) -> list[Field]:
    """Return the fields to show.

    Args:
        values: by key, as entered so far.
        variables: the task's variables, which conditions and choices may read.
        errors: ``params["errors"]`` of :class:`engine.errors.InvalidVariables`.
    """
    scope = {**variables, **{field.key or "": None for field in form.fields}, **values}
    return _Preparation(
        scope=scope,
        visible=visible_components(form, scope, now=now),
        deciding=_deciding_names(form),
        errors={str(error["key"]): error for error in errors},
        process_key=process_key,
        now=now,
    ).fields(form.components)


def all_fields(fields: Sequence[Field]) -> list[Field]:
    """Return the fields that carry a value, in order, those inside groups too."""
    found: list[Field] = []
    for field in fields:
        found += [field] if field.key else all_fields(field.fields)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Preparation:
    scope: Mapping[str, Any]
    visible: frozenset[str]
    deciding: frozenset[str]
    errors: Mapping[str, Mapping[str, Any]]
    process_key: str
    now: datetime

    def fields(self, components: Sequence[Component]) -> list[Field]:
        return [self._field(component) for component in components if component.id in self.visible]

    def _field(self, component: Component) -> Field:
        name = component.key or component.id
        key, process = component.key or "", self.process_key
        error = self.errors.get(key) if key else None
        value = self.scope.get(key) if key else None
        return Field(
            id=f"f-{name}",
            type=component.type,
            key=key,
            label=field_label(process, name, component.label) if component.label or key else "",
            hint=field_hint(process, name, component.description),
            text=form_text(process, name, component.text),
            suffix=field_suffix(process, name, component.suffix),
            value="" if value is None else value,
            shown=shown_value(component, value, self.scope, process_key=process, now=self.now)
            if component.readonly
            else "",
            choices=self._choices(component, value) if component.type != "checkbox" else (),
            required=component.required,
            readonly=component.readonly,
            decides=key in self.deciding,
            error=""
            if error is None
            else field_message(component, str(error["code"]), {"limit": error.get("limit")}),
            earliest=self._day(component.not_before),
            latest=self._day(component.not_after),
            whole=component.decimal_digits == 0,
            fields=self.fields(component.components),
        )

    def _choices(self, component: Component, value: Any) -> list[Choice]:
        key = component.key or ""
        chosen = value if isinstance(value, list) else [value]
        # the first input bears the field's own id
        return [
            Choice(
                id=f"f-{key}" if position == 0 else f"f-{key}-{position + 1}",
                value=option.value,
                label=option_label(self.process_key, key, option.value, option.label),
                chosen=option.value in chosen,
            )
            for position, option in enumerate(options_of(component, self.scope, now=self.now))
        ]

    def _day(self, expression: Expression | None) -> str:
        if expression is None:
            return ""
        try:
            value = expression.evaluate_json(self.scope, now=self.now)
        except FeelError:
            return ""
        return value[:10] if isinstance(value, str) else ""


def _deciding_names(form: Form) -> frozenset[str]:
    """Return the names that conditions read."""
    conditions = [inner.hide for component in form.components for inner in component.walk()]
    return frozenset(name for condition in conditions if condition is not None for name in condition.names)
