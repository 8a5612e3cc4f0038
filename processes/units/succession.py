"""Who took over from a unit that has ended, and which ended unit a name once meant."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from processes.units.names import folded, without_note
from processes.units.registry import Unit, UnitRegistry


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerUnit:
    """A unit that bore a name until a day, and the units that took over, as they are on the day asked about."""

    unit: Unit
    successors: tuple[Unit, ...]


def unit_on(registry: UnitRegistry, code: str, day: date) -> Unit | None:
    """Return a unit as it is on a day; ``None`` if it does not exist then."""
    return next((unit for unit in registry.at(day).units if unit.code == code), None)


def last_period(registry: UnitRegistry, code: str) -> Unit | None:
    """Return the newest entry of a unit; ``None`` if it was never registered."""
    return next((unit for unit in reversed(registry.units) if unit.code == code), None)


def has_ended(registry: UnitRegistry, code: str, day: date) -> bool:
    """Say whether a unit existed before a day and does no longer."""
    last = last_period(registry, code)
    return last is not None and last.valid_to is not None and last.valid_to < day


def successors(registry: UnitRegistry, code: str, day: date) -> tuple[Unit, ...]:
    """Return the units that have taken over from an ended one, directly or in turn, and exist on a day."""
    found: dict[str, Unit] = {}
    seen = {code}
    waiting = [code]
    while waiting:
        last = last_period(registry, waiting.pop(0))
        for other in () if last is None else last.replaced_by:
            if other in seen:
                continue
            seen.add(other)
            present = unit_on(registry, other, day)
            if present is not None:
                found[other] = present
            else:
                waiting.append(other)
    return tuple(found.values())


def with_successors(registry: UnitRegistry, codes: Iterable[str], day: date) -> tuple[str, ...]:
    """Return codes, each ended one followed by those that took over from it."""
    found: dict[str, None] = {}
    for code in codes:
        found[code] = None
        if has_ended(registry, code, day):
            found.update(dict.fromkeys(unit.code for unit in successors(registry, code, day)))
    return tuple(found)


def former_unit(registry: UnitRegistry, text: str, day: date) -> FormerUnit | None:
    """Return the unit of that name which has ended before a day; ``None`` if a present one bears the name.

    Of several ended ones the one that ended last is returned.
    """
    if registry.at(day).find(text) is not None:
        return None
    ended = [unit for unit in registry.units if unit.valid_to is not None and unit.valid_to < day]
    for unit in sorted(ended, key=lambda unit: unit.valid_to or day, reverse=True):
        was = UnitRegistry((unit,)).find(text)
        if was is not None:
            present = unit_on(registry, unit.code, day)
            took_over = (present,) if present is not None else successors(registry, unit.code, day)
            return FormerUnit(unit=unit, successors=took_over)
    return None


def predecessors(registry: UnitRegistry, code: str) -> tuple[Unit, ...]:
    """Return the newest entries of the units that a unit took over from."""
    codes = dict.fromkeys(unit.code for unit in registry.units if code in unit.replaced_by)
    found = (last_period(registry, other) for other in codes)
    return tuple(unit for unit in found if unit is not None)


def former_names(units: Iterable[Unit], until: date) -> tuple[str, ...]:
    """Return the names of units as aliases that say how long they were official: *Xã An (đến 29/4/2026)*."""
    note = f" (đến {until.day}/{until.month}/{until.year})"
    names: dict[str, str] = {}
    for unit in units:
        for name in (unit.name, unit.short_name):
            if name:
                names.setdefault(folded(without_note(name)), without_note(name) + note)
    return tuple(names.values())


def day_before(day: date) -> date:
    """Return the day before a day."""
    return day - timedelta(days=1)
