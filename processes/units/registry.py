"""The registry as a value: finds units by any of their names, expands groups, on a given day."""

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import ClassVar

from engine.errors import Rejection
from processes.units.groups import (
    KINDS_OF_GROUP,
    Group,
    essence,
    groups_named,
    is_same_as_above,
    listed_communes,
    without_head,
)
from processes.units.names import CAPITALS, acronyms, bare, composed, folded, shortened, sort_of, without_note
from processes.units.office_groups import OfficeGroup
from processes.units.predecessors import SUCCESSORS
from processes.units.recognition import NameReader
from processes.units.trie import NameTrie

__all__ = ["Found", "Group", "Recipient", "Unit", "UnitRegistry", "UnknownUnit"]

#: How alike two names must be, from 0 to 1, for one to be offered for the other.
_ALIKE = 0.68
#: What a name is worth that holds all but the first word of another; less than one that is alike as a whole.
_CONTAINED = 0.9

#: ``Kho bạc Nhà nước`` is that of the region, ``Hải quan khu vực`` its sub-department.
_REGION_AT_END = re.compile(rf" {folded('khu vực')}(?: [ivx\d]+)?$")
_SUB_DEPARTMENT = folded("chi cục") + " "
_BOARD = folded("ban quản lý")
#: What begins a phrase for several units; a group has no nearest unit.
_SEVERAL = (folded("các") + " ", folded("những") + " ", folded("ubnd các") + " ", folded("ubnd cấp") + " ")
_CITY_NAME = rf"[{CAPITALS}][^\W\d_]*(?:\s+[{CAPITALS}][^\W\d_]*){{0,3}}"
_OF_CITY = re.compile(rf"(?P<word>\b(?:thành phố|TP\.?))\s+(?P<city>{_CITY_NAME})$")
_COMMUNE_WORDS = tuple(f"{folded(word)} " for word in ("xã", "phường"))
_CITY_AT_END = re.compile(rf"\s+(?:thành phố|TP\.?)(?:\s+[{CAPITALS}]\w*){{0,4}}$")
#: An alias that was the name once: ``Xã An (đến 29/4/2026)``, ``Thanh tra tỉnh (cũ)``.
_FORMER = re.compile(
    r"\((?:đến\s+(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})|cũ)\)\s*$", re.IGNORECASE
)


class Recipient(StrEnum):
    """Whether a letter to the groups reaches a unit."""

    #: A letter to its group reaches it.
    YES = "yes"
    #: Only when it is named, such as a public service unit.
    OPT_IN = "opt-in"
    #: It is informed and receives no assignment.
    CC_ONLY = "cc only"
    #: It is registered and never addressed by a group.
    NO = "no"


class UnknownUnit(Rejection):
    """A name is neither a unit nor a group; ``params["nearest"]`` holds the closest names."""

    code: ClassVar[str] = "unknown_unit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One unit, as it is called from ``valid_from`` to ``valid_to`` (both included; ``None`` is open).

    Attributes:
        kind: department, agency, vertical, ward or commune.
        recipient: whether letters to its group reach it.
        parent: code of the unit above.
        identifier: organisation identifier (Quyết định 20/2020/QĐ-TTg), ``H19.15``; ``identifier_old``: the form
            of QCVN 102:2016, ``000.00.15.H19``.
        replaced_by: codes of the units that took over when this one ended.
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
    parent: str | None = None
    identifier: str | None = None
    identifier_old: str | None = None
    replaced_by: tuple[str, ...] = ()

    def holds_on(self, day: date) -> bool:
        """Say whether the unit exists on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )

    def overlaps(self, other: "Unit") -> bool:
        """Say whether there is a day on which both exist."""
        first, second = sorted((self, other), key=lambda unit: unit.valid_from or date.min)
        return first.valid_to is None or (second.valid_from or date.min) <= first.valid_to

    @property
    def names(self) -> tuple[str, ...]:
        """All names the unit answers to."""
        return tuple(
            dict.fromkeys(
                without_note(name) for name in (self.code, self.name, self.short_name, *self.aliases) if name
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A unit, found by one of its names.

    Attributes:
        former_name: the name is one that the unit bore before.
    """

    unit: Unit
    former_name: bool = False


