"""Leaves documents on the desk: a plan as it was read, and a directive that waits for a leader's approval."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.dispatch import Dispatcher
from processes.directives.drafting.deadlines import set_deadlines
from processes.directives.drafting.edit import edit_directive
from processes.directives.drafting.override import override_gap
from processes.directives.drafting.save import save_draft
from processes.directives.drafting.submit import submit
from processes.directives.gaps import open_gaps
from processes.directives.issue import IssueSettings
from processes.documents.reading.reader import understand
from processes.documents.source.read import read_source
from processes.documents.store import Original, directives_of
from processes.documents.tables import Document
from processes.samples import DIRECTIVE_FILE, PLAN_FILE, sample_directive, sample_plan
from processes.units.registry import UnitRegistry

#: What the coordinator sets where the directive says nothing of it, by ordinal.
_SET_DEADLINES: dict[str, dict[str, Any]] = {
    "2.b": {"kind": "working_days", "days": 20},
    "3.b": {"kind": "ongoing"},
}
_SET_PRODUCTS = {
    "2.b": "Báo cáo đề xuất giải pháp chống ngập",
    "3.b": "Số buổi tuyên truyền trong báo cáo tháng",
}
_REASON = "Đã thống nhất với đơn vị tại cuộc họp giao ban"


def leave_drafts(
    dispatcher: Dispatcher, registry: UnitRegistry, *, coordinator: Actor, settings: IssueSettings, day: date
) -> None:
    """Read two documents of a day in; submit the second.

    Args:
        coordinator: whose drafts they are.
    """
    with Session(dispatcher.database) as session, session.begin():
        _read_in(session, sample_plan(day), PLAN_FILE, registry, coordinator)
    with Session(dispatcher.database) as session, session.begin():
        document = _read_in(session, sample_directive(day), DIRECTIVE_FILE, registry, coordinator)
        _make_clear(session, document, registry, coordinator, day)
        document_id, version = document.id, document.version
    submit(dispatcher, document_id, settings=settings, actor=coordinator, version=version)


def _read_in(
    session: Session, content: bytes, filename: str, registry: UnitRegistry, coordinator: Actor
) -> Document:
    source = read_source(content, filename)
    reading = understand(source, filename, registry)
    original = Original.taken_apart(source, content=content, filename=filename)
    return save_draft(session, reading, original, actor=coordinator)


def _make_clear(
    session: Session, document: Document, registry: UnitRegistry, coordinator: Actor, day: date
) -> None:
    """Set what the document leaves open; where a gap stays, go over it with a reason."""
    by_ordinal: dict[str, UUID] = {each.ordinal: each.id for each in directives_of(session, document.id)}
    set_deadlines(
        session,
        document.id,
        {by_ordinal[ordinal]: deadline for ordinal, deadline in _SET_DEADLINES.items()},
        actor=coordinator,
        version=document.version,
    )
    for ordinal, product in _SET_PRODUCTS.items():
        edit_directive(
            session,
            document.id,
            by_ordinal[ordinal],
            {"product": product},
            registry=registry,
            actor=coordinator,
            version=document.version,
        )
    for gap in open_gaps(directives_of(session, document.id), registry, on=day):
        override_gap(
            session,
            document.id,
            gap.directive.id,
            gap.gap,
            reason=_REASON,
            actor=coordinator,
            version=document.version,
        )
