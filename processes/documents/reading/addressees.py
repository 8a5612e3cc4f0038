"""Reads to whom a document goes: ``Kính gửi``, who is wired to, else the units of ``Nơi nhận``."""

import re
from collections.abc import Iterator, Mapping, Sequence

from processes.documents.reading.cells import listed_departments, units_in
from processes.documents.reading.values import Addressee
from processes.documents.source.blocks import Line
from processes.units.groups import groups_named, listed_communes
from processes.units.registry import Recipient, UnitRegistry

_BULLET = re.compile(r"^[-–—•+·*]\s*")
_AS_ARTICLE = re.compile(r"^Như Điều (\d{1,2})\b", re.IGNORECASE)
_DUTY = re.compile(r"\s+(?:chịu trách nhiệm|căn cứ Quyết định|có trách nhiệm)\b")
#: After so many unknown names the text is no list of units; guessing names takes time.
MOST_SUGGESTED = 20


def read_recipients(lines: Sequence[Line], registry: UnitRegistry) -> tuple[Addressee, ...]:
    """Return the addressees; only ``;`` separates them, for ``Sở, ban, ngành`` is one."""
    found: list[Addressee] = []
    for line in lines:
        for text in _BULLET.sub("", line.text).split(";"):
            name = text.strip(" .;:")
            if name:
                unknown = sum(each.kind == "unknown" for each in found)
                found += _several(name, registry, suggest=unknown < MOST_SUGGESTED)
    return tuple(found)


def executors_in_cc(cc: Sequence[str], registry: UnitRegistry) -> tuple[Addressee, ...]:
    """Return the units and groups of *Nơi nhận*: the addressees of a document that has no *Kính gửi*."""
    found = (each for entry in cc for each in _several(entry, registry, suggest=False))
    return tuple(each for each in found if each.kind != "unknown" and not _is_informed(each, registry))


def executors_of_article(
    cc: Sequence[str], articles: Mapping[str, str], registry: UnitRegistry
) -> tuple[Addressee, ...]:
    """Return whom the article names at which *Nơi nhận* points: ``Như Điều 4``.

    Args:
        articles: the text of each article, by its number.
    """
    pointed = next((match for entry in cc if (match := _AS_ARTICLE.match(entry))), None)
    text = "" if pointed is None else articles.get(pointed[1], "")
    named = units_in(_DUTY.split(text, maxsplit=1)[0].replace("; ", "\n"), registry, vague=True)
    return tuple(_addressee(name, registry, suggest=False) for name in named.names)


def read_cc(lines: Sequence[Line]) -> tuple[str, ...]:
    """Return the entries of *Nơi nhận*; they are informed and receive no task."""
    return tuple(text for line in lines if (text := _BULLET.sub("", line.text).strip(" .;")))


def _several(name: str, registry: UnitRegistry, *, suggest: bool) -> Iterator[Addressee]:
    """Yield an entry; where commas part known units, and the whole is none, each of them."""
    departments = listed_departments(name, registry)
    if departments:
        yield from (_addressee(each, registry, suggest=False) for each in departments)
        return
    whole = _addressee(name, registry, suggest=False)
    if whole.kind == "unknown" and "," in name:
        parts = [_addressee(part.strip(), registry, suggest=False) for part in name.split(",")]
        if all(part.kind != "unknown" for part in parts):
            yield from parts
            return
    yield _addressee(name, registry, suggest=suggest) if whole.kind == "unknown" else whole


def _is_informed(addressee: Addressee, registry: UnitRegistry) -> bool:
    unit = None if addressee.code is None else registry.find(addressee.code)
    return unit is not None and unit.recipient is Recipient.CC_ONLY


def _addressee(name: str, registry: UnitRegistry, *, suggest: bool) -> Addressee:
    if groups_named(name):
        return Addressee(text=name, kind="group")
    unit = registry.find(name)
    if unit is not None:
        return Addressee(text=name, kind="unit", code=unit.code)
    if listed_communes(name):
        return Addressee(text=name, kind="list")
    return Addressee(text=name, kind="unknown", nearest=tuple(registry.nearest(name)) if suggest else ())
