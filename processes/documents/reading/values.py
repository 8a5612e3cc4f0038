"""The values that a document is read as: its date, addressees, references, signer."""

import datetime as dt
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialDate:
    """A date of which parts may be missing."""

    year: int | None = None
    month: int | None = None
    day: int | None = None

    @property
    def whole(self) -> dt.date | None:
        """The date, if nothing is missing and there is such a day."""
        if self.year is None or self.month is None or self.day is None:
            return None
        try:
            return dt.date(self.year, self.month, self.day)
        except ValueError:
            return None

    def to_json(self) -> dict[str, Any]:
        """Return the parts."""
        return {"year": self.year, "month": self.month, "day": self.day}


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """One entry of *Kính gửi*.

    Attributes:
        kind: ``unit``, ``group``, ``list`` (one prefix for several names) or ``unknown``.
        code: of a unit.
        nearest: for an unknown one, the names it may mean.
    """

    text: str
    kind: str
    code: str | None = None
    nearest: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the keys that say something."""
        found: dict[str, Any] = {"text": self.text, "kind": self.kind}
        if self.code is not None:
            found["code"] = self.code
        if self.kind == "unknown":
            found["nearest"] = list(self.nearest)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownName:
    """A name that the registry does not have, and those that it may mean."""

    text: str
    nearest: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return both."""
        return {"text": self.text, "nearest": list(self.nearest)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Another document that the letter names: by number, or by title while it has none.

    Attributes:
        kind: ``Kế hoạch``; ``subject``: what it is about, for one named by number.
    """

    number: str | None = None
    date: dt.date | None = None
    issuer: str | None = None
    title: str | None = None
    status: str | None = None
    in_item: str | None = None
    kind: str | None = None
    subject: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the keys of its sort."""
        found: dict[str, Any]
        if self.title is not None:
            found = {"title": self.title, "status": self.status}
            if self.date is not None:
                found["date"] = self.date.isoformat()
        else:
            found = {"number": self.number, "date": None if self.date is None else self.date.isoformat()}
            if self.issuer is not None:
                found["issuer"] = self.issuer
        if self.kind is not None:
            found["kind"] = self.kind
        if self.subject is not None:
            found["subject"] = self.subject
        return found if self.in_item is None else {**found, "in_item": self.in_item}


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who signed, in which office and on whose behalf (``KT. CHỦ TỊCH``)."""

    name: str | None
    title: str | None
    authority: str | None

    def to_json(self) -> dict[str, Any]:
        """Return all three."""
        return {"name": self.name, "title": self.title, "authority": self.authority}


@dataclass(frozen=True, slots=True, kw_only=True)
class Typo:
    """A word that is probably meant otherwise; the text keeps what was found."""

    found: str
    suggest: str

    def to_json(self) -> dict[str, Any]:
        """Return the finding; the original must stay."""
        return {"found": self.found, "suggest": self.suggest, "must_not_silently_change_original": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """The last sentence of the body."""

    text: str
    typo: Typo | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the sentence and what is doubtful in it."""
        found: dict[str, Any] = {"text": self.text}
        return found if self.typo is None else {**found, "typo": self.typo.to_json()}
