"""Finds the deadlines of running text and of table cells, the one that counts first."""

import datetime as dt
import re
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from typing import Any

from processes.calendar.working_days import WorkingCalendar
from processes.documents.deadlines import days, periods, recurring, spans
from processes.documents.deadlines.basis import Basis, BeforeDay, NoDeadline
from processes.documents.deadlines.deadline import Deadline
from processes.documents.deadlines.scope import is_scope
from processes.units.names import composed

#: In this order: a wording that says more takes its words before one that says less.
_WORDINGS = (
    *recurring.FIRST,
    *periods.FIRST,
    *days.WORDINGS,
    *recurring.WORDINGS,
    *spans.WORDINGS,
    *periods.WORDINGS,
)
#: What stands behind these is a deadline, however short.
_LABEL = re.compile(
    r"(?:^|(?<=[.;,(\-–+*]))\s*(?:Thời (?:hạn|gian)(?:\s+(?:thực hiện|hoàn thành|triển khai|báo cáo|kết thúc"
    r"|dự kiến|gửi báo cáo|giải quyết|tổ chức))*|Tiến độ(?:\s+(?:thực hiện|hoàn thành))*"
    r"|Hạn (?:hoàn thành|chót|cuối|xử lý)|Thời điểm hoàn thành|Hoàn thành)\s*:\s*"
    r"(?P<rest>[^;\n]*?)(?=\s*(?:;|\n|$|\.\s+\D|\.$|\s[-–+]\s+\D))",
    re.IGNORECASE,
)
_COMPLETED = re.compile(r"(?:hoàn thành|xong|kết thúc)[^.;]{0,60}$", re.IGNORECASE)
_JOINED = re.compile(r"\s*(?:-|–|(?:đến|tới)(?:\s+hết)?|đến hết)?\s*", re.IGNORECASE)
_RANGE = re.compile(r"[-–]|đến|tới", re.IGNORECASE)
_BEGINS_RANGE = re.compile(r"^(?:đến|tới)\b", re.IGNORECASE)
_PERIOD_KINDS = frozenset({"date", "month", "quarter", "year", "week"})
#: ``(riêng tháng 12 trước ngày 15/12)`` counts after what it is an exception from.
_EXCEPTION = 4
#: Deadlines of these kinds count only when there is none with an end.
_LAST = {"upon_event": 1, "periodic": 2, "ongoing": 3}
_EMPTY = re.compile(r"^(?:[-–—_.…/\\*\s]*|không(?:\s+có)?|n/?a|0)$", re.IGNORECASE)
_CHILDREN = re.compile(
    r"(?:theo|tại|như|xem|trong)\s+(?:thời (?:hạn|gian)\s+(?:của\s+)?)?(?:từng|các)\s+"
    r"(?:nhiệm vụ|nội dung|mục|công việc|tiểu mục|dòng|phần)"
    r"(?:\s+(?:con|cụ thể|thành phần|chi tiết|dưới đây|bên dưới|nêu dưới))*\s*$"
    r"|(?:chi tiết|cụ thể)\s+(?:như\s+)?(?:bên\s+)?dưới|^(?:như|xem)\s+(?:bên\s+)?dưới",
    re.IGNORECASE,
)
_ENDS_BEFORE = re.compile(r"\btrước(?:\s+ngày)?\s*$", re.IGNORECASE)
_NUMBER = re.compile(r"^(?:0?[1-9]|[1-9]\d{1,2}|I|II|III|IV)$")
_SERIAL = re.compile(r"^4[5-9]\d{3}(?:\.0)?$")
_BRACKETED = re.compile(r"\((?P<inside>[^()]{3,300})\)")
_UPON = re.compile(r"(?:(?:ngay\s+)?(?:sau\s+)?khi|ngay\s+sau|trước)\b", re.IGNORECASE)
#: What may stand beside a time that stands alone.
_AROUND = re.compile(r"\s|[.,:]|hoàn thành|thực hiện|xong|thời hạn|thời gian", re.IGNORECASE)
#: Nobody names more times in one paragraph, nor writes more characters into a cell of times.
_MOST_IN_LINE = 40
_LONGEST_CELL = 600
#: Day 0 of the dates that workbooks count.
_WORKBOOK_EPOCH = dt.date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    deadline: Deadline
    order: tuple[int, ...]


def find_deadline(
    text: str,
    *,
    issued_on: dt.date | None = None,
    year: int | None = None,
    calendar: WorkingCalendar | None = None,
    before: BeforeDay = BeforeDay.STRICT,
) -> Deadline | None:
    """Return the deadline that counts for a directive; ``None`` if it states none. See :func:`find_deadlines`."""
    found = find_deadlines(text, issued_on=issued_on, year=year, calendar=calendar, before=before)
    return found[0] if found else None


