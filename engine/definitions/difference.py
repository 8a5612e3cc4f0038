"""What differs between two versions of a process: elements, flows, decisions, forms, called processes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy.engine import Connection

from engine.definitions.resources import ModelResources
from engine.definitions.versions import DefinitionCache, Version, calls_of, load_resources, version_of
from engine.dmn.facts import decision_facts
from engine.spiff import Facts, element_facts, flow_facts, process_facts

#: Parts of a form's component that only place it.
_PLACING = frozenset({"layout", "components"})


class Kind(StrEnum):
    """How a thing differs."""

    #: It is only in the later version.
    ADDED = "added"
    #: It is only in the earlier version.
    REMOVED = "removed"
    #: It is in both, and something is said otherwise of it.
    CHANGED = "changed"
    #: It is the same and only lies elsewhere in the drawing.
    MOVED = "moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that is said otherwise; absent before or after is ``None``.

    Attributes:
        what: a stable word, such as ``name``, ``due_date`` or ``input:letter``.
    """

    what: str
    before: str | None
    after: str | None

    def to_json(self) -> dict[str, str | None]:
        """Return it as plain values."""
        return {"what": self.what, "before": self.before, "after": self.after}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An element, flow, decision, form field or called process that differs."""

    id: str
    type: str
    name: str
    kind: Kind
    changes: tuple[Change, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "id": self.id,
            "type": self.type,
            "name": self.name,
            "kind": self.kind.value,
            "changes": [change.to_json() for change in self.changes],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """All that differs.

    Attributes:
        process: what is said otherwise of the process itself.
        forms: the fields that differ, by form.
    """

    before: Version
    after: Version
    process: tuple[Change, ...]
    elements: tuple[Item, ...]
    flows: tuple[Item, ...]
    decisions: tuple[Item, ...]
    forms: Mapping[str, tuple[Item, ...]]
    called: tuple[Item, ...]

    @property
    def is_empty(self) -> bool:
        """Whether the versions are the same but for the drawing."""
        items = (*self.elements, *self.flows, *self.decisions, *self.called)
        return not self.process and not self.forms and all(item.kind is Kind.MOVED for item in items)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "process_id": self.before.process_key,
            "from": self.before.number,
            "to": self.after.number,
            "process": [change.to_json() for change in self.process],
            "elements": [item.to_json() for item in self.elements],
            "flows": [item.to_json() for item in self.flows],
            "decisions": [item.to_json() for item in self.decisions],
            "forms": {form: [item.to_json() for item in items] for form, items in self.forms.items()},
            "called_processes": [item.to_json() for item in self.called],
        }


def difference(
    connection: Connection, definitions: DefinitionCache, process_key: str, before: int, after: int
) -> Difference:
    """Compare two versions of a process.

    Raises:
        NotFound: there is no such version.
    """
    earlier, later = version_of(connection, process_key, before), version_of(connection, process_key, after)
    one, other = (definitions.get(connection, each.hash).model for each in (earlier, later))
    files = load_resources(connection, earlier.hash), load_resources(connection, later.hash)
    return Difference(
        before=earlier,
        after=later,
        process=_changes(process_facts(one), process_facts(other)),
        elements=tuple(_items(element_facts(one), element_facts(other))),
        flows=tuple(_items(flow_facts(one), flow_facts(other))),
        decisions=tuple(_items(*map(_decisions, files))),
        forms=_forms(*files),
        called=tuple(_items(_called(connection, earlier.hash), _called(connection, later.hash))),
    )


def _items(before: Mapping[str, Facts], after: Mapping[str, Facts]) -> Iterator[Item]:
    """Yield what differs: the later version's in its order, then what is no more."""
    for name, now in after.items():
        then = before.get(name)
        changes = () if then is None else _changes(then.facts, now.facts)
        if then is None:
            yield _item(now, Kind.ADDED)
        elif changes:
            yield _item(now, Kind.CHANGED, changes)
        elif then.drawn != now.drawn:
            yield _item(now, Kind.MOVED)
    for name, then in before.items():
        if name not in after:
            yield _item(then, Kind.REMOVED)


def _item(facts: Facts, kind: Kind, changes: tuple[Change, ...] = ()) -> Item:
    return Item(id=facts.id, type=facts.type, name=facts.name, kind=kind, changes=changes)


def _changes(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Change, ...]:
    return tuple(
        Change(what=what, before=before.get(what), after=after.get(what))
        for what in dict.fromkeys((*before, *after))
        if before.get(what) != after.get(what)
    )


def _decisions(resources: ModelResources) -> dict[str, Facts]:
    return {
        decision_id: Facts(id=decision_id, type="decision", name=name, facts=facts, drawn="")
        for content in resources.decisions
        for decision_id, (name, facts) in decision_facts(content).items()
    }


def _forms(before: ModelResources, after: ModelResources) -> dict[str, tuple[Item, ...]]:
    one, other = _fields(before), _fields(after)
    found = {}
    for form_id in dict.fromkeys((*one, *other)):
        items = tuple(_items(one.get(form_id, {}), other.get(form_id, {})))
        if items:
            found[form_id] = items
    return found


def _fields(resources: ModelResources) -> dict[str, dict[str, Facts]]:
    """Return what is said of the components of each form; of one without a key, under its id."""
    forms = {}
    for content in resources.forms:
        form = orjson.loads(content)
        fields = {}
        for component in _components(form["components"]):
            name = str(component.get("key") or component.get("id"))
            facts = {
                word: value if isinstance(value, str) else orjson.dumps(value).decode()
                for word, value in component.items()
                if word not in _PLACING and word != "id" and value not in (None, "")
            }
            fields[name] = Facts(
                id=name,
                type=str(component.get("type")),
                name=str(component.get("label") or ""),
                facts=facts,
                drawn=orjson.dumps(component.get("layout")).decode(),
            )
        forms[str(form["id"])] = fields
    return forms


def _components(components: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for component in components:
        yield component
        yield from _components(component.get("components") or ())


def _called(connection: Connection, definition_hash: str) -> dict[str, Facts]:
    return {
        process_id: Facts(
            id=process_id,
            type="process",
            name=version.name,
            facts={"version": str(version.number)},
            drawn="",
        )
        for process_id, version in calls_of(connection, definition_hash).items()
    }
