"""Puts the web application together; nothing is created at import time."""

import logging
from importlib import import_module

from flask import Flask
from sqlalchemy import Engine

from engine.database import open_database
from processes.wiring import build_dispatcher
from web import (
    assets,
    errors,
    health,
    language,
    logs,
    model_names,
    navigation,
    preferences,
    sessions,
    typography,
)
from web.forms.markdown import markdown
from web.health.check import Health
from web.installation import process_settings
from web.metrics.metrics import Metrics
from web.settings import Settings
from web.sign_in import guard, security

logger = logging.getLogger(__name__)

#: A page's form carries text only; 1 MiB is two hundred printed pages.
MAX_REQUEST_BYTES = 1024 * 1024

#: The areas of the site, each a package with a ``blueprint``.
AREAS = (
    "absence",
    "calendar",
    "definitions",
    "health",
    "inbox",
    "instances",
    "intake",
    "letters",
    "notifications",
    "operations",
    "registry",
    "tasks",
)


def create_app(
    settings: Settings, database: Engine | None = None, *, metrics: Metrics | None = None
) -> Flask:
    """Return the WSGI application.

    Args:
        database: an open database; without one ``settings.database_url`` is opened.
        metrics: those of the process, if it does more than serve this application.

    Raises:
        web.assets.AssetsMissing: the front end has not been built.
    """
    app = Flask("web", static_folder=None, template_folder="templates")
    app.config.update(MAX_CONTENT_LENGTH=MAX_REQUEST_BYTES, MAX_FORM_MEMORY_SIZE=MAX_REQUEST_BYTES)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    database = database or open_database(settings.database_url, settings.database)
    metrics = metrics or Metrics()
    chosen = process_settings(settings)
    dispatcher = build_dispatcher(database, chosen, instruments=metrics.instruments)
    metrics.watch(database, dispatcher.definitions)
    app.extensions["sauro_dispatcher"] = dispatcher
    app.extensions["sauro_process_settings"] = chosen
    logs.install(app)
    health.install(app, settings, Health(database=database), metrics)
    reading = sessions.install(app, database)
    language.install(app)
    model_names.install(app)
    typography.install(app)
    app.jinja_env.filters["markdown"] = markdown
    assets.install(app)
    errors.install(app)
    security.install(app, settings, reading)
    guard.install(app)
    preferences.install(app)
    navigation.install(app)
    for area in AREAS:
        app.register_blueprint(import_module(f"web.{area}").blueprint)
    return app
