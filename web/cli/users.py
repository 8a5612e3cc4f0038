"""``sauro users``: accounts, for whoever holds the machine."""

import click
from sqlalchemy.orm import Session

from engine import clock
from processes.access.accounts import create_user, hash_password
from processes.access.policy import Role
from processes.units.store import load_registry
from web.cli.installation import open_installation
from web.language import gettext


@click.group()
def users() -> None:
    """Create accounts."""


@users.command()
@click.argument("username")
@click.option("--name", required=True, help="The person's full name.")
@click.option(
    "--role",
    "roles",
    required=True,
    multiple=True,
    type=click.Choice([role.value for role in Role]),
    help="May be given several times.",
)
@click.option("--unit", help="Code of the unit the person works in.")
@click.option("--email", help="Where digests go.")
@click.password_option(help="At least ten characters; asked for when left out.")
def add(
    username: str, name: str, roles: tuple[str, ...], unit: str | None, email: str | None, password: str
) -> None:
    """Create the account USERNAME."""
    installation = open_installation()
    hashed = hash_password(password)
    with Session(installation.database) as session, session.begin():
        if unit is not None:
            _check_unit(session, unit)
        create_user(
            session,
            username=username,
            name=name,
            email=email,
            password_hash=hashed,
            roles=[Role(role) for role in roles],
            unit_code=unit,
        )
    click.echo(gettext("%(username)s may sign in now", username=username.lower()))


def _check_unit(session: Session, code: str) -> None:
    registry = load_registry(session.connection())
    if not registry.units:
        raise ValueError(gettext("No registry of units is loaded; run: sauro units load FILE"))
    registry.at(clock.today()).of_code(code)
