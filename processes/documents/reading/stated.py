"""Puts in what a package's envelope states where the text is silent; where both speak, the text counts."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from processes.documents.reading.evidence import Evidence, How, evidence
from processes.documents.reading.heading import Heading
from processes.documents.reading.values import PartialDate, Signer
from processes.units.names import folded

_SUFFIX = re.compile(r"^\d+[a-z]?(?:/(?:19|20)\d\d)?(?P<suffix>[/-].+)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """A heading with what the envelope adds, and where the two disagree."""

    heading: Heading
    issuer: str | None
    signer: Signer | None
    doc_type: str | None
    evidence: Mapping[str, Evidence]
    conflicts: tuple[str, ...]


def complete(
    heading: Heading, issuer: str | None, signer: Signer | None, stated: Mapping[str, Any]
) -> Completed:
    """Return a heading, issuer and signer completed by an envelope; an inferred issuer is no text's."""
    found: dict[str, Evidence] = {}
    conflicts: list[str] = []

    def settled(name: str, read: str | None) -> str | None:
        value = stated.get(name)
        if not isinstance(value, str) or not value.strip():
            return read
        if read is None:
            found[name] = evidence(How.STATED, value)
            return value.strip()
        if folded(read) != folded(value):
            conflicts.append(f"{name}: the text has '{read}', the package '{value}'")
        return read

    number = settled("number", heading.number)
    match = None if number is None or heading.suffix is not None else _SUFFIX.match(number)
    date = heading.date
    day = _day(stated.get("date"))
    if day is not None:
        if date.whole is None:
            known = [(date.year, day.year), (date.month, day.month), (date.day, day.day)]
            if any(part is not None and part != other for part, other in known):
                conflicts.append(f"date: the text has another than the package, '{day.isoformat()}'")
            else:
                date = PartialDate(year=day.year, month=day.month, day=day.day)
                found["date"] = evidence(How.STATED, day.isoformat())
        elif date.whole != day:
            conflicts.append(
                f"date: the text has '{date.whole.isoformat()}', the package '{day.isoformat()}'"
            )
    subject = settled("subject", heading.subject)
    urgency = heading.urgency
    if isinstance(stated.get("urgency"), str) and urgency == "normal" and stated["urgency"] != "normal":
        urgency = stated["urgency"]
        found["urgency"] = evidence(How.STATED, urgency)
    return Completed(
        heading=replace(
            heading,
            number=number,
            suffix=heading.suffix if match is None else match["suffix"],
            date=date,
            subject=subject,
            urgency=urgency,
        ),
        issuer=settled("issuer", issuer),
        signer=_signer(signer, stated.get("signer"), found, conflicts),
        doc_type=stated.get("doc_type") if isinstance(stated.get("doc_type"), str) else None,
        evidence=found,
        conflicts=tuple(conflicts),
    )


def _day(value: object) -> dt.date | None:
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def _signer(
    read: Signer | None, value: object, found: dict[str, Evidence], conflicts: list[str]
) -> Signer | None:
    stated: Mapping[str, Any] = value if isinstance(value, Mapping) else {"name": value}
    name = stated.get("name")
    if not isinstance(name, str) or not name.strip():
        return read
    if read is None or read.name is None:
        found["signer"] = evidence(How.STATED, name)
        title = stated.get("title") if read is None or read.title is None else read.title
        authority = stated.get("authority") if read is None else read.authority
        return Signer(name=name.strip(), title=title, authority=authority)
    if folded(read.name) != folded(name):
        conflicts.append(f"signer: the text has '{read.name}', the package '{name}'")
    return read
