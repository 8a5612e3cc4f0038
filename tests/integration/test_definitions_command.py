"""``sauro definitions``: an analyst checks and deploys what Camunda Modeler wrote."""

import json
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.drawing import end, flows, model, node, start, user_task
from web.cli import main


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty installation and a folder for files."""
    monkeypatch.setenv("SAURO_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SAURO_DATABASE_URL", raising=False)
    return tmp_path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["definitions", *map(str, arguments)])


def write(folder: Path, name: str, content: bytes) -> Path:
    (folder / name).write_bytes(content)
    return folder / name


SOUND = model(start(), user_task("work"), end(), flows("begin", "work", "finish"), process="sound")


def test_the_products_own_models_are_sound(folder: Path) -> None:
    files = sorted(Path("bpmn").glob("*/*.bpmn")) + sorted(Path("bpmn").glob("*/*/*.*"))
    result = run("lint", *files)
    assert result.exit_code == 0, result.output
    assert "0 errors" in result.output


def test_every_problem_is_named_with_file_element_reason_and_advice(folder: Path) -> None:
    wrong = model(
        start(),
        node("complexGateway", "any"),
        node("serviceTask", "send", '<zeebe:taskDefinition type="telepathy"/>'),
        node("callActivity", "call", '<zeebe:calledElement processId="nowhere"/>'),
        end(),
        flows("begin", "any", "send", "call", "finish"),
    )
    result = run("lint", "--json", write(folder, "wrong.bpmn", wrong), write(folder, "sound.bpmn", SOUND))
    assert result.exit_code == 2
    answer = json.loads(result.stdout)
    assert answer["ok"] is False
    found = {problem["element_id"]: problem for problem in answer["problems"]}
    assert {"any", "send", "call"} <= found.keys()
    assert {problem["file"] for problem in answer["problems"]} == {"wrong.bpmn"}
    assert "telepathy" in found["send"]["reason"]
    assert all(problem["advice"] for problem in answer["problems"])


TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">
<decision id="grade" name="grade"><variable name="grade"/><decisionTable id="table" hitPolicy="UNIQUE">
<input id="i"><inputExpression typeRef="number"><text>score</text></inputExpression></input>
<output id="o" name="grade"/>
<rule id="r1"><inputEntry id="a"><text>{0}</text></inputEntry>
<outputEntry id="b"><text>1</text></outputEntry></rule>
<rule id="r2"><inputEntry id="c"><text>{1}</text></inputEntry>
<outputEntry id="e"><text>2</text></outputEntry></rule>
</decisionTable></decision></definitions>"""

DECIDING = model(
    start(),
    node("businessRuleTask", "decide", '<zeebe:calledDecision decisionId="grade" resultVariable="grade"/>'),
    user_task("work"),
    end(),
    flows("begin", "decide", "work", "finish"),
    process="deciding",
)


def test_overlapping_rules_are_an_error_and_gaps_a_warning(folder: Path) -> None:
    process = write(folder, "deciding.bpmn", DECIDING)
    for rules, exit_code, severity, word in (
        (("&lt;= 3", "&gt;= 3"), 2, "error", "1, 2"),
        (("&lt; 3", "&gt; 3"), 0, "warning", "No rule matches where score = 3"),
    ):
        table = write(folder, "grade.dmn", TABLE.format(*rules).encode())
        result = run("lint", "--json", process, table)
        assert result.exit_code == exit_code
        (problem,) = json.loads(result.stdout)["problems"]
        assert (problem["severity"], problem["element_id"]) == (severity, "table")
        assert word in problem["reason"] or "1 and 2" in problem["reason"]
        assert run("deploy", process, table).exit_code == exit_code


def test_deploying_gives_versions_and_the_same_again_is_no_new_one(folder: Path) -> None:
    file = write(folder, "sound.bpmn", SOUND)
    (first,) = json.loads(run("deploy", "--json", file).stdout)
    assert (first["process_id"], first["version"], first["new"]) == ("sound", 1, True)
    (again,) = json.loads(run("deploy", "--json", file).stdout)
    assert (again["hash"], again["version"], again["new"]) == (first["hash"], 1, False)
    changed = write(folder, "sound.bpmn", SOUND.replace(b'name="work"', b'name="Work"'))
    (second,) = json.loads(run("deploy", "--json", changed).stdout)
    assert (second["version"], second["new"]) == (2, True)


def test_an_unrelated_file_beside_a_process_makes_no_new_version(folder: Path) -> None:
    file = write(folder, "sound.bpmn", SOUND)
    form = write(
        folder, "other.form", b'{"id": "other", "type": "default", "schemaVersion": 16, "components": []}'
    )
    (first,) = json.loads(run("deploy", "--json", file).stdout)
    (again,) = json.loads(run("deploy", "--json", file, form).stdout)
    assert again["hash"] == first["hash"]


