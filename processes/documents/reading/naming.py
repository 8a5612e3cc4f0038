"""Reads cells and addressees that consist of names: whom they name, whom they except, whom they leave open."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from processes.documents.reading.letter import UnknownName
from processes.documents.reading.outside import outside_at
from processes.units.groups import Group, is_same_as_above
from processes.units.named import Name, NameKind, Run
from processes.units.names import composed
from processes.units.recognition import NameReader
from processes.units.registry import Unit, UnitRegistry

#: How many unknown names of one text are given the names that they may mean.
_MOST_SUGGESTED = 10
_MOST_CHARACTERS = 4000
_ROLE = (
    r"(?:(?:đơn vị|cơ quan)\s+(?:thường trực\b)?\s*)?(?:(?:được giao\s+)?chủ trì|(?:cùng\s+)?phối hợp|thực hiện"
    r"|đầu mối|theo dõi|tham mưu|tổng hợp|báo cáo)(?:\s+(?:thực hiện|với|cùng))?\s*:?"
)
#: What stands between names, and what says only what they do.
_FILLER = re.compile(
    rf"(?:[\s,;.:•+*\-–/()…]+|\d{{1,2}}\s*[.)]\s|(?:và|cùng|với|hoặc)\s|{_ROLE}(?=\W|$)"
    r"|(?:theo|tùy|tuỳ)\s+(?:chức năng|phân công|thẩm quyền|nhiệm vụ|lĩnh vực|địa bàn)[^,;.\n]*"
    r"|(?:kính\s+gửi|gửi|đề\s+nghị|yêu\s+cầu|giao)\s*:?\s)+",
    re.IGNORECASE,
)
_ALL_UNITS = re.compile(
    r"(?:(?:thủ trưởng|người đứng đầu|lãnh đạo)\s+)?(?:(?:tất cả|toàn thể)\s+)?các\s+(?:cơ quan|đơn vị)"
    r"(?:\s+được giao(?:\s+nhiệm vụ)?)?(?=\s*(?:[,;.\n)]|$))",
    re.IGNORECASE,
)
_BOUNDARY = re.compile(r"[;\n()]|,\s+(?=\w)|\s+và\s+(?=\w)")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitsNamed:
    """Whom a text of names names.

    Attributes:
        names: units, groups and lists in the order of the text, and what leaves open who is meant.
        exceptions: whom it excepts (``trừ Sở Y tế``).
        unknown: names that the registry does not have, with the nearest that it has.
        outside: bodies outside the registry.
    """

    names: tuple[Name, ...] = ()
    exceptions: tuple[Name, ...] = ()
    unknown: tuple[UnknownName, ...] = ()
    outside: tuple[str, ...] = ()

    @property
    def units(self) -> tuple[Unit, ...]:
        """Everybody named, groups expanded, each once, without the exceptions."""
        return Run(names=self.names, exceptions=self.exceptions, start=0, end=0).units

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of :attr:`units`."""
        return tuple(unit.code for unit in self.units)

    @property
    def concerned(self) -> tuple[str, ...]:
        """Words that leave open who is meant: ``các đơn vị liên quan``."""
        return tuple(name.text for name in self.names if name.kind is NameKind.CONCERNED)

    @property
    def names_overdue(self) -> bool:
        """Say whether it names the units with overdue work, which is asked when the work is assigned."""
        return any(name.kind is NameKind.OVERDUE for name in self.names)

    @property
    def former_names(self) -> tuple[tuple[str, str], ...]:
        """Names that units bore before, each with the code of its unit."""
        return tuple(
            (name.text, name.units[0].code) for name in self.names if name.former_name and name.units
        )

    def to_json(self) -> dict[str, Any]:
        """Return the keys that say something; units by code, groups as worded."""
        found: dict[str, Any] = {
            "names": [_name_json(name) for name in self.names],
            "units": list(self.codes),
            "exceptions": [unit.code for name in self.exceptions for unit in name.units],
            "unknown": [each.to_json() for each in self.unknown],
            "outside": list(self.outside),
        }
        return {key: value for key, value in found.items() if value or key in ("names", "units")}


def units_in(text: str, registry: UnitRegistry, *, on: date) -> UnitsNamed:
    """Return whom a text of names names; every part of it is accounted for.

    Args:
        text: a cell, an addressee, an entry of a list; lines separate names as commas do.
        on: the day on which groups are expanded; names that units bore before are found, too, and marked.
    """
    words = "\n".join(composed(line) for line in text[:_MOST_CHARACTERS].splitlines())
    reader = NameReader(words, registry, on=on)
    found = _Found(reader)
    position = 0
    while (position := _behind_filler(words, position)) < len(words):
        position = found.take(position)
    return UnitsNamed(
        names=tuple(found.names),
        exceptions=tuple(found.exceptions),
        unknown=tuple(
            UnknownName(
                text=shown, nearest=tuple(reader.registry.nearest(wording)) if at < _MOST_SUGGESTED else ()
            )
            for at, (shown, wording) in enumerate(dict(found.unknown).items())
        ),
        outside=tuple(dict.fromkeys(found.outside)),
    )


class _Found:
    """What has been read of a text so far."""

    def __init__(self, reader: NameReader) -> None:
        self._reader = reader
        self.names: list[Name] = []
        self.exceptions: list[Name] = []
        self.unknown: list[tuple[str, str]] = []
        self.outside: list[str] = []

    def take(self, position: int) -> int:
        """Read what stands at a position and return where it ends."""
        text = self._reader.text
        run = self._run_at(position)
        if run is not None:
            self.names += run.names
            self.exceptions += run.exceptions
            self.unknown += [
                (name.wording if name.wording in text else name.text, name.wording) for name in run.unlisted
            ]
            return run.end
        everybody = _ALL_UNITS.match(text, position)
        if everybody is not None:
            self.names.append(self._all(everybody))
            return everybody.end()
        body = outside_at(text, position)
        if body is not None:
            self.outside.append(body)
            return position + len(body)
        end = self._end_of_unknown(position)
        name = text[position:end].strip(" .:-–")
        if name and not is_same_as_above(name):
            self.unknown.append((name, name))
        return max(end, position + 1)

    def _run_at(self, position: int) -> Run | None:
        run = self._reader.run_from(position)
        return run if run is not None and run.start == position else None

    def _all(self, match: re.Match[str]) -> Name:
        registry = self._reader.registry
        return Name(
            text=match[0],
            wording="các cơ quan, đơn vị",
            kind=NameKind.GROUP,
            start=match.start(),
            end=match.end(),
            units=registry.expand_group(Group.ALL, self._reader.day),
            groups=(Group.ALL,),
        )

    def _end_of_unknown(self, position: int) -> int:
        """Return where a name that is not known ends: at the next separator behind which a name begins."""
        text = self._reader.text
        for boundary in _BOUNDARY.finditer(text, position):
            following = boundary.end()
            if boundary[0].strip() in (";", "(", ")", "") or following >= len(text):
                return boundary.start()
            begins = text[following].isupper() and boundary[0].strip() == ","
            if begins or self._run_at(following) is not None or outside_at(text, following) is not None:
                return boundary.start()
        return len(text)


def _behind_filler(text: str, position: int) -> int:
    match = _FILLER.match(text, position)
    return position if match is None else match.end()


def _name_json(name: Name) -> dict[str, Any]:
    found: dict[str, Any] = {"text": name.text, "kind": name.kind.value}
    if name.kind is NameKind.UNIT:
        found["code"] = name.units[0].code
    if name.former_name:
        found["former_name"] = True
    return found
