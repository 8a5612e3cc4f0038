"""Processes, their versions, and what differs between two, as a person reads it."""

import json
import re
from dataclasses import replace
from html import unescape

import pytest

from engine.actors import SYSTEM
from engine.commands import MigrateInstance
from engine.database import reading
from engine.definitions.migrate import propose_mapping
from engine.definitions.versions import newest
from engine.ids import new_id
from tests.integration.web.site import ACCEPT, Site
from tests.revised_assignment import revised_assignment

DIFFERENCE = "/processes/assignment/difference?from=1&to=2"


@pytest.fixture
def changed(site: Site) -> Site:
    """A site whose model has a second version."""
    site.dispatcher.deploy(revised_assignment(), actor=SYSTEM)
    return site


def text_of(html: str) -> str:
    """Return the words of a page."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def migrate_all(site: Site) -> None:
    """Let every instance go on under the second version."""
    definitions = site.dispatcher.definitions
    with reading(site.database) as connection:
        after = newest(connection, "assignment")
        before = connection.exec_driver_sql("SELECT definition_hash FROM process_instance").scalars().first()
        mapping = propose_mapping(
            definitions.get(connection, before).model, definitions.get(connection, after).model
        )
    for instance_id in site.instance_of.values():
        site.dispatcher.execute(
            MigrateInstance(
                command_id=new_id(),
                actor=SYSTEM,
                instance_id=instance_id,
                definition_hash=after,
                reason="Quy định mới",
                mapping=mapping,
            )
        )


def test_versions_are_listed_with_what_runs_under_them(changed: Site):
    page = text_of(changed.sign_in("auditor").get("/processes").text)
    assert "Thực hiện nhiệm vụ chỉ đạo 2 đang chạy" in page
    assert "Khác gì so với phiên bản 1" in page
    migrate_all(changed)
    rows = changed.sign_in("auditor", "en").get("/processes").text
    assert [int(each) for each in re.findall(r'class="amount"[^>]*>(\d+)', rows)] == [0, 2, 0]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("vi", ["Phiên bản 1 và phiên bản 2", "thêm mới", "Lập kế hoạch thực hiện", "hạn xử lý"]),
        ("en", ["Version 1 and version 2", "added", "plan_work", "due date"]),
    ],
)
def test_the_difference_is_told_in_the_readers_language(changed: Site, language: str, words: list[str]):
    answer = changed.sign_in("leader", language).get(DIFFERENCE)
    assert answer.status_code == 200
    page = text_of(answer.text)
    assert [each for each in words if each not in page] == []
    marks = [json.loads(unescape(each)) for each in re.findall(r'data-marks="([^"]*)"', answer.text)]
    assert [marks[0]["reminder_10_due"]["kind"], marks[1]["plan_work"]["kind"]] == ["removed", "added"]
    assert marks[0].keys().isdisjoint({"plan_work"})
    assert marks[0]["resolve_return"]["kind"] == marks[1]["resolve_return"]["kind"] == "changed"


def test_both_drawings_are_those_that_were_deployed(changed: Site):
    reader = changed.sign_in("coordinator")
    old, new = (reader.get(f"/processes/assignment/{number}/diagram.bpmn") for number in (1, 2))
    assert b'id="reminder_10_due"' in old.data
    assert b'id="plan_work"' in new.data
    assert b'id="plan_work"' not in old.data


def test_without_versions_the_last_two_are_compared(changed: Site):
    answer = changed.sign_in("auditor").get("/processes/assignment/difference")
    assert answer.status_code == 302
    assert answer.location.endswith("from=1&to=2")


@pytest.mark.parametrize(
    "path",
    [
        "/processes/nothing/difference",
        "/processes/assignment/difference?from=1&to=9",
        "/processes/assignment/difference?from=x&to=1",
        "/processes/assignment/difference?from=1&to=99999999999",
        "/processes/assignment/9/diagram.bpmn",
    ],
)
def test_what_is_not_there_is_not_found(changed: Site, path: str):
    assert changed.sign_in("auditor").get(path).status_code == 404


def test_a_unit_head_neither_finds_nor_reads_processes(changed: Site):
    head = changed.sign_in("head.stc")
    assert "/processes" not in head.get("/").text
    paths = ("/processes", DIFFERENCE, "/processes/assignment/1/diagram.bpmn")
    assert [head.get(path).status_code for path in paths] == [403, 403, 403]
    assert "/processes" in changed.sign_in("coordinator").get("/").text


def test_a_migrated_instance_tells_its_story_under_both_versions(changed: Site):
    head = changed.sign_in("head.stc")
    assert head.complete(changed.open_task("STC"), ACCEPT).status_code < 400
    migrate_all(changed)
    page = text_of(changed.sign_in("coordinator").get(f"/instances/{changed.instance_of['STC']}").text)
    assert "đã chuyển quy trình từ phiên bản 1 sang phiên bản 2 của mô hình" in page
    assert "Quy định mới" in page
    assert "Tiếp nhận nhiệm vụ" in page
    assert "Nhắc thẩm định" in page


def test_a_task_tells_what_was_entered_in_one_that_the_new_version_calls_otherwise(site: Site):
    head = site.sign_in("head.stc")
    head.complete(site.open_task("STC"), ACCEPT)
    resources = revised_assignment()
    renamed = resources.bpmn.replace(b"acknowledge_assignment", b"accept_assignment")
    site.dispatcher.deploy(replace(resources, bpmn=renamed), actor=SYSTEM)
    migrate_all(site)
    page = head.get(f"/tasks/{site.open_task('STC')}")
    assert page.status_code == 200
    assert "Tiếp nhận nhiệm vụ" in page.text
    assert ACCEPT["responsible_person"] in page.text
