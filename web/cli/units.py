"""``sauro units``: the registry of units."""

from dataclasses import asdict
from pathlib import Path

import click
from sqlalchemy.orm import Session

from processes.units.store import save_units
from processes.units.units_csv import read_units_csv, separator_of
from web.cli.installation import open_installation
from web.cli.output import notes, print_json
from web.language import gettext


@click.group()
def units() -> None:
    """Keep the registry of units."""


@units.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def load(file: Path, as_json: bool) -> None:
    """Load the registry from the CSV FILE; the whole file or nothing.

    Loading again changes what has changed and adds what is new. A unit that the file no longer names stays; to end
    one, give its row a day in the column valid_to.
    """
    if separator_of(file) == ";":
        notes.print(gettext("The columns of this file are separated by semicolons; it is read so."))
    found = read_units_csv(file)
    installation = open_installation()
    with Session(installation.database) as session, session.begin():
        saved = save_units(session, found)
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
