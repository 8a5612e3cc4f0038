"""``sauro tasks``: who works on what, decided by an operator or in a person's place."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import click
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import Actor
from engine.commands import AssignUserTask, ClaimUserTask, DelegateUserTask, ReleaseUserTask, ReturnUserTask
from engine.database import reading
from engine.errors import NotFound
from engine.instances.selection import InstanceFilter, select_tasks
from engine.tasklist import tasks_of
from processes.access.accounts import find_user
from processes.access.policy import actor_key, groups_of
from processes.access.tables import User
from web.cli.giving import give, json_option, many_options
from web.cli.installation import Installation, open_installation, operator
from web.cli.output import print_json, print_table
from web.cli.selecting import filter_of, selects_instances
from web.language import gettext

_TASKS = click.argument("tasks", nargs=-1, type=click.UUID)
_PERSON = click.option("--for", "username", required=True, metavar="NAME", help="In this person's place.")


@click.group()
def tasks() -> None:
    """List open user tasks, and say who works on them."""


@tasks.command(name="list")
@selects_instances
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
@json_option
def list_(limit: int, as_json: bool, **given: Any) -> None:
    """Print the open user tasks of the instances that match, oldest first."""
    installation = open_installation()
    chosen = filter_of(installation, given) or InstanceFilter()
    with reading(installation.database) as connection:
        ids: list[UUID] = []
        ids += connection.scalars(select_tasks(connection, chosen).limit(limit))
        found = tasks_of(connection, installation.dispatcher.definitions, ids)
    if as_json:
        print_json(
            [
                {
                    "task_id": str(task.id),
                    "instance_id": str(task.instance_id),
                    "business_key": task.business_key,
                    "element_id": task.element_id,
                    "assignee": task.assignee,
                    "candidate_groups": list(task.candidate_groups),
                    "due_at": None if task.due_at is None else clock.to_text(task.due_at),
                    "created_at": clock.to_text(task.created_at),
                }
                for task in found
            ]
        )
        return
    headings = [
        gettext("Task"), gettext("Element"), gettext("Given to"), gettext("Due"), gettext("Business key"),
    ]  # fmt: skip
    print_table(
        headings,
        [
            [
                str(task.id),
                task.element_id,
                task.assignee or ", ".join(task.candidate_groups) or "-",
                "-" if task.due_at is None else _local(task.due_at),
                task.business_key,
            ]
            for task in found
        ],
    )


@tasks.command()
@_TASKS
@click.option("--to", "username", metavar="NAME", help="Who gets them.")
@click.option("--to-groups", is_flag=True, help="Give them back to their groups.")
@selects_instances
@many_options
def assign(tasks: tuple[UUID, ...], username: str | None, to_groups: bool, **given: Any) -> None:
    """Give TASKS, or all open ones of instances that match, to a person, whoever had them."""
    if (username is None) != to_groups:
        raise click.UsageError("say --to NAME or --to-groups")
    installation = open_installation()
    assignee = None if username is None else _key_of(installation, username)
    _give(installation, AssignUserTask.tag, tasks, given, {"assignee": assignee}, operator())


@tasks.command()
@_TASKS
@_PERSON
@selects_instances
@many_options
def claim(tasks: tuple[UUID, ...], username: str, **given: Any) -> None:
    """Take TASKS, or all open ones of instances that match, for a person from that person's groups."""
    _give_for(ClaimUserTask.tag, tasks, username, given, {})


@tasks.command()
@_TASKS
@_PERSON
@selects_instances
@many_options
def release(tasks: tuple[UUID, ...], username: str, **given: Any) -> None:
    """Give TASKS, or all open ones of instances that match, which a person has back to their groups."""
    _give_for(ReleaseUserTask.tag, tasks, username, given, {})


@tasks.command()
@_TASKS
@_PERSON
@click.option("--to", "delegate", required=True, metavar="NAME", help="Who works on them instead.")
@selects_instances
@many_options
def delegate(tasks: tuple[UUID, ...], username: str, delegate: str, **given: Any) -> None:
    """Let somebody else work on TASKS, or all open ones of instances that match, and return them."""
    installation = open_installation()
    parameters = {"delegate": _key_of(installation, delegate)}
    _give(installation, DelegateUserTask.tag, tasks, given, parameters, _in_place_of(installation, username))


@tasks.command(name="return")
@_TASKS
@_PERSON
@selects_instances
@many_options
def return_(tasks: tuple[UUID, ...], username: str, **given: Any) -> None:
    """Give TASKS, or all open ones of instances that match, which were delegated to a person back."""
    _give_for(ReturnUserTask.tag, tasks, username, given, {})


def _give_for(
    tag: str, tasks: Sequence[UUID], username: str, given: dict[str, Any], parameters: dict[str, Any]
) -> None:
    installation = open_installation()
    _give(installation, tag, tasks, given, parameters, _in_place_of(installation, username))


def _give(
    installation: Installation,
    tag: str,
    tasks: Sequence[UUID],
    given: dict[str, Any],
    parameters: dict[str, Any],
    actor: Actor,
) -> None:
    how = {name: given.pop(name) for name in ("reason", "yes", "no_wait", "as_json")}
    give(installation, tag, tasks, filter_of(installation, given), parameters=parameters, actor=actor, **how)


def _user(session: Session, username: str) -> User:
    found = find_user(session, username)
    if found is None:
        raise NotFound(f"Expected an account '{username}', but there is none")
    return found


def _key_of(installation: Installation, username: str) -> str:
    with Session(installation.database) as session:
        return actor_key(_user(session, username).username)


def _in_place_of(installation: Installation, username: str) -> Actor:
    """Return the operator in a person's place: the history names both."""
    typing = operator()
    with Session(installation.database) as session:
        person = _user(session, username)
        return Actor(
            key=typing.key,
            name=typing.name,
            groups=groups_of(person),
            permissions=typing.permissions,
            on_behalf_of=actor_key(person.username),
        )


def _local(instant: Any) -> str:
    return str(instant.astimezone(clock.BUSINESS_ZONE).strftime("%d/%m/%Y %H:%M:%S"))
