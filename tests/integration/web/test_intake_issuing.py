"""From a clear draft to work at the units through the pages, and back."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.tables import user_task
from processes.assignments.status import Lifecycle
from processes.assignments.tables import Assignment
from tests.integration.web.intake import CLEAR, Desk, directives, document, take_in
from tests.integration.web.site import ACCEPT, Site, Visitor


def clear_letter(*, days_ago: int = 0, deadline: str = "trong 10 ngày làm việc") -> str:
    day = clock.today() - timedelta(days=days_ago)
    written = CLEAR.format(day=day.day, month=day.month, year=day.year)
    return written.replace("trong 10 ngày làm việc", deadline)


def make_clear(site: Site, text: str) -> Desk:
    """Return a coordinator's draft in which everything is set."""
    desk = take_in(site.sign_in("coordinator"), text)
    form = {"d": ["2"], "act": "deadline", "deadline": "working_days", "days": "9"}
    assert desk.post("/several", form).status_code == 303
    assert desk.post("/several", {"d": ["2"], "act": "product", "product": "Báo cáo"}).status_code == 303
    return desk


@pytest.fixture
def desk(site: Site) -> Desk:
    return make_clear(site, clear_letter())


def leader(site: Site, desk: Desk) -> Desk:
    return Desk(site.sign_in("leader"), desk.address)


def approve(site: Site, desk: Desk) -> None:
    assert desk.post("/submit", {"note": "Kính trình"}).status_code == 303
    assert leader(site, desk).post("/decide", {"opinion": "agree"}).status_code == 303


def issue(site: Site, desk: Desk) -> None:
    approve(site, desk)
    answer = desk.post("/issue")
    assert answer.status_code == 303, answer.text
    assert answer.location.startswith(f"/letters/{desk.document_id}")


def assignments(site: Site, desk: Desk) -> dict[str, Assignment]:
    with Session(site.database, expire_on_commit=False) as session:
        found = session.scalars(select(Assignment).where(Assignment.document_id == desk.document_id))
        return {each.lead_unit: each for each in found}


def acknowledge(site: Site, desk: Desk, unit: str, visitor: Visitor) -> None:
    with site.database.connect() as connection:
        task = connection.scalars(
            select(user_task.c.id).where(
                user_task.c.instance_id == assignments(site, desk)[unit].id, user_task.c.status == "open"
            )
        ).one()
    assert visitor.complete(task, ACCEPT).status_code == 303


def test_what_is_unclear_is_not_submitted(site: Site) -> None:
    desk = take_in(site.sign_in("coordinator"), clear_letter())
    answer = desk.post("/submit")
    assert answer.status_code == 409
    assert "mục 2: Thời gian (khẩn trương); mục 2: Kết quả" in answer.text
    assert document(site, desk.document_id).state == "draft"


def test_a_leader_agrees_and_it_is_issued_to_the_units(site: Site, desk: Desk) -> None:
    assert desk.post("/submit", {"note": "Kính trình"}).status_code == 303
    assert "Chờ phê duyệt" in desk.page().text
    chief = leader(site, desk)
    assert "rà soát hồ sơ tồn đọng" in chief.visitor.get("/").text, "the inbox says which document it is"
    assert "Xem và cho ý kiến" in chief.visitor.get("/intake").text
    assert "Ý kiến của lãnh đạo" in chief.page().text
    assert chief.post("/decide", {"opinion": "agree"}).status_code == 303
    assert document(site, desk.document_id).state == "approved"
    preview = desk.page("/preview").text
    assert "Giao 2 lượt nhiệm vụ" in preview
    assert "Sở Y tế" in preview
    assert "do cơ quan theo dõi ấn định" in preview
    assert desk.post("/issue").location.endswith("issued=1")
    found = assignments(site, desk)
    assert set(found) == {"STC", "SYT"}
    assert found["SYT"].deadline_source == "set"
    assert "Đã giao nhiệm vụ" in desk.visitor.get(f"/letters/{desk.document_id}?issued=1").text
    assert desk.page("/progress").json == {"done": 2, "total": 2}


