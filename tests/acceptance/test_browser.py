"""Two assignments walked in a real browser: one to its commendation, one to a decision on accountability."""

import re
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlalchemy import select
from waitress.server import create_server

from engine import clock
from engine.actors import SYSTEM
from engine.batches.run import run_batches
from engine.database import open_database, reading
from engine.history.verify import verify_instance
from engine.tables import user_task
from engine.timers.due import fire_due
from tests.integration.web.site import PASSWORD, Site, furnish
from tests.revised_assignment import revised_assignment
from web.app import create_app
from web.assets import FOLDER
from web.settings import Settings

pytestmark = pytest.mark.browser

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        pytest.skip("there is no Chromium on this machine")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield launched
        launched.close()


@dataclass
class Office:
    """A served site and the browser in which its people work, one after the other."""

    site: Site
    address: str
    browser: Browser

    def person(self, username: str, *, width: int = 1440) -> Page:
        """Return the page of somebody who has just signed in."""
        context = self.browser.new_context(viewport={"width": width, "height": 900}, bypass_csp=True)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.goto(f"{self.address}/sign-in")
        page.fill("input[name=username]", username)
        page.fill("input[name=password]", PASSWORD)
        page.click("button[type=submit]")
        page.wait_for_url(f"{self.address}/**")
        return page

    def open_task(self, username: str, element_id: str | None = None) -> Page:
        """Return the page of the assignment's open task, or of the one at an element."""
        with reading(self.site.database) as connection:
            query = select(user_task.c.id).where(
                user_task.c.instance_id == self.site.instance_of["STC"], user_task.c.status == "open"
            )
            if element_id is not None:
                query = query.where(user_task.c.element_id == element_id)
            task_id = connection.scalars(query).one()
        page = self.person(username)
        page.goto(f"{self.address}/tasks/{task_id}")
        return page

    def instance(self, username: str) -> Page:
        """Return the assignment's page."""
        page = self.person(username)
        page.goto(f"{self.address}/instances/{self.site.instance_of['STC']}")
        return page


@pytest.fixture
def offices(browser: Browser, tmp_path: Path) -> Iterator["Offices"]:
    """Opens sites whose letter was issued some days ago."""
    if not (FOLDER / "manifest.json").is_file():
        pytest.skip("the front end has not been built")
    opened = Offices(browser, tmp_path)
    yield opened
    opened.close()


