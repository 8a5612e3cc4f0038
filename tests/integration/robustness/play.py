"""Processes that are killed: clients that ask, workers that keep time, all on one database.

``python -m tests.integration.robustness.play ROLE URL FOLDER NAME`` where ROLE is ``client``, ``worker``,
``alone`` (both in one process) or ``hang``. What a client got an answer for, and what a receiver got, is appended
to files in FOLDER by single writes, which outlive the process.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.actors import SYSTEM, Actor
from engine.batches.create import NewBatch, create_batch
from engine.commands import CompleteUserTask, FireTimer, SetVariables, StartInstance
from engine.database import DatabaseSettings, open_database, reading
from engine.definitions.resources import ModelResources
from engine.definitions.versions import newest
from engine.dispatch import Answer, Dispatcher, Recorded
from engine.errors import Busy, Rejection
from engine.ids import derived_id
from engine.outbox import OutboxMessage, Receiver
from engine.service_tasks import ServiceCall, ServiceTaskHandlers
from engine.tables import user_task
from engine.timers.clockwork import Clockwork
from engine.timers.due import fire_due
from tests.drawing import end, flows, message, model, service_task, start
from tests.drawing import user_task as user

#: Instances that one client starts, in batches.
INSTANCES = 28
BATCH = 4

#: What a dead worker held is free again after so long.
CLAIM = timedelta(seconds=2)

CLERK = Actor(key="u:clerk", groups=frozenset({"clerks"}))


def _timer(element_id: str, host: str, kind: str, written: str, *, interrupting: bool) -> str:
    return (
        f'<bpmn:boundaryEvent id="{element_id}" attachedToRef="{host}" '
        f'cancelActivity="{"true" if interrupting else "false"}"><bpmn:timerEventDefinition>'
        f"<bpmn:{kind}>{written}</bpmn:{kind}></bpmn:timerEventDefinition></bpmn:boundaryEvent>"
    )


_MESSAGE = message("asked", "asked", "key")

#: A person works and is nagged; the result is filed and another process is asked.
ASKING = model(
    start(),
    user("work"),
    _timer("nag", "work", "timeCycle", "R3/PT1S", interrupting=False),
    end("nagged"),
    service_task("file_work", "file"),
    '<bpmn:endEvent id="ask" name="ask"><bpmn:messageEventDefinition messageRef="asked"/></bpmn:endEvent>',
    flows("begin", "work", "file_work", "ask"),
    flows("nag", "nagged"),
    messages=_MESSAGE,
    process="asking",
)

#: Begins when it is asked, and ends by itself.
ANSWERING = model(
    '<bpmn:startEvent id="called" name="called"><bpmn:messageEventDefinition messageRef="asked"/>'
    "</bpmn:startEvent>",
    user("answer"),
    _timer("limit", "answer", "timeDuration", "PT1S", interrupting=True),
    service_task("file_answer", "file"),
    end(),
    end("answered"),
    flows("called", "answer", "answered"),
    flows("limit", "file_answer", "finish"),
    messages=_MESSAGE,
    process="answering",
)

#: Begins by the clock, and ends at once.
TIMED = model(
    '<bpmn:startEvent id="called" name="called"><bpmn:timerEventDefinition>'
    "<bpmn:timeCycle>R/PT1S</bpmn:timeCycle></bpmn:timerEventDefinition></bpmn:startEvent>",
    service_task("file_time", "file"),
    end(),
    flows("called", "file_time", "finish"),
    process="timed",
)


def append(file: Path, line: str) -> None:
    """Write a line that outlives this process."""
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(descriptor, f"{line}\n".encode())
    os.close(descriptor)


def open_office(url: str, **options: Any) -> Dispatcher:
    """Return a dispatcher on the shared database."""
    handlers = ServiceTaskHandlers()

    def file(call: ServiceCall) -> Mapping[str, Any]:
        call.outbox.add("filed", {"by": call.element_id}, key=f"file:{call.task_id}")
        return {"filed": True}

    handlers.register("file", file)
    database = open_database(url, DatabaseSettings(idle_timeout=2, lock_timeout=20))
    return Dispatcher(database, handlers=handlers, **options)


def deploy(dispatcher: Dispatcher) -> None:
    """Deploy the three models."""
    dispatcher.deploy_all([ModelResources(bpmn=each) for each in (ASKING, ANSWERING, TIMED)], actor=SYSTEM)


def receivers(folder: Path) -> dict[str, Receiver]:
    """Return who notes what was filed."""

    def receive(messages: Sequence[OutboxMessage]) -> None:
        for each in messages:
            append(folder / "filed", each.key)

    return {"filed": receive}


def ask(dispatcher: Dispatcher, folder: Path, name: str) -> None:
    """Start instances and complete their tasks, with identifiers that are the same after a restart."""
    with reading(dispatcher.database) as connection:
        definition_hash = newest(connection, "asking")
    numbers = range(INSTANCES)
    for first in range(0, INSTANCES, BATCH):
        batch = [
            StartInstance(
                command_id=derived_id(name, "start", number),
                actor=SYSTEM,
                instance_id=derived_id(name, number),
                definition_hash=definition_hash,
                business_key=f"{name} {number}",
                variables={"key": f"{name} {number}"},
            )
            for number in numbers[first : first + BATCH]
        ]
        for command, answer in zip(batch, insist(dispatcher, batch), strict=True):
            acknowledge(folder, command.command_id, answer)
        note_all(dispatcher, name, first, [command.instance_id for command in batch])
        time.sleep(0.15)
        complete_open(dispatcher, folder, name, numbers[: first + BATCH // 2])
    time.sleep(1.2)
    complete_open(dispatcher, folder, name, numbers)


def note_all(dispatcher: Dispatcher, name: str, number: int, instances: Sequence[UUID]) -> None:
    """Have a variable of the instances set by a batch; a repeat finds the batch that there is."""
    create_batch(
        dispatcher.database,
        NewBatch(
            batch_id=derived_id(name, "batch", number),
            command=SetVariables.tag,
            parameters={"variables": {"noted": number}},
            actor=SYSTEM,
            reason="noted",
            subjects=instances,
        ),
    )


def complete_open(dispatcher: Dispatcher, folder: Path, name: str, numbers: Sequence[int]) -> None:
    with reading(dispatcher.database) as connection:
        tasks = connection.scalars(
            select(user_task.c.id).where(
                user_task.c.instance_id.in_([derived_id(name, number) for number in numbers]),
                user_task.c.status == "open",
            )
        ).all()
    for task_id in tasks:
        command = CompleteUserTask(command_id=derived_id("complete", task_id), actor=CLERK, task_id=task_id)
        try:
            acknowledge(folder, command.command_id, insist(dispatcher, [command])[0])
        except Rejection as refusal:
            append(folder / "refused", f"{task_id} {refusal}")


def insist(dispatcher: Dispatcher, commands: Sequence[Any]) -> list[Answer]:
    """Send commands until the database takes them, as a caller may."""
    while True:
        try:
            return dispatcher.execute_batch(commands)
        except Busy:
            time.sleep(0.1)


def acknowledge(folder: Path, command_id: object, answer: Answer) -> None:
    append(folder / "acknowledged", f"{command_id} {answer.instance_id} {answer.sequence}")


def hang(url: str, folder: Path) -> None:
    """Stop in the middle of firing a timer; say what came of it when continued."""

    def stop(recorded: Recorded) -> None:
        if isinstance(recorded.command, FireTimer) and not (folder / "stopped").exists():
            append(folder / "stopped", str(recorded.instance.id))
            os.kill(os.getpid(), signal.SIGSTOP)

    firing = fire_due(open_office(url, listeners=[stop]), limit=1)
    append(folder / "continued", f"{firing.fired} {firing.refused} {firing.failed} {firing.postponed}")


def main() -> None:
    """Play the role of the command line until the end, or until killed."""
    role, url, folder, name = sys.argv[1], sys.argv[2], Path(sys.argv[3]), sys.argv[4]
    if role == "hang":
        hang(url, folder)
        return
    dispatcher = open_office(url)
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    clockwork = Clockwork(dispatcher, receivers(folder), claim=CLAIM)
    append(folder / "ready", name)
    if role != "client":
        clockwork.start()
    if role != "worker":
        ask(dispatcher, folder, name)
        append(folder / "done", name)
    if role != "client":
        stopped.wait()
        clockwork.stop()


if __name__ == "__main__":
    main()