def test_the_task_in_the_inbox_shows_the_document_and_decides_as_well(site: Site, desk: Desk) -> None:
    assert desk.post("/submit").status_code == 303
    chief = site.sign_in("leader")
    task = re.search(r'href="/tasks/([0-9a-f-]+)"', chief.get("/").text)
    assert task is not None
    page = chief.get(f"/tasks/{task[1]}").text
    assert desk.address in page
    assert "31/UBND-TH" in page
    assert chief.complete(task[1], {"opinion": "agree"}).status_code == 303  # type: ignore[arg-type]  # as text
    assert document(site, desk.document_id).state == "approved"


def test_a_notice_of_a_document_leads_to_it(site: Site, desk: Desk) -> None:
    assert desk.post("/submit").status_code == 303
    assert desk.address in site.sign_in("leader").get("/notifications").text


@pytest.mark.parametrize(("opinion", "state"), [("revise", "draft"), ("refuse", "refused")])
def test_a_leader_who_does_not_agree_says_why(site: Site, desk: Desk, opinion: str, state: str) -> None:
    assert desk.post("/submit").status_code == 303
    chief = leader(site, desk)
    refused = chief.post("/decide", {"opinion": opinion})
    assert refused.status_code == 422
    assert "Hãy ghi lý do" in refused.text
    assert chief.post("/decide", {}).status_code == 422
    assert chief.post("/decide", {"opinion": opinion, "note": "Rà lại thời hạn"}).status_code == 303
    assert document(site, desk.document_id).state == state
    assert "Rà lại thời hạn" in desk.page().text
    if state == "refused":
        assert desk.post("/reopen", {"reason": "Sửa lại"}).status_code == 303
    assert desk.post("/submit").status_code == 303


def test_two_decisions_on_the_same_version_are_one(site: Site, desk: Desk) -> None:
    assert desk.post("/submit").status_code == 303
    chief = leader(site, desk)
    seen = chief.version()
    assert chief.post("/decide", {"opinion": "agree"}, version=seen).status_code == 303
    answer = chief.post("/decide", {"opinion": "refuse", "note": "Không"}, version=seen)
    assert answer.status_code == 409
    assert document(site, desk.document_id).state == "approved"


def test_what_nobody_approved_is_only_previewed(site: Site, desk: Desk) -> None:
    page = desk.page("/preview").text
    assert "Chỉ giao được khi lãnh đạo đã phê duyệt" in page
    answer = desk.post("/issue")
    assert answer.status_code == 409
    assert assignments(site, desk) == {}


def test_without_a_number_it_cannot_be_issued(site: Site) -> None:
    desk = make_clear(site, clear_letter().replace("Số: 31/UBND-TH", "Số: /UBND-TH"))
    page = desk.page("/preview")
    assert page.status_code == 200
    assert "Chưa thể giao" in page.text


def test_issuing_twice_starts_nothing_twice(site: Site, desk: Desk) -> None:
    approve(site, desk)
    seen = desk.page("/preview").text
    version = re.search(r'name="version" value="(\d+)"', seen)
    assert version is not None
    first = desk.post("/issue", version=version[1])
    again = desk.post("/issue", version=version[1])
    assert first.status_code == again.status_code == 303
    assert len(assignments(site, desk)) == 2


def test_deadlines_that_have_passed_are_issued_on_purpose_only(site: Site) -> None:
    passed = clock.today() - timedelta(days=3)
    desk = make_clear(site, clear_letter(days_ago=20, deadline=f"trước ngày {passed:%d/%m/%Y}"))
    approve(site, desk)
    preview = desk.page("/preview").text
    assert "Vẫn giao với các thời hạn này" in preview
    refused = desk.post("/issue")
    assert refused.status_code == 409
    assert assignments(site, desk) == {}
    assert desk.post("/issue", {"keep_past": "1"}).status_code == 303
    assert assignments(site, desk)["STC"].deadline_passed_on_receipt


