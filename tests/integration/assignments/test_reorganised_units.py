"""Units that end while their assignments are open: a coordinator decides, the successor's head goes on."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import Actor
from engine.batches.run import run_batches
from engine.commands import CompleteUserTask
from engine.database import reading
from engine.errors import NotAuthorised
from engine.ids import new_id
from processes.access.accounts import create_user
from processes.access.policy import Role
from processes.assignments.board import matrix
from processes.assignments.tables import Assignment
from processes.documents.tables import Directive
from processes.reorganisation.following import (
    Choice,
    Decided,
    Decision,
    FollowingRefused,
    Orphan,
    decide,
    orphans,
)
from processes.units.acts import ActKind, UnitAct, perform_act
from processes.units.registry import Unit
from processes.units.store import load_registry, save_units
from processes.units.tables import UnitDecisionRow
from tests.integration.assignments.assigned import Assigned
from tests.integration.assignments.office import Office
from tests.integration.assignments.people import ACCEPT, LEADER, MONITOR, PROGRESS, head, person

REGISTRAR = Actor(key="u:registrar", permissions=frozenset({"unit:manage"}))


@pytest.fixture
def reorganised(office: Office) -> Office:
    """The office with its registry in the database."""
    with Session(office.dispatcher.database) as session, session.begin():
        save_units(session, office.registry.units)
        create_user(
            session, username="monitor", name="Cán bộ theo dõi", password_hash="x", roles=[Role.COORDINATOR],
            unit_code="SNV",
        )  # fmt: skip
    return office


def end(office: Office, kind: ActKind, codes: tuple[str, ...], *results: Unit) -> None:
    """Let units end today."""
    with clock.frozen_at(office.now), Session(office.dispatcher.database) as session, session.begin():
        act = UnitAct(
            id=new_id(), kind=kind, effective_on=clock.today(), codes=codes, results=results,
            source="Nghị quyết 9/NQ-HĐND", reason="Sắp xếp tổ chức",
        )  # fmt: skip
        perform_act(session, act, by=REGISTRAR)


def unit(office: Office, code: str) -> Unit:
    return office.registry.of_code(code)


def new_unit(code: str, name: str) -> Unit:
    return Unit(code=code, name=name, name_en="", kind="department", group="Sở, ban, ngành", short_name="")


def waiting(office: Office) -> list[Orphan]:
    with reading(office.dispatcher.database) as connection:
        day = office.now.astimezone(clock.BUSINESS_ZONE).date()
        return orphans(connection, load_registry(connection), day)


def settle(office: Office, *decisions: Decision, by: Actor = MONITOR, request_id=None) -> Decided:  # type: ignore[no-untyped-def]
    with clock.frozen_at(office.now):
        with Session(office.dispatcher.database) as session, session.begin():
            decided = decide(
                session, decisions, request_id=request_id or new_id(), reason="Theo Nghị quyết 9", by=by
            )
        run_batches(office.dispatcher)
    return decided


def moves(assigned: Assigned, to: str) -> Decision:
    return Decision(assignment_id=assigned.id, choice=Choice.MOVE, to_unit=to)


def merged(office: Office) -> tuple[Assigned, Assigned]:
    """STC and SXD become one new unit; STC has acknowledged, SXD has not."""
    finance, works = office.issue("STC"), office.issue("SXD")
    finance.accept()
    office.wait_until("04/08 09:00")
    end(office, ActKind.MERGE, ("STC", "SXD"), new_unit("STX", "Sở Tài chính và Xây dựng"))
    return finance, works


def test_the_successors_head_goes_on_where_the_old_unit_stopped(reorganised: Office) -> None:
    finance, works = merged(reorganised)
    assert finance.open_tasks(head("STC")) == {"execute_assignment"}, "nothing moves by itself"
    found = waiting(reorganised)
    assert [(each.unit, [heir.code for heir in each.successors], each.decided) for each in found] == [
        ("STC", ["STX"], None), ("SXD", ["STX"], None),
    ]  # fmt: skip
    decided = settle(reorganised, moves(finance, "STX"), moves(works, "STX"))
    assert (len(decided.batches), decided.moved) == (1, 2)
    assert waiting(reorganised) == []
    assert finance.open_tasks(head("STC")) == set()
    assert finance.open_tasks(head("STX")) == {"execute_assignment"}
    assert works.open_tasks(head("STX")) == {"acknowledge_assignment"}
    assert (finance.row.lead_unit, finance.row.former_unit) == ("STX", "STC")
    assert finance.variables["lead_unit_name"] == "Sở Tài chính và Xây dựng"
    entry = finance.journal[-1]
    assert (entry.command, entry.payload["reason"]) == ("reassign_candidates.v1", "Theo Nghị quyết 9")
    assert entry.actor_key == MONITOR.key
    finance.complete("execute_assignment", PROGRESS, by=head("STX"))
    works.complete("acknowledge_assignment", ACCEPT, by=head("STX"))
    assert works.row.status == "da_tiep_nhan"
    reorganised.wait_until("21/08 08:00")
    assert finance.told("deadline_reminder")[-1][2] == {"head:STX"}


def test_the_matrix_shows_it_under_the_successor_and_names_who_had_it(reorganised: Office) -> None:
    finance, works = merged(reorganised)
    settle(reorganised, moves(finance, "STX"), moves(works, "STX"))
    with Session(reorganised.dispatcher.database) as session:
        found = matrix(
            session, finance.row.document_id, registry=load_registry(session.connection()),
            calendar=reorganised.calendar, today=date(2026, 8, 4),
        )  # fmt: skip
    assert found is not None
    assert [each.code for each in found.units] == ["STX"]
    (cell,) = found.cells.values()
    assert (cell.unit_code, cell.former_unit) == ("STX", "STC")


def test_two_assignments_of_one_directive_stand_side_by_side(reorganised: Office) -> None:
    finance, works = merged(reorganised)
    first, started = finance.row, works.journal[0].payload["variables"]
    with Session(reorganised.dispatcher.database) as session, session.begin():
        row = session.get_one(Assignment, works.id)
        row.document_id, row.directive_id = first.document_id, first.directive_id
        row.former_unit = "SXD"
        row.lead_unit = "STC"
        document_id = row.document_id
    with Session(reorganised.dispatcher.database) as session:
        found = matrix(
            session, document_id, registry=reorganised.registry, calendar=reorganised.calendar,
            today=date(2026, 8, 4),
        )  # fmt: skip
        assert found is not None
        key = next(iter(found.cells))
        assert found.cells[key].assignment_id == finance.id
        assert [each.assignment_id for each in found.beside[key]] == [works.id]
        assert sum(found.totals.values()) == 2
        directive = session.scalars(select(Directive.id).where(Directive.document_id == document_id)).one()
        assert key == (directive, "STC")
    with Session(reorganised.dispatcher.database) as session, session.begin():
        row = session.get_one(Assignment, works.id)  # as its journal says
        row.document_id, row.directive_id = UUID(started["document_id"]), UUID(started["directive_id"])
        row.lead_unit, row.former_unit = "SXD", None


def test_it_stays_with_the_old_unit_or_is_withdrawn_if_that_is_decided(reorganised: Office) -> None:
    finance, works = merged(reorganised)
    decided = settle(
        reorganised,
        Decision(assignment_id=finance.id, choice=Choice.KEEP),
        Decision(assignment_id=works.id, choice=Choice.WITHDRAW),
    )
    assert (decided.moved, decided.kept, decided.withdrawn) == (0, 1, 1)
    assert works.row.status == "thu_hoi"
    assert works.journal[-1].payload["reason"] == "Theo Nghị quyết 9"
    (kept,) = waiting(reorganised)
    assert (kept.assignment_id, kept.decided) == (finance.id, Choice.KEEP)
    finance.submit(by=head("STC"))
    assert finance.row.status == "cho_tham_dinh"
    settle(reorganised, moves(finance, "STX"))
    assert finance.row.lead_unit == "STX", "a later decision holds"
    assert finance.open_tasks() == {"appraise_result"}


def test_after_a_split_each_assignment_goes_to_the_unit_chosen_for_it(reorganised: Office) -> None:
    one, other = reorganised.issue("STC"), reorganised.issue("STC")
    reorganised.wait_until("04/08 09:00")
    parts = new_unit("ST1", "Sở Ngân sách"), new_unit("ST2", "Sở Kế hoạch")
    end(reorganised, ActKind.SPLIT, ("STC",), *parts)
    settle(reorganised, moves(one, "ST1"), moves(other, "ST2"))
    assert (one.row.lead_unit, other.row.lead_unit) == ("ST1", "ST2")
    assert one.open_tasks(head("ST1")) == {"acknowledge_assignment"}


def test_a_unit_that_only_got_another_name_keeps_its_assignments(reorganised: Office) -> None:
    finance = reorganised.issue("STC")
    reorganised.wait_until("04/08 09:00")
    renamed = new_unit("STC", "Sở Tài chính - Ngân sách")
    end(reorganised, ActKind.RENAME, ("STC",), renamed)
    assert waiting(reorganised) == []
    finance.accept()
    assert finance.variables["lead_unit_name"] == "Sở Tài chính", "an instance keeps what it was started with"


def test_what_cannot_be_decided_is_refused_whole(reorganised: Office) -> None:
    finance, works = merged(reorganised)
    fine = moves(works, "STX")
    for wrong in (
        moves(finance, "SNV"),
        moves(finance, ""),
        Decision(assignment_id=finance.id, choice=Choice.KEEP, to_unit="STX"),
        Decision(assignment_id=new_id(), choice=Choice.KEEP),
        fine,
    ):
        with pytest.raises(FollowingRefused):
            settle(reorganised, fine, wrong)
    with pytest.raises(FollowingRefused):
        settle(reorganised)
    for actor in (head("STX"), LEADER, REGISTRAR):
        with pytest.raises(NotAuthorised):
            settle(reorganised, fine, by=actor)
    only_assigns = person("assigner", Role.COORDINATOR, unit="SNV")
    limited = Actor(key=only_assigns.key, permissions=frozenset({"task:assign"}))
    with pytest.raises(NotAuthorised):
        settle(reorganised, Decision(assignment_id=works.id, choice=Choice.WITHDRAW), by=limited)
    with Session(reorganised.dispatcher.database) as session:
        assert session.scalars(select(UnitDecisionRow)).all() == []
    assert works.row.lead_unit == "SXD"


def test_the_same_request_again_decides_nothing_more(reorganised: Office) -> None:
    finance, works = merged(reorganised)
    request_id = new_id()
    first = settle(reorganised, moves(finance, "STX"), moves(works, "STX"), request_id=request_id)
    again = settle(reorganised, moves(finance, "STX"), moves(works, "STX"), request_id=request_id)
    assert again == first
    with Session(reorganised.dispatcher.database) as session:
        assert len(session.scalars(select(UnitDecisionRow)).all()) == 2


def test_what_ends_before_its_move_is_not_moved(reorganised: Office) -> None:
    finance, _ = merged(reorganised)
    with clock.frozen_at(reorganised.now):
        with Session(reorganised.dispatcher.database) as session, session.begin():
            decide(session, [moves(finance, "STX")], request_id=new_id(), reason="NQ 9", by=MONITOR)
        finance.recall()
        assert run_batches(reorganised.dispatcher).refused == 1
    assert (finance.row.lead_unit, finance.row.status) == ("STC", "thu_hoi")


def test_a_letter_of_today_that_names_yesterdays_unit_reaches_the_successor(reorganised: Office) -> None:
    merged(reorganised)
    with reading(reorganised.dispatcher.database) as connection:
        registry = load_registry(connection)
    assert [each.code for each in registry.resolve("Sở Tài chính", on=date(2026, 8, 5))] == ["STX"]
    assert [each.code for each in registry.resolve("Sở Tài chính", on=date(2026, 8, 3))] == ["STC"]


def test_people_who_stay_at_the_old_unit_cannot_work_on_what_has_moved(reorganised: Office) -> None:
    finance, works = merged(reorganised)
    task_id = finance.task_id("execute_assignment")
    settle(reorganised, moves(finance, "STX"), moves(works, "STX"))
    with finance.refused(NotAuthorised), clock.frozen_at(reorganised.now):
        reorganised.dispatcher.execute(
            CompleteUserTask(command_id=new_id(), actor=head("STC"), task_id=task_id, variables=PROGRESS)
        )
