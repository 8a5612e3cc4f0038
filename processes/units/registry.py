"""The registry as a value: finds units by any of their names, expands groups, on a given day."""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import ClassVar

from engine.errors import Rejection
from processes.units.names import folded, without_note


class Recipient(StrEnum):
    """Whether a letter to the groups reaches a unit."""

    YES = "yes"
    OPT_IN = "opt-in"
    CC_ONLY = "cc only"
    NO = "no"


class Group(StrEnum):
    """The groups that letters address (DOMAIN §1.3)."""

    DEPARTMENTS = "departments"
    COMMUNES = "communes"
    ALL = "all"


#: Kinds of unit that each group holds.
_KINDS: Mapping[Group, frozenset[str]] = {
    Group.DEPARTMENTS: frozenset({"department", "agency"}),
    Group.COMMUNES: frozenset({"ward", "commune"}),
    Group.ALL: frozenset({"department", "agency", "vertical", "ward", "commune"}),
}

_TOKENS: Mapping[str, Group] = {
    folded(token): group
    for group, tokens in {
        Group.DEPARTMENTS: ("sở, ban, ngành", "sở, ngành", "sở, ban, ngành thành phố", "cơ quan chuyên môn"),
        Group.COMMUNES: (
            "UBND các xã, phường",
            "UBND xã, phường",
            "UBND các phường, xã",
            "UBND phường, xã",
            "xã, phường",
            "cấp xã",
            "UBND cấp xã",
        ),
        Group.ALL: (
            "cơ quan, đơn vị, địa phương",
            "đơn vị, địa phương",
            "cơ quan, địa phương",
            "cơ quan, đơn vị",
            "sở, ban, ngành, địa phương",
            "sở, ban, ngành; UBND các xã, phường",
        ),
    }.items()
    for token in tokens
}

_LISTED = re.compile(r"^\s*((?:UBND|Ủy ban nhân dân)?\s*(?:các\s+)?(xã|phường))\s*:\s*(.+)$", re.IGNORECASE)
_SAME_AS_ABOVE = re.compile(r"^\s*như\s+(trên|điều\s+\d+)\s*$", re.IGNORECASE)


class UnknownUnit(Rejection):
    """A name is neither a unit nor a group; ``params["nearest"]`` holds the closest names."""

    code: ClassVar[str] = "unknown_unit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One unit, as it is called from ``valid_from`` to ``valid_to`` (both included; ``None`` is open).

    Attributes:
        kind: department, agency, vertical, ward or commune.
        recipient: whether letters to its group reach it.
    """

    code: str
    name: str
    name_en: str
    kind: str
    group: str
    short_name: str
    aliases: tuple[str, ...] = ()
    recipient: Recipient = Recipient.YES
    valid_from: date | None = None
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        """Say whether the unit exists on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )

    @property
    def names(self) -> tuple[str, ...]:
        """All names the unit answers to."""
        return tuple(
            dict.fromkeys(
                without_note(name) for name in (self.code, self.name, self.short_name, *self.aliases) if name
            )
        )


@dataclass(frozen=True)
class UnitRegistry:
    """All units ever registered, in the order of the registry."""

    units: tuple[Unit, ...]

    def at(self, day: date) -> "UnitRegistry":
        """Return the registry of one day."""
        return UnitRegistry(tuple(unit for unit in self.units if unit.holds_on(day)))

    def find(self, text: str) -> Unit | None:
        """Return the unit of that code, name or alias; ``None`` if there is none."""
        return self._by_name.get(folded(without_note(text)))

    def nearest(self, text: str, *, limit: int = 3) -> list[str]:
        """Return the names of the units whose names are closest."""
        wanted = folded(text)
        close = difflib.get_close_matches(wanted, self._by_name, n=limit * 3, cutoff=0.55)
        return list(dict.fromkeys(self._by_name[name].name for name in close))[:limit]

    def group_of(self, text: str) -> Group | None:
        """Return the group that a token names."""
        key = folded(text)
        for beginning in ("các ", "tất cả các ", "thủ trưởng các "):
            key = key.removeprefix(folded(beginning) + " ")
        return _TOKENS.get(key)

    def expand_group(self, group: Group, on: date) -> tuple[Unit, ...]:
        """Return the members of a group on a day; opt-in and information-only units are none."""
        return tuple(
            unit
            for unit in self.units
            if unit.kind in _KINDS[group] and unit.recipient is Recipient.YES and unit.holds_on(on)
        )

    def resolve(self, text: str, *, on: date) -> tuple[Unit, ...]:
        """Return the units that an addressee names on a day: a group, a list of communes, or one unit.

        Raises:
            UnknownUnit: it is none of these; the closest names are given.
        """
        text = text.strip().strip(".;")
        if _SAME_AS_ABOVE.match(text):
            return ()
        group = self.group_of(text)
        if group is not None:
            return self.expand_group(group, on)
        today = self.at(on)
        listed = _LISTED.match(text)
        if listed is not None:
            kind = listed.group(2).casefold()
            names = [name for name in re.split(r"[,;]|\s+và\s+", listed.group(3)) if name.strip()]
            return tuple(today.one(f"UBND {kind} {name.strip()}") for name in names)
        return (today.one(text),)

    def one(self, text: str) -> Unit:
        """Return the unit of that name.

        Raises:
            UnknownUnit: there is none; the closest names are given.
        """
        unit = self.find(text)
        if unit is None:
            nearest = self.nearest(text)
            hint = f"; did you mean {' or '.join(repr(name) for name in nearest)}?" if nearest else ""
            raise UnknownUnit(
                f"Expected '{text}' to be a unit or a group of units, but the registry has none of that name"
                + hint,
                text=text,
                nearest=nearest,
            )
        return unit

    @cached_property
    def _by_name(self) -> dict[str, Unit]:
        found: dict[str, Unit] = {}
        for unit in self.units:
            for name in unit.names:
                for spelling in _spellings(name):
                    found.setdefault(spelling, unit)
        return found


def _spellings(name: str) -> Iterable[str]:
    key = folded(name)
    yield key
    yield key.removesuffix(" tp")
    yield key.removeprefix("ubnd ")
    if not key.startswith("ubnd "):
        yield f"ubnd {key}"
