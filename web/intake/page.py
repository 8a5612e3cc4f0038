"""Gathers one draft as it is shown: the original, the envelope, the directives, the trail."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast
from uuid import UUID

import orjson

from engine import clock
from processes.access.accounts import names_by_actor_key
from processes.directives.deadlines import SET
from processes.directives.drafting.view import DirectiveView, DraftView, documents
from processes.directives.rounds import first_to_acknowledge, issue_of
from processes.directives.terms import resolved, unresolved
from processes.documents.states import DirectiveState, DocumentState
from processes.documents.store import attachments_of, source_text_of
from processes.documents.tables import Document, DocumentFile
from processes.units.registry import Unit, UnknownUnit
from web.intake.area import Rights, rights_on
from web.intake.clearness import Letter, Point, letter_of, points_of, units_in_words
from web.intake.original import OriginalText
from web.intake.remarks import remark_sentences
from web.intake.trail import Change, changes
from web.intake.understanding import (
    Confidence,
    Field,
    Stamp,
    confidence_of,
    envelope_fields,
    stamp_of,
    warning_sentences,
)
from web.intake.vocabulary import (
    deadline_words,
    directive_state_label,
    nature_label,
    period_label,
    size_label,
    source_label,
    state_label,
)
from web.language import gettext
from web.sessions import reading_session
from web.units import calendar, registry, unit_name

#: Directives up to which all are shown open, and up to which those that are closed come with the page; of more,
#: each comes when it is opened.
SHOWN_OPEN, SHOWN_AT_ONCE = 5, 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One term of a directive: what holds, and where it comes from."""

    label: str
    value: str
    source: str
    is_set: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownLead:
    """A wording that names no unit, and the units that it may mean."""

    text: str
    nearest: Sequence[Unit]


