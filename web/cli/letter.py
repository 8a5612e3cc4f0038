"""``sauro letter``: read a letter, and issue its directives to the units."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from sqlalchemy.orm import Session

from processes.calendar.store import load_calendar
from processes.directives.issue import (
    IssuePlan,
    PastDeadlines,
    issue,
    plan_issue,
    refuse_past_deadlines,
)
from processes.documents.reading.letter import LetterReading
from processes.documents.reading.reader import read_letter
from processes.documents.source.limits import LARGEST_FILE
from processes.documents.store import directives_of, draft, find_document, save_reading
from processes.samples import sample_registry
from processes.units.registry import UnitRegistry
from processes.units.store import load_registry
from processes.units.units_csv import read_units_csv
from processes.wiring import deploy_models
from web.cli.installation import Installation, open_installation, operator
from web.cli.output import notes, print_json, print_table
from web.cli.preview import cell_json, plan_json, shortened, show_plan
from web.language import gettext

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def letter() -> None:
    """Read letters and issue them."""


@letter.command()
@click.argument("file", type=_FILE)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def read(file: Path, as_json: bool) -> None:
    """Show what is read from the letter FILE (.txt or .docx); nothing is stored."""
    installation = open_installation()
    reading = read_letter(_content(file), file.name, _registry(installation))
    if as_json:
        print_json(reading.to_json())
        return
    _show(reading)


@letter.command("issue")
@click.argument("file", type=_FILE)
@click.option("--number", required=True, help="The letter's number: 5120, or in full 5120/UBND-HCC.")
@click.option(
    "--date", "day", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The letter's day, YYYY-MM-DD."
)
@click.option("--preview", is_flag=True, help="Show what would be started and stop; nothing is written.")
@click.option(
    "--keep-past-deadlines",
    is_flag=True,
    help="Issue deadlines of the text that have passed already as they are, and mark their assignments.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def issue_letter(
    file: Path, number: str, day: datetime, preview: bool, keep_past_deadlines: bool, as_json: bool
) -> None:
    """Issue the directives of the letter FILE to every unit they name, in one act.

    Repeating the command starts only what is not started yet.
    """
    installation = open_installation()
    content = _content(file)
    registry = _loaded_registry(installation)
    reading = read_letter(content, file.name, registry)
    plan = _plan(installation, reading, content, file.name, number, day.date(), registry)
    if not as_json:
        show_plan(plan, registry)
    if preview:
        if as_json:
            print_json({**plan_json(plan), "cells": list(map(cell_json, plan.assignments))})
        return
    past_deadlines = PastDeadlines.KEEP if keep_past_deadlines else PastDeadlines.REFUSE
    if past_deadlines is PastDeadlines.REFUSE:
        refuse_past_deadlines(plan)
    with Session(installation.database) as session, session.begin():
        save_reading(session, reading, source=content, filename=file.name)
    deploy_models(installation.dispatcher)
    with installation.database.connect() as connection:
        calendar = load_calendar(connection)
    with _bar() as advance:
        issued = issue(
            installation.dispatcher,
            plan,
            actor=operator(),
            calendar=calendar,
            settings=installation.process_settings.issue,
            past_deadlines=past_deadlines,
            progress=advance,
        )
    if as_json:
        print_json(
            {
                **plan_json(plan),
                "document_id": str(issued.document_id),
                "total": issued.total,
                "started": issued.started,
                "already_started": issued.already_started,
            }
        )
        return
    click.echo(
        gettext(
            "%(started)s instances started, %(before)s were started before",
            started=issued.started,
            before=issued.already_started,
        )
    )


def _content(file: Path) -> bytes:
    """Return the file's bytes, one more than allowed at most: a larger file is refused by its length."""
    with file.open("rb") as opened:
        return opened.read(LARGEST_FILE + 1)


def _registry(installation: Installation) -> UnitRegistry:
    with installation.database.connect() as connection:
        registry = load_registry(connection)
    if registry.units:
        return registry
    notes.print(gettext("No registry is loaded (sauro units load FILE); reading with the sample registry."))
    return UnitRegistry(read_units_csv(sample_registry()))


def _loaded_registry(installation: Installation) -> UnitRegistry:
    with installation.database.connect() as connection:
        registry = load_registry(connection)
    if not registry.units:
        raise ValueError(gettext("No registry of units is loaded; run: sauro units load FILE"))
    return registry


def _plan(
    installation: Installation,
    reading: LetterReading,
    content: bytes,
    filename: str,
    number: str,
    day: date,
    registry: UnitRegistry,
) -> IssuePlan:
    """Plan from the letter as it is kept, or as it would be; nothing is written."""
    with Session(installation.database, expire_on_commit=False) as session:
        document = find_document(session, content)
        if document is None:
            document, directives = draft(reading, source=content, filename=filename)
        else:
            directives = directives_of(session, document.id)
        return plan_issue(
            document,
            directives,
            number=number,
            issued_on=day,
            registry=registry,
            calendar=load_calendar(session.connection()),
            settings=installation.process_settings.issue,
        )


def _show(reading: LetterReading) -> None:
    click.echo(f"{reading.doc_type} {reading.number or gettext('(no number yet)')}")
    click.echo(reading.subject or "")
    click.echo(gettext("To") + ": " + "; ".join(addressee.text for addressee in reading.recipients))
    print_table(
        ["", gettext("What is ordered"), gettext("Lead unit"), gettext("Deadline")],
        [
            [
                directive.ordinal,
                shortened(" ".join(directive.paragraphs)),
                "; ".join(directive.leads) or gettext("every recipient"),
                directive.deadline.text if directive.deadline and directive.deadline.text else "–",
            ]
            for directive in reading.directives
        ],
    )
    for warning in reading.warnings:
        click.echo(f"! {warning}")


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=notes, transient=True) as progress:
        task = progress.add_task(gettext("issuing"), total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
