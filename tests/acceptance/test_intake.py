"""A document's way in a real browser: dropped in, made clear, approved, previewed, issued, undone."""

from io import BytesIO
from pathlib import Path

import docx
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from processes.assignments.status import Lifecycle
from processes.assignments.tables import Assignment
from processes.documents.tables import Document
from tests.acceptance.test_browser import AXE, Office, Offices, browser, offices  # noqa: F401  # fixtures
from tests.integration.web.intake import CLEAR

pytestmark = pytest.mark.browser


def word_letter() -> bytes:
    """Return the letter as a Word document."""
    today = clock.today()
    document = docx.Document()
    for line in CLEAR.format(day=today.day, month=today.month, year=today.year).split("\n\n"):
        document.add_paragraph(line)
    content = BytesIO()
    document.save(content)
    return content.getvalue()


def take_in(office: Office, page: Page, folder: Path) -> str:
    """Choose the Word file, send it, and return the address of the draft."""
    file = folder / "Công văn 31.docx"
    file.write_bytes(word_letter())
    page.goto(f"{office.address}/intake")
    page.set_input_files("#file", file)
    page.get_by_role("button", name="Nhập", exact=True).click()
    page.wait_for_url("**/intake/*-*")
    return page.url


def statuses(office: Office) -> list[str]:
    with Session(office.site.database) as session:
        document = session.scalars(select(Document).where(Document.number_no == "31/UBND-TH")).one()
        found = select(Assignment.status).where(Assignment.document_id == document.id)
        return list(session.scalars(found))


def assert_accessible(page: Page, width: int) -> None:
    page.wait_for_load_state("networkidle")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("async () => (await axe.run()).violations.map(v => v.id + ': ' + v.nodes[0].html)")
    assert found == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url


def test_a_word_letter_becomes_assignments_and_is_taken_back(offices: Offices, tmp_path: Path) -> None:  # noqa: F811
    office = offices.issued(days_ago=0)
    clerk = office.person("coordinator")
    address = take_in(office, clerk, tmp_path)
    item = clerk.locator(".directive-card").nth(1)
    expect(item).to_contain_text("chưa rõ: Thời gian, Kết quả")

    item.get_by_role("link", name="Xem trong bản gốc").click()
    expect(clerk.locator(".original .is-pointed")).to_contain_text("Giao Sở Y tế rà soát")

    item.get_by_role("link", name="Sửa 2").click()
    form = clerk.locator("form[data-in-place]")
    expect(form.get_by_label("Tóm tắt")).to_be_focused()
    form.get_by_label("Số ngày làm việc", exact=True).fill("15")
    expect(form.locator("[name=deadline][value=working_days]")).to_be_checked()
    expect(form.locator("[role=status]")).to_contain_text("nếu nhận ngày")
    form.locator("[name=leads][value=set]").check()
    search = form.locator("[data-search]").first
    search.fill("so khoa hoc")
    search.press("Enter")
    expect(form.get_by_label("Sở Khoa học và Công nghệ").first).to_be_checked()
    form.get_by_label("Sản phẩm").fill("Báo cáo kết quả")
    form.get_by_role("button", name="Lưu").click()
    expect(clerk.locator(".stage-bar")).to_contain_text("đã rõ hết")

    clerk.locator(".stage-menu > summary").click()
    clerk.get_by_role("button", name="Trình", exact=True).click()
    expect(clerk.locator(".page-head")).to_contain_text("Chờ phê duyệt")

    leader = office.person("leader")
    leader.locator(".work-link", has_text="rà soát hồ sơ tồn đọng").click()
    leader.get_by_role("link", name="Xem đối chiếu với bản gốc").click()
    leader.get_by_label("Đồng ý", exact=True).check()
    leader.get_by_role("button", name="Gửi ý kiến").click()
    expect(leader.locator(".page-head")).to_contain_text("Đã phê duyệt")

    clerk.goto(address)
    clerk.get_by_role("link", name="Xem trước và giao").click()
    expect(clerk.locator(".figures")).to_contain_text("3")
    clerk.get_by_role("button", name="Giao 3 lượt nhiệm vụ").click()
    clerk.wait_for_url("**/letters/*")
    expect(clerk.locator("main")).to_contain_text("Đã giao nhiệm vụ và thông báo")
    assert statuses(office) == [Lifecycle.ISSUED] * 3

    clerk.get_by_role("link", name="Bản gốc, điều chỉnh, thu hồi").click()
    clerk.locator("#take-back > summary").click()
    clerk.locator("#undo-reason").fill("Giao nhầm đơn vị")
    clerk.get_by_role("button", name="Hoàn tác", exact=True).click()
    expect(clerk.locator(".page-head")).to_contain_text("Đã phê duyệt, chưa giao")
    assert statuses(office) == [Lifecycle.WITHDRAWN] * 3


def test_escape_closes_a_form_and_what_was_typed_is_not_kept(offices: Offices, tmp_path: Path) -> None:  # noqa: F811
    office = offices.issued(days_ago=0)
    clerk = office.person("coordinator")
    take_in(office, clerk, tmp_path)
    edit = clerk.locator(".directive-card").nth(1).get_by_role("link", name="Sửa 2")
    edit.press("Enter")
    form = clerk.locator("form[data-in-place]")
    form.get_by_label("Tóm tắt").fill("Không lưu")
    form.get_by_label("Tóm tắt").press("Escape")
    expect(form).to_have_count(0)
    expect(edit).to_be_focused()


@pytest.mark.parametrize("width", [1440, 390])
def test_pages_of_intake_are_accessible_and_fit(offices: Offices, tmp_path: Path, width: int) -> None:  # noqa: F811
    if not AXE.is_file():
        pytest.skip("axe-core is not installed")
    office = offices.issued(days_ago=0)
    clerk = office.person("coordinator", width=width)
    address = take_in(office, clerk, tmp_path)
    issued = f"{office.address}/intake/{office.site.document_id}"
    addresses = [f"{office.address}/intake", address, f"{address}/preview", f"{address}/directives/2"]
    addresses += [f"{address}/envelope", f"{address}/several?d=1&d=2", issued]
    for visited in addresses:
        clerk.goto(visited)
        assert_accessible(clerk, width)
    clerk.goto(address)
    clerk.locator(".directive-card").nth(1).get_by_role("link", name="Sửa 2").click()
    clerk.locator("form[data-in-place] [name=leads][value=set]").check()
    assert_accessible(clerk, width)
