"""The scorer sees what is missed, invented and wrong, and lets pass what only looks different."""

from typing import Any

import pytest

from processes.units.registry import UnitRegistry
from tests.corpus.corpus import registry
from tests.corpus.score import Score, deadline_agrees, score

REVIEW: dict[str, Any] = {
    "ordinal": "1",
    "first_12_words": "Rà soát hồ sơ đất đai trễ hạn, báo cáo UBND thành",
    "last_4_words": "ngày 31 tháng 8.",
    "lead": "SNNMT",
    "coordinate": ["STP", "UBND các xã, phường"],
    "deadline": {"kind": "before_date", "date": "2026-08-30"},
}
REPORT: dict[str, Any] = {
    "ordinal": "2",
    "first_12_words": "Báo cáo kết quả.",
    "lead": "every recipient",
    "deadline": None,
}
TRUTH: dict[str, Any] = {
    "number": "5/UBND-KT",
    "number_suffix": "/UBND-KT",
    "date": "2026-08-03",
    "issuer": "UBND thành phố Sông Vàng",
    "signer": {"name": "Lê Quang Dũng", "title": "Phó Chủ tịch", "authority": "KT. CHỦ TỊCH"},
    "recipients": ["Các sở, ban, ngành", "UBND các xã, phường"],
    "kept_out": ["0912.345.678"],
    "directives": [REVIEW, REPORT],
}
TEXTS = (
    "Rà soát hồ sơ đất đai trễ hạn, báo cáo UBND thành phố chậm nhất trước ngày 31 tháng 8.",
    "Báo cáo kết quả.",
)


@pytest.fixture(scope="module")
def units() -> UnitRegistry:
    return registry()


def reading(**changes: Any) -> dict[str, Any]:
    """Return what a faultless reader gives, with changes of its first directive or of the whole."""
    first = {**REVIEW, "text": TEXTS[0]}
    own = {key: changes.pop(key) for key in list(changes) if key in (*REVIEW, "text")}
    directives = [{**first, **own}, {**REPORT, "text": TEXTS[1]}]
    return {**TRUTH, "directives": directives, **changes}


def wrong(result: Score) -> set[str]:
    return {figure for figure in result.of if result.right[figure] < result.of[figure]}


def test_a_faultless_reading_has_every_point(units: UnitRegistry) -> None:
    result = score(reading(), TRUTH, units)

    assert (wrong(result), result.invented, result.remarks) == (set(), 0, [])


def test_a_file_that_was_not_read_has_no_point(units: UnitRegistry) -> None:
    result = score(None, TRUTH, units)

    assert sum(result.right[each] for each in ("directives", "units", "deadlines", "number", "date")) == 0
    assert {"number", "date", "issuer", "signer", "directives", "units", "deadlines"} <= wrong(result)


def test_nothing_read_is_not_right_where_nothing_is_to_be_read(units: UnitRegistry) -> None:
    nothing = {**TRUTH, "number": None, "date": None, "issuer": None, "signer": None, "directives": []}
    del nothing["number_suffix"]

    assert {"number", "date", "issuer", "signer"} <= wrong(score(None, nothing, units))


def test_an_invented_directive_is_seen(units: UnitRegistry) -> None:
    found = reading()
    found["directives"].append({**REPORT, "ordinal": "3", "text": "Ghi nhận nỗ lực của các đơn vị."})

    result = score(found, TRUTH, units)

    assert (wrong(result), result.invented) == (set(), 1)


def test_a_directive_read_twice_is_invented_once(units: UnitRegistry) -> None:
    found = reading()
    found["directives"].append(found["directives"][1])

    assert score(found, TRUTH, units).invented == 1


def test_a_missed_directive_is_seen_and_has_neither_unit_nor_deadline(units: UnitRegistry) -> None:
    found = reading()
    del found["directives"][0]

    assert wrong(score(found, TRUTH, units)) == {"directives", "units", "deadlines", "text"}


@pytest.mark.parametrize("lead", ["STC", "every recipient", None, ["SNNMT", "STC"]])
def test_a_wrong_lead_is_seen(lead: Any, units: UnitRegistry) -> None:
    assert wrong(score(reading(lead=lead), TRUTH, units)) == {"units"}


def test_a_commune_that_differs_by_one_accent_is_another(units: UnitRegistry) -> None:
    truth = {**TRUTH, "directives": [{**REVIEW, "lead": "X28"}, REPORT]}

    assert wrong(score(reading(lead="UBND xã Lộc Thạnh Trúc"), truth, units)) == set()
    assert wrong(score(reading(lead="UBND xã Lộc Thanh Trúc"), truth, units)) == {"units"}


@pytest.mark.parametrize("coordinate", [None, ["STP"], ["STP", "UBND các xã, phường", "SYT"]])
def test_wrong_coordinators_are_seen(coordinate: Any, units: UnitRegistry) -> None:
    assert wrong(score(reading(coordinate=coordinate), TRUTH, units)) == {"units"}


