"""Sets variables by command, and says what each was before."""

from collections.abc import Mapping
from typing import Any

from engine.canonical import canonical_bytes
from engine.errors import ScopeNotOpen
from engine.events import Event, VariableChanged
from engine.spiff.tokens import Token
from engine.spiff.variables import INDEX, LOCAL, ROOT
from engine.spiff.workflow import Workflow


def set_variables(
    workflow: Workflow, given: Mapping[str, Any], *, scope: Token | None, reason: str, events: list[Event]
) -> bool:
    """Set variables of the process, or of one token; note and say whether any is another than before.

    Raises:
        ScopeNotOpen: the token has no variables of its own.
    """
    held = workflow.variables if scope is None else _own(workflow, scope)
    changed = False
    for name, value in given.items():
        if name in held and canonical_bytes(held[name]) == canonical_bytes(value):
            continue
        events.append(
            VariableChanged(
                name=name,
                had_value=name in held,
                old=held.get(name),
                new=value,
                scope_id=None if scope is None else str(scope.task_id),
                reason=reason.strip(),
            )
        )
        held[name] = value
        changed = True
    return changed


def _own(workflow: Workflow, token: Token) -> dict[str, Any]:
    data = token.internal_data
    root: dict[str, Any] | None = data.get(ROOT)
    if root is not None:
        return root
    if not {LOCAL, INDEX} & data.keys() and token.id not in workflow.subprocesses:
        raise ScopeNotOpen(
            f"Expected a token with variables of its own, but '{token.task_spec.bpmn_id}' has none",
            element_id=token.task_spec.bpmn_id,
        )
    local: dict[str, Any] = data.setdefault(LOCAL, {})
    return local
