"""``sauro substitutions`` as whoever holds the machine uses it."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

from engine import clock
from processes.access.accounts import create_user
from processes.access.policy import Role
from web.cli import main
from web.cli.installation import open_installation


@pytest.fixture(autouse=True)
def people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation with a head, a deputy and an auditor."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("SAURO_HOME", str(tmp_path))
    monkeypatch.delenv("SAURO_DATABASE_URL", raising=False)
    with Session(open_installation().database) as session, session.begin():
        for username, role, unit in (
            ("head", Role.UNIT_HEAD, "STC"),
            ("deputy", Role.DEPUTY_HEAD, "STC"),
            ("auditor", Role.AUDITOR, None),
        ):
            create_user(
                session, username=username, name=username, password_hash="-", roles=[role], unit_code=unit
            )


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["substitutions", *arguments])


def add(substitute: str, *, days: int = 3, options: tuple[str, ...] = ()) -> Result:
    begin, end = clock.today(), clock.today() + timedelta(days=days)
    named = ("--from", begin.isoformat(), "--to", end.isoformat(), "--reason", "Nghỉ phép")
    return run("add", "head", substitute, *named, *options)


def test_a_substitute_is_named_shown_and_ended() -> None:
    added = add("deputy", options=("--json",))
    assert added.exit_code == 0, added.output
    named = json.loads(added.stdout)
    assert (named["person"], named["substitute"], named["reason"]) == ("head", "deputy", "Nghỉ phép")
    assert named["created_by"].startswith("cli:")
    listed = run("list").stdout
    assert "Người làm thay" in listed
    assert "Đến hết ngày" in listed
    assert named["id"] in listed
    ended = run("end", named["id"])
    assert ended.stdout == "deputy không còn làm thay head\n"
    assert run("list").stdout == "Chưa có ai làm thay ai\n"
    (kept,) = json.loads(run("list", "--all", "--json").stdout)
    assert kept["ended_by"] == named["created_by"]


@pytest.mark.parametrize(
    ("substitute", "days", "code"),
    [
        ("head", 3, "substitute_refused"),
        ("auditor", 3, "substitute_refused"),
        ("deputy", -1, "substitution_days_refused"),
        ("nobody", 3, "not_found"),
    ],
)
def test_a_refusal_is_told_and_nothing_is_written(substitute: str, days: int, code: str) -> None:
    refused = add(substitute, days=days, options=("--json",))
    assert refused.exit_code == 2
    assert json.loads(refused.stdout)["error"]["code"] == code
    assert refused.stderr.startswith("sauro: Expected ")
    assert json.loads(run("list", "--all", "--json").stdout) == []
