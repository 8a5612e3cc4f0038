"""Merges directives: they are given together, as one."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from engine.actors import Actor
from processes.directives.drafting.change import (
    LONGEST_ORDINAL,
    SET_COLUMNS,
    await_same,
    free_ordinals,
    new_directive,
    ordinals_of,
    rank_below,
)
from processes.directives.drafting.errors import DraftInvalid
from processes.directives.drafting.open import directive_of, open_document
from processes.documents.states import DirectiveState, Origin
from processes.documents.tables import Directive
from processes.documents.trail import add_to_trail


def merge_directives(
    session: Session, document_id: UUID, directive_ids: Sequence[UUID], *, actor: Actor, version: int
) -> Directive:
    """Merge directives into a new one and return it, ``2+3``; the caller commits.

    It is led by all that led them. What the document says of time stays where they agree; where they do not, the
    coordinator has to set a deadline. So it is with all that was set.

    Raises:
        DraftInvalid: there are fewer than two.
    """
    document = open_document(session, document_id, actor=actor, version=version)
    wanted = [directive_of(session, document, each) for each in dict.fromkeys(directive_ids)]
    if len(wanted) < 2:
        raise DraftInvalid(
            "Expected at least two directives to merge, but there are fewer", field="directives"
        )
    wanted.sort(key=lambda directive: (directive.rank, directive.position))
    merged = new_directive(
        session,
        document,
        origin=Origin.MERGED,
        origin_ids=[directive.id for directive in wanted],
        ordinal=_ordinal(wanted, ordinals_of(session, document_id)),
        text="\n".join(directive.text for directive in wanted),
        rank=rank_below(session, document_id, wanted[0].rank),
        read=_read_of(wanted),
        given={name: _agreed([getattr(each, name) for each in wanted]) for name in SET_COLUMNS[:-1]},
        parent_id=_agreed([directive.parent_id for directive in wanted]),
    )
    await_same(session, wanted, merged)
    for directive in wanted:
        directive.state = DirectiveState.MERGED
    add_to_trail(
        session,
        document,
        "directives_merged",
        actor=actor,
        directive_id=merged.id,
        before={"ordinals": [directive.ordinal for directive in wanted]},
        after={"ordinal": merged.ordinal},
    )
    return merged


def _ordinal(wanted: Sequence[Directive], taken: set[str]) -> str:
    joined = "+".join(directive.ordinal for directive in wanted)
    if len(joined) > LONGEST_ORDINAL:
        joined = f"{wanted[0].ordinal}+…+{wanted[-1].ordinal}"
    return joined if joined not in taken else free_ordinals(taken, joined, 1)[0]


def _read_of(wanted: Sequence[Directive]) -> dict[str, Any]:
    leads = list(dict.fromkeys(lead for each in wanted for lead in orjson.loads(each.leads)))
    coordinating = dict.fromkeys(
        code for each in wanted for code in orjson.loads(each.coordinating_units or "[]")
    )
    products = list(dict.fromkeys(product for each in wanted for product in each.products or ()))
    return {
        "leads": orjson.dumps(leads).decode(),
        "lead_text": "; ".join(leads),
        "coordinating_units": orjson.dumps(list(coordinating)).decode(),
        "deadline": _agreed([directive.deadline for directive in wanted]),
        "products": products or None,
        "nature": _agreed([directive.nature for directive in wanted]),
        "evidence": None,
    }


def _agreed(values: Sequence[Any]) -> Any:
    return values[0] if all(value == values[0] for value in values) else None
