"""Open assignments of units that have ended: a coordinator decides about each, batches carry it out.

An assignment moves to a unit that took over, stays until it is done with whoever is left of the old unit, or is
withdrawn. Nothing is decided by itself; what was decided is kept, and the newest decision holds.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import Actor
from engine.batches.create import NewBatch, add_batch
from engine.commands import CancelInstance, ReassignCandidates
from engine.errors import NotAuthorised, Rejection
from engine.ids import derived_id
from engine.instances.instance import UNFINISHED
from engine.tables import process_instance
from processes.assignments.status import FINISHED
from processes.assignments.tables import Assignment
from processes.documents.tables import Directive, Document
from processes.problems import N_, Problem
from processes.units.acts import LONGEST_TEXT
from processes.units.registry import Unit, UnitRegistry
from processes.units.store import load_registry
from processes.units.succession import has_ended, successors
from processes.units.tables import UnitDecisionRow


class Choice(StrEnum):
    """What becomes of an open assignment whose unit has ended."""

    #: A unit that took over does it.
    MOVE = "move"
    #: It stays with the people of the old unit until it is done.
    KEEP = "keep"
    #: It is withdrawn.
    WITHDRAW = "withdraw"


class FollowingRefused(Rejection):
    """A decision about an assignment cannot be; ``params["problems"]`` names every reason."""

    code: ClassVar[str] = "following_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Orphan:
    """An open assignment whose unit has ended.

    Attributes:
        successors: the units that took over and exist today.
        already: codes of successors that have an open assignment of the same directive.
        decided: the newest decision; ``None`` if nobody has decided.
        decided_for: the code of the successor it goes to.
        batch_id: the batch that carries the decision out.
    """

    assignment_id: UUID
    business_key: str
    document_id: UUID
    document_no: str
    ordinal: str
    summary: str
    deadline_on: date | None
    unit: str
    successors: tuple[Unit, ...]
    already: frozenset[str]
    decided: Choice | None
    decided_for: str | None
    batch_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What somebody decides about one assignment; ``to_unit`` is the code of the successor it moves to."""

    assignment_id: UUID
    choice: Choice
    to_unit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What decisions came to: the batches that carry them out, and how many assignments stay."""

    batches: tuple[UUID, ...]
    moved: int
    withdrawn: int
    kept: int


def orphans(
    connection: Connection, registry: UnitRegistry, day: date, *, unit: str | None = None
) -> list[Orphan]:
    """Return the open assignments of units that have ended before a day, by unit and document.

    Args:
        unit: code of the only unit to look at.
    """
    ended = {
        code
        for code in ({each.code for each in registry.units} if unit is None else {unit})
        if has_ended(registry, code, day)
    }
    if not ended:
        return []
    rows = connection.execute(
        select(
            Assignment.id,
            Assignment.lead_unit,
            Assignment.directive_id,
            Assignment.deadline_on,
            Document.id.label("document_id"),
            Document.number_no,
            Directive.ordinal,
            Directive.summary,
            process_instance.c.business_key,
        )
        .join(process_instance, process_instance.c.id == Assignment.id)
        .join(Document, Document.id == Assignment.document_id)
        .join(Directive, Directive.id == Assignment.directive_id)
        .where(Assignment.lead_unit.in_(ended), *_open())
        .order_by(Assignment.lead_unit, Document.number_no, Directive.position)
    ).all()
    decided = _decisions(connection, [row.id for row in rows])
    leads = _open_leads(connection, {row.directive_id for row in rows})
    found = []
    for row in rows:
        heirs = successors(registry, row.lead_unit, day)
        decision = decided.get(row.id)
        found.append(
            Orphan(
                assignment_id=row.id,
                business_key=row.business_key,
                document_id=row.document_id,
                document_no=row.number_no or "",
                ordinal=row.ordinal,
                summary=row.summary,
                deadline_on=row.deadline_on,
                unit=row.lead_unit,
                successors=heirs,
                already=frozenset(heir.code for heir in heirs if (row.directive_id, heir.code) in leads),
                decided=None if decision is None else Choice(decision.choice),
                decided_for=None if decision is None else decision.to_unit,
                batch_id=None if decision is None else decision.batch_id,
            )
        )
    return found


def open_assignments(connection: Connection, codes: Iterable[str]) -> dict[str, int]:
    """Return how many open assignments each of these units leads."""
    wanted = list(codes)
    counts = dict.fromkeys(wanted, 0)
    query = (
        select(Assignment.lead_unit)
        .join(process_instance, process_instance.c.id == Assignment.id)
        .where(Assignment.lead_unit.in_(wanted), *_open())
    )
    for code in connection.scalars(query):
        counts[code] += 1
    return counts


def decide(
    session: Session, decisions: Sequence[Decision], *, request_id: UUID, reason: str, by: Actor
) -> Decided:
    """Keep decisions and create the batches that carry them out. The caller commits, and runs the batches.

    Args:
        request_id: chosen by the caller; the same again decides nothing more.

    Raises:
        NotAuthorised: the actor may not assign tasks, or withdraw where that is decided.
        FollowingRefused: a decision cannot be; nothing is decided.
    """
    _require_rights(decisions, by)
    connection = session.connection()
    registry = load_registry(connection)
    groups = _grouped(decisions)
    batch_ids = {key: derived_id("following", request_id, *key) for key in groups if key[0] != Choice.KEEP}
    if _are_kept(connection, batch_ids.values()):
        return _decided(groups, batch_ids)
    waiting = {orphan.assignment_id: orphan for orphan in orphans(connection, registry, clock.today())}
    problems = list(_problems(decisions, waiting, reason))
    if problems:
        raise FollowingRefused(
            f"Expected decisions that can be carried out, but {len(problems)} problems were found",
            problems=problems,
        )
    heirs = {heir.code: heir for orphan in waiting.values() for heir in orphan.successors}
    for key, ids in groups.items():
        choice, code = key
        if choice == Choice.MOVE:
            _add(
                connection,
                batch_ids[key],
                ReassignCandidates.tag,
                taken_over_by(heirs[code]),
                ids,
                reason,
                by,
            )
        elif choice == Choice.WITHDRAW:
            _add(connection, batch_ids[key], CancelInstance.tag, {}, ids, reason, by)
    now = clock.now()
    session.add_all(
        UnitDecisionRow(
            assignment_id=decision.assignment_id,
            from_unit=waiting[decision.assignment_id].unit,
            choice=decision.choice.value,
            to_unit=decision.to_unit,
            batch_id=batch_ids.get(_key(decision)),
            reason=reason.strip(),
            decided_by=by.key,
            decided_at=now,
        )
        for decision in decisions
        if decision.choice is not Choice.KEEP or waiting[decision.assignment_id].decided is not Choice.KEEP
    )
    session.flush()
    return _decided(groups, batch_ids)


def taken_over_by(unit: Unit) -> dict[str, Any]:
    """Return the variables of an assignment that a unit leads from now on, as a command's parameters."""
    return {
        "variables": {
            "lead_unit": unit.code,
            "lead_unit_name": unit.name,
            "lead_unit_kind": unit.kind,
            "head_groups": [f"head:{unit.code}"],
        }
    }


