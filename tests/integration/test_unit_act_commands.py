"""``sauro units`` beyond loading: files both ways, previews, acts, and what is asked about open work."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from processes.samples import sample_registry
from web.cli import main

ACT = ("--on", "2026-07-01", "--source", "Nghị quyết 1/NQ-HĐND", "--reason", "Sắp xếp")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation with the registry of the invented city."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("SAURO_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SAURO_DATABASE_URL", raising=False)
    file = tmp_path / "units.csv"
    file.write_bytes(sample_registry())
    assert run("load", str(file)).exit_code == 0
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["units", *arguments])


def document(*arguments: str) -> dict:
    answer = run(*arguments, "--json")
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout)


@pytest.mark.parametrize("name", ["all.csv", "all.xlsx"])
def test_an_export_loaded_again_changes_nothing(home: Path, name: str) -> None:
    assert (
        run("merge", "STC", "SXD", "--into", "STX", "--name", "Sở Tài chính và Xây dựng", *ACT).exit_code == 0
    )
    file = home / name
    assert run("export", str(file)).exit_code == 0
    told = document("load", str(file), "--preview")
    assert (told["changes"], told["rejected"], told["changed"], told["added"]) == ([], [], 0, 0)
    assert document("load", str(file)) == {"added": 0, "changed": 0, "unchanged": 124, "missing": []}


def test_a_preview_shows_what_changes_and_every_reason_and_writes_nothing(home: Path) -> None:
    file = home / "units.csv"
    text = file.read_text(encoding="utf-8").replace("Sở Nội vụ", "Sở Nội vụ mới")
    file.write_text(text, encoding="utf-8")
    shown = run("load", str(file), "--preview")
    assert shown.exit_code == 0
    assert "SNV  Sở Nội vụ mới: tên mới: Sở Nội vụ → Sở Nội vụ mới" in shown.stdout
    file.write_text(text.replace("X62,", "X61,").replace("SXD,", ","), encoding="utf-8")
    refused = run("load", str(file), "--preview", "--json")
    assert refused.exit_code == 2
    told = json.loads(refused.stdout)
    assert [row["reason"] for row in told["rejected"]] == [
        "code is empty", "the code 'X61' is already used in line 123 for the same days",
    ]  # fmt: skip
    assert [change["what"] for change in told["changes"]] == ["renamed"]
    assert document("show", "SNV")["periods"][0]["name"] == "Sở Nội vụ"


def test_a_merger_is_previewed_done_and_told(home: Path) -> None:
    asked = ("merge", "STC", "SXD", "--into", "STX", "--name", "Sở Tài chính và Xây dựng", *ACT)
    foreseen = document(*asked, "--preview")
    assert foreseen["ended"] == ["STC", "SXD"]
    assert {"group": "departments", "before": 16, "after": 15} in foreseen["groups"]
    assert [each["kind"] for each in document("history")] == ["load"]
    done = document(*asked)
    assert done["changes"] == foreseen["changes"]
    told = document("show", "STC")
    assert (told["successors"], told["periods"][0]["valid_to"]) == (["STX"], "2026-06-30")
    assert told["history"][0]["source"] == "Nghị quyết 1/NQ-HĐND"
    assert document("show", "STX")["predecessors"] == ["STC", "SXD"]
    assert "Sở Tài chính và Xây dựng" in run("list", "--search", "tai chinh va").stdout
    assert "Hợp nhất" in run("history").stdout


def test_the_other_acts(home: Path) -> None:
    assert document("rename", "SYT", "Sở Y tế và Dân số", *ACT)["changes"][0]["what"] == "renamed"
    ward = document("change-kind", "X62", "ward", "--name", "UBND phường Sáu Hai", *ACT)
    assert {change["what"] for change in ward["changes"]} == {"renamed", "kind_changed"}
    parts = document("split", "STC", "--into", "ST1=Sở Ngân sách", "--into", "ST2=Sở Kế hoạch", *ACT)
    assert parts["ended"] == ["STC"]
    assert document("close", "X61", *ACT)["ended"] == ["X61"]
    assert document("follow") == []


def test_what_cannot_be_is_refused(home: Path) -> None:
    refused = run("merge", "STC", "KHÔNG", "--into", "SNV", *ACT, "--json")
    assert refused.exit_code == 2
    assert json.loads(refused.stdout)["error"]["code"] == "unit_act_refused"
    assert run("merge", "STC", "SXD", "--into", "STX", *ACT).exit_code == 2
    assert run("split", "STC", "--into", "ST1", *ACT).exit_code == 2
    assert run("show", "KHÔNG").exit_code == 2
    assert run("follow", "--keep", "--withdraw").exit_code == 2
    assert run("follow", "--keep", "--reason", "x").exit_code == 2


def test_groups_are_kept_and_recognised(home: Path) -> None:
    why = ("--source", "Quyết định 5", "--reason", "Theo dõi riêng")
    asked = ("groups", "set", "TD", "Đơn vị trọng điểm", "--unit", "SNV", "--wording", "đơn vị điểm")
    assert run(*asked, "--from", "2026-01-01", *why).exit_code == 0
    (group,) = document("groups", "list")
    assert (group["members"], group["wordings"], group["valid_to"]) == (["SNV"], ["đơn vị điểm"], None)
    assert run("groups", "end", "TD", "--last-day", "2026-06-30", *why).exit_code == 0
    assert "01/01/2026 – 30/06/2026" in run("groups", "list").stdout
    assert run(*asked, "--unit", "X", "--from", "2026-01-01", *why).exit_code == 2
