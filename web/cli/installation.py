"""Opens the installation that a command works on: settings, database, dispatcher, ready to use."""

import getpass
from collections.abc import Iterable
from dataclasses import dataclass

from alembic.util import CommandError
from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from engine.actors import SYSTEM, Actor
from engine.archive.folder import ArchiveFolder
from engine.archive.verify import Archive
from engine.database import open_database
from engine.dispatch import Dispatcher, Listener
from engine.instruments import NO_INSTRUMENTS, Instruments
from processes.access.policy import Permission
from processes.calendar.store import ensure_calendar
from processes.schema import prepare
from processes.wiring import ProcessSettings, build_dispatcher
from web.installation import process_settings
from web.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """What a command needs; opened once per process."""

    settings: Settings
    process_settings: ProcessSettings
    database: Engine
    dispatcher: Dispatcher

    @property
    def archive(self) -> Archive:
        """The archive of finished instances."""
        return Archive(folder=ArchiveFolder(self.settings.archive_folder), dispatcher=self.dispatcher)


def open_installation(
    listeners: Iterable[Listener] = (), instruments: Instruments = NO_INSTRUMENTS
) -> Installation:
    """Read the environment, bring the database up to date and return everything wired.

    Args:
        listeners: further listeners of the dispatcher, after the product's own.
        instruments: hear of what the engine does.

    Raises:
        ValueError: a setting is wrong, or the database it names cannot be used.
        SchemaTooNew: the database belongs to a newer version of the program.
        SchemaTooOld: it has to be brought up to date by ``sauro db upgrade`` first.
    """
    settings = Settings.from_environment()
    try:
        database = open_database(settings.database_url, settings.database)
        prepare(database, upgrades=settings.upgrades_itself)
        ensure_calendar(database)
    except (SQLAlchemyError, CommandError, ImportError, OSError) as error:
        address = make_url(settings.database_url).render_as_string(hide_password=True)
        reason = str(error.orig if isinstance(error, DBAPIError) else error).strip()
        raise ValueError(
            f"Expected SAURO_DATABASE_URL to name a database that can be used, but {address} cannot: {reason}"
        ) from error
    chosen = process_settings(settings)
    return Installation(
        settings=settings,
        process_settings=chosen,
        database=database,
        dispatcher=build_dispatcher(database, chosen, listeners=listeners, instruments=instruments),
    )


def operator() -> Actor:
    """Return who types: the operating system's user, with the rights of whoever holds the machine."""
    name = getpass.getuser()
    documents = {permission.value for permission in Permission if permission.startswith("document:")}
    return Actor(key=f"cli:{name}", name=name, permissions=SYSTEM.permissions | documents)
