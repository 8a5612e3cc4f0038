"""A document comes in through the pages, is shown beside what was understood of it, and is made clear."""

import html
import re
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import clock
from processes.documents.source.limits import LARGEST_FILE
from processes.documents.tables import Document
from processes.samples import sample_letter
from tests.integration.web.intake import CLEAR, Desk, directives, document, send_file, take_in
from tests.integration.web.site import Site
from tests.office import edxml


def letter() -> str:
    today = clock.today()
    return CLEAR.format(day=today.day, month=today.month, year=today.year)


def count(site: Site) -> int:
    with Session(site.database) as session:
        return session.scalar(select(func.count()).select_from(Document)) or 0


@pytest.fixture
def desk(site: Site) -> Desk:
    """A coordinator's draft of the clear letter."""
    return take_in(site.sign_in("coordinator"), letter())


def test_a_file_becomes_a_draft_beside_its_original(site: Site, desk: Desk) -> None:
    page = desk.page().text
    assert "31/UBND-TH" in page
    assert "Giao Sở Tài chính chủ trì" in page
    assert re.search(r'<p id="b-\d+" class="source[^"]*is-source">1\. Giao Sở Tài chính', page)
    assert f'href="#d-{directives(site, desk.document_id)["1"].position}"' in page, (
        "the original leads to the item"
    )
    assert re.search(r'<a href="#b-\d+" data-point="b-\d+"', page), "the item leads to the original"
    assert "chưa rõ: Thời gian, Kết quả" in page
    assert "khẩn trương" in page
    assert document(site, desk.document_id).created_by == "u:coordinator"


def test_the_same_file_again_leads_to_what_was_kept(site: Site, desk: Desk) -> None:
    before = count(site)
    answer = send_file(desk.visitor, letter().encode(), "ten-khac.txt")
    assert answer.status_code == 303
    assert answer.location == f"{desk.address}?known=1"
    assert count(site) == before
    assert "Tệp này đã được nhập lúc" in desk.visitor.get(answer.location).text


def test_a_browser_that_shows_progress_is_told_where_the_draft_is(site: Site) -> None:
    answer = send_file(site.sign_in("coordinator"), letter().encode(), "cong-van.txt", X_Upload="1")
    assert answer.status_code == 201
    assert answer.location.startswith("/intake/")


@pytest.mark.parametrize(
    ("content", "name", "status", "words"),
    [
        (b"%PDF-1.4 nothing follows", "van-ban.pdf", 422, "bị hỏng"),
        (b"", "trong.txt", 422, "không có chữ"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "cu.doc", 415, ".docx"),
        (b"\x89PNG\r\n\x1a\n", "anh.png", 415, "Tệp là ảnh"),
        ("Chào buổi sáng.".encode(), "thu.txt", 422, "không phải"),
    ],
)
def test_what_cannot_be_read_is_refused_with_advice_and_nothing_is_kept(
    site: Site, content: bytes, name: str, status: int, words: str
) -> None:
    before = count(site)
    answer = send_file(site.sign_in("coordinator"), content, name)
    assert answer.status_code == status
    refusal = re.search(r'id="refusal".*?</div>', answer.text, re.DOTALL)
    assert refusal is not None
    assert name in refusal[0]
    assert words in html.unescape(refusal[0])
    assert count(site) == before


def test_a_file_that_is_too_large_is_refused_with_its_limit(site: Site) -> None:
    answer = send_file(site.sign_in("coordinator"), b"x" * (LARGEST_FILE + 100_000), "lon.txt")
    assert answer.status_code == 413
    assert "25 MB" in answer.text


def test_only_who_may_draft_may_send_more_than_a_form(site: Site) -> None:
    content = b"x" * 2_000_000
    assert send_file(site.sign_in("auditor"), content, "lon.txt").status_code == 413
    assert send_file(site.sign_in("coordinator"), content, "lon.txt").status_code in {413, 422}


def test_too_much_from_others_tells_them_nothing(site: Site, desk: Desk) -> None:
    for client in (site.sign_in("head.snv").client, site.app.test_client()):
        answer = client.post("/intake", data=b"x" * 2_000_000, content_type="multipart/form-data; boundary=b")
        assert answer.status_code in {302, 413}
        assert desk.address not in answer.text
        assert "rà soát hồ sơ tồn đọng" not in answer.text


