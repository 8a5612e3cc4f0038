"""``sauro serve`` and ``sauro worker``: the site, and the clock."""

import signal
import threading
from collections.abc import Callable
from datetime import timedelta
from types import FrameType

import click
from flask import Flask
from waitress.server import create_server

from engine.actors import SYSTEM
from engine.archive.byproducts import throw_away
from engine.archive.nightly import NightlyWork
from engine.archive.run import archive_due
from engine.database import DatabaseSettings
from engine.outbox import Receiver
from engine.timers.clockwork import Clockwork
from processes.notifications.email import EmailReceiver, MailServer
from processes.notifications.retention import remove_read
from processes.notifications.send import EMAIL_TOPIC
from processes.wiring import deploy_models
from web import logs
from web.app import create_app
from web.cli.installation import Installation, open_installation
from web.cli.output import notes
from web.health import create_health_app
from web.health.check import Health
from web.language import gettext
from web.metrics.metrics import Metrics
from web.notifications.digest import digest_renderer, people_of_groups


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65535))
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 64))
def serve(host: str, port: int, threads: int) -> None:
    """Serve the site and keep time in the same process."""
    logs.configure(logs.LogSettings.from_environment(), usual_level="info")
    metrics = Metrics()
    installation = open_installation(instruments=metrics.instruments)
    _require_connections(installation.settings.database, threads)
    deploy_models(installation.dispatcher)
    run_site(installation, metrics, host=host, port=port, threads=threads)


def _require_connections(database: DatabaseSettings, threads: int) -> None:
    """Refuse threads that would wait for each other's connections: a page reads on one and writes on another."""
    wanted = 2 * threads + 2  # the clock has two of its own
    if database.most_connections < wanted:
        raise ValueError(
            f"Expected {wanted} database connections for {threads} threads, but there are "
            f"{database.most_connections}; set SAURO_DATABASE_POOL_SIZE or SAURO_DATABASE_POOL_OVERFLOW higher"
        )


@click.command()
@click.option("--health-host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--health-port",
    type=click.IntRange(0, 65535),
    help="Serve /healthz, /readyz and /metrics there (default: SAURO_METRICS_PORT, else nowhere).",
)
def worker(health_host: str, health_port: int | None) -> None:
    """Keep time and deliver messages, without the site; as many as you like."""
    logs.configure(logs.LogSettings.from_environment(), usual_level="info")
    metrics = Metrics()
    installation = open_installation(instruments=metrics.instruments)
    metrics.watch(installation.database, installation.dispatcher.definitions)
    app = create_app(installation.settings, installation.database)
    clockwork = Clockwork(
        installation.dispatcher, receivers(installation, app), nightly=nightly(installation)
    )
    health = Health(database=installation.database, clockwork=clockwork)
    port = installation.settings.metrics_port if health_port is None else health_port
    if port:
        _serve_health(create_health_app(installation.settings, health, metrics), health_host, port)
    stopped = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    clockwork.start()
    notes.print(gettext("Keeping time; stop with Ctrl+C."))
    stopped.wait()
    clockwork.stop()


def run_site(installation: Installation, metrics: Metrics, *, host: str, port: int, threads: int) -> None:
    """Serve until the process is told to stop.

    Args:
        metrics: those that the installation's dispatcher tells what it does.
    """
    metrics.watch(installation.database, installation.dispatcher.definitions)
    app = create_app(installation.settings, installation.database, metrics=metrics)
    server = create_server(app, host=host, port=port, threads=threads, ident="sauro")
    clockwork = Clockwork(
        installation.dispatcher, receivers(installation, app), nightly=nightly(installation)
    )
    app.extensions["sauro_health"].clockwork = clockwork

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    clockwork.start()
    notes.print(f"http://{host}:{port}")
    try:
        server.run()
    finally:
        clockwork.stop()
        server.close()


def _serve_health(app: Flask, host: str, port: int) -> None:
    """Answer supervisors in a thread that ends with the process."""
    try:
        server = create_server(app, host=host, port=port, threads=2, ident="sauro")
    except OSError as error:
        raise ValueError(
            f"Expected to listen on {host}:{port}, but that is not possible: {error.strerror}"
        ) from error
    threading.Thread(target=server.run, name="health", daemon=True).start()


def nightly(installation: Installation) -> NightlyWork:
    """Return what is done once a night: archiving, and throwing away what was only needed on the way."""
    age = timedelta(days=installation.settings.keep_byproducts_days)

    def work(go_on: Callable[[], bool]) -> None:
        archive_due(installation.archive, actor=SYSTEM, go_on=go_on)
        throw_away(installation.database, older_than=age, go_on=go_on)
        remove_read(installation.database, older_than=age, go_on=go_on)

    return NightlyWork(database=installation.database, work=work)


def receivers(installation: Installation, app: Flask) -> dict[str, Receiver]:
    """Return who takes which outbox topic; e-mail only when a server is set."""
    mail = installation.settings.mail
    if mail.host is None:
        return {}
    server = MailServer(
        host=mail.host,
        port=mail.port,
        sender=mail.sender,
        username=mail.username,
        password=mail.password,
        starttls=mail.starttls,
    )
    return {
        EMAIL_TOPIC: EmailReceiver(
            installation.database, server, people=people_of_groups, render=digest_renderer(app)
        )
    }
