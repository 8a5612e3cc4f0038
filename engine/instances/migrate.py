"""Lets a running instance go on under another definition of its process."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.engine import Connection

from engine import inbox
from engine.commands import MigrateInstance
from engine.errors import NotAuthorised
from engine.instances import incident
from engine.instances.instance import OPEN, Instance, lock_instance, require_active
from engine.instances.reason import require_reason
from engine.spiff import CompiledModel, ElementNames, Execution, StepResult
from engine.tables import message_subscription, signal_subscription, timer, user_task


def locate(connection: Connection, command: MigrateInstance) -> Instance:
    """Take the instance under lock."""
    return lock_instance(connection, command.instance_id)


def authorise(_connection: Connection, command: MigrateInstance, instance: Instance) -> None:
    """Refuse an actor without the permission to migrate, an ended instance, and a migration without reason."""
    if "instance:migrate" not in command.actor.permissions:
        raise NotAuthorised("Expected an actor who may migrate process instances", actor=command.actor.key)
    require_active(instance)
    require_reason(command.reason)


def migrated_from(instance: Instance) -> dict[str, Any]:
    """Return the part of the payload that names the definition it was under before."""
    return {"from_definition": instance.definition_hash}


def rename(
    connection: Connection,
    instance: Instance,
    step: StepResult,
    command: MigrateInstance,
    model: CompiledModel,
) -> None:
    """Write the elements that everything waits at now, or has failed at, and the forms of user tasks.

    User tasks that have ended get their new names, too, so that a rule about who completed one still finds it.
    """
    names = ElementNames(command.mapping)
    tasks = {
        row.id: names.of(row.element_id)
        for row in connection.execute(_TASKS, {"instance_id": instance.id})
        if names.of(row.element_id) != row.element_id
    }
    ended = [
        {"b_id": task_id, "element_id": name}
        for task_id, name in tasks.items()
        if name in model.elements and model.elements[name].type == "userTask"
    ]
    opened = [
        {"b_id": task.task_id, "element_id": task.element_id, "form_id": task.form_id}
        for task in step.user_tasks
    ]
    timers = [{"b_id": each.timer_id, "element_id": each.element_id} for each in step.timers]
    messages = [{"b_id": each.task_id, "element_id": each.element_id} for each in step.subscriptions]
    signals = [{"b_id": each.task_id, "element_id": each.element_id} for each in step.signals]
    for table, key, rows in (
        (user_task, user_task.c.id, ended),
        (user_task, user_task.c.id, opened),
        (timer, timer.c.id, timers),
        (message_subscription, message_subscription.c.task_id, messages),
        (signal_subscription, signal_subscription.c.task_id, signals),
    ):
        if rows:
            connection.execute(update(table).where(key == bindparam("b_id")), rows)
    inbox.refresh(connection, instance.id)
    if instance.has_incidents:
        incident.rename(connection, instance.id, names)


def apply(execution: Execution, payload: Mapping[str, Any]) -> None:
    """Migrate, live or on replay."""
    execution.migrate(
        payload["from_definition"], payload["definition_hash"], payload["mapping"], payload["reason"]
    )


_TASKS = select(user_task.c.id, user_task.c.element_id).where(
    user_task.c.instance_id == bindparam("instance_id"), user_task.c.status != OPEN
)
