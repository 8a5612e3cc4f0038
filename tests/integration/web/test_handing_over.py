"""A user task changes hands through the pages: who has it is seen, and only who may do something is offered it."""

import re
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from engine.actors import Actor
from engine.commands import SuspendInstance
from engine.ids import new_id
from engine.tables import user_task
from processes.access.accounts import create_user, hash_password
from processes.access.policy import Role
from tests.integration.web.site import ACCEPT, PASSWORD, Site, Visitor


@pytest.fixture
def staffed(site: Site) -> Site:
    """The site with a second head and a deputy."""
    hashed = hash_password(PASSWORD)
    with Session(site.database) as session, session.begin():
        for username, role in (("second.stc", Role.UNIT_HEAD), ("deputy.stc", Role.DEPUTY_HEAD)):
            create_user(
                session, username=username, name=f"Người {username}", password_hash=hashed,
                roles=[role], unit_code="STC",
            )  # fmt: skip
    return site


def do(visitor: Visitor, task: UUID, act: str, **values: str) -> TestResponse:
    """Send the form of an act as it stands on the task's page; one that is not offered is sent all the same."""
    page = visitor.get(f"/tasks/{task}").text
    form = re.search(rf'action="/tasks/{task}/{act}"(.*?)</form>', page, re.S)
    hidden = dict(re.findall(r'name="(command_id)" value="([^"]+)"', form[1])) if form else {}
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    given = {"command_id": str(new_id()), **hidden, "csrf_token": token[1], **values}
    return visitor.client.post(f"/tasks/{task}/{act}", data=given)


def holder(site: Site, task: UUID) -> tuple[str | None, str | None]:
    with site.database.connect() as connection:
        row = connection.execute(
            select(user_task.c.assignee, user_task.c.owner).where(user_task.c.id == task)
        ).one()
    return row.assignee, row.owner


def test_a_task_is_claimed_seen_so_by_colleagues_and_given_back(staffed: Site) -> None:
    head, second, task = staffed.sign_in("head.stc"), staffed.sign_in("second.stc"), staffed.open_task("STC")
    assert "Chưa có ai nhận riêng việc này" in second.get(f"/tasks/{task}").text
    assert do(head, task, "claim").status_code == 303
    assert holder(staffed, task) == ("u:head.stc", None)
    assert "Ông/bà đang giữ việc này." in head.get(f"/tasks/{task}").text
    page = second.get(f"/tasks/{task}").text
    assert "Người head.stc đang giữ việc này" in page
    assert 'data-refresh="' not in page, "there is no form to complete it"
    assert f"/tasks/{task}" not in second.get("/").text
    others = second.get("/?held=others").text
    assert f"/tasks/{task}" in others
    assert "Người head.stc đang giữ" in others
    assert "ông/bà đang giữ" in head.get("/?held=me").text
    late = do(second, task, "claim")
    assert late.status_code == 409
    assert "Người head.stc đang giữ việc này" in late.text
    form = {**ACCEPT, "command_id": str(new_id())}
    refused = second.post(f"/tasks/{task}", form, page=f"/tasks/{task}")
    assert refused.status_code == 403
    assert "Người head.stc đang giữ việc này" in refused.text
    assert do(head, task, "release", reason="Đi công tác").status_code == 303
    assert holder(staffed, task) == (None, None)
    assert second.complete(task, ACCEPT).status_code == 303


def test_a_delegate_works_on_it_and_returns_it_to_its_owner(staffed: Site) -> None:
    head, deputy, task = staffed.sign_in("head.stc"), staffed.sign_in("deputy.stc"), staffed.open_task("STC")
    assert deputy.get(f"/tasks/{task}").status_code == 404
    without = do(head, task, "delegate", person="u:deputy.stc")
    assert without.status_code == 422
    assert "Hãy chọn người nhận và ghi lý do" in without.text
    assert do(head, task, "delegate", person="u:deputy.stc", reason="Soạn giúp").status_code == 303
    assert holder(staffed, task) == ("u:deputy.stc", "u:head.stc")
    page = deputy.get(f"/tasks/{task}").text
    assert "Ông/bà đang làm giúp Người head.stc" in page
    assert 'data-refresh="' not in page
    form = {**ACCEPT, "command_id": str(new_id())}
    assert deputy.post(f"/tasks/{task}", form, page="/").status_code == 409
    own = head.get(f"/tasks/{task}").text
    assert "Người deputy.stc đang làm giúp ông/bà" in own
    assert "Lấy lại việc" in own
    assert do(deputy, task, "return", reason="Đã soạn xong dự thảo").location == "/"
    assert deputy.get(f"/tasks/{task}").status_code == 404
    assert holder(staffed, task) == ("u:head.stc", None)
    history = head.get(f"/instances/{staffed.instance_of['STC']}").text
    assert "Đã soạn xong dự thảo" in history
    assert head.complete(task, ACCEPT).status_code == 303


