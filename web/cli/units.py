"""``sauro units``: the registry of units, its files, and what was done to it."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from engine import clock
from engine.database import reading
from engine.errors import NotFound
from engine.ids import new_id
from processes.reorganisation.following import open_assignments
from processes.units import trail
from processes.units.loading import Loading, load_units, preview_load
from processes.units.registry import Unit
from processes.units.store import load_registry
from processes.units.succession import predecessors, successors
from processes.units.units_csv import separator_of
from processes.units.units_files import is_workbook, load_units_file, write_units_file
from web.cli.installation import open_installation
from web.cli.output import REFUSED, notes, print_json, print_table
from web.cli.unit_acts import change_kind, close, follow, merge, registrar, rename, split
from web.cli.unit_groups import groups
from web.language import gettext, ngettext
from web.typography import moment, searchable
from web.unit_changes import act_in_words, change_in_words, change_json, kind_in_words, period_in_words

_DAY = click.DateTime(formats=["%Y-%m-%d"])
_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@click.group()
def units() -> None:
    """Keep the registry of units."""


for _command in (merge, split, rename, change_kind, close, follow, groups):
    units.add_command(_command)


@units.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--preview", is_flag=True, help="Show what would change and what is wrong; write nothing.")
@click.option("--reason", default="", help="Why, for the registry's history.")
@_JSON
def load(file: Path, preview: bool, reason: str, as_json: bool) -> None:
    """Load the registry from the CSV or Excel (.xlsx) FILE; the whole file or nothing.

    Loading again changes what has changed and adds what is new. A unit that the file no longer names stays; to end
    one, give its row a day in the column valid_to.
    """
    if not is_workbook(file.name) and separator_of(file) == ";":
        notes.print(gettext("The columns of this file are separated by semicolons; it is read so."))
    found = load_units_file(file, file.name)
    installation = open_installation()
    if preview:
        with Session(installation.database) as session:
            _show_preview(preview_load(session, found), as_json=as_json)
        return
    with Session(installation.database) as session, session.begin():
        loading = load_units(
            session, found, load_id=new_id(), source=file.name, reason=reason.strip(), by=registrar()
        )
    saved = loading.saved
    if as_json:
        print_json(asdict(saved))
        return
    click.echo(
        gettext(
            "%(added)s units added, %(changed)s changed, %(unchanged)s as before",
            added=saved.added,
            changed=saved.changed,
            unchanged=saved.unchanged,
        )
    )
    for code in saved.missing:
        click.echo(gettext("no longer in the file, kept: %(code)s", code=code))


@units.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(file: Path) -> None:
    """Write the registry, all periods of all units, to the CSV or Excel (.xlsx) FILE."""
    with reading(open_installation().database) as connection:
        found = load_registry(connection).units
    file.write_bytes(write_units_file(found, file.name))
    notes.print(ngettext("%(num)s row written", "%(num)s rows written", len(found)))


@units.command(name="list")
@click.option("--on", "day", type=_DAY, help="The day, YYYY-MM-DD; today by default.")
@click.option("--search", default="", help="Part of a code or name, with or without accents.")
@_JSON
def list_(day: Any, search: str, as_json: bool) -> None:
    """Print the units of a day."""
    on = clock.today() if day is None else day.date()
    with reading(open_installation().database) as connection:
        registry = load_registry(connection).at(on)
    found = [unit for unit in registry.units if _matches(unit, search)]
    if as_json:
        print_json([_unit_json(unit) for unit in found])
        return
    rows = [[unit.code, unit.name, kind_in_words(unit.kind), unit.identifier or ""] for unit in found]
    print_table([gettext("Code"), gettext("Unit"), gettext("Kind"), gettext("Identifier")], rows)


@units.command()
@click.argument("code")
@_JSON
def show(code: str, as_json: bool) -> None:
    """Print the unit CODE: its periods, who came before and after, what is open, and what was done to it."""
    today = clock.today()
    with reading(open_installation().database) as connection:
        registry = load_registry(connection)
        periods = [unit for unit in registry.units if unit.code == code]
        if not periods:
            registry.of_code(code)
            raise NotFound(f"Expected a unit '{code}', but there is none")
        waiting = open_assignments(connection, [code])[code]
        told = trail.recorded(connection, code=code)
    before, after = predecessors(registry, code), successors(registry, code, today)
    if as_json:
        print_json(
            {
                "periods": [_unit_json(unit) for unit in periods],
                "predecessors": [unit.code for unit in before],
                "successors": [unit.code for unit in after],
                "open_assignments": waiting,
                "history": [_recorded_json(each) for each in told],
            }
        )
        return
    for unit in periods:
        click.echo(
            f"{unit.code}  {unit.name}  {kind_in_words(unit.kind)}  "
            f"{period_in_words(unit.valid_from, unit.valid_to)}"
        )
    for label, others in ((gettext("Took over from"), before), (gettext("Taken over by"), after)):
        if others:
            click.echo(f"{label}: " + ", ".join(f"{unit.code} ({unit.name})" for unit in others))
    click.echo(ngettext("%(num)s open assignment", "%(num)s open assignments", waiting))
    for each in told:
        click.echo(f"{moment(each.performed_at)}  {act_in_words(each.kind)}  {each.source}  {each.reason}")


@units.command()
@click.option("--unit", "code", help="Only what touched this unit.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="The newest.")
@_JSON
def history(code: str | None, limit: int, as_json: bool) -> None:
    """Print what was done to the registry, newest first."""
    with reading(open_installation().database) as connection:
        told = trail.recorded(connection, code=code, limit=limit)
    if as_json:
        print_json([_recorded_json(each) for each in told])
        return
    for each in told:
        click.echo(f"{moment(each.performed_at)}  {act_in_words(each.kind)}  {each.source}  {each.reason}")
        for change in each.changes:
            click.echo(f"  {change.code}  {change_in_words(change)}")


def _show_preview(loading: Loading, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "preview": True,
                **asdict(loading.saved),
                "changes": [change_json(change) for change in loading.changes],
                "rejected": [asdict(row) for row in loading.rejected],
            }
        )
    else:
        for change in loading.changes:
            click.echo(f"{change.code}  {change.name}: {change_in_words(change)}")
        if not loading.changes:
            click.echo(gettext("Nothing would change."))
        for row in loading.rejected:
            click.echo(f"  {row}", err=True)
    if loading.rejected:
        if not as_json:
            count = len(loading.rejected)
            click.echo(
                ngettext(
                    "%(num)s reason why nothing would be written",
                    "%(num)s reasons why nothing would be written",
                    count,
                ),
                err=True,
            )
        raise SystemExit(REFUSED)


def _matches(unit: Unit, search: str) -> bool:
    wanted = searchable(search)
    return not wanted or any(wanted in searchable(name) for name in unit.names)


def _unit_json(unit: Unit) -> dict[str, Any]:
    return {
        "code": unit.code,
        "name": unit.name,
        "name_en": unit.name_en,
        "kind": unit.kind,
        "group": unit.group,
        "short_name": unit.short_name,
        "aliases": list(unit.aliases),
        "recipient": unit.recipient.value,
        "parent": unit.parent,
        "identifier": unit.identifier,
        "identifier_old": unit.identifier_old,
        "replaced_by": list(unit.replaced_by),
        "valid_from": None if unit.valid_from is None else unit.valid_from.isoformat(),
        "valid_to": None if unit.valid_to is None else unit.valid_to.isoformat(),
    }


def _recorded_json(each: trail.Recorded) -> dict[str, Any]:
    return {
        "id": str(each.id),
        "kind": each.kind,
        "effective_on": each.effective_on.isoformat(),
        "source": each.source,
        "reason": each.reason,
        "codes": list(each.codes),
        "changes": [change_json(change) for change in each.changes],
        "more": dict(each.more),
        "performed_by": each.performed_by,
        "performed_at": clock.to_text(each.performed_at),
    }