def test_an_issue_is_undone_as_a_whole_with_a_reason(site: Site, desk: Desk) -> None:
    issue(site, desk)
    assert desk.post("/undo", {"reason": ""}).status_code == 422
    assert desk.post("/undo", {"reason": "Nhầm đơn vị"}).status_code == 303
    assert document(site, desk.document_id).state == "approved"
    assert "hoàn tác toàn bộ việc giao" in desk.page().text
    assert {each.status for each in assignments(site, desk).values()} == {Lifecycle.WITHDRAWN}


def test_after_the_first_acknowledgement_nothing_is_undone_as_a_whole(site: Site, desk: Desk) -> None:
    issue(site, desk)
    assert "Hoàn tác toàn bộ việc giao" in desk.page().text
    acknowledge(site, desk, "STC", site.sign_in("head.stc"))
    assert "Hoàn tác toàn bộ việc giao" not in desk.page().text
    refused = desk.post("/undo", {"reason": "Nhầm"})
    assert refused.status_code == 409
    assert "Sở Tài chính" in refused.text
    assert document(site, desk.document_id).state == "issued"


def test_an_item_is_withdrawn_with_a_reason_and_the_rest_stays(site: Site, desk: Desk) -> None:
    issue(site, desk)
    assert desk.post("/recall", {"reason": "Thừa"}).status_code == 422
    assert desk.post("/recall", {"d": ["2"], "reason": ""}).status_code == 422
    assert desk.post("/recall", {"d": ["2"], "reason": "Đã giao nơi khác"}).status_code == 303
    assert directives(site, desk.document_id)["2"].state == "withdrawn"
    assert document(site, desk.document_id).state == "issued"
    assert assignments(site, desk)["SYT"].status == Lifecycle.WITHDRAWN
    assert assignments(site, desk)["STC"].status != Lifecycle.WITHDRAWN


def test_a_draft_is_given_up_with_a_reason(site: Site, desk: Desk) -> None:
    assert desk.post("/recall", {"whole": "1", "reason": "Nhập nhầm"}).status_code == 303
    assert document(site, desk.document_id).state == "withdrawn"


def test_an_item_is_amended_and_the_baseline_stays(site: Site, desk: Desk) -> None:
    issue(site, desk)
    before = assignments(site, desk)["SYT"].deadline_on
    later = clock.today() + timedelta(days=40)
    form = {"deadline": "date", "date": f"{later:%d/%m/%Y}", "summary": "Rà soát hồ sơ", "product": "Báo cáo"}
    assert desk.post("/directives/2/amend", {**form, "reason": ""}).status_code == 422
    assert desk.post("/directives/2/amend", {**form, "reason": "Thêm việc"}).status_code == 303
    after = assignments(site, desk)["SYT"]
    assert after.deadline_on == later
    assert after.baseline_deadline_on == before
    assert "điều chỉnh mục 2" in desk.page().text


def test_a_document_that_is_awaited_is_linked(site: Site) -> None:
    text = clear_letter().replace(
        "2. Giao Sở Y tế rà soát hồ sơ của ngành; khẩn trương giải quyết.",
        "2. Giao Sở Y tế chuẩn bị nhân lực, dữ liệu để triển khai “Đề án số hóa hồ sơ giai đoạn "
        "2026 – 2030” đang được dự thảo.",
    )
    desk = make_clear(site, text)
    other = take_in(site.sign_in("coordinator"), clear_letter() + "\n\n", "de-an.txt")
    page = desk.page().text
    if "Văn bản đã ban hành" not in page:
        pytest.skip("the reader names no awaited document here")
    form = {"awaited": "1", "linked": str(other.document_id)}
    assert desk.post("/directives/2/link", {**form, "linked": "x"}).status_code == 400
    assert desk.post("/directives/2/link", form).status_code == 303
    assert other.address in desk.page().text
    assert desk.post("/directives/2/link", {**form, "awaited": "7"}).status_code == 409
