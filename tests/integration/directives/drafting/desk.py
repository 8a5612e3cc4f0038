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
from engine.errors import Rejection
from processes.access.policy import Role
from processes.directives.drafting.save import save_draft
from processes.directives.drafting.view import DirectiveView, DraftView, draft_view
from processes.documents.reading.reader import read_letter
from processes.documents.store import Original
from processes.documents.tables import READ_COLUMNS, Directive, Document
from processes.units.registry import UnitRegistry
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

3. Nghiên cứu Đề án cải cách hành chính giai đoạn 2026 – 2030 (dự kiến) để chuẩn bị điều kiện thực hiện.

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

Act = TypeVar("Act")


@dataclass(slots=True)
class Desk:
    """The database, the registry, the present."""

    database: Engine
    registry: UnitRegistry
    now: datetime

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
