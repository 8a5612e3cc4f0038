"""Moves an instance from the elements of one model to those of another.

A token goes to the element that the mapping names, else to the one of the same id. What it has gathered stays: its
number, variables, assignment and due instants. What belongs to the element is the new one's: form, conditions, the
events attached to it. Events that the new model has and the old had not begin to wait; those that it has no longer
are withdrawn. Whatever cannot go on as drawn is a problem, and with one the instance must be thrown away.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from engine import clock
from engine.definitions.resources import Problem
from engine.errors import StepFailed
from engine.spiff.details import (
    CancelTrigger,
    MessageTrigger,
    MultiInstance,
    SignalTrigger,
    StandardLoop,
    TimerKind,
    TimerTrigger,
)
from engine.spiff.elements.activities import Activity
from engine.spiff.elements.base import Element
from engine.spiff.elements.events import BoundaryEvent
from engine.spiff.elements.gateways import RACE, VIA, EventBasedGateway
from engine.spiff.elements.loops import ITEMS, LOOP, MOST_INSTANCES, RESULTS
from engine.spiff.elements.throwing import PENDING
from engine.spiff.elements.triggers import CYCLE, DUE, SIGNAL, first_tick
from engine.spiff.migration_rules import ElementNames, loop_problem, type_problem
from engine.spiff.model import CompiledModel
from engine.spiff.schedule import Cycle
from engine.spiff.tokens import Token
from engine.spiff.variables import COMPENSATES, INDEX, LOCAL, visible
from engine.spiff.waiting import is_subscribed
from engine.spiff.workflow import Scope, Workflow


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedToken:
    """A token and the elements that it was and is at; they may have the same id."""

    task_id: UUID
    from_element: str
    to_element: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingEvent:
    """An event that begins to wait, or waits no more; ``due_at`` is a timer's instant."""

    task_id: UUID
    element_id: str
    due_at: datetime | None


@dataclass(slots=True, kw_only=True)
class Migration:
    """What a migration comes to.

    Attributes:
        moved: every token that goes on, in the order of scopes.
        armed: events of the new model that begin to wait.
        withdrawn: events of the old model that wait no more.
        renewed: tokens that wait for a message or signal of another name than before.
        problems: why the instance cannot go on under the new model; the rest means nothing if there are any.
    """

    moved: list[MovedToken] = field(default_factory=list)
    armed: list[WaitingEvent] = field(default_factory=list)
    withdrawn: list[WaitingEvent] = field(default_factory=list)
    renewed: set[UUID] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)


class Route:
    """What the elements of one model become in another; made once for many instances.

    Attributes:
        problems: names of the mapping that are nothing in the models.
    """

    def __init__(self, source: CompiledModel, target: CompiledModel, mapping: Mapping[str, str]) -> None:
        """Prepare the way.

        Args:
            mapping: target element, or sequence flow, by source element or flow; others keep their ids.
        """
        self.source = source
        self.target = target
        self.names = ElementNames(mapping)
        self.elements: dict[str, Any] = dict(_elements_of(target))
        self.handlers = frozenset(
            element.compensation.name
            for element in self.elements.values()
            if isinstance(element, Activity) and element.compensation is not None
        )
        self.problems = [
            *_unknown(source, mapping.keys(), "old"),
            *_unknown(target, mapping.values(), "new"),
        ]


def migrate(workflow: Workflow, route: Route) -> Migration:
    """Move a workflow to another model of its process."""
    return _Migrator(workflow, route).run()


