"""Out of office: who stands in for whom, from day to day, and what is refused (DOMAIN §3.1, KT. and TUQ.).

A substitute works on the tasks of the person substituted, under their own name and on that person's behalf. It
never chains: for whom the person stands in themselves is not the substitute's business.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from sqlalchemy import or_, select, text
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import Actor
from engine.errors import NotAuthorised, NotFound, Rejection
from processes.access.policy import (
    Permission,
    actor_in_place_of,
    actor_key,
    may_stand_in_for,
    may_work_on_tasks,
    still_stands_in_for,
)
from processes.access.tables import Substitution, User

#: Longest substitution in days; whoever is away for longer needs a successor.
DAYS_MAX = 366
#: Longest reason in characters.
REASON_MAX = 300

_LOCK = text("LOCK TABLE substitution IN SHARE ROW EXCLUSIVE MODE")


class SubstituteRefused(Rejection):
    """The substitute is the person, has no account in use, or has no role that may do the person's work."""

    code: ClassVar[str] = "substitute_refused"


class SubstitutionCircular(Rejection):
    """On some day people would stand in for each other, so that nobody would be there."""

    code: ClassVar[str] = "substitution_circular"
    status: ClassVar[int] = 409


class SubstitutionDaysRefused(Rejection):
    """The days lie in the past, end before they begin, or are more than :data:`DAYS_MAX`."""

    code: ClassVar[str] = "substitution_days_refused"


class SubstitutionOverlaps(Rejection):
    """The person has a substitute on some of these days."""

    code: ClassVar[str] = "substitution_overlaps"
    status: ClassVar[int] = 409


class SubstitutionReasonRefused(Rejection):
    """There is no reason, or it is longer than :data:`REASON_MAX`."""

    code: ClassVar[str] = "substitution_reason_refused"


class SubstitutionOver(Rejection):
    """It was ended, or its days are over."""

    code: ClassVar[str] = "substitution_over"
    status: ClassVar[int] = 409


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIn:
    """Somebody stood in for today.

    Attributes:
        actor: who works, on the person's behalf.
    """

    person: User
    until: date
    actor: Actor


def add_substitution(
    session: Session,
    *,
    substitution_id: UUID,
    person: User,
    substitute: User,
    from_on: date,
    to_on: date,
    reason: str,
    by: Actor,
) -> Substitution:
    """Name a substitute for some days; the caller commits.

    Args:
        substitution_id: chosen by the caller; a repeat returns what is there.
        from_on: the first day; ``to_on``: the last one, both in Vietnam.

    Raises:
        NotAuthorised: somebody but the person and an administrator asks.
        SubstituteRefused, SubstitutionCircular, SubstitutionDaysRefused, SubstitutionOverlaps,
        SubstitutionReasonRefused: as they say.
    """
    _require_right(person, by)
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_LOCK)
    known = session.get(Substitution, substitution_id)
    if known is not None:
        _require_right(known.person, by)
        return known
    reason = " ".join(reason.split())
    _check_people(person, substitute)
    _check_days(from_on, to_on)
    if not 0 < len(reason) <= REASON_MAX:
        raise SubstitutionReasonRefused(
            f"Expected a reason of up to {REASON_MAX} characters, but it has {len(reason)}"
        )
    _check_others(session, person, substitute, from_on, to_on)
    added = Substitution(
        id=substitution_id,
        person=person,
        substitute=substitute,
        from_on=from_on,
        to_on=to_on,
        reason=reason,
        created_by=by.key,
        created_at=clock.now(),
    )
    session.add(added)
    session.flush()
    return added


def end_substitution(session: Session, substitution_id: UUID, *, by: Actor) -> Substitution:
    """End a substitution before its time, from now on; the caller commits.

    Raises:
        NotAuthorised: somebody but the person and an administrator asks.
        NotFound: there is none.
        SubstitutionOver: it has ended already.
    """
    found = session.scalar(
        select(Substitution).where(Substitution.id == substitution_id).with_for_update(of=Substitution)
    )
    if found is None:
        raise NotFound(f"Expected substitution '{substitution_id}', but there is none")
    _require_right(found.person, by)
    if found.ended_at is not None or found.to_on < clock.today():
        raise SubstitutionOver(f"Expected substitution '{substitution_id}' to be in force, but it is over")
    found.ended_by, found.ended_at = by.key, clock.now()
    session.flush()
    return found


