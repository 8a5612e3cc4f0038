"""Reads to whom a document goes: ``Kính gửi``, who is wired to, else the units of ``Nơi nhận``."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from processes.documents.reading.naming import UnitsNamed, units_in
from processes.documents.reading.values import Addressee
from processes.documents.source.blocks import Line
from processes.units.groups import groups_named, listed_communes
from processes.units.named import NameKind
from processes.units.registry import Recipient, UnitRegistry

_BULLET = re.compile(r"^[-–—•+·*]\s*")
_AS_ARTICLE = re.compile(r"^Như Điều (\d{1,2})\b", re.IGNORECASE)
_SEPARATED = re.compile(r"(?:[,;:(–-]|\s(?:và|cùng))\s*$")
_DUTY = re.compile(r"\s+(?:chịu trách nhiệm|căn cứ Quyết định|có trách nhiệm)\b")
#: After so many unknown names the text is no list of units; guessing names takes time.
MOST_SUGGESTED = 20
#: So many entries of *Nơi nhận* are looked at closely.
_MOST_LISTED = 60


def read_recipients(lines: Sequence[Line], registry: UnitRegistry, *, on: dt.date) -> tuple[Addressee, ...]:
    """Return the addressees; only ``;`` separates them, for ``Sở, ban, ngành`` is one."""
    found: list[Addressee] = []
    unknown = 0
    for line in lines:
        for text in _BULLET.sub("", line.text).split(";"):
            name = text.strip(" .;:")
            if name:
                named = list(_several(name, registry, on, suggest=unknown < MOST_SUGGESTED))
                unknown += sum(each.kind == "unknown" for each in named)
                found += named
    return tuple(found)


def executors_in_cc(cc: Sequence[str], registry: UnitRegistry, *, on: dt.date) -> tuple[Addressee, ...]:
    """Return the units and groups of *Nơi nhận*: the addressees of a document that has no *Kính gửi*."""
    found = (
        each
        for place, entry in enumerate(cc)
        for each in _several(entry, registry, on, suggest=place < _MOST_LISTED, is_informed=True)
    )
    return tuple(each for each in found if each.kind != "unknown" and not _is_informed(each, registry))


def executors_of_article(
    cc: Sequence[str], articles: Mapping[str, str], registry: UnitRegistry, *, on: dt.date
) -> tuple[Addressee, ...]:
    """Return whom the article names at which *Nơi nhận* points: ``Như Điều 4``.

    Args:
        articles: the text of each article, by its number.
    """
    pointed = next((match for entry in cc if (match := _AS_ARTICLE.match(entry))), None)
    text = "" if pointed is None else articles.get(pointed[1], "")
    named = units_in(_DUTY.split(text, maxsplit=1)[0], registry, on=on)
    return tuple(
        _addressee(each.wording if each.kind is NameKind.UNIT else each.text, registry, on)
        for each in named.names
        if each.units
    )


def stated_recipients(
    stated: Mapping[str, Any], registry: UnitRegistry, *, on: dt.date
) -> tuple[Addressee, ...]:
    """Return to whom a package says it goes."""
    names = stated.get("recipients")
    listed = names if isinstance(names, list | tuple) else ()
    return read_recipients([Line(text=str(name)) for name in listed], registry, on=on)


def read_cc(lines: Sequence[Line]) -> tuple[str, ...]:
    """Return the entries of *Nơi nhận*; they are informed and receive no task."""
    return tuple(text for line in lines if (text := _BULLET.sub("", line.text).strip(" .;")))


def _several(
    name: str, registry: UnitRegistry, on: dt.date, *, suggest: bool, is_informed: bool = False
) -> Iterator[Addressee]:
    """Yield an entry; one that names several units is a list of them.

    Args:
        suggest: whether it is looked at closely, and what it may mean is guessed, if nobody is called so.
        is_informed: it stands in *Nơi nhận*, where ``Lưu: VT, TH`` names nobody.
    """
    if not suggest:
        yield _named(name, registry, on) or Addressee(text=name, kind="unknown")
        return
    named = units_in(name, registry, on=on)
    meant = [each for each in named.names if each.units]
    if len(meant) > 1 and not named.unknown and not named.outside:
        yield Addressee(text=name, kind="list")
        return
    whole = _addressee(name, registry, on)
    if whole.kind != "unknown":
        yield whole
    elif (
        meant
        and not is_informed
        and _stand_apart(name, (*(each.text for each in named.unknown), *named.outside))
    ):
        yield from sorted(_each(named), key=lambda each: name.find(each.text))
    else:
        yield Addressee(text=name, kind="unknown", nearest=tuple(registry.nearest(name)))


def _stand_apart(name: str, lacking: Sequence[str]) -> bool:
    """Say whether those that the registry lacks stand behind a separator; else they are the rest of a name."""
    before = (name[: name.find(each)] for each in lacking if not name.startswith(each))
    return all(_SEPARATED.search(each) is not None for each in before)


def _each(named: UnitsNamed) -> Iterator[Addressee]:
    """Yield those whom an entry names beside somebody that the registry does not have."""
    for name in named.names:
        if name.kind is NameKind.UNIT:
            yield Addressee(text=name.text, kind="unit", code=name.units[0].code)
        elif name.units:
            yield Addressee(text=name.text, kind="list" if name.kind is NameKind.LIST else "group")
        else:
            yield Addressee(text=name.text, kind="unknown")
    for unknown in named.unknown:
        yield Addressee(text=unknown.text, kind="unknown", nearest=unknown.nearest)
    for body in named.outside:
        yield Addressee(text=body, kind="unknown")


def _is_informed(addressee: Addressee, registry: UnitRegistry) -> bool:
    unit = None if addressee.code is None else registry.find(addressee.code)
    return unit is not None and unit.recipient is Recipient.CC_ONLY


def _addressee(name: str, registry: UnitRegistry, on: dt.date) -> Addressee:
    known = _named(name, registry, on)
    if known is not None:
        return known
    named = units_in(name, registry, on=on)
    if len(named.names) == 1 and not named.unknown and not named.outside and named.names[0].units:
        only = named.names[0]
        if only.kind is NameKind.UNIT:
            return Addressee(text=name, kind="unit", code=only.units[0].code)
        return Addressee(text=name, kind="list" if only.kind is NameKind.LIST else "group")
    return Addressee(text=name, kind="unknown")


def _named(name: str, registry: UnitRegistry, on: dt.date) -> Addressee | None:
    """Return an entry that is the name of one unit, of a group, or a list."""
    if groups_named(name) or registry.office_group(name, on) is not None:
        return Addressee(text=name, kind="group")
    unit = registry.at(on).find(name) or registry.find(name)
    if unit is not None:
        return Addressee(text=name, kind="unit", code=unit.code)
    if listed_communes(name):
        return Addressee(text=name, kind="list")
    return None