class _Migrator:
    """One migration under way."""

    def __init__(self, workflow: Workflow, route: Route) -> None:
        self._workflow = workflow
        self._source = route.source
        self._target = route.target
        self._names = route.names
        self._elements = route.elements
        self._handlers = route.handlers
        self._before: dict[int, Any] = {}  # the element of each token before
        self._astray: set[int] = set()  # tokens that have no place in the new model
        self._result = Migration(problems=list(route.problems))

    def run(self) -> Migration:
        """Move everything."""
        scopes: list[Scope] = [self._workflow, *self._workflow.subprocesses.values()]
        for scope in scopes:
            self._before |= {token.id: token.task_spec for token in scope.tasks.values()}
            self._withdraw_what_is_no_more(scope)
        listeners = {id(scope): tuple(scope.spec.listeners) for scope in scopes}
        self._workflow.subprocess_specs = self._target.subprocess_specs
        for scope in scopes:
            self._move(scope)
        for scope in scopes:
            self._check_races(scope)
        for scope in scopes:
            self._arm(scope, listeners[id(scope)])
        return self._result

    # problems

    def _refuse(self, element: Any, reason: str, advice: str) -> None:
        name = element.name
        known = self._source.elements.get(name) or self._target.elements.get(name)
        self._note(name, "" if known is None else known.name, reason, advice)

    def _note(self, element_id: str, element_name: str, reason: str, advice: str) -> None:
        problem = Problem(element_id=element_id, element_name=element_name, reason=reason, advice=advice)
        if problem not in self._result.problems:
            self._result.problems.append(problem)

    # what is no more

    def _withdraw_what_is_no_more(self, scope: Scope) -> None:
        """Events that only listen need no place in the new model."""
        for token in list(scope.tasks.values()):
            element = token.task_spec
            if not (_is_attached(token) or element.is_listening(token)):
                continue
            if self._names.is_explicit(element.name) or self._names.of(element.name) in self._elements:
                continue
            self._result.withdrawn.append(_waiting(token))
            scope.withdraw(token)

    # what goes on

    def _move(self, scope: Scope) -> None:
        owner = scope.owner
        spec = self._target.spec if owner is None else None
        if owner is not None and owner.id not in self._astray:
            spec = self._target.subprocess_specs.get(owner.task_spec.name)
        source_spec = scope.spec
        for token in scope.tasks.values():
            self._move_token(token, spec)
        self._map_done(scope.done, source_spec, spec)
        if spec is not None:
            scope.spec = spec

    def _move_token(self, token: Token, spec: Any) -> None:
        element = token.task_spec
        name = self._names.of(element.name)
        after = self._elements.get(name)
        if after is None:
            self._astray.add(token.id)
            self._refuse(
                element,
                f"a token is here, and the new version has no element '{name}'",
                "Map it to an element of the new version, or move the token first.",
            )
            return
        found = self._why_not(token, after, spec)
        if found is not None:
            self._astray.add(token.id)
            self._refuse(element, *found)
            return
        pending = token.internal_data.get(PENDING)
        if pending is not None:
            inside = COMPENSATES in token.internal_data
            before = token.workflow.spec
            if inside:
                before = self._source.subprocess_specs[element.name]
            self._map_done(pending, before, self._target.subprocess_specs.get(name) if inside else spec)
        token.task_spec = after
        self._result.moved.append(
            MovedToken(task_id=token.task_id, from_element=element.name, to_element=name)
        )
        try:
            self._adapt(token, element, after)
        except StepFailed as failure:
            self._refuse(after, failure.message, "Correct the variables first.")

    def _why_not(self, token: Token, after: Any, spec: Any) -> tuple[str, str] | None:
        element = token.task_spec
        found = type_problem(token, element, after, undoes=after.name in self._handlers) or loop_problem(
            token, element, after
        )
        if found is not None:
            return found
        if spec is not None and spec.task_specs.get(after.name) is not after:
            return (
                f"'{after.name}' of the new version lies in another subprocess than the token",
                "Map the subprocess around it, too, or map it to an element inside.",
            )
        if _is_attached(token):
            return self._why_not_attached(token, after)
        if VIA in token.internal_data:
            flow = self._names.of(token.internal_data[VIA])
            if flow not in after.incoming:
                return (
                    f"a token came by flow '{token.internal_data[VIA]}', and no flow '{flow}' leads to "
                    f"'{after.name}' in the new version",
                    "Map the flow to one that does.",
                )
        return None

    def _why_not_attached(self, token: Token, after: Any) -> tuple[str, str] | None:
        host = token.workflow.tasks[token.host]
        if host.id in self._astray:
            return None
        if after not in host.task_spec.boundary:  # hosts come before what they host
            return (
                f"in the new version '{after.name}' is not attached to '{host.task_spec.name}'",
                "Map it to an event of that activity.",
            )
        rivals = [
            other
            for other in token.workflow.hosted_by(host)
            if other is not token and other.task_spec is after
        ]
        if rivals:
            return f"two events become '{after.name}'", "Map each to an event of its own."
        return None

    def _adapt(self, token: Token, before: Any, after: Any) -> None:
        """Give a token what its new element needs to go on."""
        data = token.internal_data
        if VIA in data:
            data[VIA] = self._names.of(data[VIA])
        if data.get(DUE) is not None:
            _adapt_timer(token, after)
        trigger = after.trigger
        if is_subscribed(token) and trigger != before.trigger:
            if isinstance(trigger, MessageTrigger) and trigger.name != before.trigger.name:
                self._result.renewed.add(token.task_id)
                token.workflow.top_workflow.recorder.message_expected(token)
            if isinstance(trigger, SignalTrigger):
                self._result.renewed.add(token.task_id)
                data[SIGNAL] = trigger.name
        _adapt_loop(token, after)

    def _map_done(self, entries: Iterable[list[Any]], before: Any, spec: Any) -> None:
        """Give what can be undone its new names, and what can be undone inside of it."""
        for entry in entries:
            element = before.task_specs[entry[0]]
            name = self._names.of(entry[0])
            after = None if spec is None else spec.task_specs.get(name)
            if spec is None:
                continue
            if not isinstance(after, Activity) or type(after) is not type(element):
                self._refuse(
                    element,
                    f"it is done and can be undone, and the new version has no such activity '{name}' there",
                    "Map it to an activity of the same type in the same subprocess.",
                )
                continue
            if len(entry) == 1 and after.compensation is None:
                self._refuse(
                    element,
                    f"it is done and can be undone, and nothing undoes '{name}' in the new version",
                    "Give it a compensation boundary event with an activity that undoes it.",
                )
            entry[0] = name
            if len(entry) > 1:
                self._map_done(
                    entry[1],
                    self._source.subprocess_specs[element.name],
                    self._target.subprocess_specs[name],
                )

    def _check_races(self, scope: Scope) -> None:
        """Events that race stay behind one gateway; an event that waits alone stays alone."""
        if scope.owner is not None and scope.owner.id in self._astray:
            return
        gateways = [each for each in scope.spec.task_specs.values() if isinstance(each, EventBasedGateway)]
        rivals = [{flow.target for flow in gateway.flows} for gateway in gateways]
        races: dict[int, list[Token]] = {}
        for token in scope.tasks.values():
            if token.id in self._astray:
                continue
            if RACE in token.internal_data:
                races.setdefault(token.internal_data[RACE], []).append(token)
            elif any(token.task_spec in targets for targets in rivals):
                self._refuse(
                    self._before[token.id],
                    "a token waits for this event alone, and in the new version it is one of several "
                    "behind a gateway",
                    "Move the token to the gateway after migration, or map it to another event.",
                )
        for racing in races.values():
            if not any(targets.issuperset(token.task_spec for token in racing) for targets in rivals):
                self._refuse(
                    self._before[racing[0].id],
                    "the events that wait together are not behind one gateway in the new version",
                    "Map them to the events of one event-based gateway.",
                )

    # what is new

    def _arm(self, scope: Scope, listeners_before: Iterable[Any]) -> None:
        owner = scope.owner
        if owner is not None and owner.id in self._astray:
            return
        is_undone = owner is not None and PENDING in owner.internal_data
        if not is_undone and not any(_has_taken_over(token) for token in scope.tasks.values()):
            for listener in self._new(listeners_before, scope.spec.listeners):
                self._place(scope, listener, None)
        for token in list(scope.tasks.values()):
            if token.id not in self._before or token.id in self._astray or not _has_events(token):
                continue
            before = [event for event in self._before[token.id].boundary if event.waits]
            after = [event for event in token.task_spec.boundary if event.waits]
            for event in self._new(before, after):
                self._place(scope, event, token.id)

    def _new(self, before: Iterable[Any], after: Iterable[Any]) -> Iterator[Any]:
        """Return the events that the old model had not; one that has fired does not begin again."""
        known = {(self._names.of(event.name), type(event.trigger)) for event in before}
        return (event for event in after if (event.name, type(event.trigger)) not in known)

    def _place(self, scope: Scope, event: Any, host: int | None) -> None:
        try:
            self._result.armed.append(_waiting(scope.place(event, host=host)))
        except StepFailed as failure:
            self._refuse(event, failure.message, "Set the variable first, or correct the new version.")