def test_no_file_at_all_is_asked_for(site: Site) -> None:
    visitor = site.sign_in("coordinator")
    token = re.search(r'name="csrf_token" value="([^"]+)"', visitor.get("/intake").text)
    assert token is not None
    answer = visitor.client.post("/intake", data={"csrf_token": token[1]}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "Hãy chọn tệp trước" in answer.text


def test_a_file_without_its_token_is_refused(site: Site) -> None:
    visitor = site.sign_in("coordinator")
    answer = visitor.client.post(
        "/intake", data={"file": (BytesIO(b"x"), "a.txt")}, content_type="multipart/form-data"
    )
    assert answer.status_code == 400


def test_the_original_is_handed_out_as_it_came_and_never_opened(site: Site) -> None:
    desk = take_in(site.sign_in("coordinator"), letter(), "Công văn số 31.txt")
    answer = desk.page("/original")
    assert answer.data == letter().encode()
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "%C3%B4ng%20v%C4%83n" in answer.headers["Content-Disposition"]


def test_files_of_a_package_are_listed_and_handed_out(site: Site) -> None:
    package = edxml({"cv.txt": letter().encode(), "phụ lục.xlsx": b"<script>alert(1)</script>"})
    desk = take_in(site.sign_in("coordinator"), package, "goi.edxml")
    page = desk.page().text
    assert "1 tệp đính kèm" in page
    assert "phụ lục.xlsx" in page
    answer = desk.page("/attachments/1")
    assert answer.data == b"<script>alert(1)</script>"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert Desk(site.sign_in("head.stc"), desk.address).page("/attachments/1").status_code == 404


@pytest.mark.parametrize("username", ["head.stc", "head.snv"])
def test_for_a_unit_there_is_no_intake(site: Site, desk: Desk, username: str) -> None:
    visitor = site.sign_in(username)
    paths = ("", "/original", "/envelope", "/preview", "/similar", "/progress", "/several", "/directives/1")
    assert visitor.get("/intake").status_code == 404
    assert {visitor.get(desk.address + path).status_code for path in paths} == {404}
    assert "/intake" not in visitor.get("/").text


@pytest.mark.parametrize("username", ["leader", "auditor"])
def test_leaders_and_auditors_read_and_change_nothing(site: Site, desk: Desk, username: str) -> None:
    reader = Desk(site.sign_in(username), desk.address)
    page = reader.page().text
    assert "Giao Sở Tài chính chủ trì" in page
    assert 'name="version"' not in page
    acts = (
        "/envelope", "/directives/1", "/directives/1/accept", "/directives/1/split", "/directives/1/drop",
        "/directives/1/restore", "/directives/1/override", "/several", "/add", "/nothing", "/reopen", "/submit",
        "/issue", "/undo", "/recall", "/directives/1/amend", "/directives/1/link",
    )  # fmt: skip
    assert {reader.post(path, version="1").status_code for path in acts} == {403}
    assert document(site, desk.document_id).version == 1


def test_what_does_not_exist_is_not_found(site: Site, desk: Desk) -> None:
    assert desk.page("/directives/99").status_code == 404
    assert desk.post("/directives/99", {"reason": "x"}).status_code == 404
    assert desk.page("/attachments/1").status_code == 404
    assert desk.visitor.get(f"/intake/{'0' * 8}-0000-0000-0000-{'0' * 12}").status_code == 404
    assert desk.visitor.get("/intake?state=unknown").status_code == 404


def test_the_form_of_an_item_sets_all_that_it_changes(site: Site, desk: Desk) -> None:
    form = {
        "summary": "Rà soát hồ sơ ngành y tế", "product": "Báo cáo rà soát", "criterion": "Đủ số liệu",
        "person": "Chánh Văn phòng Sở", "nature": "one_off", "period": "month", "leads": "set",
        "group": ["wards"], "unit": ["SYT"], "without": [], "coordinating": ["STC"], "deadline": "working_days",
        "days": "12",
    }  # fmt: skip
    answer = desk.post("/directives/2", form)
    assert answer.status_code == 303, answer.text
    assert answer.location.endswith("#d-2")
    changed = directives(site, desk.document_id)["2"]
    assert changed.set_summary == "Rà soát hồ sơ ngành y tế"
    assert changed.set_product == "Báo cáo rà soát"
    assert changed.set_leads == {"include": ["UBND các phường", "SYT"], "except": []}
    assert changed.set_coordinating == ["STC"]
    assert changed.set_deadline == {"kind": "working_days", "days": 12}
    assert changed.set_reporting_period == "month"
    assert changed.set_person == "Chánh Văn phòng Sở"
    page = desk.page().text
    assert "do cơ quan theo dõi ấn định" in page
    assert "12 ngày làm việc".replace(" ", "\u00a0") in page
    assert "ấn định thời hạn của mục 2" in page, "the trail says it in words"


def test_the_form_as_it_stands_changes_nothing(site: Site, desk: Desk) -> None:
    page = desk.page("/directives/1").text
    fields = dict(re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>([^<]*)</textarea>', page))
    form = {
        **fields,
        "nature": "one_off",
        "leads": "document",
        "coordinating": ["SNV"],
        "deadline": "document",
    }
    assert desk.post("/directives/1", form).status_code == 303
    assert document(site, desk.document_id).version == 1


def test_a_day_that_is_none_is_said_and_what_was_typed_stays(site: Site, desk: Desk) -> None:
    answer = desk.post("/directives/2", {"deadline": "date", "date": "31/02/2027", "summary": "Tóm tắt mới"})
    assert answer.status_code == 422
    assert "Nhập ngày theo dạng dd/mm/yyyy" in answer.text
    assert "Tóm tắt mới" in answer.text
    assert 'value="31/02/2027"' in answer.text
    past = f"{clock.today() - timedelta(days=3):%d/%m/%Y}"
    answer = desk.post("/directives/2", {"deadline": "date", "date": past, "summary": "Tóm tắt mới"})
    assert answer.status_code == 422
    assert "Thời hạn là một ngày từ hôm nay trở đi" in answer.text


def test_of_two_who_change_the_same_the_second_sees_what_the_first_did(site: Site, desk: Desk) -> None:
    assert (
        desk.post("/directives/2", {"deadline": "working_days", "days": "5"}, version="1").status_code == 303
    )
    answer = desk.post("/directives/2", {"deadline": "working_days", "days": "9"}, version="1")
    assert answer.status_code == 409
    assert "Chính ông/bà đã sửa" in answer.text
    assert "ấn định thời hạn của mục 2" in answer.text
    assert 'name="days" value="9"' in answer.text, "the own input stays"
    assert f'name="version" value="{document(site, desk.document_id).version}"' in answer.text
    assert directives(site, desk.document_id)["2"].set_deadline == {"kind": "working_days", "days": 5}


def test_a_form_without_the_version_that_was_seen_is_no_form(site: Site, desk: Desk) -> None:
    assert desk.post("/directives/2", {"deadline": "ongoing"}, version="x").status_code == 400


def test_what_is_proposed_is_set_by_one_click(site: Site, desk: Desk) -> None:
    page = desk.page("/directives/2/card").text
    proposals = re.findall(r'<form method="post" action="[^"]*/accept".*?</form>', page, re.DOTALL)
    assert len(proposals) >= 2
    for proposal in proposals:
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', proposal))
        hidden.pop("csrf_token")
        hidden.pop("version")
        values = {name: html.unescape(value) for name, value in hidden.items()}
        assert desk.post("/directives/2/accept", values).status_code == 303
    changed = directives(site, desk.document_id)["2"]
    assert changed.set_deadline is not None
    assert changed.set_product
    assert "đã rõ hết" in desk.page().text


def test_a_gap_goes_with_a_reason_only_and_can_be_asked_for_again(site: Site, desk: Desk) -> None:
    answer = desk.post("/directives/2/override", {"gap": "result", "reason": " "})
    assert answer.status_code == 422
    assert (
        desk.post(
            "/directives/2/override", {"gap": "result", "reason": "Kết quả nêu tại Kế hoạch 12"}
        ).status_code
        == 303
    )
    assert "chấp nhận như vậy: Kết quả nêu tại Kế hoạch 12" in desk.page().text
    assert desk.post("/directives/2/override", {"gap": "result", "lift": "1"}).status_code == 303
    assert not directives(site, desk.document_id)["2"].overrides
    assert desk.post("/directives/2/override", {"gap": "lead", "reason": "x"}).status_code == 422
    assert desk.post("/directives/2/override", {"gap": "nothing", "reason": "x"}).status_code == 400


def test_an_item_is_split_before_a_sentence_and_put_together_again(site: Site, desk: Desk) -> None:
    assert "Phần mới bắt đầu từ đây" in desk.page("/directives/2").text
    assert desk.post("/directives/2/split", {}).status_code == 422
    assert desk.post("/directives/2/split", {"begin": "1"}).status_code == 303
    found = directives(site, desk.document_id)
    assert found["2.1"].text == "Giao Sở Y tế rà soát hồ sơ của ngành;"
    assert found["2.2"].text == "khẩn trương giải quyết."
    assert found["2"].state == "split"
    assert desk.post("/directives/2/restore").status_code == 303
    assert directives(site, desk.document_id)["2"].state == "active"


def test_an_item_is_left_out_with_a_reason_and_taken_back(site: Site, desk: Desk) -> None:
    assert desk.post("/directives/2/drop", {"reason": ""}).status_code == 422
    assert desk.post("/directives/2/drop", {"reason": "Đã giao tại văn bản khác"}).status_code == 303
    page = desk.page().text
    assert "Mục này không được giao cho đơn vị: đã bỏ" in page
    assert "Lý do: Đã giao tại văn bản khác" in page
    assert desk.post("/directives/2/restore").status_code == 303
    assert directives(site, desk.document_id)["2"].state == "active"


def test_items_are_added_by_hand_and_below_another(site: Site, desk: Desk) -> None:
    answer = desk.post("/add", {"text": "Tổng hợp kết quả", "parent": "1"})
    assert answer.status_code == 303
    assert "/directives/3" in answer.location
    assert (
        desk.post("/add", {"text": "Báo cáo Chủ tịch", "ordinal": "9", "lead": "Sở Nội vụ"}).status_code
        == 303
    )
    found = directives(site, desk.document_id)
    assert found["1.1"].origin == found["9"].origin == "added"
    assert desk.post("/add", {"text": "", "ordinal": "10"}).status_code == 422
    assert desk.post("/add", {"text": "x", "lead": "Sở Không Có"}).status_code == 422
    assert "thêm bằng tay" in desk.page().text


def test_several_items_change_at_once_and_are_merged(site: Site, desk: Desk) -> None:
    page = desk.page("/several?d=1&d=2").text
    assert "Đã chọn 2 mục" in page
    both = {"d": ["1", "2"]}
    assert (
        desk.post(
            "/several", {**both, "act": "deadline", "deadline": "working_days", "days": "7"}
        ).status_code
        == 303
    )
    assert desk.post("/several", {**both, "act": "period", "period": "quarter"}).status_code == 303
    assert desk.post("/several", {**both, "act": "product", "product": "Báo cáo"}).status_code == 303
    assert (
        desk.post(
            "/several", {**both, "act": "leads", "leads": "set", "group": ["departments"], "without": ["STC"]}
        ).status_code
        == 303
    )
    for each in directives(site, desk.document_id).values():
        assert each.set_deadline == {"kind": "working_days", "days": 7}
        assert each.set_reporting_period == "quarter"
        assert each.set_product == "Báo cáo"
        assert each.set_leads == {"include": ["Các sở, ban, ngành"], "except": ["STC"]}
    assert "ấn định thời hạn của mục 1, 2" in desk.page().text, "one act is one line of the trail"
    assert desk.post("/several", {"d": ["1"], "act": "merge"}).status_code == 422
    assert desk.post("/several", {**both, "act": "merge"}).status_code == 303
    assert directives(site, desk.document_id)["1+2"].state == "active"


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"d": [], "act": "deadline"}, 404),
        ({"d": ["1"], "act": "unknown"}, 400),
        ({"d": ["1", "x"], "act": "deadline"}, 400),
        ({"d": ["1"], "act": "deadline", "deadline": "working_days", "days": "0"}, 422),
        ({"d": ["1"], "act": "leads", "leads": "set"}, 422),
        ({"d": ["1"], "act": "period", "period": "yearly"}, 400),
    ],
)
def test_what_cannot_be_set_of_several_is_refused(site: Site, desk: Desk, values: dict, status: int) -> None:
    assert desk.post("/several", values).status_code == status
    assert document(site, desk.document_id).version == 1


