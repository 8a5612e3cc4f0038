"""The options by which commands select process instances."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import click

from engine import clock
from engine.database import reading
from engine.instances.incidents import find_cause
from engine.instances.instance import ACTIVE, CANCELLED, COMPLETED, SUSPENDED
from engine.instances.selection import InstanceFilter
from web.cli.installation import Installation

Command = TypeVar("Command", bound=Callable[..., Any])

_STATUSES = (ACTIVE, SUSPENDED, COMPLETED, CANCELLED)


class _Instant(click.ParamType[datetime]):
    """A day, or an instant; without a zone it is of the business time zone."""

    name = "instant"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read ISO 8601."""
        if isinstance(value, datetime):
            return value
        try:
            instant = datetime.fromisoformat(str(value))
            return clock.require_aware(
                instant.replace(tzinfo=clock.BUSINESS_ZONE) if instant.tzinfo is None else instant
            )
        except (ValueError, OverflowError):
            self.fail(f"'{value}' is no day or instant such as 2026-06-15 or 2026-06-15T08:00", param, ctx)


_OPTIONS = (
    click.option("--process", "process_key", metavar="KEY", help="Instances of this process."),
    click.option("--version", type=click.IntRange(1), metavar="N", help="Of this version."),
    click.option("--definition", "definition_hash", metavar="HASH", help="Of this definition."),
    click.option(
        "--status", "statuses", multiple=True, type=click.Choice(_STATUSES), help="In this state; repeat it."
    ),
    click.option("--key-contains", "business_key_contains", metavar="TEXT", help="With this in their key."),
    click.option("--element", "element_id", metavar="ID", help="That wait at this element."),
    click.option("--with-incident", "has_incident", is_flag=True, help="With an open incident."),
    click.option("--incident-cause", metavar="CAUSE", help="With an open incident of this cause."),
    click.option("--started-from", type=_Instant(), metavar="DAY", help="Started then or later."),
    click.option("--started-before", type=_Instant(), metavar="DAY", help="Started earlier."),
    click.option("--due-before", type=_Instant(), metavar="DAY", help="With an open task due earlier."),
)


def selects_instances(command: Command) -> Command:
    """Add the options; :func:`filter_of` reads them."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def filter_of(installation: Installation, given: dict[str, Any]) -> InstanceFilter | None:
    """Return the filter that the options make; ``None`` if none was given.

    Raises:
        NotFound: no incident has the cause.
    """
    if not any(given.values()):
        return None
    if given["incident_cause"]:
        with reading(installation.database) as connection:
            given = {**given, "incident_cause": find_cause(connection, given["incident_cause"])}
    return InstanceFilter(**given)
