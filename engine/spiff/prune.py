"""Drops what an instance no longer needs, so that a step costs the same at every age.

Only at rest, when every live task waits for somebody. What is kept is decided by the tree alone, so the same
commands give the same state; :data:`PRUNE_VERSION` is journalled with it.
"""

from collections.abc import Iterable

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit, _EndJoin
from SpiffWorkflow.bpmn.specs.mixins import ParallelGatewayMixin
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.spiff.elements import BoundaryEvent
from engine.spiff.workflow import Subprocess, Workflow

#: Raised whenever the rules below give another state.
PRUNE_VERSION = 1

_LIVE = TaskState.READY | TaskState.WAITING | TaskState.STARTED


def prune(workflow: Workflow) -> None:
    """Prune an instance and its subprocesses in place."""
    for parent_id, subprocess in list(workflow.subprocesses.items()):
        parent = _task(workflow, parent_id)
        if parent is None or parent._state & TaskState.FINISHED_MASK:
            del workflow.subprocesses[parent_id]
        else:
            _prune_tree(subprocess)
    _prune_tree(workflow)
    for task in _all_tasks(workflow):
        if task._state & TaskState.FINISHED_MASK:
            task.internal_data = {}
        task.data = {}
    workflow.last_task = None
    workflow.data = {}


def _task(workflow: Workflow, task_id: object) -> Task | None:
    for candidate in (workflow, *workflow.subprocesses.values()):
        if task_id in candidate.tasks:
            return candidate.tasks[task_id]
    return None


def _all_tasks(workflow: Workflow) -> Iterable[Task]:
    for each in (workflow, *workflow.subprocesses.values()):
        yield from each.tasks.values()


def _prune_tree(workflow: Workflow | Subprocess) -> None:
    if workflow.completed:
        for child in workflow.task_tree.children:
            _drop(workflow, child)
        return
    live = [task for task in workflow.tasks.values() if task._state & _LIVE]
    tokens = [task for task in live if not isinstance(task.task_spec, _EndJoin | BoundaryEventJoin)]
    if not tokens:
        return
    for task in live:
        # a finished branch waiting for the others: the last one to finish ends the process without it
        if isinstance(task.task_spec, _EndJoin):
            _drop(workflow, task)
    cut = _cut(tokens)
    if cut is not None:
        _move_below_root(workflow, cut)
    _drop_finished_side_branches(workflow)


def _cut(tokens: list[Task]) -> Task | None:
    """Return the task that becomes the root's only child, or ``None`` to leave the tree as it is."""
    chain = _ancestry(tokens[0])
    for token in tokens[1:]:
        others = {task.id for task in _ancestry(token)}
        chain = [task for task in chain if task.id in others]
    cut = chain[0]
    for task in chain:
        if isinstance(task.task_spec, BoundaryEventSplit) and not _has_joined(task):
            cut = task
    while cut.parent is not None and cut._state != TaskState.COMPLETED:
        cut = cut.parent
    return None if cut.parent is None or cut.parent.parent is None else cut


def _ancestry(task: Task | None) -> list[Task]:
    chain = []
    while task is not None:
        chain.append(task)
        task = task.parent
    return chain


def _has_joined(split: Task) -> bool:
    return any(
        isinstance(grandchild.task_spec, BoundaryEventJoin) and grandchild._state == TaskState.COMPLETED
        for child in split.children
        for grandchild in child.children
    )


def _move_below_root(workflow: Workflow | Subprocess, cut: Task) -> None:
    root = workflow.task_tree
    kept = {root.id} | {task.id for task in _subtree(cut)}
    workflow.tasks = {task_id: task for task_id, task in workflow.tasks.items() if task_id in kept}
    cut.parent = root
    root.children = [cut]


def _drop_finished_side_branches(workflow: Workflow | Subprocess) -> None:
    """Drop what a boundary event has led to and is over; the event itself stays beside its activity."""
    events = [
        task
        for task in workflow.tasks.values()
        if isinstance(task.task_spec, BoundaryEvent) and task._state & TaskState.FINISHED_MASK
    ]
    for event in events:
        if event.id not in workflow.tasks:
            continue
        for branch in event.children:
            tasks = _subtree(branch)
            over = not any(
                task._state & _LIVE and not isinstance(task.task_spec, BoundaryEventJoin) for task in tasks
            )
            if over and not any(isinstance(task.task_spec, ParallelGatewayMixin) for task in tasks):
                _drop(workflow, branch)


def _subtree(task: Task) -> list[Task]:
    found = [task]
    for each in found:
        found.extend(each.children)
    return found


def _drop(workflow: Workflow | Subprocess, task: Task) -> None:
    """Remove a task and all below it."""
    if task.parent is not None:
        task.parent._children.remove(task.id)
    for each in _subtree(task):
        del workflow.tasks[each.id]
