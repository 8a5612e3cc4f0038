"""What there is already: the same letter, directives that are alike, and what units have to do at present."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from engine import clock
from processes.directives.drafting.view import DraftView
from processes.directives.load import Load, loads
from processes.directives.similar import (
    Candidate,
    SameSource,
    SimilarDirective,
    same_source,
    similar_directives,
)
from processes.directives.terms import units_of
from processes.units.registry import UnknownUnit
from web.intake.area import blueprint, found_draft
from web.intake.form import day_entered
from web.language import gettext, ngettext
from web.sessions import reading_session
from web.typography import number, percent
from web.units import calendar, registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """A directive of another letter that is like one of this draft.

    Attributes:
        ordinal, position: of the directive of this draft.
        share: how alike the texts are.
        notes: what of it matters: who is at it already, what differs.
    """

    ordinal: str
    position: int
    found: SimilarDirective
    share: str
    notes: Sequence[str]


@blueprint.get("/intake/<uuid:document_id>/similar")
def similar(document_id: UUID) -> ResponseReturnValue:
    """Return what is there already; the draft's page asks for it after it has been shown."""
    view = found_draft(document_id)
    return render_template(
        "intake/similar.html", same=_same(view), alike=_alike(view), document=view.document
    )


def loads_by_unit() -> Mapping[str, str]:
    """Return what each unit has to do at present, in words; nothing for those without work."""
    codes = [unit.code for unit in registry().units]
    found = loads(reading_session(), codes, today=clock.today(), calendar=calendar())
    return {code: load_in_words(load) for code, load in found.items() if load.open}


def load_in_words(load: Load) -> str:
    """Return a unit's load: *12 đang mở, 3 quá hạn*."""
    words = ngettext("%(count)s open", "%(count)s open", load.open, count=number(load.open))
    if load.overdue:
        words += ", " + gettext("%(num)s overdue", num=number(load.overdue))
    return words


def _same(view: DraftView) -> Sequence[SameSource]:
    document = view.document
    return same_source(
        reading_session(),
        source_sha256=document.source_sha256,
        number=document.number_no,
        issued_on=document.issued_on,
        issuer=document.issuer,
        without=document.id,
    )


def _alike(view: DraftView) -> Sequence[Alike]:
    given = view.given
    on = view.document.issued_on or clock.today()
    candidates = []
    for each in given:
        leads = each.terms.leads.value
        try:
            units = [unit.code for unit in units_of(leads, registry(), on=on)]
        except UnknownUnit:
            units = []
        stated = (each.terms.deadline.value or {}).get("date")
        candidates.append(
            Candidate(
                text=each.directive.text,
                units=units,
                leads=leads.include,
                deadline_on=day_entered(str(stated)[:10]) if stated else None,
            )
        )
    found = similar_directives(reading_session(), candidates, without=view.document.id)
    return [
        Alike(
            ordinal=each.directive.ordinal,
            position=each.directive.position,
            found=one,
            share=percent(one.likeness, 1),
            notes=_notes(one),
        )
        for each, those in zip(given, found, strict=True)
        for one in those
    ]


def _notes(found: SimilarDirective) -> Sequence[str]:
    notes = []
    if found.shared_units:
        notes.append(
            ngettext("%(num)s unit has it already", "%(num)s units have it already", len(found.shared_units))
        )
    if found.open_assignments:
        notes.append(ngettext("%(num)s open", "%(num)s open", found.open_assignments))
    if "deadline" in found.conflicts:
        notes.append(gettext("another deadline"))
    if "lead" in found.conflicts:
        notes.append(gettext("other units lead"))
    return notes
