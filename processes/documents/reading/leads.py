"""Finds who leads and who coordinates a directive, by the names the registry knows."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum, auto
from itertools import islice

from processes.documents.reading.bodies import Bodies, bodies_at
from processes.documents.reading.letter import UnknownName
from processes.documents.reading.outside import shown
from processes.units.groups import Group, groups_named
from processes.units.named import Name, NameKind, Run
from processes.units.names import CAPITALS, composed
from processes.units.recognition import NameReader
from processes.units.registry import UnitRegistry

#: No name of a unit or group has more words.
_LONGEST_NAME = 14
#: How far into a text names are looked for.
_REACH = 3000
#: How many times one directive names somebody.
_MOST_RUNS = 60
#: How many characters before and after names say what they do there.
_CONTEXT = 60
_FAR = 220
_GIVEN = re.compile(r"(?:Giao|Đề nghị|Yêu cầu|Phân công)\s+(?:nhiệm vụ\s+)?(?:cho\s+)?", re.IGNORECASE)
#: What only leads up to the sentence that names somebody.
_LEADS_UP = re.compile(
    r"^(?:(?:Thứ (?:nhất|hai|ba|tư|năm|sáu)|(?:Một|Hai|Ba|Bốn|Năm) là|Đồng thời|Ngoài ra|Bên cạnh đó|Theo đó"
    r"|Trước mắt"
    r"|Cụ thể|Song song với đó|Mặt khác|Do đó|Vì vậy)\s*[,:]?|Riêng)\s+(?=\S)",
    re.IGNORECASE,
)
_TOWARDS = re.compile(r"(?:Đối với|Về phía|(?:Trách nhiệm|Nhiệm vụ) của)\s+(?=\S)", re.IGNORECASE)
_BEHIND_TOWARDS = re.compile(r"\s*:|,\s+(?:khẩn trương|tiếp tục|chủ trì|phối hợp|yêu cầu|chủ động)\b")
_LEADS = re.compile(
    r"\s*(?:là\s+)?(?:(?:đơn vị|cơ quan)\s+)?(?:(?:chịu trách nhiệm\s+)?chủ\s+trì|có\s+trách\s+nhiệm"
    r"|chịu\s+trách\s+nhiệm|(?:làm\s+|là\s+)?đầu\s+mối)\b",
    re.IGNORECASE,
)
_LED_BY_LABEL = re.compile(
    r"(?:(?:Đơn vị|Cơ quan)\s+(?:được giao\s+)?(?:chủ\s+trì|thực\s+hiện|chịu\s+trách\s+nhiệm|đầu\s+mối)"
    r"|(?:^|[.;(\-–+•]\s*)(?:Chủ\s+trì|Phân\s+công|Giao|Thực\s+hiện))(?:\s+(?:thực\s+hiện|tham\s+mưu))?\s*:\s*$",
    re.IGNORECASE,
)
_WITH_LABEL = re.compile(r"(?:(?:Đơn vị|Cơ quan)\s+)?phối\s+hợp(?:\s+thực\s+hiện)?\s*:\s*$", re.IGNORECASE)
_WITH = re.compile(
    r"\b(?:phối\s+hợp(?:\s+chặt\s+chẽ)?(?:\s+(?:thực\s+hiện\s+)?(?:với|cùng))?\s*:?"
    r"|cùng\s+với|sự\s+phối\s+hợp\s+của)\s+$",
    re.IGNORECASE,
)
_TOGETHER = re.compile(r"\s*(?:(?:có\s+trách\s+nhiệm|cùng)\s+)?phối\s+hợp\b", re.IGNORECASE)
#: Before a name: it is told to do something.
_TOLD = re.compile(
    r"(?P<by>(?:^|[^\w])(?:giao(?:\s+nhiệm\s+vụ)?|phân\s+công)(?:\s+cho)?|(?:^|[,;.:]\s*)(?:yêu\s+cầu|đề\s+nghị|chỉ\s+đạo))\s+$",
    re.IGNORECASE,
)
#: Before a name: the work is done by it; only where what it does follows.
_DONE_BY = re.compile(r"\bdo\s+$", re.IGNORECASE)
_DOES = re.compile(
    r"\s*(?:chủ\s+trì|thực\s+hiện|triển\s+khai|tổ\s+chức|đảm\s+nhận|làm\s+đầu\s+mối"
    r"|chịu\s+trách\s+nhiệm)\b",
    re.IGNORECASE,
)
#: Before a name: it receives, owns, asks; it is not told to do anything.
_RECEIVES = re.compile(
    r"\b(?:gửi|về|tới|đến|qua|của|thuộc|tại|với|cùng|theo|trình|từ|bởi|cho|là|báo\s+cáo|đề\s+nghị\s+của|ý\s+kiến)\s*:?\s+$",
    re.IGNORECASE,
)
#: A directive that opens with a time, a ground or an aim names its executor behind a comma.
_OPENS = re.compile(
    r"^(?:Trong|Trước|Sau|Căn cứ|Trên cơ sở|Theo|Định kỳ|Hằng|Hàng|Chậm nhất|Đối với|Để|Nhằm|Khi|Từ|Đến|Riêng|Về"
    r"|Ngay|Hoàn thành|Quý|Tháng)\b",
    re.IGNORECASE,
)
_BEHIND_OPENING = re.compile(r"[,:]\s+$")
_ACTS = re.compile(
    r"\s+(?!và\b|cùng\b|hoặc\b|của\b|về\b|tại\b|thuộc\b|là\b)"
    rf"[^\W\d_{CAPITALS}]"
)
_IN_BRACKETS = re.compile(r"\(\s*$")
_CLOSES_BRACKETS = re.compile(
    r"\s*(?:(?:chủ\s+trì|thực\s+hiện|tham\s+mưu|theo\s+dõi)[^()]{0,200}|;[^()]{0,200})?\)"
)
_HEADING_WORDS = re.compile(
    r"^(?:Đối với|Trách nhiệm của|Nhiệm vụ của|Giao|Yêu cầu|Đề nghị|Phân công)\s+(?:cho\s+)?", re.IGNORECASE
)
_GROUP_NAMES = {
    Group.DEPARTMENTS: "Sở, ban, ngành",
    Group.COMMUNES: "UBND các xã, phường",
    Group.WARDS: "UBND các phường",
    Group.RURAL_COMMUNES: "UBND các xã",
    Group.VERTICALS: "cơ quan ngành dọc",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Leads:
    """Who carries out a directive.

    Attributes:
        leads: wordings; empty if nobody is named, which means every recipient.
        lead_codes: codes of those that are units.
        lead_shown: units by code, groups by name.
        coordinate: codes of the units that cooperate, groups expanded; ``coordinate_shown``: not expanded.
        outside: a body outside the registry that is asked.
        unknown: who is given the lead by a name that the registry does not have.
        concerned: words that leave open who cooperates or leads: ``các đơn vị liên quan``.
        former_names: names that units bore before, as written, each with the code of its unit.
        unknown_coordinators: bodies named in a list of those that cooperate, and not in the registry.
    """

    leads: tuple[str, ...] = ()
    lead_codes: tuple[str, ...] = ()
    lead_shown: tuple[str, ...] = ()
    coordinate: tuple[str, ...] = ()
    coordinate_shown: tuple[str, ...] = ()
    outside: str | None = None
    unknown: UnknownName | None = None
    concerned: tuple[str, ...] = ()
    former_names: tuple[tuple[str, str], ...] = ()
    unknown_coordinators: tuple[str, ...] = ()


class _Part(Enum):
    """What names do in a sentence, the likelier lead first."""

    LABELLED_LEAD = auto()
    FIRST = auto()
    LEAD = auto()
    BEHIND_OPENING = auto()
    IN_BRACKETS = auto()
    LABELLED_COORDINATOR = auto()
    #: Names followed by *phối hợp*: they cooperate with who leads; where nobody else does, they lead.
    TOGETHER = auto()
    COORDINATOR = auto()
    MENTIONED = auto()


_LEADING = (
    _Part.LABELLED_LEAD,
    _Part.FIRST,
    _Part.LEAD,
    _Part.BEHIND_OPENING,
    _Part.IN_BRACKETS,
    _Part.TOGETHER,
)


def find_leads(text: str, registry: UnitRegistry, *, on: date) -> Leads:
    """Return the units and groups that a directive tells to act, and those that cooperate.

    A label counts first (``Đơn vị chủ trì: …``), then who is named at the beginning, then who is told to act or
    leads within the text, then who stands behind an opening of time or ground, then in brackets at an end.
    Receivers of reports lead nothing. Only names of the registry count, and the longest that fits;
    ``các cơ quan, đơn vị, địa phương`` are all recipients and so name nobody.

    Args:
        on: the day on which groups that coordinate are expanded.
    """
    words = "\n".join(composed(line) for line in text.splitlines())[:_REACH]
    reader = NameReader(words, registry, on=on)
    begin, is_told = _beginning(reader)
    found = islice(reader.runs(), _MOST_RUNS)
    runs = [part for run in found for part in _apart(words, run)]
    parts = [_part(words, run, begin) for run in runs]
    lead_part = next((wanted for wanted in _LEADING if wanted in parts), None)
    led = [run for run, part in zip(runs, parts, strict=True) if part is lead_part and lead_part is not None]
    if lead_part in (_Part.FIRST, _Part.BEHIND_OPENING, _Part.IN_BRACKETS, _Part.TOGETHER):
        led = led[:1]
    names = [name for run in led for name in _leading_names(run, reader)]
    outside: str | None = None
    unknown: UnknownName | None = None
    first = None if lead_part is _Part.LABELLED_LEAD else bodies_at(reader, begin, is_told=is_told)
    if first is not None and (first.unknown or first.outside) and (is_told or lead_part is not _Part.LEAD):
        led = [_as_run(first, begin)]
        names = list(_leading_names(led[0], reader))
        outside, unknown = _lacking(first, words[begin:], names)
        runs = [run for run in runs if not begin <= run.start < first.end]
        parts = [_part(words, run, begin) for run in runs]
    elif is_told and first is None and lead_part is not _Part.LABELLED_LEAD:
        unknown = _unknown(words[begin:])
        names = names if unknown is None else []
    elif lead_part is not _Part.LABELLED_LEAD:
        slip = next((name for run in led for name in run.unlisted), None)
        unknown = None if slip is None else UnknownName(text=slip.text)
    if any(Group.ALL in name.groups for name in names):
        names = []
    coordinating = [run for run in _coordinating(runs, parts) if run not in led]
    return replace(_leads_of(names, led, coordinating), outside=outside, unknown=unknown)


def _leads_of(names: Sequence[Name], led: Sequence[Run], coordinating: Sequence[Run]) -> Leads:
    """Return those that lead and those that coordinate, as they are shown and by code."""
    units = tuple(dict.fromkeys(name.units[0].code for name in names if name.kind is NameKind.UNIT))
    joined = [name for run in coordinating for name in run.names if _is_meant(name)]
    return Leads(
        leads=tuple(dict.fromkeys(name.wording for name in names)),
        lead_codes=units if all(name.kind is NameKind.UNIT for name in names) else (),
        lead_shown=tuple(dict.fromkeys(_shown(name, " (each)") for name in names)),
        coordinate=tuple(
            dict.fromkeys(
                unit.code
                for run in coordinating
                for unit in replace(run, names=tuple(name for name in run.names if _is_meant(name))).units
                if unit.code not in units
            )
        ),
        coordinate_shown=tuple(
            each for each in dict.fromkeys(_shown(name, "") for name in joined) if each not in units
        ),
        concerned=tuple(
            dict.fromkeys(
                name.text
                for run in (*led, *coordinating)
                for name in run.names
                if name.kind is NameKind.CONCERNED
            )
        ),
        former_names=tuple(
            (name.text, name.units[0].code) for name in (*names, *joined) if name.former_name and name.units
        ),
    )


def find_executors(heading: str, registry: UnitRegistry, *, on: date) -> Leads | None:
    """Return whom a heading names; ``None`` if it is a topic (``Về đầu tư công``), or names all recipients."""
    words = _HEADING_WORDS.sub("", composed(heading)).rstrip(" .:;")
    reader = NameReader(words, registry, on=on)
    named = bodies_at(reader, 0, is_heading=True)
    if named is None or words[named.end :].strip():
        return None
    led = _as_run(named, 0)
    names = list(_leading_names(led, reader))
    if any(Group.ALL in name.groups for name in names) or not (names or named.unknown or named.outside):
        return None
    outside, unknown = _lacking(named, words, names)
    return replace(_leads_of(names, [led], []), unknown=unknown, outside=outside)


def _beginning(reader: NameReader) -> tuple[int, bool]:
    """Return where in a text executors may stand first, and whether what stands before tells them to act."""
    words = reader.text
    up = _LEADS_UP.match(words)
    begin = 0 if up is None else up.end()
    given = _GIVEN.match(words, begin)
    if given is not None:
        return given.end(), True
    towards = _TOWARDS.match(words, begin)
    named = None if towards is None else bodies_at(reader, towards.end(), is_told=True)
    if towards is not None and named is not None and _BEHIND_TOWARDS.match(words, named.end):
        return towards.end(), True
    return begin, False


def _lacking(bodies: Bodies, words: str, names: Sequence[Name]) -> tuple[str | None, UnknownName | None]:
    """Return whom the registry lacks: the body outside it that stands first and alone, else who is unknown."""
    outside = bodies.outside[0] if bodies.outside and not names else None
    if outside is not None and (not bodies.unknown or words.startswith(outside)):
        return shown(outside), None
    return None, UnknownName(text=bodies.unknown[0]) if bodies.unknown else None


def _as_run(bodies: Bodies, start: int) -> Run:
    return Run(names=bodies.names, start=start, end=bodies.end, exceptions=bodies.exceptions)


def with_nearest(unknown: UnknownName, registry: UnitRegistry) -> UnknownName:
    """Return an unknown name with those it may mean; what follows the name in its sentence may stand in it."""
    words = unknown.text.split()
    beginnings = (" ".join(words[:length]) for length in range(len(words), 1, -1))
    nearest: list[str] = next((found for each in beginnings if (found := registry.nearest(each))), [])
    return UnknownName(text=unknown.text, nearest=tuple(nearest))


def _apart(words: str, run: Run) -> Iterator[Run]:
    """Part who acts from those an opening names: ``Theo đề nghị của Sở Nội vụ, Sở Tài chính bố trí kinh phí``."""
    last = run.names[-1] if len(run.names) > 1 else None
    is_opening = _OPENS.match(words) is not None and _RECEIVES.search(words[: run.start]) is not None
    if (
        last is None
        or not is_opening
        or not words[: last.start].endswith(", ")
        or not _ACTS.match(words[run.end :])
    ):
        yield run
        return
    yield replace(run, names=run.names[:-1], end=run.names[-2].end)
    yield replace(run, names=(last,), start=last.start, exceptions=(), unlisted=())


def _part(words: str, run: Run, begin: int) -> _Part:
    line = words.rfind("\n", 0, run.start) + 1
    before = words[max(line, run.start - _CONTEXT) : run.start]
    after = words[run.end : run.end + _FAR]
    if _LED_BY_LABEL.search(before):
        return _Part.LABELLED_LEAD
    if _WITH_LABEL.search(before):
        return _Part.LABELLED_COORDINATOR
    if run.start == begin:
        return _Part.FIRST
    if _WITH.search(before):
        return _Part.COORDINATOR
    if _TOLD.search(before) or (_DONE_BY.search(before) and _DOES.match(after)):
        return _Part.LEAD
    if _RECEIVES.search(before):
        return _Part.MENTIONED
    if _LEADS.match(after) and not _TOGETHER.match(after):
        return _Part.LEAD
    if _TOGETHER.match(after):
        return _Part.TOGETHER
    if _OPENS.match(words) and line == 0 and _BEHIND_OPENING.search(before) and _ACTS.match(after):
        return _Part.BEHIND_OPENING
    if _IN_BRACKETS.search(before) and _CLOSES_BRACKETS.match(after):
        return _Part.IN_BRACKETS
    return _Part.MENTIONED


def _leading_names(run: Run, reader: NameReader) -> Iterator[Name]:
    """Yield the names that lead; those of a group ``liên quan``, too: it is that group, and who of it is open."""
    for name in run.names:
        if name.kind is NameKind.CONCERNED:
            groups = groups_named(name.wording)
            if groups or reader.registry.office_group(name.wording, reader.day) is not None:
                yield replace(name, kind=NameKind.GROUP, groups=groups)
        elif name.kind is NameKind.GROUP and run.exceptions:
            excepted = ", ".join(each.wording for each in run.exceptions)
            yield replace(name, wording=f"{name.wording} (trừ {excepted})")
        else:
            yield name


def _coordinating(runs: Sequence[Run], parts: Sequence[_Part]) -> list[Run]:
    pairs = list(zip(runs, parts, strict=True))
    labelled = [run for run, part in pairs if part is _Part.LABELLED_COORDINATOR]
    return labelled or [run for run, part in pairs if part in (_Part.COORDINATOR, _Part.TOGETHER)]


def _is_meant(name: Name) -> bool:
    return bool(name.units) and Group.ALL not in name.groups


def _shown(name: Name, each: str) -> str:
    if name.kind is NameKind.UNIT:
        return name.units[0].code
    known = _GROUP_NAMES.get(name.groups[0]) if name.groups and "(trừ" not in name.wording else None
    return known + each if known is not None else name.wording + (each if name.kind is NameKind.GROUP else "")


def _unknown(text: str) -> UnknownName | None:
    """Return the name that should be a unit's: what leads, or what begins like one."""
    leading = _LEADS.search(text)
    name = text[: leading.start()] if leading is not None else text
    words = re.split(r"[,;:.]", name[:_REACH])[0].split()
    is_led = leading is not None and 0 < len(words) <= _LONGEST_NAME and name[:1].isupper()
    return UnknownName(text=" ".join(words[:_LONGEST_NAME])) if is_led else None