def find_deadlines(
    text: str,
    *,
    issued_on: dt.date | None = None,
    year: int | None = None,
    calendar: WorkingCalendar | None = None,
    before: BeforeDay = BeforeDay.STRICT,
) -> list[Deadline]:
    """Return every deadline that a directive states, the one that counts first.

    What is labelled (``Thời gian hoàn thành: …``) counts before what is not, an end before an event, a period or
    *thường xuyên*; among ends the one of completing, then the first in the text. A day before the letter's is no
    deadline, nor is one that says which papers are meant (``hồ sơ phát sinh trước ngày 01/7/2026``).

    Args:
        issued_on: the day of the letter; days without a year count from it.
        year: the year of the letter, when its day is missing.
        calendar: counts working days from the letter's day; without it their last day stays ``None``.
        before: how the city reads *trước ngày D*.
    """
    basis = Basis(
        issued_on=issued_on,
        year=year if issued_on is None else issued_on.year,
        calendar=calendar,
        before=before,
    )
    lines = filter(None, map(composed, text.splitlines()))
    found = [each for line in lines for each in _in_line(line, basis)]
    return _distinct(found)


def deadline_of_cell(
    text: str,
    *,
    value: Any = None,
    heading: str = "",
    issued_on: dt.date | None = None,
    year: int | None = None,
    calendar: WorkingCalendar | None = None,
    before: BeforeDay = BeforeDay.STRICT,
) -> Deadline:
    """Return the deadline that a whole cell of a table is. See :func:`deadlines_of_cell`."""
    return deadlines_of_cell(
        text, value=value, heading=heading, issued_on=issued_on, year=year, calendar=calendar, before=before
    )[0]


def deadlines_of_cell(
    text: str,
    *,
    value: Any = None,
    heading: str = "",
    issued_on: dt.date | None = None,
    year: int | None = None,
    calendar: WorkingCalendar | None = None,
    before: BeforeDay = BeforeDay.STRICT,
) -> list[Deadline]:
    """Return the deadlines of a cell, at least one; its kind is ``none`` where the cell says no time.

    In a cell bare words stand for a time (``Quý III/2026``, ``30/9``), and days that are over stay.

    Args:
        value: what a workbook stores in the cell; a date of it is the deadline. One that lies before the letter's
            day, and would not with day and month exchanged, is marked ``day_month_swapped``.
        heading: the heading of the column; ``Số ngày``, ``Tháng`` or ``Quý`` say what a bare number is.
        year: the year of the table; days without one belong to it, whatever the letter's day.
    """
    basis = Basis(
        issued_on=issued_on,
        year=year or (None if issued_on is None else issued_on.year),
        calendar=calendar,
        before=before,
        is_cell=True,
        keeps_year=year is not None,
    )
    text = text[:_LONGEST_CELL]
    words = composed(text).strip(" .;")
    stored = value.date() if isinstance(value, dt.datetime) else value
    if isinstance(stored, dt.date):
        whole_day = _stored(words or stored.isoformat(), stored, basis)
        return [_before(whole_day, basis) if _ENDS_BEFORE.search(composed(heading)) else whole_day]
    if _EMPTY.match(words) and not _NUMBER.match(words):
        return [Deadline(text=words, kind="none")]
    if _SERIAL.match(words):
        day = _WORKBOOK_EPOCH + dt.timedelta(days=int(words[:5]))
        return [replace(_stored(words, day, basis), inferred=True)]
    if _CHILDREN.search(words):
        return [Deadline(text=words, kind="see_children")]
    if _NUMBER.match(words):
        return _number(words, heading, basis)
    lines = [composed(line).strip(" .;-–+*•") for line in text.splitlines()]
    found = [each for line in lines if line for each in _merged(line, _matches(line, basis, labelled=True))]
    if _ENDS_BEFORE.search(composed(heading)):
        found = [replace(each, deadline=_before(each.deadline, basis)) for each in found]
    return _distinct(found) or [Deadline(text=words, kind="none")]


def _before(deadline: Deadline, basis: Basis) -> Deadline:
    """Return a day under ``Hoàn thành trước`` as the bound that it is."""
    if deadline.kind != "date":
        return deadline
    return replace(deadline, kind="before_date", date=basis.before_day(deadline.date))


def _number(words: str, heading: str, basis: Basis) -> list[Deadline]:
    column = composed(heading).casefold()
    if "quý" in column:
        words = f"Quý {words}"
    elif "tháng" in column:
        words = f"Tháng {words}"
    elif "ngày" in column and words.isdecimal():
        words = f"{words} ngày làm việc" if "làm việc" in column else f"{words} ngày"
    return _distinct(list(_matches(words, basis, labelled=True))) or [Deadline(text=words, kind="none")]


def _stored(text: str, day: dt.date, basis: Basis) -> Deadline:
    doubt = None
    if basis.issued_on is not None and day < basis.issued_on and day.day <= 12 and day.day != day.month:
        swapped = day.replace(month=day.day, day=day.month)
        doubt = "day_month_swapped" if swapped >= basis.issued_on else None
    return Deadline(text=text, kind="date", date=day, doubt=doubt)


