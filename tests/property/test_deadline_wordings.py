"""A deadline never says a day that its wording does not give, however the words are written."""

import unicodedata
from calendar import monthrange
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from processes.documents.deadlines import BeforeDay, deadline_of_cell, find_deadline, find_deadlines

ISSUED = date(2026, 1, 1)
DAYS = st.dates(min_value=ISSUED, max_value=date(2031, 12, 31))
PIECES = (
    "trước ngày trong tháng quý năm 2026 2027 30/9 31/2 30/9/2026 III IV/2026 10 5 làm việc hằng chậm nhất "
    "thường xuyên định kỳ báo cáo sau khi kể từ nhận văn bản này tuần thứ Sáu 16h00 giờ đến hết "
    "( ) ; . , - – : Thời hạn hoàn thành"
)
WORDS = st.lists(st.sampled_from(PIECES.split(" ")), max_size=14)


@settings(deadline=None)
@given(DAYS, st.sampled_from(["/", "-", "."]), st.booleans())
def test_a_day_reads_the_same_in_every_style(day: date, mark: str, padded: bool) -> None:
    written = (
        f"{day:%d}{mark}{day:%m}{mark}{day.year}" if padded else f"{day.day}{mark}{day.month}{mark}{day.year}"
    )
    spelt = f"ngày {day.day} tháng {day.month} năm {day.year}"

    for wording in (f"chậm nhất ngày {written}", f"chậm nhất {spelt}"):
        found = find_deadline(wording, issued_on=ISSUED)
        assert found is not None
        assert (found.kind, found.date, found.inferred) == ("date", day, False)
    assert deadline_of_cell(written, issued_on=ISSUED).date == day


@settings(deadline=None)
@given(DAYS)
def test_before_a_day_ends_the_day_before_or_on_it(day: date) -> None:
    wording = f"hoàn thành trước ngày {day.day}/{day.month}/{day.year}"
    strict = find_deadline(wording, issued_on=ISSUED)
    inclusive = find_deadline(wording, issued_on=ISSUED, before=BeforeDay.INCLUSIVE)

    assert strict is not None
    assert inclusive is not None
    assert (strict.date, inclusive.date) == (day - timedelta(days=1), day)


@settings(deadline=None)
@given(st.dates(min_value=date(2025, 1, 1), max_value=date(2030, 12, 31)), DAYS)
def test_a_day_without_a_year_is_marked_and_never_before_the_letter(issued_on: date, day: date) -> None:
    found = find_deadline(f"chậm nhất ngày {day.day}/{day.month}", issued_on=issued_on)

    if found is not None and found.date is not None:
        assert found.inferred
        assert issued_on <= found.date <= issued_on + timedelta(days=366)
        assert (found.date.day, found.date.month) == (day.day, day.month)


@settings(deadline=None)
@given(st.integers(1, 12), st.integers(2026, 2035))
def test_months_and_quarters_end_on_their_last_day(month: int, year: int) -> None:
    quarter = (month + 2) // 3

    assert deadline_of_cell(f"Tháng {month}/{year}").date == date(year, month, monthrange(year, month)[1])
    assert deadline_of_cell(f"Quý {('I', 'II', 'III', 'IV')[quarter - 1]}/{year}").date == date(
        year, 3 * quarter, monthrange(year, 3 * quarter)[1]
    )


@settings(deadline=None)
@given(WORDS, st.sampled_from(["NFC", "NFD"]))
def test_any_words_are_read_without_error_and_quoted_as_they_stand(words: list[str], form: str) -> None:
    text = " ".join(words)
    written = unicodedata.normalize(form, text)  # type: ignore[arg-type]
    found = find_deadlines(written, issued_on=ISSUED)

    assert all(each.text in text for each in found)
    assert found == find_deadlines(text, issued_on=ISSUED)
    assert len({str(each.to_json()) for each in found}) == len(found)
    assert deadline_of_cell(written, issued_on=ISSUED).kind