def _elements_of(model: CompiledModel) -> Iterator[tuple[str, Element]]:
    for spec in (model.spec, *model.subprocess_specs.values()):
        for name, element in spec.task_specs.items():
            if isinstance(element, Element):
                yield name, element


def _unknown(model: CompiledModel, names: Iterable[str], which: str) -> Iterator[Problem]:
    """Yield a problem for each name that is no element or flow of a model, whether a token is there or not."""
    wanted = dict.fromkeys(names)
    if not wanted:
        return
    elements = dict(_elements_of(model))
    known = {*elements, *(flow.id for element in elements.values() for flow in element.flows)}
    for name in wanted:
        if name not in known:
            yield Problem(
                element_id=name,
                element_name="",
                reason=f"the mapping names '{name}', which is nothing in the {which} version",
                advice="Name an element by its id.",
            )


def _is_attached(token: Token) -> bool:
    """Say whether a token is an event that waits at its activity."""
    return token.host is not None and isinstance(token.task_spec, BoundaryEvent)


def _has_events(token: Token) -> bool:
    """Say whether a token is an activity in progress that events are attached to."""
    return isinstance(token.task_spec, Activity) and not {INDEX, PENDING} & token.internal_data.keys()


def _has_taken_over(token: Token) -> bool:
    """Say whether a token has put an end to all else in its scope, so that nothing listens there any more."""
    element = token.task_spec
    if isinstance(element.trigger, CancelTrigger):
        return True
    return bool(element.is_event_subprocess and not element.is_listening(token) and element.interrupting)


