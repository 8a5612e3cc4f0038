"""A letter on its way from draft to amendment, by the commands alone."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from processes.samples import sample_registry
from web.cli import main

LETTER = """
Số: 12/UBND-TH
Đồng Nai, ngày 3 tháng 8 năm 2026

V/v rà soát thủ tục hành chính

Kính gửi: Sở Tài chính; Sở Xây dựng.

Chủ tịch UBND thành phố yêu cầu các đơn vị thực hiện:

1. Rà soát thủ tục hành chính thuộc phạm vi quản lý.

2. Rà soát, xác định các điểm nghẽn, nút thắt trong giải quyết công việc.
Rà soát kết quả cải cách hành chính và lập kế hoạch nâng cao các tiêu chí.

3. Nghiên cứu “Đề án cải cách hành chính giai đoạn 2026 – 2030” dự kiến ban hành để chuẩn bị điều kiện thực hiện.

Yêu cầu Thủ trưởng các đơn vị nghiêm túc thực hiện./.

Nơi nhận:
- Như trên;
- Lưu: VT, TH.

KT. CHỦ TỊCH
PHÓ CHỦ TỊCH
Trần Văn Minh
""".strip()


@pytest.fixture
def letter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A letter as a file, in an installation with a registry."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("SAURO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SAURO_DATABASE_URL", f"sqlite:///{tmp_path / 'home' / 'drafts.db'}")
    units, file = tmp_path / "units.csv", tmp_path / "letter.txt"
    units.write_bytes(sample_registry())
    file.write_text(LETTER)
    assert CliRunner().invoke(main, ["units", "load", str(units)]).exit_code == 0
    return file


def ask(*arguments: object, status: int = 0) -> Any:
    result = CliRunner().invoke(main, ["letter", *map(str, arguments), "--json"])
    assert result.exit_code == status, result.output
    return json.loads(result.stdout)


def refused(*arguments: object) -> str:
    return str(ask(*arguments, status=2)["error"]["code"])


def given(shown: Any) -> list[str]:
    return [each["ordinal"] for each in shown["directives"] if each["state"] == "active"]


def test_a_letter_is_drafted_edited_and_submitted(letter: Path) -> None:
    kept = ask("draft", letter)
    key = kept["id"]
    assert (kept["state"], given(kept)) == ("draft", ["1", "2", "3"])
    assert ask("draft", letter)["version"] == kept["version"]
    again = ask("draft", letter, "--again")
    assert (again["id"], again["version"] > kept["version"], given(again)) == (key, True, ["1", "2", "3"])
    assert refused("submit", key) == "directives_unclear"
    assert given(ask("split", key, "2")) == ["1", "2.1", "2.2", "3"]
    assert refused("draft", letter, "--again") == "document_state_wrong"
    assert given(ask("restore", key, "2")) == ["1", "2", "3"]
    assert given(ask("merge", key, "1", "2")) == ["1+2", "3"]
    assert given(ask("restore", key, "1")) == ["1", "2", "3"]
    assert given(ask("add", key, "--text", "Báo cáo.", "--lead", "SNV")) == ["1", "2", "3", "4"]
    assert given(ask("drop", key, "4", "--reason", "Trùng")) == ["1", "2", "3"]
    ask("set", key, "1", "--lead", "STC", "--product", "Báo cáo", "--deadline", "10d", "--report", "month")
    ask("set", key, "2", "--product", "Kế hoạch", "--deadline", "ongoing")
    assert refused("set", key, "2", "--deadline", "soon") == "draft_invalid"
    assert refused("set", key, "--product", "x") == "usage"
    assert refused("set", key) == "usage"
    ask("override", key, "3", "result", "--reason", "Chưa xác định được.")
    shown = ask("set", key, "--subject", "V/v rà soát", "--number", "12")
    assert (shown["subject"], shown["number"]) == ("V/v rà soát", "12/UBND-TH")
    assert ask("submit", "12/UBND-TH", "--note", "Đề nghị duyệt")["state"] == "in_review"
    # whoever sits at the machine has submitted it; somebody else has to approve
    assert refused("approve", key) == "four_eyes_required"
    assert refused("issue", key) == "document_state_wrong"
    assert [each["id"] for each in ask("list", "--state", "in_review")] == [key]
    assert ask("withdraw", key, "--reason", "Không cần nữa")["total"] == 0
    assert refused("reopen", key, "--reason", "Xem lại") == "document_state_wrong"


def test_an_operators_own_letter_is_undone_amended_linked_and_withdrawn(letter: Path) -> None:
    key = ask("draft", letter)["id"]
    issue = ("issue", letter, "--number", "12", "--date", "2026-08-03")
    preview = ask(*issue, "--preview")
    assert len(preview["cells"]) == 6
    assert {cell["deadline_rule"] for cell in preview["cells"] if cell["ordinal"] == "3"} == {"upon_event"}
    assert ask(*issue)["started"] == 6
    assert ask(*issue)["already_started"] == 6
    assert ask("undo", key, "--reason", "Giao nhầm")["cancelled"] == 6
    assert ask("show", key)["issue_round"] == 2
    assert ask(*issue)["started"] == 6
    amended = ask("amend", key, "1", "--deadline", "20d", "--reason", "Theo kết luận")
    assert (amended["total"], amended["reached"]) == (2, 2)
    arrived = letter.with_name("de-an.txt")
    arrived.write_text(LETTER.replace("12/UBND-TH", "99/UBND-TH"))
    ask("draft", arrived)
    assert ask("link", key, "3", "99/UBND-TH")["reached"] == 2
    assert ask("withdraw", key, "1", "--reason", "Thay thế")["reached"] == 2
    assert refused("show", "98/UBND-TH") == "not_found"
    assert refused("amend", key, "9", "--deadline", "20d", "--reason", "x") == "not_found"


def test_a_letter_that_directs_nothing_is_answered_for(letter: Path) -> None:
    key = ask("draft", letter)["id"]
    for ordinal in ("1", "2", "3"):
        ask("drop", key, ordinal, "--reason", "Chỉ để biết")
    assert refused("submit", key) == "warning_unanswered"
    assert ask("none", key, "--reason", "Chỉ để biết")["state"] == "no_directive"
    shown = CliRunner().invoke(main, ["letter", "show", key])
    assert "no_directive_confirmed" in shown.output
