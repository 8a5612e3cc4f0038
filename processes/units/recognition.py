"""Finds names of units and groups in running text and in lists: prefixes shared, exceptions, what is left open.

A name is the longest that fits at its place. Lists share their first word (``các Sở: Nội vụ, Tài chính``), a group
followed by names is those names, and what is called *liên quan* names nobody.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from processes.units.groups import GROUP_WORDINGS, HEAD_PHRASES, KINDS_OF_GROUP, Group
from processes.units.named import Name, NameKind, Run
from processes.units.names import CAPITALS, words_of
from processes.units.trie import NameTrie

if TYPE_CHECKING:
    from processes.units.registry import Unit, UnitRegistry

#: No name, no group with the words between, is longer; no list has more names.
_LONGEST = 24
_MOST_LISTED = 150
_LONGEST_NOTE = 160
#: ``UBND các phường A, B`` is kept as ``UBND các phường: A, B``.
_NO_COLON = re.compile(
    rf"^([^{CAPITALS}]*(?:(?:Chủ tịch\s+)?(?:UBND|(?:Ủy|Uỷ) ban nhân dân))?[^{CAPITALS}]*?)\s+(?=[{CAPITALS}])"
)
#: Names of units, without the city, that are verbs as well: ``Thống kê, hỗ trợ`` is none.
_VERBS_TOO = frozenset(" ".join(word.key for word in words_of(text)) for text in ("Thống kê", "Thanh tra"))
_NAMED_THERE = re.compile(
    rf"\s*(?:$|[;)\n/]|,\s+[{CAPITALS}]|và\s+[{CAPITALS}]|chủ trì\b|phối hợp\b|có trách nhiệm\b)"
)
#: What may stand between the words of one name; a comma only where the name has one.
_WITHIN = re.compile(r"[\s\-–/&'’.,]*")
_ABBREVIATED_WORD = 4
_SEPARATOR = re.compile(r"\s*(?:[,;/+•]|\s[-–])?\s*(?:[-–+•*]\s+|\d{1,2}[.)]\s*)?")
_DEPARTMENT, _COMMITTEE, _COMMUNE, _WARD = (words_of(text)[0].key for text in ("Sở", "UBND", "xã", "phường"))
_EACH = words_of("các")[0].key
_AND = frozenset(word.key for text in ("và", "cùng", "với", "hoặc") for word in words_of(text))
_NOTE = re.compile(r"\s*\((?P<note>[^()]{0,160})\)")
_EXCEPT = re.compile(
    r"\s*[,;(]?\s*(?:\b(?:ngoại\s+)?trừ|không\s+(?:bao\s+)?gồm|không\s+kể|\btrừ\s+ra)(?:\s+đối\s+với)?\s*:?\s+",
    re.IGNORECASE,
)
_OPEN_TO_WHOM = (
    r"(?:(?:sở|ban|ngành|cơ quan|đơn vị|địa phương|tổ chức|cá nhân|xã|phường|bộ phận|UBND|doanh nghiệp"
    r"|chuyên môn)"
    r"(?:\s*[,/]\s*(?:các\s+)?|\s+và\s+(?!các\b)|\s+(?:các\s+)?)){1,8}"
)
_CONCERNED = re.compile(
    rf"(?:(?:tất cả|toàn thể)\s+)?(?:(?:các|những)\s+)?{_OPEN_TO_WHOM}(?:khác\s+)?"
    r"(?:trên địa bàn\s+)?(?:có\s+)?liên quan\b",
    re.IGNORECASE,
)
_OVERDUE = re.compile(
    rf"(?:(?:các|những)\s+)?{_OPEN_TO_WHOM}(?:còn\s+)?(?:(?:đang\s+)?có\s+)?(?:nhiệm vụ|công việc)\s+"
    r"(?:đã\s+|bị\s+|còn\s+)?(?:quá hạn|chậm(?:\s+(?:muộn|trễ|tiến độ))?|trễ hạn)\b",
    re.IGNORECASE,
)
_LIAISON_AT_END = re.compile(r"\s+(?:khác\s+)?(?:trên địa bàn\s+)?(?:có\s+)?liên quan$", re.IGNORECASE)
_LIAISON = re.compile(r"\s+(?:(?:có\s+)?liên quan|còn lại)\b", re.IGNORECASE)
#: What narrows a group to some of it, and nobody says which: ``biên giới``, ``có rừng``, ``bị ảnh hưởng``.
_NARROWED = re.compile(
    r"\s+(?:(?:khu vực\s+|vùng\s+)?(?:biên giới|miền núi|ven biển|ven sông|ven rừng"
    r"|vùng sâu)"
    r"(?:,\s*vùng xa)?|trọng điểm|nêu trên|nói trên|(?:có tên\s+)?(?:tại|trong) (?:Phụ lục"
    r"|danh sách)[^,;.:\n]*"
    r"|(?:thuộc diện|chưa|nằm trong|giáp ranh|nơi|bị)\s+[^\W\d_]+(?:\s+[^\W\d_]+){0,3}?(?=\s*[,;.:(\n]"
    r"|\s+(?:chủ|phối|tổ|rà"
    r"|thực|tăng|báo|xây|khẩn|hoàn|tiếp|có|tập|kiểm|triển|bố|gửi|lập|phải|cần|chịu|tuyên|theo)\b|$)"
    r"|có\s+(?:rừng|biển|biên giới|dự án|khu công nghiệp|cụm công nghiệp|đường|hồ|đập|sông|chợ|di tích"
    r"|công trình)"
    r"(?:\s+đi qua|\s+trên địa bàn)?)(?!\w)",
    re.IGNORECASE,
)
#: Which words a list under a group leaves out, the likelier first.
_LISTED_UNDER = {
    Group.COMMUNES: ((_COMMITTEE, _COMMUNE), (_COMMITTEE, _WARD)),
    Group.WARDS: ((_COMMITTEE, _WARD),),
    Group.RURAL_COMMUNES: ((_COMMITTEE, _COMMUNE),),
    Group.DEPARTMENTS: ((_DEPARTMENT,),),
    Group.VERTICALS: (),
    Group.ALL: (),
}
#: The same behind one word: ``các Sở: Nội vụ, Tài chính``.
_SORTS = {
    _DEPARTMENT: (_DEPARTMENT,),
    _COMMUNE: (_COMMITTEE, _COMMUNE),
    _WARD: (_COMMITTEE, _WARD),
}
#: Behind these, who is listed and not known is a slip; behind the others it is a sentence.
_ONLY_LISTED = frozenset({Group.WARDS, Group.RURAL_COMMUNES})


#: Behind a unit of the city: it is that of a lower level.
_LOWER_LEVEL = re.compile(r"\s+(?:(?:các|cấp)\s+)?(?:xã|phường|huyện|quận|thị xã)(?!\w)")
#: Behind a unit of the city, which was a province.
_PROVINCE = re.compile(r"\s+tỉnh(?!\w)(?!\s+\w)|\s+tỉnh(?=\s+[^\W\d_A-ZĐ])")
#: Behind a unit: it is that of a province or city, by its name.
_AREA = re.compile(
    rf"\s*(?:tỉnh|thành phố|TP\.?)\s+(?P<name>[{CAPITALS}][^\W\d_]*(?:\s+[{CAPITALS}][^\W\d_]*){{0,3}})"
)
_AREA_KEYS = frozenset(words_of(text)[0].key for text in ("tỉnh", "thành phố"))


_GROUPS = NameTrie(GROUP_WORDINGS)
_HEADS = NameTrie((phrase, True) for phrase in HEAD_PHRASES)


class NameReader:
    """Reads the names in one text.

    Args:
        text: in Unicode form NFC.
        on: the day on which groups are expanded and names are known; former names come after those of the day.
    """

    def __init__(self, text: str, registry: "UnitRegistry", *, on: date) -> None:
        self.text = text
        self.day = on
        self.words = words_of(text)
        self.keys = [word.key for word in self.words]
        self.registry = registry.at(on)

    def runs(self) -> Iterator[Run]:
        """Yield the names of the text from left to right."""
        at = 0
        while at < len(self.words):
            run = self.run(at)
            if run is None:
                at += 1
                continue
            yield run
            at = self.first_after(run.end, at + 1)

    def run_from(self, position: int) -> Run | None:
        """Return the names that begin with the first word from a position on; ``None`` if none does."""
        return self.run(self.first_after(position, 0))

    def first_after(self, position: int, at: int) -> int:
        """Return which word from ``at`` on is the first that begins at or after a position."""
        while at < len(self.words) and self.words[at].start < position:
            at += 1
        return at

    def run(self, at: int) -> Run | None:
        """Return the names that begin with a word, by its number."""
        names: list[Name] = []
        exceptions: list[Name] = []
        unlisted: list[Name] = []
        prefixes: tuple[tuple[str, ...], ...] = ()
        end, start = 0, self.words[at].start if at < len(self.words) else 0
        while at < len(self.words) and len(names) < _MOST_LISTED:
            found = self._listed_under_sorts(at) or self._name(at, prefixes if names else ())
            if found is None:
                break
            listed, prefixes, missing = found
            names += listed
            unlisted += missing
            end = max((name.end for name in (*listed, *missing)), default=end)
            end, left_out = self._notes(end)
            exceptions += left_out
            following = self._next(end)
            if following is None:
                break
            at = following
        if not names and not unlisted:
            return None
        return Run(
            names=tuple(names),
            start=start,
            end=end,
            exceptions=tuple(exceptions),
            unlisted=tuple(unlisted),
        )

    def _name(
        self, at: int, prefixes: tuple[tuple[str, ...], ...]
    ) -> tuple[list[Name], tuple[tuple[str, ...], ...], list[Name]] | None:
        """Return the name at a place, what the names after it may leave out, and who is listed and unknown."""
        position = self.words[at].start
        for kind, pattern in ((NameKind.OVERDUE, _OVERDUE), (NameKind.CONCERNED, _CONCERNED)):
            match = pattern.match(self.text, position, position + _LONGEST_NOTE)
            if match is not None:
                name = Name(
                    text=match[0],
                    wording=_LIAISON_AT_END.sub("", match[0]),
                    kind=kind,
                    start=position,
                    end=match.end(),
                )
                return [name], (), []
        unit, group = self._unit(at, ()), self._group(at)
        if group is not None and (unit is None or group.end >= unit.end):
            return self._group_or_list(group)
        carried = [each for prefix in prefixes if prefix and (each := self._unit(at, prefix)) is not None]
        best = max([*([unit] if unit else []), *carried[:1]], key=lambda name: name.end, default=None)
        if best is None:
            return None
        return [best], self._left_out_after(best, prefixes), []

    def _unit(self, at: int, prefix: tuple[str, ...]) -> Name | None:
        """Return the unit named at a place, the words of the prefix thought before it."""
        first = at if prefix else self._behind_heads(at)
        if first >= len(self.words) or (prefix and not self.text[self.words[first].start].isupper()):
            return None
        words = [*prefix, *self.keys[first : first + _LONGEST]]
        found = self.registry.trie.longest(words)
        if found is None or found[0] <= len(prefix):
            return None
        count, (key, unit) = found[0] - len(prefix), found[1]
        last = first + count - 1
        if not self._is_whole(first, last, unit) or self._goes_on(last, unit):
            return None
        if self._is_of_another_level(last, unit):
            return None
        is_verb = key in _VERBS_TOO and first == at
        if is_verb and _NAMED_THERE.match(self.text, self.words[last].end) is None:
            return None
        end = self._behind_city(last)
        start = self.words[at].start
        if unit.kind not in ("ward", "commune"):
            province = _PROVINCE.match(self.text, end)
            end = end if province is None else province.end()
        written = self.text[self.words[first].start : end]
        return Name(
            text=self.text[start:end],
            wording=unit.name if prefix else written,
            kind=NameKind.UNIT,
            start=start,
            end=end,
            units=(unit,),
            former_name=self.registry.is_former(key, unit, self.day),
        )

    def _behind_heads(self, at: int) -> int:
        for _ in range(4):
            head = _HEADS.longest(self.keys[at : at + 4])
            if head is None or at + head[0] >= len(self.words):
                break
            at += head[0]
        return at

    def _is_whole(self, first: int, last: int, unit: "Unit") -> bool:
        """Say whether the words of a match stand together as those of one name do."""
        for one, other in pairwise(self.words[first : last + 1]):
            gap = self.text[one.end : other.start]
            if _WITHIN.fullmatch(gap) is None or "\n" in gap:
                return False
            if "," in gap and unit.code not in self.registry.with_commas:
                return False
            if "." in gap and one.end - one.start > _ABBREVIATED_WORD:
                return False
        return True

    def _goes_on(self, last: int, unit: "Unit") -> bool:
        """Say whether the name of a commune goes on: ``Lộc Thành Trung`` is not ``Lộc Thành``."""
        if unit.kind not in ("ward", "commune") or last + 1 >= len(self.words):
            return False
        following = self.words[last + 1]
        written = self.text[following.start : following.end]
        return self.text[self.words[last].end : following.start] == " " and written.istitle()

    def _is_of_another_level(self, last: int, unit: "Unit") -> bool:
        """Say whether a name goes on with another level or place: ``Công an phường``, ``Sở Y tế tỉnh Xa``."""
        if unit.kind in ("ward", "commune"):
            return False
        end = self.words[last].end
        if _LOWER_LEVEL.match(self.text, end) is not None:
            return True
        area = _AREA.match(self.text, self.words[last].start if self.keys[last] in _AREA_KEYS else end)
        if area is None or not self.registry.cities:
            return False
        words = words_of(area["name"])
        begins = (" ".join(word.key for word in words[:count]) for count in range(len(words), 0, -1))
        return not any(each in self.registry.cities for each in begins)

    def _behind_city(self, last: int) -> int:
        """Return where a name ends, with the city that may stand behind it."""
        end = self.words[last].end
        if last + 1 < len(self.words) and self.words[last + 1].key == "tp" and self.keys[last] != "tp":
            if self.text[end : self.words[last + 1].start].strip():
                return end
            last += 1
            end = self.words[last].end
        if self.keys[last] != "tp" or self.text[self.words[last].start].isspace():
            return end
        city = re.match(rf"\.?(?:\s+[{CAPITALS}][^\W\d_]*){{1,4}}", self.text[end:])
        if city is None:
            return end
        words = words_of(city[0])
        for count in range(len(words), 0, -1):
            if " ".join(word.key for word in words[:count]) in self.registry.cities:
                return end + words[count - 1].end
        return end

    def _group(self, at: int) -> Name | None:
        """Return the group, or the groups joined without a comma between them, named at a place."""
        kept = self._without_empty_words(at)
        keys = [self.keys[each] for each in kept]
        ours = self.registry.office_trie(self.day).longest(keys)
        found: tuple[int, Group | None] | None = _GROUPS.longest(keys)
        if ours is not None and (found is None or ours[0] >= found[0]):
            found = ours
        if found is None:
            return None
        last = kept[found[0] - 1]
        for one, other in pairwise(self.words[at : last + 1]):
            gap = self.text[one.end : other.start]
            if re.fullmatch(r"[\s,/\-–]*", gap) is None or (one.key.isdecimal() and gap.strip()):
                return None
        start, end = self.words[at].start, self.words[last].end
        text = self.text[start:end]
        group = found[1]
        return Name(
            text=text,
            wording=text,
            kind=NameKind.GROUP,
            start=start,
            end=end,
            units=self.registry.expand_group(text if group is None else group, self.day),
            groups=() if group is None else (group,),
        )

    def _without_empty_words(self, at: int) -> list[int]:
        kept: list[int] = []
        while at < len(self.words) and len(kept) < _LONGEST:
            head = _HEADS.longest(self.keys[at : at + 4])
            if head is not None:
                at += head[0]
            elif self.keys[at].isdecimal() and not (kept and self.keys[kept[-1]].isdecimal()):
                at += 1
            else:
                kept.append(at)
                at += 1
        return kept

    def _group_or_list(self, group: Name) -> tuple[list[Name], tuple[tuple[str, ...], ...], list[Name]]:
        concerned = _LIAISON.match(self.text, group.end)
        if concerned is not None:
            text = self.text[group.start : concerned.end()]
            kind = NameKind.CONCERNED
            open_group = Name(
                text=text,
                wording=group.text,
                kind=kind,
                start=group.start,
                end=concerned.end(),
                groups=group.groups,
            )
            return [open_group], (), []
        is_all = Group.ALL in group.groups
        narrowed = None if is_all else _NARROWED.match(self.text, group.end)
        if narrowed is not None:
            text = self.text[group.start : narrowed.end()]
            return (
                [],
                (),
                [replace(group, text=text, wording=text, kind=NameKind.UNKNOWN, end=narrowed.end())],
            )
        prefixes = _LISTED_UNDER[group.groups[0]] if group.groups else ()
        listed, missing = self._members(group, prefixes)
        if not listed and not missing:
            return [group], (), []
        return self._as_one(group.start, listed, group.groups), prefixes, missing

    def _members(self, group: Name, prefixes: tuple[tuple[str, ...], ...]) -> tuple[list[Name], list[Name]]:
        """Return the names listed behind a prefix, and those that are listed there and unknown."""
        at = self.first_after(group.end, 0)
        if at >= len(self.words):
            return [], []
        gap = self.text[group.end : self.words[at].start]
        if gap.strip() != ":" and not (gap == " " and self.text[self.words[at].start].isupper()):
            return [], []
        listed: list[Name] = []
        missing: list[Name] = []
        following: int | None = at
        while following is not None and len(listed) < _MOST_LISTED:
            found = self._member(following, prefixes)
            if found is not None:
                listed.append(found)
            elif self._group(following) is None and (
                group.groups[:1] == () or set(group.groups) <= _ONLY_LISTED
            ):
                found = self._unknown(following, prefixes[0])
                missing += [] if found is None else [found]
            if found is None:
                break
            following = self._next(found.end)
        return listed, missing

    def _member(self, at: int, prefixes: tuple[tuple[str, ...], ...]) -> Name | None:
        carried = (self._unit(at, prefix) for prefix in prefixes if prefix)
        found = [name for name in (self._unit(at, ()), *carried) if name is not None]
        return max(found, key=lambda name: name.end, default=None)

    def _unknown(self, at: int, prefix: tuple[str, ...]) -> Name | None:
        """Return what stands in a list like a name: words with capitals, two of them, or one and then a comma."""
        last = None
        for word in self.words[at : at + 5]:
            is_next = last is None or self.text[last.end : word.start] == " "
            if not is_next or not self.text[word.start].isupper():
                break
            last = word
        if last is None:
            return None
        start = self.words[at].start
        text = self.text[start : last.end]
        if " " not in text and re.match(r"\s*(?:[,;.)]|và\b|$)", self.text[last.end :]) is None:
            return None
        words = {_COMMITTEE: "UBND", _DEPARTMENT: "Sở", _COMMUNE: "xã", _WARD: "phường"}
        wording = " ".join((*(words[word] for word in prefix), text))
        return Name(text=text, wording=wording, kind=NameKind.UNKNOWN, start=start, end=last.end)

    def _listed_under_sorts(
        self, at: int
    ) -> tuple[list[Name], tuple[tuple[str, ...], ...], list[Name]] | None:
        """Return the units listed behind ``các Sở``, ``các xã`` or ``các phường``."""
        first = self._behind_heads(at)
        prefix = _SORTS.get(self.keys[first]) if first < len(self.words) else None
        if prefix is None or self._group(at) is not None:
            return None
        if _EACH not in self.keys[at:first] and self._unit(at, ()) is not None:
            return None
        end = self.words[first].end
        sorts = Name(text="", wording="", kind=NameKind.GROUP, start=self.words[at].start, end=end)
        listed, missing = self._members(sorts, (prefix,))
        if not listed:
            return None
        return listed, (prefix,), missing

    def _as_one(self, start: int, listed: list[Name], groups: tuple[Group, ...]) -> list[Name]:
        """Return members of a list under a prefix as one name, its text whole."""
        if not listed:
            return []
        kinds = frozenset[str]().union(*(KINDS_OF_GROUP[group] for group in groups))
        if kinds & {"department"}:
            return listed
        end = listed[-1].end
        text = self.text[start:end]
        units = {unit.code: unit for name in listed for unit in name.units}
        return [
            Name(
                text=text,
                wording=_NO_COLON.sub(r"\1: ", text) if ":" not in text else text,
                kind=NameKind.LIST,
                start=start,
                end=end,
                units=tuple(units.values()),
                former_name=any(name.former_name for name in listed),
            )
        ]

    def _left_out_after(
        self, name: Name, prefixes: tuple[tuple[str, ...], ...]
    ) -> tuple[tuple[str, ...], ...]:
        first = words_of(name.units[0].name)
        if len(first) > 2 and first[0].key == _COMMITTEE:
            return ((first[0].key, first[1].key),)
        return ((_DEPARTMENT,),) if first[0].key == _DEPARTMENT else prefixes

    def _notes(self, end: int) -> tuple[int, list[Name]]:
        """Return where the remarks behind a name end, and the exceptions that they name."""
        note = _NOTE.match(self.text, end)
        if note is not None:
            marked = _EXCEPT.match(note["note"])
            if marked is None:
                return note.end(), []
            inner = NameReader(note["note"], self.registry, on=self.day)
            run = inner.run(inner.first_after(marked.end(), 0))
            return note.end(), list(run.names) if run is not None else []
        marked = _EXCEPT.match(self.text, end)
        if marked is None:
            return end, []
        run = self.run(self.first_after(marked.end(), 0))
        return (end, []) if run is None else (run.end, list(run.names))

    def _next(self, end: int) -> int | None:
        """Return the word behind a separator; ``None`` where the names end."""
        at = self.first_after(end, 0)
        if at >= len(self.words):
            return None
        is_joined = False
        while at < len(self.words) and self.keys[at] in _AND and not self._unit(at, ()):
            is_joined = True
            gap = self.text[end : self.words[at].start]
            if _SEPARATOR.fullmatch(gap) is None:
                return None
            end = self.words[at].end
            at += 1
        if at >= len(self.words):
            return None
        gap = self.text[end : self.words[at].start]
        if _SEPARATOR.fullmatch(gap) is None:
            return None
        return at if is_joined or gap.strip() or "\n" in gap else None
