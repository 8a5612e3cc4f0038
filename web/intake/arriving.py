"""What has come in: the list of drafts with their next step, and the place where files are dropped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath
from uuid import UUID

from flask import Response, abort, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user
from sqlalchemy import func, select
from werkzeug.exceptions import RequestEntityTooLarge

from engine import clock
from engine.errors import NotFound, Rejection
from processes.access.accounts import names_by_actor_key
from processes.access.policy import Permission
from processes.directives.drafting.save import save_draft
from processes.directives.gaps import open_gaps
from processes.documents.errors import LetterTooLarge
from processes.documents.reading.reader import understand
from processes.documents.source.apart import read_source_apart
from processes.documents.source.limits import LARGEST_FILE
from processes.documents.states import DirectiveState, DocumentState
from processes.documents.store import Original, attachments_of, find_document, original_of
from processes.documents.tables import Directive, Document, DocumentFile
from web.errors import http_error
from web.errors.sentences import sentence
from web.intake.area import blueprint, found_draft, let_go, may, writing
from web.intake.refusals import advice_of
from web.intake.vocabulary import next_step, state_label
from web.language import gettext
from web.sessions import reading_session
from web.sign_in.guard import requires, signed_in_actor
from web.units import calendar, registry
from web.words import person_in_words

#: Drafts on a page.
MOST = 100

#: Endings of files that are offered in the browser's dialogue.
ENDINGS = ".docx,.pdf,.xlsx,.txt,.md,.edxml,.xml,.zip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A draft in the list.

    Attributes:
        gaps: what holds it up; counted for drafts only.
        step: what has to be done next, in words.
    """

    document: Document
    directives: int
    gaps: int
    state: str
    step: str
    who: str


@blueprint.get("/intake")
def intake() -> ResponseReturnValue:
    """List what has come in, by state; whoever drafts finds the place for a new file above it."""
    return _list()


@blueprint.post("/intake")
@requires(Permission.DOCUMENT_DRAFT)
def receive() -> ResponseReturnValue:
    """Take a file in: read it apart from this process, keep it as a draft, and lead to it.

    The same file again leads to what was kept. Nothing is kept of a file that cannot be read.
    """
    sent = request.files.get("file")
    name = "" if sent is None else _name(sent.filename or "")
    if sent is None or not name:
        return _list(refusal=gettext("Choose a file first.")), 422
    content = sent.read()
    try:
        document_id, known = _keep(content, name)
    except Rejection as refused:
        return _list(refusal=sentence(refused), advice=advice_of(refused.code), filename=name), refused.status
    address = url_for("intake.draft", document_id=document_id, known=1 if known else None)
    if "X-Upload" in request.headers:
        return Response(status=201, headers={"Location": address})
    return redirect(address, 303)


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(error: RequestEntityTooLarge) -> ResponseReturnValue:
    """Say how large a file may be to whoever may send one; it is decided before anybody is asked who they are."""
    if not current_user.is_authenticated or not may(Permission.DOCUMENT_DRAFT):
        return http_error(error)
    refused = LetterTooLarge("Expected a file within the limit, but it is larger", limit=LARGEST_FILE)
    return _list(refusal=sentence(refused), advice=advice_of(refused.code)), refused.status


@blueprint.get("/intake/<uuid:document_id>/original")
def original(document_id: UUID) -> Response:
    """Hand out the file that a document was read from, as it came."""
    document = found_draft(document_id).document
    return _handed_out(original_of(reading_session(), document), document.filename)


@blueprint.get("/intake/<uuid:document_id>/attachments/<int:position>")
def attachment(document_id: UUID, position: int) -> Response:
    """Hand out a file that came with a document."""
    found_draft(document_id)
    for each in attachments_of(reading_session(), document_id):
        if each.position == position:
            return _handed_out(reading_session().get_one(DocumentFile, each.sha256), each.filename)
    raise NotFound(f"Expected attachment {position} of document '{document_id}', but there is none")


def _name(sent: str) -> str:
    """Return the name of a file without the folders that some browsers send, and what no name should hold."""
    name = PurePath(sent.replace("\\", "/")).name
    return "".join(each for each in name if each.isprintable())[-200:]


def _keep(content: bytes, name: str) -> tuple[UUID, bool]:
    kept = find_document(reading_session(), content)
    if kept is not None:
        return kept.id, True
    let_go()
    source = read_source_apart(content, name)
    reading = understand(source, name, registry(), calendar=calendar())
    files = [(each.filename, each.content) for each in source.attachments]
    text = {key: value for key, value in source.to_json().items() if key != "attachments"}
    with writing() as session:
        document = save_draft(
            session,
            reading,
            Original(content=content, filename=name, text=text, attachments=files),
            actor=signed_in_actor(),
        )
        return document.id, False


def _handed_out(file: DocumentFile, filename: str) -> Response:
    """Answer with a file that a browser saves and never opens in this site."""
    return send_file(
        BytesIO(file.content),
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=filename,
        etag=file.sha256,
        max_age=0,
    )


def _list(refusal: str | None = None, advice: str | None = None, filename: str = "") -> str:
    counts = _counts()
    state = request.args.get("state", "") if request.method == "GET" else ""
    if state and state not in counts:
        abort(404)
    shown = _documents([state] if state else [])
    return render_template(
        "intake/intake.html",
        rows=_rows(shown),
        counts=[(each.value, state_label(each), counts.get(each, 0)) for each in DocumentState],
        total=sum(counts.values()),
        state=state,
        more=len(shown) == MOST,
        may_draft=may(Permission.DOCUMENT_DRAFT),
        refusal=refusal,
        advice=advice,
        filename=filename,
        endings=ENDINGS,
        largest=LARGEST_FILE,
        largest_mb=LARGEST_FILE // (1024 * 1024),
    )


def _counts() -> Mapping[str, int]:
    counted = select(Document.state, func.count().label("number")).group_by(Document.state)
    found = {row.state: row.number for row in reading_session().execute(counted)}
    return {each.value: found.get(each.value, 0) for each in DocumentState}


def _documents(states: Sequence[str]) -> Sequence[Document]:
    query = select(Document).order_by(Document.created_at.desc(), Document.id).limit(MOST)
    return reading_session().scalars(query.where(Document.state.in_(states)) if states else query).all()


def _rows(documents: Sequence[Document]) -> list[Row]:
    given: dict[UUID, list[Directive]] = {document.id: [] for document in documents}
    active = select(Directive).where(
        Directive.document_id.in_(given), Directive.state == DirectiveState.ACTIVE.value
    )
    for directive in reading_session().scalars(active):
        given[directive.document_id].append(directive)
    names = names_by_actor_key(reading_session(), {document.created_by or "" for document in documents})
    return [_row(document, given[document.id], names) for document in documents]


def _row(document: Document, directives: Sequence[Directive], names: Mapping[str, str]) -> Row:
    state = DocumentState(document.state)
    gaps = 0
    if state is DocumentState.DRAFT:
        gaps = len(open_gaps(directives, registry(), on=document.issued_on or clock.today()))
    named = document.number_no is not None and document.issued_on is not None
    return Row(
        document=document,
        directives=len(directives),
        gaps=gaps,
        state=state_label(state),
        step=next_step(
            state,
            directives=len(directives),
            gaps=gaps,
            named=named,
            decides=may(Permission.DOCUMENT_APPROVE),
        ),
        who=person_in_words(names, document.created_by) if document.created_by else "",
    )
