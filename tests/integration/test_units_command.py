"""``sauro units load`` as whoever holds the machine uses it."""

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.database import open_database, reading
from processes.samples import sample_registry
from processes.units.store import load_registry
from web.cli import main


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty installation."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("SAURO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SAURO_DATABASE_URL", f"sqlite:///{tmp_path / 'home' / 'units.db'}")
    return tmp_path


@pytest.fixture
def registry_file(tmp_path: Path) -> Path:
    """The sample city's registry as a file."""
    file = tmp_path / "units.csv"
    file.write_bytes(sample_registry())
    return file


def load(file: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["units", "load", str(file), *options])


def stored_names(home: Path) -> dict[str, str]:
    database = open_database(f"sqlite:///{home / 'home' / 'units.db'}")
    with reading(database) as connection:
        names = {unit.code: unit.name for unit in load_registry(connection).units}
    database.dispose()
    return names


def test_loading_answers_with_one_json_document_and_again_changes_nothing(
    home: Path, registry_file: Path
) -> None:
    first = load(registry_file, "--json")
    assert first.exit_code == 0, first.output
    assert json.loads(first.stdout) == {"added": 123, "changed": 0, "unchanged": 0, "missing": []}
    assert json.loads(load(registry_file, "--json").stdout) == {
        "added": 0,
        "changed": 0,
        "unchanged": 123,
        "missing": [],
    }
    assert stored_names(home)["SNV"] == "Sở Nội vụ"


def test_a_unit_that_vanished_from_the_file_is_kept_and_reported(home: Path, registry_file: Path) -> None:
    load(registry_file)
    lines = registry_file.read_text(encoding="utf-8").splitlines(keepends=True)
    registry_file.write_text("".join(line for line in lines if not line.startswith("X62,")), encoding="utf-8")
    answer = load(registry_file)
    assert answer.exit_code == 0
    assert "Đã thêm 0 đơn vị, sửa 0, giữ nguyên 122" in answer.stdout
    assert "không còn trong tệp, vẫn giữ: X62" in answer.stdout
    assert "X62" in stored_names(home)


def test_a_bad_row_is_named_by_line_and_nothing_of_the_file_is_written(
    home: Path, registry_file: Path
) -> None:
    load(registry_file)
    text = registry_file.read_text(encoding="utf-8").replace("Sở Nội vụ", "Sở Nội vụ mới")
    registry_file.write_text(text.replace("X62,", "X61,"), encoding="utf-8")
    answer = load(registry_file, "--json")
    assert answer.exit_code == 2
    told = json.loads(answer.stdout)
    assert told["ok"] is False
    assert "line 124" in json.dumps(told["error"])
    assert "line 124: the code 'X61' is already used in line 123 for the same days" in answer.stderr
    assert stored_names(home)["SNV"] == "Sở Nội vụ"


def test_what_is_no_registry_is_refused_before_anything_is_opened(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Kính gửi: các sở, ban, ngành", encoding="utf-8")
    answer = load(file)
    assert answer.exit_code == 2
    assert "line 1: the columns code" in answer.stderr
    assert not (home / "home").exists()
    assert load(tmp_path / "absent.csv").exit_code == 2


@pytest.mark.parametrize(
    ("locale", "told"),
    [("en_US.UTF-8", "123 units added"), ("vi_VN.UTF-8", "Đã thêm 123"), ("C.UTF-8", "Đã thêm 123")],
)
def test_a_command_answers_in_one_language(
    home: Path, registry_file: Path, monkeypatch: pytest.MonkeyPatch, locale: str, told: str
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    assert told in load(registry_file).stdout


def test_a_file_with_semicolons_is_said_to_be_read_so(home: Path, registry_file: Path) -> None:
    rows = list(csv.reader(io.StringIO(registry_file.read_text(encoding="utf-8"))))
    written = io.StringIO()
    csv.writer(written, delimiter=";").writerows(rows)
    registry_file.write_text(written.getvalue(), encoding="utf-8")
    answer = load(registry_file)
    assert answer.exit_code == 0
    assert "chấm phẩy" in answer.stderr
