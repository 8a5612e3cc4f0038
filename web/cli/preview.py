"""Shows what issuing a letter would start: directive × unit, by league, with deadlines and their source."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import click
import orjson

from processes.directives.deadlines import FROM_DOCUMENT, PlannedDeadline
from processes.directives.issue import IssuePlan, PlannedAssignment
from processes.documents.tables import Directive
from processes.units.registry import Unit, UnitRegistry
from web.cli.output import print_table
from web.language import gettext, ngettext, present_language
from web.letters.matrix import league_name, league_of
from web.typography import day as day_words

#: Units of a league that the preview names before it only counts.
_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _DirectiveRow:
    """One directive of the preview: its deadline, its units by league, and who helps."""

    directive: Directive
    deadline: PlannedDeadline
    leagues: dict[str, list[Unit]]
    coordinating: list[str]

    @property
    def units(self) -> list[Unit]:
        return [unit for units in self.leagues.values() for unit in units]


def _rows(plan: IssuePlan) -> Iterator[_DirectiveRow]:
    for directive, cells in groupby(plan.assignments, key=lambda planned: planned.directive):
        planned = list(cells)
        leagues: dict[str, list[Unit]] = {}
        for cell in planned:
            leagues.setdefault(league_of(cell.unit), []).append(cell.unit)
        yield _DirectiveRow(
            directive=directive,
            deadline=planned[0].deadline,
            leagues=leagues,
            coordinating=orjson.loads(directive.coordinating_units or "[]"),
        )


def show_plan(plan: IssuePlan, registry: UnitRegistry) -> None:
    """Print the plan for people."""
    rows = list(_rows(plan))
    names = {unit.code: _name(unit) for unit in registry.units}
    print_table(
        ["", gettext("What is ordered"), gettext("Units"), gettext("Deadline")],
        [
            [
                row.directive.ordinal,
                shortened(row.directive.summary),
                str(len(row.units)),
                _deadline_words(row.deadline),
            ]
            for row in rows
        ],
    )
    for _, alike in groupby(rows, key=lambda row: (row.units, row.coordinating)):
        together = list(alike)
        row = together[0]
        ordinals = ", ".join(each.directive.ordinal for each in together)
        click.echo("")
        click.echo(gettext("Item %(ordinal)s", ordinal=ordinals))
        for key, units in row.leagues.items():
            click.echo(f"  {league_name(key)}: {len(units)} ({_listed([_name(unit) for unit in units])})")
        if row.coordinating:
            helping = [names.get(code, code) for code in row.coordinating]
            words = gettext("Coordinating units")
            click.echo(f"  {words}: {len(helping)} ({_listed(helping)})")
    click.echo("")
    click.echo(
        f"{plan.number}: "
        + ", ".join(
            (
                ngettext("%(num)s item", "%(num)s items", len(rows)),
                ngettext("%(num)s unit", "%(num)s units", len(plan.units)),
                ngettext(
                    "%(num)s assignment",
                    "%(num)s assignments",
                    len(plan.assignments),
                ),
            )
        )
    )


def _deadline_words(deadline: PlannedDeadline) -> str:
    source = gettext("as the letter says") if deadline.source == FROM_DOCUMENT else gettext("set on issuing")
    on = gettext("without a deadline") if deadline.on is None else day_words(deadline.on)
    passed = gettext("deadline passed on receipt")
    return f"{on} ({source})" + (f" · {passed}" if deadline.passed else "")


def _name(unit: Unit) -> str:
    return unit.name_en if present_language() == "en" and unit.name_en else unit.name


def _listed(names: Sequence[str]) -> str:
    shown = "; ".join(names[:_NAMED])
    return shown if len(names) <= _NAMED else f"{shown}; …"


def plan_json(plan: IssuePlan) -> dict[str, Any]:
    """Return the plan by directive."""
    return {
        "number": plan.number,
        "issued_on": plan.issued_on.isoformat(),
        "received_on": plan.received_on.isoformat(),
        "directives": [_row_json(row) for row in _rows(plan)],
        "units": len(plan.units),
        "assignments": len(plan.assignments),
    }


def _row_json(row: _DirectiveRow) -> dict[str, Any]:
    return {
        "ordinal": row.directive.ordinal,
        "summary": row.directive.summary,
        "units": len(row.units),
        "leagues": {key: len(units) for key, units in row.leagues.items()},
        "coordinating_units": row.coordinating,
        **_deadline_json(row.deadline),
    }


def cell_json(planned: PlannedAssignment) -> dict[str, Any]:
    """Return one cell of the matrix."""
    return {
        "assignment_id": str(planned.id),
        "ordinal": planned.directive.ordinal,
        "unit": planned.unit.code,
        "unit_name": planned.unit.name,
        "league": league_of(planned.unit),
        **_deadline_json(planned.deadline),
    }


def _deadline_json(deadline: PlannedDeadline) -> dict[str, Any]:
    return {
        "deadline_on": None if deadline.on is None else deadline.on.isoformat(),
        "deadline_source": deadline.source,
        "deadline_rule": deadline.rule,
        "deadline_passed_on_receipt": deadline.passed,
    }


def shortened(text: str) -> str:
    """Return the beginning of a text, for one column of a table."""
    return text if len(text) <= 70 else text[:69].rstrip() + "…"