def test_the_owner_takes_a_delegated_task_back(staffed: Site) -> None:
    head, task = staffed.sign_in("head.stc"), staffed.open_task("STC")
    do(head, task, "delegate", person="u:deputy.stc", reason="Soạn giúp")
    assert do(head, task, "return").location == f"/tasks/{task}?handed=return"
    assert holder(staffed, task) == ("u:head.stc", None)


def test_a_coordinator_assigns_among_the_people_of_the_groups(staffed: Site) -> None:
    coordinator, task = staffed.sign_in("coordinator"), staffed.open_task("STC")
    page = coordinator.get(f"/tasks/{task}").text
    assert re.findall(r'<option value="(u:[^"]+)"', page) == ["u:head.stc", "u:second.stc"]
    assert do(coordinator, task, "assign", reason="r").status_code == 422, "nobody was chosen"
    assert do(coordinator, task, "assign", person="u:second.stc").status_code == 422, "no reason"
    assert do(coordinator, task, "assign", person="u:leader", reason="r").status_code == 400
    assert holder(staffed, task) == (None, None)
    assigned = do(coordinator, task, "assign", person="u:second.stc", reason="Trưởng phòng đi vắng")
    assert assigned.status_code == 303
    assert holder(staffed, task) == ("u:second.stc", None)
    given = {"to_group": "yes", "reason": "Đã về", "command_id": str(new_id())}
    assert do(coordinator, task, "assign", **given).status_code == 303
    assert holder(staffed, task) == (None, None)


def test_who_may_not_is_offered_nothing_and_refused(staffed: Site) -> None:
    task = staffed.open_task("STC")
    for username, acts in {
        "leader": ("claim", "assign", "release", "return"),
        "head.stc": ("assign",),
    }.items():
        visitor = staffed.sign_in(username)
        offered = re.findall(rf'action="/tasks/{task}/(\w+)"', visitor.get(f"/tasks/{task}").text)
        assert not set(acts) & set(offered)
        answers = {do(visitor, task, act, to_group="yes", reason="r").status_code for act in acts}
        assert answers == {403}
    foreign = staffed.sign_in("head.snv")
    form = {"command_id": str(new_id())}
    assert foreign.post(f"/tasks/{task}/claim", form, page="/").status_code == 404
    assert holder(staffed, task) == (None, None)


def test_a_double_click_is_one_act(staffed: Site) -> None:
    head, task = staffed.sign_in("head.stc"), staffed.open_task("STC")
    form = {"command_id": str(new_id())}
    answers = [head.post(f"/tasks/{task}/claim", form, page="/").status_code for _ in range(2)]
    assert answers == [303, 303]


def test_nothing_is_offered_while_the_process_is_suspended(staffed: Site) -> None:
    head, task = staffed.sign_in("head.stc"), staffed.open_task("STC")
    operator = Actor(key="u:op", permissions=frozenset({"instance:suspend"}))
    staffed.dispatcher.execute(
        SuspendInstance(
            command_id=new_id(), actor=operator, instance_id=staffed.instance_of["STC"], reason="Chờ"
        )
    )
    refused = head.post(f"/tasks/{task}", {**ACCEPT, "command_id": str(new_id())}, page="/")
    assert refused.status_code == 409
    assert "Quy trình đang tạm dừng" in refused.text
    page = head.get(f"/tasks/{task}").text
    assert "Quy trình đang tạm dừng" in page
    assert 'data-refresh="' not in page
