"""Values cross between FEEL and process variables without loss, or not at all."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

from engine.clock import BUSINESS_ZONE
from engine.feel import TooLarge, compile_expression, to_feel, to_json
from engine.feel.temporal import YearsMonths
from engine.feel.values import Range


@pytest.mark.parametrize(
    "value", [None, True, False, 0, -7, 2**53 - 1, 0.1, 1e300, "", "Đ", [1, [2.5]], {"a": {"b": None}}]
)
def test_json_comes_back_as_it_went(value: object) -> None:
    back = to_json(to_feel(value))
    assert back == value
    assert type(back) is type(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("2.00"), 2),
        (Decimal("1e20"), 1e20),
        (date(2026, 8, 14), "2026-08-14"),
        (time(9, 30, 0, 500_000), "09:30:00.5"),
        (datetime(2026, 8, 14, 9, tzinfo=UTC), "2026-08-14T09:00:00Z"),
        (datetime(2026, 8, 14, 9, tzinfo=BUSINESS_ZONE), "2026-08-14T09:00:00@Asia/Ho_Chi_Minh"),
        (timedelta(days=1, hours=2), "P1DT2H"),
        (YearsMonths(-14), "-P1Y2M"),
        (
            Range(Decimal(1), None, True, False),
            {"start": 1, "end": None, "start_included": True, "end_included": False},
        ),
    ],
)
def test_feel_value_is_written(value: object, expected: object) -> None:
    assert to_json(to_feel(value)) == expected


def test_function_has_no_json() -> None:
    function = compile_expression("function(a) a").evaluate({}, now=datetime(2026, 1, 1, tzinfo=UTC))
    assert to_json({"f": function}) == {"f": None}


def test_number_beyond_json_is_refused() -> None:
    with pytest.raises(TooLarge):
        to_json(Decimal("1e400"))


def test_foreign_object_is_refused() -> None:
    with pytest.raises(TypeError, match="object"):
        to_feel(object())
