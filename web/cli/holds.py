"""``sauro holds``: what is neither archived nor thrown away, whatever a policy says."""

from typing import Any
from uuid import UUID

import click

from engine import clock
from engine.archive.holds import LegalHold, Scope, covered_count, lift, place
from engine.archive.holds import holds as standing_holds
from engine.database import reading
from web.cli.history import find_instance_id
from web.cli.installation import open_installation, operator
from web.cli.output import local_time, print_json, print_table
from web.language import gettext

_REASON = click.option("--reason", required=True, help="Why; it stays on record.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@click.group()
def holds() -> None:
    """Keep what must not be archived or thrown away."""


@holds.command(name="place")
@click.option("--instance", help="One instance, by identifier or business key.")
@click.option("--process", metavar="KEY", help="Every instance of a process.")
@click.option(
    "--business-key", metavar="PATTERN", help="Instances whose business key fits; * and ? as in file names."
)
@_REASON
@_JSON
def place_(
    instance: str | None, process: str | None, business_key: str | None, reason: str, as_json: bool
) -> None:
    """Place a legal hold on an instance, a process, or the business keys that fit a pattern.

    What is covered later is held, too. What is archived already stays in its file, and is counted.
    """
    named = [subject for subject in (instance, process, business_key) if subject is not None]
    if len(named) != 1:
        raise click.UsageError("name one of --instance, --process and --business-key")
    installation = open_installation()
    with installation.database.begin() as connection:
        if instance is not None:
            scope, subject = Scope.INSTANCE, str(find_instance_id(connection, instance))
        else:
            scope, subject = Scope.PROCESS if process is not None else Scope.BUSINESS_KEY, named[0]
        hold_id = place(connection, scope, subject, reason=reason, actor=operator())
    with reading(installation.database) as connection:
        hold = next(each for each in standing_holds(connection, lifted=True) if each.id == hold_id)
        instances, archived = covered_count(connection, hold)
    if as_json:
        print_json({**_hold_json(hold), "instances": instances, "archived": archived})
        return
    click.echo(
        gettext(
            "hold %(hold)s covers %(instances)s instances now, %(archived)s of them archived",
            hold=hold_id,
            instances=instances,
            archived=archived,
        )
    )


@holds.command(name="lift")
@click.argument("hold", type=click.UUID)
@_REASON
def lift_(hold: UUID, reason: str) -> None:
    """Lift HOLD; it stays on record."""
    with open_installation().database.begin() as connection:
        lift(connection, hold, reason=reason, actor=operator())
    click.echo(gettext("hold %(hold)s is lifted", hold=hold))


@holds.command(name="list")
@click.option("--all", "everything", is_flag=True, help="Lifted ones, too.")
@_JSON
def list_(everything: bool, as_json: bool) -> None:
    """List the holds that stand."""
    with reading(open_installation().database) as connection:
        found = standing_holds(connection, lifted=everything)
    if as_json:
        print_json([_hold_json(hold) for hold in found])
        return
    print_table(
        [
            gettext("Hold"),
            gettext("Scope"),
            gettext("Subject"),
            gettext("Reason"),
            gettext("Placed at"),
            gettext("By"),
            gettext("Lifted at"),
        ],
        [
            [
                str(hold.id),
                hold.scope.value,
                hold.subject,
                hold.reason,
                local_time(hold.placed_at),
                hold.placed_by,
                "-" if hold.lifted_at is None else f"{local_time(hold.lifted_at)} ({hold.lift_reason})",
            ]
            for hold in found
        ],
    )


def _hold_json(hold: LegalHold) -> dict[str, Any]:
    return {
        "id": str(hold.id),
        "scope": hold.scope.value,
        "subject": hold.subject,
        "reason": hold.reason,
        "placed_by": hold.placed_by,
        "placed_at": clock.to_text(hold.placed_at),
        "lifted_by": hold.lifted_by,
        "lifted_at": None if hold.lifted_at is None else clock.to_text(hold.lifted_at),
        "lift_reason": hold.lift_reason,
    }
