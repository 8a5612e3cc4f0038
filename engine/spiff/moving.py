"""Moves a token to another element, by command: it is withdrawn here and begins there as if a flow had led there.

The scopes around the target that are not open are opened on the way: their inputs are taken, their boundary events
and event subprocesses wait, and nothing begins in them but the token. A scope that the token leaves empty ends
with it.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from engine.errors import MoveRefused
from engine.spiff.elements.base import Element
from engine.spiff.elements.events import BoundaryEvent
from engine.spiff.elements.gateways import Joining, withdraw_rivals
from engine.spiff.elements.subprocesses import ENTERED, CallActivity, EmbeddedSubprocess
from engine.spiff.elements.throwing import PENDING
from engine.spiff.model import CompiledModel
from engine.spiff.tokens import Token
from engine.spiff.variables import COMPENSATES, INDEX
from engine.spiff.workflow import Scope, Subprocess, Workflow

_ONLY_ITS_EVENT = "only its event starts an event subprocess: let that come, or move to an element outside"
_ONLY_UNDOES = "it only undoes another activity: move to an element of the flow"
_UNDOING = "it is at work for a compensation: wait until that is done"


def find_token(workflow: Workflow, element_id: str, task_id: UUID | None) -> Token:
    """Return the token at an element.

    Args:
        task_id: which one, if several are there.

    Raises:
        MoveRefused: there is none, there are several and it is not said which, or it is none that can be moved.
    """
    here = [
        token
        for token in workflow.tokens()
        if token.task_spec.bpmn_id == element_id and task_id in (None, token.task_id)
    ]
    found = [token for token in here if token.host is None and not token.task_spec.is_listening(token)]
    if len(found) > 1:
        ids = ", ".join(str(token.task_id) for token in found)
        raise MoveRefused(
            f"Expected one token at '{element_id}', but there are {len(found)}: name one of {ids}",
            element_id=element_id,
            task_ids=[str(token.task_id) for token in found],
        )
    if not found:
        raise _refused(element_id, _why_none(here, task_id))
    (token,) = found
    if _undoes(token):
        raise _refused(element_id, _UNDOING)
    return token


def move(workflow: Workflow, model: CompiledModel, token: Token, target_id: str) -> Token:
    """Withdraw a token and place one at the target; return that.

    Raises:
        MoveRefused: the target is none, or not to be reached from where the token is.
    """
    target = _target(workflow, model, target_id)
    base, inwards = _way(model, token, target_id)
    _check_way_out(token, base)
    _check_way_in(workflow, token, base, inwards)
    _take_out(token, base)
    scope = base
    for name in inwards:
        scope = _opened(workflow, scope, name)
    return scope.place(target)


def _why_none(here: Sequence[Token], task_id: UUID | None) -> str:
    if any(INDEX in token.internal_data for token in here):
        return "it is one of many instances: move the activity as a whole, or what is inside the instance"
    if any(_undoes(token) for token in here):
        return _UNDOING
    if here:
        return "what waits there belongs to another element: move that element's token"
    return "no token is there" if task_id is None else f"token '{task_id}' is not there"


def _target(workflow: Workflow, model: CompiledModel, target_id: str) -> Element:
    """Return the element to begin at, if a token can begin there."""
    element = workflow.element(target_id)
    if element is None:
        raise _refused(target_id, "the process has no such element")
    if isinstance(element, BoundaryEvent):
        raise _refused(target_id, "a boundary event waits at its activity: move to the element behind it")
    around = model.elements[target_id].parent
    outer = None if around is None else workflow.element(around)
    if element.is_event_subprocess or (
        outer is not None and outer.is_event_subprocess and outer.start is element
    ):
        raise _refused(target_id, _ONLY_ITS_EVENT)
    if isinstance(element, Joining) and len(element.incoming) > 1:
        raise _refused(
            target_id, "a join takes tokens by the flows they come by: move to an element before or behind it"
        )
    if _only_undoes(element):
        raise _refused(target_id, _ONLY_UNDOES)
    return element


def _way(model: CompiledModel, token: Token, target_id: str) -> tuple[Scope, list[str]]:
    """Return the innermost open scope that both have in common, and the scopes from there to the target."""
    path: list[str] = []
    around = model.elements[target_id].parent
    while around is not None:
        path.insert(0, around)
        around = model.elements[around].parent
    scopes: list[Scope] = [token.workflow]
    while scopes[0].owner is not None:
        scopes.insert(0, scopes[0].owner.workflow)
    depth = 0
    for scope in scopes[1:]:
        if depth == len(path) or scope.owner is None or scope.owner.task_spec.name != path[depth]:
            break
        depth += 1
    return scopes[depth], path[depth:]


def _check_way_out(token: Token, base: Scope) -> None:
    scope: Scope = token.workflow
    while scope is not base and scope.owner is not None:
        owner = scope.owner
        if INDEX in owner.internal_data:
            raise _refused(
                token.task_spec.bpmn_id,
                "it is inside one of many instances: move within that, or move the activity as a whole",
            )
        if _undoes(owner):
            raise _refused(token.task_spec.bpmn_id, _UNDOING)
        scope = owner.workflow


def _check_way_in(workflow: Workflow, token: Token, base: Scope, inwards: Sequence[str]) -> None:
    scope: Scope | None = base
    for name in inwards:
        element = workflow.element(name)
        if isinstance(element, CallActivity):
            raise _refused(name, "a called process begins with its start event: move to the call activity")
        if not isinstance(element, EmbeddedSubprocess):
            raise _refused(name, _ONLY_ITS_EVENT)
        if element.extensions.loop is not None:
            raise _refused(name, "it has many instances: move to the activity as a whole")
        if _only_undoes(element):
            raise _refused(name, _ONLY_UNDOES)
        open_now = [] if scope is None else _open_tokens(scope, name, but=token)
        if len(open_now) > 1:
            raise _refused(name, f"it is open {len(open_now)} times: move to an element outside")
        if any(_undoes(each) for each in open_now):
            raise _refused(name, _UNDOING)
        scope = workflow.subprocesses[open_now[0].id] if open_now else None


def _only_undoes(element: Any) -> bool:
    """Say whether an activity only compensates another of its scope."""
    return any(
        getattr(each, "compensation", None) is element for each in element._wf_spec.task_specs.values()
    )


def _undoes(token: Token) -> bool:
    return not token.internal_data.keys().isdisjoint((PENDING, COMPENSATES))


def _open_tokens(scope: Scope, name: str, *, but: Token | None = None) -> list[Token]:
    return [
        each
        for each in scope.tasks.values()
        if each is not but and each.task_spec.name == name and each.id in scope.top_workflow.subprocesses
    ]


def _take_out(token: Token, base: Scope) -> None:
    """Withdraw a token, and the activities around it that nothing is left in.

    A scope that an event subprocess had interrupted waits for its events again when that is withdrawn.
    """
    withdraw_rivals(token)
    while True:
        scope: Scope = token.workflow
        scope.withdraw(token)
        if scope is base and token.task_spec.is_event_subprocess and token.task_spec.interrupting:
            scope.listen()
        if scope is base or not scope.is_over or scope.owner is None:
            return
        token = scope.owner


def _opened(workflow: Workflow, scope: Scope, name: str) -> Subprocess:
    open_now = _open_tokens(scope, name)
    owner = open_now[0] if open_now else scope.place(scope.spec.task_specs[name], **{ENTERED: True})
    return workflow.subprocesses[owner.id]


def _refused(element_id: str, why: str) -> MoveRefused:
    return MoveRefused(f"Element '{element_id}': {why}", element_id=element_id, reason=why)
