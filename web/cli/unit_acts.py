"""Acts on units from the command line, and what follows from them for open work."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import click
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import Actor
from engine.batches.progress import find_batch
from engine.database import reading
from engine.ids import new_id
from processes.reorganisation.affected import Affected, affected_by, move_people, people_of
from processes.reorganisation.following import Choice, Decision, Orphan, decide, orphans
from processes.units.acts import MANAGE, ActKind, Outcome, UnitAct, perform_act, preview_act
from processes.units.registry import Unit, UnitRegistry
from processes.units.store import load_registry
from processes.units.succession import last_period
from processes.units.units_rows import KINDS
from web.cli.giving import batch_json, batch_line, run_to_the_end
from web.cli.installation import open_installation, operator
from web.cli.output import notes, print_json
from web.language import gettext, ngettext
from web.unit_changes import change_in_words, change_json

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
_DAY = click.DateTime(formats=["%Y-%m-%d"])


def registrar() -> Actor:
    """Return who types, with the right to change the registry."""
    actor = operator()
    return replace(actor, permissions=actor.permissions | {MANAGE})


def _act_options(command: Decorated) -> Decorated:
    for option in (
        _JSON,
        click.option("--preview", is_flag=True, help="Show what would change; write nothing."),
        click.option("--reason", required=True, help="Why, in words."),
        click.option("--source", required=True, help="The legal source, a resolution with number and day."),
        click.option(
            "--on", "day", required=True, type=_DAY, help="First day on which it holds, YYYY-MM-DD."
        ),
    ):
        command = option(command)
    return command


@click.command()
@click.argument("codes", nargs=-1, required=True)
@click.option("--into", required=True, help="Code of the unit afterwards, a new one or one that there is.")
@click.option("--name", help="Its name; that of the unit that there is by default.")
@click.option("--short-name", default="", help="Its short name.")
@click.option("--kind", type=click.Choice(sorted(KINDS)), help="Its kind; that of the first unit by default.")
@_act_options
def merge(
    codes: tuple[str, ...], into: str, name: str | None, short_name: str, kind: str | None, **given: Any
) -> None:
    """Let the units CODES become one."""
    registry = _registry()
    known = last_period(registry, into)
    first = known or registry.of_code(codes[0])
    if name is None and known is None:
        raise click.UsageError("a new unit needs --name")
    result = replace(
        first,
        code=into,
        name=name or first.name,
        name_en=first.name_en if known is not None and name is None else "",
        short_name=short_name or (first.short_name if known is not None and name is None else ""),
        kind=kind or first.kind,
        aliases=(),
        identifier=first.identifier if known is not None else None,
        identifier_old=first.identifier_old if known is not None else None,
    )
    _act(ActKind.MERGE, codes, (result,), **given)


@click.command()
@click.argument("code")
@click.option("--into", "parts", multiple=True, required=True, help="CODE=NAME of each unit afterwards.")
@_act_options
def split(code: str, parts: tuple[str, ...], **given: Any) -> None:
    """Let the unit CODE become several; it may be one of them."""
    registry = _registry()
    unit = registry.of_code(code)
    results = []
    for part in parts:
        part_code, separator, name = part.partition("=")
        if not separator:
            raise click.UsageError("--into is written CODE=NAME")
        known = last_period(registry, part_code.strip())
        if known is not None:
            results.append(replace(known, name=name.strip()))
        else:
            results.append(_new(unit, part_code.strip(), name.strip()))
    _act(ActKind.SPLIT, (code,), results, **given)


@click.command()
@click.argument("code")
@click.argument("name")
@click.option("--short-name", help="The new short name.")
@_act_options
def rename(code: str, name: str, short_name: str | None, **given: Any) -> None:
    """Give the unit CODE the name NAME."""
    unit = _newest(code)
    changed = replace(
        unit, name=name, name_en="", short_name=unit.short_name if short_name is None else short_name
    )
    _act(ActKind.RENAME, (code,), (changed,), **given)


@click.command(name="change-kind")
@click.argument("code")
@click.argument("kind", type=click.Choice(sorted(KINDS)))
@click.option("--name", required=True, help="Its name from then on.")
@click.option("--short-name", default="", help="Its short name from then on.")
@_act_options
def change_kind(code: str, kind: str, name: str, short_name: str, **given: Any) -> None:
    """Let the unit CODE be of another KIND, as when a commune becomes a ward."""
    changed = replace(_newest(code), kind=kind, name=name, name_en="", short_name=short_name)
    _act(ActKind.CHANGE_KIND, (code,), (changed,), **given)


@click.command()
@click.argument("codes", nargs=-1, required=True)
@_act_options
def close(codes: tuple[str, ...], **given: Any) -> None:
    """End the units CODES, with nobody who takes over."""
    _act(ActKind.CLOSE, codes, (), **given)


@click.command()
@click.option("--unit", "code", help="Only assignments of this unit.")
@click.option("--to", "to_unit", help="Code of the unit that takes them over.")
@click.option("--keep", is_flag=True, help="They stay with the old unit until they are done.")
@click.option("--withdraw", is_flag=True, help="They are withdrawn.")
@click.option(
    "--assignment", "chosen", multiple=True, type=click.UUID, help="Only this one; may be repeated."
)
@click.option("--people", is_flag=True, help="Move the accounts of --unit to --to as well.")
@click.option("--reason", default="", help="Why; kept in every history.")
@_JSON
def follow(
    code: str | None,
    to_unit: str | None,
    keep: bool,
    withdraw: bool,
    chosen: tuple[UUID, ...],
    people: bool,
    reason: str,
    as_json: bool,
) -> None:
    """Show the open assignments of units that have ended, or decide about them."""
    installation = open_installation()
    today = clock.today()
    with reading(installation.database) as connection:
        found = orphans(connection, load_registry(connection), today, unit=code)
    found = [orphan for orphan in found if not chosen or orphan.assignment_id in chosen]
    choices = [Choice.MOVE] * (to_unit is not None) + [Choice.KEEP] * keep + [Choice.WITHDRAW] * withdraw
    if len(choices) > 1:
        raise click.UsageError("--to, --keep and --withdraw exclude each other")
    if not choices:
        _show(found, as_json=as_json)
        return
    decisions = [
        Decision(assignment_id=orphan.assignment_id, choice=choices[0], to_unit=to_unit) for orphan in found
    ]
    with Session(installation.database) as session, session.begin():
        decided = decide(session, decisions, request_id=new_id(), reason=reason, by=operator())
        if people and code is not None and to_unit is not None:
            _move_people(session, code, to_unit, reason)
    views = []
    for batch_id in decided.batches:
        with reading(installation.database) as connection:
            view = find_batch(connection, batch_id)
        views.append(run_to_the_end(installation, view))
    if as_json:
        document = {"moved": decided.moved, "kept": decided.kept, "withdrawn": decided.withdrawn}
        print_json({**document, "batches": [batch_json(view) for view in views]})
        return
    if decided.kept:
        click.echo(ngettext("%(num)s assignment stays", "%(num)s assignments stay", decided.kept))
    for view in views:
        click.echo(batch_line(view))


def _move_people(session: Session, code: str, to_unit: str, reason: str) -> None:
    names = [user.username for user in people_of(session, (code,))]
    if names:
        move_people(
            session,
            dict.fromkeys(names, to_unit),
            request_id=new_id(),
            source=reason,
            reason=reason,
            day=clock.today(),
            by=registrar(),
        )


def _show(found: Sequence[Orphan], *, as_json: bool) -> None:
    if as_json:
        print_json([_orphan_json(orphan) for orphan in found])
        return
    for orphan in found:
        heirs = ", ".join(heir.code for heir in orphan.successors) or "–"
        decided = "" if orphan.decided is None else f"  [{orphan.decided.value}]"
        click.echo(f"{orphan.assignment_id}  {orphan.business_key}  {orphan.unit} → {heirs}{decided}")
    if not found:
        click.echo(gettext("No open assignment belongs to a unit that has ended."))


def _orphan_json(orphan: Orphan) -> dict[str, Any]:
    return {
        "assignment_id": str(orphan.assignment_id),
        "business_key": orphan.business_key,
        "unit": orphan.unit,
        "successors": [heir.code for heir in orphan.successors],
        "decided": None if orphan.decided is None else orphan.decided.value,
        "to_unit": orphan.decided_for,
    }


def _act(
    kind: ActKind,
    codes: Sequence[str],
    results: Sequence[Unit],
    *,
    day: datetime,
    source: str,
    reason: str,
    preview: bool,
    as_json: bool,
) -> None:
    act = UnitAct(
        id=new_id(),
        kind=kind,
        effective_on=day.date(),
        codes=tuple(codes),
        results=tuple(results),
        source=source,
        reason=reason,
    )
    installation = open_installation()
    with Session(installation.database) as session, session.begin():
        registry = load_registry(session.connection())
        outcome = preview_act(registry, act)
        concerned = affected_by(session, registry, act, outcome)
        if not preview:
            outcome = perform_act(session, act, by=registrar())
    if as_json:
        print_json(_document(act, outcome, concerned, preview))
        return
    for change in outcome.changes:
        click.echo(f"{change.code}  {change.name}: {change_in_words(change)}")
    for code, count in concerned.open_assignments.items():
        if count and code in outcome.ended:
            told = ngettext("%(num)s open assignment", "%(num)s open assignments", count)
            notes.print(f"{code}: {told}")
    if concerned.people:
        names = ", ".join(user.username for user in concerned.people)
        notes.print(
            gettext("Accounts of units that end: %(names)s", names=names), soft_wrap=True, highlight=False
        )


def _document(act: UnitAct, outcome: Outcome, concerned: Affected, preview: bool) -> dict[str, Any]:
    return {
        "preview": preview,
        "act_id": str(act.id),
        "kind": act.kind.value,
        "changes": [change_json(change) for change in outcome.changes],
        "ended": list(outcome.ended),
        "open_assignments": dict(concerned.open_assignments),
        "people": [user.username for user in concerned.people],
        "groups": [
            {"group": each.group, "before": each.before, "after": each.after} for each in concerned.groups
        ],
    }


def _registry() -> UnitRegistry:
    with reading(open_installation().database) as connection:
        return load_registry(connection)


def _newest(code: str) -> Unit:
    registry = _registry()
    return last_period(registry, code) or registry.of_code(code)


def _new(unit: Unit, code: str, name: str) -> Unit:
    """Return a part of a unit, with what it has from it."""
    return replace(
        unit,
        code=code,
        name=name,
        name_en="",
        short_name="",
        aliases=(),
        identifier=None,
        identifier_old=None,
    )
