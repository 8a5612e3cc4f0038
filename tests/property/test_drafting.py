"""Whatever a coordinator does to a draft, what was read stays as it was, and nothing is given twice."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from engine import clock
from engine.database import open_database
from engine.errors import Rejection
from processes.directives.drafting.add import add_directive
from processes.directives.drafting.deadlines import set_deadlines
from processes.directives.drafting.drop import drop_directive, restore_directive
from processes.directives.drafting.edit import edit_directive
from processes.directives.drafting.envelope import set_envelope
from processes.directives.drafting.leads import set_leads
from processes.directives.drafting.merge import merge_directives
from processes.directives.drafting.override import override_gap
from processes.directives.drafting.save import save_draft
from processes.directives.drafting.split import split_directive
from processes.directives.gaps import Gap
from processes.documents.reading.reader import read_letter
from processes.documents.states import DirectiveState, Origin
from processes.documents.store import Original, directives_of
from processes.documents.tables import Directive, Document, DocumentTrail
from processes.samples import sample_registry
from processes.schema import all_metadata
from processes.units.registry import UnitRegistry
from processes.units.units_csv import read_units_csv
from tests.integration.assignments.moments import instant
from tests.integration.directives.drafting.desk import COORDINATOR, LETTER, read_of

REGISTRY = UnitRegistry(tuple(read_units_csv(sample_registry())))

Act = Callable[[Session, UUID, list[Directive], int, dict[str, Any]], object]

ACTS: tuple[Act, ...] = (
    lambda s, d, found, n, who: split_directive(s, d, found[n].id, **who),
    lambda s, d, found, n, who: split_directive(
        s, d, found[n].id, parts=[found[n].text[:9], found[n].text[9:]], **who
    ),
    lambda s, d, found, n, who: merge_directives(s, d, [found[n].id, found[n - 1].id], **who),
    lambda s, d, found, n, who: drop_directive(s, d, found[n].id, reason="Trùng.", **who),
    lambda s, d, found, n, who: restore_directive(s, d, found[n].id, **who),
    lambda s, d, found, n, who: add_directive(
        s, d, text="Việc thêm.", parent_id=found[n].id, registry=REGISTRY, **who
    ),
    lambda s, d, found, n, who: edit_directive(
        s, d, found[n].id, {"product": f"Báo cáo {n}", "summary": f"{n}"}, registry=REGISTRY, **who
    ),
    lambda s, d, found, n, who: set_leads(s, d, [found[n].id], include=["STC"], registry=REGISTRY, **who),
    lambda s, d, found, n, who: set_deadlines(
        s, d, {found[n].id: {"kind": "working_days", "days": n + 1}}, **who
    ),
    lambda s, d, found, n, who: override_gap(s, d, found[n].id, Gap.RESULT, reason="Đã rõ.", **who),
    lambda s, d, found, n, who: set_envelope(s, d, {"subject": f"Trích yếu {n}"}, **who),
)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    opened = open_database(f"sqlite:///{tmp_path_factory.mktemp('drafting') / 'sauro.db'}")
    all_metadata().create_all(opened)
    yield opened
    opened.dispose()


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(st.tuples(st.integers(0, len(ACTS) - 1), st.integers(0, 30)), min_size=1, max_size=25))
def test_random_edits_never_change_what_was_read(database: Engine, steps: list[tuple[int, int]]) -> None:
    original = Original(content=LETTER.encode(), filename="letter.txt")
    reading = read_letter(original.content, "letter.txt", REGISTRY)
    with clock.frozen_at(instant("03/08 09:00")), Session(database) as session:
        document = save_draft(session, reading, original, actor=COORDINATOR)
        document_id, kept = document.id, document.reading
        before = {each.id: read_of(each) for each in directives_of(session, document_id)}
        done = sum(_tried(session, document_id, act, number) for act, number in steps)
        session.expire_all()
        document = session.get_one(Document, document_id)
        after = {each.id: each for each in directives_of(session, document_id)}

        assert document.reading == kept
        assert {each: read_of(after[each]) for each in before} == before
        assert document.version == 1 + done
        versions = session.scalar(
            select(func.count(func.distinct(DocumentTrail.version))).where(
                DocumentTrail.document_id == document_id
            )
        )
        assert versions == 1 + done
        _assert_given_once(after)
        session.rollback()


def _tried(session: Session, document_id: UUID, act: int, number: int) -> bool:
    """Do an act as a transaction of its own would; say whether it was accepted."""
    found = directives_of(session, document_id)
    version = session.get_one(Document, document_id).version
    who = {"actor": COORDINATOR, "version": version}
    try:
        with session.begin_nested():
            ACTS[act](session, document_id, found, number % len(found), who)
    except Rejection:
        return False
    return True


def _assert_given_once(directives: dict[UUID, Directive]) -> None:
    """Assert that of a directive and what was made of it only one is given, and that parts are parts."""
    for each in directives.values():
        sources = [directives[UUID(source)] for source in each.origin_ids or ()]
        if each.state != DirectiveState.SUPERSEDED:
            taken = {DirectiveState.SPLIT, DirectiveState.MERGED}
            assert all(source.state in taken for source in sources)
        if each.origin == Origin.SPLIT:
            assert " ".join(each.text.split()) in " ".join(sources[0].text.split())
