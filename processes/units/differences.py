"""What differs between two states of the registry, unit by unit, as people are told before anything is written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from processes.units.registry import Unit, UnitRegistry


class Difference(StrEnum):
    """How a unit differs; the values are stable words for programs."""

    #: It was not registered before.
    ADDED = "added"
    #: It has another name from a day on.
    RENAMED = "renamed"
    #: It is of another kind from a day on.
    KIND_CHANGED = "kind_changed"
    #: It begins anew from a day on, with the same name and kind.
    PERIOD_ADDED = "period_added"
    #: A period of it is gone.
    PERIOD_REMOVED = "period_removed"
    #: It ends.
    CLOSED = "closed"
    #: It had ended, and goes on.
    REOPENED = "reopened"
    #: It ends on another day.
    END_MOVED = "end_moved"
    #: Other names that it answers to.
    ALIASES = "aliases"
    #: Its organisation identifier.
    IDENTIFIER = "identifier"
    #: The unit above.
    PARENT = "parent"
    #: Whether letters to its group reach it.
    RECIPIENT = "recipient"
    #: Who took over from it.
    REPLACED_BY = "replaced_by"
    #: English name, short name or the heading it stands under.
    OTHER_NAMES = "other_names"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitChange:
    """One thing that differs; ``before`` and ``after`` are texts, empty where there is nothing.

    Attributes:
        on: from which day on, or until which; ``None`` for what holds for a whole period.
    """

    code: str
    name: str
    what: Difference
    before: str = ""
    after: str = ""
    on: date | None = None


def differences(before: UnitRegistry, after: UnitRegistry) -> list[UnitChange]:
    """Return what differs, in the order of the registry afterwards."""
    old, new = _periods(before), _periods(after)
    found: list[UnitChange] = []
    for code in dict.fromkeys([*new, *old]):
        found += _of_unit(old.get(code, ()), new.get(code, ()))
    return found


def _periods(registry: UnitRegistry) -> dict[str, list[Unit]]:
    found: dict[str, list[Unit]] = {}
    for unit in registry.units:
        found.setdefault(unit.code, []).append(unit)
    return found


def _of_unit(old: Sequence[Unit], new: Sequence[Unit]) -> Iterable[UnitChange]:
    if not old:
        first = new[0]
        yield _change(first, Difference.ADDED, after=first.name, on=first.valid_from)
        yield from _later_periods(new[0], new[1:])
        return
    by_start = {unit.valid_from: unit for unit in old}
    for number, unit in enumerate(new):
        was = by_start.pop(unit.valid_from, None)
        if was is None:
            earlier = [each for each in (*new[:number], *old) if _starts_before(each, unit)]
            yield from _later_periods(earlier[-1] if earlier else unit, [unit])
        else:
            continued = any(_follows(unit, each) for each in new[number + 1 :])
            yield from _of_period(was, unit, continued)
    for gone in by_start.values():
        yield _change(gone, Difference.PERIOD_REMOVED, before=gone.name, on=gone.valid_from)


def _later_periods(first: Unit, later: Sequence[Unit]) -> Iterable[UnitChange]:
    known = first
    for unit in later:
        if unit.name != known.name:
            yield _change(unit, Difference.RENAMED, before=known.name, after=unit.name, on=unit.valid_from)
        if unit.kind != known.kind:
            yield _change(
                unit, Difference.KIND_CHANGED, before=known.kind, after=unit.kind, on=unit.valid_from
            )
        if (unit.name, unit.kind) == (known.name, known.kind):
            yield _change(unit, Difference.PERIOD_ADDED, after=unit.name, on=unit.valid_from)
        known = unit


def _of_period(was: Unit, now: Unit, continued: bool) -> Iterable[UnitChange]:
    pairs = (
        (Difference.RENAMED, was.name, now.name),
        (Difference.KIND_CHANGED, was.kind, now.kind),
        (Difference.ALIASES, "; ".join(was.aliases), "; ".join(now.aliases)),
        (Difference.IDENTIFIER, _identifiers(was), _identifiers(now)),
        (Difference.PARENT, was.parent or "", now.parent or ""),
        (Difference.RECIPIENT, was.recipient.value, now.recipient.value),
        (Difference.REPLACED_BY, "; ".join(was.replaced_by), "; ".join(now.replaced_by)),
        (Difference.OTHER_NAMES, _other_names(was), _other_names(now)),
    )
    for what, before, after in pairs:
        if before != after:
            yield _change(now, what, before=before, after=after)
    if was.valid_to == now.valid_to or continued:
        return
    if now.valid_to is None:
        yield _change(now, Difference.REOPENED, before=str(was.valid_to))
    elif was.valid_to is None:
        yield _change(now, Difference.CLOSED, before=was.name, on=now.valid_to)
    else:
        yield _change(now, Difference.END_MOVED, before=str(was.valid_to), after=str(now.valid_to))


def _change(
    unit: Unit, what: Difference, *, before: str = "", after: str = "", on: date | None = None
) -> UnitChange:
    return UnitChange(code=unit.code, name=unit.name, what=what, before=before, after=after, on=on)


def _identifiers(unit: Unit) -> str:
    return " / ".join(each for each in (unit.identifier, unit.identifier_old) if each)


def _other_names(unit: Unit) -> str:
    return " / ".join((unit.name_en, unit.short_name, unit.group))


def _starts_before(one: Unit, other: Unit) -> bool:
    return (one.valid_from or date.min) < (other.valid_from or date.min)


def _follows(unit: Unit, later: Unit) -> bool:
    return (
        unit.valid_to is not None
        and later.valid_from is not None
        and later.valid_from - unit.valid_to == timedelta(days=1)
    )
