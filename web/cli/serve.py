"""``sauro serve`` and ``sauro worker``: the site, and the clock."""

import signal
import threading
from types import FrameType

import click
from flask import Flask
from waitress.server import create_server

from engine.database import DatabaseSettings
from engine.outbox import Receiver
from engine.timers.clockwork import Clockwork
from processes.notifications.email import EmailReceiver, MailServer
from processes.notifications.send import EMAIL_TOPIC
from processes.wiring import deploy_models
from web.app import create_app
from web.cli.installation import Installation, open_installation
from web.cli.output import notes
from web.language import gettext
from web.notifications.digest import digest_renderer, people_of_groups


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65535))
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 64))
def serve(host: str, port: int, threads: int) -> None:
    """Serve the site and keep time in the same process."""
    installation = open_installation()
    _require_connections(installation.settings.database, threads)
    deploy_models(installation.dispatcher)
    run_site(installation, host=host, port=port, threads=threads)


def _require_connections(database: DatabaseSettings, threads: int) -> None:
    """Refuse threads that would wait for each other's connections: a page reads on one and writes on another."""
    wanted = 2 * threads + 2  # the clock has two of its own
    if database.most_connections < wanted:
        raise ValueError(
            f"Expected {wanted} database connections for {threads} threads, but there are "
            f"{database.most_connections}; set SAURO_DATABASE_POOL_SIZE or SAURO_DATABASE_POOL_OVERFLOW higher"
        )


@click.command()
def worker() -> None:
    """Keep time and deliver messages, without the site; as many as you like."""
    installation = open_installation()
    app = create_app(installation.settings, installation.database)
    clockwork = Clockwork(installation.dispatcher, receivers(installation, app))
    stopped = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    clockwork.start()
    notes.print(gettext("Keeping time; stop with Ctrl+C."))
    stopped.wait()
    clockwork.stop()


def run_site(installation: Installation, *, host: str, port: int, threads: int) -> None:
    """Serve until the process is told to stop."""
    app = create_app(installation.settings, installation.database)
    server = create_server(app, host=host, port=port, threads=threads, ident="sauro")
    clockwork = Clockwork(installation.dispatcher, receivers(installation, app))

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
