"""The form of one directive, or of several at once: what stands in it, and what was typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import orjson
from flask import request
from werkzeug.datastructures import MultiDict

from engine import clock
from processes.directives.drafting.view import DirectiveView
from processes.directives.terms import nature_read
from processes.documents.states import Nature, ReportingPeriod
from processes.documents.tables import Directive, Document
from processes.units.groups import Group
from processes.units.registry import Unit
from web.intake.area import typed
from web.intake.vocabulary import WORDING_OF_GROUP, group_label, nature_label, period_label
from web.language import gettext
from web.typography import iso_day, searchable, typed_day
from web.units import registry, unit_name

#: Deadlines that can be chosen: as the letter says, or one that is set.
KINDS = ("document", "date", "working_days", "ongoing")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitChoice:
    """A unit that can be ticked; ``words`` is what a search looks in, ``load`` what it has to do already."""

    code: str
    name: str
    words: str
    load: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupChoice:
    """A group that can be ticked, with the number of its members on the letter's day."""

    key: str
    label: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """What stands in the form of a directive.

    Attributes:
        leads: ``document`` as the letter says, or ``set`` by groups and units.
        others: wordings of the letter that are neither a group nor a unit of the list; they stay.
        deadline: one of :data:`KINDS`.
    """

    summary: str = ""
    product: str = ""
    criterion: str = ""
    person: str = ""
    nature: str = ""
    period: str = ""
    leads: str = "document"
    groups: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    coordinating: frozenset[str] = frozenset()
    deadline: str = "document"
    date: str = ""
    days: str = ""
    others: Sequence[str] = field(default_factory=tuple)


def entered_of(view: DirectiveView) -> Entered:
    """Return the form of a directive as it holds now."""
    terms, directive = view.terms, view.directive
    groups, units, others = _sorted_out(terms.leads.value.include)
    deadline: Mapping[str, Any] = directive.set_deadline or {}
    return Entered(
        summary=terms.summary.value,
        product="\n".join(terms.products.value),
        criterion=terms.criterion.value or "",
        person=terms.person.value or "",
        nature=terms.nature.value,
        period=terms.reporting_period.value or "",
        leads=terms.leads.source,
        groups=groups,
        units=units,
        without=frozenset(terms.leads.value.exclude),
        coordinating=frozenset(terms.coordinating.value),
        deadline=str(deadline.get("kind", "document")),
        date=typed_day(deadline.get("date") or ""),
        days=str(deadline.get("days") or ""),
        others=others,
    )


def entered_from_request() -> Entered:
    """Return the form as it was sent."""
    form: MultiDict[str, str] = request.form
    return Entered(
        summary=typed("summary"),
        product=typed("product"),
        criterion=typed("criterion"),
        person=typed("person"),
        nature=typed("nature"),
        period=typed("period"),
        leads=typed("leads") or "document",
        groups=frozenset(form.getlist("group")),
        units=frozenset(form.getlist("unit")),
        without=frozenset(form.getlist("without")),
        coordinating=frozenset(form.getlist("coordinating")),
        deadline=typed("deadline") or "document",
        date=typed("date"),
        days=typed("days"),
        others=form.getlist("other"),
    )


def included(entered: Entered) -> list[str] | None:
    """Return the wordings that lead; ``None`` if it is as the letter says."""
    if entered.leads != "set":
        return None
    groups = [WORDING_OF_GROUP[group] for group in Group if group.value in entered.groups]
    units = [unit.code for unit in _units() if unit.code in entered.units]
    return [*groups, *units, *entered.others]


def deadline_entered(entered: Entered) -> Mapping[str, Any] | None:
    """Return the deadline that was typed; ``None`` if it is as the letter says. What is wrong is refused later."""
    match entered.deadline:
        case "date":
            return {"kind": "date", "date": iso_day(entered.date)}
        case "working_days":
            return {"kind": "working_days", "days": int(entered.days) if entered.days.isdecimal() else 0}
        case "ongoing":
            return {"kind": "ongoing"}
        case _:
            return None


def texts_to_set(directive: Directive, view: DirectiveView, entered: Entered) -> dict[str, Any]:
    """Return the fields that the form changes; ``None`` goes back to what the letter says."""
    read: Mapping[str, Any] = {
        "summary": directive.summary,
        "product": "\n".join(directive.products or ()),
        "criterion": "",
        "person": "",
        "nature": nature_read(directive),
    }
    changed: dict[str, Any] = {}
    for name, original in read.items():
        value = getattr(entered, name)
        wanted = None if value in ("", original) else value
        if wanted != getattr(directive, f"set_{name}"):
            changed[name] = wanted
    coordinating = [unit.code for unit in _units() if unit.code in entered.coordinating]
    if set(coordinating) != set(view.terms.coordinating.value):
        said = orjson.loads(directive.coordinating_units or "[]")
        changed["coordinating"] = None if set(coordinating) == set(said) else coordinating
    return changed


def unit_choices(loads: Mapping[str, str]) -> list[UnitChoice]:
    """Return the units that exist today, in the order of the registry.

    Args:
        loads: what units have to do already, in words, by code.
    """
    return [
        UnitChoice(
            code=unit.code,
            name=unit_name(unit.code),
            words=searchable(" ".join((unit_name(unit.code), unit.name, unit.short_name, unit.code))),
            load=loads.get(unit.code, ""),
        )
        for unit in _units()
    ]


def group_choices(document: Document) -> list[GroupChoice]:
    """Return the groups with the number of their members."""
    on = document.issued_on or clock.today()
    return [
        GroupChoice(key=group.value, label=group_label(group), size=len(registry().expand_group(group, on)))
        for group in Group
    ]


def nature_choices() -> list[tuple[str, str]]:
    """Return the natures with their names."""
    return [(nature.value, nature_label(nature.value)) for nature in Nature]


def period_choices() -> list[tuple[str, str]]:
    """Return the reporting periods with their names; the first sets none."""
    return [("", gettext("Not set")), *((each.value, period_label(each.value)) for each in ReportingPeriod)]


def day_entered(text: str) -> date | None:
    """Return the day that was typed; ``None`` if it is none."""
    try:
        return date.fromisoformat(iso_day(text))
    except ValueError:
        return None


def _units() -> list[Unit]:
    today = clock.today()
    return list({unit.code: unit for unit in registry().units if unit.holds_on(today)}.values())


def _sorted_out(include: Sequence[str]) -> tuple[frozenset[str], frozenset[str], list[str]]:
    """Return the groups and units that wordings name, and the wordings that name neither one alone."""
    codes = {unit.code for unit in registry().units}
    groups: set[str] = set()
    units: set[str] = set()
    others: list[str] = []
    for wording in include:
        group = registry().group_of(wording)
        unit = None if group else registry().find(wording)
        if wording in codes:
            units.add(wording)
        elif group is not None:
            groups.add(group.value)
        elif unit is not None:
            units.add(unit.code)
        else:
            others.append(wording)
    return frozenset(groups), frozenset(units), others
