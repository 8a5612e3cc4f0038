"""``sauro db`` on both databases: status, upgrade, check; machines that start together."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, text

from tests.integration.revisions.stages import upgrade_to
from web.cli import main

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str) -> Run:
    """Runs a command on a fresh database."""
    monkeypatch.setenv("SAURO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SAURO_DATABASE_URL", database_url)

    def invoke(*arguments: str, status: int = 0) -> Any:
        answer = CliRunner().invoke(main, [*arguments, "--json"])
        assert answer.exit_code == status, answer.output
        return orjson.loads(answer.stdout)

    return invoke


def test_an_empty_database_is_told_from_one_that_is_up_to_date(run: Run) -> None:
    empty = run("db", "status", status=1)
    assert (empty["current"], empty["known"]) == (None, True)
    assert empty["pending"][0]["revision"] == "0001"
    assert empty["pending"][-1]["revision"] == empty["newest"]
    upgraded = run("db", "upgrade")
    assert (upgraded["before"], upgraded["current"], upgraded["pending"]) == (None, empty["newest"], [])
    assert run("db", "status")["current"] == empty["newest"]
    assert run("db", "upgrade")["before"] == empty["newest"]
    assert run("db", "check")["holds"]


def test_what_differs_is_named_with_exit_status_1(run: Run, database: Engine) -> None:
    run("db", "upgrade")
    with database.begin() as connection:
        connection.execute(text("DROP INDEX ix_timer_due_at_id"))
    checked = run("db", "check", status=1)
    assert not checked["holds"]
    assert checked["differences"] == ["add_index ix_timer_due_at_id of timer"]


def test_an_older_database_is_upgraded_by_itself_only_where_nobody_shares_it(
    run: Run, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade_to(database, "0003")
    if database.dialect.name == "postgresql":
        refused = asked_for_timers()
        assert "sauro db upgrade" in refused["error"]["message"]
        assert run("db", "status", status=1)["current"] == "0003"
        monkeypatch.setenv("SAURO_DATABASE_UPGRADE", "1")
    assert asked_for_timers()["elements"] == []
    assert run("db", "status")["pending"] == []


def test_a_newer_database_is_refused(run: Run, database: Engine) -> None:
    run("db", "upgrade")
    with database.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert run("db", "status", status=1)["known"] is False
    for refused in (run("db", "upgrade", status=1), asked_for_timers()):
        assert "newer version" in refused["error"]["message"]


def asked_for_timers(**environment: str) -> dict[str, Any]:
    """Run a command that uses the installation, in a process of its own."""
    command = [sys.executable, "-c", "from web.cli import main; main()", "timers", "audit", "--json"]
    done = subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, timeout=120, check=False
    )
    return dict(orjson.loads(done.stdout))


@pytest.mark.slow
def test_machines_that_start_together_on_an_empty_database_all_work(
    tmp_path: Path, postgres_url: str
) -> None:
    environment = {**os.environ, "SAURO_HOME": str(tmp_path), "SAURO_DATABASE_URL": postgres_url}
    command = [sys.executable, "-c", "from web.cli import main; main()", "timers", "audit", "--json"]
    started = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    for process in started:
        out, said = process.communicate(timeout=120)
        assert process.returncode == 0, said
        assert orjson.loads(out)["elements"] == []
