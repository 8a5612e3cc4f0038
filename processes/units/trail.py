"""What was done to the registry, by whom and why: written once with each change, never altered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import Actor
from processes.units.differences import Difference, UnitChange
from processes.units.tables import UnitActRow

#: A file was loaded.
LOAD = "load"
#: A group of the office was defined, changed or ended.
GROUP = "group"
#: Accounts were moved to another unit.
PEOPLE = "people"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One change of the registry as it was recorded.

    Attributes:
        codes: the units it began with.
        changes: what differed afterwards.
        more: whatever else belongs to it, JSON values.
    """

    id: UUID
    kind: str
    effective_on: date
    source: str
    reason: str
    codes: tuple[str, ...]
    changes: tuple[UnitChange, ...]
    more: Mapping[str, Any]
    performed_by: str
    performed_at: datetime


def record(
    session: Session,
    *,
    act_id: UUID,
    kind: str,
    effective_on: date,
    source: str,
    reason: str,
    by: Actor,
    codes: Sequence[str] = (),
    changes: Sequence[UnitChange] = (),
    more: Mapping[str, Any] | None = None,
) -> None:
    """Record a change. The caller commits."""
    detail = {
        "codes": list(codes),
        "changes": [_to_json(change) for change in changes],
        "more": dict(more or {}),
    }
    session.add(
        UnitActRow(
            id=act_id,
            kind=kind,
            effective_on=effective_on,
            source=source,
            reason=reason,
            detail=orjson.dumps(detail).decode(),
            performed_by=by.key,
            performed_at=clock.now(),
        )
    )
    session.flush()


def recorded(connection: Connection, *, code: str | None = None, limit: int = 1_000) -> list[Recorded]:
    """Return what was done, newest first.

    Args:
        code: only what touched this unit.
        limit: the most changes returned.
    """
    table = UnitActRow.__table__
    query = select(table).order_by(table.c.performed_at.desc(), table.c.id)
    found = (_from_row(row) for row in connection.execute(query))
    wanted = (each for each in found if code is None or _touches(each, code))
    return [each for _, each in zip(range(limit), wanted, strict=False)]


def _touches(each: Recorded, code: str) -> bool:
    return code in each.codes or any(change.code == code for change in each.changes)


def _from_row(row: Any) -> Recorded:
    detail = orjson.loads(row.detail)
    return Recorded(
        id=row.id,
        kind=row.kind,
        effective_on=row.effective_on,
        source=row.source,
        reason=row.reason,
        codes=tuple(detail["codes"]),
        changes=tuple(_from_json(change) for change in detail["changes"]),
        more=detail["more"],
        performed_by=row.performed_by,
        performed_at=row.performed_at,
    )


def _to_json(change: UnitChange) -> dict[str, Any]:
    return {
        "code": change.code,
        "name": change.name,
        "what": change.what.value,
        "before": change.before,
        "after": change.after,
        "on": None if change.on is None else change.on.isoformat(),
    }


def _from_json(change: Mapping[str, Any]) -> UnitChange:
    return UnitChange(
        code=change["code"],
        name=change["name"],
        what=Difference(change["what"]),
        before=change["before"],
        after=change["after"],
        on=None if change["on"] is None else date.fromisoformat(change["on"]),
    )
