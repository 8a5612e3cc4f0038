"""Absence: who stands in for me and for whom I stand in; an administrator sees and names everybody's."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import NotFound, Rejection
from engine.ids import new_id
from processes.access import policy
from processes.access.accounts import find_user, names_by_actor_key
from processes.access.policy import Permission, actor_key
from processes.access.substitution import (
    REASON_MAX,
    SubstituteRefused,
    SubstitutionDaysRefused,
    add_substitution,
    end_substitution,
    possible_substitutes,
    substitutions,
)
from processes.access.tables import Substitution, User
from web.engine_access import dispatcher
from web.errors.sentences import sentence
from web.language import gettext
from web.sessions import reading_session
from web.sign_in.guard import requires, signed_in_actor, signed_in_user
from web.typography import iso_day
from web.units import unit_name

blueprint = Blueprint("absence", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A substitution as shown.

    Attributes:
        state: planned, running, over or ended.
        may_end: whether the reader may end it now.
    """

    id: UUID
    person: str
    substitute: str
    from_on: date
    to_on: date
    reason: str
    state: str
    words: str
    named_by: str
    may_end: bool


@blueprint.get("/absence")
@requires(Permission.TASK_WORK, Permission.USER_MANAGE)
def absence() -> ResponseReturnValue:
    """Show the reader's substitutions, all of them to an administrator, and the form for a new one."""
    return _page()


@blueprint.post("/absence")
@requires(Permission.TASK_WORK, Permission.USER_MANAGE)
def add() -> ResponseReturnValue:
    """Name a substitute; what is refused is shown beside what was typed."""
    try:
        substitution_id = UUID(request.form.get("command_id", ""))
    except ValueError:
        abort(400)
    typed = {
        name: request.form.get(name, "").strip()
        for name in ("person", "substitute", "from_on", "to_on", "reason")
    }
    try:
        with Session(dispatcher().database) as session, session.begin():
            add_substitution(
                session,
                substitution_id=substitution_id,
                person=_named(session, typed["person"] or signed_in_user().username),
                substitute=_named(session, typed["substitute"]),
                from_on=_day(typed["from_on"]),
                to_on=_day(typed["to_on"]),
                reason=typed["reason"],
                by=signed_in_actor(),
            )
    except Rejection as refused:
        if refused.status in {403, 404}:
            raise
        return _page(typed, sentence(refused)), refused.status
    return redirect(url_for("absence.absence", kept=substitution_id), 303)


@blueprint.post("/absence/<uuid:substitution_id>/end")
@requires(Permission.TASK_WORK, Permission.USER_MANAGE)
def end(substitution_id: UUID) -> ResponseReturnValue:
    """End a substitution now; one that is not the reader's is not found."""
    with Session(dispatcher().database) as session, session.begin():
        found = session.scalar(select(Substitution).where(Substitution.id == substitution_id))
        if found is None or not _may_end(found):
            raise NotFound(f"Expected substitution '{substitution_id}', but there is none for this person")
        end_substitution(session, substitution_id, by=signed_in_actor())
    return redirect(url_for("absence.absence"), 303)


def _page(typed: dict[str, str] | None = None, refusal: str | None = None) -> str:
    session, user = reading_session(), signed_in_user()
    administers = Permission.USER_MANAGE in policy.permissions_of(user)
    person = _person(typed, administers)
    found = substitutions(session, None if administers else user)
    names = names_by_actor_key(session, {row.created_by for row in found})
    return render_template(
        "absence/absence.html",
        administers=administers,
        person=person,
        own=person is not None and person.id == user.id,
        colleagues=[] if person is None else possible_substitutes(session, person),
        unit_name=unit_name,
        unknown=bool(administers and person is None and _wanted(typed)),
        wanted=_wanted(typed),
        typed=typed or {},
        refusal=refusal,
        rows=[_row(row, names.get(row.created_by, row.created_by)) for row in found],
        command_id=new_id(),
        reason_max=REASON_MAX,
        kept=request.args.get("kept", ""),
    )


def _wanted(typed: dict[str, str] | None) -> str:
    return (typed or {}).get("person") or request.args.get("person", "").strip()


def _person(typed: dict[str, str] | None, administers: bool) -> User | None:
    """Return for whom a substitute is named: oneself, or whom an administrator asks for."""
    wanted = _wanted(typed) if administers else ""
    found = find_user(reading_session(), wanted) if wanted else signed_in_user()
    return found if found is not None and policy.may_work_on_tasks(found) else None


def _named(session: Session, username: str) -> User:
    found = find_user(session, username)
    if found is None:
        raise SubstituteRefused(f"Expected an account '{username}', but there is none", username=username)
    return found


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(iso_day(typed))
    except ValueError as error:
        raise SubstitutionDaysRefused(f"Expected a day, but got '{typed}'") from error


def _may_end(row: Substitution) -> bool:
    user = signed_in_user()
    return row.person_id == user.id or Permission.USER_MANAGE in policy.permissions_of(user)


def _row(row: Substitution, named_by: str) -> Row:
    today = clock.today()
    state = (
        "ended"
        if row.ended_at is not None
        else "over"
        if row.to_on < today
        else "running"
        if row.from_on <= today
        else "planned"
    )
    return Row(
        id=row.id,
        person=row.person.name,
        substitute=row.substitute.name,
        from_on=row.from_on,
        to_on=row.to_on,
        reason=row.reason,
        state=state,
        words=_state_in_words(state),
        named_by="" if row.created_by == actor_key(row.person.username) else named_by,
        may_end=state in {"running", "planned"} and _may_end(row),
    )


def _state_in_words(state: str) -> str:
    match state:
        case "planned":
            return gettext("to come")
        case "running":
            return gettext("in force")
        case "over":
            return gettext("over")
        case _:
            return gettext("ended early")
