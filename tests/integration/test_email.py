"""Notifications leave by e-mail as one digest per person, at least once, in Vietnamese (DESIGN §7 rule 6)."""

import email
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import Engine, select

from engine import clock
from engine.outbox import deliver_due
from engine.tables import outbox
from processes.assignments.handlers import AssignmentSettings
from processes.notifications.email import EmailReceiver, MailServer
from processes.notifications.send import EMAIL_TOPIC
from processes.wiring import ProcessSettings, build_dispatcher
from tests.integration.web.site import Site, furnish
from web.app import create_app
from web.assets import FOLDER
from web.notifications.digest import digest_renderer, people_of_groups
from web.settings import Settings


@dataclass
class Mailbox:
    """Keeps what arrives."""

    received: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take a message."""
        self.received.append(email.message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
        return "250 OK"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def smtp(mailbox: Mailbox, port: int) -> Iterator[Controller]:
    """A mail server that the test starts and stops."""
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    yield controller
    if controller.server is not None:
        controller.stop()


@pytest.fixture
def site(database: Engine, database_url: str, tmp_path: Path) -> Site:
    """A site whose letter was issued with e-mail switched on."""
    if not (FOLDER / "manifest.json").is_file():
        pytest.skip("the front end has not been built")
    app = create_app(
        Settings(home=tmp_path, database_url=database_url, secret_key="for tests only"), database
    )
    settings = ProcessSettings(assignment=AssignmentSettings(by_email=True))
    app.extensions["sauro_dispatcher"] = build_dispatcher(database, settings)
    return furnish(app, database)


def receiver(site: Site, port: int) -> EmailReceiver:
    return EmailReceiver(
        site.database,
        MailServer(host="127.0.0.1", port=port, sender="sauro@city.example"),
        people=people_of_groups,
        render=digest_renderer(site.app),
    )


def waiting(database: Engine) -> int:
    with database.connect() as connection:
        return len(connection.execute(select(outbox).where(outbox.c.delivered_at.is_(None))).all())


def test_each_person_gets_one_digest(site: Site, smtp: Controller, mailbox: Mailbox, port: int) -> None:
    smtp.start()
    assert waiting(site.database) == 2
    assert deliver_due(site.database, {EMAIL_TOPIC: receiver(site, port)}) == 2
    assert waiting(site.database) == 0
    assert sorted(mail["To"] for mail in mailbox.received) == [
        "head.snv@city.example",
        "head.stc@city.example",
    ]
    text = mailbox.received[0].get_content()
    assert "Người head." in text
    assert "77/UBND-KSTT" in text
    assert "tiếp nhận" in text
    assert "Sáu Rõ" in mailbox.received[0]["Subject"]


def test_what_cannot_leave_stays_and_leaves_later_once(
    site: Site, smtp: Controller, mailbox: Mailbox, port: int
) -> None:
    receivers = {EMAIL_TOPIC: receiver(site, port)}
    assert deliver_due(site.database, receivers) == 0
    assert waiting(site.database) == 2
    smtp.start()
    assert deliver_due(site.database, receivers) == 0  # the pause after a failure
    with clock.frozen_at(clock.now() + timedelta(minutes=2)):
        assert deliver_due(site.database, receivers) == 2
        assert deliver_due(site.database, receivers) == 0
    assert len(mailbox.received) == 2
