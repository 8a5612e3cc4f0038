"""``sauro instances``, ``tasks``, ``incidents`` and ``batches``: an operator puts running work right."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, delete
from sqlalchemy.orm import Session

from engine.actors import SYSTEM, Actor
from engine.commands import CompleteUserTask, StartInstance
from engine.database import open_database, reading
from engine.definitions.resources import ModelResources
from engine.errors import StepFailed
from engine.history.verify import verify_all
from engine.ids import new_id
from engine.tables import inbox, timer, user_task
from processes.access.accounts import create_user
from processes.access.policy import Role
from tests.drawing import end, flow, flows, message, message_boundary, model, node, service_task, start
from tests.drawing import timer as boundary_timer
from tests.drawing import user_task as user
from web.cli import main
from web.cli.installation import Installation, open_installation

CHECKING = model(
    start(),
    user("write"),
    boundary_timer("limit", "write", "limit_at", interrupting=True),
    end("expired"),
    message_boundary("recall", "write", "recalled"),
    end("withdrawn"),
    node("exclusiveGateway", "choose"),
    user("check"),
    end(),
    flows("begin", "write", "choose"),
    flow("choose", "check", "size &lt; 10"),
    flow("choose", "file_it", "size &gt; 100"),
    service_task("file_it", "plan-milestones"),
    end("filed"),
    flows("file_it", "filed"),
    flows("check", "finish"),
    flows("limit", "expired"),
    flows("recall", "withdrawn"),
    messages=message("recalled", "recalled", "key"),
    process="checking",
)


class Desk:
    """An installation with a few instances, and the command line to it."""

    def __init__(self, installation: Installation, definition_hash: str, opened: list[Engine]) -> None:
        self.installation = installation
        self.definition_hash = definition_hash
        self.opened = opened

    def start(self, key: str, **variables: Any) -> str:
        command = StartInstance(
            command_id=new_id(),
            actor=SYSTEM,
            instance_id=new_id(),
            definition_hash=self.definition_hash,
            business_key=key,
            variables={"limit_at": "2099-01-01T00:00:00Z", "key": key, "size": 1, **variables},
        )
        self.installation.dispatcher.execute(command)
        return str(command.instance_id)

    def complete(self, key: str) -> None:
        """Complete the one open task in the name of whoever may."""
        (task,) = [each for each in self.show(key)["user_tasks"] if each["status"] == "open"]
        self.installation.dispatcher.execute(
            CompleteUserTask(
                command_id=new_id(),
                actor=Actor(key=task["assignee"] or "u:clerk", groups=frozenset(task["candidate_groups"])),
                task_id=UUID(task["task_id"]),
            )
        )

    def run(self, *arguments: str) -> Result:
        try:
            return CliRunner().invoke(main, list(arguments))
        finally:
            while self.opened:  # what the end of a process would close
                self.opened.pop().dispose()

    def json(self, *arguments: str, exit_code: int = 0) -> Any:
        result = self.run(*arguments, "--json")
        assert result.exit_code == exit_code, (result.output, result.exception)
        return json.loads(result.stdout)

    def show(self, key: str) -> Any:
        return self.json("instances", "show", key)

    def statuses(self) -> dict[str, str]:
        listed = self.json("instances", "list")
        return {each["business_key"]: each["status"] for each in listed["instances"]}

    def verify(self) -> None:
        with reading(self.installation.database) as connection:
            definitions = self.installation.dispatcher.definitions
            assert all(each.difference is None for each in verify_all(connection, definitions))


@pytest.fixture
def desk(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """An installation with one process and three instances of it."""
    monkeypatch.setenv("SAURO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SAURO_DATABASE_URL", database_url)
    monkeypatch.setenv("LANG", "en")
    opened: list[Engine] = []

    def open_and_note(*arguments: Any) -> Engine:
        opened.append(open_database(*arguments))
        return opened[-1]

    monkeypatch.setattr("web.cli.installation.open_database", open_and_note)
    installation = open_installation()
    opened.clear()
    definition_hash = installation.dispatcher.deploy(ModelResources(bpmn=CHECKING), actor=SYSTEM)
    made = Desk(installation, definition_hash, opened)
    for key in ("one", "two", "three"):
        made.start(key)
    yield made
    installation.database.dispose()


def test_instances_are_listed_and_shown(desk: Desk) -> None:
    desk.complete("two")
    listed = desk.json("instances", "list", "--element", "check")
    assert listed["total"] == 1
    (two,) = listed["instances"]
    assert (two["business_key"], two["process_key"], two["version"], two["open_tasks"]) == (
        "two",
        "checking",
        1,
        1,
    )
    assert desk.json("instances", "list", "--limit", "1", "--offset", "1")["total"] == 3
    text = desk.run("instances", "list", "--limit", "2")
    assert text.exit_code == 0
    assert "2 of 3" in text.stderr
    assert [line.split()[-1] for line in text.stdout.splitlines()[1:]] == ["one", "two"]
    shown = desk.show("one")
    assert shown["active_elements"] == ["write"]
    assert [each["element_id"] for each in shown["timers"]] == ["limit"]
    assert shown["variables"]["size"] == 1
    told = desk.run("instances", "show", "one").stdout
    for part in ("active       write", "timer        limit waiting", 'variable     key = "one"'):
        assert part in told
    assert desk.run("instances", "show", "nobody").exit_code == 2
    assert desk.run("instances", "list", "--started-from", "yesterday").exit_code == 2


def test_one_instance_gets_one_command(desk: Desk) -> None:
    given = desk.json("instances", "suspend", "one", "--reason", "inquiry")
    assert given["sequence"] == 2
    assert desk.statuses()["one"] == "suspended"
    assert desk.json("batches", "list") == []
    refused = desk.json("instances", "suspend", "one", "--reason", "inquiry", exit_code=2)
    assert refused["error"]["code"] == "instance_suspended"
    assert desk.run("instances", "resume", "one", "--reason", "over").exit_code == 0
    changed = desk.json("instances", "set", "one", "--variables", '{"size": 2.5}', "--reason", "measured")
    assert changed["instance_id"] == desk.show("one")["instance_id"]
    assert desk.show("one")["variables"]["size"] == 2.5
    desk.json("instances", "move", "one", "--from", "write", "--to", "check", "--reason", "was written")
    assert desk.show("one")["active_elements"] == ["check"]
    later = '{"limit_at": "2100-01-01T00:00:00Z"}'
    desk.json("instances", "recompute", "two", "--variables", later, "--reason", "more time")
    assert desk.show("two")["timers"][0]["due_at"].startswith("2100")
    desk.json("instances", "send-message", "recalled", "--key", "two", "--reason", "by telephone")
    assert desk.statuses()["two"] == "completed"
    desk.json("instances", "cancel", "three", "--reason", "wrong")
    assert desk.statuses()["three"] == "cancelled"
    desk.verify()


def test_what_is_selected_is_counted_first_and_done_with_yes(desk: Desk) -> None:
    asked = ("instances", "cancel", "--process", "checking", "--reason", "wound up")
    refused = desk.run(*asked)
    assert refused.exit_code == 2
    assert "--yes" in refused.stderr
    assert "3" in refused.stderr
    assert set(desk.statuses().values()) == {"active"}
    assert desk.json("batches", "list") == []
    desk.json("instances", "cancel", "one", "--reason", "first")
    done = desk.json(*asked, "--yes")
    assert (done["status"], done["total"], done["counts"]["done"]) == ("done", 2, 2)
    assert set(desk.statuses().values()) == {"cancelled"}
    (listed,) = desk.json("batches", "list", "--status", "done")
    assert (listed["reason"], listed["actor"][:4]) == ("wound up", "cli:")
    nothing = desk.json(*asked, "--yes", exit_code=2)
    assert nothing["error"]["code"] == "empty_selection"
    desk.verify()


@pytest.mark.parametrize(
    "arguments",
    [
        ("instances", "cancel", "--reason", "x"),
        ("instances", "cancel", "one", "--process", "checking", "--reason", "x"),
        ("instances", "cancel", "one"),
        ("instances", "set", "one", "two", "--variables", "{}", "--scope", str(new_id()), "--reason", "x"),
        ("instances", "set", "one", "--variables", "[]", "--reason", "x"),
        ("instances", "set", "one", "--variables", "{", "--reason", "x"),
        ("instances", "cancel", "one", "--reason", " "),
        ("instances", "cancel", "--incident-cause", "abc", "--reason", "x", "--yes"),
        ("incidents", "retry", "--reason", "x"),
        ("incidents", "show", str(new_id())),
        ("incidents", "list", "--cause", "abc"),
        ("tasks", "assign", str(new_id()), "--reason", "x"),
        ("tasks", "assign", str(new_id()), "--to", "nobody", "--reason", "x"),
        ("tasks", "claim", str(new_id()), "--for", "nobody", "--reason", "x"),
        ("batches", "show", str(new_id())),
        ("batches", "cancel", str(new_id())),
        ("batches", "retry", "one"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_changes_nothing(desk: Desk, arguments: tuple[str, ...]) -> None:
    result = desk.run(*arguments, "--json")
    assert result.exit_code == 2, result.output
    assert json.loads(result.stdout)["ok"] is False
    assert set(desk.statuses().values()) == {"active"}
    assert desk.json("batches", "list") == []


def test_a_batch_is_left_to_workers_run_cancelled_and_retried(desk: Desk) -> None:
    desk.json("instances", "suspend", "two", "--reason", "inquiry")
    made = desk.json("instances", "suspend", "one", "two", "three", "--reason", "flood", "--no-wait")
    batch = made["batch_id"]
    assert made["counts"]["pending"] == 3
    ran = desk.json("batches", "run", batch, exit_code=1)
    assert (ran["status"], ran["counts"]["done"], ran["counts"]["refused"]) == ("done", 2, 1)
    shown = desk.json("batches", "show", batch)
    assert [(each["position"], each["code"]) for each in shown["items"]] == [(2, "instance_suspended")]
    assert len(desk.json("batches", "show", batch, "--items", "done")["items"]) == 2
    assert "instance_suspended" in desk.run("batches", "show", batch).stdout
    assert f"sauro batches show {batch}" in desk.run("batches", "run", batch).stderr
    desk.json("instances", "resume", "two", "--reason", "inquiry is over")
    assert desk.json("batches", "retry", batch)["counts"]["done"] == 3
    assert set(desk.statuses().values()) == {"suspended"}
    made = desk.json("instances", "resume", "--process", "checking", "--reason", "dry", "--yes", "--no-wait")
    stopped = desk.json("batches", "cancel", made["batch_id"])
    assert (stopped["status"], stopped["counts"]["pending"]) == ("cancelled", 3)
    assert desk.run("batches", "cancel", made["batch_id"]).exit_code == 2
    assert "0/3" in desk.run("batches", "list", "--status", "cancelled").stdout
    desk.verify()


def fail(desk: Desk, *keys: str) -> None:
    for key in keys:
        with pytest.raises(StepFailed):
            desk.complete(key)


def test_incidents_are_grouped_mended_and_retried_by_cause(desk: Desk) -> None:
    for key in ("four", "five"):
        desk.start(key, size=50)
    fail(desk, "four", "five")  # no way leads on
    (group,) = desk.json("incidents", "list", "--by-cause", "--open")
    assert (group["count"], group["open"], group["instances"]) == (2, 2, 2)
    assert group["example"]["element_id"] == "choose"
    cause = group["cause"][:12]
    assert cause in desk.run("incidents", "list", "--by-cause").stdout
    assert len(desk.json("incidents", "list", "--cause", cause)) == 2
    told = desk.run("incidents", "show", group["example"]["incident_id"])
    assert "choose" in told.stdout
    again = desk.json("incidents", "retry", "--cause", cause, "--reason", "try", "--yes", exit_code=1)
    assert again["counts"]["failed"] == 2
    select = ("--incident-cause", cause)
    mended = desk.json("instances", "set", *select, "--variables", '{"size": 2}', "--reason", "typo", "--yes")
    assert mended["counts"]["done"] == 2
    assert desk.json("batches", "retry", again["batch_id"])["counts"]["done"] == 2
    assert desk.json("incidents", "list", "--open") == []
    assert desk.show("four")["active_elements"] == ["check"]
    resolved = desk.json("incidents", "list")
    assert {(each["attempts"], each["resolved_by"][:4]) for each in resolved} == {(2, "cli:")}
    desk.verify()


def test_a_failed_service_task_is_skipped(desk: Desk) -> None:
    desk.start("large", size=500)
    fail(desk, "large")
    (incident,) = desk.json("incidents", "list", "--open")
    assert incident["element_id"] == "file_it"
    name = incident["incident_id"]
    refused = desk.run("incidents", "skip", name, "--output", "3", "--reason", "by hand")
    assert refused.exit_code == 2
    desk.json("incidents", "skip", name, "--output", '{"filed": true}', "--reason", "filed by hand")
    assert desk.show("large")["status"] == "completed"
    assert desk.json("incidents", "list", "--open") == []
    desk.verify()


def test_tasks_are_assigned_claimed_delegated_and_returned(desk: Desk) -> None:
    with Session(desk.installation.database) as session, session.begin():
        for name in ("lan.pham", "an.vu"):
            create_user(
                session,
                username=name,
                name=name,
                email=None,
                password_hash="x",
                roles=[Role.LEADER],
                unit_code=None,
            )
    listed = desk.json("tasks", "list", "--element", "write")
    assert len(listed) == 3
    task = listed[0]["task_id"]
    table = desk.run("tasks", "list").stdout
    assert task in table
    assert "Given to" in table

    def assignee() -> str | None:
        (found,) = [each for each in desk.json("tasks", "list") if each["task_id"] == task]
        return found["assignee"]

    desk.json("tasks", "assign", task, "--to", "lan.pham", "--reason", "she knows it")
    assert assignee() == "u:lan.pham"
    why = ("--reason", "away")
    desk.json("tasks", "delegate", task, "--for", "lan.pham", "--to", "an.vu", *why)
    assert assignee() == "u:an.vu"
    desk.json("tasks", "return", task, "--for", "an.vu", *why)
    assert assignee() == "u:lan.pham"
    desk.json("tasks", "release", task, "--for", "lan.pham", *why)
    assert assignee() is None
    refused = desk.json("tasks", "claim", task, "--for", "lan.pham", *why, exit_code=2)
    assert refused["error"]["code"] == "not_authorised"  # none of her groups
    done = desk.json("tasks", "assign", "--process", "checking", "--to", "an.vu", *why, "--yes")
    assert done["counts"]["done"] == 3
    journal = json.loads(desk.run("history", "show", "one", "--json").stdout)
    assert [(each["actor"][:4], each["on_behalf_of"]) for each in journal[1:]] == [
        ("cli:", None),
        ("cli:", "u:lan.pham"),
        ("cli:", "u:an.vu"),
        ("cli:", "u:lan.pham"),
        ("cli:", None),
    ]
    desk.verify()


def test_stuck_instances_are_found(desk: Desk) -> None:
    assert desk.json("instances", "stuck") == []
    with desk.installation.database.begin() as connection:
        for table in (inbox, user_task):
            connection.execute(delete(table).where(table.c.element_id == "write"))
        connection.execute(delete(timer))
    assert desk.json("instances", "stuck") == []  # the recall may still come
    found = desk.json("instances", "stuck", "--thorough", exit_code=1)
    assert {(each["kind"], tuple(each["missing"])) for each in found} == {
        ("rows_missing", ("user task write", "timer limit"))
    }
    told = desk.run("instances", "stuck", "--thorough")
    assert told.exit_code == 1
    assert "user task write" in told.stdout
