"""What a coordinator changes in a draft; every act names the version that was seen and leaves its trace."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from processes.access.policy import Permission
from processes.directives.drafting.add import add_directive
from processes.directives.drafting.close import answer_no_directive, reopen
from processes.directives.drafting.deadlines import set_deadlines, set_reporting_period
from processes.directives.drafting.drop import drop_directive, restore_directive
from processes.directives.drafting.edit import edit_directive
from processes.directives.drafting.envelope import set_envelope
from processes.directives.drafting.leads import set_leads
from processes.directives.drafting.override import lift_override, override_gap
from processes.directives.drafting.split import split_directive
from processes.directives.gaps import Gap
from processes.documents.states import ReportingPeriod
from web.intake.acts import (
    answer,
    attempt,
    directive_refused,
    fresh_draft,
    problem_of,
    to_draft,
    trouble_of,
)
from web.intake.area import blueprint, found_draft, seen_version, typed
from web.intake.form import (
    Entered,
    day_entered,
    deadline_entered,
    entered_from_request,
    entered_of,
    included,
    texts_to_set,
)
from web.intake.original import sentences
from web.intake.reading import (
    Trouble,
    chosen,
    found_directive,
    shown_directive,
    shown_draft,
    shown_envelope,
)
from web.language import gettext
from web.sign_in.guard import requires, signed_in_actor
from web.units import registry

_ENVELOPE = ("doc_type", "place", "issuer", "subject", "signer_name", "signer_title", "signer_authority")


@blueprint.post("/intake/<uuid:document_id>/envelope")
@requires(Permission.DOCUMENT_DRAFT)
def set_name(document_id: UUID) -> ResponseReturnValue:
    """Set what the letter is called; only the fields that were sent."""
    version = seen_version()
    fields: dict[str, Any] = {name: typed(name) or None for name in _ENVELOPE if name in request.form}
    if "number_no" in request.form:
        fields["number_no"] = typed("number_no") or None
    if "urgency" in request.form:
        fields["urgency"] = typed("urgency")
    if "issued_on" in request.form:
        fields["issued_on"] = day_entered(typed("issued_on")) if typed("issued_on") else None
        if typed("issued_on") and fields["issued_on"] is None:
            trouble = Trouble(words=gettext("Enter a day as dd/mm/yyyy."))
            return shown_envelope(found_draft(document_id), trouble), 422
    refused = attempt(
        lambda session: set_envelope(session, document_id, fields, actor=signed_in_actor(), version=version)
    )
    if refused is not None:
        return shown_envelope(fresh_draft(document_id), trouble_of(refused)), refused.status
    return to_draft(document_id, "envelope")


@blueprint.post("/intake/<uuid:document_id>/directives/<int:position>")
@requires(Permission.DOCUMENT_DRAFT)
def edit(document_id: UUID, position: int) -> ResponseReturnValue:
    """Save the form of a directive: all that it changes, in one transaction."""
    version, entered = seen_version(), entered_from_request()
    each = found_directive(found_draft(document_id), position)
    trouble = problem_of(entered)
    if trouble is not None:
        return shown_directive(found_draft(document_id), each, entered=entered, trouble=trouble), 422
    before = entered_of(each)
    directive_id = each.directive.id
    acts: list[Callable[[Session, int], object]] = []
    actor = signed_in_actor()
    texts = texts_to_set(each.directive, each, entered)
    if texts:
        acts.append(
            lambda session, at: edit_directive(
                session, document_id, directive_id, texts, registry=registry(), actor=actor, version=at
            )
        )
    if _leads_differ(before, entered):
        acts.append(
            lambda session, at: set_leads(
                session,
                document_id,
                [directive_id],
                include=included(entered),
                exclude=sorted(entered.without) if entered.leads == "set" else (),
                registry=registry(),
                actor=actor,
                version=at,
            )
        )
    deadline = deadline_entered(entered)
    if deadline != each.directive.set_deadline:
        acts.append(
            lambda session, at: set_deadlines(
                session, document_id, {directive_id: deadline}, actor=actor, version=at
            )
        )
    period = ReportingPeriod(entered.period) if entered.period else None
    if period != each.directive.set_reporting_period:
        acts.append(
            lambda session, at: set_reporting_period(
                session, document_id, [directive_id], period, actor=actor, version=at
            )
        )

    def save(session: Session) -> None:
        for offset, act in enumerate(acts):
            act(session, version + offset)

    refused = attempt(save)
    if refused is not None:
        return directive_refused(document_id, position, refused, entered)
    return to_draft(document_id, f"d-{position}")


@blueprint.post("/intake/<uuid:document_id>/directives/<int:position>/split")
@requires(Permission.DOCUMENT_DRAFT)
def split(document_id: UUID, position: int) -> ResponseReturnValue:
    """Split a directive before the sentences that were ticked."""
    version = seen_version()
    each = found_directive(found_draft(document_id), position)
    parts: list[str] = []
    begins = set(chosen(request.form.getlist("begin")))
    for at, (sentence, _) in enumerate(sentences(each.directive.text)):
        if at == 0 or at in begins:
            parts.append(sentence)
        else:
            parts[-1] += f" {sentence}"
    refused = attempt(
        lambda session: split_directive(
            session,
            document_id,
            each.directive.id,
            parts=parts,
            actor=signed_in_actor(),
            version=version,
        )
    )
    return answer(document_id, position, refused)


@blueprint.post("/intake/<uuid:document_id>/directives/<int:position>/drop")
@requires(Permission.DOCUMENT_DRAFT)
def drop(document_id: UUID, position: int) -> ResponseReturnValue:
    """Leave a directive out, with a reason."""
    version = seen_version()
    directive_id = found_directive(found_draft(document_id), position).directive.id
    refused = attempt(
        lambda session: drop_directive(
            session,
            document_id,
            directive_id,
            reason=typed("reason"),
            actor=signed_in_actor(),
            version=version,
        )
    )
    return answer(document_id, position, refused)


@blueprint.post("/intake/<uuid:document_id>/directives/<int:position>/restore")
@requires(Permission.DOCUMENT_DRAFT)
def restore(document_id: UUID, position: int) -> ResponseReturnValue:
    """Take a directive back in that was left out, split or merged."""
    version = seen_version()
    directive_id = found_directive(found_draft(document_id), position).directive.id
    refused = attempt(
        lambda session: restore_directive(
            session, document_id, directive_id, actor=signed_in_actor(), version=version
        )
    )
    return answer(document_id, position, refused)


@blueprint.post("/intake/<uuid:document_id>/directives/<int:position>/override")
@requires(Permission.DOCUMENT_DRAFT)
def override(document_id: UUID, position: int) -> ResponseReturnValue:
    """Let a directive go with something unclear, with a reason; or ask for it again."""
    version, gap = seen_version(), _gap()
    directive_id = found_directive(found_draft(document_id), position).directive.id
    actor = signed_in_actor()
    if "lift" in request.form:
        refused = attempt(
            lambda session: lift_override(
                session, document_id, directive_id, gap, actor=actor, version=version
            )
        )
    else:
        reason = typed("reason")
        refused = attempt(
            lambda session: override_gap(
                session, document_id, directive_id, gap, reason=reason, actor=actor, version=version
            )
        )
    return answer(document_id, position, refused)


@blueprint.post("/intake/<uuid:document_id>/add")
@requires(Permission.DOCUMENT_DRAFT)
def add(document_id: UUID) -> ResponseReturnValue:
    """Add a directive by hand, or below another one."""
    version = seen_version()
    below = chosen(request.form.getlist("parent"))
    parent = found_directive(found_draft(document_id), below[0]).directive.id if below else None
    added: list[int] = []

    def change(session: Session) -> None:
        directive = add_directive(
            session,
            document_id,
            text=typed("text"),
            leads=[typed("lead")] if typed("lead") else (),
            parent_id=parent,
            ordinal=typed("ordinal") or None,
            registry=registry(),
            actor=signed_in_actor(),
            version=version,
        )
        added.append(directive.position)

    refused = attempt(change)
    if refused is not None and below:
        return directive_refused(document_id, below[0], refused, None)
    if refused is not None:
        return shown_draft(fresh_draft(document_id), trouble_of(refused)), refused.status
    return redirect(url_for("intake.directive", document_id=document_id, position=added[0]), 303)


@blueprint.post("/intake/<uuid:document_id>/<any(nothing, reopen):act>")
@requires(Permission.DOCUMENT_DRAFT)
def close(document_id: UUID, act: str) -> ResponseReturnValue:
    """Say that the document directs nothing, or take it back to be edited; each with a reason."""
    version, reason, actor = seen_version(), typed("reason"), signed_in_actor()
    deed = {"nothing": answer_no_directive, "reopen": reopen}[act]
    refused = attempt(lambda session: deed(session, document_id, reason=reason, actor=actor, version=version))
    if refused is not None:
        return shown_draft(fresh_draft(document_id), trouble_of(refused)), refused.status
    return to_draft(document_id, None)


def _leads_differ(before: Entered, entered: Entered) -> bool:
    if entered.leads != "set":
        return before.leads == "set"
    same: Sequence[str] = ("leads", "groups", "units", "without")
    return any(getattr(before, name) != getattr(entered, name) for name in same) or list(
        before.others
    ) != list(entered.others)


def _gap() -> Gap:
    try:
        return Gap(typed("gap"))
    except ValueError:
        abort(400)
