"""What of a draft can be looked at: the page side by side, one directive with its form, a deadline to be."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from engine import clock
from engine.errors import NotFound
from processes.directives.drafting.deadlines import MOST_DAYS
from processes.directives.drafting.view import DirectiveView, DraftView
from processes.documents.states import DirectiveState
from processes.documents.tables import Document
from web.intake.area import blueprint, found_draft, rights_on
from web.intake.beside import loads_by_unit
from web.intake.form import (
    Entered,
    day_entered,
    entered_of,
    group_choices,
    nature_choices,
    period_choices,
    unit_choices,
)
from web.intake.original import sentences
from web.intake.page import card_of, draft_page, linkable_to
from web.intake.trail import Change
from web.language import gettext
from web.typography import day, working_days
from web.units import calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why something was not kept, in words, and what others changed meanwhile."""

    words: str
    meanwhile: tuple[Change, ...] = ()


@blueprint.get("/intake/<uuid:document_id>")
def draft(document_id: UUID) -> ResponseReturnValue:
    """Show a draft beside its original."""
    return shown_draft(found_draft(document_id))


@blueprint.get("/intake/<uuid:document_id>/directives/<int:position>")
def directive(document_id: UUID, position: int) -> ResponseReturnValue:
    """Show one directive with everything that can be done to it; within the draft's page only its form."""
    view = found_draft(document_id)
    return shown_directive(view, found_directive(view, position))


@blueprint.get("/intake/<uuid:document_id>/directives/<int:position>/card")
def card(document_id: UUID, position: int) -> ResponseReturnValue:
    """Return one directive as it stands in the draft's page, opened."""
    view = found_draft(document_id)
    each = found_directive(view, position)
    return render_template(
        "intake/card.html", card=card_of(view, each), document=view.document, **_rights(view)
    )


@blueprint.get("/intake/<uuid:document_id>/envelope")
def envelope(document_id: UUID) -> ResponseReturnValue:
    """Show the form of what the letter is called."""
    return shown_envelope(found_draft(document_id))


@blueprint.get("/intake/<uuid:document_id>/several")
def several(document_id: UUID) -> ResponseReturnValue:
    """Show what can be done to several directives at once."""
    return shown_several(found_draft(document_id), chosen(request.args.getlist("d")))


@blueprint.get("/intake/deadline")
def deadline() -> ResponseReturnValue:
    """Return what a deadline that is being typed would be by the working-day calendar."""
    issued = day_entered(request.args.get("issued_on", ""))
    return deadline_foreseen(
        request.args.get("deadline", ""), request.args.get("date", ""), request.args.get("days", ""), issued
    )


def deadline_foreseen(kind: str, typed_date: str, days: str, issued: date | None) -> str:
    """Return a deadline in words: which day it is, and from when it counts."""
    today = clock.today()
    received = max(today, issued or today)
    if kind == "working_days":
        if not days.isdecimal() or not 0 < int(days) <= MOST_DAYS:
            return gettext("Enter a number of working days from 1 to 1,000.")
        on = calendar().add_working_days(received, int(days))
        return gettext("%(day)s, if it is received on %(received)s", day=_weekday(on), received=day(received))
    if kind == "date":
        chosen_day = day_entered(typed_date)
        if chosen_day is None:
            return gettext("Enter a day as dd/mm/yyyy.")
        if chosen_day < today:
            return gettext("%(day)s has passed.", day=_weekday(chosen_day))
        left = working_days(calendar().working_days_between(today, chosen_day))
        if not calendar().is_working_day(chosen_day):
            return gettext(
                "%(day)s, no working day; %(days)s from today", day=_weekday(chosen_day), days=left
            )
        return gettext("%(day)s, %(days)s from today", day=_weekday(chosen_day), days=left)
    if kind == "ongoing":
        return gettext("It has no deadline; progress is reported by periods.")
    return ""


def _weekday(on: date) -> str:
    names = (
        gettext("Monday"),
        gettext("Tuesday"),
        gettext("Wednesday"),
        gettext("Thursday"),
        gettext("Friday"),
        gettext("Saturday"),
        gettext("Sunday"),
    )
    return f"{names[on.weekday()]}, {day(on)}"


def found_directive(view: DraftView, position: int) -> DirectiveView:
    """Return a directive of a draft by its number in addresses.

    Raises:
        NotFound: there is none.
    """
    for each in view.directives:
        if each.directive.position == position:
            return each
    raise NotFound(f"Expected directive {position} of document '{view.document.id}', but there is none")


def chosen(typed_positions: list[str]) -> list[int]:
    """Return the numbers of directives that were ticked."""
    if not all(each.isdecimal() and len(each) < 6 for each in typed_positions):
        abort(400)
    return [int(each) for each in dict.fromkeys(typed_positions)]


def shown_draft(view: DraftView, trouble: Trouble | None = None) -> str:
    """Return the page of a draft; with what was refused, if something was."""
    only_unclear = request.method == "GET" and request.args.get("show") == "unclear"
    return render_template(
        "intake/draft.html",
        page=draft_page(view, only_unclear=only_unclear),
        document=view.document,
        only_unclear=only_unclear,
        trouble=trouble,
        known=request.method == "GET" and "known" in request.args,
        **_rights(view),
    )


def shown_directive(
    view: DraftView, each: DirectiveView, *, entered: Entered | None = None, trouble: Trouble | None = None
) -> str:
    """Return one directive with its form; what was typed stays in it."""
    editable = rights_on(view.document).edit and each.directive.state == DirectiveState.ACTIVE
    in_place = bool(request.headers.get("HX-Request")) and editable
    return render_template(
        "intake/form.html" if in_place else "intake/directive.html",
        in_place=in_place,
        card=card_of(view, each),
        document=view.document,
        editable=editable,
        entered=entered or entered_of(each),
        trouble=trouble,
        sentences=sentences(each.directive.text),
        typed=request.form if trouble is not None else {},
        **_choices(view.document),
        **_rights(view),
    )


def shown_envelope(view: DraftView, trouble: Trouble | None = None) -> str:
    """Return the form of what the letter is called; what was typed stays in it."""
    return render_template(
        "intake/envelope.html",
        document=view.document,
        rights=rights_on(view.document),
        trouble=trouble,
        typed=request.form if trouble is not None else None,
    )


def shown_several(
    view: DraftView, positions: list[int], *, entered: Entered | None = None, trouble: Trouble | None = None
) -> str:
    """Return what can be done to several directives."""
    cards = [
        card_of(view, each)
        for each in view.directives
        if each.directive.position in positions and each.directive.state == DirectiveState.ACTIVE
    ]
    return render_template(
        "intake/several.html",
        cards=cards,
        document=view.document,
        rights=rights_on(view.document),
        entered=entered or Entered(leads="set", deadline="date"),
        trouble=trouble,
        **_choices(view.document),
    )


def _rights(view: DraftView) -> dict[str, object]:
    """Return what the card of a directive needs beside itself."""
    return {
        "rights": rights_on(view.document),
        "linkable": linkable_to(view),
        "no_deadline": Entered(),
    }


def _choices(document: Document) -> dict[str, object]:
    return {
        "units": unit_choices(loads_by_unit()),
        "groups": group_choices(document),
        "natures": nature_choices(),
        "periods": period_choices(),
    }
