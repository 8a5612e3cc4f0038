"""Reads what a browser sent for a form into JSON values by key; whether they are right is the engine's to say."""

from typing import Any

from werkzeug.datastructures import MultiDict

from engine.forms import Form
from web import typography

#: Types that a browser sends once for each choice.
_MULTIPLE = frozenset({"checklist", "taglist"})


def submitted_values(form: Form | None, sent: "MultiDict[str, str]") -> dict[str, Any]:
    """Return the values of the form's fields; a field that the browser did not send is left out.

    A checkbox and a list of choices are sent only when something is ticked, so they are never left out.
    """
    values: dict[str, Any] = {}
    for field in () if form is None else form.fields:
        key = field.key or ""
        if field.type in _MULTIPLE:
            values[key] = sent.getlist(key)
        elif field.type == "checkbox":
            values[key] = sent.get(key) == "true"
        elif field.type == "datetime" and key in sent:
            values[key] = typography.iso_day(sent[key])
        elif field.type == "number" and key in sent:
            values[key] = sent[key].replace(" ", "").replace("\u00a0", "")
        elif key in sent:
            values[key] = sent[key]
    return values
