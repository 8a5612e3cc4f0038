"""``sauro retention``, ``sauro holds`` and ``sauro archive`` as whoever holds the machine uses them."""

import json
import re
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import SYSTEM
from engine.commands import CancelInstance, StartInstance
from engine.database import reading
from engine.definitions.resources import ModelResources
from engine.ids import new_id
from processes.notifications.tables import Notification
from tests.drawing import end, flows, model, start, user_task
from web.cli import main
from web.cli.history import find_instance_id
from web.cli.installation import open_installation
from web.cli.serve import nightly

LETTERS = model(start(), user_task("work"), end(), flows("begin", "work", "finish"), process="letters")
BEGUN_AT = datetime.fromisoformat("2025-06-14T02:00:00+00:00")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation with three instances that ended long ago, and one that runs."""
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.setenv("SAURO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SAURO_DATABASE_URL", f"sqlite:///{tmp_path / 'home' / 'sauro.db'}")
    dispatcher = open_installation().dispatcher
    definition_hash = dispatcher.deploy(ModelResources(bpmn=LETTERS), actor=SYSTEM)
    with clock.frozen_at(BEGUN_AT):
        for number in range(4):
            begin = StartInstance(
                command_id=new_id(),
                actor=SYSTEM,
                instance_id=new_id(),
                definition_hash=definition_hash,
                business_key=f"letter {number}",
                variables={},
            )
            dispatcher.execute(begin)
            if number < 3:
                dispatcher.execute(
                    CancelInstance(
                        command_id=new_id(), actor=SYSTEM, instance_id=begin.instance_id, reason="none"
                    )
                )
    dispatcher.database.dispose()
    return tmp_path / "home"


def sauro(*arguments: str, status: int = 0) -> Result:
    answer = CliRunner().invoke(main, list(arguments))
    assert answer.exit_code == status, answer.output
    return answer


def document(*arguments: str, status: int = 0) -> object:
    return json.loads(sauro(*arguments, "--json", status=status).stdout)


def test_from_policy_to_proof(home: Path) -> None:
    assert "everything is kept for ever" in sauro("archive", "run", "--dry-run").stdout
    assert document("archive", "run") == {"archived": 0, "files": [], "refused": []}
    sauro("retention", "set", "letters", "P1M", "--reason", "the plan of files")
    assert document("retention", "list")[0]["keep_for"] == "P1M"
    hold = document("holds", "place", "--instance", "letter 1", "--reason", "a complaint")
    assert (hold["instances"], hold["archived"]) == (1, 0)
    outlook = {"process_key": "letters", "keep_for": "P1M", "due": 2, "held": 1, "unsettled": 0}
    assert document("archive", "run", "--dry-run") == [outlook]

    before = {key: document("history", "show", key) for key in ("letter 0", "letter 3")}
    replayed = document("history", "replay", "letter 0")
    ran = document("archive", "run")
    assert ran["archived"] == 2
    (file,) = ran["files"]
    assert (home / "archive" / file).is_file()
    assert {key: document("history", "show", key) for key in before} == before
    assert document("history", "replay", "letter 0") == replayed
    verified = document("history", "verify", "--all")
    assert (verified["holds"], verified["instances"]) == (True, 4)
    assert document("history", "verify", "letter 0")["entries"] == 2

    shown = document("archive", "show", "letter 0")
    assert (shown["archive_path"], shown["policy"], shown["entries"]) == (file, "P1M", 2)
    assert shown["archived_by"].startswith("cli:")
    sauro("archive", "show", "letter 1", status=2)
    listed = document("archive", "list")
    assert [(each["path"], each["instances"]) for each in listed["files"]] == [(file, 2)]
    assert document("archive", "verify", "--all")["holds"] is True
    assert document("archive", "verify", file)["instances"] == 2
    assert document("archive", "verify", str(home / "archive" / file))["instances"] == 2

    sauro("holds", "lift", hold["id"], "--reason", "settled")
    assert document("holds", "list") == []
    assert document("holds", "list", "--all")[0]["lift_reason"] == "settled"
    assert document("archive", "run")["archived"] == 1


def test_a_missing_file_and_a_changed_one_are_named(home: Path) -> None:
    sauro("retention", "set", "letters", "P1M", "--reason", "the plan of files")
    (file,) = document("archive", "run")["files"]
    path = home / "archive" / file
    content = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    for command in (("archive", "verify", "--all"), ("history", "verify", "--all")):
        found = document(*command, status=1)
        assert found["holds"] is False
        assert len(found["differences"]) == 3
        assert all(file in difference["detail"] for difference in found["differences"])
    path.rename(path.with_name("0.zip"))
    assert "is not there" in sauro("history", "verify", "--all", status=1).stdout
    told = document("history", "show", "letter 0", status=1)
    assert told["error"]["code"] == "fault"
    assert document("archive", "list")["unrecorded"] == [file.rpartition("/")[0] + "/0.zip"]


def test_tables_are_for_people(home: Path) -> None:
    sauro("retention", "set", "letters", "P1M", "--reason", "the plan of files")
    sauro("retention", "set", "letters", "--for-ever", "--reason", "a new plan")
    assert "for ever" in sauro("retention", "list").stdout
    sauro("retention", "set", "letters", "P1M", "--reason", "the plan of files")
    assert len(document("retention", "list", "--history")) == 3
    placed = sauro("holds", "place", "--business-key", "letter ?", "--reason", "a complaint").stdout
    assert "covers 4 instances now, 0 of them archived" in placed
    sauro("holds", "place", "--process", "letters", "--reason", "a lawsuit")
    listed = sauro("holds", "list").stdout
    assert "a complaint" in listed
    assert "a lawsuit" in listed
    assert re.search(r"\d\d/\d\d/\d{4} \d\d:\d\d:\d\d", listed)
    assert "letters" in sauro("archive", "run", "--dry-run").stdout
    assert "0 instances archived to 0 files" in sauro("archive", "run").stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("retention", "set", "letters", "soon", "--reason", "x"),
        ("retention", "set", "letters", "--reason", "x"),
        ("retention", "set", "letters", "P1Y", "--for-ever", "--reason", "x"),
        ("retention", "set", "unknown", "P1Y", "--reason", "x"),
        ("retention", "set", "letters", "P1Y", "--reason", " "),
        ("holds", "place", "--reason", "x"),
        ("holds", "place", "--process", "a", "--business-key", "b", "--reason", "x"),
        ("holds", "place", "--instance", "letter 9", "--reason", "x"),
        ("holds", "place", "--process", "lettres", "--reason", "x"),
        ("holds", "lift", "00000000-0000-0000-0000-000000000001", "--reason", "x"),
        ("holds", "lift", "letter 1", "--reason", "x"),
        ("archive", "verify"),
        ("archive", "verify", "2025/06/none.zip"),
        ("archive", "show", "letter 0"),
    ],
)
def test_bad_input_is_refused_and_nothing_is_written(home: Path, arguments: tuple[str, ...]) -> None:
    sauro(*arguments, status=2)
    assert document("retention", "list", "--history") == []
    assert document("holds", "list", "--all") == []


def test_the_night_s_work_of_a_site_archives_and_throws_away(home: Path) -> None:
    sauro("retention", "set", "letters", "P1M", "--reason", "the plan of files")
    sauro("holds", "place", "--instance", "letter 0", "--reason", "a complaint")
    installation = open_installation()
    loose, unread = new_id(), new_id()
    with reading(installation.database) as connection:
        held = find_instance_id(connection, "letter 0")
    with Session(installation.database) as session, session.begin():
        for instance_id, read in ((held, True), (loose, True), (unread, False)):
            session.add(
                Notification(
                    created_at=BEGUN_AT, group_key="head:SNV", template="assigned", params="{}",
                    instance_id=instance_id, message_key=str(new_id()), read_at=BEGUN_AT if read else None,
                )
            )  # fmt: skip
    work = nightly(installation)
    assert work.do_if_due()
    assert not work.do_if_due()
    with Session(installation.database) as session:
        assert set(session.scalars(select(Notification.instance_id))) == {held, unread}
    assert sum(each["instances"] for each in document("archive", "list")["files"]) == 2
    assert document("archive", "list")["files"][0]["archived_by"] == "system"
    assert document("history", "verify", "--all")["holds"] is True
