"""The operator's hands on pages: what is offered to whom, done once, told in the history; the machine room."""

import re
from dataclasses import replace
from uuid import UUID

import orjson
import pytest
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from engine import clock
from engine.actors import SYSTEM
from engine.batches.create import NewBatch, create_batch
from engine.batches.run import run_batches
from engine.commands import ReceiveSignal
from engine.ids import new_id
from engine.instances.inspect import find_instance
from engine.tables import inbox, incident, journal, message_subscription, timer, user_task
from processes.access.accounts import create_user, hash_password
from processes.access.policy import Role
from tests.integration.web.site import PASSWORD, Site, Visitor


@pytest.fixture
def operated(site: Site) -> Site:
    """The site with an administrator."""
    with Session(site.database) as session, session.begin():
        create_user(
            session, username="administrator", name="Người quản trị", password_hash=hash_password(PASSWORD),
            roles=[Role.ADMINISTRATOR],
        )  # fmt: skip
    return site


def act(visitor: Visitor, instance: UUID, what: str, /, **values: str) -> TestResponse:
    return visitor.post(
        f"/instances/{instance}/{what}",
        {"command_id": str(new_id()), **values},
        page=f"/instances/{instance}",
    )


def offered(visitor: Visitor, instance: UUID) -> set[str]:
    page = visitor.get(f"/instances/{instance}").text
    return set(re.findall(rf'action="/instances/{instance}/(\w+)"', page))


def variables(site: Site, unit: str) -> dict:
    with site.database.connect() as connection:
        found = find_instance(connection, site.dispatcher.definitions, site.instance_of[unit])
        return {**found.variables, "": found.status}


def fail(site: Site, unit: str, message: str) -> UUID:
    """Record that a command failed on our side: the recall of an assignment."""
    instance, now, made = site.instance_of[unit], clock.now(), new_id()
    body = {
        "command": "correlate_message.v1",
        "actor": {"key": "u:coordinator", "groups": [], "permissions": ["message:correlate"]},
        "payload": {"message_name": "assignment_recalled", "correlation_key": str(instance), "task_id": None},
    }
    with site.database.begin() as connection:
        connection.execute(
            insert(incident).values(
                id=made, instance_id=instance, command_id=new_id(), command=orjson.dumps(body).decode(),
                element_id="announce_recall", message=message, attempts=1, created_at=now, last_failed_at=now,
                cause="c" * 64,
            )
        )  # fmt: skip
    return made


def test_each_role_is_offered_what_its_permissions_allow(operated: Site) -> None:
    instance = operated.instance_of["STC"]
    expected = {
        "administrator": {"suspend", "variable", "move", "recompute"},
        "coordinator": {"suspend", "cancel"},
        "leader": set(),
        "head.stc": set(),
    }
    for username, acts in expected.items():
        visitor = operated.sign_in(username)
        assert offered(visitor, instance) == acts
        for refused in {"suspend", "variable", "move", "recompute", "cancel"} - acts:
            assert act(visitor, instance, refused, reason="r").status_code == 404
    foreign, form = operated.sign_in("head.snv"), {"command_id": str(new_id()), "reason": "r"}
    assert foreign.post(f"/instances/{instance}/suspend", form, page="/").status_code == 404
    assert variables(operated, "STC")[""] == "active"


def test_suspended_and_resumed_with_reasons_in_the_history(operated: Site) -> None:
    coordinator, instance = operated.sign_in("coordinator"), operated.instance_of["STC"]
    without = act(coordinator, instance, "suspend")
    assert without.status_code == 422
    assert variables(operated, "STC")[""] == "active"
    assert act(coordinator, instance, "suspend", reason="Chờ ý kiến").location.endswith("?did=suspend")
    page = coordinator.get(f"/instances/{instance}").text
    assert "Quy trình tạm dừng từ" in page
    assert "đã tạm dừng quy trình" in page
    assert "Chờ ý kiến" in page
    assert offered(coordinator, instance) == {"resume", "cancel"}
    assert act(coordinator, instance, "suspend", reason="r").status_code == 409
    assert act(coordinator, instance, "resume", reason="Đã có ý kiến").status_code == 303
    assert (
        "đã cho quy trình tiếp tục sau chưa đến một phút tạm dừng"
        in coordinator.get(f"/instances/{instance}").text
    )


def test_a_value_is_corrected_as_text_or_as_json_and_told_with_the_old_one(operated: Site) -> None:
    admin, instance = operated.sign_in("administrator"), operated.instance_of["STC"]
    assert "(supplement_count): 0" in admin.get(f"/instances/{instance}").text
    given = {"name": "supplement_count", "kind": "json", "value": "2", "reason": "Đếm sai"}
    assert act(admin, instance, "variable", **given).status_code == 303
    assert variables(operated, "STC")["supplement_count"] == 2
    page = admin.get(f"/instances/{instance}").text
    assert "0 → 2" in page
    assert "Đếm sai" in page
    text = {"name": "lead_unit_name", "kind": "text", "value": "12", "reason": "Tên sai"}
    assert act(admin, instance, "variable", **text).status_code == 303
    assert variables(operated, "STC")["lead_unit_name"] == "12"
    wrong = act(admin, instance, "variable", **{**given, "value": "{2"})
    assert wrong.status_code == 422
    assert "{2</textarea>" in wrong.text, "what was typed is kept"
    assert act(admin, instance, "variable", **{**given, "name": ""}).status_code == 422
    assert variables(operated, "STC")["supplement_count"] == 2


