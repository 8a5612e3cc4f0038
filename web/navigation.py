"""The way through the site: what each person finds at the top of every page."""

from dataclasses import dataclass

from flask import Flask, request, url_for
from sqlalchemy import func, select

from processes.access import policy
from processes.access.policy import Permission, Role
from processes.documents.states import DocumentState
from processes.documents.tables import Document
from web.definitions import READERS
from web.intake import area as intake
from web.language import gettext
from web.notifications import reading
from web.sessions import reading_session
from web.sign_in.guard import signed_in_user
from web.units import unit_name

#: Areas that are looked up now and then.
_SELDOM = frozenset({"calendar", "registry"})


@dataclass(frozen=True, slots=True, kw_only=True)
class NavigationItem:
    """One entry of the main navigation; ``count`` is shown beside it when it is not zero.

    Attributes:
        seldom: it stands in the person's menu where there is little room.
    """

    label: str
    address: str
    icon: str
    present: bool
    count: int = 0
    seldom: bool = False


def navigation() -> list[NavigationItem]:
    """Return the entries for the signed-in person."""
    unread = reading.count_unread(reading_session(), policy.groups_of(signed_in_user()))
    items = [
        ("inbox", "inbox.inbox", "inbox", gettext("My work"), 0),
        ("letters", "letters.letters", "file-text", gettext("Letters"), 0),
        ("notifications", "notifications.notifications", "bell", gettext("Notices"), unread),
        ("registry", "registry.units", "building", gettext("Units"), 0),
        ("calendar", "calendar.year", "calendar", gettext("Calendar"), 0),
    ]
    permissions = policy.permissions_of(signed_in_user())
    if not permissions.isdisjoint(intake.READERS):
        count = _awaiting_approval() if Permission.DOCUMENT_APPROVE in permissions else 0
        items.insert(1, ("intake", "intake.intake", "file-import", gettext("Intake"), count))
    if not permissions.isdisjoint(READERS):
        items.append(("definitions", "definitions.processes", "sitemap", gettext("Processes"), 0))
    if Permission.INCIDENT_RETRY in permissions:
        items.append(("operations", "operations.operations", "activity-heartbeat", gettext("Operations"), 0))
    return [
        NavigationItem(
            label=label,
            address=url_for(endpoint),
            icon=icon,
            present=request.blueprint == area,
            count=count,
            seldom=area in _SELDOM,
        )
        for area, endpoint, icon, label, count in items
    ]


def _awaiting_approval() -> int:
    """Return how many documents wait for a leader."""
    waiting = select(func.count()).select_from(Document).where(Document.state == DocumentState.IN_REVIEW)
    return reading_session().scalar(waiting) or 0


def role_label(role: Role) -> str:
    """Return the role's name as people say it."""
    match role:
        case Role.ADMINISTRATOR:
            return gettext("Administrator")
        case Role.AUDITOR:
            return gettext("Auditor")
        case Role.COORDINATOR:
            return gettext("Coordinator")
        case Role.DEPUTY_HEAD:
            return gettext("Deputy head")
        case Role.LEADER:
            return gettext("City leadership")
        case Role.UNIT_HEAD:
            return gettext("Unit head")


def person_role() -> str:
    """Return what the signed-in person is and where: *Thủ trưởng đơn vị · Sở Y tế*."""
    user = signed_in_user()
    roles = ", ".join(role_label(Role(name)) for name in user.role_names)
    return f"{roles} · {unit_name(user.unit_code)}" if user.unit_code else roles


def person_initials() -> str:
    """Return the letter shown for the person: the given name comes last in Vietnamese."""
    words = signed_in_user().name.split()
    return words[-1][:1].upper() if words else "?"


def absence_address() -> str:
    """Return where the signed-in person names a substitute; empty for whoever has no use for that."""
    wanted = {Permission.TASK_WORK, Permission.USER_MANAGE}
    if policy.permissions_of(signed_in_user()).isdisjoint(wanted):
        return ""
    return url_for("absence.absence")


def install(app: Flask) -> None:
    """Give templates the navigation."""
    app.jinja_env.globals.update(
        absence_address=absence_address,
        navigation=navigation,
        person_role=person_role,
        person_initials=person_initials,
    )
