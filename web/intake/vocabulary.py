"""What people call the states, natures, periods and groups of intake (DOMAIN §2.3, §7.10, §8)."""

from collections.abc import Mapping
from typing import Any

from processes.documents.states import DirectiveState, DocumentState, Nature, ReportingPeriod
from processes.units.groups import Group
from web.language import gettext, ngettext
from web.typography import day, number, working_days


def state_label(state: DocumentState) -> str:
    """Return what people call the state of a document."""
    match state:
        case DocumentState.DRAFT:
            return gettext("Draft")
        case DocumentState.IN_REVIEW:
            return gettext("Awaiting approval")
        case DocumentState.APPROVED:
            return gettext("Approved, not issued yet")
        case DocumentState.REFUSED:
            return gettext("Refused")
        case DocumentState.ISSUED:
            return gettext("Assigned to units")
        case DocumentState.WITHDRAWN:
            return gettext("Withdrawn")
        case DocumentState.NO_DIRECTIVE:
            return gettext("Directs nothing")


def next_step(state: DocumentState, *, directives: int, gaps: int, named: bool, decides: bool) -> str:
    """Return what has to be done next with a document.

    Args:
        gaps: what is missing in a draft; ``named``: number and day are known.
        decides: whoever reads it may decide.
    """
    match state:
        case DocumentState.DRAFT if not directives:
            return gettext("Say what it directs, or that it directs nothing")
        case DocumentState.DRAFT if gaps:
            return ngettext("Make one point clear", "Make %(num)s points clear", gaps)
        case DocumentState.DRAFT if not named:
            return gettext("Enter number and day")
        case DocumentState.DRAFT:
            return gettext("Submit for approval")
        case DocumentState.IN_REVIEW if decides:
            return gettext("Read it and decide")
        case DocumentState.IN_REVIEW:
            return gettext("A leader decides")
        case DocumentState.APPROVED:
            return gettext("Preview and issue")
        case DocumentState.REFUSED:
            return gettext("Take it back to the draft, or withdraw it")
        case DocumentState.ISSUED:
            return gettext("Follow how it stands")
        case DocumentState.WITHDRAWN | DocumentState.NO_DIRECTIVE:
            return gettext("Nothing more to do")


def directive_state_label(state: DirectiveState) -> str:
    """Return what people call the state of a directive that is not given as it stands."""
    match state:
        case DirectiveState.ACTIVE:
            return gettext("given")
        case DirectiveState.SPLIT:
            return gettext("split; its parts are given")
        case DirectiveState.MERGED:
            return gettext("merged; given together with others")
        case DirectiveState.DROPPED:
            return gettext("left out")
        case DirectiveState.SUPERSEDED:
            return gettext("replaced")
        case DirectiveState.WITHDRAWN:
            return gettext("withdrawn")


def nature_label(nature: str) -> str:
    """Return what people call the nature of a directive."""
    match Nature(nature):
        case Nature.ONE_OFF:
            return gettext("One-off")
        case Nature.PERIODIC:
            return gettext("Periodic")
        case Nature.CONTINUOUS:
            return gettext("Continuous")
        case Nature.WAITS_FOR_EVENT:
            return gettext("Waits for another document")
        case Nature.REQUEST:
            return gettext("Request")


def period_label(period: str | None) -> str:
    """Return how often units report."""
    if period is None:
        return gettext("Not set")
    match ReportingPeriod(period):
        case ReportingPeriod.NONE:
            return gettext("No periodic report")
        case ReportingPeriod.WEEK:
            return gettext("Every week")
        case ReportingPeriod.FORTNIGHT:
            return gettext("Every two weeks")
        case ReportingPeriod.MONTH:
            return gettext("Every month")
        case ReportingPeriod.QUARTER:
            return gettext("Every quarter")


def urgency_label(urgency: str) -> str:
    """Return what people call the urgency of a document."""
    match urgency:
        case "express":
            return gettext("Express")
        case "urgent":
            return gettext("Urgent")
        case _:
            return gettext("Normal")


def group_label(group: Group) -> str:
    """Return what people call a group of units."""
    match group:
        case Group.DEPARTMENTS:
            return gettext("Departments and agencies")
        case Group.COMMUNES:
            return gettext("People's committees of all wards and communes")
        case Group.WARDS:
            return gettext("People's committees of the wards")
        case Group.RURAL_COMMUNES:
            return gettext("People's committees of the communes")
        case Group.VERTICALS:
            return gettext("Vertical agencies")
        case Group.ALL:
            return gettext("All units of the city")


#: How a group is written in what is set; the registry knows these wordings.
WORDING_OF_GROUP: Mapping[Group, str] = {
    Group.DEPARTMENTS: "Các sở, ban, ngành",
    Group.COMMUNES: "UBND các xã, phường",
    Group.WARDS: "UBND các phường",
    Group.RURAL_COMMUNES: "UBND các xã",
    Group.VERTICALS: "Các cơ quan ngành dọc",
    Group.ALL: "Các cơ quan, đơn vị, địa phương",
}


def deadline_words(deadline: Mapping[str, Any] | None) -> str:
    """Return a deadline as it is read or set, in words; what the letter says is quoted."""
    if deadline is None:
        return gettext("no deadline stated")
    kind = deadline.get("kind")
    if deadline.get("date"):
        return day(str(deadline["date"])[:10])
    if kind == "working_days" and deadline.get("days"):
        return gettext("%(days)s from receipt", days=working_days(int(deadline["days"])))
    if kind == "ongoing":
        return gettext("continuous, no deadline")
    return str(deadline.get("text") or gettext("no deadline stated"))


def source_label(source: str) -> str:
    """Return where a term comes from: *theo văn bản* or *ấn định*."""
    return gettext("as the letter says") if source == "document" else gettext("set by the monitoring body")


def size_label(size: int) -> str:
    """Write the size of a file."""
    return (
        f"{number(size / 1024 / 1024, 1)} MB" if size >= 1024 * 1024 else f"{number(max(1, size // 1024))} KB"
    )