def test_a_token_is_moved_and_due_dates_are_computed_again(operated: Site) -> None:
    admin, instance = operated.sign_in("administrator"), operated.instance_of["STC"]
    assert act(admin, instance, "recompute", reason="Lịch đổi").status_code in {303, 409}
    given = {"from_element": "acknowledge_assignment", "to_element": "resolve_return", "reason": "Giao nhầm"}
    assert act(admin, instance, "move", **given).status_code == 303
    page = admin.get(f"/instances/{instance}").text
    assert "đã chuyển bước xử lý từ “Tiếp nhận nhiệm vụ” sang “Xử lý trả lại”" in page
    nowhere = act(admin, instance, "move", **given)
    assert nowhere.status_code in {409, 422}
    assert "Giao nhầm" in nowhere.text


def test_a_double_click_is_one_act(operated: Site) -> None:
    coordinator, instance = operated.sign_in("coordinator"), operated.instance_of["STC"]
    command = str(new_id())
    answers = [
        act(coordinator, instance, "cancel", command_id=command, reason="Giao nhầm").status_code
        for _ in range(2)
    ]
    assert answers == [303, 303]
    with operated.database.connect() as connection:
        found = connection.scalars(select(journal.c.sequence).where(journal.c.instance_id == instance)).all()
    assert len(found) == 2
    assert offered(coordinator, instance) == set()


def test_a_failed_step_is_tried_again_by_who_runs_the_machinery(operated: Site) -> None:
    fail(operated, "STC", "the post office is closed")
    instance = operated.instance_of["STC"]
    coordinator = operated.sign_in("coordinator").get(f"/instances/{instance}").text
    assert "the post office is closed" not in coordinator
    admin = operated.sign_in("administrator")
    page = admin.get(f"/instances/{instance}").text
    assert "the post office is closed" in page
    found = re.search(r'name="incident" value="([^"]+)"', page)
    assert found is not None
    assert act(admin, instance, "retry", incident=found[1]).status_code in {303, 409}
    assert act(admin, instance, "retry", incident="x").status_code == 422


def test_the_machine_room_is_hidden_from_others(operated: Site) -> None:
    for username in ("coordinator", "leader", "auditor", "head.stc"):
        visitor = operated.sign_in(username)
        assert visitor.get("/operations").status_code == 404
        assert visitor.get("/operations/batches").status_code == 404
        form = {"command_id": str(new_id()), "cause": "c" * 64, "reason": "r"}
        assert visitor.post("/operations/retry", form, page="/").status_code == 404
        assert visitor.post(f"/operations/batches/{new_id()}/cancel", {}, page="/").status_code == 404
        assert "/operations" not in visitor.get("/").text


def test_the_machine_room_groups_failures_and_tries_them_again_in_bulk(operated: Site) -> None:
    fail(operated, "STC", "the post office is closed")
    fail(operated, "SNV", "the post office is closed")
    admin = operated.sign_in("administrator")
    page = admin.get("/operations").text
    assert page.count("the post office is closed") == 1
    assert "2 chưa xử lý" in page
    assert "2 quy trình" in page
    form = {"command_id": str(new_id()), "cause": "c" * 64}
    assert admin.post("/operations/retry", form, page="/operations").status_code == 422
    form["reason"] = "Bưu cục mở lại"
    for _ in range(2):
        assert admin.post("/operations/retry", form, page="/operations").status_code == 303
    page = admin.get("/operations").text
    assert page.count("0 trên 2") == 1
    assert "Bưu cục mở lại" in page
    assert 'hx-trigger="every 3s"' in admin.get("/operations/batches").text
    run_batches(operated.dispatcher)
    assert "2 trên 2" in admin.get("/operations/batches").text
    assert 'hx-trigger="every 3s"' not in admin.get("/operations/batches").text


def test_a_running_batch_is_stopped(operated: Site) -> None:
    fail(operated, "STC", "the post office is closed")
    admin = operated.sign_in("administrator")
    form = {"command_id": str(new_id()), "cause": "c" * 64, "reason": "r"}
    admin.post("/operations/retry", form, page="/operations")
    stop = f"/operations/batches/{form['command_id']}/cancel"
    assert admin.post(stop, {}, page="/operations").status_code == 303
    assert "đã dừng" in admin.get("/operations").text
    assert admin.post(stop, {}, page="/operations").status_code == 409


def test_a_batch_from_the_command_line_names_whoever_typed_it(operated: Site) -> None:
    create_batch(
        operated.database,
        NewBatch(
            batch_id=new_id(),
            command=ReceiveSignal.tag,
            actor=replace(SYSTEM, key="cli:an"),
            reason="Đề án đã ban hành",
            parameters={"signal_name": "plan_issued"},
            subjects=[operated.instance_of["STC"]],
        ),
    )
    page = operated.sign_in("administrator").get("/operations").text
    assert "an, từ dòng lệnh" in page
    assert "Gửi tín hiệu đến các quy trình" in page
    assert "cli:" not in page


def test_the_machine_room_shows_what_is_stuck_and_the_timers(operated: Site) -> None:
    admin, instance = operated.sign_in("administrator"), operated.instance_of["STC"]
    page = admin.get("/operations").text
    assert "Mọi quy trình đều đang chờ điều có thể xảy ra" in page
    assert "Hết hạn tiếp nhận" in page
    with operated.database.begin() as connection:
        tasks = select(user_task.c.id).where(user_task.c.instance_id == instance)
        connection.execute(delete(inbox).where(inbox.c.task_id.in_(tasks)))
        for table in (message_subscription, timer, user_task):
            connection.execute(delete(table).where(table.c.instance_id == instance))
    page = admin.get("/operations").text
    assert "Không còn chờ điều gì có thể xảy ra" in page
    assert f'href="/instances/{instance}"' in page
