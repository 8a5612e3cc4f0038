"""Forms for what becomes of units on a day: each is previewed, and written when the reader says so."""

from dataclasses import dataclass, replace
from datetime import date

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Rejection
from engine.ids import new_id
from processes.access.policy import Permission
from processes.reorganisation.affected import Affected, affected_by
from processes.units.acts import ActKind, ActRefused, Outcome, UnitAct, perform_act, preview_act
from processes.units.registry import Unit
from processes.units.succession import last_period
from web.engine_access import dispatcher
from web.errors.sentences import sentence
from web.language import gettext
from web.problems import all_in_words
from web.registry.blueprint import blueprint, request_id, typed_date
from web.registry.units import KIND_ORDER
from web.sessions import reading_session
from web.sign_in.guard import requires, signed_in_actor
from web.unit_changes import act_in_words, change_in_words, kind_in_words
from web.units import registry

#: Units that one act begins with, and ends in, at most.
BEGINS, ENDS = 6, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What an act would come to, as shown."""

    changes: list[tuple[str, str, str]]
    outcome: Outcome
    concerned: Affected
    open_count: int
    groups: list[tuple[str, int, int]]


@blueprint.get("/units/acts/<kind>")
@requires(Permission.UNIT_MANAGE)
def act_form(kind: str) -> ResponseReturnValue:
    """Show the form of an act."""
    known = _kind(kind)
    codes = request.args.getlist("code")
    first = last_period(registry(), codes[0]) if codes else None
    typed = {f"code_{place}": code for place, code in enumerate(codes, start=1)}
    if first is not None and known in (ActKind.RENAME, ActKind.CHANGE_KIND):
        typed |= {"name_1": first.name, "short_1": first.short_name, "kind_1": first.kind}
    return _page(known, typed)


@blueprint.post("/units/acts/<kind>")
@requires(Permission.UNIT_MANAGE)
def act(kind: str) -> ResponseReturnValue:
    """Preview an act, or perform it."""
    known = _kind(kind)
    typed = request.form.to_dict()
    try:
        asked = _asked(known)
        if request.form.get("step") != "perform":
            return _page(known, typed, shown=_shown(asked, preview_act(registry(), asked)))
        with Session(dispatcher().database) as session, session.begin():
            outcome = perform_act(session, asked, by=signed_in_actor())
    except Rejection as refused:
        if refused.status in {403, 404}:
            raise
        return _page(known, typed, refused=refused), refused.status
    if outcome.ended:
        return redirect(url_for("registry.following", done=known.value), 303)
    return redirect(url_for("registry.unit", code=asked.codes[0], moved=known.value), 303)


def _page(
    kind: ActKind, typed: dict[str, str], *, shown: Shown | None = None, refused: Rejection | None = None
) -> str:
    today = clock.today()
    return render_template(
        "registry/act.html",
        kind=kind.value,
        title=act_in_words(kind),
        lead=_lead(kind),
        typed=typed,
        shown=shown,
        refusal=None if refused is None else sentence(refused),
        problems=[] if refused is None else all_in_words(refused),
        begins=_begins(kind),
        ends=_ends(kind),
        kinds=[(key, kind_in_words(key)) for key in KIND_ORDER],
        units=[(unit.code, unit.name) for unit in registry().at(today).units],
        command_id=typed.get("command_id") or new_id(),
    )


def _kind(kind: str) -> ActKind:
    try:
        return ActKind(kind)
    except ValueError:
        abort(404)


def _begins(kind: ActKind) -> int:
    return BEGINS if kind in (ActKind.MERGE, ActKind.CLOSE) else 1


def _ends(kind: ActKind) -> int:
    match kind:
        case ActKind.SPLIT:
            return ENDS
        case ActKind.CLOSE:
            return 0
        case _:
            return 1


def _lead(kind: ActKind) -> str:
    match kind:
        case ActKind.MERGE:
            return gettext("Several units become one: a new one, or one that there is.")
        case ActKind.SPLIT:
            return gettext("One unit becomes several. It may go on as one of them: give its own code again.")
        case ActKind.RENAME:
            return gettext("The unit keeps its code and its work; letters may still use the old name.")
        case ActKind.CHANGE_KIND:
            return gettext("As when a commune becomes a ward. The unit keeps its code and its work.")
        case ActKind.CLOSE:
            return gettext("The units end and nobody takes over.")


def _asked(kind: ActKind) -> UnitAct:
    """Return the act that the form describes.

    Raises:
        ActRefused: the day cannot be read.
    """
    day = typed_date("effective_on")
    if day is None:
        raise ActRefused("Expected a day, but there is none", problems=[gettext("The day is missing.")])
    codes = tuple(
        _code(request.form[f"code_{place}"])
        for place in range(1, _begins(kind) + 1)
        if request.form.get(f"code_{place}", "").strip()
    )
    results = tuple(_result(kind, codes, place, day) for place in _filled(kind))
    return UnitAct(
        id=request_id(),
        kind=kind,
        effective_on=day,
        codes=codes,
        results=results,
        source=request.form.get("source", ""),
        reason=request.form.get("reason", ""),
    )


def _code(text: str) -> str:
    """Return the code that was typed, or that of the unit whose name was."""
    text = text.strip()
    if any(unit.code == text for unit in registry().units):
        return text
    found = registry().at(clock.today()).find(text)
    return text if found is None else found.code


def _filled(kind: ActKind) -> list[int]:
    fields = ("into", "name", "short")
    return [
        place
        for place in range(1, _ends(kind) + 1)
        if any(request.form.get(f"{field}_{place}", "").strip() for field in fields)
    ]


def _result(kind: ActKind, codes: tuple[str, ...], place: int, day: date) -> Unit:
    """Return one unit afterwards; what is left empty is that of the unit there is, or of the first one."""
    given = {
        name: request.form.get(f"{name}_{place}", "").strip() for name in ("into", "name", "short", "kind")
    }
    keeps = kind in (ActKind.RENAME, ActKind.CHANGE_KIND)
    code = (codes[0] if codes else "") if keeps else _code(given["into"])
    known = last_period(registry(), code)
    first = known or (last_period(registry(), codes[0]) if codes else None)
    if first is None:
        first = Unit(code=code, name="", name_en="", kind=given["kind"], group="", short_name="")
    same_name = known is not None and given["name"] in {"", known.name}
    return replace(
        first,
        code=code,
        name=given["name"] or (first.name if known is not None else ""),
        name_en=first.name_en if same_name else "",
        short_name=given["short"] or (first.short_name if same_name else ""),
        kind=given["kind"] or first.kind,
        aliases=(),
        valid_from=day,
        valid_to=None,
        identifier=None if known is None else known.identifier,
        identifier_old=None if known is None else known.identifier_old,
    )


def _shown(asked: UnitAct, outcome: Outcome) -> Shown:
    concerned = affected_by(reading_session(), registry(), asked, outcome)
    return Shown(
        changes=[(change.code, change.name, change_in_words(change)) for change in outcome.changes],
        outcome=outcome,
        concerned=concerned,
        open_count=sum(concerned.open_assignments[code] for code in outcome.ended),
        groups=[(group_label(each.group), each.before, each.after) for each in concerned.groups],
    )


def group_label(group: str) -> str:
    """Return what people call a built-in group; a group of the office is called by its name."""
    match group:
        case "departments":
            return gettext("Departments and agencies")
        case "communes":
            return gettext("Wards and communes")
        case "wards":
            return gettext("Wards")
        case "rural_communes":
            return gettext("Communes")
        case "verticals":
            return gettext("Vertical agencies")
        case "all":
            return gettext("All who receive letters")
        case _:
            return group
