"""``sauro calendar load`` as whoever holds the machine uses it."""

import json
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.database import open_database, reading
from processes.calendar.store import load_calendar
from web.cli import main

DELIVERED = (files("processes.calendar") / "data" / "calendar-vn.csv").read_text(encoding="utf-8")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty installation."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("SAURO_HOME", str(tmp_path))
    monkeypatch.delenv("SAURO_DATABASE_URL", raising=False)
    return tmp_path


def load(home: Path, content: str, *options: str) -> Result:
    file = home / "calendar.csv"
    file.write_text(content, encoding="utf-8")
    return CliRunner().invoke(main, ["calendar", "load", str(file), *options])


def works_on(home: Path, day: str) -> bool:
    with reading(open_database(f"sqlite:///{home / 'sauro.db'}")) as connection:
        return load_calendar(connection).is_working_day(date.fromisoformat(day))


def test_a_preview_writes_nothing_and_loading_does(home: Path) -> None:
    content = f"{DELIVERED.rstrip()}\n2026-12-31,off,Nghỉ bù,Thông báo 1\n"
    previewed = load(home, content, "--preview")
    assert previewed.exit_code == 0, previewed.output
    assert "+ 31/12/2026  off  Nghỉ bù" in previewed.stdout
    assert "0 nhiệm vụ sẽ thay đổi" in previewed.stdout
    assert works_on(home, "2026-12-31")
    loaded = json.loads(load(home, content, "--json").stdout)
    assert [each["date"] for each in loaded["added"]] == ["2026-12-31"]
    assert (loaded["told"], loaded["preview"]) == (0, False)
    assert not works_on(home, "2026-12-31")
    assert "Lịch đã đúng như trong tệp" in load(home, content).stdout


def test_a_wrong_file_is_refused_and_nothing_changes(home: Path) -> None:
    refused = load(home, "date,kind,name,source\n2026-13-01,off,x,y\n", "--json")
    assert refused.exit_code == 2
    error = json.loads(refused.stdout)["error"]
    assert error["code"] == "calendar_refused"
    assert "line 2" in error["problems"][0]