@dataclass(frozen=True)
class UnitRegistry:
    """All units ever registered, in the order of the registry, and the groups that the office defines.

    Attributes:
        other_periods: in the registry of one day, the periods of units before and after it; by the names they
            bore then, units are found today.
    """

    units: tuple[Unit, ...]
    office_groups: tuple[OfficeGroup, ...] = ()
    other_periods: tuple[Unit, ...] = ()

    def at(self, day: date) -> "UnitRegistry":
        """Return the registry of one day."""
        if day not in self._days:
            held = tuple(unit for unit in self.units if unit.holds_on(day))
            rest = tuple(unit for unit in self.units if not unit.holds_on(day))
            self._days[day] = self if not rest else UnitRegistry(held, self.office_groups, rest)
        return self._days[day]

    def find(self, text: str) -> Unit | None:
        """Return the unit of that code, name or alias; ``None`` if there is none or it could be several.

        A head stands for the unit: ``Giám đốc Sở Nội vụ`` finds ``Sở Nội vụ``. Of several periods of one unit
        the newest is returned; ask :meth:`at` first for a day. A name that a unit bore before finds it, unless
        another bears it now.
        """
        found = self.recognise(text)
        return None if found is None else found.unit

    def recognise(self, text: str, *, on: date | None = None) -> Found | None:
        """Return the unit that :meth:`find` finds, and whether its name is a former one.

        Args:
            on: the day; the names of that day come before those that were borne before or after.
        """
        registry = self if on is None else self.at(on)
        name = without_note(composed(text))
        of_city = _OF_CITY.sub(registry.without_city, name)
        for key in dict.fromkeys(map(folded, (name, without_head(name), of_city, without_head(of_city)))):
            unit = registry.names.get(key)
            if unit is not None:
                return Found(unit=unit, former_name=registry.is_former(key, unit, on))
        return None

    def is_former(self, key: str, unit: Unit, on: date | None) -> bool:
        """Say whether a spelling is a name that the unit bore before ``on``, or before its newest period."""
        if key in set(_current_keys(unit, on)):
            return False
        former = [name for name in unit.aliases if _FORMER.search(name)]
        former += [name for other in self.other_periods if other.code == unit.code for name in other.names]
        return any(key in _keys_of(name) for name in former)

    def without_city(self, match: re.Match[str]) -> str:
        """Return what stays of ``thành phố Đồng Nai`` in a name: the word, for there is one city."""
        is_own = not self.cities or folded(match["city"]) in self.cities
        return match["word"] if is_own else match[0]

    @cached_property
    def cities(self) -> frozenset[str]:
        """The city, folded, if a unit's name says which it is."""
        named = (_OF_CITY.search(unit.name) for unit in (*self.units, *self.other_periods))
        return frozenset(folded(match["city"]) for match in named if match is not None)

    def nearest(self, text: str, *, limit: int = 3) -> list[str]:
        """Return the names of the units whose names are closest, the closest first; diacritics may be missing.

        A name that says what sort of unit it is of, such as *Phòng* or *Sở*, is near to units of that sort only.
        """
        name = without_note(without_head(text))
        wanted, plain = folded(name), bare(name)
        if wanted.startswith(_SEVERAL):
            return []
        close: dict[Unit, float] = {}
        for key in difflib.get_close_matches(wanted, self._by_name, n=limit * 3, cutoff=_ALIKE):
            close[self._by_name[key]] = _likeness(wanted, key)
        for key in difflib.get_close_matches(plain, self._by_bare_name, n=limit * 3, cutoff=_ALIKE):
            for unit in self._by_bare_name[key]:
                close[unit] = max(close.get(unit, 0.0), _likeness(plain, key))
        tail = f" {wanted.partition(' ')[2]} "
        if tail.strip():
            for key, unit in self._by_name.items():
                if tail in f" {key} ":
                    close[unit] = max(close.get(unit, 0.0), _CONTAINED * _likeness(wanted, key))
        sort = sort_of(wanted)
        if sort is not None:
            close = {unit: near for unit, near in close.items() if sort in self._sorts[unit.code]}
        successor = SUCCESSORS.get(wanted)
        if successor is not None and successor in self._by_name:
            close[self._by_name[successor]] = 1.0
        for ended in self.other_periods:
            if ended.replaced_by and wanted in set[str]().union(*map(_keys_of, ended.names)):
                close |= {unit: 1.0 for unit in self.units if unit.code in ended.replaced_by}
        best = sorted(close, key=lambda unit: close[unit], reverse=True)
        return list(dict.fromkeys(unit.name for unit in best))[:limit]

    def group_of(self, text: str) -> Group | None:
        """Return the group that a phrase names; ``None`` if it names none or several."""
        groups = groups_named(text)
        return groups[0] if len(groups) == 1 else None

    def expand_group(self, group: Group | str, on: date) -> tuple[Unit, ...]:
        """Return the members of a group on a day; opt-in and information-only units are none.

        Args:
            group: the group, or a phrase that names one or several.

        Raises:
            UnknownUnit: the phrase names no group.
        """
        office_group = None if isinstance(group, Group) else self.office_group(group, on)
        if office_group is not None:
            return tuple(unit for unit in self.units if unit.holds_on(on) and _belongs(unit, office_group))
        groups = (group,) if isinstance(group, Group) else groups_named(group)
        if not groups:
            raise self._unknown(group)
        kinds = frozenset[str]().union(*(KINDS_OF_GROUP[each] for each in groups))
        return tuple(
            unit
            for unit in self.units
            if unit.kind in kinds and unit.recipient is Recipient.YES and unit.holds_on(on)
        )

    def office_group(self, text: str, on: date) -> OfficeGroup | None:
        """Return the group of the office that a phrase names on a day; ``None`` if it names none."""
        return next(
            (group for group in self.office_groups if group.holds_on(on) and group.is_named(text)), None
        )

    def resolve(self, text: str, *, on: date) -> tuple[Unit, ...]:
        """Return the units that an addressee names on a day: groups, a list of communes, or one unit.

        Several addressees may be joined by ``;``. ``Như trên`` names nobody. Every unit is named once, groups in
        the order of the registry.

        Raises:
            UnknownUnit: a part is none of these; the closest names are given.
        """
        today = self.at(on)
        listed = ":" in text
        parts = [text] if listed else text.split(";")
        found = [unit for part in parts if part.strip(" .;") for unit in today._addressed(part, on)]
        return tuple(dict.fromkeys(found))

    def one(self, text: str) -> Unit:
        """Return the unit of that name.

        Raises:
            UnknownUnit: there is none; the closest names are given.
        """
        unit = self.find(text)
        if unit is None:
            raise self._unknown(text)
        return unit

    def of_code(self, code: str) -> Unit:
        """Return the unit of that code.

        Raises:
            UnknownUnit: there is none; units with a code or a name that is close are given.
        """
        unit = next((unit for unit in self.units if unit.code == code), None)
        if unit is not None:
            return unit
        named = self.find(code)
        codes = difflib.get_close_matches(code.upper(), [unit.code for unit in self.units], n=3, cutoff=0.5)
        close = [named] if named is not None else [unit for unit in self.units if unit.code in codes]
        nearest = [f"{unit.code} ({unit.name})" for unit in close]
        nearest += [name for name in self.nearest(code) if not close]
        hint = f"; did you mean {' or '.join(nearest)}?" if nearest else ""
        raise UnknownUnit(
            f"Expected the code of a unit, but the registry has no '{code}'{hint}", text=code, nearest=nearest
        )

    def _addressed(self, text: str, on: date) -> tuple[Unit, ...]:
        text = composed(text).strip(" .;")
        if is_same_as_above(text):
            return ()
        if self.office_group(text, on) is not None or groups_named(text):
            return self.expand_group(text, on)
        listed = listed_communes(text)
        if listed:
            return tuple(
                self._first([f"UBND {kind} {entry.name}" for kind in entry.kinds]) for entry in listed
            )
        unit = self.find(text)
        run = None if unit is not None else NameReader(text, self, on=on).run_from(0)
        if run is not None and run.units and not run.unlisted and not text[run.end :].strip(" .;"):
            return run.units
        return (self.one(text),)

    def _first(self, names: list[str]) -> Unit:
        return next((unit for unit in map(self.find, names) if unit is not None), None) or self.one(names[0])

    def _unknown(self, text: str) -> UnknownUnit:
        nearest = self.nearest(text)
        hint = f"; did you mean {' or '.join(repr(name) for name in nearest)}?" if nearest else ""
        return UnknownUnit(
            f"Expected '{text}' to be a unit or a group of units, but the registry has none of that name"
            + hint,
            text=text,
            nearest=nearest,
        )

    @cached_property
    def _days(self) -> "dict[date, UnitRegistry]":
        return {}

    @cached_property
    def names(self) -> dict[str, Unit]:
        """Every spelling of every name, folded, former names last."""
        found = dict(self._by_name)
        held = {unit.code: unit for unit in self.units}
        former: dict[str, Unit | None] = {}
        for other in self.other_periods:
            unit = held.get(other.code)
            if unit is None:
                continue
            for spelling in set[str]().union(*map(_keys_of, other.names)):
                known = former.get(spelling, unit)
                former[spelling] = unit if known is unit else None
        for spelling, named in former.items():
            if named is not None:
                found.setdefault(spelling, named)
        return found

    @cached_property
    def trie(self) -> NameTrie[tuple[str, Unit]]:
        """The spellings of :attr:`names` with their units, word by word."""
        return NameTrie((key, (key, unit)) for key, unit in self.names.items() if key)

    def office_trie(self, on: date) -> NameTrie[Group | None]:
        """The wordings of the office's own groups of a day, word by word; what they name is told by wording."""
        if on not in self._office_tries:
            named = {
                essence(wording): None
                for group in self.office_groups
                if group.holds_on(on)
                for wording in (group.name, *group.wordings)
            }
            self._office_tries[on] = NameTrie({key: value for key, value in named.items() if key})
        return self._office_tries[on]

    @cached_property
    def _office_tries(self) -> dict[date, NameTrie[Group | None]]:
        return {}

    @cached_property
    def with_commas(self) -> frozenset[str]:
        """Codes of the units with a comma in one of their names."""
        return frozenset(
            unit.code for unit in self.units if any("," in name for name in (unit.name, *unit.aliases))
        )

    @cached_property
    def _by_name(self) -> dict[str, Unit]:
        """Every spelling of every name; a code comes before a name, a name before an alias.

        What two units are called alike in the same rank finds neither: a wrong addressee is worse than a question.
        """
        found: dict[str, Unit] = {}
        for rank in _RANKS:
            ranked: dict[str, Unit | None] = {}
            for unit in self.units:
                for spelling in rank(unit):
                    known = ranked.get(spelling, unit)
                    ranked[spelling] = unit if known is not None and known.code == unit.code else None
            for spelling, named in ranked.items():
                if named is not None:
                    found.setdefault(spelling, named)
        return found

    @cached_property
    def _sorts(self) -> dict[str, frozenset[str]]:
        """The sorts of body of which the names of each unit say that it is, by its code."""
        found: dict[str, set[str]] = {}
        for unit in self.units:
            sorts = (sort_of(folded(name)) for name in (unit.name, *unit.aliases))
            found.setdefault(unit.code, set()).update(sort for sort in sorts if sort is not None)
        return {code: frozenset(sorts) for code, sorts in found.items()}

    @cached_property
    def _by_bare_name(self) -> dict[str, list[Unit]]:
        found: dict[str, list[Unit]] = {}
        for unit in self.units:
            for name in (unit.name, unit.short_name):
                if name:
                    found.setdefault(bare(name), []).append(unit)
        return found


