"""Open assignments of units that have ended: a coordinator decides about each and sees what is carried out."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from engine import clock
from engine.batches.progress import RUNNING, BatchView, find_batch
from engine.errors import Rejection
from engine.ids import new_id
from processes.access.policy import Permission
from processes.reorganisation.following import Choice, Decision, Orphan, decide, orphans
from processes.units.registry import Unit
from web.engine_access import dispatcher, reading_connection
from web.errors.sentences import sentence
from web.language import gettext
from web.problems import all_in_words
from web.registry.blueprint import blueprint, request_id
from web.sign_in.guard import requires, signed_in_actor
from web.units import registry, unit_name


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedUnit:
    """A unit that has ended, with its open assignments and who took over."""

    code: str
    name: str
    successors: Sequence[Unit]
    orphans: Sequence[Orphan]


@blueprint.get("/units/following")
@requires(Permission.TASK_ASSIGN)
def following() -> ResponseReturnValue:
    """Show what waits for a decision, and what is being carried out."""
    return _page()


@blueprint.get("/units/following/progress")
@requires(Permission.TASK_ASSIGN)
def progress() -> ResponseReturnValue:
    """Return how far the batches are, alone; the page asks while one runs."""
    batches = _batches()
    running = any(batch.status == RUNNING for batch in batches)
    return render_template("registry/progress.html", batches=batches, running=running)


@blueprint.post("/units/following")
@requires(Permission.TASK_ASSIGN)
def decide_() -> ResponseReturnValue:
    """Keep decisions about the assignments of one unit."""
    code = request.form.get("unit", "")
    waiting = orphans(reading_connection(), registry(), clock.today(), unit=code)
    try:
        with Session(dispatcher().database) as session, session.begin():
            decided = decide(
                session,
                _decisions(waiting),
                request_id=request_id(),
                reason=request.form.get("reason", ""),
                by=signed_in_actor(),
            )
    except Rejection as refused:
        if refused.status in {403, 404}:
            raise
        return _page(refused), refused.status
    batches = [str(batch_id) for batch_id in decided.batches]
    return redirect(url_for("registry.following", batch=batches, kept=decided.kept or None), 303)


def _page(refused: Rejection | None = None) -> str:
    found = orphans(reading_connection(), registry(), clock.today())
    by_unit: dict[str, list[Orphan]] = {}
    for orphan in found:
        by_unit.setdefault(orphan.unit, []).append(orphan)
    batches = _batches()
    return render_template(
        "registry/following.html",
        units=[
            EndedUnit(code=code, name=unit_name(code), successors=mine[0].successors, orphans=mine)
            for code, mine in by_unit.items()
        ],
        choice_in_words=choice_in_words,
        typed=request.form.to_dict() if refused is not None else {},
        refusal=None if refused is None else sentence(refused),
        problems=[] if refused is None else all_in_words(refused),
        batches=batches,
        running=any(batch.status == RUNNING for batch in batches),
        kept=request.args.get("kept", type=int, default=0),
        new_command_id=new_id,
        done=request.args.get("done", ""),
    )


def choice_in_words(orphan: Orphan) -> str:
    """Return what was decided about an assignment; empty if nothing was."""
    match orphan.decided:
        case Choice.MOVE:
            return gettext("moves to %(unit)s", unit=unit_name(orphan.decided_for))
        case Choice.KEEP:
            return gettext("stays until it is done")
        case Choice.WITHDRAW:
            return gettext("is being withdrawn")
        case None:
            return ""


def _decisions(waiting: Sequence[Orphan]) -> list[Decision]:
    """Return what the form decides: each assignment's own choice, else the one for all; none leaves it open."""
    for_all = request.form.get("all", "")
    found = []
    for orphan in waiting:
        choice = request.form.get(f"choice_{orphan.assignment_id}", "") or for_all
        kind, _, code = choice.partition(":")
        if kind in set(Choice):
            found.append(
                Decision(assignment_id=orphan.assignment_id, choice=Choice(kind), to_unit=code or None)
            )
    return found


def _batches() -> list[BatchView]:
    found = []
    for text in request.args.getlist("batch")[:20]:
        try:
            found.append(find_batch(reading_connection(), UUID(text)))
        except (ValueError, Rejection):
            continue
    return found
