"""A unit head and the coordinator work through the pages of the site."""

import pytest
from sqlalchemy import func, select

from engine.errors import Busy
from engine.ids import new_id
from engine.tables import journal, user_task
from tests.integration.web.site import ACCEPT, NUMBER, Site, hidden_fields

RETURN = {
    "acknowledgement": "return",
    "return_reason": "wrong_unit",
    "return_note": "Nội dung này thuộc thẩm quyền của Sở Xây dựng.",
}


def entries(site: Site, unit: str) -> int:
    with site.database.connect() as connection:
        query = select(func.count()).select_from(journal)
        return connection.scalar(query.where(journal.c.instance_id == site.instance_of[unit])) or 0


def test_task_shows_order_deadline_actor_and_what_follows(site: Site):
    page = site.sign_in("head.stc").get(f"/tasks/{site.open_task('STC')}").text
    assert "Tiếp nhận nhiệm vụ" in page
    assert NUMBER in page
    assert "Người đứng đầu trực tiếp phụ trách" in page
    assert "do cơ quan theo dõi ấn định" in page
    assert "Thủ trưởng: Sở Tài chính" in page
    assert "Phân công và thực hiện" in page
    assert "Xử lý trả lại" in page


def test_fields_of_a_choice_not_made_yet_are_not_asked(site: Site):
    page = site.sign_in("head.stc").get(f"/tasks/{site.open_task('STC')}").text
    assert 'name="acknowledgement"' in page
    assert 'name="responsible_person"' not in page
    assert 'name="return_note"' not in page


def test_choice_brings_its_fields_and_keeps_what_was_written(site: Site):
    head, task = site.sign_in("head.stc"), site.open_task("STC")
    fields = head.post(f"/tasks/{task}/fields", {"acknowledgement": "return"}, page=f"/tasks/{task}").text
    assert 'name="return_note"' in fields
    assert 'name="responsible_person"' not in fields
    assert "<html" not in fields
    assert entries(site, "STC") == 1


def test_completed_task_leads_to_the_list_which_offers_the_next(site: Site):
    head, task = site.sign_in("head.stc"), site.open_task("STC")
    answer = head.complete(task, ACCEPT)
    assert (answer.status_code, answer.location) == (303, f"/?done={task}")
    page = head.get(answer.location).text
    assert "Đã hoàn tất bước “Tiếp nhận nhiệm vụ”" in page
    assert f"/tasks/{site.open_task('STC')}" in page
    assert "Việc tiếp theo: Phân công và thực hiện" in page


@pytest.mark.parametrize(("language", "said"), [("vi", "Hệ thống đang bận"), ("en", "The system is busy")])
def test_who_meets_a_busy_system_keeps_what_was_entered_and_sends_it_again(
    site: Site, monkeypatch: pytest.MonkeyPatch, language: str, said: str
):
    head, task = site.sign_in("head.stc", language), site.open_task("STC")

    def busy(*_arguments: object, **_named: object) -> None:
        raise Busy("Expected the database to take the command, but it took too long", trouble="timeout")

    with monkeypatch.context() as patched:
        patched.setattr(site.dispatcher, "_attempt", busy)
        answer = head.complete(task, ACCEPT)
    assert answer.status_code == 503
    assert said in answer.text
    assert f'value="{ACCEPT["responsible_person"]}"' in answer.text
    again = head.client.post(f"/tasks/{task}", data={**hidden_fields(answer.text), **ACCEPT})
    assert (again.status_code, entries(site, "STC")) == (303, 2)


def test_the_same_form_sent_twice_is_one_completion(site: Site):
    head, task = site.sign_in("head.stc"), site.open_task("STC")
    form = {**hidden_fields(head.get(f"/tasks/{task}").text), **ACCEPT}
    first = head.client.post(f"/tasks/{task}", data=form)
    second = head.client.post(f"/tasks/{task}", data=form)
    assert (first.status_code, second.status_code) == (303, 303)
    assert entries(site, "STC") == 2


def test_second_form_for_a_done_task_is_told_so(site: Site):
    head, task = site.sign_in("head.stc"), site.open_task("STC")
    form = hidden_fields(head.get(f"/tasks/{task}").text)
    assert head.complete(task, ACCEPT).status_code == 303
    answer = head.client.post(f"/tasks/{task}", data={**form, "command_id": str(new_id()), **RETURN})
    assert answer.status_code == 409
    assert "Nội dung này thuộc thẩm quyền của Sở Xây dựng." in answer.text


def test_a_form_changed_and_sent_again_is_told_what_was_kept_and_loses_nothing(site: Site):
    head, task = site.sign_in("head.stc"), site.open_task("STC")
    form = {**hidden_fields(head.get(f"/tasks/{task}").text), **ACCEPT}
    assert head.client.post(f"/tasks/{task}", data=form).status_code == 303
    answer = head.client.post(f"/tasks/{task}", data={**form, "responsible_person": "Phòng Ngân sách"})
    assert answer.status_code == 409
    assert "Ông/bà đã gửi biểu mẫu này rồi" in answer.text
    assert "Người head.stc đã hoàn tất lúc" in answer.text
    assert "Phòng Tổng hợp" in answer.text
    assert "Phòng Ngân sách" in answer.text
    assert entries(site, "STC") == 2


