"""Nobody judges their own work and nobody decides what they proposed (DOMAIN §7.1, segregation)."""

from collections.abc import Mapping
from typing import Any, ClassVar

from sqlalchemy import select
from sqlalchemy.engine import Connection

from engine.commands import CompleteUserTask
from engine.errors import NotAuthorised
from engine.instances.instance import COMPLETED, Instance
from engine.tables import user_task
from processes.assignments.projection import PROCESS_KEY

_WORK = ("execute_assignment", "report_result")

#: Who completed one of these tasks of an instance may not complete the one named first.
EXCLUSIONS: Mapping[str, tuple[str, ...]] = {
    "resolve_return": ("acknowledge_assignment",),
    "appraise_result": _WORK,
    "decide_commendation": (*_WORK, "appraise_result"),
    "assess_explanation": (*_WORK, "explain"),
    "decide_accountability": (*_WORK, "appraise_result", "explain", "assess_explanation"),
}


class FourEyesRequired(NotAuthorised):
    """The same person took the step that this one judges."""

    code: ClassVar[str] = "four_eyes_required"


def require_four_eyes(
    connection: Connection, command: CompleteUserTask, instance: Instance, _scope: Mapping[str, Any]
) -> None:
    """Refuse a person who took the step that the task judges."""
    if instance.process_key != PROCESS_KEY:
        return
    element_id = connection.scalar(select(user_task.c.element_id).where(user_task.c.id == command.task_id))
    judged = EXCLUSIONS.get(element_id or "")
    if judged is None:
        return
    own = connection.scalar(
        select(user_task.c.element_id).where(
            user_task.c.instance_id == instance.id,
            user_task.c.element_id.in_(judged),
            user_task.c.status == COMPLETED,
            user_task.c.completed_by == command.actor.key,
        )
    )
    if own is not None:
        raise FourEyesRequired(
            f"Expected '{element_id}' to be completed by somebody other than who completed '{own}'",
            element_id=element_id,
            judged=own,
        )
