"""``sauro definitions list`` and ``diff``: which versions there are, who runs under them, what differs."""

from collections.abc import Iterable

import click

from engine import clock
from engine.database import reading
from engine.definitions.difference import Change, Difference, Item, difference
from engine.definitions.migrate import running_counts
from engine.definitions.versions import Version, versions_of
from web.cli.installation import open_installation
from web.cli.output import print_json, print_table
from web.definitions.words import change_words, kind_words, value_words
from web.language import gettext

#: Characters of a text that are shown of it in a line.
_SHOWN = 120


@click.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def list_(as_json: bool) -> None:
    """List the deployed processes, their versions, and how many instances run under each."""
    installation = open_installation()
    with reading(installation.database) as connection:
        versions = versions_of(connection)
        running = running_counts(connection)
    if as_json:
        print_json([_version_json(version, running.get(version.hash, 0)) for version in versions])
        return
    headings = [
        gettext("Process"),
        gettext("Version"),
        gettext("Name"),
        gettext("Deployed at"),
        gettext("Running"),
    ]
    rows = [
        [
            version.process_key,
            str(version.number),
            version.name,
            version.deployed_at.astimezone(clock.BUSINESS_ZONE).strftime("%d/%m/%Y %H:%M"),
            str(running.get(version.hash, 0)),
        ]
        for version in versions
    ]
    print_table(headings, rows)


@click.command()
@click.argument("process")
@click.argument("before", metavar="FROM", type=click.IntRange(min=1))
@click.argument("after", metavar="TO", type=click.IntRange(min=1))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def diff(process: str, before: int, after: int, as_json: bool) -> None:
    """Say what differs between version FROM and version TO of PROCESS."""
    installation = open_installation()
    with reading(installation.database) as connection:
        found = difference(connection, installation.dispatcher.definitions, process, before, after)
    if as_json:
        print_json(found.to_json())
        return
    for title, items in _sections(found):
        if items:
            click.echo(title)
            for item in items:
                _print_item(item)
    for change in found.process:
        click.echo(_line(change))
    if found.is_empty:
        click.echo(gettext("Both versions do the same."))


def _sections(found: Difference) -> Iterable[tuple[str, tuple[Item, ...]]]:
    yield gettext("Elements"), found.elements
    yield gettext("Flows"), found.flows
    yield gettext("Decisions"), found.decisions
    for form_id, fields in found.forms.items():
        yield gettext("Form “%(form)s”", form=form_id), fields
    yield gettext("Called processes"), found.called


def _print_item(item: Item) -> None:
    name = f" “{item.name}”" if item.name else ""
    click.echo(f"  {item.id}{name} ({item.type}): {kind_words(item.kind)}")
    for change in item.changes:
        click.echo(f"  {_line(change)}")


def _line(change: Change) -> str:
    before, after = (_text(value_words(change.what, value)) for value in (change.before, change.after))
    return f"  {change_words(change)}: {before} → {after}"


def _text(text: str | None) -> str:
    words = "–" if text is None else " ".join(text.split())
    return words if len(words) <= _SHOWN else f"{words[:_SHOWN]}…"


def _version_json(version: Version, running: int) -> dict[str, object]:
    return {
        "process_id": version.process_key,
        "version": version.number,
        "hash": version.hash,
        "name": version.name,
        "deployed_at": clock.to_text(version.deployed_at),
        "deployed_by": version.deployed_by,
        "running": running,
    }
