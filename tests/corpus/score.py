"""Compares what the reader gives with what is true: what it missed, invented or got wrong.

A directive is found if one of the reading begins with its first words; each of the reading's counts once, and one
that is left over was invented. Where the same words stand twice, ordinals decide. Units are compared as the units
they stand for, so that a group may be called by any of its names; of a deadline everything the expectation states
must agree; a directive's text must go on to its last words, and names and numbers to be kept out stand in none.
Keys that the expectation does not have are not judged.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from processes.units.names import folded
from processes.units.registry import UnitRegistry, UnknownUnit

#: What is asserted of the whole corpus: at least this share of what is true is read so.
FIGURES = {
    "directives": 0.99,
    "units": 0.99,
    "deadlines": 0.98,
    "text": 0.99,
    "number": 0.98,
    "date": 0.98,
    "issuer": 0.98,
    "signer": 0.98,
    "kept_out": 1.0,
}

#: Shown beside them.
ALSO = ("doc_type", "subject", "proposed_number", "recipients", "products", "cc", "warnings")

#: What a directive may begin with: its text, or the same with the topic above it or from the word "giao" on.
_BEGINNINGS = ("first_12_words", "or_first_12_words")
_EVERY_RECIPIENT = "every recipient"
#: Groups are expanded on the day of the newest document.
_ON = date(2026, 12, 31)
_NOTE_AT_END = re.compile(r"\s*\((?:each|head)\)$")
_WORD = re.compile(r"\w+")

Json = Mapping[str, Any]


@dataclass(slots=True)
class Score:
    """Counts by figure, and remarks that say what is amiss.

    Attributes:
        right, of: how many agree, of how many that are judged.
        found: how many directives the reading gives; ``invented`` of them are not there.
    """

    right: Counter[str] = field(default_factory=Counter)
    of: Counter[str] = field(default_factory=Counter)
    found: int = 0
    invented: int = 0
    remarks: list[str] = field(default_factory=list)

    def share(self, figure: str) -> float:
        """Return the share that is right, from 0 to 1; 1 if nothing was judged."""
        return self.right[figure] / self.of[figure] if self.of[figure] else 1.0

    def judge(self, figure: str, is_right: bool, remark: str) -> None:
        """Count one comparison; the remark is kept if it failed."""
        self.of[figure] += 1
        self.right[figure] += is_right
        if not is_right:
            self.remarks.append(f"{figure}: {remark}")

    def to_json(self) -> dict[str, Any]:
        """Return shares, counts and remarks."""
        return {
            "shares": {figure: round(self.share(figure), 4) for figure in (*FIGURES, *ALSO)},
            "right": dict(self.right),
            "of": dict(self.of),
            "found": self.found,
            "invented": self.invented,
            "remarks": self.remarks,
        }


def added(scores: Iterable[Score]) -> Score:
    """Return the counts of several documents together, without their remarks."""
    total = Score()
    for each in scores:
        total.right.update(each.right)
        total.of.update(each.of)
        total.found += each.found
        total.invented += each.invented
    return total


def score(found: Json | None, expected: Json, registry: UnitRegistry) -> Score:
    """Compare one reading with the truth; ``None`` if the file could not be read."""
    result = Score()
    if found is None:
        found = {}
        result.remarks.append("not read at all")
    units = _Units(registry, found.get("recipients", ()), expected.get("recipients"))
    _score_envelope(result, found, expected)
    pairs, left = _pair(found.get("directives", ()), expected["directives"])
    result.found, result.invented = len(found.get("directives", ())), len(left)
    result.remarks += [f"invented: {reading['ordinal']} {_beginning(reading)}" for reading in left]
    for at, truth in enumerate(expected["directives"]):
        reading = pairs.get(at)
        shown = f"{truth['ordinal']} {truth['first_12_words']}"
        result.judge("directives", reading is not None, f"missed {shown}")
        _score_directive(result, reading or {}, truth, units, shown)
    return result


def plain(text: str) -> str:
    """Return text as words alone: without case, punctuation, kinds of dash, places of tones."""
    return folded(" ".join(_WORD.findall(unicodedata.normalize("NFC", text))))


def _holds(words: Sequence[str], wanted: Sequence[str]) -> bool:
    return any(words[at : at + len(wanted)] == wanted for at in range(len(words) - len(wanted) + 1))


def _words(text: str) -> list[str]:
    """Return the words one by one; a name that is cut at the end stays comparable."""
    return [folded(word) for word in _WORD.findall(unicodedata.normalize("NFC", text))]


def _score_envelope(result: Score, found: Json, expected: Json) -> None:
    number = (expected["number"], expected.get("number_suffix"))
    read = (found.get("number", ""), found.get("number_suffix"))
    is_right = read[0] in _choice(number[0]) and (number[1] is None or read[1] == number[1])
    result.judge("number", is_right, f"{read} for {number}")
    is_right = _date_agrees(found, expected)
    day = expected["date"] or expected.get("date_partial")
    result.judge("date", is_right, f"{found.get('date') or found.get('date_partial')} for {day}")
    issuers = [_plain_issuer(each) for each in _choice(expected["issuer"])]
    is_right = bool(found) and _plain_issuer(found.get("issuer")) in issuers
    result.judge("issuer", is_right, f"{found.get('issuer')!r} for {expected['issuer']!r}")
    _score_signer(result, found, expected["signer"])
    for key in ("doc_type", "subject", "proposed_number"):
        if key in expected:
            read_value = found.get(key)
            is_right = plain(read_value or "") == plain(expected[key] or "")
            result.judge(key, is_right, f"{read_value!r} for {expected[key]!r}")
    for key in ("recipients", "cc"):
        if key in expected:
            texts = [plain(each if isinstance(each, str) else each["text"]) for each in found.get(key, ())]
            is_right = texts == [plain(each) for each in expected[key]]
            result.judge(key, is_right, f"{found.get(key)} for {expected[key]}")
    texts = " ".join(each.get("text", "") for each in found.get("directives", ()))
    for words in expected.get("kept_out", ()):
        result.judge("kept_out", words not in texts, f"{words!r} stands in a directive")
    for warning in expected.get("warnings", ()):
        is_right = any(each.startswith(warning) for each in found.get("warnings", ()))
        result.judge("warnings", is_right, f"missing {warning!r}")


def _date_agrees(found: Json, expected: Json) -> bool:
    if "date_partial" not in expected:
        return found.get("date", "") in _choice(expected["date"])
    partial = found.get("date_partial") or {}
    stated = expected["date_partial"].items()
    return found.get("date", "") is None and all(partial.get(part) == value for part, value in stated)


def _score_signer(result: Score, found: Json, expected: Json | None) -> None:
    read = found.get("signer")
    if expected is None or not read:
        is_right = expected is None and bool(found) and not read
    else:
        is_right = all(
            plain(read.get(key) or "") in [plain(each or "") for each in _choice(expected[key])]
            for key in ("name", "title", "authority")
        )
    result.judge("signer", is_right, f"{read} for {expected}")


def _plain_issuer(name: str | None) -> str:
    """Return an issuer's name without the city after a department's."""
    words = plain(name or "")
    return words if words.startswith("ubnd") else re.sub(r" (?:tp|thanh pho)\b.*$", "", words)


def _pair(found: Sequence[Json], expected: Sequence[Json]) -> tuple[dict[int, Json], list[Json]]:
    """Return the reading of each expected directive by its place, and those left over; equal ordinals go first."""
    left = [(reading, _words(_beginning(reading))) for reading in found]
    pairs: dict[int, Json] = {}
    for is_same_ordinal in (True, False):
        for at, truth in enumerate(expected):
            if at in pairs:
                continue
            beginnings = [_words(text) for key in _BEGINNINGS for text in _listed(truth.get(key))]
            for candidate in left:
                reading, words = candidate
                if any(words[: len(each)] == each for each in beginnings) and (
                    not is_same_ordinal or reading.get("ordinal") == truth["ordinal"]
                ):
                    pairs[at] = reading
                    left.remove(candidate)
                    break
    return pairs, [reading for reading, _ in left]


def _beginning(reading: Json) -> str:
    return " ".join((reading.get("text") or reading.get("first_12_words") or "").split()[:40])


def _score_directive(result: Score, reading: Json, truth: Json, units: "_Units", shown: str) -> None:
    is_right = bool(reading) and units.lead(reading.get("lead")) == units.lead(truth["lead"])
    result.judge("units", is_right, f"lead {reading.get('lead')!r} for {truth['lead']!r} in {shown}")
    coordinate, wanted = (units.named(each.get("coordinate")) for each in (reading, truth))
    if coordinate or wanted:
        remark = f"coordinators {reading.get('coordinate')} for {truth.get('coordinate')} in {shown}"
        result.judge("units", coordinate == wanted, remark)
    read, deadline = reading.get("deadline"), truth["deadline"]
    is_right = bool(reading) and deadline_agrees(read, deadline)
    result.judge("deadlines", is_right, f"{read} for {deadline} in {shown}")
    if "last_4_words" in truth:
        is_right = _holds(_words(reading.get("text") or ""), _words(truth["last_4_words"]))
        result.judge("text", is_right, f"{truth['last_4_words']!r} is missing at the end of {shown}")
    if "products" in truth:
        products = reading.get("products")
        is_right = [plain(each) for each in _listed(products)] == [plain(each) for each in truth["products"]]
        result.judge("products", is_right, f"{products} for {truth['products']} in {shown}")


def deadline_agrees(found: Json | None, expected: Json | Sequence[Json | None] | None) -> bool:
    """Say whether all that is expected of a deadline was read; a list offers a choice, here and of each value."""
    if isinstance(expected, list):
        return any(deadline_agrees(found, each) for each in expected)
    if found is None or expected is None:
        return found is None and expected is None
    for key, value in expected.items():
        if key == "rrule":
            if not set(_WORD.findall(value)) <= set(_WORD.findall(found.get(key) or "")):
                return False
        elif found.get(key) not in _listed(value) and not (value is None and key not in found):
            return False
    return True


def _choice(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]


class _Units:
    """Turns names and codes into the units that they stand for."""

    def __init__(self, registry: UnitRegistry, found: Iterable[Any], expected: Sequence[str] | None) -> None:
        self._registry = registry
        texts = expected or [each if isinstance(each, str) else each["text"] for each in found]
        self._recipients = self._expand(texts)

    def lead(self, lead: Any) -> frozenset[str]:
        """Return who leads; the word for every recipient counts as all of them."""
        if isinstance(lead, str) and lead.startswith(_EVERY_RECIPIENT):
            return self._recipients or frozenset({_EVERY_RECIPIENT})
        return self.named(lead)

    def named(self, names: Any) -> frozenset[str]:
        """Return the codes of the units named; a name that the registry does not have stands for itself."""
        return self._expand(_listed(names))

    def _expand(self, names: Iterable[str]) -> frozenset[str]:
        return frozenset(code for name in names for code in self._codes(_NOTE_AT_END.sub("", name)))

    def _codes(self, name: str) -> list[str]:
        try:
            return [unit.code for unit in self._registry.resolve(name, on=_ON)]
        except UnknownUnit:
            return [plain(name)]