def _waiting(token: Token) -> WaitingEvent:
    due = token.internal_data.get(DUE)
    return WaitingEvent(
        task_id=token.task_id,
        element_id=token.task_spec.trigger_id,
        due_at=None if due is None else clock.from_text(due),
    )


def _adapt_timer(token: Token, after: Any) -> None:
    """A timer keeps its instant; whether it comes again afterwards is the new element's to say.

    Raises:
        StepFailed: the new cycle cannot be evaluated.
    """
    data = token.internal_data
    repeats = isinstance(after.trigger, TimerTrigger) and after.trigger.kind is TimerKind.CYCLE
    if CYCLE in data and repeats:
        return
    data.pop(CYCLE, None)
    if repeats:
        tick = first_tick(
            after.trigger,
            visible(token),
            at=token.workflow.top_workflow.moment,
            element_id=after.trigger_id,
        )
        if isinstance(tick, Cycle):
            last = None if tick.last is None else tick.last - tick.index
            data[CYCLE] = Cycle(
                anchor=clock.from_text(data[DUE]), period=tick.period, index=0, last=last
            ).to_json()


def _adapt_loop(token: Token, after: Any) -> None:
    """Items go by their new name, results are collected if they were not, a new maximum counts."""
    loop, data = after.extensions.loop, token.internal_data
    if isinstance(loop, StandardLoop) and LOOP in data:
        data[LOOP]["total"] = loop.maximum or MOST_INSTANCES
    if not isinstance(loop, MultiInstance):
        return
    if LOOP in data and loop.results is not None and RESULTS not in data:
        data[RESULTS] = [None] * data[LOOP]["total"]
    if INDEX in data and loop.item is not None:
        items = token.workflow.tasks[token.host].internal_data.get(ITEMS)
        if items is not None and loop.item not in data.setdefault(LOCAL, {}):
            data[LOCAL][loop.item] = items[data[INDEX]]
