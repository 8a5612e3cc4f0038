"""Opens the installation that a command works on: settings, database, dispatcher, ready to use."""

import getpass
from collections.abc import Iterable
from dataclasses import dataclass

from processes.calendar.store import ensure_calendar
from sqlalchemy import Engine

from engine.actors import SYSTEM, Actor
from engine.database import open_database
from engine.dispatch import Dispatcher, Listener
from processes.assignments.handlers import AssignmentSettings
from processes.schema import upgrade
from processes.wiring import ProcessSettings, build_dispatcher
from web.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """What a command needs; opened once per process."""

    settings: Settings
    process_settings: ProcessSettings
    database: Engine
    dispatcher: Dispatcher


def process_settings(settings: Settings) -> ProcessSettings:
    """Return the domain's settings that follow from the installation's."""
    return ProcessSettings(assignment=AssignmentSettings(by_email=settings.mail.host is not None))


def open_installation(listeners: Iterable[Listener] = ()) -> Installation:
    """Read the environment, bring the database up to date and return everything wired.

    Args:
        listeners: further listeners of the dispatcher, after the product's own.
    """
    settings = Settings.from_environment()
    database = open_database(settings.database_url)
    upgrade(database)
    ensure_calendar(database)
    chosen = process_settings(settings)
    return Installation(
        settings=settings,
        process_settings=chosen,
        database=database,
        dispatcher=build_dispatcher(database, chosen, listeners=listeners),
    )


def operator() -> Actor:
    """Return who types: the operating system's user, with the rights of whoever holds the machine."""
    name = getpass.getuser()
    return Actor(key=f"cli:{name}", name=name, permissions=SYSTEM.permissions)
