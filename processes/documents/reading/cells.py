"""Reads the cells of an appendix: the units that a cell names, the deadline it gives, its products."""

import datetime as dt
import re
from dataclasses import dataclass, replace

from processes.calendar.working_days import WorkingCalendar
from processes.documents.deadlines import Deadline, find_deadline
from processes.documents.reading.leads import Leads, find_leads
from processes.documents.reading.values import UnknownName
from processes.documents.source.blocks import Cell
from processes.units.groups import Group, groups_named, listed_communes
from processes.units.names import composed
from processes.units.registry import UnitRegistry

#: No name of a unit or group has more words.
_LONGEST_NAME = 16
_WORD = re.compile(r"\S+")
_JOIN = re.compile(r"^[\s,;/.&+-]*(?:(?:và|cùng|với|hoặc)\b\s*)?[\s:-]*")
_DEPARTMENTS = re.compile(r"^(?:Giám đốc\s+)?(?:các\s+)?Sở\s*:\s*", re.IGNORECASE)
_BULLET = re.compile(r"^[-–—•+*·]\s*")
#: Words that leave open who is meant; they name nobody, and nobody is missing.
_VAGUE = re.compile(
    r"^(?:và\s+)?(?:(?:các|những)\s+)?(?:sở|ban|ngành|cơ quan|đơn vị|địa phương|tổ chức|cá nhân|bộ phận|phòng)"
    r"[^;\n]*?\b(?:có\s+)?liên quan(?:\s+khác)?\b|^(?:có\s+)?liên quan\b|^khác\b",
    re.IGNORECASE,
)
_CONCERNED = re.compile(r"^\s+(?:có\s+)?liên quan\b", re.IGNORECASE)
_SAME = re.compile(r"^[\s\"“”'-]*(?:nt|như trên|-?//-?)?[\s\"“”'-]*$", re.IGNORECASE)
_NOTHING = re.compile(r"^[\s\-–—.xX/]*$")
_ROLE = re.compile(r"^(?:chủ trì|phối hợp|đơn vị|cơ quan)\s*:\s*", re.IGNORECASE)
_ISO = re.compile(r"^(\d{4})-(\d{2})-(\d{2})(?:[T ]00:00(?::00)?)?$")
#: A year, or years of which the last counts: ``2026``, ``2026 - 2030``.
_YEARS = re.compile(r"^(?:(?:giai đoạn|năm)\s+)?(?:20\d\d\s*[-–]\s*)?(20\d\d)$", re.IGNORECASE)
#: What a cell leaves out, for its heading says it.
_LEADS_IN = ("{}", "hoàn thành {}", "trong {}", "hoàn thành ngày {}", "thực hiện {}", "báo cáo {}")
_PRODUCTS = re.compile(r"\n+|;\s*|(?<=\S)\s+(?=[-–+]\s)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Whom a cell names.

    Attributes:
        names: wordings of units and groups, each once.
        unknown: the first name that the registry does not have.
        rest: what the cell says beside names.
    """

    names: tuple[str, ...] = ()
    unknown: str | None = None
    rest: str = ""


def name_at_start(text: str, registry: UnitRegistry) -> str | None:
    """Return the longest beginning of a text that names a unit, a group or a list of communes."""
    listed = re.match(r"[^;\n:]{0,60}:[^;\n]*", text)
    if listed is not None and _all_known(listed[0], registry):
        return listed[0].rstrip(" .,;")
    ends = [match.end() for match, _ in zip(_WORD.finditer(text), range(_LONGEST_NAME), strict=False)]
    for end in reversed(ends):
        name = text[:end].rstrip(" .,:;)")
        if name and not name.endswith(" và") and (groups_named(name) or registry.find(name) is not None):
            return name
    return None


def listed_departments(text: str, registry: UnitRegistry) -> tuple[str, ...]:
    """Return the departments of a list with one prefix, ``Giám đốc các Sở: Nội vụ, Tài chính``."""
    names, rest = _departments_at(composed(text), registry)
    return names if not rest.strip(" .;") else ()


def _departments_at(text: str, registry: UnitRegistry) -> tuple[tuple[str, ...], str]:
    """Return the departments of a list with which a text begins, and what follows it."""
    match = _DEPARTMENTS.match(text)
    found: list[str] = []
    left = "" if match is None else text[match.end() :]
    while left:
        joined = _JOIN.match(left) if found else None
        following = left[joined.end() :] if joined is not None else left
        words = [each.end() for each, _ in zip(_WORD.finditer(following), range(_LONGEST_NAME), strict=False)]
        names = (re.sub(r"^Sở ", "", following[:end].rstrip(" .,;")) for end in reversed(words))
        name = next((each for each in names if registry.find(f"Sở {each}") is not None), None)
        if name is None:
            break
        found.append(f"Sở {name}")
        left = following[following.index(name) + len(name) :]
    return tuple(found), left if found else text


def units_in(text: str, registry: UnitRegistry, *, vague: bool = False) -> Named:
    """Return whom a cell names; commas, semicolons, line feeds and ``và`` part the names.

    Args:
        vague: whether ``các sở, ngành liên quan``, which leaves open who is meant, counts as the group.
    """
    names: list[str] = []
    unknown: str | None = None
    rest: list[str] = []
    for part in re.split(r"\n" if ":" in text else r"[\n;]", text):
        left = _ROLE.sub("", _BULLET.sub("", composed(part)))
        while left:
            left = left[match.end() :] if (match := _JOIN.match(left)) else left
            open_words = None if vague else _VAGUE.match(left)
            if open_words is not None:
                rest.append(open_words[0])
                left = left[open_words.end() :]
                continue
            departments, left = _departments_at(left, registry)
            if departments:
                names += departments
                continue
            name = name_at_start(left, registry)
            if name is not None:
                names.append(name)
                left = _CONCERNED.sub("", left[left.index(name) + len(name) :])
                if left.startswith(":") and groups_named(name):
                    # a list with a name that is not known; the whole group is not meant
                    names.pop()
                    unknown = unknown or left.strip(" :.;")
                    left = ""
                continue
            piece = re.split(r"[,;]|\svà\s", left, maxsplit=1)[0].strip(" .")
            if piece and not _NOTHING.match(piece):
                unknown = unknown or (piece if piece[0].isupper() else None)
                rest.append(piece)
            left = left[max(len(piece), 1) + left.find(piece) :] if piece else ""
    return Named(names=tuple(dict.fromkeys(names)), unknown=unknown, rest=", ".join(rest))


def leads_of_cells(lead: str, coordinate: str, registry: UnitRegistry, *, on: dt.date) -> Leads:
    """Return who carries out a row, by the texts of its two cells; an unknown name is kept as such."""
    led, joined = units_in(lead, registry, vague=True), units_in(coordinate, registry)
    found = [find_leads(f"Đơn vị chủ trì: {name}", registry, on=on) for name in led.names]
    names = tuple(name for each in found for name in each.leads)
    codes = tuple(code for each in found for code in each.lead_codes)
    everyone = len(found) > 0 and not all(each.leads for each in found)
    coordinating = [name for name in joined.names if groups_named(name) != (Group.ALL,)]
    units = [unit.code for name in coordinating for unit in registry.resolve(name, on=on)]
    shown = dict.fromkeys(_shown(name, registry) for name in coordinating)
    return Leads(
        leads=() if everyone else names,
        lead_codes=codes if len(codes) == len(names) and not everyone else (),
        lead_shown=() if everyone else tuple(shown for each in found for shown in each.lead_shown),
        coordinate=tuple(dict.fromkeys(code for code in units if code not in codes)),
        coordinate_shown=tuple(name for name in shown if name not in codes),
        unknown=None if led.unknown is None or names or everyone else UnknownName(text=led.unknown),
    )


def deadline_of_cell(
    cell: Cell,
    *,
    issued_on: dt.date | None = None,
    year: int | None = None,
    calendar: WorkingCalendar | None = None,
) -> Deadline | None:
    """Return the deadline of a cell; a workbook's date counts as it is stored.

    A cell may leave out what its heading says: ``Quý III/2026`` is ``trong Quý III/2026``. A day before the
    document's is one too: lists of what is overdue hold them.
    """
    if isinstance(cell.value, dt.datetime | dt.date):
        day = cell.value.date() if isinstance(cell.value, dt.datetime) else cell.value
        return Deadline(text=cell.text, kind="date", date=day)
    return deadline_of_words(cell.text, issued_on=issued_on, year=year, calendar=calendar)


def deadline_of_words(
    written: str,
    *,
    issued_on: dt.date | None = None,
    year: int | None = None,
    calendar: WorkingCalendar | None = None,
) -> Deadline | None:
    """Return the deadline that some words give whose heading or label says that they are one."""
    text = composed(written).strip(" .;")
    if not text or _NOTHING.match(text):
        return None
    iso = _ISO.match(text)
    if iso is not None:
        text = f"{int(iso[3])}/{int(iso[2])}/{iso[1]}"
    span = _YEARS.match(text)
    if span is not None:
        text = f"năm {span[1]}"
    for day, months in ((issued_on, year), (None, None)):
        for form in _LEADS_IN:
            found = find_deadline(
                form.format(_small(text) if form != "{}" else text),
                issued_on=day,
                year=months,
                calendar=calendar if day is not None else None,
            )
            if found is not None:
                return replace(found, text=composed(written))
    return None


def products_of(text: str) -> tuple[str, ...]:
    """Return the products that a cell or label lists, as written."""
    parts = (_BULLET.sub("", part.strip()).strip(" .;") for part in _PRODUCTS.split(text))
    return tuple(dict.fromkeys(part for part in parts if part and not _NOTHING.match(part)))


def is_ditto(text: str) -> bool:
    """Say whether a cell repeats the one above it: ``nt``, ``-nt-``, ``"``."""
    return bool(text.strip()) and _SAME.match(text) is not None and not set(text) <= set(" -–")


def is_nothing(text: str) -> bool:
    """Say whether a cell holds nothing, or only a dash."""
    return _NOTHING.match(text) is not None


def _small(text: str) -> str:
    return text[0].lower() + text[1:]


def _shown(name: str, registry: UnitRegistry) -> str:
    unit = None if groups_named(name) else registry.find(name)
    return name if unit is None else unit.code


def _all_known(text: str, registry: UnitRegistry) -> bool:
    listed = listed_communes(text.rstrip(" .,;"))
    return bool(listed) and all(
        any(registry.find(f"UBND {kind} {entry.name}") is not None for kind in entry.kinds)
        for entry in listed
    )
