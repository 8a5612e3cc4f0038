"""``sauro batches``: how far they are, and what their items came to."""

from uuid import UUID

import click

from engine import clock
from engine.batches.control import cancel_batch, retry_failed
from engine.batches.progress import (
    CANCELLED,
    DONE,
    FAILED,
    ITEM_STATUSES,
    REFUSED,
    RUNNING,
    find_batch,
    items_of,
    list_batches,
)
from engine.database import reading
from web.cli.giving import answer_batch, batch_json, batch_line, json_option, run_to_the_end
from web.cli.installation import open_installation, operator
from web.cli.output import print_json, print_table
from web.language import gettext

_BATCH = click.argument("batch", type=click.UUID)


@click.group()
def batches() -> None:
    """Show, run, cancel and retry batches of commands."""


@batches.command(name="list")
@click.option("--status", type=click.Choice([RUNNING, DONE, CANCELLED]), help="Only these.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="The newest.")
@json_option
def list_(status: str | None, limit: int, as_json: bool) -> None:
    """Print batches, newest first."""
    with reading(open_installation().database) as connection:
        found = list_batches(connection, status=status, limit=limit)
    if as_json:
        print_json([batch_json(each) for each in found])
        return
    headings = [
        gettext("Batch"), gettext("At"), gettext("Command"), gettext("State"), gettext("Treated"),
        gettext("Reason"),
    ]  # fmt: skip
    rows = [
        [
            str(each.id),
            each.created_at.astimezone(clock.BUSINESS_ZONE).strftime("%d/%m/%Y %H:%M:%S"),
            each.command,
            each.status,
            f"{each.treated}/{each.total}",
            each.reason,
        ]
        for each in found
    ]
    print_table(headings, rows)


@batches.command()
@_BATCH
@click.option("--items", "statuses", multiple=True, type=click.Choice(ITEM_STATUSES), help="Name these.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True, help="Items named.")
@json_option
def show(batch: UUID, statuses: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Print BATCH, with the items that were refused or failed."""
    with reading(open_installation().database) as connection:
        view = find_batch(connection, batch)
        items = items_of(connection, batch, statuses=statuses or (REFUSED, FAILED), limit=limit)
    if as_json:
        print_json(batch_json(view, items))
        return
    click.echo(batch_line(view))
    for item in items:
        click.echo(f"{item.position}  {item.subject}  {item.status}  {item.code or '-'}  {item.detail or ''}")


@batches.command()
@_BATCH
@json_option
def run(batch: UUID, as_json: bool) -> None:
    """Work on BATCH until nothing of it is left, beside the workers. Exit 0 when all was done, else 1."""
    installation = open_installation()
    with reading(installation.database) as connection:
        view = find_batch(connection, batch)
    answer_batch(run_to_the_end(installation, view), as_json=as_json)


@batches.command()
@_BATCH
@json_option
def cancel(batch: UUID, as_json: bool) -> None:
    """Stop BATCH; what is done stays."""
    view = cancel_batch(open_installation().database, batch, actor=operator())
    if as_json:
        print_json(batch_json(view))
    else:
        click.echo(batch_line(view))


@batches.command()
@_BATCH
@click.option("--no-wait", is_flag=True, help="Leave it to the workers.")
@json_option
def retry(batch: UUID, no_wait: bool, as_json: bool) -> None:
    """Give the commands of BATCH again that were refused or failed. Exit 0 when all was done, else 1."""
    installation = open_installation()
    view = retry_failed(installation.database, batch, actor=operator())
    answer_batch(view if no_wait else run_to_the_end(installation, view), as_json=as_json)
