"""What holds for a directive: what the document says, unless the coordinator has set something else.

Every term says where it comes from, *theo văn bản* or *ấn định*; what was read is never changed by what is set.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

import orjson

from processes.directives.deadlines import FROM_DOCUMENT, SET
from processes.documents.states import Nature
from processes.documents.tables import Directive
from processes.units.registry import Unit, UnitRegistry, UnknownUnit

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Term(Generic[Value]):
    """One term; ``source`` is ``document`` (theo văn bản) or ``set`` (ấn định)."""

    value: Value
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Leads:
    """Who leads: wordings of units and groups, without the units left out by code."""

    include: tuple[str, ...]
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """All terms of a directive.

    Attributes:
        coordinating: codes of units.
        deadline: a deadline object (DOMAIN §2.2); ``None`` if nobody has said anything.
        products: the results expected; empty if nobody has said anything.
    """

    summary: Term[str]
    leads: Term[Leads]
    coordinating: Term[tuple[str, ...]]
    deadline: Term[Mapping[str, Any] | None]
    reporting_period: Term[str | None]
    products: Term[tuple[str, ...]]
    criterion: Term[str | None]
    nature: Term[str]
    person: Term[str | None]

    def to_json(self) -> dict[str, Any]:
        """Return each term as ``{"value", "source"}``."""
        found: dict[str, Any] = {}
        for name in self.__slots__:
            term = getattr(self, name)
            value = term.value
            if isinstance(value, Leads):
                value = {"include": list(value.include), "except": list(value.exclude)}
            found[name] = {"value": value, "source": term.source}
        return found


def terms_of(directive: Directive) -> Terms:
    """Return what holds for a directive."""
    read = directive.deadline
    return Terms(
        summary=_term(directive.set_summary, directive.summary),
        leads=_term(_set_leads(directive), Leads(include=tuple(orjson.loads(directive.leads)))),
        coordinating=_term(
            None if directive.set_coordinating is None else tuple(directive.set_coordinating),
            tuple(orjson.loads(directive.coordinating_units or "[]")),
        ),
        deadline=_term(directive.set_deadline, None if read is None else orjson.loads(read)),
        reporting_period=_term(directive.set_reporting_period, None),
        products=_term(
            None if directive.set_product is None else (directive.set_product,),
            tuple(directive.products or ()),
        ),
        criterion=_term(directive.set_criterion, None),
        nature=_term(directive.set_nature, nature_read(directive)),
        person=_term(directive.set_person, None),
    )


def nature_read(directive: Directive) -> str:
    """Return the nature that the document's words mean, a :class:`processes.documents.states.Nature` value."""
    words = directive.nature or ""
    if words in set(Nature):
        return words
    if "waits for" in words:
        return Nature.WAITS_FOR_EVENT
    if words.startswith("periodic"):
        return Nature.PERIODIC
    if words.startswith("one-off") and "continuous" not in words:
        return Nature.ONE_OFF
    return Nature.CONTINUOUS if "continuous" in words else Nature.ONE_OFF


def units_of(leads: Leads, registry: UnitRegistry, *, on: date) -> list[Unit]:
    """Return the units that lead on a day: those named, each of the groups named, without those left out.

    Raises:
        UnknownUnit: a wording is neither a unit nor a group.
    """
    found: dict[str, Unit] = {}
    for wording in leads.include:
        for unit in resolved(wording, registry, on=on):
            if unit.code not in leads.exclude:
                found.setdefault(unit.code, unit)
    return list(found.values())


def resolved(wording: str, registry: UnitRegistry, *, on: date) -> Sequence[Unit]:
    """Return the units that a code or a wording names on a day.

    Raises:
        UnknownUnit: it names none.
    """
    by_code = [unit for unit in registry.at(on).units if unit.code == wording]
    return by_code or registry.resolve(wording, on=on)


def unresolved(leads: Leads, registry: UnitRegistry, *, on: date) -> list[UnknownUnit]:
    """Return why wordings of leads name nobody; empty if all are known."""
    found = []
    for wording in leads.include:
        try:
            resolved(wording, registry, on=on)
        except UnknownUnit as unknown:
            found.append(unknown)
    return found


def _set_leads(directive: Directive) -> Leads | None:
    given = directive.set_leads
    if given is None:
        return None
    return Leads(include=tuple(given["include"]), exclude=tuple(given.get("except", ())))


def _term(given: Value | None, read: Value) -> Term[Value]:
    return Term(value=read, source=FROM_DOCUMENT) if given is None else Term(value=given, source=SET)
