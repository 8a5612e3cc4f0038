"""Finds who leads and who coordinates a directive, by the names the registry knows."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from processes.documents.reading.letter import UnknownName
from processes.units.groups import Group, groups_named
from processes.units.names import composed
from processes.units.registry import UnitRegistry

#: No name of a unit or group has more words.
_LONGEST_NAME = 14
#: How far into a text names are looked for.
_REACH = 3000
#: How many times one directive names coordinators.
_MOST_JOINED = 20
_WORD = re.compile(r"\S+")
_GIVEN = re.compile(r"^(?:Giao|Đề nghị|Yêu cầu|Phân công)\s+(?:cho\s+)?", re.IGNORECASE)
_LEADS = re.compile(r"\s*(?:là\s+)?(?:đơn vị\s+|cơ quan\s+)?chủ\s+trì\b", re.IGNORECASE)
_WITH = re.compile(r"\bphối\s+hợp(?:\s+chặt\s+chẽ)?(?:\s+(?:với|cùng))?\s*:?\s+", re.IGNORECASE)
_JOIN = re.compile(r"^\s*(?:[,;]|và\b|cùng\b)?\s*(?:và\s+)?")
#: Bodies beside the city's administration; a letter can only ask them.
_OUTSIDE = re.compile(
    r"(?:Ban Thường trực\s+)?(?:(?:Ủy|Uỷ) ban\s+)?(?:Mặt trận Tổ quốc|MTTQ)(?:\s+Việt Nam)?"
    r"(?:\s+(?:thành phố|tỉnh))?"
    r"|(?:Thường trực\s+)?(?:Hội đồng nhân dân|HĐND)(?:\s+(?:thành phố|tỉnh))?"
    r"|(?:Tòa án|Toà án|Viện kiểm sát) nhân dân(?:\s+(?:thành phố|tỉnh|khu vực))?"
    r"|Liên đoàn Lao động(?:\s+(?:thành phố|tỉnh))?|Thành đoàn|Tỉnh đoàn"
    r"|Hội (?:Liên hiệp Phụ nữ|Nông dân|Cựu chiến binh)(?:\s+(?:thành phố|tỉnh))?"
    r"|(?:Ban Tổ chức|Ban Tuyên giáo và Dân vận|Ban Nội chính|Ủy ban Kiểm tra|Văn phòng) (?:Thành|Tỉnh) ủy"
)
#: How a name of a unit begins; what begins so and is not found is a slip, not a sentence.
_UNIT_WORD = re.compile(
    r"(?:Giám đốc\s+)?(?:Sở|Ban Quản lý|UBND|Ủy ban nhân dân|Chi cục|Thanh tra|Trung tâm|Văn phòng)\s+\S"
)
#: After a group: only some of it, and the letter does not say which.
_CONCERNED = re.compile(r"\s+(?:có\s+)?liên quan\b", re.IGNORECASE)
#: What stands before a name in a list of members, the likelier first.
_KIND_WORDS = {
    Group.COMMUNES: ("xã ", "phường "),
    Group.WARDS: ("phường ",),
    Group.RURAL_COMMUNES: ("xã ",),
}
_FIRST_LISTED = re.compile(r":\s*([^\W\d_][^,;.:]*)")
_NEXT_LISTED = re.compile(r"\s*(?:,|và\b)\s*([^\W\d_][^,;.:]*)")
_SHORT_NAMES = (("Mặt trận Tổ quốc", "MTTQ"),)
_GROUP_NAMES = {
    Group.DEPARTMENTS: "Sở, ban, ngành",
    Group.COMMUNES: "UBND các xã, phường",
    Group.WARDS: "UBND các phường",
    Group.RURAL_COMMUNES: "UBND các xã",
    Group.VERTICALS: "cơ quan ngành dọc",
}
_LABELLED = re.compile(r"(?:Đơn vị|Cơ quan)\s+(?P<role>chủ trì|phối hợp)\s*:\s*", re.IGNORECASE)


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
    """

    leads: tuple[str, ...] = ()
    lead_codes: tuple[str, ...] = ()
    lead_shown: tuple[str, ...] = ()
    coordinate: tuple[str, ...] = ()
    coordinate_shown: tuple[str, ...] = ()
    outside: str | None = None
    unknown: UnknownName | None = None


def find_leads(text: str, registry: UnitRegistry, *, on: date) -> Leads:
    """Return the units and groups that the beginning of a directive, or a label in it, names.

    Only names of the registry count, and the longest that fits; ``các cơ quan, đơn vị, địa phương`` are all
    recipients and so name nobody.

    Args:
        on: the day on which groups that coordinate are expanded.
    """
    words = composed(text)
    led = _labelled(words, "chủ trì", registry)
    outside: str | None = None
    unknown: UnknownName | None = None
    if not led:
        start = _GIVEN.match(words)
        named = words[start.end() :] if start else words
        led, rest = _names_at(named, registry)
        unlisted = _unlisted(led, rest)
        if unlisted:
            led, unknown = [], UnknownName(text=unlisted)
        elif start is not None and not led:
            outside = _outside(named)
            unknown = None if outside is not None else _unknown(named)
    coordinating = _coordinating(words, registry)
    if any(groups_named(name) == (Group.ALL,) for name in led):
        led = []
    units = [(name, registry.find(name)) for name in led if not groups_named(name)]
    codes = tuple(unit.code for _, unit in units if unit is not None)
    return Leads(
        leads=tuple(led),
        lead_codes=codes if len(codes) == len(led) else (),
        lead_shown=tuple(_shown(name, registry, " (each)") for name in led),
        coordinate=tuple(
            dict.fromkeys(code for code in _codes(coordinating, registry, on) if code not in codes)
        ),
        coordinate_shown=tuple(
            shown
            for name in dict.fromkeys(coordinating)
            if (shown := _shown(name, registry, "")) not in codes
        ),
        outside=outside,
        unknown=unknown,
    )


