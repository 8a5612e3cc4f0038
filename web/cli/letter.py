"""``sauro letter``: read a letter, and issue its directives to the units (the acts between: ``drafts``)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import NotFound
from processes.calendar.store import load_calendar
from processes.calendar.working_days import WorkingCalendar
from processes.directives.awaited import directives_that_will_wait, waiting_directives
from processes.directives.drafting.issue import issue_document
from processes.directives.drafting.issue import preview as plan_of_draft
from processes.directives.issue import (
    Issued,
    IssuePlan,
    PastDeadlines,
    issue,
    plan_issue,
    refuse_past_deadlines,
)
from processes.directives.read_out import clarities_of, read_out
from processes.directives.rounds import issue_of
from processes.documents.reading.letter import LetterReading
from processes.documents.reading.reader import understand
from processes.documents.source.apart import read_source_apart
from processes.documents.source.limits import LARGEST_FILE
from processes.documents.store import directives_of, draft, find_document, save_reading
from processes.documents.tables import Document
from processes.samples import sample_registry
from processes.units.registry import UnitRegistry
from processes.units.store import load_registry
from processes.units.units_csv import read_units_csv
from processes.wiring import deploy_models
from web.cli.installation import Installation, open_installation, operator
from web.cli.output import notes, print_json
from web.cli.preview import cell_json, plan_json, show_plan
from web.cli.reading import show_reading
from web.language import gettext

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def letter() -> None:
    """Read letters and issue them."""


@letter.command()
@click.argument("file", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def read(file: Path, as_json: bool) -> None:
    """Show what is read from the letter FILE; nothing is stored.

    FILE is a .docx, .pdf, .xlsx, .txt, .md or .edxml file.
    """
    installation = open_installation()
    with installation.database.connect() as connection:
        calendar = load_calendar(connection)
    reading = _understood(content_of(file), file.name, _registry(installation), calendar)
    today = clock.today()
    if as_json:
        print_json(read_out(reading, calendar=calendar, received_on=today))
        return
    show_reading(reading, clarities_of(reading, calendar=calendar, received_on=today))


@letter.command("issue")
@click.argument("letter")
@click.option("--number", help="Of a file: the letter's number, 5120, or in full 5120/UBND-HCC.")
@click.option(
    "--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="Of a file: the letter's day, YYYY-MM-DD."
)
@click.option("--preview", is_flag=True, help="Show what would be started and stop; nothing is written.")
@click.option(
    "--keep-past-deadlines",
    is_flag=True,
    help="Issue deadlines of the text that have passed already as they are, and mark their assignments.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def issue_letter(
    letter: str,
    number: str | None,
    day: datetime | None,
    preview: bool,
    keep_past_deadlines: bool,
    as_json: bool,
) -> None:
    """Issue the directives of LETTER to every unit they name, in one act.

    LETTER is a file (.docx, .pdf, .xlsx, .txt, .md or .edxml), which is read and issued as it is, or, by its
    identifier or number, a letter that is kept and that a leader has approved. Repeating the command starts only
    what is not started yet.
    """
    past_deadlines = PastDeadlines.KEEP if keep_past_deadlines else PastDeadlines.REFUSE
    file = Path(letter)
    if not file.is_file():
        if number is not None or day is not None:
            raise click.UsageError(
                gettext("There is no such file; a letter that is kept has number and day.")
            )
        _issue_kept(open_installation(), letter, past_deadlines, preview=preview, as_json=as_json)
        return
    if number is None or day is None:
        raise click.UsageError(gettext("Give the number and the day of the letter: --number, --date."))
    _issue_file(
        open_installation(), file, number, day.date(), past_deadlines, preview=preview, as_json=as_json
    )


def _issue_file(
    installation: Installation,
    file: Path,
    number: str,
    day: date,
    past_deadlines: PastDeadlines,
    *,
    preview: bool,
    as_json: bool,
) -> None:
    """Read a letter and issue it at once: whoever holds the machine does without a draft and without approval."""
    content = content_of(file)
    registry = loaded_registry(installation)
    with installation.database.connect() as connection:
        calendar = load_calendar(connection)
    reading = _understood(content, file.name, registry, calendar)
    plan = _plan(installation, reading, content, file.name, number, day, registry)
    _show_plan(plan, registry, preview=preview, as_json=as_json)
    if preview:
        return
    if past_deadlines is PastDeadlines.REFUSE:
        refuse_past_deadlines(plan)
    with Session(installation.database) as session, session.begin():
        save_reading(session, reading, source=content, filename=file.name, created_by=operator().key)
    deploy_models(installation.dispatcher)
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
    _show_issued(plan, issued, as_json=as_json)


def _issue_kept(
    installation: Installation, word: str, past_deadlines: PastDeadlines, *, preview: bool, as_json: bool
) -> None:
    """Issue a letter that is kept."""
    registry = loaded_registry(installation)
    document_id = document_id_of(installation, word)
    settings = installation.process_settings.issue
    with Session(installation.database, expire_on_commit=False) as session:
        calendar = load_calendar(session.connection())
        plan = plan_of_draft(session, document_id, registry=registry, calendar=calendar, settings=settings)
    _show_plan(plan, registry, preview=preview, as_json=as_json)
    if preview:
        return
    deploy_models(installation.dispatcher)
    with _bar() as advance:
        issued = issue_document(
            installation.dispatcher,
            document_id,
            registry=registry,
            calendar=calendar,
            settings=settings,
            past_deadlines=past_deadlines,
            progress=advance,
            actor=operator(),
            version=plan.document.version,
        )
    _show_issued(plan, issued, as_json=as_json)


def _show_plan(plan: IssuePlan, registry: UnitRegistry, *, preview: bool, as_json: bool) -> None:
    if not as_json:
        show_plan(plan, registry)
    elif preview:
        print_json({**plan_json(plan), "cells": list(map(cell_json, plan.assignments))})


def _show_issued(plan: IssuePlan, issued: Issued, *, as_json: bool) -> None:
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


def document_id_of(installation: Installation, word: str) -> UUID:
    """Return the identifier of a letter that is kept, named by it or by its number.

    Raises:
        NotFound: there is none, or there are several of that number.
    """
    with Session(installation.database) as session:
        try:
            found = session.scalars(select(Document.id).where(Document.id == UUID(word))).all()
        except ValueError:
            found = session.scalars(select(Document.id).where(Document.number_no == word)).all()
    if len(found) != 1:
        raise NotFound(f"Expected one letter '{word}', but there are {len(found)}")
    return found[0]


def content_of(file: Path) -> bytes:
    """Return the file's bytes, one more than allowed at most: a larger file is refused by its length."""
    with file.open("rb") as opened:
        return opened.read(LARGEST_FILE + 1)


