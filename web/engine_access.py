"""Reaches the engine from a request: the dispatcher, the parsed definitions, the reading connection."""

from typing import cast

from flask import current_app
from sqlalchemy.engine import Connection

from engine.definitions.versions import DefinitionCache
from engine.dispatch import Dispatcher
from web.sessions import reading_session


def dispatcher() -> Dispatcher:
    """Return the dispatcher of this application."""
    return cast(Dispatcher, current_app.extensions["sauro_dispatcher"])


def definitions() -> DefinitionCache:
    """Return the parsed process definitions of this process."""
    return dispatcher().definitions


def reading_connection() -> Connection:
    """Return the request's reading connection; all reads of a request see one state of the database."""
    return reading_session().connection()
