"""Says what is wrong with a field, and what would be right, in the reader's language."""

from collections.abc import Mapping
from typing import Any

from engine.forms import Component
from web import typography
from web.language import gettext, ngettext

#: Types that are chosen, not typed.
_CHOSEN = frozenset({"radio", "select", "checklist", "taglist"})


def field_message(component: Component, code: str, params: Mapping[str, Any]) -> str:
    """Return the sentence for one error of :class:`engine.forms.FieldError`."""
    limit = params.get("limit")
    match code:
        case "required" if component.type == "checkbox":
            return gettext("Tick this box to go on.")
        case "required" if component.type in _CHOSEN:
            return gettext("Choose one of these.")
        case "required" if component.type == "datetime":
            return gettext("Enter a date.")
        case "required":
            return gettext("Fill in this field.")
        case "too_short":
            return ngettext(
                "Write at least %(count)s character.",
                "Write at least %(count)s characters.",
                int(limit or 0),
                count=_number(limit),
            )
        case "too_long":
            return ngettext(
                "Write at most %(count)s character.",
                "Write at most %(count)s characters.",
                int(limit or 0),
                count=_number(limit),
            )
        case "too_small":
            return gettext("Enter %(limit)s or more.", limit=_number(limit))
        case "too_large":
            return gettext("Enter %(limit)s or less.", limit=_number(limit))
        case "too_many_digits" if limit == 0:
            return gettext("Enter a whole number.")
        case "too_many_digits":
            return ngettext(
                "Enter at most %(count)s digit after the comma.",
                "Enter at most %(count)s digits after the comma.",
                int(limit or 0),
                count=_number(limit),
            )
        case "not_a_number":
            return gettext("Enter a number, with digits only.")
        case "not_a_date":
            return gettext("Enter a date that exists: day, month, year.")
        case "not_before":
            return gettext("Choose %(day)s or a later day.", day=typography.day(str(limit)))
        case "not_after":
            return gettext("Choose %(day)s or an earlier day.", day=typography.day(str(limit)))
        case "pattern":
            return gettext("This is not written in the expected way; see the example beside the field.")
        case "not_an_option" | "not_a_choice":
            return gettext("This choice is not on offer any more. Choose again.")
        case _:
            return gettext("This value cannot be kept. Enter it again as plain text.")


def _number(limit: Any) -> str:
    number = float(limit or 0)
    return typography.number(number, 0 if number.is_integer() else 2)
