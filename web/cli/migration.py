"""``sauro definitions migrate``: running instances go on under another version, previewed first."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import click

from engine import clock
from engine.batches.create import NewBatch, create_batch
from engine.batches.progress import DONE, FAILED, REFUSED, BatchItem, items_of
from engine.commands import MigrateInstance
from engine.database import reading
from engine.definitions.migrate import Preview, preview, propose_mapping, reasons, running_instances
from engine.definitions.versions import Version, version_of
from engine.ids import new_id
from engine.spiff import WaitingEvent
from web.cli.giving import run_to_the_end
from web.cli.installation import Installation, open_installation, operator
from web.cli.output import REFUSED as EXIT_REFUSED
from web.cli.output import notes, print_json
from web.language import gettext

#: Business keys that are named for each reason.
_EXAMPLES = 3


@click.command()
@click.argument("process")
@click.option("--from", "before", type=click.IntRange(min=1), required=True, help="Version they run under.")
@click.option("--to", "after", type=click.IntRange(min=1), required=True, help="Version to go on under.")
@click.option(
    "--map",
    "pairs",
    multiple=True,
    metavar="OLD=NEW",
    help="Where an element goes; an event that listens is withdrawn by OLD=. Repeat it.",
)
@click.option("--reason", default="", help="Why; kept in every history.")
@click.option("--preview", "only_preview", is_flag=True, help="Show what would happen; change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def migrate(
    context: click.Context,
    process: str,
    before: int,
    after: int,
    pairs: tuple[str, ...],
    reason: str,
    only_preview: bool,
    as_json: bool,
) -> None:
    """Let all running instances of a version of PROCESS go on under another.

    Elements keep their ids; where one is gone, the one of its name and type is taken, or what --map says.
    Deadlines stay. What cannot go on stays where it is, with the reasons. Exit 0 when all did, else 2.
    """
    if not only_preview and not reason.strip():
        raise click.UsageError("say why with --reason, or --preview what would happen")
    if before == after:
        raise click.UsageError(f"version {after} is where they are; choose another one with --to")
    installation = open_installation()
    with reading(installation.database) as connection:
        source, target = version_of(connection, process, before), version_of(connection, process, after)
        definitions = installation.dispatcher.definitions
        mapping = propose_mapping(
            definitions.get(connection, source.hash).model, definitions.get(connection, target.hash).model
        )
        mapping |= dict(map(_pair, pairs))
        instance_ids = running_instances(connection, source.hash)
    common: dict[str, Any] = {
        "process_id": process,
        "from": before,
        "to": after,
        "mapping": mapping,
        "instances": len(instance_ids),
    }
    if only_preview:
        possible = _show_preview(installation, instance_ids, target, mapping, common, as_json=as_json)
    else:
        possible = _migrate(installation, instance_ids, target, mapping, reason, common, as_json=as_json)
    context.exit(0 if possible else EXIT_REFUSED)


def _pair(text: str) -> tuple[str, str]:
    old, equals, new = text.partition("=")
    if not (old and equals):
        raise click.UsageError(f"'{text}' is not OLD=NEW")
    return old, new


def _previewed(
    installation: Installation, instance_ids: Sequence[UUID], target: Version, mapping: Mapping[str, str]
) -> list[Preview]:
    dispatcher = installation.dispatcher
    with reading(installation.database) as connection:
        return preview(
            connection,
            dispatcher.definitions,
            instance_ids,
            target.hash,
            mapping,
            functions=dispatcher.functions,
        )


def _show_preview(
    installation: Installation,
    instance_ids: Sequence[UUID],
    target: Version,
    mapping: Mapping[str, str],
    common: Mapping[str, Any],
    *,
    as_json: bool,
) -> bool:
    previews = _previewed(installation, instance_ids, target, mapping)
    possible = [each for each in previews if each.is_possible]
    if as_json:
        print_json({**common, "possible": len(possible), "previews": [each.to_json() for each in previews]})
        return len(possible) == len(previews)
    _print_mapping(mapping)
    click.echo(
        gettext(
            "%(possible)s of %(all)s instances can go on under version %(version)s",
            possible=len(possible),
            all=len(previews),
            version=target.number,
        )
    )
    moves = Counter((token.from_element, token.to_element) for each in possible for token in each.moved)
    for (old, new), count in moves.most_common():
        click.echo(f"  {old} → {new}  {count}" if old != new else f"  {old}  {count}")
    for title, events in (
        (gettext("Timers and events that begin to wait"), [event for each in possible for event in each.new]),
        (
            gettext("Timers and events that are withdrawn"),
            [event for each in possible for event in each.lost],
        ),
    ):
        if events:
            click.echo(title)
            _print_events(events)
    _print_reasons(previews)
    return len(possible) == len(previews)


def _migrate(
    installation: Installation,
    instance_ids: Sequence[UUID],
    target: Version,
    mapping: Mapping[str, str],
    reason: str,
    common: Mapping[str, Any],
    *,
    as_json: bool,
) -> bool:
    batch_id: UUID | None = None
    counts: Mapping[str, int] = {DONE: 0, REFUSED: 0, FAILED: 0}
    refused: list[Preview] = []
    failed: list[BatchItem] = []
    if instance_ids:
        batch_id = new_id()
        view = create_batch(
            installation.database,
            NewBatch(
                batch_id=batch_id,
                command=MigrateInstance.tag,
                actor=operator(),
                reason=reason,
                subjects=instance_ids,
                parameters={"definition_hash": target.hash, "mapping": dict(mapping)},
            ),
        )
        told = gettext("Batch %(id)s; go on with it by: sauro batches run %(id)s", id=batch_id)
        notes.print(told, soft_wrap=True, highlight=False)
        counts = run_to_the_end(installation, view).counts
        with reading(installation.database) as connection:
            left = items_of(connection, batch_id, statuses=(REFUSED, FAILED), limit=view.total)
        refused = _previewed(
            installation, [item.subject for item in left if item.status == REFUSED], target, mapping
        )
        failed = [item for item in left if item.status == FAILED]
    if as_json:
        print_json(
            {
                **common,
                "batch_id": None if batch_id is None else str(batch_id),
                "migrated": counts[DONE],
                "refused": counts[REFUSED],
                "failed": counts[FAILED],
                "reasons": _reasons_json(refused, failed),
            }
        )
    else:
        _print_mapping(mapping)
        click.echo(
            gettext(
                "%(migrated)s instances migrated, %(refused)s refused, %(failed)s failed",
                migrated=counts[DONE],
                refused=counts[REFUSED],
                failed=counts[FAILED],
            )
        )
        _print_reasons(refused)
        for detail, count in Counter(item.detail for item in failed).most_common():
            click.echo(f"  {count} × {detail}")
    return counts[DONE] == len(instance_ids)


def _print_mapping(mapping: Mapping[str, str]) -> None:
    for old, new in mapping.items():
        if new:
            click.echo(gettext("%(old)s goes to %(new)s", old=old, new=new))
        else:
            click.echo(gettext("%(old)s is withdrawn", old=old))


def _print_events(events: Sequence[WaitingEvent]) -> None:
    for element_id, count in Counter(event.element_id for event in events).most_common():
        dues = sorted(event.due_at for event in events if event.element_id == element_id and event.due_at)
        when = ""
        if dues:
            first, last = (
                each.astimezone(clock.BUSINESS_ZONE).strftime("%d/%m/%Y %H:%M")
                for each in (dues[0], dues[-1])
            )
            when = f"  {first}" if first == last else f"  {first} – {last}"
        click.echo(f"  {element_id}  {count}{when}")


def _print_reasons(previews: Sequence[Preview]) -> None:
    for reason, those in reasons(previews).items():
        advice = next(
            problem.advice
            for each in those
            for problem in each.problems
            if reason == f"{problem.element_id}: {problem.reason}"
        )
        keys = ", ".join(each.business_key for each in those[:_EXAMPLES])
        more = "…" if len(those) > _EXAMPLES else ""
        click.echo(f"  {len(those)} × {reason}. {advice} ({keys}{more})")


def _reasons_json(refused: Sequence[Preview], failed: Sequence[BatchItem]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"reason": reason, "instances": [str(each.instance_id) for each in those]}
        for reason, those in reasons(refused).items()
    ]
    details = dict.fromkeys(item.detail for item in failed)
    found += [
        {"reason": detail, "instances": [str(item.subject) for item in failed if item.detail == detail]}
        for detail in details
    ]
    return found
