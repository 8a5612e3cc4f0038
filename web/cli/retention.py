"""``sauro retention``: how long the instances of a process are kept after their end."""

import click

from engine import clock
from engine.archive.policies import policies, set_policy
from engine.database import reading
from web.cli.installation import open_installation, operator
from web.cli.output import local_time, print_json, print_table
from web.language import gettext


@click.group()
def retention() -> None:
    """Say how long instances are kept after their end; without a policy for ever."""


@retention.command(name="set")
@click.argument("process")
@click.argument("duration", required=False)
@click.option("--for-ever", is_flag=True, help="Instead of DURATION.")
@click.option("--reason", required=True, help="Why, such as the plan of files; it stays on record.")
def set_(process: str, duration: str | None, for_ever: bool, reason: str) -> None:
    """Keep instances of PROCESS for DURATION (ISO 8601, such as P5Y) after their end, then archive them."""
    if (duration is None) != for_ever:
        raise click.UsageError("name a DURATION, or say --for-ever")
    with open_installation().database.begin() as connection:
        set_policy(connection, process, duration, reason=reason, actor=operator())
    click.echo(f"{process}  {duration or '-'}")


@retention.command(name="list")
@click.option("--history", is_flag=True, help="Earlier policies, too.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def list_(history: bool, as_json: bool) -> None:
    """List the policies that rule."""
    with reading(open_installation().database) as connection:
        found = policies(connection, earlier=history)
    if as_json:
        print_json(
            [
                {
                    "process_key": policy.process_key,
                    "keep_for": policy.keep_for,
                    "reason": policy.reason,
                    "set_by": policy.set_by,
                    "set_at": clock.to_text(policy.set_at),
                }
                for policy in found
            ]
        )
        return
    print_table(
        [gettext("Process"), gettext("Kept for"), gettext("Reason"), gettext("Set at"), gettext("By")],
        [
            [
                policy.process_key,
                policy.keep_for or gettext("for ever"),
                policy.reason,
                local_time(policy.set_at),
                policy.set_by,
            ]
            for policy in found
        ],
    )
