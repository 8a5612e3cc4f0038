"""Plays a stretch of time: people complete tasks, timers fall due, in the order in which they would.

Everything goes through the dispatcher with the clock set to the instant at hand; nothing is written beside it.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from random import Random
from uuid import UUID

from engine import clock
from engine.actors import Actor
from engine.commands import CompleteUserTask
from engine.database import reading
from engine.dispatch import Dispatcher, Recorded
from engine.errors import TaskAlreadyCompleted, TaskNotOpen
from engine.ids import derived_id
from engine.timers.due import fire_due, next_due_at
from processes.assignments.projection import PROCESS_KEY
from processes.calendar.working_days import WorkingCalendar
from processes.demo.habits import Deed, Occasion, decide
from processes.demo.people import People

#: Timers fired before the clock is looked at again.
ROUND = 200


@dataclass(order=True, slots=True)
class _Planned:
    at: datetime
    order: int
    task_id: UUID = field(compare=False)
    actor: Actor = field(compare=False)
    deed: Deed = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What was played."""

    tasks_completed: int
    timers_fired: int


class Player:
    """Watches tasks open and has people complete them when their time comes.

    Give :meth:`watch` to the dispatcher as a listener.
    """

    def __init__(self, people: People, calendar: WorkingCalendar) -> None:
        self._people = people
        self._calendar = calendar
        self._queue: list[_Planned] = []
        self._order = count()

    def watch(self, recorded: Recorded) -> None:
        """Note every task of an assignment that has opened and plan what becomes of it."""
        if recorded.instance.process_key != PROCESS_KEY:
            return
        variables = recorded.step.variables
        for event in recorded.step.stored_events:
            if event["type"] != "user_task.created.v1":
                continue
            chance = Random(f"{recorded.instance.business_key}:{event['task_id']}")
            occasion = Occasion(
                element_id=event["element_id"],
                variables=variables,
                opened_at=recorded.effective_at,
                diligence=Random(variables["lead_unit"]).random(),
                chance=chance,
                calendar=self._calendar,
            )
            deed = decide(occasion)
            if deed is not None:
                actor = self._person(event["candidate_groups"], chance)
                heapq.heappush(
                    self._queue,
                    _Planned(deed.at, next(self._order), UUID(event["task_id"]), actor, deed),
                )

    def _person(self, groups: list[str], chance: Random) -> Actor:
        """Choose one of the people who may work on the task."""
        candidates = [actor for group in groups for actor in self._people.by_group[group]]
        return candidates[chance.randrange(len(candidates))]

    def play(
        self,
        dispatcher: Dispatcher,
        *,
        until: datetime,
        progress: Callable[[datetime], None] | None = None,
    ) -> Played:
        """Play everything that happens up to ``until``."""
        completed = fired = 0
        while True:
            with reading(dispatcher.database) as connection:
                timer_at = next_due_at(connection)
            task_at = self._queue[0].at if self._queue else None
            instants = [instant for instant in (timer_at, task_at) if instant is not None]
            if not instants or min(instants) > until:
                return Played(tasks_completed=completed, timers_fired=fired)
            now = min(instants)
            if progress is not None:
                progress(now)
            with clock.frozen_at(now):
                if timer_at is not None and timer_at <= now:
                    firing = fire_due(dispatcher, limit=ROUND)
                    if not firing.fired and not firing.failed:
                        raise RuntimeError(
                            f"Expected the timer due at {timer_at} to fire, but it was refused"
                        )
                    fired += firing.fired
                    continue
                while self._queue and self._queue[0].at <= now:
                    completed += self._complete(dispatcher, heapq.heappop(self._queue))

    @staticmethod
    def _complete(dispatcher: Dispatcher, planned: _Planned) -> int:
        try:
            dispatcher.execute(
                CompleteUserTask(
                    command_id=derived_id("demo", planned.task_id),
                    actor=planned.actor,
                    task_id=planned.task_id,
                    variables=planned.deed.values(planned.at),
                )
            )
        except (TaskNotOpen, TaskAlreadyCompleted):
            return 0  # a timer or a recall came first
        return 1
