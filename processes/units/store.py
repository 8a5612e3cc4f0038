"""Keeps the registry in the database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from processes.units.registry import Recipient, Unit, UnitRegistry
from processes.units.tables import UnitRow

_SEPARATOR = "; "

#: Two files loaded at once go one after the other; SQLite has one writer at a time anyway.
_LOCK_FOR_SAVING = text("LOCK TABLE unit IN SHARE ROW EXCLUSIVE MODE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What saving a registry came to, counted in rows.

    Attributes:
        missing: codes of units that are stored, stay, and were not given any more.
    """

    added: int
    changed: int
    unchanged: int
    missing: tuple[str, ...]


def save_units(session: Session, units: Iterable[Unit]) -> Saved:
    """Add and change units; one that is not given any more stays as it is. The caller commits.

    A row is recognised by the unit's code and the beginning of its period. Where a new period of a unit begins
    within a stored one, the stored one ends the day before; one that would have no day left is replaced.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_LOCK_FOR_SAVING)
    stored = {
        (row.code, row.valid_from): row
        for row in session.scalars(select(UnitRow).order_by(UnitRow.position, UnitRow.id))
    }
    given: dict[str, list[Unit]] = {}
    added = changed = unchanged = 0
    for position, unit in enumerate(units):
        given.setdefault(unit.code, []).append(unit)
        row = stored.pop((unit.code, unit.valid_from), None)
        if row is None:
            session.add(_row(unit, position))
            added += 1
            continue
        row.position = position
        if _to_unit(_columns(row)) == unit:
            unchanged += 1
        else:
            _overwrite(row, unit)
            changed += 1
    for row in stored.values():
        changed += _make_way(session, row, given.get(row.code, ()))
    session.flush()
    missing = dict.fromkeys(row.code for row in stored.values() if row.code not in given)
    return Saved(added=added, changed=changed, unchanged=unchanged, missing=tuple(missing))


def load_registry(connection: Connection) -> UnitRegistry:
    """Return the registry as it stands: in the order of the file, the periods of a unit one after the other."""
    table = UnitRow.__table__
    rows = connection.execute(select(table).order_by(table.c.position, table.c.id)).mappings()
    periods: dict[str, list[Unit]] = {}
    for row in rows:
        periods.setdefault(row["code"], []).append(_to_unit(dict(row)))
    return UnitRegistry(
        tuple(
            unit
            for units in periods.values()
            for unit in sorted(units, key=lambda unit: unit.valid_from or date.min)
        )
    )


def _make_way(session: Session, row: UnitRow, units: Iterable[Unit]) -> bool:
    """End or remove a stored period where newly given ones of the same unit take its days."""
    period = _to_unit(_columns(row))
    begins = [unit.valid_from or date.min for unit in units if unit.overlaps(period)]
    if not begins:
        return False
    first = min(begins)
    if first > (period.valid_from or date.min):
        row.valid_to = first - timedelta(days=1)
    else:
        session.delete(row)
    return True


def _row(unit: Unit, position: int) -> UnitRow:
    row = UnitRow(code=unit.code, valid_from=unit.valid_from, position=position)
    _overwrite(row, unit)
    return row


def _overwrite(row: UnitRow, unit: Unit) -> None:
    row.name = unit.name
    row.name_en = unit.name_en
    row.kind = unit.kind
    row.group = unit.group
    row.short_name = unit.short_name
    row.aliases = _SEPARATOR.join(unit.aliases)
    row.recipient = unit.recipient.value
    row.valid_to = unit.valid_to


def _columns(row: UnitRow) -> dict[str, Any]:
    return {column.name: getattr(row, attribute) for attribute, column in UnitRow.__mapper__.columns.items()}


def _to_unit(row: Mapping[str, Any]) -> Unit:
    return Unit(
        code=row["code"],
        name=row["name"],
        name_en=row["name_en"],
        kind=row["kind"],
        group=row["group_name"],
        short_name=row["short_name"],
        aliases=tuple(alias for alias in row["aliases"].split(_SEPARATOR) if alias),
        recipient=Recipient(row["recipient"]),
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
    )