def _in_line(line: str, basis: Basis) -> Iterator[_Found]:
    taken: list[tuple[int, int]] = []
    for label in islice(_LABEL.finditer(line), _MOST_IN_LINE):
        labelled = replace(basis, is_cell=True)
        rest = label["rest"][:_LONGEST_CELL]
        found = _merged(rest, _matches(rest, labelled, labelled=True))
        start = label.start("rest")
        for each in found:
            yield replace(each, start=start + each.start, end=start + each.end, order=(-1, *each.order))
        if found:
            taken.append(label.span())
    running = _matches(line, basis, labelled=False)
    for part in islice(_BRACKETED.finditer(line), _MOST_IN_LINE):
        around = [(each.start, each.end) for each in running if each.start < part.start() < each.end]
        found = [each for each in _in_brackets(part, basis) if _is_free(each, [*taken, *around])]
        yield from found
        taken += [(each.start, each.end) for each in found]
    for each in running:
        if _is_free(each, taken):
            yield each


def _in_brackets(brackets: re.Match[str], basis: Basis) -> Iterator[_Found]:
    """Yield the times that stand alone in brackets: ``(Sở Y tế chủ trì; Quý IV/2026)``."""
    start = brackets.start("inside")
    for part in brackets["inside"].split(";"):
        labelled = replace(basis, is_cell=True)
        for each in _merged(part, _matches(part, labelled, labelled=True)):
            stands_alone = not _AROUND.sub("", part[: each.start] + part[each.end :])
            if stands_alone and _sets_a_time(each.deadline, basis):
                yield replace(each, start=start + each.start, end=start + each.end)
        start += len(part) + 1


def _sets_a_time(deadline: Deadline, basis: Basis) -> bool:
    """Say whether what stands alone in brackets tells until when; years, days of papers and grounds do not."""
    if deadline.kind == "upon_event":
        return _UPON.match(deadline.text) is not None
    if deadline.kind == "year" and not deadline.text[:1].isalpha():
        return False
    if deadline.date is None:
        return True
    if basis.issued_on is None:
        return basis.year is None or deadline.date.year >= basis.year
    return deadline.date >= basis.issued_on


def _is_free(found: _Found, taken: Sequence[tuple[int, int]]) -> bool:
    return all(found.end <= start or end <= found.start for start, end in taken)


def _matches(line: str, basis: Basis, *, labelled: bool) -> Sequence[_Found]:
    """Return what the wordings make of a line, in its order; no two share a word."""
    found: list[_Found] = []
    for each in _WORDINGS:
        if each.needs_label and not labelled:
            continue
        for match in islice(each.pattern.finditer(line), _MOST_IN_LINE):
            start, end = match.span()
            if any(start < other.end and other.start < end for other in found):
                continue
            if not labelled and (is_scope(match) or _is_quoted(line, start)):
                continue
            try:
                deadline = each.build(match, basis)
            except NoDeadline:
                continue
            end = max(end, start + len(deadline.text))
            found.append(_Found(start, end, deadline, _order(line, start, deadline)))
    return sorted(found, key=lambda each: each.start)


def _is_quoted(line: str, at: int) -> bool:
    """Say whether a place stands within the title of another document."""
    return line.rfind("“", 0, at) > line.rfind("”", 0, at)


def _order(line: str, start: int, deadline: Deadline) -> tuple[int, ...]:
    if line.casefold().rfind("(riêng", 0, start) > line.rfind(")", 0, start):
        return (_EXCEPTION, 0)
    completes = _COMPLETED.search(line[:start]) or deadline.text.casefold().startswith(("hoàn thành", "xong"))
    return (_LAST.get(deadline.kind, 0), 0 if completes else 1)


def _merged(line: str, found: Sequence[_Found]) -> Sequence[_Found]:
    """Make one of the two ends of a span: ``15/8 - 30/9/2026`` ends on 30 September."""
    kept = list(found[:1])
    for one, other in pairwise(found):
        between = line[one.end : other.start]
        is_span = bool(_RANGE.search(between)) or bool(_BEGINS_RANGE.match(other.deadline.text))
        spans_days = {one.deadline.kind, other.deadline.kind} <= _PERIOD_KINDS
        if spans_days and is_span and _JOINED.fullmatch(between):
            first = kept.pop()
            whole = replace(other.deadline, text=line[first.start : other.end])
            kept.append(_Found(first.start, other.end, whole, min(first.order, other.order)))
        else:
            kept.append(other)
    return kept


def _distinct(found: Sequence[_Found]) -> list[Deadline]:
    ordered = sorted(enumerate(found), key=lambda each: (_padded(each[1].order), each[0]))
    kept: dict[Hashable, Deadline] = {}
    for _, each in ordered:
        kept.setdefault(each.deadline.moment, each.deadline)
    return [each for each in kept.values() if not _is_said_closer(each, kept.values())]


def _is_said_closer(one: Deadline, all_of_them: Iterable[Deadline]) -> bool:
    """Say whether another says the same period with its day: ``hằng quý (trước ngày 15 tháng cuối quý)``."""
    return one.rrule is not None and any(
        other.rrule is not None and other.rrule.startswith(f"{one.rrule},") for other in all_of_them
    )


def _padded(order: tuple[int, ...]) -> tuple[int, ...]:
    return order if order[0] < 0 else (0, *order)
