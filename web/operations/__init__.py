"""The machine room: what failed and why, what is stuck, what runs in bulk, and how late the timers are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.batches.control import cancel_batch
from engine.batches.create import NewBatch, create_batch
from engine.batches.progress import BatchView, list_batches
from engine.commands import RetryIncident
from engine.definitions.versions import newest_or_none
from engine.errors import NotFound, Rejection
from engine.ids import new_id
from engine.instances.incidents import incident_groups
from engine.instances.selection import InstanceFilter
from engine.instances.stuck import StuckInstance, StuckKind, find_stuck
from engine.timers.audit import ElementTimers, audit_timers
from processes.access import policy
from processes.access.accounts import names_by_actor_key
from processes.access.policy import Permission
from web import typography
from web.engine_access import definitions, dispatcher, reading_connection
from web.errors.sentences import sentence
from web.instances.vocabulary import span
from web.language import gettext
from web.model_names import element_name
from web.sessions import reading_session
from web.sign_in.guard import signed_in_actor, signed_in_user
from web.words import command_in_words, person_in_words

#: Groups, instances and batches on the page.
MOST = 50

blueprint = Blueprint("operations", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRow:
    """A batch as shown; ``share`` is what is treated, in percent."""

    view: BatchView
    what: str
    who: str
    share: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerRow:
    """The timers of one element as shown."""

    timers: ElementTimers
    name: str
    p50: str
    p95: str
    longest: str


@blueprint.before_request
def hide_from_others() -> None:
    """Answer as if there were no such page to whoever does not run the machinery."""
    if Permission.INCIDENT_RETRY not in policy.permissions_of(signed_in_user()):
        raise NotFound("Expected a page, but there is none for this person")


@blueprint.get("/operations")
def operations() -> ResponseReturnValue:
    """Show the machine room."""
    return _page()


@blueprint.get("/operations/batches")
def batches() -> ResponseReturnValue:
    """Return the batches alone; the page asks for them while one runs."""
    return render_template("operations/batches.html", batches=_batches())


@blueprint.post("/operations/retry")
def retry() -> ResponseReturnValue:
    """Try every open incident of a cause again, as a batch."""
    cause = request.form.get("cause", "")
    if not cause:
        abort(400)
    asked = NewBatch(
        batch_id=_command_id(),
        command=RetryIncident.tag,
        actor=signed_in_actor(),
        reason=request.form.get("reason", "").strip(),
        subjects=InstanceFilter(incident_cause=cause),
    )
    try:
        create_batch(dispatcher().database, asked)
    except Rejection as refused:
        return _page(sentence(refused)), refused.status
    return redirect(url_for("operations.operations", _anchor="batches"), 303)


@blueprint.post("/operations/batches/<uuid:batch_id>/cancel")
def cancel(batch_id: UUID) -> ResponseReturnValue:
    """Stop a batch; what is done stays."""
    try:
        cancel_batch(dispatcher().database, batch_id, actor=signed_in_actor())
    except Rejection as refused:
        return _page(sentence(refused)), refused.status
    return redirect(url_for("operations.operations", _anchor="batches"), 303)


def _page(refusal: str | None = None) -> str:
    connection = reading_connection()
    audit = audit_timers(connection)
    found = find_stuck(connection, definitions(), limit=MOST)
    return render_template(
        "operations/operations.html",
        refusal=refusal,
        groups=[
            (group, _element(group.example.process_key, group.example.element_id), new_id())
            for group in incident_groups(connection, only_open=True, limit=MOST)
        ],
        stuck=[
            (each, _why(each), [_element(each.process_key, at) for at in each.elements]) for each in found
        ],
        batches=_batches(),
        timers=[_timer_row(each) for each in audit.elements],
        worst=[(late, _element(late.process_key, late.element_id), _lag(late.lag)) for late in audit.worst],
    )


def _batches() -> list[BatchRow]:
    views = list_batches(reading_connection(), limit=MOST)
    names = names_by_actor_key(reading_session(), {view.actor_key for view in views})
    return [
        BatchRow(
            view=view,
            what=command_in_words(view.command),
            who=person_in_words(names, view.actor_key),
            share=100 if not view.total else 100 * view.treated // view.total,
        )
        for view in views
    ]


def _timer_row(timers: ElementTimers) -> TimerRow:
    return TimerRow(
        timers=timers,
        name=_element(timers.process_key, timers.element_id),
        p50=_lag(timers.lag_p50),
        p95=_lag(timers.lag_p95),
        longest=_lag(timers.lag_max),
    )


def _lag(length: timedelta | None) -> str:
    if length is None:
        return "–"
    return span(length) if length >= timedelta(minutes=1) else typography.seconds(length)


def _element(process_key: str | None, element_id: str | None) -> str:
    """Return the name of an element in the newest version of its process."""
    if process_key is None or element_id is None:
        return element_id or "–"
    names = _names(process_key)
    return element_name(process_key, element_id, names.get(element_id, element_id))


def _names(process_key: str) -> Mapping[str, str]:
    newest = newest_or_none(reading_connection(), process_key)
    if newest is None:
        return {}
    elements = definitions().get(reading_connection(), newest).model.elements
    return {element.id: element.name for element in elements.values()}


def _why(stuck: StuckInstance) -> str:
    match stuck.kind:
        case StuckKind.NOTHING_AWAITED:
            return gettext("It waits for nothing that could come.")
        case StuckKind.TIMER_FAILED:
            return gettext("A timer failed, and nothing will fire it again.")
        case StuckKind.ROWS_MISSING:
            return gettext("Some of what it waits for is not known to the tables.")
        case StuckKind.STATE_UNREADABLE:
            return gettext("Its state cannot be read.")


def _command_id() -> UUID:
    try:
        return UUID(request.form.get("command_id", ""))
    except ValueError:
        abort(400)
