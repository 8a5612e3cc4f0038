"""The registry through the pages: searched, changed by those who may, shown first, decided about afterwards."""

import io
import re
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from engine import clock
from engine.batches.run import run_batches
from engine.database import reading
from processes.access.accounts import find_user
from processes.assignments.tables import Assignment
from processes.samples import sample_registry
from processes.units.registry import UnitRegistry
from processes.units.store import load_registry
from processes.units.units_xlsx import load_units_xlsx
from tests.integration.web.site import Site, Visitor, hidden_fields

WHY = {"source": "Nghị quyết 12/NQ-HĐND", "reason": "Sắp xếp cơ quan chuyên môn"}
MERGER = {
    "code_1": "STC", "code_2": "Sở Xây dựng", "into_1": "STX", "name_1": "Sở Tài chính và Xây dựng", **WHY,
}  # fmt: skip


def today() -> str:
    return f"{clock.today():%d/%m/%Y}"


def registry_of(site: Site) -> UnitRegistry:
    with reading(site.database) as connection:
        return load_registry(connection)


def merge(visitor: Visitor, step: str, **values: str):  # type: ignore[no-untyped-def]
    form = {**MERGER, "effective_on": today(), "step": step, **values}
    return visitor.post("/units/acts/merge", form, page="/units/acts/merge")


@pytest.mark.parametrize(
    ("wanted", "found", "other"),
    [
        ("nội vụ", "Sở Nội vụ", "Sở Y tế"),
        ("noi vu", "Sở Nội vụ", "Sở Y tế"),
        ("SNV", "Sở Nội vụ", "Sở Y tế"),
        ("Phú Hoà Lạc", "Phú Hòa Lạc", "Sở Y tế"),
        ("lộc thạnh", "UBND xã Lộc Thạnh Trúc", "UBND xã Lộc Thanh Trúc"),
        ("loc thanh", "UBND xã Lộc Thanh Trúc", "Sở Y tế"),
    ],
)
def test_units_are_found_with_and_without_accents(site: Site, wanted: str, found: str, other: str) -> None:
    page = site.sign_in("head.stc").get(f"/units?q={wanted}").text
    assert found in page
    assert other not in page


def test_what_matches_nothing_says_so(site: Site) -> None:
    assert "Không có đơn vị phù hợp" in site.sign_in("auditor").get("/units?q=không+có+đâu").text


def test_a_unit_shows_its_people_and_work_to_whom_they_concern(site: Site) -> None:
    own = site.sign_in("head.stc").get("/units/STC").text
    assert "Người head.stc" in own
    assert "Nhiệm vụ đang mở" in own
    foreign = site.sign_in("head.snv").get("/units/STC").text
    assert "Sở Tài chính" in foreign
    assert "Người head.stc" not in foreign
    assert "Nhiệm vụ đang mở" not in foreign
    assert site.sign_in("auditor").get("/units/NOPE").status_code == 404


@pytest.mark.parametrize("username", ["head.stc", "leader", "auditor"])
def test_others_read_and_change_nothing(site: Site, username: str) -> None:
    reader = site.sign_in(username)
    for path in ("/units", "/units/SNV", "/units/groups", "/units/history"):
        page = reader.get(path)
        assert page.status_code == 200
        assert "/units/acts/" not in page.text
    for path in ("/units/acts/merge", "/units/load", "/units/following"):
        assert reader.get(path).status_code == 403
    form = {**hidden_fields(reader.get("/units").text), **MERGER, "effective_on": today()}
    for path in ("/units/acts/merge", "/units/load", "/units/groups", "/units/STC/people"):
        assert reader.client.post(path, data=form).status_code == 403
    assert registry_of(site).of_code("STC").valid_to is None


def test_a_merger_is_shown_then_kept_and_its_work_moves_when_that_is_decided(site: Site) -> None:
    coordinator = site.sign_in("coordinator")
    shown = merge(coordinator, "preview")
    assert shown.status_code == 200
    assert "kết thúc sau ngày" in shown.text
    assert "1 nhiệm vụ của đơn vị kết thúc" in shown.text
    assert "Người head.stc" in shown.text
    assert registry_of(site).of_code("STC").valid_to is None
    kept = merge(coordinator, "perform")
    assert (kept.status_code, kept.location) == (303, "/units/following?done=merge")
    assert "Quyết định về các nhiệm vụ đang mở" in coordinator.get("/units/STC").text
    page = coordinator.get("/units/following").text
    field = f"choice_{site.instance_of['STC']}"
    assert field in page
    decided = coordinator.post(
        "/units/following", {"unit": "STC", field: "move:STX", "reason": "Theo Nghị quyết 12"},
        page="/units/following",
    )  # fmt: skip
    assert decided.status_code == 303
    assert "Đã xử lý 0/1 nhiệm vụ" in coordinator.get(decided.location).text
    run_batches(site.dispatcher)
    assert "Đã xử lý 1/1 nhiệm vụ" in coordinator.get(decided.location).text
    assert "Không có gì chờ quyết định" in coordinator.get("/units/following").text
    with Session(site.database) as session:
        row = session.get_one(Assignment, site.instance_of["STC"])
        assert (row.lead_unit, row.former_unit) == ("STX", "STC")
    letter = coordinator.get(f"/letters/{site.document_id}").text
    assert "giao ban đầu cho Sở Tài chính" in letter
    assert "Sở Tài chính và Xây dựng" in letter
    instance = coordinator.get(f"/instances/{site.instance_of['STC']}").text
    assert "giao ban đầu cho Sở Tài chính" in instance
    assert "đã chuyển các bước đang mở cho đơn vị khác" in instance
    moved = coordinator.post(
        "/units/STC/people", {"username": "head.stc", "to_unit": "STX", **WHY}, page="/units/STC"
    )
    assert moved.status_code == 303
    with Session(site.database) as session:
        user = find_user(session, "head.stc")
        assert user is not None
        assert user.unit_code == "STX"
    assert f"/tasks/{site.open_task('STC')}" in site.sign_in("head.stc").get("/").text
    history = coordinator.get("/units/history").text
    assert "Hợp nhất" in history
    assert "Chuyển tài khoản" in history


