"""Sets what a directive expects: summary, product, criterion, nature, person, coordinating units."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from engine.actors import Actor
from processes.directives.drafting.change import require_change, set_columns
from processes.directives.drafting.errors import DraftInvalid
from processes.directives.drafting.open import checked_text, directive_of, open_document
from processes.documents.states import Nature
from processes.documents.tables import Document
from processes.units.registry import UnitRegistry

#: Texts that can be set, with the most characters each may have (DOMAIN §7.10).
LONGEST: Mapping[str, int] = {"summary": 300, "product": 1_000, "criterion": 1_000, "person": 200}


def edit_directive(
    session: Session,
    document_id: UUID,
    directive_id: UUID,
    fields: Mapping[str, str | Sequence[str] | None],
    *,
    registry: UnitRegistry,
    actor: Actor,
    version: int,
) -> Document:
    """Set fields of a directive beside what was read; the caller commits.

    Args:
        fields: ``summary``, ``product``, ``criterion``, ``person``, ``nature`` (a ``Nature`` value) and
            ``coordinating`` (codes of units); ``None`` goes back to what the document says.

    Raises:
        DraftInvalid: no such field, or a value that it cannot have.
        NothingToChange: it has these values already.
    """
    document = open_document(session, document_id, actor=actor, version=version)
    directive = directive_of(session, document, directive_id)
    values = {f"set_{name}": _accepted(name, value, registry) for name, value in fields.items()}
    require_change(set_columns(session, document, directive, values, act="directive_edited", actor=actor))
    return document


def _accepted(name: str, value: str | Sequence[str] | None, registry: UnitRegistry) -> Any:
    if name not in (*LONGEST, "nature", "coordinating"):
        raise DraftInvalid(f"Expected a field of a directive, but got '{name}'", field=name)
    if value is None:
        return None
    if name == "coordinating":
        return checked_codes([value] if isinstance(value, str) else value, registry, field=name)
    if not isinstance(value, str):
        raise DraftInvalid(f"Expected a text for {name}, but got {value}", field=name)
    if name == "nature":
        if value not in set(Nature):
            raise DraftInvalid(f"Expected a nature of {', '.join(Nature)}, but got '{value}'", field=name)
        return value
    return checked_text(name, value.strip(), LONGEST[name]) or None


def checked_codes(codes: Sequence[str], registry: UnitRegistry, *, field: str) -> list[str]:
    """Return codes of units, each once.

    Raises:
        DraftInvalid: one is none.
    """
    known = {unit.code for unit in registry.units}
    for code in codes:
        if code not in known:
            raise DraftInvalid(f"Expected a code of the registry for {field}, but got '{code}'", field=field)
    return list(dict.fromkeys(codes))
