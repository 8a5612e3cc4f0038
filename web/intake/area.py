"""The area of intake: who finds it, how large a file may be, how an act of a person becomes one transaction."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from flask import Blueprint, abort, current_app, request
from flask_security import current_user
from sqlalchemy.orm import Session

from engine.errors import NotFound
from processes.access import policy
from processes.access.policy import Permission
from processes.directives.drafting.view import DraftView, draft_view
from processes.documents.source.limits import LARGEST_FILE
from processes.documents.states import DocumentState
from processes.documents.tables import Document
from processes.wiring import ProcessSettings
from web.engine_access import dispatcher
from web.sessions import reading_session
from web.sign_in.guard import signed_in_user
from web.units import registry

#: Who finds the area: those who draft, those who approve, and those who read everything.
READERS = frozenset({Permission.DOCUMENT_APPROVE, Permission.DOCUMENT_DRAFT, Permission.HISTORY_VERIFY})

#: What a browser adds around a file that it sends.
_AROUND_A_FILE = 64 * 1024

blueprint = Blueprint("intake", __name__)


@blueprint.url_value_preprocessor
def admit_a_file(endpoint: str | None, _values: Mapping[str, Any] | None) -> None:
    """Let the one address that takes files take large ones; it is decided before anything reads the request."""
    if endpoint == "intake.receive" and current_user.is_authenticated and may(Permission.DOCUMENT_DRAFT):
        request.max_content_length = LARGEST_FILE + _AROUND_A_FILE


@blueprint.before_request
def hide_from_others() -> None:
    """Answer as if there were no such page to whoever has nothing to do with drafts."""
    if READERS.isdisjoint(policy.permissions_of(signed_in_user())):
        raise NotFound("Expected a page, but there is none for this person")


def may(permission: Permission) -> bool:
    """Tell whether the signed-in person has a permission."""
    return permission in policy.permissions_of(signed_in_user())


def found_draft(document_id: UUID) -> DraftView:
    """Return a document as it is being drafted.

    Raises:
        NotFound: there is none.
    """
    return draft_view(reading_session(), document_id, registry=registry())


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What the signed-in person may do with a document at its present stage."""

    edit: bool
    decide: bool
    issue: bool
    amend: bool
    link: bool
    reopen: bool
    withdraw: bool


def rights_on(document: Document) -> Rights:
    """Return what the signed-in person may do with a document."""
    state = document.state
    drafts = may(Permission.DOCUMENT_DRAFT)
    return Rights(
        edit=drafts and state == DocumentState.DRAFT,
        decide=state == DocumentState.IN_REVIEW and may(Permission.DOCUMENT_APPROVE),
        issue=state == DocumentState.APPROVED and may(Permission.DOCUMENT_ISSUE),
        amend=state == DocumentState.ISSUED and may(Permission.DOCUMENT_AMEND),
        link=drafts and state in {DocumentState.DRAFT, DocumentState.APPROVED, DocumentState.ISSUED},
        reopen=drafts
        and state in {DocumentState.APPROVED, DocumentState.REFUSED, DocumentState.NO_DIRECTIVE},
        withdraw=may(Permission.DOCUMENT_AMEND)
        and state not in {DocumentState.ISSUED, DocumentState.WITHDRAWN, DocumentState.NO_DIRECTIVE},
    )


@contextmanager
def writing() -> Iterator[Session]:
    """Open the one transaction of an act; it commits at the end, and what raises leaves nothing."""
    with Session(dispatcher().database) as session, session.begin():
        yield session


def let_go() -> None:
    """End the reading transaction of the request, because what follows takes its time and needs it no more."""
    reading_session().rollback()


def seen_version() -> int:
    """Return the version of the document that the person saw when they filled in the form."""
    try:
        return int(request.form.get("version", ""))
    except ValueError:
        abort(400)


def typed(name: str) -> str:
    """Return what was typed into a field, without the space around it and with one kind of line end."""
    return request.form.get(name, "").replace("\r\n", "\n").strip()


def domain_settings() -> ProcessSettings:
    """Return the domain's settings of this installation."""
    return cast(ProcessSettings, current_app.extensions["sauro_process_settings"])