def standing_in(session: Session, substitute: User) -> list[StandIn]:
    """Return for whom somebody stands in today, by name; not where either has lost the role for it since."""
    today = clock.today()
    rows = session.scalars(
        select(Substitution).where(
            Substitution.substitute_id == substitute.id,
            Substitution.ended_at.is_(None),
            Substitution.from_on <= today,
            Substitution.to_on >= today,
        )
    )
    found = [
        StandIn(person=row.person, until=row.to_on, actor=actor_in_place_of(row.person, substitute))
        for row in rows
        if row.person.active and still_stands_in_for(substitute, row.person)
    ]
    return sorted(found, key=lambda each: each.person.name)


def substitutions(session: Session, user: User | None = None) -> list[Substitution]:
    """Return the substitutions of a person and by a person, of everybody by default; the latest first."""
    query = select(Substitution).order_by(Substitution.from_on.desc(), Substitution.created_at.desc())
    if user is not None:
        query = query.where(or_(Substitution.person_id == user.id, Substitution.substitute_id == user.id))
    return list(session.scalars(query))


def possible_substitutes(session: Session, person: User) -> list[User]:
    """Return who may stand in for a person, by name."""
    colleagues = session.scalars(select(User).where(User.active, User.id != person.id).order_by(User.name))
    return [user for user in colleagues if may_stand_in_for(user, person)]


def _require_right(person: User, by: Actor) -> None:
    if by.key != actor_key(person.username) and Permission.USER_MANAGE not in by.permissions:
        raise NotAuthorised(f"Expected '{person.username}' or an administrator to act", actor=by.key)


def _check_people(person: User, substitute: User) -> None:
    if substitute.id == person.id:
        raise SubstituteRefused(f"Expected somebody else than '{person.username}' to stand in for them")
    if not may_work_on_tasks(person):
        raise SubstituteRefused(f"Expected '{person.username}' to have tasks, but their roles have none")
    if not substitute.active or not may_stand_in_for(substitute, person):
        raise SubstituteRefused(
            f"Expected '{substitute.username}' to have a role that may do the work of '{person.username}'",
            substitute=substitute.username,
        )


def _check_days(from_on: date, to_on: date) -> None:
    if from_on < clock.today():
        raise SubstitutionDaysRefused(
            f"Expected days from {clock.today().isoformat()} on, but they begin on {from_on.isoformat()}"
        )
    if to_on < from_on:
        raise SubstitutionDaysRefused(
            f"Expected an end on {from_on.isoformat()} or later, but it is {to_on.isoformat()}"
        )
    if (to_on - from_on).days >= DAYS_MAX:
        raise SubstitutionDaysRefused(f"Expected at most {DAYS_MAX} days, but there are more")


def _check_others(session: Session, person: User, substitute: User, from_on: date, to_on: date) -> None:
    others = session.scalars(
        select(Substitution).where(
            Substitution.ended_at.is_(None), Substitution.from_on <= to_on, Substitution.to_on >= from_on
        )
    ).all()
    for other in others:
        if other.person_id == person.id:
            raise SubstitutionOverlaps(
                f"Expected '{person.username}' to have no substitute on these days, but "
                f"'{other.substitute.username}' is one from {other.from_on.isoformat()} "
                f"to {other.to_on.isoformat()}"
            )
    if _comes_back(others, substitute.id, person.id, from_on, to_on):
        raise SubstitutionCircular(
            f"Expected '{substitute.username}' to be there, but on some of these days "
            f"'{person.username}' stands in for them, directly or through others"
        )


def _comes_back(
    others: Sequence[Substitution], substitute_id: int, person_id: int, from_on: date, to_on: date
) -> bool:
    """Tell whether on one day the substitute's own substitutes lead back to the person."""
    if substitute_id == person_id:
        return True
    return any(
        _comes_back(others, other.substitute_id, person_id, begin, last)
        for other in others
        if other.person_id == substitute_id
        and (begin := max(from_on, other.from_on)) <= (last := min(to_on, other.to_on))
    )
