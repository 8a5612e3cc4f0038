"""Canonical JSON is RFC 8785 whichever way it is written."""

import orjson
import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from engine.canonical import canonical_bytes, normalised

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
LEAVES = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-1e15, 1e15) | TEXT
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXT, inner, max_size=5),
    max_leaves=30,
)


@given(JSON)
@example({"b": 1, "a": [True, None, '\x7f\u2028\u0000"\\/é😀']})
@example({"\ue000": 1, "😀": 2})
@example(1.0)
@example([1e-7, 0.1, -0.0])
def test_every_value_is_written_as_the_standard_says(value: object) -> None:
    written = canonical_bytes(value)
    assert written == rfc8785.dumps(value)
    assert normalised(normalised(value)) == normalised(value)
    assert canonical_bytes(orjson.loads(written)) == written


@pytest.mark.parametrize(
    "value", [2**53, -(2**53), float("nan"), float("inf"), 2.0**53, {1: 2}, "\ud800", {1, 2}, b"x"]
)
def test_what_json_cannot_carry_is_refused(value: object) -> None:
    with pytest.raises(ValueError):
        normalised({"value": value})
