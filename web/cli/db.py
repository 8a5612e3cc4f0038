"""``sauro db``: the schema of the database – where it stands, bringing it up to date, checking it."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from engine.database import open_database
from processes import schema
from web.cli.output import notes, print_json, print_table
from web.language import gettext
from web.settings import Settings

#: Exit status when the schema is not what the program expects.
DIFFERS = 1


@click.group()
def db() -> None:
    """Bring the database up to date, and check it."""


@db.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def status(as_json: bool) -> None:
    """Print the revision of the database and what an upgrade would do; nothing is changed.

    Exit status 0 when it is up to date, else 1.
    """
    with _opened() as (database, address):
        found = schema.status(database)
    if as_json:
        print_json({"database": address, **_status_json(found)})
    else:
        click.echo(f"database  {address}")
        click.echo(f"revision  {found.current or '-'}")
        click.echo(f"expected  {found.newest}")
        if not found.known:
            click.echo(gettext("A newer version of the program has used this database."))
        elif found.pending:
            headings = [gettext("Revision"), gettext("What it brings")]
            print_table(headings, [[step.id, step.says] for step in found.pending])
        else:
            click.echo(gettext("Up to date."))
    if found.pending or not found.known:
        raise SystemExit(DIFFERS)


@db.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def upgrade(as_json: bool) -> None:
    """Bring the database to the newest revision; all of it or nothing on PostgreSQL.

    Other processes that are started meanwhile wait. Stop those of the older version before.
    """
    with _opened() as (database, address):
        before = schema.upgrade(database)
        after = schema.status(database)
    if as_json:
        print_json({"database": address, **_status_json(after), "before": before.current})
        return
    for step in before.pending:
        click.echo(f"{step.id}  {step.says}")
    notes.print(gettext("Up to date."))


@db.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def check(as_json: bool) -> None:
    """Compare tables, columns, types, indexes and triggers with what the program expects; nothing is changed.

    Exit status 0 when they agree, else 1.
    """
    with _opened() as (database, address):
        found = schema.status(database)
        differing = schema.differences(database)
    holds = found.known and not found.pending and not differing
    if as_json:
        print_json({"database": address, **_status_json(found), "holds": holds, "differences": differing})
    else:
        for difference in differing:
            click.echo(difference)
        click.echo(gettext("The schema is as expected.") if holds else gettext("The schema differs."))
    if not holds:
        raise SystemExit(DIFFERS)


@contextmanager
def _opened() -> Iterator[tuple[Engine, str]]:
    """Open the database as it is; give it with its address, without the password."""
    settings = Settings.from_environment()
    address = make_url(settings.database_url).render_as_string(hide_password=True)
    try:
        database = open_database(settings.database_url, settings.database)
    except (ImportError, OSError) as error:
        raise ValueError(f"Expected SAURO_DATABASE_URL to name a database, but {address}: {error}") from error
    try:
        yield database, address
    finally:
        database.dispose()


def _status_json(found: schema.SchemaStatus) -> dict[str, object]:
    return {
        "current": found.current,
        "newest": found.newest,
        "known": found.known,
        "pending": [{"revision": step.id, "says": step.says} for step in found.pending],
    }
