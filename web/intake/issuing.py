"""From a clear draft to work at the units: submit, decide, preview, issue, undo, withdraw, amend, link."""

from collections.abc import Callable
from uuid import UUID

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import NotFound, NothingToChange, Rejection
from processes.access.policy import Permission
from processes.directives.approval import Opinion
from processes.directives.drafting.amend import Amendment, amend
from processes.directives.drafting.approve import decide
from processes.directives.drafting.issue import issue_document, preview
from processes.directives.drafting.link import link_document
from processes.directives.drafting.submit import submit
from processes.directives.drafting.undo import undo_issue
from processes.directives.drafting.view import DraftView
from processes.directives.drafting.withdraw import withdraw
from processes.directives.issue import IssuePlan, PastDeadlines
from processes.documents.states import DocumentState
from web.engine_access import dispatcher
from web.intake.acts import answered, fresh_draft, trouble_of
from web.intake.area import blueprint, domain_settings, found_draft, let_go, may, seen_version, typed
from web.intake.form import deadline_entered, entered_from_request
from web.intake.plan import plan_page, started_of
from web.intake.reading import Trouble, chosen, found_directive, shown_directive, shown_draft
from web.language import gettext
from web.sessions import reading_session
from web.sign_in.guard import requires, signed_in_actor
from web.units import calendar, registry


@blueprint.post("/intake/<uuid:document_id>/submit")
@requires(Permission.DOCUMENT_DRAFT)
def submit_draft(document_id: UUID) -> ResponseReturnValue:
    """Submit a draft to the leaders."""
    version, note, actor = seen_version(), typed("note")[:1000], signed_in_actor()
    return _acted(
        document_id,
        lambda: submit(
            dispatcher(),
            document_id,
            settings=domain_settings().issue,
            note=note,
            actor=actor,
            version=version,
        ),
    )


@blueprint.post("/intake/<uuid:document_id>/decide")
@requires(Permission.DOCUMENT_APPROVE)
def decide_draft(document_id: UUID) -> ResponseReturnValue:
    """Say what becomes of a draft that was submitted."""
    version, note, actor = seen_version(), typed("note"), signed_in_actor()
    try:
        opinion = Opinion(typed("opinion"))
    except ValueError:
        trouble = Trouble(words=gettext("Choose what becomes of the draft."))
        return shown_draft(found_draft(document_id), trouble), 422
    if opinion is not Opinion.AGREE and not note:
        trouble = Trouble(words=gettext("Write why, so that whoever drafted it knows what to do."))
        return shown_draft(found_draft(document_id), trouble), 422
    return _acted(
        document_id,
        lambda: decide(dispatcher(), document_id, opinion, note=note, actor=actor, version=version),
    )


@blueprint.get("/intake/<uuid:document_id>/preview")
def preview_issue(document_id: UUID) -> ResponseReturnValue:
    """Show what issuing would start; nothing is written."""
    return _preview(found_draft(document_id))


@blueprint.post("/intake/<uuid:document_id>/issue")
@requires(Permission.DOCUMENT_ISSUE)
def issue_draft(document_id: UUID) -> ResponseReturnValue:
    """Assign the directives to the units in one act; a repeat starts only what is missing."""
    version = seen_version()
    keep = PastDeadlines.KEEP if "keep_past" in request.form else PastDeadlines.REFUSE
    units, days, actor = registry(), calendar(), signed_in_actor()
    let_go()
    try:
        issue_document(
            dispatcher(),
            document_id,
            registry=units,
            calendar=days,
            settings=domain_settings().issue,
            past_deadlines=keep,
            actor=actor,
            version=version,
        )
    except Rejection as refused:
        return _preview(fresh_draft(document_id), trouble_of(answered(refused))), refused.status
    return redirect(url_for("letters.letter", document_id=document_id, issued=1), 303)


@blueprint.get("/intake/<uuid:document_id>/progress")
def progress(document_id: UUID) -> ResponseReturnValue:
    """Return how many assignments are there, while they are being started."""
    plan = _plan(found_draft(document_id))
    return {"done": started_of(plan), "total": len(plan.assignments)}


@blueprint.post("/intake/<uuid:document_id>/undo")
@requires(Permission.DOCUMENT_ISSUE)
def undo(document_id: UUID) -> ResponseReturnValue:
    """Take the whole issue back, as long as no unit has acknowledged."""
    version, reason, actor = seen_version(), typed("reason"), signed_in_actor()
    return _acted(
        document_id,
        lambda: undo_issue(dispatcher(), document_id, reason=reason, actor=actor, version=version),
    )


