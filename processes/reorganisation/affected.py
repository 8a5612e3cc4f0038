"""Whom an act on units concerns: work that is open, people with accounts, groups that letters name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.errors import Rejection
from processes.access.tables import User
from processes.problems import N_, Problem
from processes.reorganisation.following import open_assignments
from processes.units import trail
from processes.units.acts import Outcome, UnitAct, described_problems, require_manager
from processes.units.groups import Group
from processes.units.registry import UnitRegistry
from processes.units.store import load_registry
from processes.units.succession import has_ended, unit_on
from processes.units.tables import UnitActRow


class PeopleRefused(Rejection):
    """Accounts cannot be moved so; ``params["problems"]`` names every reason."""

    code = "people_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupChange:
    """A group that has other members: a built-in group's value, or the name of one of the office."""

    group: str
    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """Whom an act concerns.

    Attributes:
        open_assignments: how many each unit leads that the act begins with, by code.
        people: the accounts of units that end.
    """

    open_assignments: Mapping[str, int]
    people: tuple[User, ...]
    groups: tuple[GroupChange, ...]


def affected_by(session: Session, registry: UnitRegistry, act: UnitAct, outcome: Outcome) -> Affected:
    """Return whom an act concerns, as things are now."""
    return Affected(
        open_assignments=open_assignments(session.connection(), act.codes),
        people=tuple(people_of(session, outcome.ended)),
        groups=tuple(_group_changes(registry, outcome.after, act.effective_on)),
    )


def people_of(session: Session, codes: tuple[str, ...]) -> list[User]:
    """Return the accounts in use of units, by unit and name."""
    query = select(User).where(User.active, User.unit_code.in_(codes))
    return list(session.scalars(query.order_by(User.unit_code, User.name, User.username)))


def move_people(
    session: Session,
    people: Mapping[str, str],
    *,
    request_id: UUID,
    source: str,
    reason: str,
    day: date,
    by: Actor,
) -> list[User]:
    """Give accounts of units that have ended another unit, and record it. The caller commits.

    The same request again moves nobody.

    Args:
        people: the unit's code by user name.
        day: today; the units must have ended before it, and the others exist.

    Raises:
        NotAuthorised: the actor may not change the registry.
        PeopleRefused: an account cannot be moved; nothing is.
    """
    require_manager(by)
    if session.scalar(select(UnitActRow.id).where(UnitActRow.id == request_id)) is not None:
        return []
    registry = load_registry(session.connection())
    users = {user.username: user for user in session.scalars(select(User).where(User.username.in_(people)))}
    problems = described_problems(source, reason)
    if not people:
        problems.append(Problem(N_("nobody is named")))
    for username, code in people.items():
        user = users.get(username)
        if user is None:
            problems.append(Problem(N_("there is no account '{name}'"), name=username))
        elif user.unit_code is None or not has_ended(registry, user.unit_code, day):
            problems.append(Problem(N_("the unit of account '{name}' has not ended"), name=username))
        elif unit_on(registry, code, day) is None:
            problems.append(Problem(N_("the unit '{code}' does not exist on {day}"), code=code, day=day))
    if problems:
        raise PeopleRefused(
            f"Expected accounts that can be moved, but {len(problems)} problems were found", problems=problems
        )
    moved = {username: [users[username].unit_code, code] for username, code in people.items()}
    for username, code in people.items():
        users[username].unit_code = code
    trail.record(
        session,
        act_id=request_id,
        kind=trail.PEOPLE,
        effective_on=day,
        source=source,
        reason=reason,
        by=by,
        codes=sorted({str(before) for before, _ in moved.values()}),
        more={"people": moved},
    )
    return list(users.values())


def _group_changes(before: UnitRegistry, after: UnitRegistry, day: date) -> list[GroupChange]:
    found = []
    for group in Group:
        counts = [len(registry.expand_group(group, day)) for registry in (before, after)]
        codes = [{unit.code for unit in registry.expand_group(group, day)} for registry in (before, after)]
        if codes[0] != codes[1]:
            found.append(GroupChange(group=group.value, before=counts[0], after=counts[1]))
    for office_group in before.office_groups:
        if office_group.holds_on(day):
            names = [
                {unit.code for unit in registry.expand_group(office_group.name, day)}
                for registry in (before, after)
            ]
            if names[0] != names[1]:
                found.append(GroupChange(group=office_group.name, before=len(names[0]), after=len(names[1])))
    return found
