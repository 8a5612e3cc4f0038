"""A site with one letter issued to a few units, and people who sign in through its pages."""

import re
from dataclasses import dataclass, replace
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from engine import clock
from engine.actors import SYSTEM
from engine.dispatch import Dispatcher
from engine.tables import user_task
from processes.access.accounts import create_user, hash_password
from processes.access.policy import Role
from processes.calendar.store import ensure_calendar, load_calendar
from processes.directives.issue import IssueSettings, issue, plan_issue
from processes.documents.reading.reader import read_letter
from processes.documents.store import directives_of, save_reading
from processes.samples import LETTER_FILE, sample_letter, sample_registry
from processes.schema import upgrade
from processes.units.store import load_registry, save_units
from processes.units.units_csv import read_units_csv
from processes.wiring import deploy_models

PASSWORD = "correct horse battery"
NUMBER = "77/UBND-KSTT"

#: Who signs in: user name, role, unit.
PEOPLE = (
    ("head.stc", Role.UNIT_HEAD, "STC"),
    ("head.snv", Role.UNIT_HEAD, "SNV"),
    ("coordinator", Role.COORDINATOR, "SNV"),
    ("leader", Role.LEADER, None),
    ("auditor", Role.AUDITOR, None),
)

ACCEPT = {"acknowledgement": "accept", "responsible_person": "Phòng Tổng hợp"}


@dataclass
class Site:
    """The application, its database and what was issued."""

    app: Flask
    database: Engine
    document_id: UUID
    instance_of: dict[str, UUID]

    @property
    def dispatcher(self) -> Dispatcher:
        return self.app.extensions["sauro_dispatcher"]

    def sign_in(self, username: str, language: str = "vi") -> "Visitor":
        visitor = Visitor(self.app.test_client())
        visitor.client.set_cookie("sauro_language", language)
        answer = visitor.post("/sign-in", {"username": username, "password": PASSWORD}, page="/sign-in")
        assert answer.status_code == 302, answer.text
        return visitor

    def open_task(self, unit: str) -> UUID:
        with self.database.connect() as connection:
            return connection.scalars(
                select(user_task.c.id).where(
                    user_task.c.instance_id == self.instance_of[unit], user_task.c.status == "open"
                )
            ).one()


@dataclass
class Visitor:
    """A browser without JavaScript."""

    client: FlaskClient

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def post(self, path: str, values: dict, *, page: str) -> TestResponse:
        """Send the form found on ``page``, with its hidden fields, to ``path``."""
        return self.client.post(path, data={**hidden_fields(self.get(page).text), **values})

    def complete(self, task_id: UUID, values: dict) -> TestResponse:
        return self.post(f"/tasks/{task_id}", values, page=f"/tasks/{task_id}")


def hidden_fields(html: str) -> dict[str, str]:
    """Return the hidden fields of the last form on a page that has a command, else of the whole page."""
    tags = re.findall(r'<input[^>]*type="hidden"[^>]*>', html)
    named = [(re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in tags]
    found = {name[1]: value[1] for name, value in named if name and value}
    return {name: value for name, value in found.items() if name in {"csrf_token", "command_id", "up_to"}}


def furnish(app: Flask, database: Engine) -> Site:
    """Load units, people and the sample letter; issue its first item to two units."""
    upgrade(database)
    ensure_calendar(database)
    dispatcher: Dispatcher = app.extensions["sauro_dispatcher"]
    deploy_models(dispatcher)
    password_hash = hash_password(PASSWORD)
    source = sample_letter(clock.today())
    with Session(database, expire_on_commit=False) as session, session.begin():
        save_units(session, read_units_csv(sample_registry()))
        for username, role, unit in PEOPLE:
            create_user(
                session,
                username=username,
                name=f"Người {username}",
                password_hash=password_hash,
                roles=[role],
                unit_code=unit,
                email=f"{username}@city.example",
            )
        registry = load_registry(session.connection())
        calendar = load_calendar(session.connection())
        reading = read_letter(source, LETTER_FILE, registry)
        document = save_reading(session, reading, source=source, filename=LETTER_FILE)
        directives = directives_of(session, document.id)
    settings = IssueSettings()
    plan = plan_issue(
        document,
        directives[1:2],
        number=NUMBER,
        issued_on=clock.today(),
        registry=registry,
        calendar=calendar,
        settings=settings,
    )
    few = [planned for planned in plan.assignments if planned.unit.code in {"STC", "SNV"}]
    issue(dispatcher, replace(plan, assignments=few), actor=SYSTEM, calendar=calendar, settings=settings)
    return Site(
        app=app,
        database=database,
        document_id=document.id,
        instance_of={planned.unit.code: planned.id for planned in few},
    )