def test_a_form_sent_twice_changes_the_registry_once(site: Site) -> None:
    coordinator = site.sign_in("coordinator")
    form = {**hidden_fields(coordinator.get("/units/acts/merge").text), **MERGER, "effective_on": today()}
    answers = [
        coordinator.client.post("/units/acts/merge", data={**form, "step": "perform"}) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert coordinator.get("/units/history").text.count("Nghị quyết 12/NQ-HĐND") == 1


def test_what_contradicts_is_said_in_the_readers_language_beside_what_was_typed(site: Site) -> None:
    coordinator = site.sign_in("coordinator")
    answer = merge(coordinator, "perform", code_2="KHÔNG", source="", effective_on="30/02/2026")
    assert answer.status_code in {400, 422}
    assert "Chưa nhập ngày" in answer.text
    answer = merge(coordinator, "perform", code_2="KHÔNG", source="")
    assert "danh bạ không có đơn vị &#39;KHÔNG&#39;" in answer.text
    assert "chưa nhập căn cứ pháp lý" in answer.text
    assert 'value="Sở Tài chính và Xây dựng"' in answer.text
    english = merge(site.sign_in("coordinator", "en"), "preview", code_2="KHÔNG").text
    assert "the registry has no unit" in english
    assert coordinator.get("/units/acts/nothing").status_code == 404


def test_a_decision_without_a_reason_is_refused(site: Site) -> None:
    coordinator = site.sign_in("coordinator")
    merge(coordinator, "perform")
    refused = coordinator.post(
        "/units/following", {"unit": "STC", "all": "keep", "reason": ""}, page="/units/following"
    )
    assert refused.status_code in {400, 422}
    assert "chưa nhập lý do" in refused.text


def upload(visitor: Visitor, content: bytes, filename: str):  # type: ignore[no-untyped-def]
    form = hidden_fields(visitor.get("/units/load").text)
    return visitor.client.post(
        "/units/load", data={**form, "step": "preview", "file": (io.BytesIO(content), filename)}
    )


def test_a_file_is_shown_then_loaded(site: Site) -> None:
    coordinator = site.sign_in("coordinator")
    content = sample_registry().replace("Sở Y tế".encode(), "Sở Y tế và Dân số".encode())
    shown = upload(coordinator, content, "don-vi.csv")
    assert "tên mới: Sở Y tế → Sở Y tế và Dân số" in shown.text
    assert registry_of(site).of_code("SYT").name == "Sở Y tế"
    form = dict(re.findall(r'name="(packed|filename|csrf_token|command_id)" value="([^"]*)"', shown.text))
    assert UUID(form["command_id"])
    loaded = coordinator.client.post("/units/load", data={**form, "step": "perform"})
    assert loaded.status_code == 303
    assert registry_of(site).of_code("SYT").name == "Sở Y tế và Dân số"


def test_rows_that_cannot_be_taken_are_all_named_and_nothing_is_offered(site: Site) -> None:
    coordinator = site.sign_in("coordinator")
    content = sample_registry().replace(b"X62,", b"X61,").replace(b"\nSXD,", b"\n,")
    shown = upload(coordinator, content, "don-vi.csv").text
    assert "code còn trống" in shown
    assert "mã &#39;X61&#39; đã dùng ở dòng" in shown
    assert 'value="perform"' not in shown
    broken = upload(coordinator, b"PK", "x.xlsx")
    assert broken.status_code in {400, 422}
    assert "tệp không phải bảng tính Excel" in broken.text
    assert coordinator.post("/units/load", {"step": "preview"}, page="/units/load").status_code == 422


def test_an_export_holds_the_registry(site: Site) -> None:
    answer = site.sign_in("auditor").get("/units/export.xlsx")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert load_units_xlsx(answer.data).accepted == registry_of(site).units
    assert site.sign_in("auditor").get("/units/export.pdf").status_code == 404


def test_a_group_is_defined_changed_and_ended(site: Site) -> None:
    coordinator = site.sign_in("coordinator")
    form = {
        "code": "TD", "name": "Đơn vị trọng điểm", "wordings": "đơn vị điểm\n", "members": "SNV, STC",
        "valid_from": today(), **WHY,
    }  # fmt: skip
    assert coordinator.post("/units/groups", form, page="/units/groups").status_code == 303
    assert [u.code for u in registry_of(site).resolve("các đơn vị điểm", on=clock.today())] == ["SNV", "STC"]
    assert "Đơn vị trọng điểm" in site.sign_in("auditor").get("/units/groups").text
    refused = coordinator.post("/units/groups", {**form, "code": "T2"}, page="/units/groups")
    assert "là cách gọi của nhóm &#39;TD&#39;" in refused.text
    ended = coordinator.post(
        "/units/groups", {"step": "end", "code": "TD", "last_day": today(), **WHY}, page="/units/groups"
    )
    assert ended.status_code == 303
    assert registry_of(site).office_groups[-1].valid_to == clock.today()
