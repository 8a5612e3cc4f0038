"""Tells a load balancer whether this process can serve: the database answers."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from web.sessions import reading_session

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Answer 200 when the database answers."""
    reading_session().execute(text("SELECT 1"))
    return {"status": "ok"}, 200, {"Cache-Control": "no-store"}