class Offices:
    """Makes offices and takes them down."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self._browser = browser
        self._folder = folder
        self._close: list = []

    def issued(self, days_ago: int) -> Office:
        """Return an office whose letter was issued that many days ago."""
        url = f"sqlite:///{self._folder / 'sauro.db'}"
        database = open_database(url)
        settings = Settings(home=self._folder, database_url=url, secret_key="a key for tests only")
        app = create_app(settings, database)
        with clock.frozen_at(clock.now() - timedelta(days=days_ago)):
            site = furnish(app, database)
        server = create_server(app, host="127.0.0.1", port=0, threads=4)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()

        def close() -> None:
            server.close()
            thread.join(timeout=5)
            database.dispose()

        self._close.append(close)
        return Office(site=site, address=f"http://127.0.0.1:{server.effective_port}", browser=self._browser)

    def close(self) -> None:
        """Take everything down."""
        for context in self._browser.contexts:
            context.close()
        for close in self._close:
            close()


def complete(page: Page, **values: str) -> None:
    """Fill in the form, choosing and typing as a person would, and send it."""
    for key, value in values.items():
        field = page.locator(f"[name={key}]")
        field.first.wait_for()
        kind = field.first.get_attribute("type")
        if kind in ("radio", "checkbox"):
            page.locator(f"[name={key}][value='{value}']").check()
        elif field.first.evaluate("element => element.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
        page.wait_for_load_state("networkidle")
    page.click(".task-form button[type=submit]")
    page.wait_for_load_state("networkidle")
    expect(page.locator(".error-summary")).to_have_count(0)


def day(offset: int = 0) -> str:
    return (clock.today() + timedelta(days=offset)).isoformat()


def hand_in(office: Office) -> None:
    """Have the unit report progress and its result."""
    complete(
        office.open_task("head.stc"),
        progress_percent="80",
        progress_note="Đã phân công từng phòng.",
        risk="none",
    )
    complete(
        office.open_task("head.stc"),
        completed_on=day(),
        result_document_no="12/BC-STC",
        result_document_on=day(),
        result_description="Đã hoàn thành, số liệu kèm theo.",
        self_assessment="met",
        head_confirmed="true",
    )


def assert_proved(office: Office) -> None:
    with reading(office.site.database) as connection:
        definitions = office.site.dispatcher.definitions
        outcome = verify_instance(connection, definitions, office.site.instance_of["STC"])
    assert outcome.difference is None


def test_an_assignment_from_acknowledgement_to_commendation(offices: Offices) -> None:
    office = offices.issued(days_ago=0)
    complete(office.open_task("head.stc"), acknowledgement="accept", responsible_person="Phòng Tổng hợp")
    hand_in(office)
    complete(office.open_task("coordinator"), appraisal="met", commendation_proposed="true")
    complete(
        office.open_task("leader"),
        commendation="commend",
        commendation_note="Biểu dương trong thông báo tháng.",
    )
    page = office.instance("coordinator")
    expect(page.locator("main")).to_contain_text("Hoàn thành tốt, đúng hạn")
    expect(page.locator("main")).to_contain_text("Đã biểu dương")
    assert_proved(office)


def test_an_assignment_to_a_decision_on_accountability_after_the_explanation(offices: Offices) -> None:
    office = offices.issued(days_ago=80)
    complete(office.open_task("head.stc"), acknowledgement="accept", responsible_person="Phòng Tổng hợp")
    while fire_due(office.site.dispatcher).fired:
        pass
    complete(
        office.open_task("head.stc", "explain"),
        explanation="Đơn vị thiếu người trong thời gian sắp xếp; đã bố trí lại và cam kết hoàn thành.",
        explanation_causes="objective",
        explanation_remedy="Phân công lại, báo cáo hằng tuần.",
        explanation_remedy_on=day(10),
    )
    complete(
        office.open_task("coordinator", "assess_explanation"),
        explanation_assessment="partly",
        explanation_assessment_note="Có nguyên nhân khách quan nhưng báo cáo chậm.",
        accountability_proposal="Đề nghị nhắc nhở bằng văn bản.",
    )
    page = office.open_task("leader", "decide_accountability")
    options = page.locator("select[name=accountability_decision] option").evaluate_all(
        "options => options.map(option => option.value).filter(Boolean)"
    )
    complete(page, accountability_decision=options[1], accountability_note="Thông báo kết quả cho đơn vị.")
    page = office.instance("auditor")
    expect(page.locator("main")).to_contain_text("Quyết định về trách nhiệm")
    assert_proved(office)


def test_an_answer_that_is_missing_is_said_at_the_field_and_nothing_is_lost(offices: Offices) -> None:
    office = offices.issued(days_ago=0)
    page = office.open_task("head.stc")
    page.locator("[name=acknowledgement][value='return']").check()
    page.locator("[name=return_note]").fill("Ngắn quá")
    page.click(".task-form button[type=submit]")
    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.locator("[name=return_note]")).to_have_value("Ngắn quá")
    expect(page.locator("[name=return_note]")).to_have_attribute("aria-invalid", "true")


@pytest.mark.parametrize("width", [1440, 390])
def test_pages_are_accessible_and_fit(offices: Offices, width: int) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed")
    office = offices.issued(days_ago=5)
    page = office.person("coordinator", width=width)
    head = office.person("head.stc", width=width)
    visits = [
        (head, "/"),
        (head, f"/tasks/{office.site.open_task('STC')}"),
        (head, "/notifications"),
        (page, "/letters"),
        (page, f"/letters/{office.site.document_id}"),
        (page, f"/instances/{office.site.instance_of['STC']}"),
        (page, "/processes"),
        (page, "/processes/assignment/difference?from=1&to=2"),
        (head, "/units"),
        (page, "/units/SNV"),
        (page, "/units/groups"),
        (page, "/units/acts/split"),
        (page, "/units/load"),
        (head, "/calendar"),
        (page, "/calendar?year=2027"),
        (page, "/calendar/days/2027-01-08"),
        (page, "/calendar/hours"),
    ]
    office.site.dispatcher.deploy(revised_assignment(), actor=SYSTEM)
    for visitor, path in visits:
        visitor.goto(office.address + path)
        visitor.wait_for_load_state("networkidle")
        visitor.evaluate(AXE.read_text(encoding="utf-8"))
        found = visitor.evaluate(
            "async () => (await axe.run()).violations.map(v => v.id + ': ' + v.nodes[0].html)"
        )
        assert found == [], path
        assert visitor.evaluate("document.documentElement.scrollWidth") <= width, path


def test_what_differs_is_marked_in_both_drawings_and_found_from_the_list(offices: Offices) -> None:
    office = offices.issued(days_ago=0)
    office.site.dispatcher.deploy(revised_assignment(), actor=SYSTEM)
    page = office.person("auditor")
    page.goto(f"{office.address}/processes")
    page.get_by_role("link", name="Khác gì so với phiên bản 1").click()
    before, after = (page.locator("[data-compared]").nth(side) for side in (0, 1))
    expect(before.locator("[data-element-id=reminder_10_due]")).to_have_class(re.compile("is-removed"))
    expect(after.locator("[data-element-id=plan_work]")).to_have_class(re.compile("is-added"))
    expect(after.locator("[data-container-id=plan_work] .difference-badge")).to_have_text("+ thêm mới")
    page.locator("[data-show=plan_work]").click()
    expect(after.locator("[data-element-id=plan_work] rect").first).to_be_in_viewport()


def test_a_unit_is_merged_and_its_head_goes_on_in_the_new_one(offices: Offices) -> None:
    office = offices.issued(days_ago=1)
    page = office.person("coordinator")
    page.goto(f"{office.address}/units")
    page.get_by_text("Sắp xếp đơn vị").click()
    page.get_by_role("link", name="Hợp nhất đơn vị…").click()
    complete_act(page, code_1="STC", code_2="SXD", into_1="STX", name_1="Sở Tài chính và Xây dựng")
    page.get_by_role("button", name="Xem trước thay đổi").click()
    expect(page.locator("#preview")).to_contain_text("kết thúc sau ngày")
    page.get_by_role("button", name="Thực hiện thay đổi").click()
    page.select_option("select[name^=choice_]", "move:STX")
    page.locator("[name=reason]").fill("Theo Nghị quyết 12")
    page.get_by_role("button", name="Ghi nhận quyết định").click()
    expect(page.get_by_text("Đã xử lý 0/1 nhiệm vụ")).to_be_visible()
    run_batches(office.site.dispatcher)
    expect(page.get_by_text("Đã xử lý 1/1 nhiệm vụ")).to_be_visible()
    page.goto(f"{office.address}/units/STC")
    page.locator("#people-source").fill("Nghị quyết 12")
    page.locator("#people-reason").fill("Sắp xếp")
    page.get_by_role("button", name="Chuyển các tài khoản này").click()
    task = office.open_task("head.stc")
    expect(task.locator("h1")).to_be_visible()
    with reading(office.site.database) as connection:
        verified = verify_instance(
            connection, office.site.dispatcher.definitions, office.site.instance_of["STC"]
        )
    assert verified.difference is None


def complete_act(page: Page, **values: str) -> None:
    """Fill in an act on units that holds from today on."""
    today = f"{clock.today():%d/%m/%Y}"
    for name, value in {
        **values,
        "effective_on": today,
        "source": "Nghị quyết 12",
        "reason": "Sắp xếp",
    }.items():
        page.locator(f"[name={name}]").fill(value)