@dataclass(frozen=True, kw_only=True)
class Card:
    """One directive as shown.

    Attributes:
        units: those that lead, as groups stand on the letter's day.
        anchor: where it stands in the original.
    """

    view: DirectiveView
    points: Sequence[Point]
    units: Sequence[Unit]
    leads: str
    unknown: Sequence[UnknownLead]
    anchor: str | None
    confidence: Confidence | None
    state: str

    @property
    def position(self) -> int:
        """Its number in addresses."""
        return self.view.directive.position

    @property
    def is_given(self) -> bool:
        """Whether it is given to units."""
        return self.view.directive.state == DirectiveState.ACTIVE

    @property
    def deadline(self) -> str:
        """Its deadline in words."""
        return deadline_words(self.view.terms.deadline.value)

    @property
    def open_points(self) -> Sequence[Point]:
        """What holds it up."""
        return [point for point in self.points if point.holds_up]

    @cached_property
    def meter(self) -> str:
        """The six in words, for those who do not see them."""
        return "; ".join(f"{point.label}: {point.state_words}" for point in self.points)

    @cached_property
    def lines(self) -> Sequence[Line]:
        """Its terms beside the six points."""
        terms = self.view.terms
        period = terms.reporting_period.value
        rows = (
            (gettext("Acceptance criterion"), terms.criterion.value or "", terms.criterion.source),
            (gettext("Nature"), nature_label(terms.nature.value), terms.nature.source),
            (
                gettext("Periodic report"),
                "" if period is None else period_label(period),
                terms.reporting_period.source,
            ),
        )
        return [
            Line(label=label, value=value, source=source_label(source), is_set=source == SET)
            for label, value, source in rows
            if value
        ]

    @property
    def quoted_deadline(self) -> str:
        """The words of the letter about time."""
        read = self.view.directive.deadline
        return "" if read is None else str(orjson.loads(read).get("text") or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedFile:
    """A file that came with the document."""

    position: int
    filename: str
    size: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftPage:
    """What the page of a draft shows.

    Attributes:
        shown: the directives after filtering; ``cards``: all of them.
        unclear: how many directives are held up; ``assignments``: how many would be given.
    """

    view: DraftView
    original: OriginalText
    fields: Sequence[Field]
    stamp: Stamp | None
    warnings: Sequence[str]
    legal_bases: Sequence[str]
    cc: Sequence[str]
    cards: Sequence[Card]
    shown: Sequence[Card]
    only_unclear: bool
    unclear: int
    assignments: int
    attachments: Sequence[AttachedFile]
    original_size: str
    trail: Sequence[Change]
    state: str
    rights: Rights
    may_undo: bool

    @property
    def given(self) -> Sequence[Card]:
        """The directives that are given to units."""
        return [card for card in self.cards if card.is_given]

    @property
    def opened(self) -> bool:
        """Whether directives are shown open."""
        return len(self.shown) <= (SHOWN_AT_ONCE if self.only_unclear else SHOWN_OPEN)

    @property
    def comes_later(self) -> bool:
        """Whether what is in a directive comes when it is opened."""
        return not self.opened and len(self.shown) > SHOWN_AT_ONCE

    @property
    def lacks_name(self) -> bool:
        """Whether number or day are missing."""
        return self.view.document.number_no is None or self.view.document.issued_on is None

    @property
    def has_no_directive(self) -> bool:
        """Whether nothing is given, which a person has to answer."""
        return not any(card.is_given for card in self.cards)


def draft_page(view: DraftView, *, only_unclear: bool = False) -> DraftPage:
    """Return the page of a draft."""
    document = view.document
    reading: Mapping[str, Any] = orjson.loads(document.reading)
    source = source_text_of(document)
    original = _original(view)
    fields = envelope_fields(document, reading, original)
    cards = list(all_cards(view, original, reading))
    for card in cards:
        original.mention(
            card.anchor,
            f"d-{card.position}",
            gettext("item %(ordinal)s", ordinal=card.view.directive.ordinal),
        )
    given = [card for card in cards if card.is_given]
    actors = {row.actor for row in view.trail} | {
        key or "" for key in (document.created_by, document.submitted_by, document.approved_by)
    }
    names = names_by_actor_key(reading_session(), actors)
    return DraftPage(
        view=view,
        original=original,
        fields=fields,
        stamp=stamp_of(document, reading),
        warnings=[
            *warning_sentences(reading.get("warnings") or ()),
            *remark_sentences((source or {}).get("remarks") or ()),
        ],
        legal_bases=[_reference(each) for each in reading.get("legal_bases") or ()],
        cc=reading.get("cc") or (),
        cards=cards,
        shown=[card for card in cards if card.open_points] if only_unclear else cards,
        only_unclear=only_unclear,
        unclear=sum(bool(card.open_points) for card in given),
        assignments=sum(len(card.units) for card in given),
        attachments=_attachments(document.id),
        original_size=size_label(reading_session().get_one(DocumentFile, document.source_sha256).size),
        trail=changes(view, names),
        state=state_label(DocumentState(document.state)),
        rights=rights_on(document),
        may_undo=_may_undo(document),
    )


def all_cards(view: DraftView, original: OriginalText, reading: Mapping[str, Any]) -> Iterable[Card]:
    """Return the directives of a draft as shown, each with its place in the original."""
    read = {each["ordinal"]: each for each in reading.get("directives") or ()}
    letter = _letter(view.document, reading)
    for each in view.directives:
        if each.directive.state != DirectiveState.SUPERSEDED:
            yield _card(view, each, letter, original, read.get(each.directive.ordinal) or {})


def card_of(view: DraftView, each: DirectiveView) -> Card:
    """Return one directive as shown."""
    reading: Mapping[str, Any] = orjson.loads(view.document.reading)
    read = {found["ordinal"]: found for found in reading.get("directives") or ()}
    letter = _letter(view.document, reading)
    return _card(view, each, letter, _original(view), read.get(each.directive.ordinal) or {})


def _original(view: DraftView) -> OriginalText:
    source = source_text_of(view.document)
    whole = "" if source else "\n".join(each.directive.text for each in view.directives)
    return OriginalText(source, whole)


def _letter(document: Document, reading: Mapping[str, Any]) -> Letter:
    return letter_of(document, reading, calendar=calendar(), today=clock.today())


def _card(
    view: DraftView,
    each: DirectiveView,
    letter: Letter,
    original: OriginalText,
    read: Mapping[str, Any],
) -> Card:
    on = view.document.issued_on or clock.today()
    leads = each.terms.leads.value
    units: dict[str, Unit] = {}
    for wording in leads.include:
        try:
            found = resolved(wording, registry(), on=on)
        except UnknownUnit:
            continue
        units.update((unit.code, unit) for unit in found if unit.code not in leads.exclude)
    shown = list(units.values())
    named = _leads_in_words(leads.include, leads.exclude)
    return Card(
        view=each,
        points=points_of(each, letter, leads=named),
        units=shown,
        leads=named,
        unknown=[
            UnknownLead(
                text=str(unknown.params.get("text", "")),
                nearest=[
                    unit
                    for name in cast(Sequence[str], unknown.params.get("nearest", ()))
                    if (unit := registry().find(name)) is not None
                ],
            )
            for unknown in unresolved(leads, registry(), on=on)
        ],
        anchor=_place(each, original, read),
        confidence=confidence_of((read.get("confidence") or {}).get("text")),
        state=directive_state_label(DirectiveState(each.directive.state)),
    )


def _place(each: DirectiveView, original: OriginalText, read: Mapping[str, Any]) -> str | None:
    evidence = (each.directive.evidence or {}).get("text") or {}
    return (
        original.anchor_of(read.get("source_place"))
        or original.anchor_of(evidence.get("place"))
        or original.find(each.directive.text)
    )


def _leads_in_words(include: Sequence[str], exclude: Sequence[str]) -> str:
    named = "; ".join(map(_lead_in_words, include))
    if not exclude:
        return named
    return gettext("%(leads)s, without %(units)s", leads=named, units=units_in_words(exclude))


def _lead_in_words(wording: str) -> str:
    """Return the name of a unit, or the wording that names a group."""
    unit = registry().find(wording) if registry().group_of(wording) is None else None
    return wording if unit is None else unit_name(unit.code)


def _reference(reference: Mapping[str, Any]) -> str:
    parts = (reference.get("kind"), reference.get("number"), reference.get("title"), reference.get("issuer"))
    return " · ".join(str(part) for part in parts if part)


def linkable_to(view: DraftView) -> Sequence[tuple[UUID, str]]:
    """Return the documents that may be the ones that directives wait for; none if nothing is awaited."""
    if not any(awaited.linked_id is None for each in view.given for awaited in each.awaited):
        return []
    states = [
        state for state in DocumentState if state not in {DocumentState.WITHDRAWN, DocumentState.REFUSED}
    ]
    return [
        (each.id, " · ".join(filter(None, (each.number_no, each.subject or each.filename))))
        for each in documents(reading_session(), states=states)
        if each.id != view.document.id
    ]


def _may_undo(document: Document) -> bool:
    """Tell whether the issue can be undone as a whole: it is kept as a round, and nobody has acknowledged."""
    if document.state != DocumentState.ISSUED or issue_of(reading_session(), document) is None:
        return False
    connection = reading_session().connection()
    return first_to_acknowledge(connection, document.id, document.issue_round) is None


def _attachments(document_id: UUID) -> Sequence[AttachedFile]:
    return [
        AttachedFile(
            position=each.position,
            filename=each.filename,
            size=size_label(reading_session().get_one(DocumentFile, each.sha256).size),
        )
        for each in attachments_of(reading_session(), document_id)
    ]
