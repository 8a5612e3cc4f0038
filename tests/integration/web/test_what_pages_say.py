"""What pages say about an assignment: every axis that is open, in one language, with quotations marked as such."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from engine import clock
from engine.tables import user_task
from engine.timers.due import fire_due
from processes.assignments.tables import Assignment
from tests.integration.web.site import ACCEPT, Site

VIETNAMESE = re.compile("[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.I)


def change(site: Site, **values: object) -> UUID:
    with site.database.begin() as connection:
        connection.execute(
            update(Assignment).where(Assignment.id == site.instance_of["STC"]).values(**values)
        )
    return site.instance_of["STC"]


def own_words(html: str) -> str:
    """Return a page's text without what it quotes, names of people and the choice of languages."""
    body = html[html.index("<main") : html.index("</main>")]
    body = re.sub(r'<(\w+)[^>]*lang="vi"[^>]*>.*?</\1>', "", body, flags=re.S)
    body = re.sub(r'title="[^"]*"', "", body)
    return re.sub(r"<[^>]+>", " ", body).replace("Người head.stc", "")


def test_done_does_not_hide_that_accountability_is_being_considered(site: Site) -> None:
    instance = change(site, status="hoan_thanh", accountability_opened_at=clock.now(), late_working_days=7)
    reader = site.sign_in("coordinator")
    page = reader.get(f"/instances/{instance}").text
    assert "Hoàn thành" in page
    assert "Đang xem xét trách nhiệm" in page
    matrix = reader.get(f"/letters/{site.document_id}").text
    assert 'class="mark mark-done-late is-considered"' in matrix
    assert f'href="/instances/{instance}" aria-label="Sở Tài chính · 2: ' in matrix
    narrowed = reader.get(f"/letters/{site.document_id}?mark=accountability").text
    assert "Sở Tài chính" in narrowed
    assert f"/instances/{site.instance_of['SNV']}" not in narrowed
    change(site, accountability_decision="no_action")
    assert "Đang xem xét trách nhiệm" not in reader.get(f"/instances/{instance}").text


def test_done_without_a_deadline_is_not_in_time(site: Site) -> None:
    change(site, status="hoan_thanh", deadline_on=None, late_working_days=0)
    matrix = site.sign_in("coordinator").get(f"/letters/{site.document_id}").text
    assert "Hoàn thành, không thời hạn" in matrix
    assert "Hoàn thành đúng hạn" not in matrix


def test_a_deadline_that_had_passed_on_receipt_is_said_in_red_where_it_is_acknowledged(site: Site) -> None:
    day = clock.today() - timedelta(days=3)
    instance = change(site, deadline_passed_on_receipt=True, deadline_on=day, deadline_source="document")
    head = site.sign_in("head.stc")
    for path in (f"/tasks/{site.open_task('STC')}", f"/instances/{instance}"):
        page = head.get(path).text
        assert 'notice-late"><svg' in page.replace("\n", "")
        assert f"Hạn đã qua khi nhận: thời hạn theo văn bản là {day:%d/%m/%Y}" in page


@pytest.mark.parametrize(
    "path", ["/", "/letters", "/letters/{letter}", "/notifications", "/instances/{instance}", "/tasks/{task}"]
)
def test_english_pages_are_english_but_for_what_they_quote(site: Site, path: str) -> None:
    head = site.sign_in("head.stc", language="en")
    head.complete(site.open_task("STC"), ACCEPT)
    address = path.format(
        letter=site.document_id, instance=site.instance_of["STC"], task=site.open_task("STC")
    )
    words = own_words(head.get(address).text)
    assert VIETNAMESE.findall(words) == [], words


def test_the_drawing_is_named_in_the_readers_language(site: Site) -> None:
    path = f"/instances/{site.instance_of['STC']}/diagram.bpmn"
    drawn = site.sign_in("head.stc").get(path).data
    english = site.sign_in("head.snv", language="en")
    assert "Tiếp nhận nhiệm vụ" in drawn.decode()
    named = site.sign_in("head.stc", language="en").get(path).data.decode()
    assert english.get(path).status_code == 404
    assert 'name="Acknowledge the assignment"' in named
    assert 'name="Unit head"' in named or "Thủ trưởng đơn vị" not in named
    assert VIETNAMESE.findall("".join(re.findall(r' name="([^"]*)"', named))) == []


def test_a_step_without_time_limit_beside_a_deadline_says_so(site: Site) -> None:
    with site.database.begin() as connection:
        connection.execute(update(user_task).values(due_at=None))
    page = site.sign_in("head.stc").get(f"/instances/{site.instance_of['STC']}").text
    assert "bước này không có thời hạn riêng" in page


def test_notices_stand_by_day_and_assignment_and_can_be_narrowed(site: Site) -> None:
    later = clock.now() + timedelta(days=60)
    with clock.frozen_at(later):
        while fire_due(site.dispatcher).fired:
            pass
    coordinator = site.sign_in("coordinator")
    everything = coordinator.get("/notifications").text
    assert everything.count('class="notice-item') >= 2
    assert "Đôn đốc, trách nhiệm" in everything
    narrowed = coordinator.get("/notifications?kind=escalation").text
    assert "Cảnh báo quá hạn" in narrowed
    assert "Nhắc tiếp nhận" not in narrowed
    assert (
        "1 nhiệm vụ có thông báo mới" in everything
    )  # however many notices; SNV's own is the office's to watch


def test_a_day_is_typed_as_an_office_writes_it(site: Site) -> None:
    head = site.sign_in("head.stc")
    head.complete(site.open_task("STC"), ACCEPT)
    head.complete(
        site.open_task("STC"), {"progress_percent": "60", "progress_note": "Đã phân công.", "risk": "none"}
    )
    task = site.open_task("STC")
    report = {
        "completed_on": f"{clock.today():%d/%m/%Y}",
        "result_document_no": "12/BC-STC",
        "result_document_on": "mai",
        "result_description": "Đã rà soát.",
        "head_confirmed": "true",
    }
    refused = head.complete(task, report)
    assert refused.status_code == 422
    assert 'value="mai"' in refused.text
    assert f'value="{clock.today():%d/%m/%Y}"' in refused.text
    early = head.complete(task, {**report, "result_document_on": "01/01/2020"})
    assert early.status_code == 422
    assert early.text.count(f"từ {clock.today():%d/%m/%Y}") == 2
    assert re.search(f"Hãy chọn .*{clock.today():%d/%m/%Y}", early.text)
    assert head.complete(task, {**report, "result_document_on": report["completed_on"]}).status_code == 303
