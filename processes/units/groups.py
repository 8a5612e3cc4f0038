"""The groups that letters address, and the wordings that name them (DOMAIN §1.3)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from processes.units.names import composed, folded


class Group(StrEnum):
    """A group of units that a letter names with one phrase."""

    #: Sở, ban, ngành: departments and the agencies beside them.
    DEPARTMENTS = "departments"
    #: UBND các xã, phường: every unit of the lower level.
    COMMUNES = "communes"
    #: UBND các phường.
    WARDS = "wards"
    #: UBND các xã.
    RURAL_COMMUNES = "rural_communes"
    #: Cơ quan ngành dọc: units of central authorities in the city.
    VERTICALS = "verticals"
    #: Các cơ quan, đơn vị, địa phương: whoever can receive a letter.
    ALL = "all"


#: Kinds of unit that each group holds.
KINDS_OF_GROUP: Mapping[Group, frozenset[str]] = {
    Group.DEPARTMENTS: frozenset({"department", "agency"}),
    Group.COMMUNES: frozenset({"ward", "commune"}),
    Group.WARDS: frozenset({"ward"}),
    Group.RURAL_COMMUNES: frozenset({"commune"}),
    Group.VERTICALS: frozenset({"vertical"}),
    Group.ALL: frozenset({"department", "agency", "vertical", "ward", "commune"}),
}

_WORDINGS: Mapping[Group, tuple[str, ...]] = {
    Group.DEPARTMENTS: (
        "sở, ban, ngành",
        "sở, ban, ngành cấp thành phố",
        "sở, ban",
        "sở, ngành",
        "sở, ban, ngành, đơn vị",
        "sở, ngành, đơn vị",
        "ban, ngành",
        "sở, cơ quan tương đương sở",
        "sở, ban, ngành, cơ quan tương đương sở",
        "sở và cơ quan tương đương",
        "cơ quan tương đương sở",
        "sở, ban, ngành, cơ quan, đơn vị",
        "cơ quan, đơn vị thuộc UBND thành phố",
        "cơ quan, đơn vị trực thuộc UBND thành phố",
        "cơ quan, đơn vị thuộc, trực thuộc UBND thành phố",
        "đơn vị thuộc, trực thuộc UBND thành phố",
        "cơ quan chuyên môn",
        "cơ quan chuyên môn thuộc UBND thành phố",
    ),
    Group.COMMUNES: (
        "xã, phường",
        "phường, xã",
        "UBND xã, phường",
        "UBND phường, xã",
        "UBND xã, UBND phường",
        "UBND phường, UBND xã",
        "xã, phường, đặc khu",
        "UBND xã, phường, đặc khu",
        "xã, phường và đặc khu",
        "UBND xã, phường và đặc khu",
        "xã, phường, thị trấn",
        "UBND xã, phường, thị trấn",
        "UBND địa phương",
        "cấp xã",
        "UBND cấp xã",
        "địa phương",
    ),
    Group.WARDS: ("UBND phường",),
    Group.RURAL_COMMUNES: ("UBND xã",),
    Group.VERTICALS: (
        "cơ quan ngành dọc",
        "cơ quan, đơn vị ngành dọc",
        "cơ quan ngành dọc đóng",
        "cơ quan, đơn vị ngành dọc đóng",
        "cơ quan thuộc ngành dọc",
        "cơ quan Trung ương",
        "cơ quan Trung ương đóng",
    ),
    Group.ALL: (
        "cơ quan, đơn vị, địa phương",
        "đơn vị, địa phương",
        "cơ quan, địa phương",
        "cơ quan, đơn vị",
    ),
}

#: Words that say "all of them", and heads who stand for their units; they change nothing about who is meant.
_EMPTY_PHRASES = (
    "tất cả",
    "toàn thể",
    "các",
    "những",
    "thủ trưởng",
    "người đứng đầu",
    "lãnh đạo",
    "giám đốc",
    "chủ tịch",
)
#: What else may stand before one unit: its head, however called.
_HEADS = (
    "đồng chí",
    "đ c",
    "ông",
    "bà",
    "chánh",
    "trưởng",
    "cục trưởng",
    "chi cục trưởng",
    "chỉ huy trưởng",
    "viện trưởng",
    "tổng biên tập",
    "tổng giám đốc",
)
#: What may follow a group; it says which city, and there is one.
_EMPTY_ENDINGS = (
    "trên địa bàn tp",
    "trực thuộc tp",
    "thuộc tp",
    "của tp",
    "cấp tp",
    "tp",
    "trên địa bàn",
    "toàn tp",
    "trên địa bàn tỉnh",
    "trực thuộc tỉnh",
    "thuộc tỉnh",
    "của tỉnh",
    "cấp tỉnh",
    "tỉnh",
)
#: A head named before one unit.
_HEAD = re.compile(
    r"^(?:đồng chí\s+)?(?:thủ trưởng|người đứng đầu|lãnh đạo|(?:tổng\s+)?giám đốc|chủ tịch|chánh"
    r"|(?:(?:chi\s+)?cục\s+)?trưởng|chỉ huy trưởng|tổng biên tập)\s+",
    re.IGNORECASE,
)
_LISTED = re.compile(
    r"^(?:(?:chủ tịch|thủ trưởng)\s+)?(?:(?:UBND|Ủy ban nhân dân|Uỷ ban nhân dân)\s+)?(?:các\s+)?"
    r"(?P<kinds>(?:xã|phường)(?:\s*(?:,|/|và)\s*(?:xã|phường))?)\s*:\s*(?P<names>.+)$",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"\s*[,;]\s*|\s+và\s+", re.IGNORECASE)
_OWN_KIND = re.compile(r"^(?:UBND\s+)?(xã|phường)\s+(.+)$", re.IGNORECASE)
_SAME_AS_ABOVE = re.compile(
    r"^(?:-\s*)?như\s+(?:trên|kính gửi|điều\s+\d+)(?:\s*,?\s*điều\s+\d+)*$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedName:
    """One name of a list such as ``UBND các xã: A, B``; ``kinds`` are the kinds it may be of, best guess first."""

    kinds: tuple[str, ...]
    name: str


def groups_named(text: str) -> tuple[Group, ...]:
    """Return the groups that a phrase names, in its order: ``sở, ban, ngành và UBND các xã, phường`` names two.

    Empty, unless the whole phrase is made of groups.
    """
    return _split_into_groups(tuple(essence(text).split())) or ()


def essence(text: str) -> str:
    """Return a phrase as it is compared, without the words that say *all of them* or name heads of units."""
    key = f" {folded(text)} "
    for phrase in _FOLDED_EMPTY_PHRASES:
        key = key.replace(f" {phrase} ", " ")
    return " ".join(key.split())


def is_same_as_above(text: str) -> bool:
    """Say whether an entry of *Nơi nhận* only points at others: ``Như trên``, ``Như Điều 3``."""
    return _SAME_AS_ABOVE.match(composed(text).rstrip(" .;")) is not None


def listed_communes(text: str) -> tuple[ListedName, ...]:
    """Return the names of a list with one prefix for all, ``UBND các xã: A, B, C``; empty if it is none."""
    match = _LISTED.match(composed(text).rstrip(" .;"))
    if match is None:
        return ()
    kinds = tuple(re.findall(r"xã|phường", match["kinds"].casefold()))
    names = []
    for part in _SEPARATOR.split(match["names"]):
        own = _OWN_KIND.match(part)
        if own is not None:
            names.append(ListedName(kinds=(own[1].casefold(),), name=own[2]))
        elif part:
            names.append(ListedName(kinds=kinds, name=part))
    return tuple(names)


def without_head(text: str) -> str:
    """Return the unit of a head: ``Giám đốc Sở Nội vụ`` stands for ``Sở Nội vụ``."""
    return _HEAD.sub("", composed(text))


def _split_into_groups(words: tuple[str, ...]) -> tuple[Group, ...] | None:
    if not words:
        return ()
    if words[0] == _AND:
        return _split_into_groups(words[1:])
    for length in range(min(len(words), _LONGEST), 0, -1):
        group = _GROUP_OF_WORDING.get(" ".join(words[:length]))
        if group is None:
            continue
        rest = _split_into_groups(words[length:])
        if rest is not None:
            return (group, *(other for other in rest if other is not group))
    return None


def _with_endings(wording: str) -> tuple[str, ...]:
    return (wording, *(f"{wording} {folded(ending)}" for ending in _EMPTY_ENDINGS))


_FOLDED_EMPTY_PHRASES = tuple(folded(phrase) for phrase in _EMPTY_PHRASES)
_GROUP_OF_WORDING = {
    spelling: group
    for group, wordings in _WORDINGS.items()
    for wording in wordings
    for spelling in _with_endings(folded(wording))
}
_AND = folded("và")
_LONGEST = max(len(wording.split()) for wording in _GROUP_OF_WORDING)
#: Every wording of a group, folded; and what says "all of them" or names heads before them, folded.
GROUP_WORDINGS: Mapping[str, Group] = _GROUP_OF_WORDING
HEAD_PHRASES = tuple(folded(phrase) for phrase in (*_EMPTY_PHRASES, *_HEADS))
