"""Whose work a person looks at: their own, or that of somebody they stand in for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from engine.actors import Actor
from engine.inbox import TaskFilter, count_tasks
from processes.access.substitution import StandIn
from web.engine_access import reading_connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A list of work.

    Attributes:
        key: user name of the person substituted; ``None`` for the reader's own.
        until: the last day of the substitution.
    """

    key: str | None
    name: str
    until: date | None
    actor: Actor
    count: int


def all_desks(own: Actor, stand_ins: Sequence[StandIn]) -> list[Desk]:
    """Return the reader's own desk and those of the people they stand in for."""
    return [
        Desk(key=None, name=own.name, until=None, actor=own, count=_count(own)),
        *(
            Desk(
                key=each.person.username,
                name=each.person.name,
                until=each.until,
                actor=each.actor,
                count=_count(each.actor),
            )
            for each in stand_ins
        ),
    ]


def chosen_desk(desks: Sequence[Desk], wanted: str | None) -> Desk:
    """Return the desk asked for (``""`` is one's own).

    By default that is one's own, or where that is empty, one with work.
    """
    if wanted is not None:
        return next((desk for desk in desks if (desk.key or "") == wanted), desks[0])
    return desks[0] if desks[0].count else next((desk for desk in desks if desk.count), desks[0])


def _count(actor: Actor) -> int:
    return count_tasks(reading_connection(), actor, TaskFilter()).number
