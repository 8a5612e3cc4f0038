"""``sauro definitions list``, ``diff`` and ``migrate``: a model changes while it runs, from start to end."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from engine.actors import SYSTEM, Actor
from engine.commands import CompleteUserTask, StartInstance
from engine.database import reading
from engine.definitions.versions import newest
from engine.ids import new_id
from engine.tables import process_instance, user_task
from tests.drawing import boundary, end, flows, model, start, timed
from tests.drawing import user_task as task
from web.cli import main
from web.cli.installation import open_installation

CLERK = Actor(key="u:clerk", groups=frozenset({"clerks"}))


def _parts(first: str, *more: str, extra: str = "") -> bytes:
    steps = (first, *more)
    names = "".join(task(step).replace(f'name="{step}"', 'name="Xem xét"', step == first) for step in steps)
    return model(start(), names, extra, end(), flows("begin", *steps, "finish"), process="review")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation with two versions of a process and five instances of the first, two of them further on."""
    monkeypatch.setenv("SAURO_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SAURO_DATABASE_URL", raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    late = boundary("late", "look_at", timed("timeDuration", "P2D")) + end("over") + flows("late", "over")
    for name, content in (("one", _parts("look", "sign")), ("two", _parts("look_at", "approve", extra=late))):
        (tmp_path / f"{name}.bpmn").write_bytes(content)
    assert run("deploy", tmp_path / "one.bpmn").exit_code == 0
    dispatcher = open_installation().dispatcher
    with reading(dispatcher.database) as connection:
        first = newest(connection, "review")
    for number in range(5):
        command = StartInstance(
            command_id=new_id(),
            actor=SYSTEM,
            instance_id=new_id(),
            definition_hash=first,
            business_key=f"review {number}",
        )
        dispatcher.execute(command)
        if number >= 3:
            with reading(dispatcher.database) as connection:
                opened = connection.scalars(
                    select(user_task.c.id).where(user_task.c.instance_id == command.instance_id)
                ).one()
            dispatcher.execute(CompleteUserTask(command_id=new_id(), actor=CLERK, task_id=opened))
    assert run("deploy", tmp_path / "two.bpmn").exit_code == 0
    return tmp_path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["definitions", *map(str, arguments)])


def document(*arguments: str) -> Any:
    return json.loads(run(*arguments, "--json").stdout)


MIGRATE = ("migrate", "review", "--from", "1", "--to", "2")


def test_versions_are_listed_with_what_runs_under_them(folder: Path) -> None:
    listed = document("list")
    assert [(each["process_id"], each["version"], each["running"]) for each in listed] == [
        ("review", 1, 5),
        ("review", 2, 0),
    ]
    lines = run("list").stdout.splitlines()
    assert lines[0].split() == ["Process", "Version", "Name", "Deployed", "at", "Running"]
    assert lines[1].split()[:2] == ["review", "1"]


def test_the_difference_is_told_in_words_and_as_data(folder: Path) -> None:
    told = run("diff", "review", "1", "2")
    assert told.exit_code == 0
    assert "look_at “Xem xét” (userTask): added" in told.stdout
    assert "sign" in told.stdout
    kinds = {each["id"]: each["kind"] for each in document("diff", "review", "1", "2")["elements"]}
    assert kinds == {
        "look_at": "added",
        "approve": "added",
        "late": "added",
        "over": "added",
        "look": "removed",
        "sign": "removed",
    }
    missing = run("diff", "review", "1", "7")
    assert missing.exit_code == 2
    assert "1 to 2" in missing.stderr


def test_a_preview_changes_nothing_and_names_the_reasons(folder: Path) -> None:
    told = run(*MIGRATE, "--preview")
    assert told.exit_code == 2
    assert "look goes to look_at" in told.stdout
    assert "3 of 5 instances can go on under version 2" in told.stdout
    assert "  late  3" in told.stdout
    assert "2 × sign: a token is here, and the new version has no element 'sign'" in told.stdout
    assert "review 3" in told.stdout
    seen = document(*MIGRATE, "--preview")
    assert (seen["possible"], seen["instances"], seen["mapping"]) == (3, 5, {"look": "look_at"})
    assert [each["running"] for each in document("list")] == [5, 0]


def test_what_can_go_on_does_and_what_cannot_stays(folder: Path) -> None:
    done = document(*MIGRATE, "--reason", "the new rules")
    assert (done["migrated"], done["refused"], done["failed"]) == (3, 2, 0)
    (reason,) = done["reasons"]
    assert "no element 'sign'" in reason["reason"]
    assert len(reason["instances"]) == 2
    assert [each["running"] for each in document("list")] == [2, 3]
    rest = run(*MIGRATE, "--map", "sign=approve", "--reason", "the new rules")
    assert rest.exit_code == 0
    assert "2 instances migrated, 0 refused, 0 failed" in rest.stdout
    nothing = run(*MIGRATE, "--reason", "the new rules")
    assert (nothing.exit_code, document("list")[1]["running"]) == (0, 5)
    proved = CliRunner().invoke(main, ["history", "verify", "--all"])
    assert proved.exit_code == 0, proved.output
    with reading(open_installation().database) as connection:
        assert len(set(connection.scalars(select(process_instance.c.definition_hash)))) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (MIGRATE, "--reason"),
        ((*MIGRATE, "--reason", "x", "--map", "sign"), "OLD=NEW"),
        (("migrate", "nothing", "--from", "1", "--to", "2", "--preview"), "never deployed"),
        (("migrate", "review", "--from", "1", "--to", "9", "--preview"), "1 to 2"),
        (("migrate", "review", "--from", "1", "--to", "1", "--reason", "x"), "choose another"),
    ],
)
def test_what_is_not_said_rightly_is_refused(folder: Path, arguments: tuple[str, ...], message: str) -> None:
    refused = run(*arguments)
    assert refused.exit_code == 2
    assert message in refused.stderr
    assert [each["running"] for each in document("list")] == [5, 0]