def test_all_that_is_proposed_is_set_at_once(site: Site, desk: Desk) -> None:
    assert "Đề xuất cho các điểm chưa rõ" in desk.page("/several?d=1&d=2").text
    assert desk.post("/several", {"d": ["1", "2"], "act": "proposals"}).status_code == 303
    found = directives(site, desk.document_id)
    assert found["1"].set_deadline is None, "what is clear stays as it is"
    assert found["2"].set_deadline is not None
    assert found["2"].set_product
    assert "đã rõ hết" in desk.page().text


def test_a_product_is_set_of_those_that_have_another(site: Site, desk: Desk) -> None:
    assert desk.post("/several", {"d": ["1"], "act": "product", "product": "Báo cáo"}).status_code == 303
    assert desk.post("/several", {"d": ["1", "2"], "act": "product", "product": "Báo cáo"}).status_code == 303
    assert {each.set_product for each in directives(site, desk.document_id).values()} == {"Báo cáo"}


def test_a_deadline_is_foreseen_by_the_calendar(site: Site) -> None:
    visitor = site.sign_in("coordinator")
    assert "nếu nhận ngày" in visitor.get("/intake/deadline?deadline=working_days&days=5").text
    assert "từ 1 đến 1.000" in visitor.get("/intake/deadline?deadline=working_days&days=0").text
    assert "Nhập ngày" in visitor.get("/intake/deadline?deadline=date&date=1/13/2027").text
    assert "đã qua" in visitor.get("/intake/deadline?deadline=date&date=01/02/2020").text
    sunday = clock.today() + timedelta(days=6 - clock.today().weekday() + 7)
    told = visitor.get(f"/intake/deadline?deadline=date&date={sunday:%d/%m/%Y}").text
    assert "Chủ nhật" in told
    assert "ngày nghỉ" in told
    assert "báo cáo theo kỳ" in visitor.get("/intake/deadline?deadline=ongoing").text


