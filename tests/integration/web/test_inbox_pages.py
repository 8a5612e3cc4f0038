"""The work list in the browser: pages by links, filters that stay, a search that looks through all of it."""

import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from engine import clock, inbox
from engine.actors import SYSTEM
from engine.commands import StartInstance
from engine.definitions.resources import ModelResources
from engine.ids import new_id
from engine.tables import user_task
from tests.drawing import end, flows, model, start
from tests.drawing import user_task as user
from tests.integration.web.site import Site, Visitor

_DUE = '<zeebe:taskSchedule dueDate="=due"/>'

TASK = re.compile(r'href="/tasks/([0-9a-f-]{36})" data-list-item')


@pytest.fixture
def busy(site: Site) -> Site:
    """The head of STC has sixty tasks more: some late, some soon due, some later, some without a date."""
    process = model(
        start(),
        user("write", _DUE, groups='=["head:STC"]'),
        end(),
        flows("begin", "write", "finish"),
        process="notes",
    )
    definition_hash = site.dispatcher.deploy(ModelResources(bpmn=process), actor=SYSTEM)
    for number in range(60):
        days = {0: -10, 1: 1, 2: 60}.get(number % 4)
        due = None if days is None else clock.to_text(clock.now() + timedelta(days=days))
        site.dispatcher.execute(
            StartInstance(
                command_id=new_id(),
                actor=SYSTEM,
                instance_id=new_id(),
                definition_hash=definition_hash,
                business_key=f"Ghi chú số {number}",
                variables={"due": due},
            )
        )
    return site


def follow(visitor: Visitor, page: str, way: str) -> str:
    link = re.search(rf'rel="{way}" href="([^"]*)"', page)
    assert link is not None
    return visitor.get(html.unescape(link[1])).text


def test_every_task_is_on_one_page_forth_and_back(busy: Site) -> None:
    head = busy.sign_in("head.stc")
    first = head.get("/").text
    second = follow(head, first, "next")
    pages = [TASK.findall(first), TASK.findall(second)]
    assert [len(page) for page in pages] == [50, 11]
    with busy.database.connect() as connection:
        mine = connection.scalars(
            select(user_task.c.id).where(user_task.c.candidate_groups == '["head:STC"]')
        )
        assert {*pages[0], *pages[1]} == {str(task_id) for task_id in mine}
    assert 'rel="next"' not in second
    assert TASK.findall(follow(head, second, "prev")) == pages[0]
    assert 'rel="prev"' not in first


def test_filters_by_time_and_task_are_counted_and_hold(busy: Site) -> None:
    head = busy.sign_in("head.stc", language="en")
    page = head.get("/").text
    assert "61 tasks are waiting" in page
    assert "15 are overdue" in page
    assert len(TASK.findall(head.get("/?due=late").text)) == 15
    assert len(TASK.findall(head.get("/?task=write&due=soon").text)) == 15
    assert len(TASK.findall(head.get("/?task=write&due=fine").text)) == 30
    assert len(TASK.findall(head.get("/?task=acknowledge_assignment").text)) == 1
    assert f"/tasks/{busy.open_task('STC')}" in head.get("/?task=acknowledge_assignment").text


def test_words_are_looked_for_through_the_whole_list(busy: Site) -> None:
    head = busy.sign_in("head.stc")
    assert len(TASK.findall(head.get("/?q=ghi+chu+so+59").text)) == 1
    found = head.get("/?q=ghi+chu").text
    assert len(TASK.findall(found)) == 50
    rest = follow(head, found, "next")
    assert len(TASK.findall(rest)) == 10
    assert set(TASK.findall(rest)).isdisjoint(TASK.findall(found))
    assert TASK.findall(follow(head, rest, "prev")) == TASK.findall(found)
    assert TASK.findall(head.get("/?q=kh%C3%B4ng+c%C3%B3").text) == []


def test_a_broken_place_is_the_beginning(busy: Site) -> None:
    head = busy.sign_in("head.stc")
    assert TASK.findall(head.get("/?after=nowhere&before=1~2~3").text) == TASK.findall(head.get("/").text)


def test_very_long_lists_say_so(busy: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "COUNT_LIMIT", 20)
    monkeypatch.setattr("web.inbox.work.COUNT_LIMIT", 20)
    head = busy.sign_in("head.stc", language="en")
    page = head.get("/").text
    assert "More than 20 tasks are waiting" in page
    assert len(TASK.findall(page)) == 50
