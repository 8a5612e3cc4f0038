"""Opens a user task: who may work on it, by when, how urgent it is."""

from collections.abc import Mapping
from typing import Any

from engine import clock
from engine.errors import StepFailed
from engine.spiff.details import DEFAULT_PRIORITY, Assignment
from engine.spiff.schedule import parse_instant
from engine.spiff.tokens import Token

#: Characters of an account or a group.
LONGEST_KEY = 100


def opened(element_id: str, assignment: Assignment, scope: Mapping[str, Any], token: Token) -> dict[str, Any]:
    """Return who may work on a user task and when, as the token keeps it.

    Raises:
        StepFailed: a part is not what it must be, or nobody may work on the task.
    """
    at = token.workflow.top_workflow.moment
    found = holders(element_id, assignment, scope, token)
    written = assignment.priority
    priority = None if written is None else written.evaluate(scope, at=at, element_id=element_id)
    priority = DEFAULT_PRIORITY if priority is None else priority
    if isinstance(priority, str) and priority.isdecimal():
        priority = int(priority)
    if isinstance(priority, bool) or not isinstance(priority, int) or not 0 <= priority <= 100:
        raise _wrong(element_id, "the priority to be a whole number from 0 to 100", priority)
    return {**found, **dates(element_id, assignment, scope, token), "priority": priority}


def holders(
    element_id: str, assignment: Assignment, scope: Mapping[str, Any], token: Token
) -> dict[str, Any]:
    """Return who may work on a user task, as the token keeps it: ``assignee`` and ``groups``.

    Raises:
        StepFailed: a part is not what it must be, or nobody may work on the task.
    """
    at = token.workflow.top_workflow.moment

    def part(name: str) -> Any:
        value = getattr(assignment, name)
        return None if value is None else value.evaluate(scope, at=at, element_id=element_id)

    assignee = part("assignee")
    groups = part("candidate_groups")
    if isinstance(groups, str):
        groups = [group.strip() for group in groups.split(",") if group.strip()]
    groups = [] if groups is None else groups
    if assignee is not None and not _is_key(assignee):
        raise _wrong(element_id, f"the assignee to be text of up to {LONGEST_KEY} characters", assignee)
    if not isinstance(groups, list) or not all(_is_key(group) for group in groups):
        raise _wrong(
            element_id,
            f"the candidate groups to be a list of texts of up to {LONGEST_KEY} characters",
            groups,
        )
    if assignee is None and not groups:
        raise _wrong(element_id, "an assignee or candidate groups", None)
    return {"assignee": assignee, "groups": groups}


def dates(
    element_id: str, assignment: Assignment, scope: Mapping[str, Any], token: Token
) -> dict[str, str | None]:
    """Return when a user task is due and to be followed up, as the token keeps it.

    Raises:
        StepFailed: a value is no instant.
    """
    at = token.workflow.top_workflow.moment
    found: dict[str, str | None] = {}
    for key, name in (("due", "due_at"), ("follow_up", "follow_up_at")):
        written = getattr(assignment, name)
        value = None if written is None else written.evaluate(scope, at=at, element_id=element_id)
        try:
            found[key] = None if value is None else clock.to_text(parse_instant(value))
        except (AttributeError, ValueError) as error:
            raise _wrong(element_id, f"{name} to be an instant", value) from error
    return found


def _is_key(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_KEY and "\0" not in value


def _wrong(element_id: str, expected: str, got: Any) -> StepFailed:
    return StepFailed(
        f"Element '{element_id}': expected {expected}, but got {repr(got)[:200]}", element_id=element_id
    )