_Groups = dict[tuple[str, str], list[UUID]]


def _key(decision: Decision) -> tuple[str, str]:
    return decision.choice.value, decision.to_unit or ""


def _grouped(decisions: Sequence[Decision]) -> _Groups:
    groups: _Groups = {}
    for decision in decisions:
        groups.setdefault(_key(decision), []).append(decision.assignment_id)
    return groups


def _decided(groups: _Groups, batch_ids: Mapping[tuple[str, str], UUID]) -> Decided:
    def count(choice: Choice) -> int:
        return sum(len(ids) for (each, _), ids in groups.items() if each == choice)

    return Decided(
        batches=tuple(batch_ids.values()),
        moved=count(Choice.MOVE),
        withdrawn=count(Choice.WITHDRAW),
        kept=count(Choice.KEEP),
    )


def _are_kept(connection: Connection, batch_ids: Iterable[UUID]) -> bool:
    query = select(UnitDecisionRow.id).where(UnitDecisionRow.batch_id.in_(list(batch_ids))).limit(1)
    return connection.scalar(query) is not None


def _add(
    connection: Connection,
    batch_id: UUID,
    command: str,
    parameters: Mapping[str, Any],
    ids: Sequence[UUID],
    reason: str,
    by: Actor,
) -> None:
    asked = NewBatch(
        batch_id=batch_id, command=command, parameters=parameters, actor=by, reason=reason, subjects=ids
    )
    add_batch(connection, asked)


