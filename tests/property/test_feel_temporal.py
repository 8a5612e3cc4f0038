"""Dates and times of FEEL are those of Python where Python has them, and go on alike beyond."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from engine.feel import compile_expression
from engine.feel.days import CYCLE_YEARS, MAX_YEAR, day_of_number, is_day, number_of_day
from engine.feel.temporal import (
    DAY,
    MAX_MONTHS,
    MAX_SPAN,
    Date,
    DateTime,
    Span,
    Time,
    YearsMonths,
    add_months,
    add_span,
    date_of,
    difference,
    from_python,
)
from engine.feel.temporal_text import read_literal, temporal_text
from engine.feel.zones import NamedZone, Offset

NOW = datetime(2026, 8, 14, tzinfo=UTC)
ZONES = ("Asia/Ho_Chi_Minh", "Europe/Paris", "America/St_Johns", "Australia/Lord_Howe")
OFFSETS = st.integers(-18 * 60, 18 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
DATES = st.dates()


def clock_year(year: int) -> datetime:
    """Return a bound as hypothesis wants it, without a zone."""
    return datetime(year, 1, 1)  # noqa: DTZ001 - the zone is drawn apart


#: Far enough from the ends of Python's calendar for every offset and span.
MOMENTS = st.datetimes(clock_year(200), clock_year(9800), timezones=OFFSETS | st.just(UTC))
IN_ZONES = st.datetimes(
    clock_year(1900),
    clock_year(2100),
    timezones=st.sampled_from(ZONES).map(ZoneInfo),
    allow_imaginary=False,
).filter(lambda moment: moment.fold == 0)
SPANS = st.timedeltas(timedelta(days=-50_000), timedelta(days=50_000))


def result(text: str, **variables: Any) -> Any:
    return compile_expression(text).evaluate_json(variables, now=NOW)


@given(DATES)
def test_days_are_numbered_as_python_does(day: date) -> None:
    value = from_python(day)
    assert isinstance(value, Date)
    assert value.number == day.toordinal()
    assert day_of_number(value.number) == (day.year, day.month, day.day)
    assert value.iso_weekday == day.isoweekday()
    assert result("week of year(d)", d=day) == day.isocalendar().week
    assert result("day of year(d)", d=day) == day.timetuple().tm_yday


@given(st.integers(-MAX_YEAR, MAX_YEAR), st.integers(1, 12), st.integers(1, 31))
def test_the_calendar_repeats_itself_beyond(year: int, month: int, day: int) -> None:
    if is_day(year, month, day):
        alike = year % CYCLE_YEARS + CYCLE_YEARS
        assert number_of_day(year, month, day) - number_of_day(alike, month, day) == (
            (year - alike) // CYCLE_YEARS * 146_097
        )
        assert day_of_number(number_of_day(year, month, day)) == (year, month, day)


@given(MOMENTS | IN_ZONES, SPANS)
def test_moving_by_a_span_is_moving_on_the_time_line(moment: datetime, span: timedelta) -> None:
    moved = add_span(from_python(moment), from_python(span))  # type: ignore[arg-type]
    expected = (moment.astimezone(UTC) + span).astimezone(moment.tzinfo)
    assert temporal_text(moved) == temporal_text(from_python(expected))  # type: ignore[arg-type]


@given(MOMENTS | IN_ZONES, MOMENTS | IN_ZONES)
def test_difference_is_that_of_the_instants(left: datetime, right: datetime) -> None:
    expected = from_python(left.astimezone(UTC) - right.astimezone(UTC))
    assert difference(from_python(left), from_python(right)) == expected  # type: ignore[arg-type]


@given(DATES, st.integers(-30_000, 30_000))
def test_months_keep_the_day_or_take_the_last(day: date, months: int) -> None:
    moved = add_months(from_python(day), months)  # type: ignore[arg-type]
    assert isinstance(moved, Date)
    assert moved.year * 12 + moved.month == day.year * 12 + day.month + months
    assert moved.day == day.day or (
        moved.day < day.day and date_of(moved.year, moved.month, moved.day + 1) is None
    )


YEARS = st.integers(-MAX_YEAR, MAX_YEAR)
FAR_DATES = st.builds(Date, YEARS, st.integers(1, 12), st.integers(1, 28))
FAR_TIMES = st.builds(
    Time,
    st.integers(0, DAY - 1),
    st.none() | st.builds(Offset, st.integers(-18 * 3600, 18 * 3600)) | st.sampled_from(ZONES).map(NamedZone),
)
TEMPORAL = st.one_of(
    FAR_DATES,
    FAR_TIMES,
    st.builds(DateTime, FAR_DATES, FAR_TIMES),
    st.builds(Span, st.integers(-MAX_SPAN, MAX_SPAN)),
    st.builds(YearsMonths, st.integers(-MAX_MONTHS, MAX_MONTHS)),
)


@given(TEMPORAL)
def test_text_is_read_as_it_was_written(value: Any) -> None:
    assert read_literal(temporal_text(value)) == value


@given(st.builds(DateTime, FAR_DATES, FAR_TIMES), st.builds(Span, st.integers(-(10**24), 10**24)))
def test_span_between_two_moments_leads_from_one_to_the_other(moment: DateTime, span: Span) -> None:
    moved = add_span(moment, span)
    if isinstance(moved, DateTime) and not isinstance(moment.zone, NamedZone):
        assert difference(moved, moment) == span
