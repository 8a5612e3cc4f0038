"""Sends waiting notifications by e-mail: one digest per person, however many there are (DESIGN §7 rule 6)."""

import smtplib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.engine import Connection

from engine.database import reading
from engine.outbox import OutboxMessage

#: Seconds to wait for the mail server.
TIMEOUT = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """A person who reads e-mail; ``locale`` chooses the language of the digest."""

    address: str
    name: str
    locale: str = "vi"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """How to reach the mail server."""

    host: str
    port: int
    sender: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    starttls: bool = False


#: Returns the people of candidate groups, by group.
People = Callable[[Connection, Iterable[str]], Mapping[str, Sequence[Recipient]]]

#: Returns subject and text of a digest.
Render = Callable[[Recipient, Sequence[Mapping[str, Any]]], tuple[str, str]]


class EmailReceiver:
    """Receives the outbox topic ``email``."""

    def __init__(self, database: Engine, server: MailServer, *, people: People, render: Render) -> None:
        self._database = database
        self._server = server
        self._people = people
        self._render = render

    def __call__(self, messages: Sequence[OutboxMessage]) -> None:
        """Send each person one digest of all messages for any of their groups.

        Raises:
            OSError: the server cannot be reached or refuses (``smtplib.SMTPException`` is one).
        """
        with reading(self._database) as connection:
            people = self._people(connection, {message.payload["group"] for message in messages})
        digests: dict[Recipient, list[Mapping[str, Any]]] = {}
        for message in messages:
            for recipient in people.get(message.payload["group"], ()):
                digests.setdefault(recipient, []).append(message.payload)
        if not digests:
            return
        with smtplib.SMTP(self._server.host, self._server.port, timeout=TIMEOUT) as client:
            if self._server.starttls:
                client.starttls()
            if self._server.username is not None:
                client.login(self._server.username, self._server.password or "")
            for recipient, items in digests.items():
                client.send_message(self._digest(recipient, items))

    def _digest(self, recipient: Recipient, items: Sequence[Mapping[str, Any]]) -> EmailMessage:
        subject, text = self._render(recipient, items)
        mail = EmailMessage()
        mail["From"] = self._server.sender
        mail["To"] = recipient.address
        mail["Subject"] = subject
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(text)
        return mail
