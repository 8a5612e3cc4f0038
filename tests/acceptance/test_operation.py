"""A site and a worker as they run on Monday: asked by a supervisor, scraped by Prometheus, stopped by a signal."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from engine import clock
from engine.actors import SYSTEM
from engine.commands import StartInstance
from engine.database import open_database
from engine.definitions.resources import ModelResources
from engine.dispatch import Dispatcher
from engine.ids import new_id
from engine.service_tasks import ServiceTaskHandlers
from processes.schema import upgrade
from tests.drawing import end, flows, model, start, user_task
from tests.drawing import timer as boundary_timer
from web.assets import FOLDER

WAITING = model(
    start(),
    user_task("work"),
    boundary_timer("limit", "work", "limit_at", interrupting=True),
    end("expired"),
    end(),
    flows("begin", "work", "finish"),
    flows("limit", "expired"),
)


@pytest.fixture(autouse=True)
def a_timer_is_due(sqlite_url: str) -> None:
    """One instance whose timer is due since a minute."""
    database = open_database(sqlite_url)
    upgrade(database)
    dispatcher = Dispatcher(database, handlers=ServiceTaskHandlers())
    definition_hash = dispatcher.deploy(ModelResources(bpmn=WAITING), actor=SYSTEM)
    dispatcher.execute(
        StartInstance(
            command_id=new_id(),
            actor=SYSTEM,
            instance_id=new_id(),
            definition_hash=definition_hash,
            business_key="waits",
            variables={"limit_at": clock.to_text(clock.now() - timedelta(minutes=1))},
        )
    )
    database.dispose()


@contextmanager
def running(tmp_path: Path, url: str, *arguments: str, **settings: str) -> Iterator[Path]:
    """A ``sauro`` process; give the file of its log, and end it as a supervisor does."""
    if not (FOLDER / "manifest.json").is_file():
        pytest.skip("the front end has not been built")
    environment = {**os.environ, "SAURO_HOME": str(tmp_path), "SAURO_DATABASE_URL": url, **settings}
    log = tmp_path / "log"
    with log.open("wb") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-c", "from web.cli import main; main()", *arguments],
            env={**environment, "SAURO_LOG_FORMAT": "json", "LC_ALL": "en_US.UTF-8"},
            stdout=subprocess.DEVNULL,
            stderr=stderr,
        )
        try:
            yield log
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def ask(port: int, path: str, **headers: str) -> tuple[int, str]:
    """Ask until somebody answers at all."""
    limit = time.monotonic() + 60
    while True:
        try:
            request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except OSError:
            if time.monotonic() > limit:
                raise
            time.sleep(0.1)


def wait_for(port: int, words: str) -> str:
    """Scrape until a figure is there."""
    limit = time.monotonic() + 60
    while True:
        status, figures = ask(port, "/metrics")
        assert status == 200
        if words in figures or time.monotonic() > limit:
            return figures
        time.sleep(0.1)


ROUND = 'sauro_clockwork_rounds_total{outcome="done"}'
FIRED = 'sauro_commands_total{command="fire_timer.v1",outcome="applied"} 1.0'


@pytest.mark.parametrize("kind", ["serve", "worker by option", "worker by setting"])
def test_a_process_tells_how_it_is(tmp_path: Path, sqlite_url: str, kind: str) -> None:
    port = free_port()
    arguments, settings = {
        "serve": (["serve", "--port", str(port)], {}),
        "worker by option": (["worker", "--health-port", str(port)], {}),
        "worker by setting": (["worker"], {"SAURO_METRICS_PORT": str(port)}),
    }[kind]
    with running(tmp_path, sqlite_url, *arguments, **settings) as log:
        assert ask(port, "/healthz")[0] == 200
        figures = wait_for(port, FIRED)
        assert FIRED in figures
        assert "sauro_timer_lag_seconds_count 1.0" in figures
        assert 'sauro_timer_lag_seconds_bucket{le="30.0"} 0.0' in figures
        assert ROUND in wait_for(port, ROUND)  # the round that fired it has ended
        status, told = ask(port, "/readyz")
        assert (status, json.loads(told)["checks"]["clockwork"]) == (200, "ok")
    lines = log.read_text(encoding="utf-8").splitlines()
    logged = [json.loads(line) for line in lines if line.startswith("{")]
    assert all(set(line) >= {"time", "level", "logger", "message"} for line in logged)
    assert not [line for line in logged if line["level"] in {"error", "critical"}]


def test_figures_are_for_who_brings_the_token(tmp_path: Path, sqlite_url: str) -> None:
    port = free_port()
    arguments = ("worker", "--health-port", str(port))
    with running(tmp_path, sqlite_url, *arguments, SAURO_METRICS_TOKEN="hush-hush"):
        assert ask(port, "/metrics")[0] == 403
        assert ask(port, "/metrics", Authorization="Bearer hush-hush")[0] == 200
        assert ask(port, "/readyz")[0] == 200


def test_a_port_that_is_taken_is_refused_by_name(tmp_path: Path, sqlite_url: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = subprocess.run(
            [sys.executable, "-c", "from web.cli import main; main()", "worker", "--health-port", str(port)],
            env={**os.environ, "SAURO_HOME": str(tmp_path), "SAURO_DATABASE_URL": sqlite_url},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert process.returncode == 2
    assert str(port) in process.stderr