def test_number_and_day_are_asked_for_and_kept(site: Site) -> None:
    desk = take_in(site.sign_in("coordinator"), sample_letter(clock.today()) + b"\n ")
    assert "Thiếu số. Cần bổ sung trước khi giao việc." in desk.page().text
    refused = desk.post("/envelope", {"number_no": "88/KH-UBND"})
    assert refused.status_code == 422
    assert 'value="88/KH-UBND"' in refused.text
    assert desk.post("/envelope", {"issued_on": "45/11/2026"}).status_code == 422
    assert desk.post("/envelope", {"number_no": "88"}).status_code == 303
    assert document(site, desk.document_id).number_no == "88/UBND-KSTT"
    assert "Thiếu số" not in desk.page().text.split('id="trail"')[0].split("warning-list")[0]
    assert desk.post("/envelope", {"subject": "Trích yếu đã sửa", "urgency": "urgent"}).status_code == 303
    page = desk.page().text
    assert "Trích yếu đã sửa" in page
    assert "do người nhập" in page


def test_no_directive_has_to_be_answered_by_a_person(site: Site) -> None:
    text = letter().split("1. Giao")[0] + "\nKính chuyển các cơ quan để biết.\n"
    desk = take_in(site.sign_in("coordinator"), text)
    assert "Không tìm thấy nội dung giao việc nào" in desk.page().text
    assert desk.post("/submit").status_code == 409
    assert desk.post("/nothing", {"reason": ""}).status_code == 422
    assert desk.post("/nothing", {"reason": "Chỉ chuyển để biết"}).status_code == 303
    assert document(site, desk.document_id).state == "no_directive"
    assert "Chỉ chuyển để biết" in desk.page().text
    assert desk.post("/reopen", {"reason": "Xem lại"}).status_code == 303
    assert document(site, desk.document_id).state == "draft"


