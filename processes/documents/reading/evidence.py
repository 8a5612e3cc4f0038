"""What a field was read from, and how sure that is: one rule for each way of reading.

A field that is written with its label, or in a column of that name, is nearly certain; one that is known by where
it stands is likely; one that is concluded from something else is a proposal, never above 0.6.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from processes.documents.source.blocks import Line, Place

_LONGEST_QUOTE = 200


class How(StrEnum):
    """The ways of reading a field."""

    #: Written behind its label: ``Số:``, ``Kính gửi:``, ``Thời hạn:``, ``Giao … chủ trì``.
    LABEL = "label"
    #: The package around the document states it.
    STATED = "stated"
    #: Under the heading of its column.
    COLUMN = "column"
    #: The name of its kind stands above the subject.
    TITLE = "title"
    #: A number, letter or dash begins it.
    MARK = "mark"
    #: Its own words say it: ``trước ngày 30/9/2026``.
    WORDING = "wording"
    #: A heading above it says it: the executor, the topic.
    HEADING = "heading"
    #: The item above it says it for all its points.
    PARENT = "parent"
    #: The row of its group says it for all rows of the group.
    GROUP_ROW = "group_row"
    #: Known by where it stands.
    POSITION = "position"
    #: A part of it, such as the year, was taken from the day of the document.
    COMPLETED = "completed"
    #: The signing tool printed it elsewhere.
    STAMP = "stamp"
    #: Concluded from the notation.
    NOTATION = "notation"
    #: Concluded from the running text.
    BODY = "body"
    #: Nobody is named, so the addressees are meant.
    ADDRESSEES = "addressees"
    #: Taken from ``Nơi nhận``, for there is no ``Kính gửi``.
    DISTRIBUTION = "distribution"
    #: Several readings are possible and one was taken.
    GUESS = "guess"


#: How sure each way is, from 0 to 1.
CONFIDENCE: Mapping[How, float] = {
    How.LABEL: 0.98,
    How.STATED: 0.95,
    How.COLUMN: 0.95,
    How.TITLE: 0.98,
    How.MARK: 0.95,
    How.WORDING: 0.95,
    How.HEADING: 0.9,
    How.PARENT: 0.85,
    How.GROUP_ROW: 0.85,
    How.POSITION: 0.8,
    How.COMPLETED: 0.6,
    How.STAMP: 0.6,
    How.NOTATION: 0.6,
    How.BODY: 0.5,
    How.ADDRESSEES: 0.6,
    How.DISTRIBUTION: 0.6,
    How.GUESS: 0.4,
}
#: The ways that conclude; what they give is not written there literally.
INFERRING = frozenset(
    {How.COMPLETED, How.STAMP, How.NOTATION, How.BODY, How.ADDRESSEES, How.DISTRIBUTION, How.GUESS}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The words a field was read from.

    Attributes:
        quote: as written, cut after 200 characters.
        how: the way of reading.
        place: where the quote stands; ``None`` if the source gives none.
        confidence: from 0 to 1.
    """

    quote: str
    how: How
    confidence: float
    place: Place | None = None

    @property
    def inferred(self) -> bool:
        """Whether it is not written there literally."""
        return self.how in INFERRING

    def to_json(self) -> dict[str, Any]:
        """Return what a page shows beside the field."""
        return {
            "quote": self.quote,
            "place": None if self.place is None else self.place.to_json(),
            "inferred": self.inferred,
            "how": self.how.value,
        }

    def less_sure(self, by: float) -> "Evidence":
        """Return the same, its confidence multiplied; a doubt that the reader met."""
        return replace(self, confidence=self.confidence * by)


def evidence(how: How, quote: str, *lines: Line) -> Evidence:
    """Return evidence that a quote gives; its place is that of the first line that holds it, else of the first."""
    holding = next((line for line in lines if quote in line.text), lines[0] if lines else None)
    return Evidence(
        quote=quote[:_LONGEST_QUOTE],
        how=how,
        confidence=CONFIDENCE[how],
        place=None if holding is None else holding.place,
    )


def to_json(findings: Mapping[str, Evidence], names: Iterable[str] | None = None) -> dict[str, Any]:
    """Return ``confidence`` and ``evidence`` by field, the confidence with two decimals."""
    wanted = list(findings) if names is None else [name for name in names if name in findings]
    return {
        "confidence": {name: round(findings[name].confidence, 2) for name in wanted},
        "evidence": {name: findings[name].to_json() for name in wanted},
    }
