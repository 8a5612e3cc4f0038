"""The decision tables of the assignment process: classification (DOMAIN §7.9 D1) and escalation (§7.3, D3)."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import SpiffWorkflow
from lxml import etree

from engine.dmn import DecisionResult, load_decisions
from engine.feel import compile_expression, compile_unary_tests
from processes.assignments.handlers import ESCALATION_READERS
from processes.assignments.status import FINISHED, Lifecycle

FOLDER = Path(__file__).resolve().parents[3] / "bpmn" / "assignment" / "decisions"
FILES = sorted(FOLDER.glob("*.dmn"))
SCHEMA = Path(SpiffWorkflow.__file__).parent / "dmn" / "parser" / "schema" / "DMN13.xsd"
NS = {
    "dmn": "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "dmndi": "https://www.omg.org/spec/DMN/20191111/DMNDI/",
}
NOW = datetime(2026, 8, 14, 2, tzinfo=UTC)
UNFINISHED = sorted(set(Lifecycle) - FINISHED)
#: Kinds of unit in the registry, besides the one that answers to a ministry.
CITY_KINDS = ["department", "agency", "ward", "commune"]


def evaluated(decision: str, variables: dict[str, Any]) -> DecisionResult:
    model = load_decisions((FOLDER / f"{decision}.dmn").read_bytes())
    return model.evaluate(decision, variables, now=NOW)


def classified(
    status: str, late: int | None, supplements: int = 0, left: int | None = None
) -> DecisionResult:
    return evaluated(
        "assignment_classification",
        {
            "status": status,
            "late_working_days": late,
            "supplement_count": supplements,
            "working_days_left": left,
        },
    )


def escalated(
    step: int, *, sent: int | None = None, urgency: str = "normal", kind: str = "ward"
) -> dict[str, Any]:
    variables = {"escalation_step": step, "urgency": urgency, "lead_unit_kind": kind}
    if sent is not None:
        variables["escalation_level"] = sent
    result = evaluated("escalation", variables).result
    assert isinstance(result, dict)
    return result


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_table_is_valid_against_the_schema_of_dmn_1_3(path: Path) -> None:
    etree.XMLSchema(etree.parse(SCHEMA)).assertValid(etree.parse(path))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_all_of_a_decision_model_is_drawn(path: Path) -> None:
    root = etree.parse(path).getroot()
    elements = root.xpath(
        "dmn:decision/@id | dmn:inputData/@id | //dmn:informationRequirement/@id", namespaces=NS
    )
    assert sorted(elements) == sorted(root.xpath("//dmndi:*/@dmnElementRef", namespaces=NS))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_table_uses_all_the_data_that_it_declares_and_no_other(path: Path) -> None:
    root = etree.parse(path).getroot()
    declared = set(root.xpath("//dmn:inputData/dmn:variable/@name", namespaces=NS))
    expressions = root.xpath("(//dmn:inputExpression | //dmn:outputEntry)/dmn:text/text()", namespaces=NS)
    used = {name for text in expressions for name in compile_expression(text).names}
    tests = root.xpath("//dmn:inputEntry/dmn:text/text()", namespaces=NS)
    used |= {name for text in tests for name in compile_unary_tests(text).names}
    assert used == declared


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_holds_the_decision_that_it_is_named_after(path: Path) -> None:
    assert list(load_decisions(path.read_bytes()).decisions) == [path.stem]


# D1


@pytest.mark.parametrize(
    ("status", "late"), [("thu_hoi", None), ("thu_hoi", 3), ("khong_thoi_han", None), ("hoan_thanh", None)]
)
def test_7_9_D1_row_1_withdrawn_or_without_a_deadline_is_not_rated(status: str, late: int | None) -> None:
    result = classified(status, late)
    assert result.matched_rules == (1,)
    assert result.result == {"label": "không xếp loại", "points": None, "outcome": "unrated"}


@pytest.mark.parametrize("late", [0, -1, -12])
def test_7_9_D1_row_2_in_time_without_supplement_is_good(late: int) -> None:
    result = classified("hoan_thanh", late)
    assert result.matched_rules == (2,)
    assert result.result == {"label": "Hoàn thành tốt, đúng hạn", "points": 100, "outcome": "good"}


@pytest.mark.parametrize(("supplements", "points"), [(1, 75), (2, 50), (3, 50), (9, 50)])
def test_7_9_D1_row_3_each_supplement_costs_25_points_down_to_50(supplements: int, points: int) -> None:
    result = classified("hoan_thanh", 0, supplements)
    assert result.matched_rules == (3,)
    assert result.result == {
        "label": "Hoàn thành đúng hạn, có bổ sung",
        "points": points,
        "outcome": "supplemented",
    }


@pytest.mark.parametrize("supplements", [0, 2])
@pytest.mark.parametrize("late", [1, 5])
def test_7_9_D1_row_4_up_to_five_days_late_is_level_1(late: int, supplements: int) -> None:
    result = classified("hoan_thanh", late, supplements)
    assert result.matched_rules == (4,)
    assert result.result == {"label": "Hoàn thành quá hạn (mức 1)", "points": 75, "outcome": "late"}


@pytest.mark.parametrize("supplements", [0, 2])
@pytest.mark.parametrize("late", [6, 40])
def test_7_9_D1_row_5_more_than_five_days_late_is_level_2(late: int, supplements: int) -> None:
    result = classified("hoan_thanh", late, supplements)
    assert result.matched_rules == (5,)
    assert result.result == {"label": "Hoàn thành quá hạn (mức 2)", "points": 50, "outcome": "late_serious"}


@pytest.mark.parametrize("status", UNFINISHED)
@pytest.mark.parametrize(
    ("late", "left", "row", "label", "points"),
    [
        (-6, 6, 6, "Đang thực hiện trong hạn", None),
        (-5, 5, 7, "Sắp đến hạn", None),
        (0, 0, 7, "Sắp đến hạn", None),
        (1, -1, 8, "Quá hạn chưa hoàn thành", 0),
        (30, -30, 8, "Quá hạn chưa hoàn thành", 0),
    ],
)
def test_7_9_D1_rows_6_to_8_unfinished_work_stays_open(
    status: str, late: int, left: int, row: int, label: str, points: int | None
) -> None:
    result = classified(status, late, left=left)
    assert result.matched_rules == (row,)
    assert result.result == {"label": label, "points": points, "outcome": "open"}


def test_7_9_D1_finds_a_class_for_every_state_and_lateness() -> None:
    missing = [
        (status, late, supplements)
        for status in Lifecycle
        for late in (None, *range(-8, 9))
        for supplements in (0, 1, 3)
        if classified(status, late, supplements, None if late is None else -late).result is None
    ]
    assert missing == []


# D3


@pytest.mark.parametrize(
    ("step", "recipients", "document"),
    [
        (1, ["head", "monitor"], "Cảnh báo quá hạn"),
        (2, ["head", "monitor"], "Công văn đôn đốc lần 1, trả lời trong 3 ngày làm việc"),
        (3, ["head", "office", "leader"], "Công văn đôn đốc lần 2, báo cáo lãnh đạo"),
        (4, ["head", "monitor", "leader"], "Đề xuất xem xét trách nhiệm"),
    ],
)
@pytest.mark.parametrize("kind", CITY_KINDS)
def test_7_3_D3_each_step_is_sent_to_those_who_must_act(
    step: int, recipients: list[str], document: str, kind: str
) -> None:
    assert escalated(step, kind=kind) == {"level": step, "recipients": recipients, "document": document}


def test_7_3_D3_an_express_document_wants_its_answer_in_half_the_time() -> None:
    assert escalated(2, urgency="express")["document"] == (
        "Công văn đôn đốc lần 1, trả lời trong 1,5 ngày làm việc"
    )
    assert escalated(2, urgency="urgent") == escalated(2, urgency="normal")


def test_7_9_D6_a_vertical_agency_is_only_recommended_to_its_own_superior() -> None:
    assert escalated(4, kind="vertical") == {
        "level": 4,
        "recipients": ["head", "monitor", "leader"],
        "document": "Kiến nghị cơ quan quản lý ngành dọc",
    }


@pytest.mark.parametrize(("step", "sent"), [(1, 1), (1, 3), (3, 3), (4, 4)])
def test_7_3_D3_a_level_that_was_sent_is_not_sent_again(step: int, sent: int) -> None:
    assert escalated(step, sent=sent) == {"level": 0, "recipients": [], "document": "Không đôn đốc"}


@pytest.mark.parametrize(("step", "sent"), [(1, 0), (2, 1), (4, 2)])
def test_7_3_D3_a_higher_level_follows_a_lower_one(step: int, sent: int) -> None:
    assert escalated(step, sent=sent)["level"] == step


@pytest.mark.parametrize("step", [0, 5])
def test_7_3_D3_a_step_that_the_ladder_does_not_have_is_sent_to_nobody(step: int) -> None:
    assert escalated(step) == {"level": 0, "recipients": [], "document": "Không đôn đốc"}


@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_7_3_D3_names_only_recipients_that_can_be_reached(step: int) -> None:
    for kind in ("ward", "vertical"):
        assert set(escalated(step, kind=kind)["recipients"]) <= set(ESCALATION_READERS)
