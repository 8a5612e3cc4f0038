"""Leaves a directive out, or takes it back in; takes back a split or a merge."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.actors import Actor
from processes.directives.drafting.errors import DirectiveStateWrong
from processes.directives.drafting.open import accepted_reason, directive_of, open_document
from processes.documents.states import DirectiveState
from processes.documents.tables import Directive, Document
from processes.documents.trail import add_to_trail


def drop_directive(
    session: Session, document_id: UUID, directive_id: UUID, *, reason: str, actor: Actor, version: int
) -> Document:
    """Leave a directive out of what is given to the units; the caller commits.

    Raises:
        ReasonRequired: there is no reason.
        DirectiveStateWrong: it is not given anyway.
    """
    why = accepted_reason(reason)
    document = open_document(session, document_id, actor=actor, version=version)
    directive = directive_of(session, document, directive_id)
    directive.state = DirectiveState.DROPPED
    add_to_trail(session, document, "directive_dropped", actor=actor, directive_id=directive.id, reason=why)
    return document


def restore_directive(
    session: Session, document_id: UUID, directive_id: UUID, *, actor: Actor, version: int
) -> Document:
    """Take a directive back in that was dropped, split or merged; what took its place goes out.

    Of directives that were merged all come back. The caller commits.

    Raises:
        DirectiveStateWrong: it is given, or what took its place was split or merged again.
    """
    document = open_document(session, document_id, actor=actor, version=version)
    directive = directive_of(
        session,
        document,
        directive_id,
        states=(DirectiveState.DROPPED, DirectiveState.SPLIT, DirectiveState.MERGED),
    )
    everything = session.scalars(select(Directive).where(Directive.document_id == document_id)).all()
    returning = [directive]
    replaced: list[Directive] = []
    if directive.state != DirectiveState.DROPPED:
        replaced = _in_its_place(directive, everything)
        if directive.state == DirectiveState.MERGED:
            sources = {source for each in replaced for source in each.origin_ids or ()}
            returning = [each for each in everything if str(each.id) in sources]
    for each in returning:
        each.state = DirectiveState.ACTIVE
    for each in replaced:
        each.state = DirectiveState.SUPERSEDED
    add_to_trail(
        session,
        document,
        "directive_restored",
        actor=actor,
        directive_id=directive.id,
        before={"given": [each.ordinal for each in replaced]},
        after={"given": [each.ordinal for each in returning]},
    )
    return document


def _in_its_place(directive: Directive, everything: Sequence[Directive]) -> list[Directive]:
    """Return what is given in place of a directive that was split or merged.

    Raises:
        DirectiveStateWrong: a part of it was split or merged again, which has to be taken back first.
    """
    found = [
        each
        for each in everything
        if str(directive.id) in (each.origin_ids or ()) and each.state != DirectiveState.SUPERSEDED
    ]
    for each in found:
        if each.state not in (DirectiveState.ACTIVE, DirectiveState.DROPPED):
            raise DirectiveStateWrong(
                f"Expected directive {each.ordinal} to be active, but it is {each.state}; restore it first",
                ordinal=each.ordinal,
                state=each.state,
            )
    return found
