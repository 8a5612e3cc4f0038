"""Records what a revision keeps: a small office is played, and every row is written as JSON.

``python -m tests.integration.revisions.record FILE`` is run once with the code of a revision, before the next one
changes the schema; the file then belongs to the tests for ever.
"""

import sys
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import inspect, text

from engine import clock
from engine.actors import SYSTEM
from engine.commands import CancelInstance
from engine.database import open_database
from engine.definitions.resources import ModelResources
from engine.dispatch import Dispatcher
from engine.errors import StepFailed
from engine.ids import new_id
from engine.service_tasks import ServiceCall, ServiceTaskHandlers
from engine.timers.due import fire_due
from processes.schema import upgrade
from tests.integration.engine.office import APPROVAL, Office, Switch

MONDAY = datetime(2026, 6, 1, 1, tzinfo=UTC)


def registered(switch: Switch) -> ServiceTaskHandlers:
    """Return the handler that the model uses."""
    handlers = ServiceTaskHandlers()

    def file(call: ServiceCall) -> Mapping[str, Any]:
        if switch.failing:
            raise RuntimeError("the filing cabinet is locked")
        call.outbox.add("filed", {"by": call.element_id}, key=f"file:{call.task_id}")
        return {"filed_at": call.effective_at.isoformat()}

    handlers.register("file", file)
    return handlers


def play(office: Office) -> None:
    """Leave instances that wait, have been reworked, have ended, and one that failed."""
    with clock.frozen_at(MONDAY):
        office.start()
        reworked, finished, failing, cancelled = (office.start() for _ in range(4))
    with clock.frozen_at(MONDAY + timedelta(days=1)):
        office.complete(reworked, text="Kính gửi: Sở Nội vụ")
        office.complete(reworked, approval="no")
        office.complete(finished)
        office.complete(finished, approval="yes")
        office.dispatcher.execute(
            CancelInstance(command_id=new_id(), actor=SYSTEM, instance_id=cancelled, reason="thu hồi")
        )
        office.switch.failing = True
        try:
            office.complete(failing)
        except StepFailed:
            office.switch.failing = False
    with clock.frozen_at(MONDAY + timedelta(days=14)):
        fire_due(office.dispatcher)


def rows_of(url: str) -> dict[str, list[dict[str, Any]]]:
    """Return every row of every table; bytes are written as ``{"hex": …}``."""
    database = open_database(url)
    found: dict[str, list[dict[str, Any]]] = {}
    with database.connect() as connection:
        for table in sorted(inspect(connection).get_table_names()):
            rows = connection.execute(text(f"SELECT * FROM {table}")).mappings()
            plain = [{name: _plain(value) for name, value in row.items()} for row in rows]
            if plain:
                found[table] = plain
    database.dispose()
    return found


def _plain(value: Any) -> Any:
    return {"hex": value.hex()} if isinstance(value, bytes) else value


def main() -> None:
    """Record into the file named on the command line."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/recorded.db"
        database = open_database(url)
        upgrade(database)
        switch = Switch()
        dispatcher = Dispatcher(database, handlers=registered(switch))
        office = Office(dispatcher, dispatcher.deploy(ModelResources(bpmn=APPROVAL), actor=SYSTEM), switch)
        play(office)
        database.dispose()
        Path(sys.argv[1]).write_bytes(orjson.dumps(rows_of(url)) + b"\n")


if __name__ == "__main__":
    main()
