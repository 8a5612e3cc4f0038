"""Lays out processes and the difference between two versions for their pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.definitions.difference import Change, Difference, Item, Kind
from engine.definitions.versions import Version
from engine.spiff import CompiledModel, flow_facts
from web.definitions.words import change_words, kind_words, value_words
from web.language import gettext
from web.model_names import element_name, field_label

#: How each kind is marked beside its colour.
SYMBOLS: Mapping[Kind, str] = {
    Kind.ADDED: "+",
    Kind.REMOVED: "−",
    Kind.CHANGED: "≠",
    Kind.MOVED: "↔",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    """A version and how many instances run under it."""

    version: Version
    running: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessRow:
    """A process and its versions, the newest first."""

    key: str
    name: str
    versions: Sequence[VersionRow]
    running: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """One thing that is said otherwise; ``None`` is nothing."""

    words: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRow:
    """One thing that differs."""

    id: str
    name: str
    kind: str
    words: str
    symbol: str
    changes: Sequence[ChangeRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What differs of one sort; ``drawn`` if it is found in the drawings."""

    title: str
    icon: str
    rows: Sequence[ItemRow]
    drawn: bool = False


def processes_of(versions: Sequence[Version], running: Mapping[str, int]) -> list[ProcessRow]:
    """Return the processes in the order of their names as the newest version has them."""
    found: dict[str, list[VersionRow]] = {}
    for version in versions:
        row = VersionRow(version=version, running=running.get(version.hash, 0))
        found.setdefault(version.process_key, []).insert(0, row)
    rows = [
        ProcessRow(
            key=key, name=those[0].version.name, versions=those, running=sum(each.running for each in those)
        )
        for key, those in found.items()
    ]
    return sorted(rows, key=lambda row: (row.name.casefold(), row.key))


def rows_of(found: Difference, models: Sequence[CompiledModel]) -> list[Section]:
    """Return what differs, sort by sort; those of which nothing differs are left out.

    Args:
        models: of both versions.
    """
    key = found.before.process_key
    ends = {name: facts.facts for model in models for name, facts in flow_facts(model).items()}
    names = {
        name: element_name(key, name, element.name)
        for model in models
        for name, element in model.elements.items()
    }
    sections = [
        Section(
            title=gettext("Elements"),
            icon="sitemap",
            drawn=True,
            rows=[_row(item, element_name(key, item.id, item.name)) for item in found.elements],
        ),
        Section(
            title=gettext("Flows"),
            icon="arrow-right",
            drawn=True,
            rows=[_row(item, _flow_name(item, ends[item.id], names)) for item in found.flows],
        ),
        Section(
            title=gettext("Decisions"),
            icon="table",
            rows=[_row(item, item.name or item.id) for item in found.decisions],
        ),
        *(
            Section(
                title=gettext("Form “%(form)s”", form=form_id),
                icon="list-check",
                rows=[_row(item, field_label(key, item.id, item.name)) for item in fields],
            )
            for form_id, fields in found.forms.items()
        ),
        Section(
            title=gettext("Called processes"),
            icon="settings-automation",
            rows=[_row(item, item.name or item.id) for item in found.called],
        ),
    ]
    if found.process:
        row = ItemRow(
            id=key,
            name=found.after.name,
            kind=Kind.CHANGED.value,
            words=kind_words(Kind.CHANGED),
            symbol=SYMBOLS[Kind.CHANGED],
            changes=[_change(change) for change in found.process],
        )
        sections.insert(0, Section(title=gettext("The process itself"), icon="info-circle", rows=[row]))
    return [section for section in sections if section.rows]


def shown_marks(found: Difference) -> dict[str, dict[str, dict[str, str]]]:
    """Return what each of both drawings marks: kind, symbol and words by the id of an element or flow."""
    sides: dict[str, tuple[Kind, ...]] = {
        "before": (Kind.REMOVED, Kind.CHANGED),
        "after": (Kind.ADDED, Kind.CHANGED),
    }
    return {
        side: {
            item.id: {"kind": item.kind.value, "symbol": SYMBOLS[item.kind], "words": kind_words(item.kind)}
            for item in (*found.elements, *found.flows)
            if item.kind in kinds
        }
        for side, kinds in sides.items()
    }


def _row(item: Item, name: str) -> ItemRow:
    return ItemRow(
        id=item.id,
        name=name,
        kind=item.kind.value,
        words=kind_words(item.kind),
        symbol=SYMBOLS[item.kind],
        changes=[_change(change) for change in item.changes],
    )


def _change(change: Change) -> ChangeRow:
    return ChangeRow(
        words=change_words(change),
        before=value_words(change.what, change.before),
        after=value_words(change.what, change.after),
    )


def _flow_name(item: Item, ends: Mapping[str, str], names: Mapping[str, str]) -> str:
    way = " → ".join(names.get(ends.get(end, ""), ends.get(end, "")) for end in ("source", "target"))
    return f"{item.name}: {way}" if item.name else way