def test_one_wrong_file_keeps_all_from_being_deployed(folder: Path) -> None:
    wrong = write(folder, "wrong.bpmn", b"<not-bpmn/>")
    result = run("deploy", write(folder, "sound.bpmn", SOUND), wrong)
    assert result.exit_code == 2
    assert "wrong.bpmn" in result.stderr
    assert result.stdout == ""
    told = json.loads(run("deploy", "--json", folder / "sound.bpmn", wrong).stdout)
    assert (told["ok"], told["error"]["code"]) == (False, "definition_refused")
    assert "wrong.bpmn" in told["error"]["problems"][0]
    (first,) = json.loads(run("deploy", "--json", folder / "sound.bpmn").stdout)
    assert first["new"] is True


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 1000,
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
        b"<a>" * 200_000,
        b'<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL">'
        + b'<bpmn:process id="p" isExecutable="true">' * 300
        + b"</bpmn:process>" * 300
        + b"</bpmn:definitions>",
        SOUND.replace(b"=[", b"=" + b"(" * 100_000 + b"["),
        SOUND.replace(b'name="work"', b'name="' + b"x" * 4_000_000 + b'"').replace(b"finish", b"f" * 500),
    ],
    ids=["empty", "zeros", "entity", "deep", "nested-processes", "deep-expression", "long-names"],
)
def test_a_hostile_file_costs_a_refusal(folder: Path, content: bytes) -> None:
    file = write(folder, "hostile.bpmn", content)
    begun = time.monotonic()
    result = run("lint", "--json", file)
    assert result.exit_code == 2, result.output
    assert json.loads(result.stdout)["problems"]
    assert time.monotonic() - begun < 20  # the check's own limit is not what ends it


def test_a_function_that_nobody_offers_is_an_error_of_the_decision_file(folder: Path) -> None:
    process = write(folder, "deciding.bpmn", DECIDING)
    table = write(folder, "grade.dmn", TABLE.format("&lt;= uper(3)", "&gt; 3").encode())
    result = run("lint", "--json", process, table)
    assert result.exit_code == 2
    (problem,) = json.loads(result.stdout)["problems"]
    assert (problem["file"], problem["element_id"]) == ("grade.dmn", "a")
    for part in ("'uper'", "'grade'", "'table'", "'<= uper(3)'"):
        assert part in problem["reason"]
    refused = run("deploy", process, table)
    assert refused.exit_code == 2
    assert "uper" in refused.stderr


def test_decisions_alone_are_checked_but_not_deployed(folder: Path) -> None:
    wrong = write(folder, "wrong.dmn", TABLE.format("&lt;= 3", "&gt;= 3").encode())
    result = run("lint", "--json", wrong)
    assert result.exit_code == 2
    (problem,) = json.loads(result.stdout)["problems"]
    assert (problem["file"], problem["element_id"]) == ("wrong.dmn", "table")
    sound = write(folder, "grade.dmn", TABLE.format("&lt;= 3", "&gt; 3").encode())
    assert run("lint", sound).exit_code == 0
    refused = run("deploy", sound)
    assert refused.exit_code == 2
    assert "at least one .bpmn" in refused.stderr
    assert "with the process that uses them" in refused.stderr


def test_a_form_that_cannot_be_used_is_named_itself_and_once(folder: Path) -> None:
    process = model(
        start(),
        user_task("work", extra='<zeebe:formDefinition formId="wanted"/>'),
        end(),
        flows("begin", "work", "finish"),
        process="filling",
    )
    form = {"id": "wanted", "type": "default", "schemaVersion": 16, "components": [{"type": "x", "id": "c"}]}
    files = (
        write(folder, "filling.bpmn", process),
        write(folder, "again.bpmn", process.replace(b'"filling"', b'"again"')),
        write(folder, "wanted.form", json.dumps(form).encode()),
    )
    (problem,) = json.loads(run("lint", "--json", *files).stdout)["problems"]
    assert (problem["file"], problem["element_id"]) == ("wanted.form", "c")


def test_decisions_that_cannot_be_used_are_named_themselves_and_once(folder: Path) -> None:
    process = write(folder, "deciding.bpmn", DECIDING)
    table = write(folder, "grade.dmn", TABLE.format("&lt;= (3", "&gt; 3").encode())
    (problem,) = json.loads(run("lint", "--json", process, table).stdout)["problems"]
    assert (problem["file"], problem["element_id"]) == ("grade.dmn", "a")