def test_groups_and_units_may_be_called_by_any_name(units: UnitRegistry) -> None:
    found = reading(lead="Sở Nông nghiệp và Môi trường", coordinate=["UBND xã, phường", "Sở Tư pháp"])
    found["directives"][1]["lead"] = ["Sở, ban, ngành (each)", "UBND các xã, phường (each)"]

    assert wrong(score(found, TRUTH, units)) == set()


@pytest.mark.parametrize(
    "deadline",
    [
        None,
        {"kind": "date", "date": "2026-08-30"},
        {"kind": "before_date", "date": "2026-08-31"},
        {"kind": "before_date"},
    ],
)
def test_a_wrong_deadline_is_seen(deadline: Any, units: UnitRegistry) -> None:
    assert wrong(score(reading(deadline=deadline), TRUTH, units)) == {"deadlines"}


def test_a_deadline_where_there_is_none_is_seen(units: UnitRegistry) -> None:
    found = reading()
    found["directives"][1]["deadline"] = {"kind": "ongoing"}

    assert wrong(score(found, TRUTH, units)) == {"deadlines"}


def test_a_periods_words_must_be_there_in_any_order() -> None:
    monthly = {"kind": "periodic", "rrule": "monthly, before day 15"}

    assert deadline_agrees({**monthly, "text": "trước ngày 15 hằng tháng"}, monthly)
    assert deadline_agrees(monthly, {"kind": "periodic", "rrule": "monthly"})
    assert not deadline_agrees({"kind": "periodic", "rrule": "monthly, by day 15"}, monthly)
    assert not deadline_agrees({"kind": "periodic"}, monthly)


def test_where_two_readings_are_right_either_is() -> None:
    choice = [None, {"kind": ["week", "date"], "date": ["2026-09-18", "2026-09-20"]}]

    assert deadline_agrees(None, choice)
    assert deadline_agrees({"kind": "date", "date": "2026-09-20"}, choice)
    assert not deadline_agrees({"kind": "date", "date": "2026-09-19"}, choice)


def test_a_text_cut_off_by_a_page_is_seen(units: UnitRegistry) -> None:
    assert wrong(score(reading(text=TEXTS[0].rpartition(" ")[0]), TRUTH, units)) == {"text"}


def test_a_text_that_begins_in_another_place_is_missed_and_invented(units: UnitRegistry) -> None:
    result = score(reading(text="1. " + TEXTS[0]), TRUTH, units)

    assert ("directives" in wrong(result), result.invented) == (True, 1)


def test_case_quotes_dashes_and_places_of_tones_make_no_difference(units: UnitRegistry) -> None:
    truth = {**TRUTH, "directives": [{**REPORT, "first_12_words": "Hoàn thiện “Đề án” – hoà giải"}]}
    found = {**TRUTH, "directives": [{**REPORT, "text": 'hoàn thiện "Đề án" - hòa giải'}]}

    assert (wrong(score(found, truth, units)), score(found, truth, units).invented) == (set(), 0)


def test_of_two_that_begin_alike_the_ordinal_decides(units: UnitRegistry) -> None:
    communes = ["X63", "X64"]
    twins = [{**REPORT, "ordinal": f"PL.{at}", "lead": code} for at, code in enumerate(communes, 1)]
    found = {**TRUTH, "directives": [{**each, "text": TEXTS[1]} for each in reversed(twins)]}

    assert wrong(score(found, {**TRUTH, "directives": twins}, units)) == set()


def test_a_telephone_number_in_a_directive_is_seen(units: UnitRegistry) -> None:
    found = reading(text=f"{TEXTS[0]} Liên hệ 0912.345.678.")

    assert wrong(score(found, TRUTH, units)) == {"kept_out"}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("number", "12/KH-UBND"),
        ("number", None),
        ("date", "2026-03-08"),
        ("issuer", "Sở Nội vụ"),
        ("issuer", None),
        ("signer", None),
        ("signer", {"name": "Lê Quang Dũng", "title": "Chủ tịch", "authority": "KT. CHỦ TỊCH"}),
        ("signer", {"name": "Lê Quang Dũng", "title": "Phó Chủ tịch", "authority": None}),
        ("recipients", ["Các sở, ban, ngành"]),
    ],
)
def test_a_wrong_envelope_is_seen(key: str, value: Any, units: UnitRegistry) -> None:
    assert key in wrong(score(reading(**{key: value}), TRUTH, units))


def test_a_day_that_is_missing_must_stay_missing(units: UnitRegistry) -> None:
    partial = {"year": 2026, "month": 8, "day": None}
    truth = {**TRUTH, "date": None, "date_partial": partial}

    assert "date" not in wrong(score(reading(date=None, date_partial=partial), truth, units))
    assert "date" in wrong(score(reading(date="2026-08-01", date_partial=partial), truth, units))
