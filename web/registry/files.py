"""Loading a registry file: what it would change is shown first, with every row that cannot be taken."""

import base64
import binascii
from dataclasses import dataclass

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from engine.errors import Rejection
from engine.ids import new_id
from processes.access.policy import Permission
from processes.units.loading import Loading, load_units, preview_load
from processes.units.units_files import load_units_file
from web.engine_access import dispatcher
from web.errors.sentences import sentence
from web.problems import all_in_words, in_words
from web.registry.blueprint import blueprint, request_id
from web.sign_in.guard import requires, signed_in_actor
from web.unit_changes import change_in_words

#: Bytes of a file that a page takes; larger ones are loaded at the command line.
LARGEST = 600 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that was sent, to be sent back with the page until the reader decides."""

    filename: str
    content: bytes

    @property
    def packed(self) -> str:
        """The content as text for a hidden field."""
        return base64.b64encode(self.content).decode()


@blueprint.get("/units/load")
@requires(Permission.UNIT_MANAGE)
def load_form() -> ResponseReturnValue:
    """Ask for a file."""
    return _page()


@blueprint.post("/units/load")
@requires(Permission.UNIT_MANAGE)
def load() -> ResponseReturnValue:
    """Show what a file would change, or load it."""
    upload = _upload()
    if upload is None:
        return _page(missing=True), 422
    reason = request.form.get("reason", "")
    try:
        found = load_units_file(upload.content, upload.filename)
        if request.form.get("step") != "perform":
            with Session(dispatcher().database) as session:
                return _page(upload, preview_load(session, found), reason=reason)
        with Session(dispatcher().database) as session, session.begin():
            load_units(
                session,
                found,
                load_id=request_id(),
                source=upload.filename,
                reason=reason.strip(),
                by=signed_in_actor(),
            )
    except Rejection as refused:
        if refused.status in {403, 404}:
            raise
        return _page(refused=refused, reason=reason), refused.status
    return redirect(url_for("registry.history", done="load"), 303)


def _page(
    upload: Upload | None = None,
    loading: Loading | None = None,
    *,
    refused: Rejection | None = None,
    missing: bool = False,
    reason: str = "",
) -> str:
    changes = () if loading is None else loading.changes
    return render_template(
        "registry/load.html",
        upload=upload,
        loading=loading,
        rejected=[(row, in_words(row.reason)) for row in (() if loading is None else loading.rejected)],
        changes=[(change.code, change.name, change_in_words(change)) for change in changes],
        refusal=None if refused is None else sentence(refused),
        problems=[] if refused is None else all_in_words(refused),
        missing=missing,
        reason=reason,
        command_id=new_id(),
        largest=LARGEST // 1024,
    )


def _upload() -> Upload | None:
    sent = request.files.get("file")
    if sent is not None and sent.filename:
        content = sent.read(LARGEST + 1)
        if len(content) > LARGEST:
            abort(413)
        return Upload(filename=sent.filename.rsplit("/", 1)[-1].rsplit("\\", 1)[-1][:200], content=content)
    packed, filename = request.form.get("packed", ""), request.form.get("filename", "")
    if not packed or not filename:
        return None
    try:
        return Upload(filename=filename[:200], content=base64.b64decode(packed, validate=True))
    except binascii.Error:
        abort(400)
