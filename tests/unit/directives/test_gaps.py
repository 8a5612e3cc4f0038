"""What keeps a directive from the units: the 6 rõ check of what is read or set."""

from datetime import date
from typing import Any

import orjson
import pytest

from engine.ids import new_id
from processes.calendar.working_days import WorkingCalendar
from processes.directives.clarity import Aspect
from processes.directives.gaps import Gap, clarity_of, gaps_of
from processes.documents.tables import Directive
from processes.samples import sample_registry
from processes.units.registry import UnitRegistry
from processes.units.units_csv import read_units_csv

REGISTRY = UnitRegistry(read_units_csv(sample_registry()))
DAY = date(2026, 8, 3)
DEADLINE = {"kind": "date", "date": "2026-09-30", "text": "trước ngày 30/9/2026"}
TEXT = "Rà soát thủ tục hành chính."


def directive(text: str = TEXT, deadline: dict[str, Any] | None = DEADLINE, **columns: Any) -> Directive:
    values = {"leads": '["STC"]', "coordinating_units": "[]", "lead_text": "STC", "products": ["Báo cáo"]}
    return Directive(
        id=new_id(),
        document_id=new_id(),
        ordinal="1",
        position=1,
        text=text,
        summary=text,
        deadline=None if deadline is None else orjson.dumps(deadline).decode(),
        **(values | columns),
    )


def gaps(of: Directive) -> dict[Gap, str | None]:
    return {found.gap: found.detail for found in gaps_of(of, REGISTRY, on=DAY)}


def test_a_directive_with_all_four_has_no_gap() -> None:
    assert gaps(directive()) == {}


@pytest.mark.parametrize(
    ("of", "gap", "detail"),
    [
        (directive(text="  "), Gap.WORK, None),
        (directive(leads='["Sở Phép thuật"]'), Gap.LEAD, "Sở Phép thuật"),
        (directive(leads="[]"), Gap.LEAD, None),
        (directive(set_leads={"include": ["STC"], "except": ["STC"]}), Gap.LEAD, None),
        (directive(set_leads={"include": [], "except": []}, set_person="Ông An"), Gap.LEAD, None),
        (directive(deadline=None), Gap.TIME, None),
        (directive(text="Khẩn trương rà soát.", deadline=None), Gap.TIME, "Khẩn trương"),
        (directive(deadline={"kind": "periodic", "date": None, "text": "định kỳ"}), Gap.TIME, None),
        (directive(products=None), Gap.RESULT, None),
    ],
)
def test_a_gap_is_named_with_the_words_that_are_the_matter(
    of: Directive, gap: Gap, detail: str | None
) -> None:
    found = gaps(of)
    assert set(found) == {gap}
    if detail is not None:
        assert found[gap] == detail


@pytest.mark.parametrize(
    "columns",
    [
        {"set_deadline": {"kind": "date", "date": "2026-10-01"}},
        {"set_deadline": {"kind": "working_days", "days": 10}},
        {"set_deadline": {"kind": "ongoing"}},
        {"set_nature": "continuous"},
        {"set_nature": "waits_for_event"},
        {"nature": "one-off readiness, waits for 2 future documents"},
    ],
)
def test_what_is_set_closes_the_gap_of_time(columns: dict[str, Any]) -> None:
    assert gaps(directive(deadline=None, **columns)) == {}


def test_a_period_closes_the_gap_of_what_is_periodic() -> None:
    periodic = {"kind": "periodic", "date": None, "text": "định kỳ"}
    assert gaps(directive(deadline=periodic, set_reporting_period="month")) == {}
    assert set(gaps(directive(deadline=periodic, set_reporting_period="none"))) == {Gap.TIME}


@pytest.mark.parametrize("kind", ["upon_event", "see_children"])
def test_an_event_or_the_parts_set_the_time(kind: str) -> None:
    assert gaps(directive(deadline={"kind": kind, "date": None, "text": "sau khi có hướng dẫn"})) == {}


@pytest.mark.parametrize(
    "columns",
    [
        {},
        {"deadline": None},
        {"products": None, "deadline": {"kind": "upon_event", "date": None, "text": "khi có hướng dẫn"}},
        {"deadline": None, "set_reporting_period": "month"},
        {"leads": '["Sở Phép thuật"]', "text": "Tăng cường."},
    ],
)
def test_the_whole_check_and_the_gaps_hold_up_the_same(columns: dict[str, Any]) -> None:
    one = directive(**columns)
    clarity = clarity_of(one, REGISTRY, on=DAY, calendar=WorkingCalendar({}))
    assert [each.gap.value for each in gaps_of(one, REGISTRY, on=DAY)] == [
        aspect.value for aspect in clarity.blocking
    ]


def test_an_override_stays_in_sight() -> None:
    overrides = {"result": {"reason": "Nêu ở kế hoạch.", "by": "u:lan", "at": "2026-08-03T00:00:00.000000Z"}}
    (found,) = gaps_of(directive(products=None, overrides=overrides), REGISTRY, on=DAY)
    assert (found.gap, found.reason, found.is_open) == (Gap.RESULT, "Nêu ở kế hoạch.", False)


def test_the_whole_check_proposes_what_to_set() -> None:
    clarity = clarity_of(
        directive(deadline=None, products=None), REGISTRY, on=DAY, calendar=WorkingCalendar({})
    )
    time = clarity.of(Aspect.TIME)
    assert time is not None
    assert time.proposal["source"] == "set"
    assert clarity.blocking == (Aspect.TIME, Aspect.RESULT)