def find_executors(heading: str, registry: UnitRegistry, *, on: date) -> Leads | None:
    """Return whom a heading names; ``None`` if it is a topic (``Về đầu tư công``), or names all recipients."""
    names, rest = _names_at(composed(heading), registry)
    if rest.strip(" .:;"):
        return None
    leads = find_leads(heading, registry, on=on)
    return leads if names and leads.leads else None


def _shown(name: str, registry: UnitRegistry, each: str) -> str:
    groups = groups_named(name)
    if groups:
        known = _GROUP_NAMES.get(groups[0]) if len(groups) == 1 else None
        return (known or name) + each
    unit = registry.find(name)
    return name if unit is None else unit.code


def _coordinating(words: str, registry: UnitRegistry) -> list[str]:
    labelled = _labelled(words, "phối hợp", registry)
    if labelled:
        return labelled
    names = (
        name
        for match in islice(_WITH.finditer(words), _MOST_JOINED)
        for name in _names_at(words[match.end() : match.end() + _REACH], registry, vague=False)[0]
    )
    return [name for name in names if groups_named(name) != (Group.ALL,)]


def _outside(text: str) -> str | None:
    match = _OUTSIDE.match(text)
    if match is None:
        return None
    name = match[0]
    for full, short in _SHORT_NAMES:
        name = name.replace(full, short)
    return name


def _unknown(text: str) -> UnknownName | None:
    """Return the name that should be a unit's: what leads, or what begins like one."""
    leading = _LEADS.search(text)
    name = text[: leading.start()] if leading is not None else text
    words = re.split(r"[,;:.]", name[:_REACH])[0].split()
    is_led = leading is not None and 0 < len(words) <= _LONGEST_NAME and name[:1].isupper()
    if not is_led and not _UNIT_WORD.match(text):
        return None
    return UnknownName(text=" ".join(words[:_LONGEST_NAME]))


def with_nearest(unknown: UnknownName, registry: UnitRegistry) -> UnknownName:
    """Return an unknown name with those it may mean; what follows the name in its sentence may stand in it."""
    words = unknown.text.split()
    beginnings = (" ".join(words[:length]) for length in range(len(words), 1, -1))
    nearest = next((found for each in beginnings if (found := registry.nearest(each))), [])
    return UnknownName(text=unknown.text, nearest=tuple(nearest))


def _codes(names: list[str], registry: UnitRegistry, on: date) -> Iterator[str]:
    for name in names:
        yield from (unit.code for unit in registry.resolve(name, on=on))


def _labelled(words: str, role: str, registry: UnitRegistry) -> list[str]:
    for match in _LABELLED.finditer(words):
        if match["role"].casefold() == role:
            return _names_at(words[match.end() :], registry)[0]
    return []


def _names_at(text: str, registry: UnitRegistry, *, vague: bool = True) -> tuple[list[str], str]:
    """Return the names with which a text begins, and what follows them.

    Args:
        vague: whether ``các sở, ngành liên quan``, which leaves open who is meant, counts as the group.
    """
    names: list[str] = []
    rest = text[:_REACH]
    after_name = False
    while True:
        join = _JOIN.match(rest) if after_name else None
        candidate = rest[join.end() :] if join is not None else rest
        name = _longest_name(candidate, registry)
        if name is None:
            return names, rest
        after_name = True
        rest = candidate[len(name) :]
        listed = _listed(name, rest, registry)
        concerned = _CONCERNED.match(rest)
        if listed:
            names.append(name + listed)
            rest = rest[len(listed) :]
        elif concerned is None:
            names.append(name)
        else:
            names += [name] if vague else []
            rest = rest[concerned.end() :]


def _listed(group: str, rest: str, registry: UnitRegistry) -> str:
    """Return the part of a text that lists members: ``: A, B`` after ``UBND các xã``; empty if none does."""
    kinds = [_KIND_WORDS[each] for each in groups_named(group) if each in _KIND_WORDS]
    if not rest.startswith(":") or not kinds:
        return ""
    end = 1
    while True:
        join = _JOIN.match(rest[end:])
        start = end + (join.end() if join is not None else 0)
        words = [match.end() for match in islice(_WORD.finditer(rest[start:]), _LONGEST_NAME)]
        bare = (rest[start : start + length].rstrip(" .,:;") for length in reversed(words))
        found = next(
            (
                name
                for name in bare
                if any(registry.find(f"UBND {kind}{name}") is not None for kind in (*kinds[0], ""))
            ),
            None,
        )
        if found is None:
            return rest[:end] if end > 1 else ""
        end = start + len(found)


def _unlisted(names: Sequence[str], rest: str) -> str:
    """Return the name that stands in a list of members without being one; empty if there is none.

    Who else would be told to carry out ``UBND các xã: A, B``, were ``A`` unknown: every commune.
    """
    if not names or groups_named(names[-1]) not in ((Group.RURAL_COMMUNES,), (Group.WARDS,)):
        listed = bool(names) and ":" in names[-1]
        match = _NEXT_LISTED.match(rest) if listed else None
    else:
        match = _FIRST_LISTED.match(rest)
    return "" if match is None or not match[1][0].isupper() else _capitalised(match[1])


def _capitalised(text: str) -> str:
    words = text.split()
    length = next((at for at, word in enumerate(words) if not word[0].isupper()), len(words))
    return " ".join(words[:length])


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
