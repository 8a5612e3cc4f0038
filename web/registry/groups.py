"""Groups of units: those that every letter may address, and those that the office defines."""

import re
from datetime import date

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Rejection
from engine.ids import new_id
from processes.access.policy import Permission
from processes.units.group_acts import UnitGroupRefused, close_group, define_group
from processes.units.groups import Group
from processes.units.office_groups import OfficeGroup
from web.engine_access import dispatcher
from web.errors.sentences import sentence
from web.language import gettext
from web.problems import all_in_words
from web.registry.acts import group_label
from web.registry.blueprint import blueprint, may_manage, request_id, typed_date
from web.registry.units import KIND_ORDER
from web.sign_in.guard import requires, signed_in_actor
from web.unit_changes import kind_in_words, period_in_words
from web.units import registry, unit_name

_BETWEEN = re.compile(r"[\s,;]+")


@blueprint.get("/units/groups")
def groups() -> ResponseReturnValue:
    """Show the groups."""
    return _page()


@blueprint.post("/units/groups")
@requires(Permission.UNIT_MANAGE)
def define() -> ResponseReturnValue:
    """Define a group from a day on, or end one with a day."""
    source, reason = request.form.get("source", ""), request.form.get("reason", "")
    try:
        with Session(dispatcher().database) as session, session.begin():
            if request.form.get("step") == "end":
                close_group(
                    session,
                    request.form.get("code", ""),
                    last_day=_day("last_day"),
                    request_id=request_id(),
                    source=source,
                    reason=reason,
                    by=signed_in_actor(),
                )
            else:
                define_group(
                    session,
                    _group(),
                    request_id=request_id(),
                    source=source,
                    reason=reason,
                    by=signed_in_actor(),
                )
    except Rejection as refused:
        if refused.status in {403, 404}:
            raise
        return _page(refused), refused.status
    return redirect(url_for("registry.groups", kept=1), 303)


def _page(refused: Rejection | None = None) -> str:
    today = clock.today()
    own = [group for group in registry().office_groups if group.valid_to is None or group.valid_to >= today]
    edited = next((group for group in own if group.code == request.args.get("code")), None)
    return render_template(
        "registry/groups.html",
        built_in=[(group_label(group.value), len(registry().expand_group(group, today))) for group in Group],
        own=[
            (
                group,
                period_in_words(group.valid_from, group.valid_to),
                [unit_name(code) for code in group.members],
                [kind_in_words(kind) for kind in sorted(group.kinds)],
            )
            for group in own
        ],
        kinds=[(key, kind_in_words(key)) for key in KIND_ORDER],
        typed=request.form if refused is not None else _typed(edited),
        chosen=request.form.getlist("kinds")
        if refused is not None
        else sorted(edited.kinds if edited else ()),
        refusal=None if refused is None else sentence(refused),
        problems=[] if refused is None else all_in_words(refused),
        may_manage=may_manage(),
        new_command_id=new_id,
        kept=request.args.get("kept", ""),
    )


def _typed(group: OfficeGroup | None) -> dict[str, str]:
    if group is None:
        return {}
    return {
        "code": group.code,
        "name": group.name,
        "wordings": "\n".join(group.wordings),
        "members": ", ".join(group.members),
    }


def _group() -> OfficeGroup:
    form = request.form
    return OfficeGroup(
        code=form.get("code", "").strip(),
        name=form.get("name", "").strip(),
        wordings=tuple(line.strip() for line in form.get("wordings", "").splitlines() if line.strip()),
        kinds=frozenset(form.getlist("kinds")),
        members=tuple(code for code in _BETWEEN.split(form.get("members", "")) if code),
        valid_from=_day("valid_from"),
    )


def _day(name: str) -> date:
    day = typed_date(name)
    if day is None:
        raise UnitGroupRefused("Expected a day, but there is none", problems=[gettext("The day is missing.")])
    return day
