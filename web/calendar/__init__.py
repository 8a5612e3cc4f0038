"""The working-day calendar: a year at a glance, and its changes, previewed with every time that they move."""

from calendar import Calendar
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.engine import Connection

from engine import clock
from engine.actors import Actor
from engine.errors import Rejection
from processes.access import policy
from processes.access.accounts import names_by_actor_key
from processes.access.policy import Permission
from processes.assignments.calendar_change import Move, find_moves, recompute
from processes.calendar import edit
from processes.calendar.calendar_csv import NamedDay, write_calendar_csv
from processes.calendar.change import CalendarChange
from processes.calendar.edit import CalendarChangeRefused, DayEdit
from processes.calendar.store import load_days, load_hours
from processes.calendar.working_days import SATURDAY, DayKind, WorkingHours
from processes.wiring import ProcessSettings
from web.calendar_words import change_lines, kind_in_words, moved_in_words, recorded_kind_in_words
from web.engine_access import dispatcher, reading_connection
from web.errors.sentences import sentence
from web.language import gettext
from web.problems import all_in_words
from web.registry.blueprint import typed_date
from web.sessions import reading_session
from web.sign_in.guard import requires, signed_in_actor, signed_in_user
from web.typography import day as written_day
from web.units import calendar as working_calendar
from web.words import person_in_words

#: Assignments that a preview names.
MOST_MOVES = 50
#: Years that can be looked at.
FIRST_YEAR, LAST_YEAR = 2000, 2100

_WEEKS = Calendar(firstweekday=0)

