"""``sauro timers``: the timers' account of themselves."""

from datetime import timedelta
from typing import Any

import click

from engine import clock
from engine.database import reading
from engine.timers.audit import WORST, ElementTimers, LateTimer, TimerAudit, audit_timers
from web.cli.installation import open_installation
from web.cli.output import print_json, print_table
from web.language import gettext


@click.group()
def timers() -> None:
    """Show what timers were set, what fired and how late."""


@timers.command()
@click.option("--process", help="Only timers of this process (its key).")
@click.option(
    "--worst", type=click.IntRange(0, 1000), default=WORST, show_default=True, help="Late ones named."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document; lags in seconds.")
def audit(process: str | None, worst: int, as_json: bool) -> None:
    """Print, per element: timers set, fired, cancelled, failed, waiting, overdue now, and their lag."""
    installation = open_installation()
    with reading(installation.database) as connection:
        audited = audit_timers(connection, process_key=process, worst=worst)
    if as_json:
        print_json(_audit_json(audited))
        return
    headings = [
        gettext("Process"), gettext("Element"), gettext("Set"), gettext("Fired"), gettext("Cancelled"),
        gettext("Failed"), gettext("Waiting"), gettext("Overdue"), "p50", "p95", "max",
    ]  # fmt: skip
    print_table(headings, [_row(each) for each in audited.elements])
    if audited.worst:
        click.echo()
        headings = [gettext("Lag"), gettext("Due"), gettext("Fired"), gettext("Element"), gettext("Instance")]
        print_table(headings, [_late_row(each) for each in audited.worst])


def _row(element: ElementTimers) -> list[str]:
    counts = (
        element.scheduled, element.fired, element.cancelled, element.failed, element.waiting, element.overdue
    )  # fmt: skip
    lags = (element.lag_p50, element.lag_p95, element.lag_max)
    return [
        element.process_key,
        element.element_id,
        *map(str, counts),
        *("-" if lag is None else _lag(lag) for lag in lags),
    ]


def _late_row(late: LateTimer) -> list[str]:
    def local(instant: Any) -> str:
        return (
            "-" if instant is None else instant.astimezone(clock.BUSINESS_ZONE).strftime("%d/%m/%Y %H:%M:%S")
        )

    return [_lag(late.lag), local(late.due_at), local(late.ended_at), late.element_id, late.business_key]


def _lag(lag: timedelta) -> str:
    return f"{lag.total_seconds():.3f} s"


def _seconds(lag: timedelta | None) -> float | None:
    return None if lag is None else lag.total_seconds()


def _audit_json(audited: TimerAudit) -> dict[str, Any]:
    return {
        "audited_at": clock.to_text(audited.audited_at),
        "elements": [
            {
                "process_key": each.process_key,
                "element_id": each.element_id,
                "scheduled": each.scheduled,
                "fired": each.fired,
                "cancelled": each.cancelled,
                "failed": each.failed,
                "waiting": each.waiting,
                "overdue": each.overdue,
                "lag_p50": _seconds(each.lag_p50),
                "lag_p95": _seconds(each.lag_p95),
                "lag_max": _seconds(each.lag_max),
            }
            for each in audited.elements
        ],
        "worst": [
            {
                "timer_id": str(each.timer_id),
                "instance_id": str(each.instance_id),
                "business_key": each.business_key,
                "process_key": each.process_key,
                "element_id": each.element_id,
                "due_at": clock.to_text(each.due_at),
                "ended_at": None if each.ended_at is None else clock.to_text(each.ended_at),
                "lag": _seconds(each.lag),
            }
            for each in audited.worst
        ],
    }
