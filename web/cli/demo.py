"""``sauro demo``: a city that does not exist, with a letter issued and months of work behind it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from typing import Any

import click
from rich.progress import BarColumn, Progress, TextColumn
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import SYSTEM
from engine.dispatch import Recorded
from engine.instances.instance import COMPLETED, FIRED
from engine.tables import process_instance, timer, user_task
from processes.assignments.projection import PROCESS_KEY
from processes.calendar.store import load_calendar
from processes.calendar.working_days import WorkingCalendar
from processes.demo.drafts import leave_drafts
from processes.demo.people import PASSWORD, Login, People, create_people
from processes.demo.play import Player
from processes.directives.issue import Issued, PastDeadlines, issue, plan_issue
from processes.documents.reading.reader import read_letter
from processes.documents.store import directives_of, save_reading
from processes.documents.tables import Document
from processes.samples import LETTER_FILE, sample_letter, sample_registry
from processes.units.registry import Recipient, UnitRegistry
from processes.units.store import load_registry, save_units
from processes.units.units_csv import read_units_csv
from processes.wiring import deploy_models
from web.cli.installation import Installation, open_installation
from web.cli.output import notes, print_json
from web.cli.serve import run_site
from web.language import gettext
from web.metrics.metrics import Metrics

#: The sample letter goes out under this number.
NUMBER = "1206/UBND-KSTT"

#: Working time of one month, in calendar days.
_MONTH = timedelta(days=30.4375)


@click.command()
@click.option(
    "--months", default=3, show_default=True, type=click.IntRange(0, 24), help="Months of work to play."
)
@click.option("--no-serve", is_flag=True, help="Prepare the demo and stop.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document; implies --no-serve.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65535))
def demo(months: int, no_serve: bool, as_json: bool, host: str, port: int) -> None:
    """Show everything at work: the sample city, its letter, and months of plausible work.

    All of it goes through the real commands with a moving clock. A demo that is already there is served as it is.
    """
    watchers: list[Callable[[Recorded], None]] = []
    metrics = Metrics()
    installation = open_installation(
        listeners=[lambda recorded: _watch_all(watchers, recorded)], instruments=metrics.instruments
    )
    if _is_empty(installation):
        _prepare(installation, watchers, months)
    elif not _is_demo(installation):
        raise ValueError(
            f"Expected an empty installation or a demo, but {installation.settings.home} holds other work; "
            "set SAURO_HOME to another folder"
        )
    else:
        notes.print(gettext("The demo is already there; remove its folder to play it anew."))
    logins = _logins(installation)
    if as_json:
        print_json(
            {
                **_summary(installation),
                "password": PASSWORD,
                "logins": [_login_json(login) for login in logins],
            }
        )
        return
    _print_logins(logins)
    if not no_serve:
        run_site(installation, metrics, host=host, port=port, threads=8)


def _watch_all(watchers: list[Callable[[Recorded], None]], recorded: Recorded) -> None:
    for watch in watchers:
        watch(recorded)


def _is_empty(installation: Installation) -> bool:
    with installation.database.connect() as connection:
        return not connection.scalar(select(func.count()).select_from(process_instance))


def _is_demo(installation: Installation) -> bool:
    with installation.database.connect() as connection:
        issued = process_instance.c.business_key.startswith(NUMBER, autoescape=True)
        return connection.scalar(select(process_instance.c.id).where(issued).limit(1)) is not None


def _prepare(installation: Installation, watchers: list[Callable[[Recorded], None]], months: int) -> None:
    until = clock.now()
    with installation.database.connect() as connection:
        calendar = load_calendar(connection)
    begin = _first_morning(until - months * _MONTH, calendar)
    with clock.frozen_at(begin):
        deploy_models(installation.dispatcher)
        people = _settle(installation)
        player = Player(people, calendar)
        watchers.append(player.watch)
        _issue(installation, calendar)
    with _bar(gettext("playing")) as advance:
        span = max(1.0, (until - begin).total_seconds())
        player.play(
            installation.dispatcher,
            until=until,
            progress=lambda now: advance(int((now - begin).total_seconds()), int(span)),
        )
    with installation.database.connect() as connection:
        registry = load_registry(connection)
    leave_drafts(
        installation.dispatcher,
        registry,
        coordinator=people.by_group["coordinator:SNV"][0],
        settings=installation.process_settings.issue,
        day=until.astimezone(clock.BUSINESS_ZONE).date(),
    )


def _summary(installation: Installation) -> dict[str, Any]:
    """Return what there is, the same whether it was played just now or before."""
    with installation.database.connect() as connection:
        document_id = connection.scalar(select(Document.id).where(Document.number_no == NUMBER))
        began_at, instances = connection.execute(
            select(func.min(process_instance.c.started_at), func.count()).where(
                process_instance.c.process_key == PROCESS_KEY
            )
        ).one()
        tasks = select(func.count()).select_from(user_task).where(user_task.c.status == COMPLETED)
        timers = select(func.count()).select_from(timer).where(timer.c.status == FIRED)
        return {
            "document_id": str(document_id),
            "number": NUMBER,
            "began_at": clock.to_text(began_at),
            "instances": instances,
            "tasks_completed": connection.scalar(tasks),
            "timers_fired": connection.scalar(timers),
        }


def _first_morning(instant: datetime, calendar: WorkingCalendar) -> datetime:
    """Return half past eight on the working day at or before an instant."""
    day = instant.astimezone(clock.BUSINESS_ZONE).date()
    if not calendar.is_working_day(day):
        day = calendar.add_working_days(day, -1)
    return calendar.at_hour(day, time(8, 30)).astimezone(UTC)


def _settle(installation: Installation) -> People:
    """Load the registry and create everybody."""
    with Session(installation.database) as session, session.begin():
        save_units(session, read_units_csv(sample_registry()))
        registry = load_registry(session.connection())
        return create_people(session, _recipients(registry))


def _recipients(registry: UnitRegistry) -> list[Any]:
    return [unit for unit in registry.at(clock.today()).units if unit.recipient is Recipient.YES]


def _issue(installation: Installation, calendar: WorkingCalendar) -> Issued:
    """Read the sample letter in and issue it."""
    source = sample_letter(clock.today())
    with Session(installation.database, expire_on_commit=False) as session, session.begin():
        registry = load_registry(session.connection())
        reading = read_letter(source, LETTER_FILE, registry)
        document = save_reading(session, reading, source=source, filename=LETTER_FILE)
        directives = directives_of(session, document.id)
    plan = plan_issue(
        document,
        directives,
        number=NUMBER,
        issued_on=clock.today(),
        registry=registry,
        calendar=calendar,
        settings=installation.process_settings.issue,
    )
    with _bar(gettext("issuing")) as advance:
        return issue(
            installation.dispatcher,
            plan,
            actor=SYSTEM,
            calendar=calendar,
            settings=installation.process_settings.issue,
            past_deadlines=PastDeadlines.KEEP,
            progress=advance,
        )


@contextmanager
def _bar(what: str) -> Iterator[Callable[[int, int], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
    with Progress(*columns, console=notes, transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def _logins(installation: Installation) -> tuple[Login, ...]:
    """Return the accounts; making them again finds those that are there."""
    with Session(installation.database) as session, session.begin():
        registry = load_registry(session.connection())
        return create_people(session, _recipients(registry)).logins


def _login_json(login: Login) -> dict[str, Any]:
    return {"username": login.username, "name": login.name, "role": login.role, "unit": login.unit}


def _print_logins(logins: tuple[Login, ...]) -> None:
    named = [login for login in logins if login.role != "unit_head"]
    heads = [login for login in logins if login.role == "unit_head"]
    click.echo(gettext("Password of every account: %(password)s", password=PASSWORD))
    for login in (*named, *heads[:3]):
        click.echo(f"  {login.username:<20} {login.role:<14} {login.unit or ''}")
    more = gettext("and %(count)s more heads, thutruong.CODE", count=len(heads) - 3)
    click.echo(f"  … {more}")
