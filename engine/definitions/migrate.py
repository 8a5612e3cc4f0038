"""Prepares the migration of running instances: who is there, a mapping to begin with, and what would happen."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from engine import clock
from engine.definitions.resources import Problem
from engine.definitions.versions import DefinitionCache
from engine.host_functions import NO_FUNCTIONS, EngineFunctions
from engine.instances.instance import CANCELLED, COMPLETED
from engine.packing import unpack
from engine.spiff import (
    CompiledModel,
    Element,
    ElementNames,
    Execution,
    Migration,
    MovedToken,
    Route,
    ServiceRequest,
    WaitingEvent,
)
from engine.tables import process_instance

#: Element types whose tokens never rest; no mapping is needed for them.
_PASSED = frozenset({"startEvent", "endEvent", "exclusiveGateway", "eventBasedGateway", "task", "manualTask"})

#: Instances that are read at once.
_PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a migration would do to one instance; nothing was written.

    Attributes:
        moved: every token, also those whose element keeps its id.
        new: events that would begin to wait.
        lost: events that would wait no more.
        problems: why it cannot be; the rest is empty then.
    """

    instance_id: UUID
    business_key: str
    definition_hash: str
    moved: tuple[MovedToken, ...]
    new: tuple[WaitingEvent, ...]
    lost: tuple[WaitingEvent, ...]
    problems: tuple[Problem, ...]

    @property
    def is_possible(self) -> bool:
        """Whether nothing stands in the way."""
        return not self.problems

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "instance_id": str(self.instance_id),
            "business_key": self.business_key,
            "possible": self.is_possible,
            "moved": [
                {"task_id": str(each.task_id), "from": each.from_element, "to": each.to_element}
                for each in self.moved
            ],
            "new": [_event_json(each) for each in self.new],
            "lost": [_event_json(each) for each in self.lost],
            "problems": [problem.to_json() for problem in self.problems],
        }


def running_counts(connection: Connection) -> dict[str, int]:
    """Return how many instances have not ended, by definition hash; a definition without any is left out."""
    rows = connection.execute(
        select(process_instance.c.definition_hash, func.count().label("running"))
        .where(process_instance.c.ended_at.is_(None))
        .group_by(process_instance.c.definition_hash)
    )
    return {row.definition_hash: row.running for row in rows}


def running_instances(connection: Connection, definition_hash: str) -> list[UUID]:
    """Return the instances of a definition that have not ended, the oldest first."""
    return list(
        connection.scalars(
            select(process_instance.c.id)
            .where(
                process_instance.c.definition_hash == definition_hash,
                process_instance.c.ended_at.is_(None),
            )
            .order_by(process_instance.c.started_at, process_instance.c.id)
        )
    )


def propose_mapping(source: CompiledModel, target: CompiledModel) -> dict[str, str]:
    """Return where elements go whose ids are gone: to the one new element of the same name and type, where the
    subprocess around them goes; elements that keep their ids, and those without such a place, are left out.
    """
    mapping: dict[str, str] = {}
    names = ElementNames(mapping)
    fresh = [element for name, element in target.elements.items() if name not in source.elements]
    gone = [
        element
        for name, element in source.elements.items()
        if element.type not in _PASSED and name not in target.elements
    ]
    for element in gone:
        if names.of(element.id) in target.elements:
            continue
        parent = None if element.parent is None else names.of(element.parent)

        alike = [other.id for other in fresh if _look(other) == (element.name, element.type, parent)]
        rivals = [other for other in gone if _look(other) == _look(element)]
        if element.name and len(alike) == 1 and len(rivals) == 1:
            mapping[element.id] = alike[0]
    return mapping


def preview(
    connection: Connection,
    definitions: DefinitionCache,
    instance_ids: Sequence[UUID],
    definition_hash: str,
    mapping: Mapping[str, str],
    *,
    functions: EngineFunctions = NO_FUNCTIONS,
) -> list[Preview]:
    """Return what a migration would do to each instance now, by the same rules; unknown ones are left out.

    Args:
        definition_hash: the definition that they would go on under.
        mapping: target element, or flow, by source element or flow, where the ids differ.
        functions: what the expressions of new timers may ask.

    Raises:
        NotFound: no such definition is deployed.
    """
    previewer = _Previewer(connection, definitions, definition_hash, mapping, functions)
    found: dict[UUID, Preview] = {}
    for begin in range(0, len(instance_ids), _PAGE):
        rows = connection.execute(
            select(process_instance).where(process_instance.c.id.in_(instance_ids[begin : begin + _PAGE]))
        )
        for row in rows.all():
            found[row.id] = previewer.preview(row)
    return [found[instance_id] for instance_id in instance_ids if instance_id in found]


def reasons(previews: Iterable[Preview]) -> dict[str, list[Preview]]:
    """Return the instances that cannot be migrated by what stands in their way, the most frequent reason first."""
    grouped: dict[str, list[Preview]] = {}
    for each in previews:
        for problem in each.problems:
            grouped.setdefault(f"{problem.element_id}: {problem.reason}", []).append(each)
    return dict(sorted(grouped.items(), key=lambda item: -len(item[1])))


class _Previewer:
    """Looks at one instance after the other; the way from each definition is prepared once."""

    def __init__(
        self,
        connection: Connection,
        definitions: DefinitionCache,
        definition_hash: str,
        mapping: Mapping[str, str],
        functions: EngineFunctions,
    ) -> None:
        self._connection = connection
        self._definitions = definitions
        self._definition_hash = definition_hash
        self._target = definitions.get(connection, definition_hash).model
        self._mapping = mapping
        self._functions = functions
        self._routes: dict[str, Route] = {}

    def preview(self, row: Any) -> Preview:
        """Return what would happen to one instance."""
        migration = Migration(problems=list(self._standing(row)))
        if not migration.problems:
            migration = self._migrated(row)
        possible = not migration.problems
        return Preview(
            instance_id=row.id,
            business_key=row.business_key,
            definition_hash=row.definition_hash,
            moved=tuple(migration.moved) if possible else (),
            new=tuple(migration.armed) if possible else (),
            lost=tuple(migration.withdrawn) if possible else (),
            problems=tuple(migration.problems),
        )

    def _standing(self, row: Any) -> Iterator[Problem]:
        """Yield why an instance is none to be migrated, wherever its tokens are."""
        reason, advice = "", ""
        if row.definition_hash == self._definition_hash:
            reason, advice = "it is under that definition", "Choose another version."
        elif row.status in (COMPLETED, CANCELLED):
            reason, advice = f"it is {row.status}", "Leave it as it is."
        if reason:
            yield Problem(element_id="", element_name="", reason=reason, advice=advice)

    def _migrated(self, row: Any) -> Migration:
        model = self._definitions.get(self._connection, row.definition_hash).model
        if row.definition_hash not in self._routes:
            self._routes[row.definition_hash] = Route(model, self._target, self._mapping)
        execution = Execution.load(
            model,
            unpack(row.state),
            instance_id=row.id,
            at=max(clock.now(), row.effective_at or row.started_at),
            services=_no_service,
            ask=self._functions.asking(self._connection),
        )
        return execution.move_to(self._routes[row.definition_hash])


def _look(element: Element) -> tuple[str, str, str | None]:
    return element.name, element.type, element.parent


def _event_json(event: WaitingEvent) -> dict[str, Any]:
    return {
        "element_id": event.element_id,
        "due_at": None if event.due_at is None else clock.to_text(event.due_at),
    }


def _no_service(request: ServiceRequest) -> Mapping[str, Any]:
    raise AssertionError(f"A preview must not run service task '{request.element_id}'")
