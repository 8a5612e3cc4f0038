"""Groups that the office defines: made, changed from a day on, ended, each with a source, a reason and a trail."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.errors import Rejection
from processes.problems import N_, Problem
from processes.units import trail
from processes.units.acts import described_problems, require_manager
from processes.units.groups import essence, groups_named
from processes.units.names import composed
from processes.units.office_groups import OfficeGroup
from processes.units.registry import UnitRegistry
from processes.units.store import end_group, load_registry, lock_units, save_group
from processes.units.succession import unit_on
from processes.units.tables import UnitActRow
from processes.units.units_rows import KINDS, MAX_CODE


class UnitGroupRefused(Rejection):
    """A group cannot be as it is given; ``params["problems"]`` names every reason."""

    code: ClassVar[str] = "unit_group_refused"


def define_group(
    session: Session, group: OfficeGroup, *, request_id: UUID, source: str, reason: str, by: Actor
) -> None:
    """Let a group begin, or be another, from its first day on. The caller commits; a repeat writes nothing.

    Raises:
        NotAuthorised: the actor may not change the registry.
        UnitGroupRefused: it has no members, a name or wording that means something else, or no source or reason.
    """
    require_manager(by)
    if _is_recorded(session, request_id):
        return
    lock_units(session)
    registry = load_registry(session.connection())
    problems = [*described_problems(source, reason), *_problems(registry, group)]
    _refuse(problems)
    known = next((each for each in reversed(registry.office_groups) if each.code == group.code), None)
    save_group(session, group)
    _record(session, request_id, group.valid_from, source, reason, by, before=known, after=group)


def close_group(
    session: Session, code: str, *, last_day: date, request_id: UUID, source: str, reason: str, by: Actor
) -> None:
    """End a group with a day. The caller commits; a repeat writes nothing.

    Raises:
        NotAuthorised: the actor may not change the registry.
        UnitGroupRefused: there is no such group that goes on, or no source or reason.
    """
    require_manager(by)
    if _is_recorded(session, request_id):
        return
    lock_units(session)
    groups = load_registry(session.connection()).office_groups
    known = next((each for each in reversed(groups) if each.code == code), None)
    problems = described_problems(source, reason)
    if known is None:
        problems.append(Problem(N_("there is no group '{code}'"), code=code))
    elif known.valid_to is not None and known.valid_to <= last_day:
        problems.append(
            Problem(N_("the group '{code}' ends on {day} already"), code=code, day=known.valid_to)
        )
    _refuse(problems)
    end_group(session, code, last_day)
    _record(session, request_id, last_day, source, reason, by, before=known, after=None)


def _problems(registry: UnitRegistry, group: OfficeGroup) -> list[str]:
    problems: list[str] = []
    if (
        not group.code
        or len(group.code) > MAX_CODE
        or group.code != composed(group.code)
        or ";" in group.code
    ):
        problems.append(Problem(N_("'{code}' cannot be the code of a group"), code=group.code))
    if not essence(group.name):
        problems.append(Problem(N_("the group has no name")))
    if not group.kinds and not group.members:
        problems.append(Problem(N_("the group has no members: name kinds of unit, or units")))
    kinds = ", ".join(sorted(KINDS))
    problems += [
        Problem(N_("the kind '{kind}' is none of {kinds}"), kind=kind, kinds=kinds)
        for kind in group.kinds - KINDS
    ]
    problems += [
        Problem(N_("the unit '{code}' does not exist on {day}"), code=code, day=group.valid_from)
        for code in group.members
        if unit_on(registry, code, group.valid_from) is None
    ]
    if group.valid_to is not None and group.valid_to < group.valid_from:
        problems.append(
            Problem(
                N_("it ends on {end}, before it begins on {begin}"),
                end=group.valid_to,
                begin=group.valid_from,
            )
        )
    today = registry.at(group.valid_from)
    for wording in (group.name, *group.wordings):
        if groups_named(wording):
            problems.append(Problem(N_("'{text}' names a group that every letter may address"), text=wording))
        if today.find(wording) is not None:
            problems.append(Problem(N_("'{text}' is the name of a unit"), text=wording))
        for other in registry.office_groups:
            goes_on = other.valid_to is None or other.valid_to >= group.valid_from
            if other.code != group.code and goes_on and other.is_named(wording):
                problems.append(Problem(N_("'{text}' names group '{code}'"), text=wording, code=other.code))
    return problems


def _refuse(problems: list[str]) -> None:
    if problems:
        raise UnitGroupRefused(
            f"Expected a group that can be kept, but {len(problems)} problems were found", problems=problems
        )


def _is_recorded(session: Session, request_id: UUID) -> bool:
    return session.scalar(select(UnitActRow.id).where(UnitActRow.id == request_id)) is not None


def _record(
    session: Session,
    request_id: UUID,
    day: date,
    source: str,
    reason: str,
    by: Actor,
    *,
    before: OfficeGroup | None,
    after: OfficeGroup | None,
) -> None:
    trail.record(
        session,
        act_id=request_id,
        kind=trail.GROUP,
        effective_on=day,
        source=composed(source),
        reason=reason.strip(),
        by=by,
        more={"before": _to_json(before), "after": _to_json(after)},
    )


def _to_json(group: OfficeGroup | None) -> dict[str, object] | None:
    if group is None:
        return None
    return {
        "code": group.code,
        "name": group.name,
        "wordings": list(group.wordings),
        "kinds": sorted(group.kinds),
        "members": list(group.members),
        "valid_from": group.valid_from.isoformat(),
        "valid_to": None if group.valid_to is None else group.valid_to.isoformat(),
    }
