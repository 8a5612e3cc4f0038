"""Gives an operator's command to one subject, or to many as a batch."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar
from uuid import UUID

import click
from rich.progress import Progress

from engine import clock
from engine.actors import Actor
from engine.batches.create import NewBatch, count_subjects, create_batch
from engine.batches.kinds import command_for, kind_of, parameters_of
from engine.batches.progress import DONE, FAILED, PENDING, REFUSED, RUNNING, BatchItem, BatchView, find_batch
from engine.batches.run import run_batches
from engine.commands import Command
from engine.database import reading
from engine.dispatch import Answer
from engine.ids import new_id
from engine.instances.selection import InstanceFilter
from web.cli.installation import Installation, operator
from web.cli.output import notes, print_json
from web.language import gettext
from web.words import command_in_words

#: Exit status when some subjects were refused or failed.
NOT_ALL = 1
#: Commands given between two looks at the progress.
_ROUND = 60
#: Seconds until the next look where other processes work on the rest.
_PAUSE = 0.5

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

reason_option = click.option("--reason", required=True, help="Why; kept in every history.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


def many_options(command: Decorated) -> Decorated:
    """Add the options of a command that may become a batch."""
    for option in (
        json_option,
        click.option("--no-wait", is_flag=True, help="Leave a batch to the workers."),
        click.option("--yes", is_flag=True, help="Do it to all that match."),
        reason_option,
    ):
        command = option(command)
    return command


def give(
    installation: Installation,
    tag: str,
    subjects: Sequence[UUID],
    chosen: InstanceFilter | None,
    *,
    parameters: Mapping[str, Any],
    singular: Mapping[str, Any] | None = None,
    usual_statuses: tuple[str, ...] = (),
    reason: str,
    yes: bool,
    no_wait: bool,
    as_json: bool,
    actor: Actor | None = None,
) -> None:
    """Give a command to one subject at once, to several or to all that a filter finds as a batch.

    Args:
        singular: parameters that only one subject can have.
        usual_statuses: those of the instances meant where the filter names none.

    Raises:
        ValueError: a filter finds subjects, and ``yes`` was not said.
    """
    if bool(subjects) == (chosen is not None):
        raise click.UsageError("name what is meant, or select it with options such as --process")
    asking = actor or operator()
    if len(subjects) == 1:
        kind = kind_of(tag)
        payload = {**parameters_of(kind, parameters, reason), **(singular or {})}
        command = command_for(kind, subjects[0], payload, command_id=new_id(), actor=asking)
        execute(installation, command, as_json=as_json)
        return
    if singular:
        raise click.UsageError(f"--{next(iter(singular)).removesuffix('_id')} is for one instance")
    if chosen is not None and not chosen.statuses:
        chosen = replace(chosen, statuses=usual_statuses)
    if chosen is not None and not yes:
        with reading(installation.database) as connection:
            count = count_subjects(connection, tag, chosen)
        raise ValueError(f"Expected --yes, for this would be done to all that match: {count}")
    view = create_batch(
        installation.database,
        NewBatch(
            batch_id=new_id(),
            command=tag,
            actor=asking,
            reason=reason,
            parameters=parameters,
            subjects=subjects if chosen is None else chosen,
        ),
    )
    if not no_wait:
        view = run_to_the_end(installation, view)
    answer_batch(view, as_json=as_json)


def execute(installation: Installation, command: Command, *, as_json: bool) -> Answer:
    """Give one command and say what it came to."""
    answer = installation.dispatcher.execute(command)
    if as_json:
        print_json(
            {
                "instance_id": str(answer.instance_id),
                "sequence": answer.sequence,
                "events": list(answer.events),
            }
        )
    else:
        click.echo(
            gettext(
                "done: entry %(sequence)s of %(instance)s",
                sequence=answer.sequence,
                instance=answer.instance_id,
            )
        )
    return answer


def run_to_the_end(installation: Installation, view: BatchView) -> BatchView:
    """Work on a batch, beside others who do, until nothing of it is left; show the progress."""
    waited = False
    with Progress(console=notes, transient=True) as progress:
        shown = progress.add_task(command_in_words(view.command), total=view.total)
        while view.status == RUNNING:
            treated = run_batches(installation.dispatcher, limit=_ROUND, batch_id=view.id).treated
            with reading(installation.database) as connection:
                view = find_batch(connection, view.id)
            progress.update(shown, completed=view.treated)
            if not treated and view.status == RUNNING:
                if not waited:
                    waited = True
                    told = gettext(
                        "Another process works on the rest, or began it and ended; "
                        "what it left is free within a minute."
                    )
                    notes.print(told, soft_wrap=True, highlight=False)
                time.sleep(_PAUSE)
    return view


def answer_batch(view: BatchView, *, as_json: bool) -> None:
    """Print a batch; exit status 1 when something in it was refused or failed."""
    if as_json:
        print_json(batch_json(view))
    else:
        click.echo(batch_line(view))
    if view.counts[REFUSED] or view.counts[FAILED]:
        if not as_json:
            told = gettext("See why by: sauro batches show %(id)s", id=view.id)
            notes.print(told, soft_wrap=True, highlight=False)
        raise SystemExit(NOT_ALL)


def batch_line(view: BatchView) -> str:
    """Return the progress of a batch in one line."""
    counted = gettext(
        "%(done)s done, %(refused)s refused, %(failed)s failed, %(pending)s pending of %(total)s",
        done=view.counts[DONE],
        refused=view.counts[REFUSED],
        failed=view.counts[FAILED],
        pending=view.counts[PENDING],
        total=view.total,
    )
    return f"{view.id}  {view.command}  {view.status}: {counted}"


def batch_json(view: BatchView, items: Sequence[BatchItem] | None = None) -> dict[str, Any]:
    """Return a batch as JSON, with its items if they are given."""
    body: dict[str, Any] = {
        "batch_id": str(view.id),
        "command": view.command,
        "parameters": dict(view.parameters),
        "actor": view.actor_key,
        "reason": view.reason,
        "status": view.status,
        "total": view.total,
        "counts": dict(view.counts),
        "created_at": clock.to_text(view.created_at),
        "ended_at": None if view.ended_at is None else clock.to_text(view.ended_at),
    }
    if items is not None:
        body["items"] = [
            {
                "position": item.position,
                "subject": str(item.subject),
                "status": item.status,
                "code": item.code,
                "detail": item.detail,
                "instance_id": None if item.instance_id is None else str(item.instance_id),
                "ended_at": None if item.ended_at is None else clock.to_text(item.ended_at),
            }
            for item in items
        ]
    return body
