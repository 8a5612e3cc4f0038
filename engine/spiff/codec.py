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
from SpiffWorkflow.task import Task

from engine.errors import HistoryDiverged
from engine.spiff.determinism import Counters, number_of
from engine.spiff.workflow import Recorder, Subprocess, Workflow

#: Raised whenever the form of the state changes.
CODEC_VERSION = 1


def encode(workflow: Workflow, counters: Counters) -> bytes:
    """Return the state of an instance at rest."""
    workflows = [[None, None, workflow.completed, _encode_tasks(workflow)]]
    workflows += [
        [number_of(parent_id), subprocess.spec.name, subprocess.completed, _encode_tasks(subprocess)]
        for parent_id, subprocess in workflow.subprocesses.items()
    ]
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
) -> tuple[Workflow, Counters]:
    """Rebuild what :func:`encode` wrote.

    Raises:
        HistoryDiverged: the bytes are no state of this codec version or of this model.
    """
    try:
        version, sequence, tick, variables, workflows = orjson.loads(state)
        if version != CODEC_VERSION:
            raise HistoryDiverged(f"Expected a state of codec version {CODEC_VERSION}, but got {version}")
        counters = Counters(instance_id, sequence=sequence, tick=tick, budget=budget)
        workflow = Workflow(spec, subprocess_specs, now=now, recorder=recorder, deserializing=True)
        workflow.variables = variables
        for parent, spec_name, completed, tasks in workflows:
            if parent is None:
                target: Workflow | Subprocess = workflow
            else:
                parent_id = counters.task_id(parent)
                target = Subprocess(
                    subprocess_specs[spec_name],
                    parent_task_id=parent_id,
                    top_workflow=workflow,
                    deserializing=True,
                )
                workflow.subprocesses[parent_id] = target
            target.completed = completed
            _decode_tasks(target, tasks, counters)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise HistoryDiverged(f"The stored state cannot be read: {error!r}") from error
    return workflow, counters


def _encode_tasks(workflow: Workflow | Subprocess) -> list[list[Any]]:
    return [
        [
            number_of(task.id),
            None if task._parent is None else number_of(task._parent),
            task.task_spec.name,
            task._state,
            task.last_state_change,
            1 if task.triggered else 0,
            task.internal_data or 0,
        ]
        for task in workflow.tasks.values()
    ]


def _decode_tasks(workflow: Workflow | Subprocess, tasks: list[list[Any]], counters: Counters) -> None:
    specs = workflow.spec.task_specs
    for number, parent, spec_name, state, tick, triggered, internal_data in tasks:
        task = Task.__new__(Task)
        task.id = counters.task_id(number)
        task.workflow = workflow
        task._parent = None
        task._children = []
        task._state = state
        task.triggered = bool(triggered)
        task.task_spec = specs[spec_name]
        task.thread_id = 0
        task.data = {}
        task.internal_data = internal_data or {}
        task.last_state_change = tick
        workflow.tasks[task.id] = task
        if parent is None:
            workflow.task_tree = task
        else:
            task._parent = counters.task_id(parent)
            workflow.tasks[task._parent]._children.append(task.id)