blueprint = Blueprint("calendar", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCell:
    """One day of a month as shown: what it is in a class, a sign and words."""

    day: date
    tone: str
    sign: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """One month: its weeks from Monday to Sunday, with gaps where other months' days are."""

    number: int
    name: str
    weeks: Sequence[Sequence[DayCell | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a change would come to, as shown."""

    lines: Sequence[tuple[str, str, str]]
    moves: Sequence[tuple[Move, Sequence[tuple[str, datetime, datetime]]]]
    total: int


@blueprint.get("/calendar")
def year() -> ResponseReturnValue:
    """Show a year."""
    today = clock.today()
    shown = request.args.get("year", type=int, default=today.year)
    if not FIRST_YEAR <= shown <= LAST_YEAR:
        abort(404)
    connection = reading_connection()
    days = {each.day: each for each in load_days(connection) if each.day.year == shown}
    return render_template(
        "calendar/year.html",
        year=shown,
        today=today,
        months=[_month(shown, number, days) for number in range(1, 13)],
        weekdays=_weekdays(),
        days=[
            (each, kind_in_words(each.kind, provisional=each.provisional), _weekdays()[each.day.weekday()][1])
            for each in days.values()
        ],
        hours=working_calendar().hours_on(today),
        set_hours=load_hours(connection),
        working=sum(
            working_calendar().is_working_day(each)
            for number in range(1, 13)
            for each in _WEEKS.itermonthdates(shown, number)
            if each.month == number
        ),
        provisional=any(each.provisional for each in days.values()),
        may_manage=_may_manage(),
        told=request.args.get("told", type=int, default=-1),
        suspended=request.args.get("suspended", type=int, default=0),
    )


@blueprint.get("/calendar/days/<day>")
@requires(Permission.CALENDAR_MANAGE)
def day_form(day: str) -> ResponseReturnValue:
    """Show the form that changes a day."""
    the_day = _the_day(day)
    known = next((each for each in load_days(reading_connection()) if each.day == the_day), None)
    return _day_page(the_day, known, _typed(known))


@blueprint.post("/calendar/days/<day>")
@requires(Permission.CALENDAR_MANAGE)
def change_day(day: str) -> ResponseReturnValue:
    """Preview a change of a day, or write it and tell open assignments."""
    the_day = _the_day(day)
    known = next((each for each in load_days(reading_connection()) if each.day == the_day), None)
    typed = request.form.to_dict()

    def write(connection: Connection, reason: str, by: Actor) -> CalendarChange:
        return edit.edit_day(connection, _wanted(the_day), reason=reason, by=by)

    try:
        if request.form.get("step") != "perform":
            change = edit.preview_day(reading_connection(), _wanted(the_day))
            return _day_page(the_day, known, typed, preview=_preview(change))
        return _perform(write, the_day.year)
    except Rejection as refused:
        if refused.status in {403, 404}:
            raise
        return _day_page(the_day, known, typed, refused=refused), refused.status


@blueprint.get("/calendar/hours")
@requires(Permission.CALENDAR_MANAGE)
def hours_form() -> ResponseReturnValue:
    """Show the form that changes the working hours."""
    present = working_calendar().hours_on(clock.today())
    typed = {"opens_at": f"{present.opens_at:%H:%M}", "closes_at": f"{present.closes_at:%H:%M}"}
    return _hours_page(typed)


@blueprint.post("/calendar/hours")
@requires(Permission.CALENDAR_MANAGE)
def change_hours() -> ResponseReturnValue:
    """Preview other working hours, or write them and tell open assignments."""
    typed = request.form.to_dict()

    def write(connection: Connection, reason: str, by: Actor) -> CalendarChange:
        return edit.set_hours(connection, _hours(), reason=reason, by=by)

    try:
        if request.form.get("step") != "perform":
            change = edit.preview_hours(reading_connection(), _hours())
            return _hours_page(typed, preview=_preview(change))
        return _perform(write, _hours().valid_from.year)
    except Rejection as refused:
        if refused.status in {403, 404}:
            raise
        return _hours_page(typed, refused=refused), refused.status


@blueprint.post("/calendar/recompute")
@requires(Permission.CALENDAR_MANAGE)
def recompute_() -> ResponseReturnValue:
    """Count open assignments anew by the calendar as it stands, as after a change that was interrupted."""
    connection = reading_connection()
    change = CalendarChange(days=load_days(connection), hours=load_hours(connection))
    return _tell(change, "Tính lại theo lịch làm việc", clock.today().year)


@blueprint.get("/calendar/history")
def history() -> ResponseReturnValue:
    """Show who changed the calendar, when and why."""
    found = edit.history(reading_connection(), limit=200)
    names = names_by_actor_key(reading_session(), {each.changed_by for each in found})
    return render_template(
        "calendar/history.html",
        history=[
            (
                each,
                recorded_kind_in_words(each.kind),
                person_in_words(names, each.changed_by),
                change_lines(each.detail),
            )
            for each in found
        ],
    )


@blueprint.get("/calendar/export.csv")
def export() -> ResponseReturnValue:
    """Return the calendar as a file."""
    answer = Response(write_calendar_csv(load_days(reading_connection())), mimetype="text/csv")
    answer.headers["Content-Disposition"] = "attachment; filename=calendar.csv"
    return answer


def _perform(write: Callable[[Connection, str, Actor], CalendarChange], year: int) -> ResponseReturnValue:
    actor, reason = signed_in_actor(), request.form.get("reason", "")
    with dispatcher().database.begin() as connection:
        change = write(connection, reason, actor)
    return _tell(change, reason.strip(), year)


def _tell(change: CalendarChange, reason: str, year: int) -> ResponseReturnValue:
    """Let open assignments know, and show the year."""
    # whoever may change the calendar thereby changes what open assignments wait for, and nothing else of them
    actor = signed_in_actor()
    teller = replace(actor, permissions=actor.permissions | {"instance:modify"})
    done = recompute(dispatcher(), _moves(change), actor=teller, reason=reason)
    return redirect(
        url_for("calendar.year", year=year, told=done.told, suspended=done.suspended or None), 303
    )


def _moves(change: CalendarChange) -> list[Move]:
    settings: ProcessSettings = current_app.extensions["sauro_process_settings"]
    return find_moves(dispatcher(), change.calendar, assignment=settings.assignment, issue=settings.issue)


def _preview(change: CalendarChange) -> Preview:
    before = {each.day: each for each in (*change.before, *change.removed)}
    after = {each.day: each for each in (*change.added, *change.changed)}
    lines = [
        (written_day(day), _in_words(before.get(day)), _in_words(after.get(day)))
        for day in sorted({*before, *after})
    ]
    if change.new_hours is not None:
        present = working_calendar().hours_on(change.new_hours.valid_from)
        begins = gettext("from %(day)s", day=written_day(change.new_hours.valid_from))
        lines.append((begins, _span(present), _span(change.new_hours)))
    moves = _moves(change)
    return Preview(
        lines=lines,
        moves=[
            (move, [(moved_in_words(name), old, new) for name, old, new in move.moved])
            for move in moves[:MOST_MOVES]
        ],
        total=len(moves),
    )


def _in_words(named: NamedDay | None) -> str:
    if named is None:
        return gettext("ordinary day")
    return f"{kind_in_words(named.kind, provisional=named.provisional)} ({named.name})"


def _span(hours: WorkingHours) -> str:
    return f"{hours.opens_at:%H:%M}–{hours.closes_at:%H:%M}"


def _day_page(
    the_day: date,
    known: NamedDay | None,
    typed: dict[str, str],
    *,
    preview: Preview | None = None,
    refused: Rejection | None = None,
) -> str:
    return render_template(
        "calendar/day.html",
        day=the_day,
        weekday=_weekdays()[the_day.weekday()][1],
        is_weekend=the_day.weekday() >= SATURDAY,
        known=known,
        known_kind="" if known is None else kind_in_words(known.kind, provisional=known.provisional),
        typed=typed,
        preview=preview,
        refusal=None if refused is None else sentence(refused),
        problems=[] if refused is None else all_in_words(refused),
        most=MOST_MOVES,
    )


def _hours_page(
    typed: dict[str, str], *, preview: Preview | None = None, refused: Rejection | None = None
) -> str:
    return render_template(
        "calendar/hours.html",
        typed=typed,
        preview=preview,
        refusal=None if refused is None else sentence(refused),
        problems=[] if refused is None else all_in_words(refused),
        most=MOST_MOVES,
    )


def _typed(known: NamedDay | None) -> dict[str, str]:
    if known is None:
        return {"kind": DayKind.OFF.value}
    return {
        "kind": known.kind.value,
        "name": known.name,
        "swapped_with": "" if known.paired_with is None else written_day(known.paired_with),
        "provisional": "yes" if known.provisional else "",
    }


def _wanted(the_day: date) -> DayEdit:
    """Return what the form asks for.

    Raises:
        CalendarChangeRefused: the other day of the swap cannot be read.
    """
    form = request.form
    kind = form.get("kind", "")
    swapped = typed_date("swapped_with")
    if form.get("swapped_with", "").strip() and swapped is None:
        raise CalendarChangeRefused(
            "Expected a day, but there is none",
            problems=[gettext("The other day of the swap cannot be read.")],
        )
    known = kind in set(DayKind)
    return DayEdit(
        day=the_day,
        kind=DayKind(kind) if known else None,
        name=form.get("name", ""),
        source=form.get("source", ""),
        swapped_with=swapped if known else None,
        provisional=form.get("provisional") == "yes",
    )


def _hours() -> WorkingHours:
    """Return the working hours that the form asks for.

    Raises:
        CalendarChangeRefused: the day or a time cannot be read.
    """
    begins = typed_date("valid_from")
    times = [_time(request.form.get(name, "")) for name in ("opens_at", "closes_at")]
    opens_at, closes_at = times
    if begins is None or opens_at is None or closes_at is None:
        raise CalendarChangeRefused(
            "Expected a day and two times",
            problems=[gettext("Write the day as dd/mm/yyyy and the times as 08:00.")],
        )
    return WorkingHours(
        valid_from=begins, opens_at=opens_at, closes_at=closes_at, source=request.form.get("source", "")
    )


def _time(text: str) -> time | None:
    hour, separator, minute = text.strip().replace("h", ":").partition(":")
    try:
        return time(int(hour), int(minute or "0")) if separator else None
    except ValueError:
        return None


def _the_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        abort(404)


def _may_manage() -> bool:
    return Permission.CALENDAR_MANAGE in policy.permissions_of(signed_in_user())


def _weekdays() -> list[tuple[str, str]]:
    """Return the days of the week, short and in full, from Monday on."""
    return [
        (gettext("Mo"), gettext("Monday")),
        (gettext("Tu"), gettext("Tuesday")),
        (gettext("We"), gettext("Wednesday")),
        (gettext("Th"), gettext("Thursday")),
        (gettext("Fr"), gettext("Friday")),
        (gettext("Sa"), gettext("Saturday")),
        (gettext("Su"), gettext("Sunday")),
    ]


def _month(year: int, number: int, days: dict[date, NamedDay]) -> Month:
    weeks = [
        [_cell(each, days.get(each)) if each.month == number else None for each in week]
        for week in _WEEKS.monthdatescalendar(year, number)
    ]
    return Month(number=number, name=gettext("Month %(number)s", number=number), weeks=weeks)


def _cell(day: date, named: NamedDay | None) -> DayCell:
    if named is None:
        rests = day.weekday() >= SATURDAY
        words = gettext("day of rest") if rests else gettext("working day")
        return DayCell(day=day, tone="rest" if rests else "work", sign="", words=words)
    kind = kind_in_words(named.kind, provisional=named.provisional)
    is_off = named.kind is DayKind.OFF
    tone = ("off" if is_off else "makeup") + (" day-provisional" if named.provisional else "")
    sign = ("−" if is_off else "+") + ("?" if named.provisional else "")
    return DayCell(day=day, tone=tone, sign=sign, words=f"{kind}: {named.name}")