def test_an_unknown_lead_is_offered_what_it_may_mean(site: Site) -> None:
    desk = take_in(
        site.sign_in("coordinator"), letter().replace("Giao Sở Y tế rà", "Giao Sở Y tê chủ trì rà")
    )
    page = desk.page().text
    assert "Danh mục không có đơn vị “Sở Y tê”" in page
    answer = desk.post("/directives/2/accept", {"instead_of": "Sở Y tê", "unit": "SYT"})
    assert answer.status_code == 303
    assert directives(site, desk.document_id)["2"].set_leads == {"include": ["SYT"], "except": []}


def test_the_same_items_elsewhere_are_shown(site: Site, desk: Desk) -> None:
    other = take_in(site.sign_in("coordinator"), letter() + "\n \n", "khac.txt")
    told = other.page("/similar").text
    assert "văn bản cùng số, cùng ngày" in told
    assert "trùng" in told
    assert desk.address in told


def test_the_list_says_what_comes_next(site: Site, desk: Desk) -> None:
    page = desk.visitor.get("/intake").text
    assert "Làm rõ 2 điểm" in page
    assert desk.visitor.get("/intake?state=draft").text.count(desk.address) == 1
    assert desk.address not in desk.visitor.get("/intake?state=issued").text


def test_pages_speak_english(site: Site, desk: Desk) -> None:
    page = Desk(site.sign_in("coordinator", "en"), desk.address).page().text
    assert "still open: Time, Result" in page
    assert 'lang="vi">' in page, "what is quoted is marked as Vietnamese"
