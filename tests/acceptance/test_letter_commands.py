"""The commands, run as a person runs them: issue once, verify, find a changed byte, refuse bad files."""

import io
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import create_engine, text

from engine import clock
from processes.samples import sample_letter, sample_registry
from tests.conftest import SHARED


@dataclass
class Commands:
    """Runs ``sauro`` in a folder of its own."""

    home: Path
    database_url: str

    @property
    def environment(self) -> dict[str, str]:
        named = {"SAURO_HOME": str(self.home), "SAURO_DATABASE_URL": self.database_url, "LC_ALL": "C.UTF-8"}
        return {**os.environ, **named}

    def start(self, *arguments: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", "from web.cli import main; main()", *map(str, arguments)],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: object, status: int = 0) -> str:
        process = self.start(*arguments)
        out, err = process.communicate(timeout=120)
        assert process.returncode == status, err
        assert "Traceback" not in err
        return err if status else out

    def count(self, table: str) -> int:
        engine = create_engine(self.database_url)
        with engine.connect() as connection:
            found = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
        engine.dispose()
        return int(found)


@pytest.fixture
def commands(tmp_path: Path, database_url: str) -> Commands:
    return Commands(tmp_path / "home", database_url)


@pytest.fixture
def sqlite_commands(tmp_path: Path, sqlite_url: str) -> Commands:
    return Commands(tmp_path / "home", sqlite_url)


@pytest.fixture
def city(tmp_path: Path) -> tuple[Path, Path]:
    """The sample registry and letter as files."""
    units, letter = tmp_path / "units.csv", tmp_path / "letter.txt"
    units.write_bytes(sample_registry())
    letter.write_bytes(sample_letter(TODAY))
    return units, letter


#: The sample letter is dated today; the worked example says June 2026.
TODAY = clock.today()
DAY = {"letter.txt": TODAY.isoformat()}


def issue(letter: Path) -> tuple[object, ...]:
    return (
        *("letter", "issue", letter, "--number", "5120", "--date", DAY.get(letter.name, "2026-06-12")),
        *("--keep-past-deadlines", "--json"),
    )


def test_a_letter_is_issued_once_however_often_it_is_asked(
    commands: Commands, city: tuple[Path, Path]
) -> None:
    units, letter = city
    assert json.loads(commands.run("units", "load", units, "--json"))["added"] > 115
    first = json.loads(commands.run(*issue(letter)))
    assert (first["units"], first["total"], first["started"]) == (115, 806, 806)
    again = json.loads(commands.run(*issue(letter)))
    assert (again["started"], again["already_started"]) == (0, 806)
    assert commands.count("process_instance") == 806
    assert json.loads(commands.run("history", "verify", "--all", "--json"))


def test_the_worked_letter_reaches_115_units(sqlite_commands: Commands) -> None:
    letter, units = SHARED / "letters" / "ubnd-hcc-2026-06.txt", SHARED / "data" / "units.csv"
    if not letter.is_file():
        pytest.skip("the worked example is not beside the project")
    sqlite_commands.run("units", "load", units)
    issued = json.loads(sqlite_commands.run(*issue(letter)))
    assert [row["units"] for row in issued["directives"]] == [115] * 7 + [1]
    assert issued["started"] == 7 * 115 + 1
    assert issued["number"] == "5120/UBND-HCC"


def test_issuing_that_was_killed_is_finished_by_issuing_again(
    commands: Commands, city: tuple[Path, Path]
) -> None:
    units, letter = city
    commands.run("units", "load", units)
    process = commands.start(*issue(letter))
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None and commands.count("journal") < 100:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    begun = commands.count("process_instance")
    assert begun % 100 == 0 or begun == 806
    finished = json.loads(commands.run(*issue(letter)))
    assert finished["started"] + finished["already_started"] == 806
    assert commands.count("process_instance") == commands.count("journal") == 806
    commands.run("history", "verify", "--all")


def test_a_changed_byte_anywhere_in_the_journal_is_named(
    sqlite_commands: Commands, city: tuple[Path, Path]
) -> None:
    units, letter = city
    sqlite_commands.run("units", "load", units)
    sqlite_commands.run(*issue(letter))
    sqlite_commands.run("history", "verify", "--all")
    file = sqlite_commands.database_url.removeprefix("sqlite:///")
    chance = random.Random(4)
    for _ in range(3):
        with sqlite3.connect(file) as connection:
            connection.execute("DROP TRIGGER IF EXISTS journal_no_update")
            rows = connection.execute("SELECT instance_id, sequence, document FROM journal").fetchall()
            instance_id, sequence, document = rows[chance.randrange(len(rows))]
            position = chance.randrange(len(document))
            changed = bytearray(document)
            changed[position] ^= 1
            where = "WHERE instance_id = ? AND sequence = ?"
            connection.execute(
                f"UPDATE journal SET document = ? {where}", (bytes(changed), instance_id, sequence)
            )
        said = sqlite_commands.start("history", "verify", "--all")
        out, err = said.communicate(timeout=120)
        assert said.returncode == 1
        assert str(UUID(bytes=instance_id)) in out + err
        assert str(sequence) in out + err
        with sqlite3.connect(file) as connection:
            connection.execute(f"UPDATE journal SET document = ? {where}", (document, instance_id, sequence))
    sqlite_commands.run("history", "verify", "--all")


def test_a_preview_writes_nothing_and_shows_every_cell(
    sqlite_commands: Commands, city: tuple[Path, Path]
) -> None:
    units, letter = city
    sqlite_commands.run("units", "load", units)
    command = ("letter", "issue", letter, "--number", "5120", "--date", TODAY, "--preview")
    shown = sqlite_commands.run(*command)
    preview = json.loads(sqlite_commands.run(*command, "--json"))
    assert sqlite_commands.count("document") == sqlite_commands.count("process_instance") == 0
    assert "Sở, ban, ngành: 16" in shown
    assert "Văn phòng UBND thành phố" in shown
    assert "không thời hạn (theo văn bản)" in shown
    assert preview["number"] == "5120/UBND-KSTT"
    assert preview["directives"][0]["leagues"] == {"department": 16, "vertical": 4, "ward": 33, "commune": 62}
    assert preview["directives"][7]["coordinating_units"] == ["VPUB"]
    assert len(preview["cells"]) == preview["assignments"] == 806
    assert {cell["deadline_source"] for cell in preview["cells"]} == {"document", "set"}


@pytest.mark.parametrize(
    ("number", "day"),
    [
        *((number, TODAY.isoformat()) for number in ("", "abc", "-3", "5120/UBND-XYZ", "٥١٢٠")),
        *(("5120", day) for day in ("2099-08-14", "1945-09-02", (TODAY - timedelta(days=1)).isoformat())),
    ],
)
def test_a_wrong_number_or_day_is_refused_and_nothing_written(
    sqlite_commands: Commands, city: tuple[Path, Path], number: str, day: str
) -> None:
    units, letter = city
    sqlite_commands.run("units", "load", units)
    for more in ((), ("--preview",)):
        command = ("letter", "issue", letter, f"--number={number}", "--date", day, *more)
        assert sqlite_commands.run(*command, status=2).startswith("sauro: ")
    assert sqlite_commands.count("document") == sqlite_commands.count("process_instance") == 0


def test_deadlines_that_have_passed_are_named_and_need_a_word(
    sqlite_commands: Commands, city: tuple[Path, Path], tmp_path: Path
) -> None:
    sqlite_commands.run("units", "load", city[0])
    letter = tmp_path / "late.txt"
    letter.write_text(
        city[1].read_text(encoding="utf-8").replace("trước ngày 30/9/2026", f"trước ngày {TODAY:%d/%m/%Y}"),
        encoding="utf-8",
    )
    passed = TODAY - timedelta(days=1)
    command = ("letter", "issue", letter, "--number", "5120", "--date", TODAY)
    shown = sqlite_commands.run(*command, "--preview")
    assert f"{passed:%d/%m/%Y} (theo văn bản) · hạn đã qua khi nhận" in shown
    said = sqlite_commands.run(*command, status=2)
    assert f"1: {passed.isoformat()}" in said
    assert "--keep-past-deadlines" in said
    assert sqlite_commands.count("document") == 0
    sqlite_commands.run(*command, "--keep-past-deadlines")
    engine = create_engine(sqlite_commands.database_url)
    with engine.connect() as connection:
        marked = connection.execute(
            text("SELECT count(*) FROM assignment WHERE deadline_passed_on_receipt AND deadline_on = :day"),
            {"day": passed.isoformat()},
        ).scalar_one()
    engine.dispose()
    assert marked == 115


def _archive(content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", content)
    return packed.getvalue()


BAD = {
    "empty.txt": b"",
    "poem.txt": "Trăm năm trong cõi người ta".encode(),
    "large.txt": b"a" * (30 * 1024 * 1024),
    "encoding.txt": "Kính gửi: Sở Nội vụ".encode()[:-1] + b"\xff\xfe\xff",
    "no-zip.docx": b"this is no archive",
    "bomb.docx": _archive(b"\0" * (120 * 1024 * 1024)),
    "picture.png": b"\x89PNG",
}


def test_what_is_read_is_shown_with_what_has_to_be_looked_at(
    sqlite_commands: Commands, city: tuple[Path, Path]
) -> None:
    units, letter = city
    sqlite_commands.run("units", "load", units)
    shown = sqlite_commands.run("letter", "read", letter)
    assert "6 rõ" in shown
    assert "\n! " in shown
    told = json.loads(sqlite_commands.run("letter", "read", letter, "--json"))
    assert {"lead", "deadline", "nature_code", "clarity"} <= set(told["directives"][0])
    assert told["source_format"] == "text"
    assert isinstance(told["typos"], list)


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_holds_no_letter_is_refused_and_nothing_written(
    sqlite_commands: Commands, city: tuple[Path, Path], tmp_path: Path, name: str
) -> None:
    sqlite_commands.run("units", "load", city[0])
    bad = tmp_path / name
    bad.write_bytes(BAD[name])
    assert sqlite_commands.run("letter", "read", bad, status=2).startswith("sauro: ")
    assert sqlite_commands.run(*issue(bad), status=2).startswith("sauro: ")
    assert sqlite_commands.count("document") == sqlite_commands.count("process_instance") == 0


def test_an_unknown_unit_is_named_with_the_nearest(
    sqlite_commands: Commands, city: tuple[Path, Path], tmp_path: Path
) -> None:
    sqlite_commands.run("units", "load", city[0])
    wrong = tmp_path / "wrong.txt"
    letter = city[1].read_text(encoding="utf-8")
    wrong.write_text(
        letter.replace("Bảo hiểm xã hội thành phố", "Bảo hiểm xã hộ thành phố"), encoding="utf-8"
    )
    said = sqlite_commands.run(*issue(wrong), status=2)
    assert "Bảo hiểm xã hộ" in said
    assert "Bảo hiểm xã hội thành phố" in said
    assert sqlite_commands.count("document") == 0
