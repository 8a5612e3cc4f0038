"""Keeps the registry in the database."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from processes.units.office_groups import OfficeGroup
from processes.units.registry import Recipient, Unit, UnitRegistry
from processes.units.tables import UnitGroupRow, UnitRow
from processes.units.units_rows import OPTIONAL_COLUMNS

_SEPARATOR = "; "

#: What a file may leave out without saying that there is none; periods are always what the file says.
_KEPT_IF_LEFT_OUT = frozenset(OPTIONAL_COLUMNS) - {"valid_from", "valid_to"}

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


def lock_units(session: Session) -> None:
    """Let no other transaction change the registry until this one ends."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_LOCK_FOR_SAVING)


def save_units(session: Session, units: Iterable[Unit], columns: Collection[str] = OPTIONAL_COLUMNS) -> Saved:
    """Add and change units; one that is not given any more stays as it is. The caller commits.

    A row is recognised by the unit's code and the beginning of its period. Where a new period of a unit begins
    within a stored one, the stored one ends the day before; one that would have no day left is replaced.

    Args:
        columns: the optional columns that are given; parents, identifiers and successors stay without theirs.
    """
    lock_units(session)
    left_out = _KEPT_IF_LEFT_OUT.difference(columns)
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
        unit = _with_kept(unit, _to_unit(_columns(row)), left_out)
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
        ),
        load_groups(connection),
    )


def load_groups(connection: Connection) -> tuple[OfficeGroup, ...]:
    """Return the groups that the office defines, by code, their periods one after the other."""
    table = UnitGroupRow.__table__
    rows = connection.execute(select(table).order_by(table.c.code, table.c.valid_from))
    return tuple(
        OfficeGroup(
            code=row.code,
            name=row.name,
            wordings=tuple(row.wordings.splitlines()),
            kinds=frozenset(_split(row.kinds)),
            members=_split(row.members),
            valid_from=row.valid_from,
            valid_to=row.valid_to,
        )
        for row in rows
    )


def end_period(session: Session, period: Unit, last_day: date, replaced_by: Iterable[str] = ()) -> None:
    """End a stored period of a unit. The caller commits.

    Args:
        replaced_by: codes of the units that take over; none if the unit goes on in another period.
    """
    row = session.scalars(
        select(UnitRow).where(UnitRow.code == period.code, UnitRow.valid_from == period.valid_from)
        if period.valid_from is not None
        else select(UnitRow).where(UnitRow.code == period.code, UnitRow.valid_from.is_(None))
    ).one()
    row.valid_to = last_day
    row.replaced_by = _SEPARATOR.join(replaced_by) or None
    session.flush()


def add_period(session: Session, unit: Unit, beside: str) -> None:
    """Store a new period of a unit, where in the registry another unit stands. The caller commits."""
    position = session.scalars(
        select(UnitRow.position).where(UnitRow.code == beside).order_by(UnitRow.id)
    ).first()
    session.add(_row(unit, position or 0))
    session.flush()


def save_group(session: Session, group: OfficeGroup) -> None:
    """Store a group from its first day on; the period it begins in ends the day before. The caller commits.

    A period that begins on that very day, or later, is replaced.
    """
    rows = session.scalars(select(UnitGroupRow).where(UnitGroupRow.code == group.code)).all()
    for row in rows:
        if row.valid_from >= group.valid_from:
            session.delete(row)
        elif row.valid_to is None or row.valid_to >= group.valid_from:
            row.valid_to = group.valid_from - timedelta(days=1)
    session.flush()
    session.add(
        UnitGroupRow(
            code=group.code,
            name=group.name,
            wordings="\n".join(group.wordings),
            kinds=_SEPARATOR.join(sorted(group.kinds)),
            members=_SEPARATOR.join(group.members),
            valid_from=group.valid_from,
            valid_to=group.valid_to,
        )
    )
    session.flush()


def end_group(session: Session, code: str, last_day: date) -> None:
    """End a group with a day; what would begin later is gone. The caller commits."""
    for row in session.scalars(select(UnitGroupRow).where(UnitGroupRow.code == code)):
        if row.valid_from > last_day:
            session.delete(row)
        elif row.valid_to is None or row.valid_to > last_day:
            row.valid_to = last_day
    session.flush()


def _with_kept(unit: Unit, stored: Unit, left_out: Collection[str]) -> Unit:
    """Return a unit with what is stored of the columns that were left out."""
    return replace(unit, **{name: getattr(stored, name) for name in left_out})


def _split(text: str | None) -> tuple[str, ...]:
    return tuple(part for part in (text or "").split(_SEPARATOR) if part)


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
    row.parent = unit.parent
    row.identifier = unit.identifier
    row.identifier_old = unit.identifier_old
    row.replaced_by = _SEPARATOR.join(unit.replaced_by) or None


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
        aliases=_split(row["aliases"]),
        recipient=Recipient(row["recipient"]),
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
        parent=row["parent"],
        identifier=row["identifier"],
        identifier_old=row["identifier_old"],
        replaced_by=_split(row["replaced_by"]),
    )
