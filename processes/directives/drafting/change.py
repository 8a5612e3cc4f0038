"""Writes changes of directives and their trail; makes directives out of others."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.errors import NothingToChange
from engine.ids import derived_id
from processes.directives.drafting.errors import DraftInvalid
from processes.documents.states import DirectiveState, Origin
from processes.documents.store import summary_of
from processes.documents.tables import AwaitedDocument, Directive, Document
from processes.documents.trail import add_to_trail

#: Characters of a number of a directive (DOMAIN §7.10, stt), and of its text.
LONGEST_ORDINAL = 20
LONGEST_TEXT = 10_000
#: Characters of a rank; how deep directives can be split is bounded by it.
_LONGEST_RANK = 100

#: What the coordinator sets of a directive.
SET_COLUMNS = (
    "set_summary",
    "set_leads",
    "set_coordinating",
    "set_deadline",
    "set_reporting_period",
    "set_product",
    "set_criterion",
    "set_nature",
    "set_person",
    "set_awaits_all",
)


def set_columns(
    session: Session,
    document: Document,
    directive: Directive,
    values: Mapping[str, Any],
    *,
    act: str,
    actor: Actor,
    reason: str | None = None,
) -> bool:
    """Set columns of a directive and write the trail; return whether any has another value now."""
    changed = {name: value for name, value in values.items() if getattr(directive, name) != value}
    if not changed:
        return False
    before = {name: _plain(getattr(directive, name)) for name in changed}
    for name, value in changed.items():
        setattr(directive, name, value)
    after = {name: _plain(value) for name, value in changed.items()}
    add_to_trail(
        session,
        document,
        act,
        actor=actor,
        directive_id=directive.id,
        before=before,
        after=after,
        reason=reason,
    )
    return True


def require_change(changed: bool) -> None:
    """Refuse an act that changes nothing.

    Raises:
        NothingToChange: it does not.
    """
    if not changed:
        raise NothingToChange("Expected other values, but the directive has these already")


def new_directive(
    session: Session,
    document: Document,
    *,
    origin: Origin,
    origin_ids: Sequence[UUID],
    ordinal: str,
    text: str,
    rank: str,
    read: Mapping[str, Any],
    given: Mapping[str, Any] | None = None,
    parent_id: UUID | None = None,
) -> Directive:
    """Add a directive that takes the place of others, or that was written by hand.

    Args:
        read: the columns that say what the document says of it.
        given: the columns that the coordinator has set.

    Raises:
        DraftInvalid: its number is taken or too long, its text too long, or it would stand too deep.
    """
    if not 0 < len(ordinal) <= LONGEST_ORDINAL or ordinal in ordinals_of(session, document.id):
        raise DraftInvalid(
            f"Expected a free number of up to {LONGEST_ORDINAL} characters, but it is '{ordinal}'",
            field="ordinal",
        )
    if not 0 < len(text) <= LONGEST_TEXT:
        raise DraftInvalid(
            f"Expected a text of up to {LONGEST_TEXT} characters, but it has {len(text)}", field="text"
        )
    if len(rank) > _LONGEST_RANK:
        raise DraftInvalid(
            f"Expected directive {ordinal} to stand less deep, but it does not", field="ordinal"
        )
    position = 1 + (
        session.scalar(select(func.max(Directive.position)).where(Directive.document_id == document.id)) or 0
    )
    directive = Directive(
        id=derived_id("directive", document.id, position),
        document_id=document.id,
        position=position,
        ordinal=ordinal,
        text=text,
        summary=summary_of(text.partition("\n")[0]),
        rank=rank,
        origin=origin,
        origin_ids=[str(each) for each in origin_ids] or None,
        parent_id=parent_id,
        state=DirectiveState.ACTIVE,
        **read,
        **(given or {}),
    )
    session.add(directive)
    session.flush()
    return directive


def await_same(session: Session, sources: Sequence[Directive], directive: Directive) -> None:
    """Let a new directive wait for what those wait for that it was made of; a part for what it names, if any."""
    rows = awaited_by(session, [source.id for source in sources])
    named = [row for row in rows if row.title in directive.text]
    titles = dict.fromkeys(row.title for row in (named or rows))
    session.add_all(
        AwaitedDocument(directive_id=directive.id, position=position, title=title)
        for position, title in enumerate(titles, 1)
    )
    session.flush()


def awaited_by(session: Session, directive_ids: Sequence[UUID]) -> Sequence[AwaitedDocument]:
    """Return the documents that directives wait for, in order."""
    return session.scalars(
        select(AwaitedDocument)
        .where(AwaitedDocument.directive_id.in_(directive_ids))
        .order_by(AwaitedDocument.directive_id, AwaitedDocument.position)
    ).all()


def ordinals_of(session: Session, document_id: UUID) -> set[str]:
    """Return the numbers of a document's directives."""
    return set(session.scalars(select(Directive.ordinal).where(Directive.document_id == document_id)))


def free_ordinals(taken: set[str], parent: str, count: int) -> list[str]:
    """Return numbers below another that nobody has: ``4.1``, ``4.2``."""
    found: list[str] = []
    number = 0
    while len(found) < count:
        number += 1
        if f"{parent}.{number}" not in taken:
            found.append(f"{parent}.{number}")
    return found


def rank_below(session: Session, document_id: UUID, rank: str) -> str:
    """Return the rank of the next directive below another."""
    ranks = session.scalars(select(Directive.rank).where(Directive.document_id == document_id))
    below = [int(each[len(rank) + 1 : len(rank) + 7]) for each in ranks if each.startswith(f"{rank}.")]
    return f"{rank}.{1 + max(below, default=0):06d}"


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
