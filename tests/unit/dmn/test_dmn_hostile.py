"""Decision models that try to hang or flood the reader end in a refusal or in a model, soon."""

from contextlib import suppress
from time import process_time

import pytest

from engine.dmn import DmnError, load_decisions
from engine.dmn.analysis import analyse
from tests.unit.dmn.hostile import MODELS, NOW

#: Seconds of work after which something hangs.
HANGS = 8.0


@pytest.mark.parametrize("name", MODELS)
def test_hostile_model_ends(name: str) -> None:
    content, words = MODELS[name]
    begun = process_time()
    if words is None:
        model = load_decisions(content)
        analyse(model)
        with suppress(DmnError):
            model.evaluate(next(iter(model.decisions)), {}, now=NOW)
    else:
        with pytest.raises(DmnError, match=words):
            load_decisions(content)
    assert process_time() - begun < HANGS