@blueprint.post("/intake/<uuid:document_id>/recall")
@requires(Permission.DOCUMENT_AMEND)
def recall(document_id: UUID) -> ResponseReturnValue:
    """Withdraw the ticked directives from the units, or the whole document."""
    version, reason, actor = seen_version(), typed("reason"), signed_in_actor()
    positions = chosen(request.form.getlist("d"))
    if not positions and "whole" not in request.form:
        trouble = Trouble(words=gettext("Tick the items that are to be withdrawn."))
        return shown_draft(found_draft(document_id), trouble), 422
    view = found_draft(document_id)
    ids = None if "whole" in request.form else [found_directive(view, at).directive.id for at in positions]
    return _acted(
        document_id,
        lambda: withdraw(dispatcher(), document_id, ids, reason=reason, actor=actor, version=version),
    )


@blueprint.post("/intake/<uuid:document_id>/directives/<int:position>/amend")
@requires(Permission.DOCUMENT_AMEND)
def amend_directive(document_id: UUID, position: int) -> ResponseReturnValue:
    """Amend a directive that was issued; its units are told."""
    version, reason, actor, entered = (
        seen_version(),
        typed("reason"),
        signed_in_actor(),
        entered_from_request(),
    )
    each = found_directive(found_draft(document_id), position)
    terms = each.terms
    products = "\n".join(terms.products.value)
    amendment = Amendment(
        summary=entered.summary if entered.summary != terms.summary.value else None,
        product=entered.product if entered.product != products else None,
        deadline=deadline_entered(entered),
    )
    settings = domain_settings()
    try:
        amend(
            dispatcher(),
            document_id,
            each.directive.id,
            amendment,
            reason=reason,
            calendar=calendar(),
            issue=settings.issue,
            assignment=settings.assignment,
            actor=actor,
            version=version,
        )
    except NothingToChange as refused:
        return _directive(document_id, position, refused)
    except Rejection as refused:
        return _directive(document_id, position, answered(refused))
    return redirect(url_for("intake.draft", document_id=document_id, _anchor=f"d-{position}"), 303)


@blueprint.post("/intake/<uuid:document_id>/directives/<int:position>/link")
@requires(Permission.DOCUMENT_DRAFT)
def link(document_id: UUID, position: int) -> ResponseReturnValue:
    """Link a document that has come to one that a directive waits for; what waited moves on."""
    version = seen_version()
    each = found_directive(found_draft(document_id), position)
    try:
        at, linked = int(typed("awaited")), UUID(typed("linked"))
    except ValueError:
        abort(400)
    try:
        link_document(
            dispatcher(),
            document_id,
            each.directive.id,
            at,
            linked,
            calendar=calendar(),
            settings=domain_settings().issue,
            actor=signed_in_actor(),
            version=version,
        )
    except Rejection as refused:
        return _directive(document_id, position, answered(refused))
    return redirect(url_for("intake.draft", document_id=document_id, _anchor=f"d-{position}"), 303)


def _acted(document_id: UUID, act: Callable[[], object]) -> ResponseReturnValue:
    """Do something that goes through the engine and show the draft, with the refusal if it was refused."""
    let_go()
    try:
        act()
    except Rejection as refused:
        return shown_draft(fresh_draft(document_id), trouble_of(answered(refused))), refused.status
    return redirect(url_for("intake.draft", document_id=document_id), 303)


def _directive(document_id: UUID, position: int, refused: Rejection) -> ResponseReturnValue:
    view = fresh_draft(document_id)
    return shown_directive(view, found_directive(view, position), trouble=trouble_of(refused)), refused.status


def _plan(view: DraftView) -> IssuePlan:
    return preview(
        reading_session(),
        view.document.id,
        registry=registry(),
        calendar=calendar(),
        settings=domain_settings().issue,
    )


def _preview(view: DraftView, trouble: Trouble | None = None) -> str:
    page, why = None, None
    try:
        page = plan_page(_plan(view))
    except NotFound:
        raise
    except Rejection as refused:
        why = trouble_of(refused)
    document = view.document
    started = started_of(page.plan) if page is not None and document.state == DocumentState.ISSUED else 0
    return render_template(
        "intake/preview.html",
        page=page,
        why=why,
        document=document,
        trouble=trouble,
        started=started,
        open_points=len(view.open_gaps),
        may_issue=may(Permission.DOCUMENT_ISSUE)
        and (
            document.state == DocumentState.APPROVED
            or (
                document.state == DocumentState.ISSUED
                and page is not None
                and started < len(page.plan.assignments)
            )
        ),
    )
