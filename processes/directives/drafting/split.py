"""Splits a directive: its parts are given in its place, each a part of its text."""

import unicodedata
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from engine.actors import Actor
from processes.directives.drafting.change import (
    SET_COLUMNS,
    await_same,
    free_ordinals,
    new_directive,
    ordinals_of,
    rank_below,
)
from processes.directives.drafting.errors import DraftInvalid, PartsNotOfText
from processes.directives.drafting.open import directive_of, open_document
from processes.documents.states import DirectiveState, Origin
from processes.documents.tables import Directive
from processes.documents.trail import add_to_trail

#: Parts of one directive.
MOST_PARTS = 50


def split_directive(
    session: Session,
    document_id: UUID,
    directive_id: UUID,
    *,
    parts: Sequence[str] | None = None,
    actor: Actor,
    version: int,
) -> list[Directive]:
    """Split a directive and return its parts, ``4.1``, ``4.2``; the caller commits.

    A part keeps what was set of the whole, and what the document says of it: deadline and products go to the part
    that states them, or to all if none does.

    Args:
        parts: texts of the parts, each a part of the directive's text; its paragraphs if not given.

    Raises:
        PartsNotOfText: one is none.
        DraftInvalid: there are fewer than two parts, or more than :data:`MOST_PARTS`.
    """
    document = open_document(session, document_id, actor=actor, version=version)
    whole = directive_of(session, document, directive_id)
    texts = _accepted(whole, parts)
    ordinals = free_ordinals(ordinals_of(session, document_id), whole.ordinal, len(texts))
    found = []
    for ordinal, text in zip(ordinals, texts, strict=True):
        part = new_directive(
            session,
            document,
            origin=Origin.SPLIT,
            origin_ids=[whole.id],
            ordinal=ordinal,
            text=text,
            rank=rank_below(session, document_id, whole.rank),
            read=_read_of(whole, text, texts),
            given={name: getattr(whole, name) for name in SET_COLUMNS if name != "set_summary"},
            parent_id=whole.parent_id,
        )
        await_same(session, [whole], part)
        found.append(part)
    whole.state = DirectiveState.SPLIT
    add_to_trail(
        session,
        document,
        "directive_split",
        actor=actor,
        directive_id=whole.id,
        before={"ordinal": whole.ordinal},
        after={"parts": [{"id": str(each.id), "ordinal": each.ordinal} for each in found]},
    )
    return found


def _accepted(whole: Directive, parts: Sequence[str] | None) -> list[str]:
    texts = [part.strip() for part in (whole.text.split("\n") if parts is None else parts)]
    texts = [text for text in texts if text]
    if not 2 <= len(texts) <= MOST_PARTS:
        raise DraftInvalid(
            f"Expected directive {whole.ordinal} to have 2 to {MOST_PARTS} parts, but it has {len(texts)}",
            field="parts",
        )
    written = _folded(whole.text)
    for number, text in enumerate(texts, 1):
        if _folded(text) not in written:
            raise PartsNotOfText(
                f"Expected part {number} to be in the text of directive {whole.ordinal}, but it is not",
                part=number,
                ordinal=whole.ordinal,
            )
    return texts


def _read_of(whole: Directive, text: str, texts: Sequence[str]) -> dict[str, Any]:
    """Return what the document says of a part."""
    stated = "" if whole.deadline is None else str(orjson.loads(whole.deadline).get("text") or "")
    here = _folded(stated) in _folded(text) or not any(_folded(stated) in _folded(each) for each in texts)
    products = [each for each in whole.products or () if _folded(each) in _folded(text)]
    return {
        "leads": whole.leads,
        "lead_text": whole.lead_text,
        "coordinating_units": whole.coordinating_units,
        "deadline": whole.deadline if here else None,
        "products": products or whole.products,
        "nature": whole.nature,
        "evidence": whole.evidence,
    }


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
