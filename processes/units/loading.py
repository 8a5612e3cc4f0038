"""Loads a registry file whole or not at all: what it changes, and every reason why a row cannot be taken."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from engine import clock
from engine.actors import Actor
from processes.problems import N_, Problem
from processes.units import trail
from processes.units.acts import codes_in
from processes.units.differences import UnitChange, differences
from processes.units.names import folded
from processes.units.registry import Unit, UnitRegistry
from processes.units.store import Saved, load_registry, save_units
from processes.units.units_rows import LoadedUnits, RejectedRow, refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Loading:
    """What loading a file comes to, or would; with rejected rows nothing is written."""

    changes: tuple[UnitChange, ...]
    rejected: tuple[RejectedRow, ...]
    saved: Saved


def load_units(
    session: Session, loaded: LoadedUnits, *, load_id: UUID, source: str, reason: str, by: Actor
) -> Loading:
    """Write what a file says and record it. The caller commits.

    Args:
        source: the file's name.

    Raises:
        RegistryRefused: a row cannot be taken; ``params["problems"]`` names all of them.
    """
    loading = _write(session, loaded)
    if loading.rejected:
        raise refused([str(row) for row in loading.rejected])
    if loading.changes:
        trail.record(
            session,
            act_id=load_id,
            kind=trail.LOAD,
            effective_on=clock.today(),
            source=source,
            reason=reason,
            by=by,
            changes=loading.changes,
        )
    return loading


def preview_load(session: Session, loaded: LoadedUnits) -> Loading:
    """Return what loading a file would come to; what was written for it is rolled back."""
    loading = _write(session, loaded)
    session.rollback()
    return loading


def _write(session: Session, loaded: LoadedUnits) -> Loading:
    before = load_registry(session.connection())
    acts = trail.recorded(session.connection())
    rejected = [*loaded.rejected, *_contradictions(before, acts, loaded)]
    rejected.sort(key=lambda row: row.line)
    if loaded.rejected and not loaded.accepted:
        return Loading(changes=(), rejected=tuple(rejected), saved=_NOTHING)
    saved = save_units(session, loaded.accepted, loaded.columns)
    changes = differences(before, load_registry(session.connection()))
    return Loading(changes=tuple(changes), rejected=tuple(rejected), saved=saved)


_NOTHING = Saved(added=0, changed=0, unchanged=0, missing=())


def _contradictions(
    registry: UnitRegistry, acts: list[trail.Recorded], loaded: LoadedUnits
) -> Iterable[RejectedRow]:
    """Yield the rows that go against what there is: acts, names of units that stay, units that are not there."""
    days = codes_in(acts)
    given = {unit.code for unit in loaded.accepted}
    known = given | {unit.code for unit in registry.units}
    staying: dict[str, list[Unit]] = {}
    for unit in registry.units:
        if unit.code not in given:
            staying.setdefault(folded(unit.name), []).append(unit)
    for line, unit in zip(loaded.lines, loaded.accepted, strict=True):
        for day in days.get(unit.code, ()):
            if (unit.valid_from is None or unit.valid_from < day) and (
                unit.valid_to is None or unit.valid_to >= day
            ):
                yield RejectedRow(
                    line=line,
                    reason=Problem(
                        N_(
                            "the unit '{code}' was changed from {day} on; give its periods before and after, "
                            "as 'sauro units export' writes them"
                        ),
                        code=unit.code,
                        day=day,
                    ),
                )
        for other in staying.get(folded(unit.name), ()):
            if unit.overlaps(other):
                yield RejectedRow(
                    line=line,
                    reason=Problem(
                        N_(
                            "the name '{name}' is that of unit '{code}', which is registered for the same days"
                        ),
                        name=unit.name,
                        code=other.code,
                    ),
                )
        for sentence, codes in (
            (N_("parent '{code}' is no unit of the file or the registry"), (unit.parent,)),
            (N_("replaced_by '{code}' is no unit of the file or the registry"), unit.replaced_by),
        ):
            for code in codes:
                if code is not None and code not in known:
                    yield RejectedRow(line=line, reason=Problem(sentence, code=code))
