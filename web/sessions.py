"""One reading session per request. Pages read through it; only commands write, on connections of their own."""

from flask import Flask, current_app, g
from sqlalchemy import Engine
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from engine.database import READ_ONLY


def install(app: Flask, database: Engine) -> "scoped_session[Session]":
    """Open a session when a request first reads and close it with the request."""
    maker = sessionmaker(bind=database.execution_options(**READ_ONLY), expire_on_commit=False)
    sessions: scoped_session[Session] = scoped_session(maker, scopefunc=lambda: id(g._get_current_object()))
    app.extensions["sauro_database"] = database
    app.extensions["sauro_sessions"] = sessions

    @app.teardown_appcontext
    def close(_error: BaseException | None) -> None:
        sessions.remove()

    return sessions


def reading_session() -> Session:
    """Return the session of the present request."""
    sessions: scoped_session[Session] = current_app.extensions["sauro_sessions"]
    return sessions()