def test_who_sends_a_second_form_is_not_told_that_somebody_else_was_faster(site: Site):
    head, task = site.sign_in("head.stc"), site.open_task("STC")
    form = hidden_fields(head.get(f"/tasks/{task}").text)
    head.complete(task, ACCEPT)
    answer = head.client.post(f"/tasks/{task}", data={**form, "command_id": str(new_id()), **RETURN})
    assert answer.status_code == 409
    assert "Ông/bà đã hoàn tất bước này rồi" in answer.text
    assert "Người khác" not in answer.text


def test_wrong_values_come_back_with_what_was_entered_and_where_it_is_wrong(site: Site):
    head, task = site.sign_in("head.stc"), site.open_task("STC")
    answer = head.complete(task, {**RETURN, "return_note": "Sai đơn vị", "return_reason": ""})
    assert answer.status_code == 422
    assert "Có 2 nội dung còn thiếu hoặc chưa đúng" in answer.text
    assert '<a href="#f-return_note">Diễn giải: Hãy viết ít nhất 20 ký tự.</a>' in answer.text
    assert '<a href="#f-return_reason">Lý do trả lại: Hãy chọn một trong các mục.</a>' in answer.text
    assert ">\nSai đơn vị</textarea>" in answer.text
    assert 'aria-describedby="f-return_note-hint f-return_note-error"' in answer.text
    assert entries(site, "STC") == 1


def test_text_is_shown_as_text(site: Site):
    head, task = site.sign_in("head.stc"), site.open_task("STC")
    assert (
        head.complete(task, {**ACCEPT, "responsible_person": "<script>alert(1)</script>"}).status_code == 303
    )
    page = head.get(f"/instances/{site.instance_of['STC']}").text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_closed_task_shows_what_was_entered_and_no_form(site: Site):
    head, task = site.sign_in("head.stc"), site.open_task("STC")
    head.complete(task, ACCEPT)
    page = head.get(f"/tasks/{task}").text
    assert "Người head.stc đã hoàn tất lúc" in page
    assert "Phòng Tổng hợp" in page
    assert 'name="command_id"' not in page


def test_withdrawn_task_says_that_nobody_has_to_act(site: Site):
    head, task = site.sign_in("head.stc"), site.open_task("STC")
    head.complete(task, ACCEPT)
    work = site.open_task("STC")
    form = hidden_fields(head.get(f"/tasks/{work}").text)
    with site.database.begin() as connection:
        connection.execute(
            user_task.update().where(user_task.c.id == work).values(status="cancelled", ended_at=func.now())
            if connection.dialect.name == "postgresql"
            else user_task.update().where(user_task.c.id == work).values(status="cancelled")
        )
    answer = head.client.post(f"/tasks/{work}", data={**form, "progress_percent": "5"})
    assert answer.status_code == 409
    assert "Bước này không còn mở" in answer.text


def test_coordinator_sees_the_grounds_of_a_return_and_decides(site: Site):
    site.sign_in("head.stc").complete(site.open_task("STC"), RETURN)
    coordinator, task = site.sign_in("coordinator"), site.open_task("STC")
    page = coordinator.get(f"/tasks/{task}").text
    assert "Nội dung này thuộc thẩm quyền của Sở Xây dựng." in page
    assert "Sai đơn vị" in page
    decision = {
        "return_resolution": "withdraw",
        "return_resolution_note": "Giao lại cho đơn vị đúng thẩm quyền.",
    }
    assert coordinator.complete(task, decision).status_code == 303
    assert "quy trình kết thúc: Đã thu hồi" in coordinator.get(f"/instances/{site.instance_of['STC']}").text


@pytest.mark.parametrize("values", [{"progress_percent": "101"}, {"progress_percent": "nhiều"}])
def test_number_is_checked_on_the_server(site: Site, values):
    head = site.sign_in("head.stc")
    head.complete(site.open_task("STC"), ACCEPT)
    full = {"progress_note": "Đã phân công", "risk": "none", **values}
    answer = head.complete(site.open_task("STC"), full)
    assert answer.status_code == 422
    assert f'value="{values["progress_percent"]}"' in answer.text


def test_form_without_its_command_is_refused(site: Site):
    head, task = site.sign_in("head.stc"), site.open_task("STC")
    form = {**hidden_fields(head.get(f"/tasks/{task}").text), **ACCEPT}
    assert head.client.post(f"/tasks/{task}", data={**form, "command_id": "x"}).status_code == 400
    del form["csrf_token"]
    assert head.client.post(f"/tasks/{task}", data=form).status_code == 400
    assert entries(site, "STC") == 1


def test_english_reader_gets_names_of_the_model_in_english(site: Site):
    page = site.sign_in("head.stc", language="en").get(f"/tasks/{site.open_task('STC')}").text
    assert "Acknowledge the assignment" in page
    assert "Return it to the monitoring body" in page
    assert "Resolve the return" in page
