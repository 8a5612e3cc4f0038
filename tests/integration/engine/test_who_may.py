"""Every command by somebody who may do nothing: refused, nothing written, and nothing told of what is there."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import pytest
from sqlalchemy import func, select

from engine import clock
from engine.actors import Actor
from engine.commands import (
    Command,
    CorrelateMessage,
    MoveToken,
    RetryIncident,
    SkipServiceTask,
    StartInstance,
)
from engine.database import reading
from engine.errors import NotAuthorised, StepFailed
from engine.ids import new_id
from engine.instances.modules import MODULES
from engine.tables import incident, journal, metadata, outbox, timer
from tests.integration.engine.office import REMIND_AT, Office

NOBODY = Actor(key="u:nobody")
#: Subclasses with slots are made twice; the second is the class.
COMMANDS: Mapping[str, type[Command]] = {each.tag: each for each in Command.__subclasses__()}


def values(office: Office, **found: Any) -> dict[str, Any]:
    """A value for each field that a command may have."""
    return {
        "definition_hash": office.definition_hash,
        "business_key": "x",
        "reason": "to try",
        "message_name": "request_recalled",
        "correlation_key": "secret",
        "signal_name": "bell",
        "assignee": "u:nobody",
        "delegate": "u:somebody",
        "from_element": "request",
        "to_element": "approve",
        "due_at": clock.from_text(REMIND_AT),
        "variables": {"a": 1},
        "output": {},
        "mapping": {},
        **found,
    }


@pytest.mark.parametrize("tag", [*MODULES, RetryIncident.tag, SkipServiceTask.tag])
def test_nobody_may_give_a_command(office: Office, tag: str) -> None:
    instance_id = office.start(key="secret")
    office.switch.failing = True
    with pytest.raises(StepFailed):
        office.complete(instance_id)
    with reading(office.dispatcher.database) as connection:
        timer_id = connection.scalars(select(timer.c.id).where(timer.c.element_id == "reminder")).one()
        incident_id = connection.scalars(select(incident.c.id)).one()
    kind = COMMANDS[tag]
    given = values(
        office,
        command_id=new_id(),
        actor=NOBODY,
        instance_id=new_id() if kind is StartInstance else instance_id,
        task_id=None if kind in (CorrelateMessage, MoveToken) else office.open_task(instance_id),
        timer_id=timer_id,
        incident_id=incident_id,
    )
    command = kind(**{each.name: given[each.name] for each in fields(kind) if each.name in given})
    counts = _counts(office)
    with pytest.raises(NotAuthorised):
        office.dispatcher.execute(command)
    assert _counts(office) == counts


def test_nobody_learns_whether_a_message_is_expected(office: Office) -> None:
    office.start(key="secret")
    office.start(key="two")
    office.start(key="two")
    for key in ("secret", "two", "none"):
        with pytest.raises(NotAuthorised):
            office.dispatcher.execute(
                CorrelateMessage(
                    command_id=new_id(),
                    actor=NOBODY,
                    message_name="request_recalled",
                    correlation_key=key,
                )
            )


def _counts(office: Office) -> dict[str, int]:
    with reading(office.dispatcher.database) as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in metadata.sorted_tables
            if table in (journal, incident, outbox) or "instance" in table.name
        }
