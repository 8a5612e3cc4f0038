"""Days and changes of the calendar in words, for pages and the command line."""

from collections.abc import Mapping
from typing import Any

from processes.calendar.working_days import DayKind
from web.language import gettext
from web.typography import day


def kind_in_words(kind: DayKind, *, provisional: bool = False) -> str:
    """Return what a day is: *ngày nghỉ*, *ngày làm bù*, with *dự kiến* where nothing is decided."""
    words = gettext("day off") if kind is DayKind.OFF else gettext("make-up workday")
    return gettext("%(kind)s, expected", kind=words) if provisional else words


def recorded_kind_in_words(kind: str) -> str:
    """Return what somebody did to the calendar."""
    match kind:
        case "load":
            return gettext("Loaded a file")
        case "remove":
            return gettext("Made a day ordinary")
        case "hours":
            return gettext("Set working hours")
        case _:
            return gettext("Changed a day")


def moved_in_words(name: str) -> str:
    """Return what moves, by the variable that holds its instant."""
    context, _, key = name.partition(".")
    match context:
        case "acknowledgement":
            return (
                gettext("reminder to acknowledge") if key == "remind_at" else gettext("time to acknowledge")
            )
        case "appraisal_due_at":
            return gettext("time to appraise")
        case "explanation_due_at":
            return gettext("time to explain")
        case "deadline_at":
            return gettext("hour of the deadline")
        case _:
            return gettext("urging") if key.startswith("escalate") else gettext("reminder")


def change_lines(detail: Mapping[str, Any]) -> list[str]:
    """Return one line for each day, or the hours, of a recorded change."""
    lines = [_line(each["before"], each["after"]) for each in detail["days"]]
    hours = detail["hours"]
    if hours is not None:
        lines.append(
            gettext(
                "from %(day)s: %(opens)s–%(closes)s",
                day=day(hours["valid_from"]),
                opens=hours["opens_at"],
                closes=hours["closes_at"],
            )
        )
    return lines


def _line(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> str:
    named = after or before or {}
    return f"{day(named['date'])}: {_side(before)} → {_side(after)}"


def _side(side: Mapping[str, Any] | None) -> str:
    if side is None:
        return gettext("ordinary day")
    kind = kind_in_words(DayKind(side["kind"]), provisional=side["provisional"])
    return f"{kind} ({side['name']})"
