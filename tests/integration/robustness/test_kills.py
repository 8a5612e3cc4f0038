"""Killed at any moment (``kill -9``), processes lose nothing and double nothing; one that hangs is timed out."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random

import orjson
import pytest
from sqlalchemy import func, select

from engine import clock
from engine.actors import SYSTEM
from engine.batches.run import command_id_of, run_batches
from engine.commands import StartInstance
from engine.database import reading
from engine.definitions.versions import newest
from engine.dispatch import Dispatcher
from engine.history.verify import verify_all
from engine.ids import new_id
from engine.messages.delivery import receivers as engine_receivers
from engine.outbox import deliver_due
from engine.packing import unpack
from engine.tables import (
    batch,
    batch_item,
    incident,
    journal,
    kept_message,
    metadata,
    outbox,
    process_instance,
    start_timer,
    timer,
)
from engine.timers.due import fire_due, start_due
from tests.integration.robustness import play

pytestmark = pytest.mark.slow

#: A hung test ends after so many seconds.
PATIENCE = 120

#: Processes killed in a test; each may lose the acknowledgement of one command that was committed.
KILLS = 4

Start = Callable[[str, str], subprocess.Popen[bytes]]
Starting = Callable[[str], Start]
Prepared = Callable[[str], Dispatcher]


@pytest.fixture
def starting(tmp_path: Path) -> Iterator[Starting]:
    """Starts processes of :mod:`play`, and ends all that are left."""
    processes: list[subprocess.Popen[bytes]] = []

    def on(url: str) -> Start:
        def start(role: str, name: str) -> subprocess.Popen[bytes]:
            command = [sys.executable, "-m", "tests.integration.robustness.play", role, url]
            with (tmp_path / "errors").open("ab") as errors:
                process = subprocess.Popen([*command, str(tmp_path), name], stderr=errors)
            processes.append(process)
            return process

        return start

    yield on
    for process in processes:
        process.kill()
        process.wait()


def lines(folder: Path, name: str) -> list[str]:
    file = folder / name
    return file.read_text().splitlines() if file.exists() else []


def wait_for(condition: Callable[[], bool]) -> None:
    limit = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < limit, "it takes too long"
        time.sleep(0.02)


@pytest.fixture
def prepared() -> Iterator[Prepared]:
    """Opens an office with the models deployed."""
    offices: list[Dispatcher] = []

    def on(url: str) -> Dispatcher:
        dispatcher = play.open_office(url)
        offices.append(dispatcher)
        metadata.create_all(dispatcher.database)
        play.deploy(dispatcher)
        return dispatcher

    yield on
    for office in offices:
        office.database.dispose()


def kill_at_random(
    start: Start, folder: Path, roles: dict[str, str], *, clients: set[str], kills: int, seed: int
) -> None:
    """Let all work, kill one of them at random moments and start it again; return when the clients are done."""
    random = Random(seed)
    running = {name: start(role, name) for name, role in roles.items()}
    for kill in range(kills):
        wait_for(partial(_are_ready, folder, len(roles) + kill))
        time.sleep(random.uniform(0.05, 1.0))
        name = random.choice(sorted(roles))
        running[name].kill()
        running[name].wait()
        running[name] = start(roles[name], name)
    wait_for(lambda: clients <= set(lines(folder, "done")))
    for name in roles.keys() - clients:
        running[name].send_signal(signal.SIGTERM)
    for name, process in running.items():
        if roles[name] == "alone":
            process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)


def _are_ready(folder: Path, processes: int) -> bool:
    return len(lines(folder, "ready")) >= processes


def let_everything_end(dispatcher: Dispatcher, folder: Path) -> None:
    """Do what is left, later, when the claims of the dead have ended; the cycle that starts instances is left."""
    receivers = {**engine_receivers(dispatcher), **play.receivers(folder)}
    for hours in range(1, 6):
        with clock.frozen_at(clock.now() + timedelta(hours=hours)):
            start_due(dispatcher)
            while run_batches(dispatcher).treated:
                pass
            while fire_due(dispatcher).handled + deliver_due(dispatcher.database, receivers):
                pass


def assert_nothing_lost_or_doubled(dispatcher: Dispatcher, folder: Path, *, instances: int) -> None:
    """Compare what is in the database with what was acknowledged; a kill may come between commit and answer."""
    with reading(dispatcher.database) as connection:
        entries = [orjson.loads(unpack(packed)) for packed in connection.scalars(select(journal.c.document))]
        by_command = {entry["command_id"]: entry for entry in entries}
        acknowledged = [line.split() for line in lines(folder, "acknowledged")]
        assert {line[0] for line in acknowledged} <= by_command.keys()
        for command_id, instance_id, sequence in acknowledged:
            entry = by_command[command_id]
            assert (entry["instance_id"], str(entry["sequence"])) == (instance_id, sequence)
        assert len({(line[0]) for line in acknowledged}) >= 2 * instances - KILLS

        started = Counter(
            connection.scalars(
                select(process_instance.c.business_key).where(process_instance.c.process_key == "asking")
            )
        )
        answered = Counter(
            connection.scalars(
                select(process_instance.c.business_key).where(process_instance.c.process_key == "answering")
            )
        )
        assert len(started) == instances
        assert set(started.values()) == {1}
        assert answered == started  # each message had its effect once
        assert set(connection.scalars(select(process_instance.c.status))) == {"completed"}

        fired = Counter(
            entry["payload"]["timer_id"] for entry in entries if entry["command"] == "fire_timer.v1"
        )
        assert set(fired.values()) == {1}
        by_status: dict[str, set[str]] = {}
        for row in connection.execute(select(timer.c.id, timer.c.status)):
            by_status.setdefault(row.status, set()).add(str(row.id))
        assert by_status.keys() <= {"fired", "cancelled"}
        assert by_status["fired"] == fired.keys()
        ticks = Counter(connection.scalars(select(start_timer.c.status)))
        by_clock = sum(entry["payload"].get("start_event") == "called" for entry in entries) - len(answered)
        assert (ticks["waiting"], ticks.keys() - {"waiting", "fired"}) == (1, set())
        assert ticks["fired"] == by_clock

        assert set(connection.scalars(select(batch.c.status))) == {"done"}
        for item in connection.execute(select(batch_item)):
            given = str(command_id_of(item.batch_id, item.subject)) in by_command
            assert (item.status, given) in (("done", True), ("refused", False)), item

        keys = connection.scalars(select(outbox.c.message_key).where(outbox.c.topic == "filed")).all()
        received = Counter(lines(folder, "filed"))
        assert received.keys() == set(keys)
        assert connection.scalar(
            select(func.count()).select_from(outbox).where(outbox.c.delivered_at.is_(None))
        ) == 0  # fmt: skip
        for table in (incident, kept_message):
            assert connection.scalar(select(func.count()).select_from(table)) == 0
        verified = list(verify_all(connection, dispatcher.definitions))
        assert [each.difference for each in verified if each.difference is not None] == []


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_clients_and_workers_killed_on_postgresql(
    postgres_url: str,
    prepared: Prepared,
    tmp_path: Path,
    starting: Starting,
    seed: int,
) -> None:
    dispatcher = prepared(postgres_url)
    roles = {"client-1": "client", "client-2": "client", "worker-1": "worker", "worker-2": "worker"}
    kill_at_random(
        starting(postgres_url), tmp_path, roles, clients={"client-1", "client-2"}, kills=KILLS, seed=seed
    )
    let_everything_end(dispatcher, tmp_path)
    assert_nothing_lost_or_doubled(dispatcher, tmp_path, instances=2 * play.INSTANCES)


def test_one_process_killed_on_sqlite(
    sqlite_url: str, prepared: Prepared, tmp_path: Path, starting: Starting
) -> None:
    dispatcher = prepared(sqlite_url)
    kill_at_random(starting(sqlite_url), tmp_path, {"alone": "alone"}, clients={"alone"}, kills=KILLS, seed=4)
    let_everything_end(dispatcher, tmp_path)
    assert_nothing_lost_or_doubled(dispatcher, tmp_path, instances=play.INSTANCES)


def test_a_worker_that_hangs_in_a_transaction_is_timed_out_and_does_no_harm_when_it_goes_on(
    postgres_url: str, prepared: Prepared, tmp_path: Path, starting: Starting
) -> None:
    dispatcher = prepared(postgres_url)
    with reading(dispatcher.database) as connection:
        definition_hash = newest(connection, "asking")
    hour_ago = clock.now() - timedelta(hours=1)
    with clock.frozen_at(hour_ago):
        dispatcher.execute(
            StartInstance(
                command_id=new_id(),
                actor=SYSTEM,
                instance_id=new_id(),
                definition_hash=definition_hash,
                business_key="x",
                variables={"key": "x"},
            )
        )
    hung = starting(postgres_url)("hang", "hung")
    wait_for(lambda: lines(tmp_path, "stopped") != [])
    with clock.frozen_at(clock.now() + timedelta(minutes=2)):  # its claim has ended
        wait_for(
            lambda: fire_due(dispatcher, limit=1).fired == 1
        )  # when the server has ended its transaction
    assert lines(tmp_path, "continued") == []
    os.kill(hung.pid, signal.SIGCONT)
    assert hung.wait(PATIENCE) == 0
    assert lines(tmp_path, "continued") == ["0 1 0 0"]  # it met the other's answer
    with reading(dispatcher.database) as connection:
        assert connection.scalar(select(func.count()).select_from(journal)) == 2
        assert [each.difference for each in verify_all(connection, dispatcher.definitions)] == [None]
