"""Reads the cells of an appendix, and what stands behind a label: who, and which products."""

import datetime as dt
import re
from dataclasses import replace

from processes.documents.reading.bodies import begins_like_body
from processes.documents.reading.leads import Leads, find_leads
from processes.documents.reading.naming import UnitsNamed, units_in
from processes.documents.reading.values import UnknownName
from processes.units.groups import Group
from processes.units.named import Name, NameKind
from processes.units.recognition import NameReader
from processes.units.registry import UnitRegistry

_BULLET = re.compile(r"^[-–—•+*·]\s*")
_SAME = re.compile(r"^[\s\"“”'-]*(?:nt|như trên|-?//-?)?[\s\"“”'-]*$", re.IGNORECASE)
_NOTHING = re.compile(r"^[\s\-–—.xX/]*$")
_LEADS = re.compile(r"\bchủ trì\b", re.IGNORECASE)
_BOTH_ROLES = re.compile(r"\bchủ trì\b.*\bphối hợp\b|\bphối hợp\b.*\bchủ trì\b", re.IGNORECASE | re.DOTALL)
_PIECES = re.compile(r"\s*[;\n]\s*|,\s*(?=phối hợp)", re.IGNORECASE)
_COOPERATES = re.compile(
    r"(?:(?:đơn vị|cơ quan)\s+)?phối hợp(?:\s+(?:thực hiện|với|cùng))*\s*:?", re.IGNORECASE
)
_PRODUCTS = re.compile(r"\n+|;\s*|(?<=\S)\s+(?=[-–+]\s)")


def name_at_start(text: str, registry: UnitRegistry, *, on: dt.date) -> str | None:
    """Return the names of units and groups with which a text begins, as one piece of it."""
    run = NameReader(text, registry, on=on).run_from(0)
    return None if run is None or run.start != 0 else text[: run.end]


def leads_of_cells(lead: str, coordinate: str, registry: UnitRegistry, *, on: dt.date) -> Leads:
    """Return who carries out a row, by the texts of its two cells; an unknown name is kept as such."""
    lead, also = _by_role(lead)
    coordinate = "\n".join(each for each in (coordinate, also) if each)
    led, joined = units_in(lead, registry, on=on), units_in(coordinate, registry, on=on)
    meant = [name for name in led.names if name.units or name.kind is NameKind.OVERDUE]
    everyone = any(Group.ALL in name.groups for name in meant)
    shown = [each for name in meant for each in _shown(name, registry, on)]
    codes = tuple(dict.fromkeys(name.units[0].code for name in meant if name.kind is NameKind.UNIT))
    coordinating = replace(joined, names=tuple(each for each in joined.names if Group.ALL not in each.groups))
    return Leads(
        leads=() if everyone else tuple(dict.fromkeys(name.wording for name in meant)),
        lead_codes=codes if not everyone and all(name.kind is NameKind.UNIT for name in meant) else (),
        lead_shown=() if everyone else tuple(dict.fromkeys(shown)),
        coordinate=tuple(code for code in coordinating.codes if code not in codes),
        coordinate_shown=_coordinators(coordinating, codes),
        outside=led.outside[0] if led.outside and not meant else None,
        unknown=_unknown(led, is_alone=not meant and not led.outside),
        unknown_coordinators=tuple(each.text for each in joined.unknown if begins_like_body(each.text)),
        concerned=(*led.concerned, *joined.concerned),
        former_names=(*led.former_names, *joined.former_names),
    )


def _unknown(led: UnitsNamed, *, is_alone: bool) -> UnknownName | None:
    """Return whom the registry lacks; beside those that it has, only what is surely the name of a body."""
    return next((each for each in led.unknown if is_alone or begins_like_body(each.text)), None)


def _by_role(text: str) -> tuple[str, str]:
    """Return who leads and who cooperates, where one cell says both: ``… chủ trì; … phối hợp``."""
    if not _BOTH_ROLES.search(text):
        return text, ""
    led: list[str] = []
    joined: list[str] = []
    for piece in _PIECES.split(text):
        cooperates = _COOPERATES.search(piece)
        if cooperates is None:
            (joined if joined and not _LEADS.search(piece) else led).append(piece)
            continue
        behind = piece[cooperates.end() :]
        if behind.strip(" .:;"):
            led.append(piece[: cooperates.start()])
            joined.append(behind)
        else:
            joined.append(piece[: cooperates.start()])
    return "\n".join(led), "\n".join(joined)


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


def _shown(name: Name, registry: UnitRegistry, on: dt.date) -> tuple[str, ...]:
    """Return a lead as running text shows it: a unit by its code, a group with ``(each)``."""
    if name.kind is NameKind.UNIT:
        return (name.units[0].code,)
    return find_leads(f"Giao {name.wording}", registry, on=on).lead_shown or (name.wording,)


def _coordinators(named: UnitsNamed, leads: tuple[str, ...]) -> tuple[str, ...]:
    shown = (
        name.units[0].code if name.kind is NameKind.UNIT else name.wording
        for name in named.names
        if name.units
    )
    return tuple(each for each in dict.fromkeys(shown) if each not in leads)