def _understood(
    content: bytes, filename: str, registry: UnitRegistry, calendar: WorkingCalendar
) -> LetterReading:
    """Return what a file says; it is taken apart in a process of its own."""
    return understand(read_source_apart(content, filename), filename, registry, calendar=calendar)


def _registry(installation: Installation) -> UnitRegistry:
    with installation.database.connect() as connection:
        registry = load_registry(connection)
    if registry.units:
        return registry
    notes.print(gettext("No registry is loaded (sauro units load FILE); reading with the sample registry."))
    return UnitRegistry(read_units_csv(sample_registry()))


def loaded_registry(installation: Installation) -> UnitRegistry:
    """Return the registry of this installation.

    Raises:
        ValueError: none is loaded.
    """
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
        issued = None
        if document is None:
            document, directives = draft(reading, source=content, filename=filename)
            waiting = directives_that_will_wait(directives, reading)
        else:
            directives = directives_of(session, document.id)
            issued = issue_of(session, document)
            waiting = waiting_directives(session, directives)
        return plan_issue(
            document,
            directives,
            number=number,
            issued_on=day,
            registry=registry,
            calendar=load_calendar(session.connection()),
            settings=installation.process_settings.issue,
            issued=issued,
            waiting=waiting,
        )


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=notes, transient=True) as progress:
        task = progress.add_task(gettext("issuing"), total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
