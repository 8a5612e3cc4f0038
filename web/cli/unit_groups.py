"""``sauro units groups``: groups of units that the office defines, recognised in letters by name and wordings."""

from datetime import datetime
from typing import Any

import click
from sqlalchemy.orm import Session

from engine import clock
from engine.database import reading
from engine.ids import new_id
from processes.units.group_acts import close_group, define_group
from processes.units.office_groups import OfficeGroup
from processes.units.registry import UnitRegistry
from processes.units.store import load_registry
from processes.units.units_rows import KINDS
from web.cli.installation import open_installation
from web.cli.output import print_json, print_table
from web.cli.unit_acts import registrar
from web.language import gettext
from web.unit_changes import period_in_words

_DAY = click.DateTime(formats=["%Y-%m-%d"])
_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
_SOURCE = click.option("--source", required=True, help="The legal source.")
_REASON = click.option("--reason", required=True, help="Why, in words.")


@click.group()
def groups() -> None:
    """Keep the groups that the office defines."""


@groups.command(name="list")
@_JSON
def list_(as_json: bool) -> None:
    """Print the groups with their members of today."""
    with reading(open_installation().database) as connection:
        registry = load_registry(connection)
    if as_json:
        print_json([_group_json(registry, group) for group in registry.office_groups])
        return
    rows = [
        [
            group.code,
            group.name,
            period_in_words(group.valid_from, group.valid_to),
            ", ".join(_members(registry, group)),
        ]
        for group in registry.office_groups
    ]
    print_table([gettext("Code"), gettext("Name"), gettext("Period"), gettext("Units")], rows)


@groups.command(name="set")
@click.argument("code")
@click.argument("name")
@click.option("--wording", "wordings", multiple=True, help="Another phrase that names it; may be repeated.")
@click.option(
    "--kind", "kinds", multiple=True, type=click.Choice(sorted(KINDS)), help="All units of this kind."
)
@click.option("--unit", "members", multiple=True, help="Code of a unit that belongs to it; may be repeated.")
@click.option(
    "--from", "valid_from", required=True, type=_DAY, help="First day on which it holds, YYYY-MM-DD."
)
@_SOURCE
@_REASON
def set_(
    code: str,
    name: str,
    wordings: tuple[str, ...],
    kinds: tuple[str, ...],
    members: tuple[str, ...],
    valid_from: datetime,
    source: str,
    reason: str,
) -> None:
    """Let the group CODE, called NAME, begin or be another from a day on."""
    group = OfficeGroup(
        code=code,
        name=name,
        wordings=wordings,
        kinds=frozenset(kinds),
        members=members,
        valid_from=valid_from.date(),
    )
    with Session(open_installation().database) as session, session.begin():
        define_group(session, group, request_id=new_id(), source=source, reason=reason, by=registrar())


@groups.command()
@click.argument("code")
@click.option("--last-day", required=True, type=_DAY, help="Its last day, YYYY-MM-DD.")
@_SOURCE
@_REASON
def end(code: str, last_day: datetime, source: str, reason: str) -> None:
    """End the group CODE with a day."""
    with Session(open_installation().database) as session, session.begin():
        close_group(
            session,
            code,
            last_day=last_day.date(),
            request_id=new_id(),
            source=source,
            reason=reason,
            by=registrar(),
        )


def _members(registry: UnitRegistry, group: OfficeGroup) -> list[str]:
    today = clock.today()
    if not group.holds_on(today):
        return list(group.members)
    return [unit.code for unit in registry.expand_group(group.name, today)]


def _group_json(registry: UnitRegistry, group: OfficeGroup) -> dict[str, Any]:
    return {
        "code": group.code,
        "name": group.name,
        "wordings": list(group.wordings),
        "kinds": sorted(group.kinds),
        "units": list(group.members),
        "members": _members(registry, group),
        "valid_from": group.valid_from.isoformat(),
        "valid_to": None if group.valid_to is None else group.valid_to.isoformat(),
    }
