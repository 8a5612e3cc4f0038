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


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["calendar", *arguments])


SOURCED = ("--source", "Thông báo 9", "--reason", "Nghỉ liền kề")


def test_days_are_set_listed_removed_and_told(home: Path) -> None:
    swap = ("set", "2026-12-31", "off", "--name", "Nghỉ hoán đổi", "--with", "2027-01-09", *SOURCED)
    previewed = json.loads(run(*swap, "--preview", "--json").stdout)
    assert [each["date"] for each in previewed["added"]] == ["2026-12-31", "2027-01-09"]
    assert works_on(home, "2026-12-31")
    assert run(*swap).exit_code == 0
    assert not works_on(home, "2026-12-31")
    listed = json.loads(run("list", "2027", "--json").stdout)
    assert {"2027-01-09", "2027-02-04"} <= {each["date"] for each in listed["days"]}
    shown = run("list", "2027").stdout
    assert "ngày nghỉ, dự kiến" in shown
    assert "08:00–17:00" in shown
    assert run("remove", "2026-12-31", *SOURCED).exit_code == 0
    assert works_on(home, "2026-12-31")
    assert [each["kind"] for each in json.loads(run("history", "--json").stdout)] == ["remove", "set"]
    assert "31/12/2026: ngày thường → ngày nghỉ (Nghỉ hoán đổi)" in run("history").stdout


def test_hours_are_set_and_an_export_is_loaded_again(home: Path) -> None:
    done = json.loads(run("hours", "07:30", "16:30", "--from", "2027-01-01", *SOURCED, "--json").stdout)
    assert done["hours"]["closes_at"] == "16:30"
    file = home / "export.csv"
    assert run("export", str(file)).exit_code == 0
    assert "Lịch đã đúng như trong tệp" in run("load", str(file)).stdout
    assert json.loads(run("recompute", "--reason", "Tính lại", "--json").stdout)["told"] == 0


def test_what_cannot_be_is_refused(home: Path) -> None:
    refused = run("set", "2026-12-31", "makeup_workday", "--name", "x", *SOURCED, "--json")
    assert refused.exit_code == 2
    assert json.loads(refused.stdout)["error"]["code"] == "calendar_change_refused"
    assert run("hours", "17:00", "08:00", "--from", "2027-01-01", *SOURCED).exit_code == 2
    assert run("set", "2026-12-31", "off", "--name", "x", "--source", "y").exit_code == 2
