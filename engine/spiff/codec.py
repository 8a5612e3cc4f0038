"""Writes an instance as bytes and reads it back; no specs inside, no library format.

A state is JSON text: ``[version, last number, variables, scopes]``. The first scope is the process, the others are
its subprocesses in progress: ``[owner, done, tokens]``; the owner is the number of the token that opened the
scope, ``done`` is what can be compensated. A token is ``[number, element, state, host, internal
data]``, in the order of creation. Nothing that is finished is kept, so a step costs the same at every age. While
an instance is suspended, the instant since when stands at the end.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from engine import clock
from engine.errors import HistoryDiverged
from engine.spiff.expressions import Moment
from engine.spiff.tokens import Counter, Token
from engine.spiff.workflow import Recorder, Scope, Workflow

#: Raised whenever the form of the state changes.
CODEC_VERSION = 1


def encode(workflow: Workflow) -> bytes:
    """Return the state of an instance at rest."""
    scopes: list[list[Any]] = [[None, workflow.done, _encode_tokens(workflow)]]
    scopes += [[owner, scope.done, _encode_tokens(scope)] for owner, scope in workflow.subprocesses.items()]
    state = [CODEC_VERSION, workflow.counter.last, workflow.variables, scopes]
    if workflow.suspended_at is not None:
        state.append(clock.to_text(workflow.suspended_at))
    return orjson.dumps(state, option=orjson.OPT_SORT_KEYS)


def decode(
    state: bytes,
    spec: BpmnProcessSpec,
    subprocess_specs: Mapping[str, BpmnProcessSpec],
    *,
    instance_id: UUID,
    budget: int,
    moment: Moment,
    recorder: Recorder,
) -> Workflow:
    """Rebuild what :func:`encode` wrote.

    Raises:
        HistoryDiverged: the bytes are no state of this codec version or of this model.
    """
    try:
        version, last, variables, scopes, *suspended = orjson.loads(state)
        if version != CODEC_VERSION:
            raise HistoryDiverged(f"Expected a state of codec version {CODEC_VERSION}, but got {version}")
        workflow = Workflow(
            spec,
            subprocess_specs,
            counter=Counter(instance_id, last=last, budget=budget),
            moment=moment,
            recorder=recorder,
        )
        workflow.variables = variables
        owners: dict[int, Token] = {}
        for owner, done, tokens in scopes:
            scope: Scope = workflow
            if owner is not None:
                scope = workflow.open_subprocess(owners[owner])
            scope.done = done
            _decode_tokens(scope, tokens, owners)
        workflow.completed = not workflow.tasks
        if suspended:
            (since,) = suspended
            workflow.suspended_at = clock.from_text(since)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise HistoryDiverged(f"The stored state cannot be read: {error!r}") from error
    return workflow


def _encode_tokens(scope: Scope) -> list[list[Any]]:
    return [
        [token.id, token.task_spec.name, token._state, token.host, token.internal_data or 0]
        for token in scope.tasks.values()
    ]


def _decode_tokens(scope: Scope, tokens: list[list[Any]], owners: dict[int, Token]) -> None:
    elements = scope.spec.task_specs
    for number, name, state, host, internal_data in tokens:
        owners[number] = Token(
            scope,
            elements[name],
            number=number,
            host=host,
            state=state,
            internal_data=internal_data or {},
        )
