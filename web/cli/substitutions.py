"""``sauro substitutions``: who stands in for whom, for whoever holds the machine."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import click
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import Actor
from engine.errors import NotFound
from engine.ids import new_id
from processes.access.accounts import find_user
from processes.access.policy import Permission
from processes.access.substitution import add_substitution, end_substitution
from processes.access.substitution import substitutions as all_substitutions
from processes.access.tables import Substitution, User
from web.cli.installation import open_installation, operator
from web.cli.output import print_json, print_table
from web.language import gettext
from web.typography import day

_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group()
def substitutions() -> None:
    """Name substitutes for people who are away."""


@substitutions.command()
@click.argument("person")
@click.argument("substitute")
@click.option("--from", "from_on", required=True, type=_DAY, help="First day, YYYY-MM-DD.")
@click.option("--to", "to_on", required=True, type=_DAY, help="Last day, included.")
@click.option("--reason", required=True, help="Why the person is away.")
@_JSON
def add(person: str, substitute: str, from_on: datetime, to_on: datetime, reason: str, as_json: bool) -> None:
    """Let SUBSTITUTE work on the tasks of PERSON (user names) in their place."""
    with Session(open_installation().database) as session, session.begin():
        added = add_substitution(
            session,
            substitution_id=new_id(),
            person=_user(session, person),
            substitute=_user(session, substitute),
            from_on=from_on.date(),
            to_on=to_on.date(),
            reason=reason,
            by=_administrator(),
        )
        shown = _shown(added)
    if as_json:
        print_json(shown)
        return
    click.echo(
        gettext(
            "%(substitute)s stands in for %(person)s from %(begin)s to %(end)s",
            substitute=shown["substitute"],
            person=shown["person"],
            begin=day(from_on.date()),
            end=day(to_on.date()),
        )
    )


@substitutions.command()
@click.argument("substitution", type=click.UUID)
@_JSON
def end(substitution: UUID, as_json: bool) -> None:
    """End SUBSTITUTION, named by its identifier, from now on."""
    with Session(open_installation().database) as session, session.begin():
        shown = _shown(end_substitution(session, substitution, by=_administrator()))
    if as_json:
        print_json(shown)
        return
    click.echo(
        gettext(
            "%(substitute)s no longer stands in for %(person)s",
            substitute=shown["substitute"],
            person=shown["person"],
        )
    )


@substitutions.command(name="list")
@click.option("--all", "everything", is_flag=True, help="Also those that are over.")
@_JSON
def list_(everything: bool, as_json: bool) -> None:
    """Show who stands in for whom, now and in days to come."""
    today = clock.today()
    with Session(open_installation().database) as session:
        rows = [
            _shown(row)
            for row in all_substitutions(session)
            if everything or (row.ended_at is None and row.to_on >= today)
        ]
    if as_json:
        print_json(rows)
        return
    if not rows:
        click.echo(gettext("Nobody stands in for anybody"))
        return
    headings = [
        gettext("Away"),
        gettext("Who stands in"),
        gettext("From"),
        gettext("Until"),
        gettext("Reason"),
        "",
    ]
    print_table(
        headings,
        [
            [
                row["person"],
                row["substitute"],
                day(date.fromisoformat(row["from"])),
                day(date.fromisoformat(row["to"])),
                row["reason"],
                row["id"],
            ]
            for row in rows
        ],
    )


def _user(session: Session, username: str) -> User:
    found = find_user(session, username)
    if found is None:
        raise NotFound(f"Expected an account '{username}', but there is none")
    return found


def _administrator() -> Actor:
    return replace(operator(), permissions=frozenset({Permission.USER_MANAGE.value}))


def _shown(row: Substitution) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "person": row.person.username,
        "substitute": row.substitute.username,
        "from": row.from_on.isoformat(),
        "to": row.to_on.isoformat(),
        "reason": row.reason,
        "created_by": row.created_by,
        "ended_by": row.ended_by,
        "ended_at": None if row.ended_at is None else clock.to_text(row.ended_at),
    }
