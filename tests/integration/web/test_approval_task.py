"""The approval of a letter is a task like any other: in the leader's inbox, with its form, completed there."""

from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.tables import user_task
from processes.access.accounts import find_user
from processes.access.policy import actor_for
from processes.directives.drafting.deadlines import set_deadlines
from processes.directives.drafting.edit import edit_directive
from processes.directives.drafting.leads import set_leads
from processes.directives.drafting.save import save_draft
from processes.directives.drafting.submit import submit
from processes.directives.issue import IssueSettings
from processes.documents.reading.reader import read_letter
from processes.documents.store import Original, directives_of
from processes.documents.tables import Document
from processes.units.store import load_registry
from tests.integration.web.site import Site

LETTER = """
Số: 12/UBND-TH
Đồng Nai, ngày 3 tháng 8 năm 2026

V/v rà soát thủ tục hành chính

Kính gửi: Sở Tài chính; Sở Xây dựng.

Chủ tịch UBND thành phố yêu cầu các đơn vị thực hiện:

1. Rà soát thủ tục hành chính thuộc phạm vi quản lý.

Nơi nhận:
- Như trên;
- Lưu: VT, TH.

KT. CHỦ TỊCH
PHÓ CHỦ TỊCH
Trần Văn Minh
""".strip().encode()


@pytest.fixture
def submitted(site: Site) -> UUID:
    """A clear draft that the coordinator has submitted."""
    with Session(site.database) as session, session.begin():
        person = find_user(session, "coordinator")
        assert person is not None
        actor = actor_for(person)
        registry = load_registry(session.connection())
        reading = read_letter(LETTER, "letter.txt", registry)
        document = save_draft(session, reading, Original(content=LETTER, filename="letter.txt"), actor=actor)
        (directive,) = directives_of(session, document.id)
        who = {"actor": actor, "registry": registry}
        edit_directive(session, document.id, directive.id, {"product": "Báo cáo"}, version=1, **who)
        set_leads(session, document.id, [directive.id], include=["STC"], version=2, **who)
        ongoing = {directive.id: {"kind": "ongoing"}}
        set_deadlines(session, document.id, ongoing, actor=actor, version=3)
        document_id = document.id
    submit(site.dispatcher, document_id, settings=IssueSettings(), actor=actor, version=4)
    return document_id


def open_task(site: Site) -> UUID:
    with site.database.connect() as connection:
        return connection.scalars(
            select(user_task.c.id).where(
                user_task.c.element_id == "approve_assignment", user_task.c.status == "open"
            )
        ).one()


def state(site: Site, document_id: UUID) -> str:
    with Session(site.database) as session:
        return session.get_one(Document, document_id).state


def test_the_leader_finds_the_letter_in_the_inbox_and_approves_it_there(site: Site, submitted: UUID) -> None:
    leader, task = site.sign_in("leader"), open_task(site)
    assert "Phê duyệt giao nhiệm vụ" in leader.get("/").text
    assert "Có văn bản chờ phê duyệt giao nhiệm vụ" in leader.get("/notifications").text
    page = leader.get(f"/tasks/{task}").text
    assert 'name="opinion"' in page
    assert leader.complete(task, {"opinion": "revise"}).status_code == 422
    assert state(site, submitted) == "in_review"
    assert leader.complete(task, {"opinion": "agree"}).status_code == 303
    assert state(site, submitted) == "approved"
    coordinator = site.sign_in("coordinator", "en")
    assert "A letter was approved and can be issued" in coordinator.get("/notifications").text


def test_who_submitted_it_sees_it_and_cannot_approve_it(site: Site, submitted: UUID) -> None:
    coordinator, task = site.sign_in("coordinator"), open_task(site)
    assert coordinator.get(f"/tasks/{task}").status_code == 200
    assert coordinator.complete(task, {"opinion": "agree"}).status_code == 403
    assert state(site, submitted) == "in_review"
