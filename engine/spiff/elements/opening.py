"""Opens a user task: who may work on it, by when, how urgent it is."""

from collections.abc import Mapping
from typing import Any

from engine import clock
from engine.errors import StepFailed
from engine.spiff.details import DEFAULT_PRIORITY, Assignment
from engine.spiff.schedule import parse_instant
from engine.spiff.tokens import Token


def opened(element_id: str, assignment: Assignment, scope: Mapping[str, Any], token: Token) -> dict[str, Any]:
    """Return who may work on a user task and when, as the token keeps it.

    Raises:
        StepFailed: a part is not what it must be, or nobody may work on the task.
    """
    at = token.workflow.top_workflow.moment

    def part(name: str) -> Any:
        value = getattr(assignment, name)
        return None if value is None else value.evaluate(scope, at=at, element_id=element_id)

    def instant(name: str) -> str | None:
        value = part(name)
        if value is None:
            return None
        try:
            return clock.to_text(parse_instant(value))
        except (AttributeError, ValueError) as error:
            raise _wrong(element_id, f"{name} to be an instant", value) from error

    assignee = part("assignee")
    groups = part("candidate_groups")
    if isinstance(groups, str):
        groups = [group.strip() for group in groups.split(",") if group.strip()]
    groups = [] if groups is None else groups
    priority = part("priority")
    priority = DEFAULT_PRIORITY if priority is None else priority
    if isinstance(priority, str) and priority.isdecimal():
        priority = int(priority)
    if assignee is not None and not isinstance(assignee, str):
        raise _wrong(element_id, "the assignee to be text", assignee)
    if not isinstance(groups, list) or not all(isinstance(group, str) for group in groups):
        raise _wrong(element_id, "the candidate groups to be a list of texts", groups)
    if assignee is None and not groups:
        raise _wrong(element_id, "an assignee or candidate groups", None)
    if isinstance(priority, bool) or not isinstance(priority, int) or not 0 <= priority <= 100:
        raise _wrong(element_id, "the priority to be a whole number from 0 to 100", priority)
    return {
        "assignee": assignee,
        "groups": groups,
        "due": instant("due_at"),
        "follow_up": instant("follow_up_at"),
        "priority": priority,
    }


def _wrong(element_id: str, expected: str, got: Any) -> StepFailed:
    return StepFailed(f"Element '{element_id}': expected {expected}, but got {got!r}", element_id=element_id)
