"""Evaluates again who may work on open user tasks."""

from engine.errors import ElementNotWaiting, InvalidVariables, StepFailed
from engine.spiff.elements.activities import OPEN, OWNER
from engine.spiff.elements.opening import holders
from engine.spiff.tokens import Token
from engine.spiff.variables import visible
from engine.spiff.workflow import Workflow


def reassign(workflow: Workflow, element_ids: frozenset[str]) -> bool:
    """Evaluate again whom every open user task is for; say whether any is for somebody else.

    Args:
        element_ids: only these elements; all if empty.

    Raises:
        ElementNotWaiting: one of the elements has no open user task.
        InvalidVariables: a user task would be for nobody, or for what cannot be an account or a group.
    """
    missing = set(element_ids)
    changed = False
    for token in list(workflow.tokens()):
        element_id = token.task_spec.bpmn_id
        if OPEN not in token.internal_data or (element_ids and element_id not in element_ids):
            continue
        missing.discard(element_id)
        try:
            changed |= _reassign(token)
        except StepFailed as failure:
            raise InvalidVariables(
                failure.message, errors=[{"key": element_id, "code": "invalid"}]
            ) from failure
    if missing:
        element_id = min(missing)
        raise ElementNotWaiting(
            f"Expected user task '{element_id}' to be open, but it is not", element_id=element_id
        )
    return changed


def _reassign(token: Token) -> bool:
    before = token.internal_data[OPEN]
    element = token.task_spec
    assignment = element.extensions.assignment
    found = holders(element.bpmn_id, assignment, visible(token), token)
    named_anew = assignment.assignee is not None and found["assignee"] != before["assignee"]
    if found["groups"] == before["groups"] and not named_anew:
        return False
    kept = {key: value for key, value in before.items() if key != OWNER}
    token.internal_data[OPEN] = {**kept, **found}
    token.workflow.top_workflow.recorder.user_task_regrouped(token, before)
    return True
