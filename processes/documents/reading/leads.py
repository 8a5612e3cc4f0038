"""Finds who leads and who coordinates a directive, by the names the registry knows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice

from processes.units.groups import Group, groups_named
from processes.units.names import composed
from processes.units.registry import UnitRegistry

#: No name of a unit or group has more words.
_LONGEST_NAME = 14
#: How far into a text names are looked for.
_REACH = 3000
_WORD = re.compile(r"\S+")
_GIVEN = re.compile(r"^(?:Giao|Đề nghị|Yêu cầu|Phân công)\s+(?:cho\s+)?", re.IGNORECASE)
_LEADS = re.compile(r"\s*(?:là\s+)?(?:đơn vị\s+|cơ quan\s+)?chủ\s+trì\b", re.IGNORECASE)
_WITH = re.compile(r"\bphối\s+hợp(?:\s+chặt\s+chẽ)?(?:\s+(?:với|cùng))?\s*:?\s+", re.IGNORECASE)
_JOIN = re.compile(r"^\s*(?:[,;]|và\b|cùng\b)?\s*(?:và\s+)?")
_LABELLED = re.compile(r"(?:Đơn vị|Cơ quan)\s+(?P<role>chủ trì|phối hợp)\s*:\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leads:
    """Who carries out a directive.

    Attributes:
        leads: wordings; empty if nobody is named, which means every recipient.
        lead_codes: codes of those that are units.
        coordinate: codes of the units that cooperate, groups expanded.
    """

    leads: tuple[str, ...] = ()
    lead_codes: tuple[str, ...] = ()
    coordinate: tuple[str, ...] = ()


def find_leads(text: str, registry: UnitRegistry, *, on: date) -> Leads:
    """Return the units and groups that the beginning of a directive, or a label in it, names.

    Only names of the registry count, and the longest that fits; ``các cơ quan, đơn vị, địa phương`` are all
    recipients and so name nobody.

    Args:
        on: the day on which groups that coordinate are expanded.
    """
    words = composed(text)
    led = _labelled(words, "chủ trì", registry)
    rest = words
    if not led:
        start = _GIVEN.match(words)
        led, rest = _names_at(words[start.end() :] if start else words, registry)
    coordinating = _labelled(words, "phối hợp", registry)
    together = _WITH.search(rest) if not coordinating else None
    if together is not None and (led or _LEADS.search(words)):
        coordinating, _ = _names_at(rest[together.end() :], registry)
    if any(groups_named(name) == (Group.ALL,) for name in led):
        led = []
    units = [(name, registry.find(name)) for name in led if not groups_named(name)]
    codes = tuple(unit.code for _, unit in units if unit is not None)
    return Leads(
        leads=tuple(led),
        lead_codes=codes if len(codes) == len(led) else (),
        coordinate=tuple(
            dict.fromkeys(code for code in _codes(coordinating, registry, on) if code not in codes)
        ),
    )


def _codes(names: list[str], registry: UnitRegistry, on: date) -> Iterator[str]:
    for name in names:
        if groups_named(name) != (Group.ALL,):
            yield from (unit.code for unit in registry.resolve(name, on=on))


def _labelled(words: str, role: str, registry: UnitRegistry) -> list[str]:
    for match in _LABELLED.finditer(words):
        if match["role"].casefold() == role:
            return _names_at(words[match.end() :], registry)[0]
    return []


def _names_at(text: str, registry: UnitRegistry) -> tuple[list[str], str]:
    """Return the names with which a text begins, and what follows them."""
    names: list[str] = []
    rest = text[:_REACH]
    while True:
        join = _JOIN.match(rest) if names else None
        candidate = rest[join.end() :] if join is not None else rest
        name = _longest_name(candidate, registry)
        if name is None:
            return names, rest
        names.append(name.strip(" .,:;"))
        rest = candidate[len(name) :]


def _longest_name(text: str, registry: UnitRegistry) -> str | None:
    """Return the longest beginning of a text that names a unit or a group."""
    ends = [match.end() for match in islice(_WORD.finditer(text), _LONGEST_NAME)]
    for end in reversed(ends):
        name = text[:end]
        bare = name.rstrip(" .,:;")
        if not bare or bare.endswith(" và"):
            continue
        if groups_named(bare) or registry.find(bare) is not None:
            return bare
    return None
