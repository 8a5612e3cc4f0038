"""The blueprint of the registry's pages, and what its modules share."""

from datetime import date
from uuid import UUID

from flask import Blueprint, abort, request

from processes.access import policy
from processes.access.policy import Permission
from web.sign_in.guard import signed_in_user
from web.typography import iso_day

blueprint = Blueprint("registry", __name__)


def may_manage() -> bool:
    """Tell whether the signed-in person may change the registry."""
    return Permission.UNIT_MANAGE in policy.permissions_of(signed_in_user())


def may_decide() -> bool:
    """Tell whether the signed-in person decides about open assignments."""
    return Permission.TASK_ASSIGN in policy.permissions_of(signed_in_user())


def sees_all() -> bool:
    """Tell whether the signed-in person sees every unit's work and people."""
    return policy.visible_units(signed_in_user()) is None


def request_id() -> UUID:
    """Return the identifier that the form was given, so that a repeat is known."""
    try:
        return UUID(request.form.get("command_id", ""))
    except ValueError:
        abort(400)


def typed_date(name: str) -> date | None:
    """Return the day typed into a field; ``None`` if it is none."""
    try:
        return date.fromisoformat(iso_day(request.form.get(name, "")))
    except ValueError:
        return None
