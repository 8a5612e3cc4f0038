"""The 6 rõ check: clear, unclear with its words, or missing with a proposal; what keeps a task from activation."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from processes.calendar.working_days import WorkingCalendar
from processes.directives.clarity import (
    Aspect,
    Clarity,
    Facts,
    Finding,
    State,
    aspect_of,
    check_clarity,
)
from processes.directives.facts import facts_of, facts_of_draft
from processes.directives.products import products_in
from processes.documents.deadlines import deadline_of_cell, find_deadline
from processes.documents.reading.reader import read_letter
from processes.documents.tables import Directive
from processes.samples import sample_letter, sample_registry
from processes.units.registry import UnitRegistry
from processes.units.units_csv import read_units_csv

FRIDAY = date(2026, 8, 14)
CALENDAR = WorkingCalendar({})
COMPLETE: Mapping[str, Any] = {
    "text": "Ban hành kế hoạch kiểm tra; người đứng đầu chịu trách nhiệm.",
    "leads": ("Sở Nội vụ",),
    "coordinate": ("VPUB",),
    "deadline": {"kind": "date", "date": "2026-09-30"},
    "products": ("Kế hoạch kiểm tra",),
}


def check(**given: Any) -> Clarity:
    return check_clarity(Facts(**{**COMPLETE, **given}), issued_on=FRIDAY, calendar=CALENDAR)


def finding(aspect: Aspect, **given: Any) -> Finding:
    found = check(**given).of(aspect)
    assert found is not None
    return found


def quoted(found: Finding, text: str) -> list[str]:
    assert all(text[word.start : word.end] == word.text for word in found.words)
    return [word.text for word in found.words]


def test_a_complete_directive_is_clear_in_all_six() -> None:
    clarity = check()

    assert [each.state for each in clarity.findings] == [State.CLEAR] * 6
    assert (clarity.filled, clarity.score, clarity.can_be_activated) == (6, 1.0, True)


def test_an_empty_directive_misses_everything() -> None:
    clarity = check_clarity(Facts(text=""), calendar=CALENDAR)

    assert {each.state for each in clarity.findings} == {State.MISSING}
    assert (clarity.filled, clarity.can_be_activated) == (0, False)
    assert set(clarity.blocking) == {Aspect.WORK, Aspect.LEAD, Aspect.TIME, Aspect.RESULT}


@pytest.mark.parametrize(
    ("aspect", "text", "words"),
    [
        (
            Aspect.WORK,
            "Tăng cường, đẩy mạnh cải cách; chủ động làm việc.",
            ["Tăng cường", "đẩy mạnh", "chủ động"],
        ),
        (Aspect.TIME, "Khẩn trương rà soát, sớm báo cáo kịp thời.", ["Khẩn trương", "sớm", "kịp thời"]),
        (Aspect.TIME, "Báo cáo khi có yêu cầu, theo quy định.", ["khi có yêu cầu", "theo quy định"]),
        (
            Aspect.COORDINATE,
            "Phối hợp chặt chẽ với các đơn vị liên quan.",
            ["Phối hợp chặt chẽ", "các đơn vị liên quan"],
        ),
        (Aspect.RESPONSIBILITY, "Thực hiện theo chức năng, nhiệm vụ.", ["theo chức năng, nhiệm vụ"]),
        (Aspect.RESULT, "Rà soát hiệu quả, thiết thực.", ["hiệu quả", "thiết thực"]),
        (Aspect.LEAD, "Các sở, ngành có liên quan rà soát.", ["Các sở, ngành có liên quan"]),
    ],
)
def test_what_leaves_something_open_is_quoted_with_its_place(
    aspect: Aspect, text: str, words: list[str]
) -> None:
    found = finding(aspect, text=text, leads=(), coordinate=None, deadline=None, products=())

    assert found.state is State.UNCLEAR
    assert quoted(found, text) == words
    assert found.reason


def test_a_hurried_directive_with_a_day_is_clear_about_time() -> None:
    found = finding(Aspect.TIME, text="Khẩn trương ban hành kế hoạch.")

    assert (found.state, quoted(found, "Khẩn trương ban hành kế hoạch.")) == (State.CLEAR, ["Khẩn trương"])


@pytest.mark.parametrize(
    ("text", "urgency", "proposal"),
    [
        ("Rà soát.", "express", {"kind": "date", "date": "2026-08-18", "source": "set", "rule": "express"}),
        ("Khẩn trương rà soát.", "normal",
         {"kind": "date", "date": "2026-09-04", "source": "set", "rule": "hastened"}),
        ("Quán triệt.", "normal",
         {"kind": "date", "date": "2026-08-28", "source": "set", "rule": "dissemination"}),
        ("Rà soát.", "normal", {"kind": "date", "date": "2026-09-14", "source": "set", "rule": "otherwise"}),
    ],
)  # fmt: skip
def test_a_missing_deadline_is_proposed_by_d7_and_marked_as_set(
    text: str, urgency: str, proposal: dict[str, Any]
) -> None:
    assert finding(Aspect.TIME, text=text, urgency=urgency, deadline=None).proposal == proposal


def test_no_deadline_is_proposed_while_the_letter_has_no_day() -> None:
    found = check_clarity(Facts(text="Rà soát."), calendar=CALENDAR).of(Aspect.TIME)

    assert found is not None
    assert found.proposal is None


@pytest.mark.parametrize(
    ("cell", "state", "reason"),
    [
        ("30/9/2026", State.CLEAR, ""),
        ("Quý III/2026", State.CLEAR, ""),
        ("Thường xuyên", State.CLEAR, ""),
        ("Hằng tháng", State.CLEAR, ""),
        ("5 ngày làm việc", State.CLEAR, ""),
        ("Theo từng nhiệm vụ cụ thể", State.CLEAR, ""),
        ("Định kỳ", State.UNCLEAR, "no_period"),
        ("Theo tiến độ của Trung ương", State.UNCLEAR, "waits_for_event"),
        ("10 ngày làm việc sau khi Nghị quyết được thông qua", State.UNCLEAR, "waits_for_event"),
        ("-", State.MISSING, "not_said"),
    ],
)
def test_every_kind_of_deadline_is_judged(cell: str, state: State, reason: str) -> None:
    deadline = deadline_of_cell(cell, issued_on=FRIDAY).to_json()
    found = finding(Aspect.TIME, deadline=deadline)

    assert (found.state, found.reason) == (state, reason)


def test_a_day_without_a_year_is_unclear_while_the_year_is_not_known() -> None:
    deadline = find_deadline("trước 25/9")

    assert deadline is not None
    assert finding(Aspect.TIME, deadline=deadline.to_json()).reason == "no_day"


def test_a_missing_lead_is_proposed_to_be_the_addressees() -> None:
    found = finding(Aspect.LEAD, leads=(), addressees=("Các sở, ban, ngành",))

    assert (found.state, found.proposal) == (State.MISSING, ["Các sở, ban, ngành"])


def test_an_unknown_lead_is_quoted() -> None:
    text = "Giao Sở Du lịch rà soát."
    found = finding(Aspect.LEAD, text=text, leads=(), unknown_lead="Sở Du lịch")

    assert (found.state, found.reason, quoted(found, text)) == (State.UNCLEAR, "unknown_name", ["Sở Du lịch"])


def test_nobody_cooperating_is_clear_when_it_is_said() -> None:
    assert finding(Aspect.COORDINATE, coordinate=()).state is State.CLEAR
    assert finding(Aspect.COORDINATE, coordinate=None).state is State.MISSING


def test_what_a_person_settled_is_clear_whatever_the_text_leaves_open() -> None:
    text = "Phối hợp các đơn vị liên quan."
    settled = frozenset({Aspect.COORDINATE})

    assert finding(Aspect.COORDINATE, text=text).state is State.UNCLEAR
    assert finding(Aspect.COORDINATE, text=text, settled=settled).state is State.CLEAR


@pytest.mark.parametrize(
    ("text", "products"),
    [
        ("Ban hành kế hoạch của đơn vị gửi về Sở Nội vụ trước ngày 30/9.", ("Kế hoạch của đơn vị",)),
        (
            "Tham mưu UBND thành phố ban hành Quyết định giao chỉ tiêu; lập danh mục hồ sơ quá hạn.",
            ("Quyết định giao chỉ tiêu", "Danh mục hồ sơ quá hạn"),
        ),
        ("Rà soát quy trình.", ("Báo cáo kết quả rà soát",)),
        ("Nêu cao tinh thần.", ()),
    ],
)
def test_the_product_is_proposed_from_the_verbs(text: str, products: tuple[str, ...]) -> None:
    assert products_in(text) == products


def test_a_result_without_product_is_missing_and_has_always_a_proposal() -> None:
    found = finding(Aspect.RESULT, text="Nêu cao tinh thần.", products=())

    assert (found.state, found.proposal) == (State.MISSING, ["Báo cáo kết quả thực hiện, kèm minh chứng"])
    assert finding(Aspect.RESULT, products=(), indicators=("tỷ lệ đúng hạn",)).state is State.CLEAR


def test_the_labels_are_those_of_the_issuer_and_the_needed_four_are_checked_all_the_same() -> None:
    labels = (
        "rõ việc",
        "rõ người chịu trách nhiệm",
        "rõ nguồn lực/thẩm quyền",
        "rõ cơ chế kiểm tra, xử lý trách nhiệm",
    )
    clarity = check_clarity(
        Facts(**{**COMPLETE, "deadline": None}), issued_on=FRIDAY, calendar=CALENDAR, labels=labels
    )

    assert [each.aspect for each in clarity.findings] == [
        Aspect.WORK,
        Aspect.LEAD,
        Aspect.RESOURCES,
        Aspect.INSPECTION,
    ]
    assert (clarity.filled, len(clarity.findings)) == (2, 4)
    assert clarity.blocking == (Aspect.TIME,)


@pytest.mark.parametrize(
    ("label", "aspect"),
    [
        ("rõ người", Aspect.LEAD),
        ("Rõ việc", Aspect.WORK),
        ("rõ thẩm quyền", Aspect.AUTHORITY),
        ("rõ trách nhiệm", Aspect.RESPONSIBILITY),
        ("rõ thời hạn", Aspect.TIME),
        ("rõ sản phẩm", Aspect.RESULT),
        ("rõ đơn vị phối hợp", Aspect.COORDINATE),
        ("rõ lòng", None),
    ],
)
def test_every_label_in_use_has_its_aspect(label: str, aspect: Aspect | None) -> None:
    assert aspect_of(label) is aspect


def test_an_override_lets_a_task_be_activated_and_stays_visible() -> None:
    facts = Facts(**{**COMPLETE, "products": ()})
    without = check_clarity(facts, issued_on=FRIDAY, calendar=CALENDAR)
    blank = check_clarity(facts, issued_on=FRIDAY, calendar=CALENDAR, overrides={Aspect.RESULT: "  "})
    given = check_clarity(
        facts, issued_on=FRIDAY, calendar=CALENDAR, overrides={Aspect.RESULT: "Theo mẫu của Bộ"}
    )

    assert without.blocking == blank.blocking == (Aspect.RESULT,)
    assert (given.can_be_activated, given.filled) == (True, 5)
    shown = given.to_json()["findings"][4]
    assert (shown["state"], shown["overridden"]) == ("missing", "Theo mẫu của Bộ")


def test_work_in_vague_words_may_be_activated_but_nothing_else_unclear() -> None:
    vague = check(text="Tăng cường kỷ cương.", products=("Báo cáo",))

    assert vague.can_be_activated
    assert not check(deadline={"kind": "month", "date": None}).can_be_activated


@pytest.mark.parametrize(
    "given",
    [
        {"deadline": {"kind": "upon_event", "date": None}},
        {"deadline": {"kind": "see_children", "date": None}},
        {"deadline": None, "waits": True},
    ],
)
def test_what_waits_for_an_event_or_for_its_parts_may_be_activated(given: dict[str, Any]) -> None:
    assert check(**given).can_be_activated


def test_the_check_is_json() -> None:
    found = check(deadline=None).to_json()

    assert (found["filled"], found["of"], found["score"], found["blocking"]) == (5, 6, 0.83, ["time"])
    assert found["findings"][3] == {
        "aspect": "time",
        "label": "rõ thời gian",
        "state": "missing",
        "reason": "not_said",
        "proposal": {"kind": "date", "date": "2026-09-14", "source": "set", "rule": "otherwise"},
    }


def test_what_a_letter_says_is_checked_as_it_is() -> None:
    reading = read_letter(sample_letter(), "letter.txt", UnitRegistry(read_units_csv(sample_registry())))
    checks = [
        check_clarity(
            facts_of(directive, addressees=[each.text for each in reading.recipients]),
            issued_on=FRIDAY,
            calendar=CALENDAR,
        )
        for directive in reading.directives
    ]
    first, last = checks[0], checks[7]

    assert not any(clarity.can_be_activated for clarity in checks)
    assert [each.state for each in (first.of(Aspect.LEAD), first.of(Aspect.TIME)) if each] == [
        State.MISSING,
        State.CLEAR,
    ]
    assert [each.state for each in (last.of(Aspect.LEAD), last.of(Aspect.COORDINATE)) if each] == [
        State.CLEAR,
        State.CLEAR,
    ]
    lead = first.of(Aspect.LEAD)
    assert lead is not None
    assert lead.proposal == [each.text for each in reading.recipients]


def test_a_draft_is_checked_by_what_the_coordinator_has_set() -> None:
    text = "Tăng cường phối hợp các đơn vị liên quan."
    draft = Directive(
        text=text, summary=text, leads='["Sở Nội vụ"]', coordinating_units="[]", lead_text="Sở Nội vụ"
    )
    registry = UnitRegistry(read_units_csv(sample_registry()))
    read = check_clarity(facts_of_draft(draft, registry, on=FRIDAY), issued_on=FRIDAY, calendar=CALENDAR)
    draft.set_coordinating, draft.set_product = [], "Báo cáo"
    draft.set_nature = "continuous"
    drafted = check_clarity(facts_of_draft(draft, registry, on=FRIDAY), issued_on=FRIDAY, calendar=CALENDAR)

    assert read.blocking == (Aspect.TIME, Aspect.RESULT)
    assert [each.aspect for each in drafted.findings if each.state is not State.CLEAR] == [
        Aspect.RESPONSIBILITY
    ]
    assert drafted.can_be_activated
