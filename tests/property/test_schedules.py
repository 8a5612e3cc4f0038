"""Durations and cycles keep their promises at every instant."""

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from engine import clock
from engine.spiff.schedule import LateCycles, parse_cycle, parse_duration

INSTANTS = st.integers(600_000_000, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
PERIODS = st.one_of(
    st.integers(1, 30).map("P{}M".format),
    st.integers(1, 400).map("P{}D".format),
    st.integers(1, 10_000).map("PT{}M".format),
    st.tuples(st.integers(0, 2), st.integers(0, 13), st.integers(1, 40), st.integers(0, 30)).map(
        lambda parts: "P{}Y{}M{}DT{}H".format(*parts)
    ),
)


@given(INSTANTS, st.integers(1, 600))
def test_months_end_where_months_end(instant: datetime, months: int) -> None:
    begun = instant.astimezone(clock.BUSINESS_ZONE)
    ended = parse_duration("P1M").after(instant, months).astimezone(clock.BUSINESS_ZONE)
    assert (ended.year * 12 + ended.month) - (begun.year * 12 + begun.month) == months
    assert ended.day == min(begun.day, monthrange(ended.year, ended.month)[1])
    assert ended.time() == begun.time()


@given(INSTANTS, PERIODS, st.integers(1, 50))
def test_ticks_follow_each_other(instant: datetime, period: str, times: int) -> None:
    duration = parse_duration(period)
    ticks = [duration.after(instant, n) for n in range(times + 1)]
    assert ticks[0] == instant
    assert all(one < two for one, two in pairwise(ticks))


@given(INSTANTS, PERIODS, st.integers(1, 20), st.integers(0, 10**7), st.sampled_from(LateCycles))
def test_a_cycle_fires_every_tick_or_skips_to_the_next(
    instant: datetime, period: str, times: int, late: int, policy: LateCycles
) -> None:
    cycle = parse_cycle(f"R{times}/{period}", at=instant)
    assert cycle is not None
    ticks = [parse_duration(period).after(instant, n) for n in range(1, times + 1)]
    assert cycle.due_at == ticks[0]
    fired_at = ticks[0] + timedelta(seconds=late)
    following = cycle.after(fired_at, policy)
    still = ticks[1:] if policy is LateCycles.FIRE_EACH else [tick for tick in ticks if tick > fired_at]
    assert (None if following is None else following.due_at) == (still[0] if still else None)


@given(INSTANTS, PERIODS, st.integers(0, 20), INSTANTS)
def test_a_cycle_with_a_start_counts_ticks_that_have_passed_as_had(
    begun: datetime, period: str, times: int, at: datetime
) -> None:
    assume(at - begun < timedelta(days=20_000))
    cycle = parse_cycle(f"R{times}/{clock.to_text(begun)}/{period}", at=at)
    ticks = [parse_duration(period).after(begun, n) for n in range(times)]
    still = [tick for tick in ticks if tick >= at]
    assert (None if cycle is None else cycle.due_at) == (still[0] if still else None)