def _require_rights(decisions: Sequence[Decision], by: Actor) -> None:
    """Refuse whoever could not give the commands; to keep is decided by those who may give over."""
    needed = {"task:assign"}
    if any(decision.choice is Choice.WITHDRAW for decision in decisions):
        needed.add("instance:cancel")
    if not needed <= by.permissions:
        raise NotAuthorised("Expected an actor who may give assignments to other units", actor=by.key)


def _problems(decisions: Sequence[Decision], waiting: Mapping[UUID, Orphan], reason: str) -> Iterable[str]:
    if not decisions:
        yield Problem(N_("nothing is decided"))
    if not reason.strip():
        yield Problem(N_("the reason is missing"))
    if len(reason) > LONGEST_TEXT:
        yield Problem(N_("the reason is longer than {most} characters"), most=LONGEST_TEXT)
    if len({decision.assignment_id for decision in decisions}) < len(decisions):
        yield Problem(N_("one assignment is decided about twice"))
    for decision in decisions:
        orphan = waiting.get(decision.assignment_id)
        if orphan is None:
            yield Problem(
                N_("assignment '{id}' is not open, or its unit has not ended"), id=decision.assignment_id
            )
        elif decision.choice is Choice.MOVE and decision.to_unit not in {
            heir.code for heir in orphan.successors
        }:
            yield Problem(
                N_("{assignment}: unit '{code}' has not taken over from '{unit}'"),
                assignment=orphan.business_key,
                code=decision.to_unit or "",
                unit=orphan.unit,
            )
        elif decision.choice is not Choice.MOVE and decision.to_unit is not None:
            yield Problem(
                N_("{assignment}: only what moves has a unit that it moves to"),
                assignment=orphan.business_key,
            )


def _open() -> tuple[Any, ...]:
    """Return the conditions of an assignment that runs and is neither done nor withdrawn."""
    return (
        process_instance.c.status.in_(UNFINISHED),
        Assignment.status.not_in([status.value for status in FINISHED]),
    )


def _decisions(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, Any]:
    """Return the newest decision about each assignment."""
    table = UnitDecisionRow.__table__
    found: dict[UUID, Any] = {}
    for begin in range(0, len(ids), 500):
        query = select(table).where(table.c.assignment_id.in_(ids[begin : begin + 500])).order_by(table.c.id)
        found |= {row.assignment_id: row for row in connection.execute(query)}
    return found


def _open_leads(connection: Connection, directives: Iterable[UUID]) -> set[tuple[UUID, str]]:
    """Return which units lead open assignments of these directives."""
    wanted = list(directives)
    found: set[tuple[UUID, str]] = set()
    for begin in range(0, len(wanted), 500):
        query = (
            select(Assignment.directive_id, Assignment.lead_unit)
            .join(process_instance, process_instance.c.id == Assignment.id)
            .where(Assignment.directive_id.in_(wanted[begin : begin + 500]), *_open())
        )
        found |= {(row.directive_id, row.lead_unit) for row in connection.execute(query)}
    return found
