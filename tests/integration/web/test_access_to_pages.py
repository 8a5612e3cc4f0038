"""Who sees which page: what is not theirs does not exist for them."""

import pytest

from tests.integration.web.site import ACCEPT, Site, hidden_fields


def pages(site: Site, unit: str) -> list[str]:
    instance = site.instance_of[unit]
    return [f"/tasks/{site.open_task(unit)}", f"/instances/{instance}", f"/instances/{instance}/diagram.bpmn"]


@pytest.mark.parametrize(
    "path", ["/", "/letters", "/notifications", "/tasks/{task}", "/instances/{instance}"]
)
def test_nobody_reads_without_signing_in(site: Site, path):
    address = path.format(task=site.open_task("STC"), instance=site.instance_of["STC"])
    answer = site.app.test_client().get(address)
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in")


def test_head_of_another_unit_who_guesses_addresses_finds_nothing(site: Site):
    head = site.sign_in("head.snv")
    assert [head.get(path).status_code for path in pages(site, "STC")] == [404, 404, 404]
    assert [head.get(path).status_code for path in pages(site, "SNV")] == [200, 200, 200]


def test_head_of_another_unit_cannot_complete_or_probe_a_task(site: Site):
    head, foreign = site.sign_in("head.snv"), site.open_task("STC")
    form = {**hidden_fields(head.get(f"/tasks/{site.open_task('SNV')}").text), **ACCEPT}
    assert head.client.post(f"/tasks/{foreign}", data=form).status_code == 404
    assert head.client.post(f"/tasks/{foreign}/fields", data=form).status_code == 404
    assert site.open_task("STC") == foreign


def test_unit_head_sees_only_their_own_row_of_a_letter(site: Site):
    page = site.sign_in("head.snv").get(f"/letters/{site.document_id}").text
    assert str(site.instance_of["SNV"]) in page
    assert str(site.instance_of["STC"]) not in page
    assert "Sở Tài chính" not in page.split("<details")[0]


@pytest.mark.parametrize("username", ["coordinator", "leader", "auditor"])
def test_those_who_see_everything_read_a_task_but_do_not_act(site: Site, username):
    reader, task = site.sign_in(username), site.open_task("STC")
    page = reader.get(f"/tasks/{task}")
    assert page.status_code == 200
    assert "Đang chờ: Thủ trưởng: Sở Tài chính." in page.text
    assert 'data-refresh="' not in page.text, "there is no form to complete it"
    form = {**hidden_fields(page.text), "command_id": "0" * 32, **ACCEPT}
    answer = reader.client.post(f"/tasks/{task}", data=form)
    assert answer.status_code == 403
    assert "Ông/bà không phải người xử lý bước này" in answer.text
    assert site.open_task("STC") == task


def test_unknown_task_looks_like_a_foreign_one(site: Site):
    head = site.sign_in("head.snv")
    foreign, unknown = head.get(f"/tasks/{site.open_task('STC')}"), head.get(f"/tasks/{site.document_id}")
    assert foreign.status_code == unknown.status_code == 404
    drop_number = "Mã số lỗi"
    assert foreign.text.split(drop_number)[0] == unknown.text.split(drop_number)[0]


def test_work_list_holds_own_tasks_only(site: Site):
    page = site.sign_in("head.stc").get("/").text
    assert f"/tasks/{site.open_task('STC')}" in page
    assert f"/tasks/{site.open_task('SNV')}" not in page


def test_sign_in_is_refused_alike_for_wrong_name_and_wrong_word(site: Site):
    texts = []
    for username in ("head.stc", "nobody"):
        client = site.app.test_client()
        form = hidden_fields(client.get("/sign-in").text)
        answer = client.post("/sign-in", data={**form, "username": username, "password": "wrong-password"})
        assert answer.status_code in {200, 400, 401}
        texts.append("Tên đăng nhập hoặc mật khẩu không đúng" in answer.text)
    assert texts == [True, True]


def test_pages_forbid_scripts_and_styles_of_others(site: Site):
    policy = site.sign_in("head.stc").get("/").headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
