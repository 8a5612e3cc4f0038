"""Process definitions: which versions there are, who runs under them, and what differs between two."""

from typing import Any

import orjson
from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.definitions.difference import difference
from engine.definitions.migrate import running_counts
from engine.definitions.versions import load_resources, version_of, versions_of
from engine.errors import NotFound
from processes.access.policy import Permission
from web.definitions.overview import processes_of, rows_of, shown_marks
from web.engine_access import definitions, reading_connection
from web.language import present_language
from web.model_names import named_drawing
from web.sign_in.guard import requires

blueprint = Blueprint("definitions", __name__)

#: Who reads process definitions.
READERS = (Permission.ASSIGNMENT_READ_ALL, Permission.DEFINITION_DEPLOY)


@blueprint.get("/processes")
@requires(*READERS)
def processes() -> ResponseReturnValue:
    """List the processes with their versions."""
    connection = reading_connection()
    return render_template(
        "definitions/processes.html",
        processes=processes_of(versions_of(connection), running_counts(connection)),
    )


@blueprint.get("/processes/<process_key>/difference")
@requires(*READERS)
def difference_(process_key: str) -> ResponseReturnValue:
    """Show two versions side by side, and what differs."""
    connection = reading_connection()
    versions = versions_of(connection, process_key)
    if not versions:
        raise NotFound(f"Expected process '{process_key}' to be deployed, but it is not")
    last = versions[-1].number
    before, after = _number("from", max(1, last - 1)), _number("to", last)
    if "from" not in request.args or "to" not in request.args:
        chosen: dict[str, Any] = {"from": before, "to": after}
        return redirect(url_for(".difference_", process_key=process_key, **chosen))
    found = difference(connection, definitions(), process_key, before, after)
    running = running_counts(connection)
    return render_template(
        "definitions/difference.html",
        process_key=process_key,
        versions=versions,
        found=found,
        running={
            number: running.get(version_of(connection, process_key, number).hash, 0)
            for number in (before, after)
        },
        sections=rows_of(
            found,
            [definitions().get(connection, version.hash).model for version in (found.before, found.after)],
        ),
        marks={side: orjson.dumps(marks).decode() for side, marks in shown_marks(found).items()},
    )


@blueprint.get("/processes/<process_key>/<int:number>/diagram.bpmn")
@requires(*READERS)
def diagram(process_key: str, number: int) -> ResponseReturnValue:
    """Return the model of a version as it was deployed, named in the reader's language."""
    connection = reading_connection()
    version = version_of(connection, process_key, number)
    drawing = named_drawing(process_key, load_resources(connection, version.hash).bpmn)
    response = Response(drawing, mimetype="application/xml")
    response.set_etag(f"{version.hash}-{present_language()}")
    response.cache_control.private = True
    response.cache_control.max_age = 3600
    return response


def _number(name: str, default: int) -> int:
    written = request.args.get(name, "")
    if not written:
        return default
    if not (written.isascii() and written.isdecimal() and len(written) < 7):
        raise NotFound(f"Expected the number of a version, but got '{written[:20]}'")
    return int(written)
