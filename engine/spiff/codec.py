"""Writes an instance as bytes and reads it back; no specs inside, no library format.

A state is JSON text: ``[version, sequence, tick, variables, workflows]``. The first workflow is the process, the
others are its open subprocesses: ``[parent task, spec name, completed, tasks]``. A task is
``[number, parent, spec name, state, tick, triggered, internal data]``, in the order of creation, so a parent
stands before its children and siblings keep their order. Numbers stand for identifiers.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from engine.errors import HistoryDiverged
from engine.spiff.tokens import Counters, Token
from engine.spiff.workflow import Recorder, Subprocess, Workflow

#: Raised whenever the form of the state changes.
CODEC_VERSION = 1


def encode(workflow: Workflow) -> bytes:
    """Return the state of an instance at rest."""
    workflows = [[None, None, workflow.completed, _encode_tasks(workflow)]]
    workflows += [
        [parent, subprocess.spec.name, subprocess.completed, _encode_tasks(subprocess)]
        for parent, subprocess in workflow.subprocesses.items()
    ]
    counters = workflow.counters
    return orjson.dumps(
        [CODEC_VERSION, counters.sequence, counters.tick, workflow.variables, workflows],
        option=orjson.OPT_SORT_KEYS,
    )


def decode(
    state: bytes,
    spec: BpmnProcessSpec,
    subprocess_specs: Mapping[str, BpmnProcessSpec],
    *,
    instance_id: UUID,
    budget: int,
    now: datetime,
    recorder: Recorder,
) -> Workflow:
    """Rebuild what :func:`encode` wrote.

    Raises:
        HistoryDiverged: the bytes are no state of this codec version or of this model.
    """
    try:
        version, sequence, tick, variables, workflows = orjson.loads(state)
        if version != CODEC_VERSION:
            raise HistoryDiverged(f"Expected a state of codec version {CODEC_VERSION}, but got {version}")
        counters = Counters(instance_id, sequence=sequence, tick=tick, budget=budget)
        workflow = Workflow(spec, subprocess_specs, counters=counters, now=now, recorder=recorder)
        workflow.variables = variables
        for parent, spec_name, completed, tasks in workflows:
            if parent is None:
                target: Workflow | Subprocess = workflow
            else:
                target = workflow.open_subprocess(parent, spec_name)
            target.completed = completed
            _decode_tasks(target, tasks)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise HistoryDiverged(f"The stored state cannot be read: {error!r}") from error
    return workflow


def _encode_tasks(workflow: Workflow | Subprocess) -> list[list[Any]]:
    return [
        [
            token.id,
            token._parent,
            token.task_spec.name,
            token._state,
            token.last_state_change,
            1 if token.triggered else 0,
            token.internal_data or 0,
        ]
        for token in workflow.tasks.values()
    ]


def _decode_tasks(workflow: Workflow | Subprocess, tasks: list[list[Any]]) -> None:
    specs = workflow.spec.task_specs
    for number, parent, spec_name, state, tick, triggered, internal_data in tasks:
        token = Token.restore(
            workflow,
            specs[spec_name],
            number=number,
            parent=parent,
            state=state,
            tick=tick,
            triggered=bool(triggered),
            internal_data=internal_data or {},
        )
        if parent is None:
            workflow.task_tree = token
