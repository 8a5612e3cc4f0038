"""Every attack ends in its value or in a clear refusal, soon."""

from datetime import UTC, datetime
from time import process_time
from typing import Any

import pytest

from engine.feel import FeelError, compile_expression
from tests.unit.feel.attacks import ATTACKS, VARIABLES

NOW = datetime(2026, 8, 14, tzinfo=UTC)
#: Seconds of work after which something hangs; the figure itself, a second at most, is measured elsewhere.
HANGS = 5.0


@pytest.mark.parametrize(("text", "ending"), ATTACKS, ids=[text[:60] for text, _ in ATTACKS])
def test_attack_ends(text: str, ending: Any) -> None:
    begun = process_time()
    try:
        result = compile_expression(text).evaluate_json(VARIABLES, now=NOW)
    except FeelError as refusal:
        result = refusal
    assert process_time() - begun < HANGS
    if isinstance(ending, type):
        assert isinstance(result, ending)
        assert result.message
    else:
        assert result == ending
        assert type(result) is type(ending)


def test_there_are_more_than_a_hundred() -> None:
    assert len({text for text, _ in ATTACKS}) > 200


def test_object_of_python_is_no_variable() -> None:
    with pytest.raises(TypeError, match="JSON"):
        compile_expression("c.__class__").evaluate({"c": object()}, now=NOW)