def _belongs(unit: Unit, group: OfficeGroup) -> bool:
    return unit.code in group.members or (unit.kind in group.kinds and unit.recipient is Recipient.YES)


def _likeness(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other).ratio()


def _codes(unit: Unit) -> Iterable[str]:
    return (folded(unit.code),)


def _names(unit: Unit) -> Iterable[str]:
    """Return the official name, with and without the city at its end: there is one city."""
    name = without_note(unit.name)
    return _spellings(name) | _spellings(_CITY_AT_END.sub("", name))


def _short_names(unit: Unit) -> Iterable[str]:
    return _spellings(without_note(unit.short_name)) if unit.short_name else ()


def _aliases(unit: Unit) -> Iterable[str]:
    return set[str]().union(*(_spellings(without_note(alias)) for alias in unit.aliases))


def _abbreviations(unit: Unit) -> Iterable[str]:
    """Return its names with the usual words abbreviated; a board for several areas answers to the first, too."""
    names = [without_note(name) for name in (unit.name, *unit.aliases)]
    boards = {
        folded(name.partition(",")[0]) for name in names if "," in name and folded(name).startswith(_BOARD)
    }
    keys = {*_names(unit), *_aliases(unit), *boards}
    keys |= {_REGION_AT_END.sub("", key) for key in keys}
    keys |= {key.removeprefix(_SUB_DEPARTMENT) for key in keys}
    return keys.union(*map(shortened, keys))


def _acronyms(unit: Unit) -> Iterable[str]:
    return acronyms(without_note(unit.name))


_RANKS = (_codes, _names, _short_names, _aliases, _abbreviations, _acronyms)


def _current_keys(unit: Unit, on: date | None) -> Iterator[str]:
    for rank in (_codes, _names, _short_names):
        yield from rank(unit)
    for alias in unit.aliases:
        former = _FORMER.search(alias)
        if former is None or (on is not None and former["year"] and on <= _until(former)):
            yield from _keys_of(alias)


def _until(former: re.Match[str]) -> date:
    try:
        return date(int(former["year"]), int(former["month"]), int(former["day"]))
    except ValueError:
        return date.min


def _keys_of(name: str) -> set[str]:
    keys = _spellings(without_note(name))
    return keys.union(*map(shortened, keys))


def _spellings(name: str) -> set[str]:
    """Return a name as it is compared, for a people's committee with and without that word."""
    key = folded(name)
    if key.startswith("ubnd "):
        return {key, key.removeprefix("ubnd ")}
    return {key, f"ubnd {key}"} if key.startswith(_COMMUNE_WORDS) else {key}
