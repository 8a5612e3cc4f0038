"""One directive as it was read: its text untouched, who, until when, and what each was read from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from processes.documents.deadlines import Deadline
from processes.documents.reading.evidence import Evidence, to_json
from processes.documents.reading.indicators import Indicator
from processes.documents.reading.values import UnknownName
from processes.documents.source.blocks import Place
from processes.documents.states import Nature


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectiveReading:
    """One item, or one lettered point that has its own lead or time, or stands under a heading.

    Attributes:
        ordinal: ``4``, ``II.2`` or ``2.đ``.
        paragraphs: as written, without contact data.
        leads: wordings of the units or groups that lead; empty if every recipient does.
        lead_codes: the codes of those that are units.
        coordinate: codes of the units that cooperate, groups expanded.
        lead_shown: units by code, groups by name; ``coordinate_shown`` likewise.
        by_head: the item lays the duty on the head of each recipient.
        outside: a body outside the city's administration that is asked; nothing can be assigned to it.
        is_request: it asks (``Đề nghị``) where others order.
        unknown: who is told to lead, too, if the registry has no such unit.
        heading: what stands above it in the item.
        target: of its one indicator, ``>= 98%``.
        gap: which letters are missing before it.
        parent: ordinal of the directive or heading it hangs under.
        section: the headings above it, the outermost first.
        deadlines: every time it states, the one that counts first.
        nature, nature_code: once, in periods, going on, waiting; in words, and as a stable word.
        waits_for: titles of the documents, or the event, that it waits for.
        concerned: words that leave open who cooperates or leads: ``các đơn vị liên quan``.
        former_names: names that units bore before, as written, each with the code of its unit.
        products: what is to come of it, as written; ``indicator_details``: the rates, taken apart.
        addressed: who leads is told so; else somebody is only spoken of, and the executor of a heading counts.
        given_in: the documents in which it was given before, as a list of open tasks names them.
        place: where it begins; ``evidence``: what each of its fields was read from.
    """

    ordinal: str
    paragraphs: tuple[str, ...]
    leads: tuple[str, ...] = ()
    lead_codes: tuple[str, ...] = ()
    coordinate: tuple[str, ...] = ()
    lead_shown: tuple[str, ...] = ()
    coordinate_shown: tuple[str, ...] = ()
    outside: str | None = None
    is_request: bool = False
    unknown: UnknownName | None = None
    heading: str | None = None
    target: str | None = None
    gap: str = ""
    by_head: bool = False
    deadline: Deadline | None = None
    deadlines: tuple[Deadline, ...] = ()
    nature: str = "continuous"
    nature_code: Nature = Nature.CONTINUOUS
    waits_for: tuple[str, ...] = ()
    concerned: tuple[str, ...] = ()
    former_names: tuple[tuple[str, str], ...] = ()
    indicators: tuple[str, ...] = ()
    contact_removed: bool = False
    parent: str | None = None
    section: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    given_in: tuple[str, ...] = ()
    addressed: bool = True
    indicator_details: tuple[Indicator, ...] = ()
    place: Place | None = field(default=None, compare=False)
    evidence: Mapping[str, Evidence] = field(default_factory=dict, compare=False)

    @property
    def names_somebody(self) -> bool:
        """Whether the text itself says who carries it out, or tries to."""
        return bool(self.leads) or self.outside is not None or self.unknown is not None

    @property
    def text(self) -> str:
        """All paragraphs."""
        return "\n".join(self.paragraphs)

    def to_json(self) -> dict[str, Any]:
        """Return the keys that say something."""
        found: dict[str, Any] = {
            "ordinal": self.ordinal,
            "paragraphs": len(self.paragraphs),
            "first_12_words": _first_words(self.paragraphs[0]),
            "text": self.text,
            "lead": self._lead(),
            "deadline": None if self.deadline is None else self.deadline.to_json(),
            "nature": self.nature,
            "nature_code": self.nature_code.value,
        }
        if self.deadlines:
            found["deadlines"] = [each.to_json() for each in self.deadlines]
        if self.waits_for:
            found["waits_for"] = list(self.waits_for)
        if self.concerned:
            found["concerned"] = list(self.concerned)
        if self.former_names:
            found["former_names"] = [{"text": text, "code": code} for text, code in self.former_names]
        if self.coordinate_shown:
            found["coordinate"] = list(self.coordinate_shown)
        if self.indicators:
            found["indicators"] = list(self.indicators)
        if self.target is not None:
            found["indicator"] = {"name": self.indicators[0], "target": self.target}
        if self.heading is not None:
            found["heading"] = self.heading
        if self.is_request:
            found["kind"] = "request"
        if self.gap:
            found["warning"] = self.gap
        if self.unknown is not None:
            found["unknown"] = self.unknown.to_json()
        if len(self.paragraphs) > 1:
            found["second_paragraph_first_12_words"] = _first_words(self.paragraphs[1])
            found["split_suggestion"] = [
                f"{self.ordinal} (¶{number})" for number in range(1, len(self.paragraphs) + 1)
            ]
        if self.parent is not None:
            found["parent"] = self.parent
        if self.section:
            found["section"] = list(self.section)
        if self.products:
            found["products"] = list(self.products)
        if self.given_in:
            found["given_in"] = list(self.given_in)
        if self.indicator_details:
            found["indicators_detail"] = [each.to_json() for each in self.indicator_details]
        if self.place is not None:
            found["source_place"] = self.place.to_json()
        return {**found, **to_json(self.evidence)}

    def _lead(self) -> Any:
        if self.outside is not None:
            return self.outside
        if self.lead_shown:
            return self.lead_shown[0] if len(self.lead_shown) == 1 else list(self.lead_shown)
        if self.unknown is not None:
            return None
        return "every recipient (head)" if self.by_head else "every recipient"


def _first_words(text: str) -> str:
    return " ".join(text.split()[:12])
