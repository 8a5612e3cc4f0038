"""A coordinator's desk: a letter kept as a draft, and what is done with it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import Actor
from engine.database import reading
from engine.dispatch import Dispatcher
from engine.errors import Rejection
from processes.access.policy import Role
from processes.assignments.handlers import AssignmentSettings
from processes.calendar.store import load_calendar
from processes.calendar.working_days import WorkingCalendar
from processes.directives.approval import Opinion
from processes.directives.drafting.amend import Amendment, amend
from processes.directives.drafting.approve import decide
from processes.directives.drafting.deadlines import set_deadlines
from processes.directives.drafting.edit import edit_directive
from processes.directives.drafting.engine_acts import Reached
from processes.directives.drafting.issue import issue_document, preview
from processes.directives.drafting.leads import set_leads
from processes.directives.drafting.link import link_document
from processes.directives.drafting.save import save_draft
from processes.directives.drafting.split import split_directive
from processes.directives.drafting.submit import submit
from processes.directives.drafting.undo import Undone, undo_issue
from processes.directives.drafting.view import DirectiveView, DraftView, draft_view
from processes.directives.drafting.withdraw import withdraw
from processes.directives.issue import Approval, Issued, IssuePlan, IssueSettings, issue
from processes.documents.reading.reader import read_letter
from processes.documents.store import Original
from processes.documents.tables import READ_COLUMNS, Directive, Document
from processes.units.registry import UnitRegistry
from tests.integration.assignments.moments import instant
from tests.integration.assignments.people import person

LETTER = """
Số: 12/UBND-TH
Đồng Nai, ngày 3 tháng 8 năm 2026

V/v rà soát thủ tục hành chính

Kính gửi:
- Các sở, ban, ngành;
- UBND các xã, phường.

Chủ tịch UBND thành phố yêu cầu các đơn vị thực hiện:

1. Rà soát thủ tục hành chính thuộc phạm vi quản lý, hoàn thành trước ngày 30/9/2026.

2. Rà soát, xác định các điểm nghẽn, nút thắt trong giải quyết công việc.
Rà soát kết quả cải cách hành chính và lập kế hoạch nâng cao các tiêu chí, hoàn thành trước ngày 15/10/2026.

3. Nghiên cứu “Đề án cải cách hành chính giai đoạn 2026 – 2030” dự kiến ban hành để chuẩn bị điều kiện thực hiện.

4. Giao Sở Nội vụ chủ trì, Văn phòng UBND thành phố phối hợp theo dõi, định kỳ tổng hợp báo cáo.

Yêu cầu Thủ trưởng các đơn vị nghiêm túc thực hiện./.

Nơi nhận:
- Như trên;
- Lưu: VT, TH.

