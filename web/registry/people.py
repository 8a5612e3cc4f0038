"""The accounts of a unit that has ended go to one that took over."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from engine import clock
from processes.access.policy import Permission
from processes.reorganisation.affected import move_people
from web.engine_access import dispatcher
from web.registry.blueprint import blueprint, request_id
from web.sign_in.guard import requires, signed_in_actor


@blueprint.post("/units/<code>/people")
@requires(Permission.UNIT_MANAGE)
def move(code: str) -> ResponseReturnValue:
    """Move the accounts that were ticked."""
    to_unit = request.form.get("to_unit", "")
    with Session(dispatcher().database) as session, session.begin():
        move_people(
            session,
            dict.fromkeys(request.form.getlist("username"), to_unit),
            request_id=request_id(),
            source=request.form.get("source", ""),
            reason=request.form.get("reason", ""),
            day=clock.today(),
            by=signed_in_actor(),
        )
    return redirect(url_for("registry.unit", code=code, moved="people"), 303)
