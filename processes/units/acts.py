"""What becomes of units on a day: merged, split, renamed, of another kind, closed.

An act ends periods and begins others; those that were stay, so that a letter of yesterday is read with the units
of yesterday. Whoever takes over answers to the old names, too, unless several do.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import Actor
from engine.errors import NotAuthorised, Rejection
from processes.problems import N_, Problem
from processes.units import trail
from processes.units.differences import UnitChange, differences
from processes.units.identifiers import is_identifier, is_old_identifier
from processes.units.names import composed, folded
from processes.units.office_groups import OfficeGroup
from processes.units.registry import Unit, UnitRegistry
from processes.units.store import add_period, end_period, load_registry, lock_units, save_group
from processes.units.succession import day_before, former_names, last_period, unit_on
from processes.units.tables import UnitActRow
from processes.units.units_rows import KINDS, MAX_CODE

#: Characters of a source and of a reason.
LONGEST_TEXT = 500
#: Days before and after today on which an act may take effect.
_EARLIEST, _LATEST = timedelta(days=3653), timedelta(days=1827)

#: The permission to change the registry.
MANAGE = "unit:manage"


class ActKind(StrEnum):
    """What happens to units."""

    #: Several become one, a new one or one that there is.
    MERGE = "merge"
    #: One becomes several; it may be one of them.
    SPLIT = "split"
    #: One gets another name.
    RENAME = "rename"
    #: One becomes of another kind, a commune a ward, with the name that goes with it.
    CHANGE_KIND = "change_kind"
    #: One ends and nobody takes over.
    CLOSE = "close"


class ActRefused(Rejection):
    """An act contradicts what there is; ``params["problems"]`` names every reason."""

    code: ClassVar[str] = "unit_act_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitAct:
    """An act as it is asked for.

    Attributes:
        id: chosen by the caller; the same again does nothing more.
        effective_on: the first day on which it holds.
        codes: the units it begins with.
        results: the units as they are from that day on; their periods and former names are added.
        source: the legal source; ``reason``: why, in words.
    """

    id: UUID
    kind: ActKind
    effective_on: date
    codes: tuple[str, ...]
    results: tuple[Unit, ...] = ()
    source: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an act comes to.

    Attributes:
        after: the registry afterwards.
        ended: codes of the units that exist no longer.
        groups: groups of the office that have other members by it, as they are from that day on.
    """

    changes: tuple[UnitChange, ...]
    after: UnitRegistry
    ended: tuple[str, ...]
    groups: tuple[OfficeGroup, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """One thing to write: a period that ends, and one that begins."""

    ends: Unit | None
    begins: Unit | None
    replaced_by: tuple[str, ...] = ()


def preview_act(registry: UnitRegistry, act: UnitAct) -> Outcome:
    """Return what an act would come to; nothing is written.

    Raises:
        ActRefused: it contradicts what there is.
    """
    problems = _problems(registry, act)
    if problems:
        raise ActRefused(
            f"Expected an act that agrees with the registry, but {len(problems)} problems were found",
            problems=problems,
        )
    steps = _steps(registry, act)
    units = list(registry.units)
    for step in steps:
        if step.ends is not None:
            ended = replace(step.ends, valid_to=day_before(act.effective_on), replaced_by=step.replaced_by)
            units[units.index(step.ends)] = ended
    for step in steps:
        if step.begins is not None:
            code = step.begins.code if any(u.code == step.begins.code for u in units) else act.codes[0]
            place = max(place for place, unit in enumerate(units) if unit.code == code)
            units.insert(place + 1, step.begins)
    changed = tuple(_groups(registry, act))
    after = UnitRegistry(tuple(units), _with(registry.office_groups, changed))
    return Outcome(
        changes=tuple(differences(registry, after)),
        after=after,
        ended=tuple(step.ends.code for step in steps if step.ends is not None and step.begins is None),
        groups=changed,
    )


def perform_act(session: Session, act: UnitAct, *, by: Actor) -> Outcome:
    """Write an act and record it. The caller commits; a repeat of the same act writes nothing.

    Raises:
        NotAuthorised: the actor may not change the registry.
        ActRefused: it contradicts what there is.
    """
    require_manager(by)
    lock_units(session)
    registry = load_registry(session.connection())
    if session.scalar(select(UnitActRow.id).where(UnitActRow.id == act.id)) is not None:
        return Outcome(changes=(), after=registry, ended=(), groups=())
    outcome = preview_act(registry, act)
    for step in _steps(registry, act):
        if step.ends is not None:
            end_period(session, step.ends, day_before(act.effective_on), step.replaced_by)
        if step.begins is not None:
            known = last_period(registry, step.begins.code)
            add_period(session, step.begins, act.codes[0] if known is None else step.begins.code)
    for group in outcome.groups:
        save_group(session, group)
    trail.record(
        session,
        act_id=act.id,
        kind=act.kind.value,
        effective_on=act.effective_on,
        source=composed(act.source),
        reason=act.reason.strip(),
        by=by,
        codes=act.codes,
        changes=outcome.changes,
        more={"results": [unit.code for unit in act.results], "ended": list(outcome.ended)},
    )
    return replace(outcome, after=load_registry(session.connection()))


def require_manager(actor: Actor) -> None:
    """Refuse who may not change the registry with ``NotAuthorised``."""
    if MANAGE not in actor.permissions:
        raise NotAuthorised("Expected an actor who may change the registry of units", actor=actor.key)


def described_problems(source: str, reason: str) -> list[str]:
    """Return what is wrong with a legal source and a reason; nothing if they can be kept."""
    problems: list[str] = []
    for text, missing, too_long in (
        (source, N_("the legal source is missing"), N_("the legal source is longer than {most} characters")),
        (reason, N_("the reason is missing"), N_("the reason is longer than {most} characters")),
    ):
        if not text.strip():
            problems.append(Problem(missing))
        elif len(text) > LONGEST_TEXT:
            problems.append(Problem(too_long, most=LONGEST_TEXT))
    return problems


def _steps(registry: UnitRegistry, act: UnitAct) -> list[_Step]:
    last_day = day_before(act.effective_on)
    begun = [_period(registry, code, act.effective_on) for code in act.codes]
    results = {unit.code: unit for unit in act.results}
    heirs = tuple(results)
    steps = []
    for unit in begun:
        others = tuple(code for code in heirs if code != unit.code)
        steps.append(_Step(ends=unit, begins=None, replaced_by=others))
    taken = {unit.code: place for place, unit in enumerate(begun)}
    for code, result in results.items():
        other_names: tuple[str, ...] = ()
        if len(results) == 1:
            gone = [unit for unit in begun if folded(unit.name) != folded(result.name)]
            other_names = former_names(gone, last_day)
        before = last_period(registry, code)
        if code not in taken and before is not None and not other_names:
            continue  # it goes on as it was
        kept = result.aliases if before is None else (*before.aliases, *result.aliases)
        inherited = [alias for unit in begun if len(results) == 1 for alias in unit.aliases]
        begins = replace(
            result,
            aliases=_distinct([*kept, *inherited, *other_names], result.name),
            valid_from=act.effective_on,
            valid_to=None,
            replaced_by=(),
        )
        if code in taken:
            place = taken[code]
            steps[place] = replace(steps[place], begins=begins)
        else:
            steps.append(_Step(ends=before, begins=begins))
    return steps


def _distinct(aliases: Iterable[str], name: str) -> tuple[str, ...]:
    known: dict[str, str] = {}
    for alias in aliases:
        known.setdefault(folded(alias), alias)
    known.pop(folded(name), None)
    return tuple(known.values())


def _period(registry: UnitRegistry, code: str, day: date) -> Unit:
    found = unit_on(registry, code, day)
    if found is None:
        raise AssertionError(f"Expected unit '{code}' to exist on {day}")
    return found


def _groups(registry: UnitRegistry, act: UnitAct) -> Iterable[OfficeGroup]:
    """Yield the groups by list that held a unit which ends, with those that take over."""
    heirs = [unit.code for unit in act.results]
    gone = set(act.codes) - set(heirs)
    for group in registry.office_groups:
        ends = group.valid_to
        if gone.isdisjoint(group.members) or (ends is not None and ends < act.effective_on):
            continue
        members: list[str] = []
        for code in group.members:
            members += heirs if code in gone else [code]
        begins = max(group.valid_from, act.effective_on)
        yield replace(group, members=tuple(dict.fromkeys(members)), valid_from=begins)


def _with(groups: Iterable[OfficeGroup], changed: Sequence[OfficeGroup]) -> tuple[OfficeGroup, ...]:
    """Return groups with those that begin anew, each in front of the period it ends."""
    begun = {group.code: group for group in changed}
    kept = [
        replace(group, valid_to=day_before(begun[group.code].valid_from)) if group.code in begun else group
        for group in groups
        if group.code not in begun or group.valid_from < begun[group.code].valid_from
    ]
    return (*changed, *kept)


def _problems(registry: UnitRegistry, act: UnitAct) -> list[str]:
    problems = described_problems(act.source, act.reason)
    today = clock.today()
    if not today - _EARLIEST <= act.effective_on <= today + _LATEST:
        problems.append(Problem(N_("the day {day} lies too far from today"), day=act.effective_on))
    problems += _count_problems(act)
    for code in act.codes:
        problems += _begun_problems(registry, code, act.effective_on)
    for unit in act.results:
        problems += _result_problems(registry, act, unit)
    codes = [unit.code for unit in act.results]
    names = [folded(unit.name) for unit in act.results]
    if len(set(codes)) < len(codes):
        problems.append(Problem(N_("two of the units afterwards have one code")))
    if len(set(names)) < len(names):
        problems.append(Problem(N_("two of the units afterwards have one name")))
    return problems


def _count_problems(act: UnitAct) -> Iterable[str]:
    codes, results = len(act.codes), len(act.results)
    if len(set(act.codes)) < codes:
        yield Problem(N_("a unit is named twice"))
    match act.kind:
        case ActKind.MERGE:
            taking_in = results == 1 and act.results[0].code not in act.codes
            if results != 1:
                yield Problem(N_("a merger ends in one unit, but {count} are given"), count=results)
            elif codes < (1 if taking_in else 2):
                yield Problem(N_("a merger begins with two units or more"))
        case ActKind.SPLIT:
            if codes != 1:
                yield Problem(N_("one unit is split, but {count} are given"), count=codes)
            if results < 2:
                yield Problem(N_("a unit is split into two or more"))
        case ActKind.RENAME | ActKind.CHANGE_KIND:
            if codes != 1 or results != 1 or act.results[0].code != act.codes[0]:
                yield Problem(N_("one unit is changed and keeps its code"))
        case ActKind.CLOSE:
            if not codes or results:
                yield Problem(N_("units are closed without a successor"))


def _begun_problems(registry: UnitRegistry, code: str, day: date) -> Iterable[str]:
    last = last_period(registry, code)
    if last is None:
        yield Problem(N_("the registry has no unit '{code}'"), code=code)
        return
    if last.valid_from is not None and last.valid_from >= day:
        sentence = (
            N_("the unit '{code}' ({name}) begins on {begins}, not before {day}")
            if unit_on(registry, code, day_before(day)) is None
            else N_("the unit '{code}' ({name}) changes on {begins}, not before {day}")
        )
        yield Problem(sentence, code=code, name=last.name, begins=last.valid_from, day=day)
    elif last.valid_to is not None and last.valid_to < day_before(day):
        yield Problem(
            N_("the unit '{code}' ({name}) ended on {day}"), code=code, name=last.name, day=last.valid_to
        )
    elif last.valid_to is not None:
        yield Problem(
            N_("the unit '{code}' ({name}) ends on {day} already"),
            code=code,
            name=last.name,
            day=last.valid_to,
        )


def _result_problems(registry: UnitRegistry, act: UnitAct, unit: Unit) -> Iterable[str]:
    if not unit.code or len(unit.code) > MAX_CODE or unit.code != composed(unit.code) or ";" in unit.code:
        yield Problem(N_("'{code}' cannot be the code of a unit"), code=unit.code)
        return
    if not unit.name or unit.name != composed(unit.name):
        yield Problem(N_("the unit '{code}' has no name that can be kept"), code=unit.code)
    if unit.kind not in KINDS:
        yield Problem(
            N_("the kind '{kind}' is none of {kinds}"), kind=unit.kind, kinds=", ".join(sorted(KINDS))
        )
    if unit.identifier and not is_identifier(unit.identifier):
        yield Problem(N_("the identifier '{text}' is not written as H19.15"), text=unit.identifier)
    if unit.identifier_old and not is_old_identifier(unit.identifier_old):
        yield Problem(
            N_("the former identifier '{text}' is not written as 000.00.15.H19"), text=unit.identifier_old
        )
    known = last_period(registry, unit.code)
    if unit.code not in act.codes and known is not None:
        if act.kind not in (ActKind.MERGE, ActKind.SPLIT):
            yield Problem(N_("the unit '{code}' is another one"), code=unit.code)
        yield from _begun_problems(registry, unit.code, act.effective_on)
    going_on = [
        each
        for each in registry.units
        if each.code != unit.code
        and each.code not in act.codes
        and (each.valid_to is None or each.valid_to >= act.effective_on)
    ]
    for other in going_on:
        if folded(other.name) == folded(unit.name):
            yield Problem(N_("the name '{name}' is that of unit '{code}'"), name=unit.name, code=other.code)
        if unit.identifier and other.identifier == unit.identifier:
            yield Problem(
                N_("the identifier '{text}' is that of unit '{code}'"), text=unit.identifier, code=other.code
            )
    if known is None:
        return
    if act.kind is ActKind.RENAME and unit.name == known.name:
        yield Problem(N_("the unit '{code}' has that name already"), code=unit.code)
    if act.kind is ActKind.CHANGE_KIND and unit.kind == known.kind:
        yield Problem(N_("the unit '{code}' is of that kind already"), code=unit.code)


def codes_in(acts: Sequence[trail.Recorded]) -> dict[str, list[date]]:
    """Return the days on which acts changed units, by code."""
    found: dict[str, list[date]] = {}
    kinds = set(ActKind)
    for act in acts:
        if act.kind in kinds:
            for code in {*act.codes, *(change.code for change in act.changes)}:
                found.setdefault(code, []).append(act.effective_on)
    return found
