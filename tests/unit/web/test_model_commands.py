"""``sauro feel`` and ``sauro decisions``, run within the process."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from web.cli import main

MODEL = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="m" namespace="m">
<decision id="level" name="Mức nhắc">
  <informationRequirement><requiredDecision href="#days"/></informationRequirement>
  <decisionTable id="dt" hitPolicy="FIRST">
    <input label="Ngày"><inputExpression><text>days</text></inputExpression></input>
    <output name="level"/>
    <rule id="r1"><description>sắp hết hạn</description>
      <inputEntry><text>&lt; 3</text></inputEntry><outputEntry><text>"gấp"</text></outputEntry></rule>
    <rule id="r2"><inputEntry><text>-</text></inputEntry><outputEntry><text>"thường"</text></outputEntry></rule>
  </decisionTable>
</decision>
<decision id="days" name="Days"><literalExpression><text>left + 1</text></literalExpression></decision>
</definitions>"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "m.dmn"
    path.write_text(MODEL, encoding="utf-8")
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def document(result: Result) -> Any:
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_value_is_printed_as_feel_writes_it() -> None:
    result = run("feel", "eval", "= x + 0.1", "--context", '{"x": 0.2000000000000000000000000001}')
    assert (result.exit_code, result.stdout) == (0, "0.3000000000000000000000000001\n")


def test_value_is_one_json_document_with_what_nobody_offers() -> None:
    assert document(run("feel", "eval", "due(a b, z)", "--context", '{"a b": 1}', "--json")) == {
        "value": None,
        "type": "Null",
        "unresolved": {"functions": ["due"], "variables": ["z"]},
    }


def test_explanation_shows_every_part() -> None:
    shown = run("feel", "eval", "x + 1 > 2", "--context", '{"x": 1}', "--explain")
    assert [line.strip("│├└─ ") for line in shown.stdout.splitlines()] == [
        "x + 1 > 2  →  false",
        "x + 1  →  2",
        "x  →  1",
        "1  →  1",
        "2  →  2",
    ]
    explanation = document(run("feel", "eval", "[1][1]", "--explain", "--json"))["explanation"]
    assert (explanation["text"], explanation["value"]) == ("[1][1]", 1)


def test_context_is_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "c.json").write_text('{"x": "Đ"}', encoding="utf-8")
    assert run("feel", "eval", "x", "--context", f"@{tmp_path / 'c.json'}").stdout == '"Đ"\n'


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("1 +",), "go on"),
        (("a b",), "there is no name 'a b' \\(line 1, character 3\\)"),
        (("for i in 1..999999999 return i",), "at most"),
        (("1", "--context", "{"), "line 1, column"),
        (("1", "--context", "[1]"), "JSON object"),
        (("1", "--context", '{"x": NaN}'), "NaN"),
        (("1", "--context", "[" * 100_000), "JSON"),
        (("1", "--context", "@/nowhere/c.json"), "cannot be read"),
        (("10 ** 400", "--json"), "JSON can carry"),
    ],
)
def test_bad_expression_or_context_is_refused(arguments: tuple[str, ...], words: str) -> None:
    result = run("feel", "eval", *arguments)
    assert result.exit_code == 2
    assert re.search(words, result.stderr)
    if "--json" not in arguments:
        assert result.stdout == ""


def test_a_refusal_is_the_one_json_document(tmp_path: Path) -> None:
    for arguments, code, words in (
        (("feel", "eval", "1 +", "--json"), "bad_input", "go on"),
        (("feel", "eval", "--json", "10 ** 400"), "bad_input", "JSON can carry"),
        (("decisions", "evaluate", tmp_path / "lost.dmn", "--json"), "usage", "lost.dmn"),
        (("decisions", "tck", tmp_path, "--json"), "bad_input", "there are none"),
        (("feel", "eval", "--json"), "usage", "EXPRESSION"),
    ):
        result = run(*arguments)
        assert result.exit_code == 2
        told = json.loads(result.stdout)
        assert (told["ok"], told["error"]["code"]) == (False, code)
        assert words in told["error"]["message"]
        assert words in result.stderr
    assert run("feel", "eval", "--", "--json").stdout == "null\n", "an expression, no option"


def test_decision_is_made_with_its_rules(model: Path) -> None:
    made = document(
        run("decisions", "evaluate", model, "--decision", "level", "--input", '{"left": 1}', "--json")
    )
    assert (made["result"], made["matched_rules"], made["inputs"]) == ("gấp", [1], {"Ngày": 2})
    assert made["rules"] == [
        {"number": 1, "id": "r1", "outputs": {"level": "gấp"}, "annotations": ["sắp hết hạn"]}
    ]
    assert [(each["decision_id"], each["result"]) for each in made["required"]] == [("days", 2)]


def test_decision_is_shown_to_a_person(model: Path) -> None:
    shown = run("decisions", "evaluate", model, "--decision", "level", "--input", '{"left": 9}').stdout
    assert "Days  =  10" in shown
    assert 'Mức nhắc  =  "thường"' in shown
    assert 'level = "thường"' in shown


def test_unknown_decision_and_foreign_file_are_refused(model: Path, tmp_path: Path) -> None:
    unknown = run("decisions", "evaluate", model, "--decision", "lost")
    assert (unknown.exit_code, unknown.stdout) == (2, "")
    assert "there are: level, days" in unknown.stderr
    foreign = tmp_path / "x" / "f.dmn"
    foreign.parent.mkdir()
    foreign.write_text("<a/>")
    refused = run("decisions", "evaluate", foreign, "--decision", "x")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "DMN" in refused.stderr


CASES = """<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <modelName>m.dmn</modelName>
  <testCase id="1"><inputNode name="left"><value xsi:type="xsd:decimal">2</value></inputNode>
    <resultNode name="Days"><expected><value xsi:type="xsd:decimal">3</value></expected></resultNode>
    <resultNode name="Mức nhắc"><expected><value xsi:type="xsd:string">gấp</value></expected></resultNode>
  </testCase></testCases>"""


def test_kit_counts_what_passes(model: Path) -> None:
    (model.parent / "m-test-01.xml").write_text(CASES, encoding="utf-8")
    result = run("decisions", "tck", model.parent, "--json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert (told["passed"], told["failed"]) == (1, 1)
    assert told["failures"][0]["name"].endswith("/1/Mức nhắc")
    assert run("decisions", "tck", model.parent).stdout.endswith("1 passed, 1 failed\n")


def test_folder_without_cases_is_refused(tmp_path: Path) -> None:
    assert run("decisions", "tck", tmp_path).exit_code == 2


def test_expressions_and_decisions_may_ask_the_calendar(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAURO_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SAURO_DATABASE_URL", raising=False)
    asked = "add working days(date(day), 2)"
    context = json.dumps({"day": "2026-08-28"})
    # 31 August to 2 September are days off (DOMAIN §4)
    answer = document(run("feel", "eval", asked, "--context", context, "--json"))
    assert answer["value"] == "2026-09-04"
    assert answer["unresolved"] == {"functions": [], "variables": []}
    path = tmp_path / "m.dmn"
    path.write_text(MODEL.replace("left + 1", f"if {asked} = null then 9 else 1"), encoding="utf-8")
    decided = document(
        run("decisions", "evaluate", path, "--decision", "level", "--input", context, "--json")
    )
    assert decided["result"] == "gấp"
