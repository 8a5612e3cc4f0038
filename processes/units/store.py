"""Keeps the registry in the database."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from processes.units.registry import Recipient, Unit, UnitRegistry
from processes.units.tables import UnitRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What saving a registry came to; ``missing`` are units that the file no longer names and that stay."""

    added: int
    changed: int
    unchanged: int
    missing: tuple[str, ...]


def save_units(session: Session, units: Iterable[Unit]) -> Saved:
    """Add and change units; one that is not named stays as it is. The caller commits.

    A unit is recognised by its code and the beginning of its period.
    """
    known = {(row.code, row.valid_from): row for row in session.scalars(select(UnitRow))}
    added = changed = unchanged = 0
    named = set()
    for position, unit in enumerate(units):
        key = (unit.code, unit.valid_from)
        named.add(key)
        values = _values(unit, position)
        row = known.get(key)
        if row is None:
            session.add(UnitRow(code=unit.code, valid_from=unit.valid_from, **values))
            added += 1
        elif any(getattr(row, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(row, name, value)
            changed += 1
        else:
            unchanged += 1
    session.flush()
    missing = tuple(sorted(code for code, valid_from in known if (code, valid_from) not in named))
    return Saved(added=added, changed=changed, unchanged=unchanged, missing=missing)


def load_registry(connection: Connection) -> UnitRegistry:
    """Return the registry as it stands."""
    rows = connection.execute(select(UnitRow.__table__).order_by(UnitRow.position, UnitRow.id)).mappings()
    return UnitRegistry(
        tuple(
            Unit(
                code=row["code"],
                name=row["name"],
                name_en=row["name_en"],
                kind=row["kind"],
                group=row["group_name"],
                short_name=row["short_name"],
                aliases=tuple(alias for alias in row["aliases"].split("; ") if alias),
                recipient=Recipient(row["recipient"]),
                valid_from=row["valid_from"],
                valid_to=row["valid_to"],
            )
            for row in rows
        )
    )


def _values(unit: Unit, position: int) -> dict[str, object]:
    return {
        "position": position,
        "name": unit.name,
        "name_en": unit.name_en,
        "kind": unit.kind,
        "group": unit.group,
        "short_name": unit.short_name,
        "aliases": "; ".join(unit.aliases),
        "recipient": unit.recipient.value,
        "valid_to": unit.valid_to,
    }
