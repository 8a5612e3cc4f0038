"""Runs the cases of the public DMN TCK that lie beside the checkout, where they do."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.dmn.tck import CaseResult, run_cases

TCK = Path(__file__).resolve().parents[4] / "shared" / "tck"
NOW = datetime(2026, 8, 14, 9, tzinfo=UTC)
LEVELS = {"compliance-level-2": 126, "compliance-level-3": 1874}

#: Cases that do not pass, each with the reason; functions in Java would be among them.
EXCEPTED: dict[str, str] = {}


def reasons(results: list[CaseResult]) -> dict[str, str]:
    return {result.case.name: result.reason for result in results if result.reason is not None}


@pytest.mark.skipif(not TCK.is_dir(), reason="the DMN TCK does not lie beside the checkout")
@pytest.mark.parametrize("level", LEVELS)
def test_every_case_passes_but_those_excepted_by_name(level: str) -> None:
    results = list(run_cases(TCK / level, now=NOW))
    failing = reasons(results)
    assert {name: why for name, why in failing.items() if name not in EXCEPTED} == {}
    assert len(results) >= LEVELS[level]
    repeated = [name for name, times in Counter(result.case.name for result in results).items() if times > 1]
    assert repeated == []


CASES = """<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <modelName>m.dmn</modelName>
  <testCase id="1"><inputNode name="x"><value xsi:type="xsd:decimal">2</value></inputNode>
    <resultNode name="Double"><expected><value xsi:type="xsd:decimal">4</value></expected></resultNode>
    <resultNode name="Lost" errorResult="true"/></testCase>
  <testCase id="2">
    <resultNode name="Double"><expected><value xsi:type="xsd:decimal">4</value></expected></resultNode>
  </testCase>
</testCases>"""
MODEL = """<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="m" namespace="m">
  <decision id="d" name="Double"><literalExpression><text>2 * x</text></literalExpression></decision>
</definitions>"""


def test_runner_tells_passed_from_failed(tmp_path: Path) -> None:
    (tmp_path / "0001-double").mkdir()
    (tmp_path / "0001-double" / "m-test-01.xml").write_text(CASES)
    (tmp_path / "0001-double" / "m.dmn").write_text(MODEL)
    results = list(run_cases(tmp_path, now=NOW))
    assert [result.case.name for result in results] == [
        "0001-double/1/Double",
        "0001-double/1/Lost",
        "0001-double/2/Double",
    ]
    assert reasons(results) == {"0001-double/2/Double": "expected Decimal('4'), but got None"}


def test_model_that_is_missing_fails_its_cases(tmp_path: Path) -> None:
    (tmp_path / "m-test-01.xml").write_text(CASES)
    assert len(reasons(list(run_cases(tmp_path, now=NOW)))) == 3
