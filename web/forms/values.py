"""Shows values that were given in a form: labels and words instead of keys and codes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine import clock
from engine.forms import Component, Form, options_of
from web import typography
from web.language import gettext, quoted
from web.model_names import field_label, field_suffix, option_label


def shown_values(
    form: Form | None, values: Mapping[str, Any], variables: Mapping[str, Any], *, process_key: str
) -> list[tuple[str, str]]:
    """Return label and text of each value given, in the form's order.

    Args:
        variables: process variables; the names of choices may come from them.
    """
    if form is None:
        return [(key, _plain(value)) for key, value in sorted(values.items())]
    now = clock.now()
    given = [field for field in form.fields if values.get(field.key or "") not in (None, "", [])]
    return [
        (
            field_label(process_key, field.key or "", field.label),
            shown_value(
                field, values[field.key or ""], {**variables, **values}, process_key=process_key, now=now
            ),
        )
        for field in given
    ]


def shown_value(
    component: Component, value: Any, scope: Mapping[str, Any], *, process_key: str, now: datetime
) -> str:
    """Return one value as people read it; a dash where there is none."""
    if value is None or value in ("", []):
        return "–"
    match component.type:
        case "checkbox":
            return gettext("yes") if value else gettext("no")
        case "number":
            suffix = field_suffix(process_key, component.key or "", component.suffix)
            return _plain(value) + (f"{typography.NBSP}{suffix}" if suffix else "")
        case "datetime":
            return typography.typed_day(value)
        case "radio" | "select" | "checklist" | "taglist":
            labels = {
                option.value: option_label(process_key, component.key or "", option.value, option.label)
                for option in options_of(component, scope, now=now)
            }
            chosen = value if isinstance(value, list) else [value]
            return ", ".join(labels.get(str(each), str(each)) for each in chosen)
        case _:
            return quoted(str(value))


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, (int, float)):
        return typography.number(value, 0 if float(value).is_integer() else 2)
    return str(value)
