"""Letters, and how their directives stand with every unit."""

from uuid import UUID

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from engine import clock
from processes.access import policy
from processes.assignments import board
from web.intake import area as intake
from web.letters.matrix import lay_out
from web.letters.overview import letter_rows
from web.sessions import reading_session
from web.sign_in.guard import signed_in_user
from web.units import calendar, registry

blueprint = Blueprint("letters", __name__)


@blueprint.get("/letters")
def letters() -> ResponseReturnValue:
    """List the letters that concern the reader."""
    rows = letter_rows(policy.visible_units(signed_in_user()))
    return render_template("letters/letters.html", rows=rows)


@blueprint.get("/letters/<uuid:document_id>")
def letter(document_id: UUID) -> ResponseReturnValue:
    """Show one letter with its matrix directive × unit."""
    visible = policy.visible_units(signed_in_user())
    found = board.matrix(
        reading_session(),
        document_id,
        registry=registry(),
        calendar=calendar(),
        today=clock.today(),
        visible_units=visible,
    )
    if found is None or (visible is not None and not found.cells):
        abort(404)
    page = lay_out(found, league=request.args.get("league", ""), mark=request.args.get("mark", ""))
    return render_template(
        "letters/letter.html",
        document=found.document,
        page=page,
        league=request.args.get("league", ""),
        mark=request.args.get("mark", ""),
        whole=visible is None,
        just_issued="issued" in request.args,
        may_read_draft=not intake.READERS.isdisjoint(policy.permissions_of(signed_in_user())),
    )
