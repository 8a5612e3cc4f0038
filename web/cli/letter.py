"""``sauro letter``: read a letter, and issue its directives to the units."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from sqlalchemy.orm import Session

from processes.calendar.store import load_calendar
from processes.directives.issue import IssuePlan, issue, plan_issue
from processes.documents.reading.letter import LetterReading
from processes.documents.reading.reader import read_letter
from processes.documents.reading.text import LARGEST_FILE
from processes.documents.store import directives_of, save_reading
from processes.samples import sample_registry
from processes.units.registry import UnitRegistry
from processes.units.store import load_registry
from processes.units.units_csv import read_units_csv
from processes.wiring import deploy_models
from web.cli.installation import Installation, open_installation, operator
from web.cli.output import notes, print_json, print_table

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
@click.option("--preview", is_flag=True, help="Show what would be started and stop.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def issue_letter(file: Path, number: str, day: datetime, preview: bool, as_json: bool) -> None:
    """Issue the directives of the letter FILE to every unit they name, in one act.

    Repeating the command starts only what is not started yet.
    """
    installation = open_installation()
    plan = _plan(installation, file, number, day.date())
    if not as_json:
        _preview(plan)
    if preview:
        if as_json:
            print_json(_plan_json(plan))
        return
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
            progress=advance,
        )
    if as_json:
        print_json(
            {
                **_plan_json(plan),
                "document_id": str(issued.document_id),
                "total": issued.total,
                "started": issued.started,
                "already_started": issued.already_started,
            }
        )
        return
    click.echo(f"{issued.started} instances started, {issued.already_started} were started before")


def _content(file: Path) -> bytes:
    """Return the file's bytes, one more than allowed at most: a larger file is refused by its length."""
    with file.open("rb") as opened:
        return opened.read(LARGEST_FILE + 1)


def _registry(installation: Installation) -> UnitRegistry:
    with installation.database.connect() as connection:
        registry = load_registry(connection)
    if registry.units:
        return registry
    notes.print("no registry is loaded (sauro units load FILE); reading with the sample registry")
    return UnitRegistry(read_units_csv(sample_registry()))


def _plan(installation: Installation, file: Path, number: str, day: date) -> IssuePlan:
    content = _content(file)
    with Session(installation.database, expire_on_commit=False) as session, session.begin():
        registry = load_registry(session.connection())
        if not registry.units:
            raise ValueError("Expected a registry of units, but none is loaded; run: sauro units load FILE")
        reading = read_letter(content, file.name, registry)
        document = save_reading(session, reading, source=content, filename=file.name)
        return plan_issue(
            document,
            directives_of(session, document.id),
            number=number + (document.notation or "") if number.isdecimal() else number,
            issued_on=day,
            registry=registry,
            calendar=load_calendar(session.connection()),
            settings=installation.process_settings.issue,
        )


def _show(reading: LetterReading) -> None:
    click.echo(f"{reading.doc_type} {reading.number or '(chưa có số)'}")
    click.echo(reading.subject or "")
    click.echo("Kính gửi: " + "; ".join(addressee.text for addressee in reading.recipients))
    print_table(
        ["", "Nội dung", "Chủ trì", "Thời hạn"],
        [
            [
                directive.ordinal,
                _shortened(" ".join(directive.paragraphs)),
                "; ".join(directive.leads) or "mọi nơi nhận",
                directive.deadline.text if directive.deadline and directive.deadline.text else "–",
            ]
            for directive in reading.directives
        ],
    )
    for warning in reading.warnings:
        click.echo(f"! {warning}")


def _shortened(text: str) -> str:
    return text if len(text) <= 70 else text[:69].rstrip() + "…"


def _rows(plan: IssuePlan) -> Iterator[dict[str, Any]]:
    for directive, cells in groupby(plan.assignments, key=lambda planned: planned.directive):
        planned = list(cells)
        deadline = planned[0].deadline
        yield {
            "ordinal": directive.ordinal,
            "summary": directive.summary,
            "units": len(planned),
            "deadline_on": None if deadline.on is None else deadline.on.isoformat(),
            "deadline_source": deadline.source,
            "deadline_rule": deadline.rule,
        }


def _preview(plan: IssuePlan) -> None:
    rows = list(_rows(plan))
    print_table(
        ["", "Nội dung", "Đơn vị", "Thời hạn", "Nguồn"],
        [
            [
                row["ordinal"],
                _shortened(row["summary"]),
                str(row["units"]),
                row["deadline_on"] or "không thời hạn",
                "theo văn bản" if row["deadline_source"] == "document" else "ấn định",
            ]
            for row in rows
        ],
    )
    click.echo(
        f"{plan.number}: {len(rows)} directives, {len(plan.units)} units, {len(plan.assignments)} assignments"
    )


def _plan_json(plan: IssuePlan) -> dict[str, Any]:
    return {
        "number": plan.number,
        "issued_on": plan.issued_on.isoformat(),
        "directives": list(_rows(plan)),
        "units": len(plan.units),
        "assignments": len(plan.assignments),
    }


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    columns = (TextColumn("issuing"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=notes, transient=True) as progress:
        task = progress.add_task("issuing", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
