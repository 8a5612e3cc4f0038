"""Many instances of one activity: over a collection, a number of times, or while a condition holds.

The activity's token is the body; each instance is a token that the body hosts, with its item, ``loopCounter``
(from 1) and result in variables of its own. Results come back in the order of the items, however the instances
end.
"""

import re
from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.errors import StepFailed
from engine.spiff.details import MultiInstance, StandardLoop
from engine.spiff.expressions import Value
from engine.spiff.tokens import Token
from engine.spiff.variables import INDEX, LOCAL, assign, chain_of, visible

#: Keys of ``Token.internal_data``; the codec stores them.
LOOP = "loop"  # of the body: total, started, active, completed
ITEMS = "items"  # of the body: what the instances are for
RESULTS = "results"  # of the body: what was collected, by index
RESULT = "result"  # of an instance: what is to be collected

#: An output element that is a variable or a part of one; others are computed from variables.
_NAME_OR_PATH = re.compile(r"=\s*([^\W\d]\w*)(?:\s*\.\s*[^\W\d]\w*)*\s*\Z")

#: Instances that one activity may have.
MOST_INSTANCES = 1_000


def is_begun(token: Token) -> bool:
    """Say whether a body has started its instances."""
    return LOOP in token.internal_data


def begin(body: Token) -> None:
    """Start the first instance, or all that run side by side."""
    loop = body.task_spec.extensions.loop
    if isinstance(loop, StandardLoop):
        total = loop.maximum or MOST_INSTANCES
        before = {**visible(body), "loopCounter": 0}
        if loop.test_before and not _holds(body, loop.condition, before):
            total = 0
    else:
        items = _items(body, loop)
        body.internal_data[ITEMS] = items
        total = len(items)
        if loop.results is not None:
            body.internal_data[RESULTS] = [None] * total
    body.internal_data[LOOP] = {"total": total, "started": 0, "active": 0, "completed": 0}
    if total == 0:
        _complete(body)
        return
    body._set_state(TaskState.STARTED)
    side_by_side = isinstance(loop, MultiInstance) and not loop.sequential
    for _ in range(total if side_by_side else 1):
        if body.is_live:
            _start_next(body)


def keep_result(token: Token, seen: Mapping[str, Any]) -> None:
    """Keep what is collected of an instance, evaluated over what it sees at its end."""
    loop = token.task_spec.extensions.loop
    token.data = dict(seen)
    if isinstance(loop, MultiInstance) and loop.result is not None:
        token.internal_data[RESULT] = loop.result.evaluate(
            seen, at=token.workflow.top_workflow.moment, element_id=token.task_spec.bpmn_id
        )


def instance_completed(token: Token) -> None:
    """Collect an instance's result; go on with the next instance, or complete the body.

    Conditions see what the instance that has just completed sees at its end.
    """
    scope = token.workflow
    body = scope.tasks[token.host]
    loop = body.task_spec.extensions.loop
    state = body.internal_data[LOOP]
    state["active"] -= 1
    state["completed"] += 1
    if RESULTS in body.internal_data:
        body.internal_data[RESULTS][token.internal_data[INDEX]] = token.internal_data.get(RESULT)
    if isinstance(loop, StandardLoop):
        if state["started"] >= state["total"]:
            if loop.maximum is None:
                raise StepFailed(
                    f"Element '{body.task_spec.bpmn_id}': the loop runs more than {MOST_INSTANCES} times",
                    element_id=body.task_spec.bpmn_id,
                )
            _complete(body)
        elif loop.condition is not None and not _holds(body, loop.condition, token.data):
            _complete(body)
        else:
            _start_next(body)
        return
    if loop.enough is not None and _holds(body, loop.enough, {**token.data, **_counts(state)}):
        for other in scope.hosted_by(body):
            if INDEX in other.internal_data:
                scope.withdraw(other)
        _complete(body)
    elif state["completed"] == state["total"]:
        _complete(body)
    elif loop.sequential:
        _start_next(body)


def _start_next(body: Token) -> None:
    loop = body.task_spec.extensions.loop
    state = body.internal_data[LOOP]
    index = state["started"]
    state["started"] += 1
    state["active"] += 1
    local: dict[str, Any] = {"loopCounter": index + 1}
    if isinstance(loop, MultiInstance):
        if loop.item is not None:
            local[loop.item] = body.internal_data[ITEMS][index]
        named = None if loop.result is None else _NAME_OR_PATH.match(loop.result.text)
        if named is not None and named[1] != loop.item:
            local[named[1]] = None  # so that instances do not write their results over each other's
    body.workflow.place(body.task_spec, host=body.id, **{INDEX: index, LOCAL: local})


def _complete(body: Token) -> None:
    loop = body.task_spec.extensions.loop
    body.internal_data.pop(ITEMS, None)
    results = body.internal_data.pop(RESULTS, None)
    if isinstance(loop, MultiInstance) and loop.results is not None:
        assign(chain_of(body), loop.results, results)
    body._ready()


def _items(body: Token, loop: MultiInstance) -> list[Any]:
    top = body.workflow.top_workflow
    element_id = body.task_spec.bpmn_id
    seen = visible(body)
    if loop.collection is not None:
        items = loop.collection.evaluate(seen, at=top.moment, element_id=element_id)
        if not isinstance(items, list):
            raise StepFailed(
                f"Element '{element_id}': expected the input collection to be a list, but got {items!r}",
                element_id=element_id,
            )
    else:
        count = None
        if loop.cardinality is not None:
            count = loop.cardinality.evaluate(seen, at=top.moment, element_id=element_id)
        if isinstance(count, str) and count.isdecimal():
            count = int(count)
        if isinstance(count, bool) or not isinstance(count, int) or count < 0:
            raise StepFailed(
                f"Element '{element_id}': expected the cardinality to be a whole number, but got {count!r}",
                element_id=element_id,
            )
        items = list(range(1, min(count, MOST_INSTANCES + 1) + 1))
    if len(items) > MOST_INSTANCES:
        raise StepFailed(
            f"Element '{element_id}': expected at most {MOST_INSTANCES} instances, but there would be more",
            element_id=element_id,
        )
    return items


def _counts(state: Mapping[str, int]) -> dict[str, int]:
    """Return the numbers that a completion condition may use (BPMN 2.0.2 §10.2.8)."""
    return {
        "numberOfInstances": state["total"],
        "numberOfActiveInstances": state["active"],
        "numberOfCompletedInstances": state["completed"],
        "numberOfTerminatedInstances": 0,
    }


def _holds(body: Token, condition: Value | None, seen: Mapping[str, Any]) -> bool:
    if condition is None:
        return True
    element_id = body.task_spec.bpmn_id
    value = condition.evaluate(seen, at=body.workflow.top_workflow.moment, element_id=element_id)
    if not isinstance(value, bool):
        raise StepFailed(
            f"Element '{element_id}': expected condition '{condition.text}' to be true or false, "
            f"but it is {value!r}",
            element_id=element_id,
        )
    return value
