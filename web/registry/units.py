"""The list of units, one unit with all that belongs to it, the registry's history, and its export."""

from dataclasses import dataclass
from datetime import date

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from engine import clock
from engine.ids import new_id
from processes.access.accounts import names_by_actor_key
from processes.access.policy import Role
from processes.access.tables import User
from processes.reorganisation.following import open_assignments, orphans
from processes.units import trail
from processes.units.identifiers import to_new, to_old
from processes.units.names import bare, folded
from processes.units.registry import Unit
from processes.units.succession import has_ended, predecessors, successors, unit_on
from processes.units.units_files import write_units_file
from web.engine_access import reading_connection
from web.navigation import role_label
from web.registry.blueprint import blueprint, may_decide, may_manage, sees_all
from web.sessions import reading_session
from web.sign_in.guard import signed_in_user
from web.typography import searchable, sort_key
from web.unit_changes import act_in_words, change_in_words, kind_in_words, period_in_words
from web.units import registry, unit_name
from web.words import person_in_words

#: The order in which kinds of unit are listed.
KIND_ORDER = ("department", "agency", "vertical", "ward", "commune")

_TYPES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLine:
    """A unit as listed; ``note`` says when it ended or begins."""

    unit: Unit
    name: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """A change of the registry as shown."""

    recorded: trail.Recorded
    what: str
    who: str
    changes: tuple[tuple[str, str, str], ...]


@blueprint.get("/units")
def units() -> ResponseReturnValue:
    """List the units of today, those that match, or all that ever were."""
    today = clock.today()
    wanted, kind = request.args.get("q", "").strip(), request.args.get("kind", "")
    everything = request.args.get("ended") == "1"
    newest = {unit.code: unit for unit in registry().units}
    shown = []
    for code, last in newest.items():
        unit = unit_on(registry(), code, today) or (last if everything else None)
        if unit is not None and _matches(code, wanted):
            shown.append(unit)
    counts = {each: sum(unit.kind == each for unit in shown) for each in KIND_ORDER}
    lines = [_line(unit, today) for unit in shown if kind in {"", unit.kind}]
    return render_template(
        "registry/units.html",
        blocks=[
            (key, kind_in_words(key), _sorted([line for line in lines if line.unit.kind == key]))
            for key in KIND_ORDER
        ],
        choices=[(key, kind_in_words(key), count) for key, count in counts.items() if count],
        total=len(shown),
        shown=len(lines),
        q=wanted,
        kind=kind,
        everything=everything,
        may_manage=may_manage(),
        waiting=len(orphans(reading_connection(), registry(), today)) if may_decide() else 0,
        may_decide=may_decide(),
    )


@blueprint.get("/units/<code>")
def unit(code: str) -> ResponseReturnValue:
    """Show one unit."""
    today = clock.today()
    periods = [each for each in registry().units if each.code == code]
    if not periods:
        abort(404)
    present = unit_on(registry(), code, today)
    newest = present or periods[-1]
    counts = open_assignments(reading_connection(), [code])
    identifier = newest.identifier or to_new(newest.identifier_old or "")
    return render_template(
        "registry/unit.html",
        unit=newest,
        name=unit_name(code),
        kind=kind_in_words(newest.kind),
        ended=has_ended(registry(), code, today),
        begins=present is None and not has_ended(registry(), code, today),
        periods=[
            (each, kind_in_words(each.kind), period_in_words(each.valid_from, each.valid_to))
            for each in reversed(periods)
        ],
        identifier=identifier,
        identifier_old=newest.identifier_old or to_old(newest.identifier or ""),
        parent=newest.parent,
        before=predecessors(registry(), code),
        after=successors(registry(), code, today) if present is None else (),
        below=[each for each in registry().at(today).units if each.parent == code],
        open_count=counts[code] if sees_all() or signed_in_user().unit_code == code else None,
        people=_people(code),
        history=history_lines(trail.recorded(reading_connection(), code=code, limit=20)),
        unit_name=unit_name,
        may_manage=may_manage(),
        may_decide=may_decide(),
        command_id=new_id(),
        moved=request.args.get("moved", ""),
    )


@blueprint.get("/units/history")
def history() -> ResponseReturnValue:
    """Show what was done to the registry."""
    lines = history_lines(trail.recorded(reading_connection(), limit=200))
    return render_template("registry/history.html", history=lines)


@blueprint.get("/units/export.<any(csv, xlsx):ending>")
def export(ending: str) -> ResponseReturnValue:
    """Return the whole registry as a file."""
    content = write_units_file(registry().units, f"units.{ending}")
    answer = Response(content, mimetype=_TYPES[ending])
    answer.headers["Content-Disposition"] = f"attachment; filename=units.{ending}"
    return answer


def history_lines(recorded: list[trail.Recorded]) -> list[HistoryLine]:
    """Return changes of the registry as shown."""
    names = names_by_actor_key(reading_session(), {each.performed_by for each in recorded})
    return [
        HistoryLine(
            recorded=each,
            what=act_in_words(each.kind),
            who=person_in_words(names, each.performed_by),
            changes=tuple((change.code, change.name, change_in_words(change)) for change in each.changes),
        )
        for each in recorded
    ]


def _people(code: str) -> list[tuple[User, str]] | None:
    """Return a unit's accounts with their roles; ``None`` to whoever belongs elsewhere."""
    if not sees_all() and signed_in_user().unit_code != code:
        return None
    users = reading_session().scalars(
        select(User).where(User.active, User.unit_code == code).order_by(User.name, User.username)
    )
    return [(user, ", ".join(role_label(Role(name)) for name in user.role_names)) for user in users]


def _matches(code: str, wanted: str) -> bool:
    """Say whether a unit has, or had, a name that holds what is looked for; accents may be missing."""
    if not wanted:
        return True
    units = [unit for unit in registry().units if unit.code == code]
    names = [name for unit in units for name in (*unit.names, unit.identifier or "")]
    if any(folded(wanted) in folded(name) for name in names):
        return True
    return searchable(wanted) == wanted.casefold() and any(bare(wanted) in bare(name) for name in names)


def _line(unit: Unit, today: date) -> UnitLine:
    note = "" if unit.holds_on(today) else period_in_words(unit.valid_from, unit.valid_to)
    return UnitLine(unit=unit, name=unit_name(unit.code), note=note)


def _sorted(lines: list[UnitLine]) -> list[UnitLine]:
    ranked = {"ward", "commune"}
    if lines and lines[0].unit.kind in ranked:
        return sorted(lines, key=lambda line: sort_key(line.name))
    return lines
