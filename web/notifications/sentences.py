"""The sentence of each notification, in the reader's language."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from web.language import gettext, ngettext
from web.typography import day


class Kind(StrEnum):
    """What a notice is about, as the page can be narrowed by it."""

    #: Overdue work is urged, or somebody is asked to answer for it.
    ESCALATION = "escalation"
    #: Something is due.
    REMINDER = "reminder"
    #: What became of the work.
    PROGRESS = "progress"


def kind(template: str) -> Kind:
    """Return what a notice is about."""
    if template.startswith("escalation_"):
        return Kind.ESCALATION
    return _KINDS.get(template, Kind.PROGRESS)


_KINDS = {
    "appraisal_overdue": Kind.ESCALATION,
    "explanation_requested": Kind.ESCALATION,
    "accountability_decided": Kind.ESCALATION,
    "deadline_reminder": Kind.REMINDER,
    "acknowledgement_reminder": Kind.REMINDER,
    "acknowledged_by_default": Kind.REMINDER,
}


def kind_label(which: Kind) -> str:
    """Return what the page calls a kind of notice."""
    match which:
        case Kind.ESCALATION:
            return gettext("Urging and accountability")
        case Kind.REMINDER:
            return gettext("Reminders")
        case Kind.PROGRESS:
            return gettext("Assignments and results")


def title(template: str, params: Mapping[str, Any]) -> str:
    """Return what happened, in a few words."""
    unit = params.get("lead_unit_name") or ""
    match template:
        case "assignment_issued":
            return gettext("New assignment: please acknowledge it")
        case "acknowledgement_reminder":
            return gettext("Not acknowledged yet: please do it today")
        case "acknowledged_by_default":
            return gettext("Taken as acknowledged by %(unit)s, the time for it has passed", unit=unit)
        case "deadline_reminder":
            return _reminder(str(params.get("milestone") or ""))
        case "assignment_recalled":
            return gettext("The assignment was recalled")
        case "assignment_amended":
            return gettext("The assignment was amended")
        case "assignment_waits":
            return gettext("The assignment waits for documents that are to be issued")
        case "awaited_documents_arrived":
            return gettext("The documents that %(unit)s waited for are issued", unit=unit)
        case "document_submitted":
            return gettext("A letter waits for your approval")
        case "document_sent_back":
            return gettext("A draft was sent back to be revised")
        case "document_refused":
            return gettext("A letter was refused")
        case "document_approved":
            return gettext("A letter was approved and can be issued")
        case "appraisal_overdue":
            return gettext("A result of %(unit)s waits too long for its appraisal", unit=unit)
        case "supplement_requested":
            return gettext("The result needs a supplement")
        case "accountability_decided":
            return gettext("A decision on accountability was made: %(unit)s", unit=unit)
        case "commended":
            return gettext("%(unit)s is commended", unit=unit)
        case "explanation_requested":
            return gettext("%(unit)s is asked for an explanation", unit=unit)
        case "escalation_1":
            return gettext("Overdue warning: %(unit)s", unit=unit)
        case "escalation_2":
            return gettext("First urging: %(unit)s", unit=unit)
        case "escalation_3":
            return gettext("Reported to the city leadership: %(unit)s", unit=unit)
        case "escalation_4":
            return gettext("Accountability is to be considered: %(unit)s", unit=unit)
        case _:
            return template


def subject(params: Mapping[str, Any]) -> str:
    """Return which directive of which letter it is about, and its deadline."""
    if params.get("document_subject"):
        return str(params["document_subject"])
    number = params.get("document_no")
    if not number:
        return ""
    words = gettext(
        "Letter %(number)s, item %(ordinal)s", number=number, ordinal=params.get("directive_ordinal") or "–"
    )
    if params.get("deadline_on"):
        words += " · " + gettext("deadline %(day)s", day=day(params["deadline_on"]))
    return words


def icon(template: str) -> str:
    """Return the icon that goes with a notification."""
    if template.startswith("escalation_") or template == "appraisal_overdue":
        return "alert-triangle"
    return {
        "deadline_reminder": "alarm",
        "acknowledgement_reminder": "alarm",
        "commended": "award",
        "accountability_decided": "gavel",
        "explanation_requested": "gavel",
    }.get(template, "bell")


def _reminder(milestone: str) -> str:
    days = milestone.removeprefix("remind_")
    if not days.isdigit():
        return gettext("The deadline is near")
    if days == "0":
        return gettext("The deadline is today")
    return ngettext("%(num)s working day to the deadline", "%(num)s working days to the deadline", int(days))