KT. CHỦ TỊCH
PHÓ CHỦ TỊCH
Trần Văn Minh
""".strip()

COORDINATOR = person("lan", Role.COORDINATOR, unit="SNV")
COLLEAGUE = person("hoa", Role.COORDINATOR, unit="SNV")
LEADER = person("leader", Role.LEADER)

#: Who has an account: a batch is run with the rights that its author still has.
PEOPLE = (
    ("lan", Role.COORDINATOR, "SNV"),
    ("hoa", Role.COORDINATOR, "SNV"),
    ("leader", Role.LEADER, None),
)

Act = TypeVar("Act")


@dataclass(slots=True)
class Desk:
    """The database, the registry, the present."""

    dispatcher: Dispatcher
    registry: UnitRegistry
    now: datetime

    @property
    def database(self) -> Engine:
        """The database."""
        return self.dispatcher.database

    @property
    def calendar(self) -> WorkingCalendar:
        """The working-day calendar."""
        with reading(self.database) as connection:
            return load_calendar(connection)

    def at(self, text: str) -> None:
        """Let it be another moment."""
        self.now = instant(text)

    def save(
        self, content: str = LETTER, *, by: Actor = COORDINATOR, filename: str = "letter.txt", **more: Any
    ) -> UUID:
        """Keep a letter as a draft."""
        original = Original(content=content.encode(), filename=filename, **more)
        reading = read_letter(original.content, filename, self.registry)
        return self.do(lambda session: save_draft(session, reading, original, actor=by).id)

    def do(self, act: Callable[[Session], Act]) -> Act:
        """Do something in a transaction of its own."""
        with (
            clock.frozen_at(self.now),
            Session(self.database, expire_on_commit=False) as session,
            session.begin(),
        ):
            return act(session)

    def edit(
        self, act: Callable[..., Act], document_id: UUID, *args: Any, by: Actor = COORDINATOR, **more: Any
    ) -> Act:
        """Do something with the document as it is now."""
        version = more.pop("version", None) or self.document(document_id).version
        return self.do(lambda session: act(session, document_id, *args, actor=by, version=version, **more))

    def document(self, document_id: UUID) -> Document:
        """Return a document as it is kept."""
        with Session(self.database) as session:
            return session.get_one(Document, document_id)

    def view(self, document_id: UUID) -> DraftView:
        """Return a document as it is shown."""
        with clock.frozen_at(self.now), Session(self.database, expire_on_commit=False) as session:
            return draft_view(session, document_id, registry=self.registry)

    def directive(self, document_id: UUID, ordinal: str) -> DirectiveView:
        """Return a directive by its number."""
        return next(each for each in self.view(document_id).directives if each.directive.ordinal == ordinal)

    def id_of(self, document_id: UUID, ordinal: str) -> UUID:
        """Return a directive's identifier by its number."""
        return self.directive(document_id, ordinal).directive.id

    def given(self, document_id: UUID) -> list[str]:
        """Return the numbers of the directives that are given to units, as they are shown."""
        return [each.directive.ordinal for each in self.view(document_id).given]

    def everything(self, document_id: UUID) -> Mapping[str, Any]:
        """Return all that an act could change."""
        return self.view(document_id).to_json()

    def clear(self, *, split: bool = False) -> UUID:
        """Keep a letter and set what it lacks: few leads, products, number and day."""
        letter = self.save()
        if split:
            self.edit(split_directive, letter, self.id_of(letter, "2"))
        for each in self.view(letter).given:
            if each.directive.ordinal != "4":
                self.edit(
                    set_leads, letter, [each.directive.id], include=["STC", "SXD"], registry=self.registry
                )
            self.edit(
                edit_directive, letter, each.directive.id, {"product": "Báo cáo"}, registry=self.registry
            )
            if each.terms.deadline.value is None and each.directive.ordinal in ("2.1", "4"):
                self.edit(set_deadlines, letter, {each.directive.id: {"kind": "date", "date": "2026-10-30"}})
        return letter

    def approved(self) -> UUID:
        """Keep a letter, set what it lacks, submit it and have it approved."""
        letter = self.clear()
        self.submit(letter)
        self.decide(letter, Opinion.AGREE)
        return letter

    def submit(self, document_id: UUID, *, by: Actor = COORDINATOR, **more: Any) -> None:
        """Submit a document for approval."""
        self._act(submit, document_id, by=by, settings=IssueSettings(), **more)

    def decide(self, document_id: UUID, opinion: Opinion, *, by: Actor = LEADER, **more: Any) -> None:
        """Decide as a leader."""
        self._act(decide, document_id, opinion, by=by, **more)

    def preview(self, document_id: UUID) -> IssuePlan:
        """Return what issuing would start."""
        return self.do(
            lambda session: preview(
                session,
                document_id,
                registry=self.registry,
                calendar=self.calendar,
                settings=IssueSettings(),
            )
        )

    def issue(self, document_id: UUID, *, by: Actor = COORDINATOR, **more: Any) -> Issued:
        """Issue a document."""
        numbers = {"registry": self.registry, "calendar": self.calendar, "settings": IssueSettings()}
        return self._act(issue_document, document_id, by=by, **numbers, **more)

    def issue_plan(self, plan: IssuePlan) -> Issued:
        """Go on with a plan that was made before."""
        with clock.frozen_at(self.now):
            return issue(
                self.dispatcher,
                plan,
                actor=COORDINATOR,
                calendar=self.calendar,
                settings=IssueSettings(),
                approval=Approval.LEADER,
            )

    def undo(self, document_id: UUID, *, reason: str = "Giao nhầm.", **more: Any) -> Undone:
        """Undo the issue of a document."""
        return self._act(undo_issue, document_id, by=COORDINATOR, reason=reason, **more)

    def withdraw(
        self, document_id: UUID, directive_ids: list[UUID] | None = None, *, by: Actor = COORDINATOR
    ) -> Reached:
        """Withdraw directives, or all."""
        return self._act(withdraw, document_id, directive_ids, by=by, reason="Văn bản được thay thế.")

    def amend(
        self, document_id: UUID, directive_id: UUID, amendment: Amendment, *, reason: str = "Theo kết luận."
    ) -> Reached:
        """Amend a directive."""
        return self._act(
            amend,
            document_id,
            directive_id,
            amendment,
            by=COORDINATOR,
            reason=reason,
            calendar=self.calendar,
            issue=IssueSettings(),
            assignment=AssignmentSettings(),
        )

    def link(self, document_id: UUID, directive_id: UUID, position: int, linked_id: UUID) -> Reached:
        """Link a document that has come."""
        return self._act(
            link_document,
            document_id,
            directive_id,
            position,
            linked_id,
            by=COORDINATOR,
            calendar=self.calendar,
            settings=IssueSettings(),
        )

    def _act(self, act: Callable[..., Act], document_id: UUID, *args: Any, by: Actor, **more: Any) -> Act:
        version = more.pop("version", None) or self.document(document_id).version
        with clock.frozen_at(self.now):
            return act(self.dispatcher, document_id, *args, actor=by, version=version, **more)

    @contextmanager
    def refused(self, error: type[Rejection], document_id: UUID) -> Iterator[pytest.ExceptionInfo[Rejection]]:
        """Expect a refusal of this very kind that leaves everything as it was."""
        before = self.everything(document_id)
        with pytest.raises(error) as caught:
            yield caught
        assert type(caught.value) is error
        assert self.everything(document_id) == before


def read_of(directive: Directive) -> dict[str, Any]:
    """Return what was read of a directive."""
    return {name: getattr(directive, name) for name in READ_COLUMNS}
