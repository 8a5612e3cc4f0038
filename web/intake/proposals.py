"""Takes over what the check of a directive proposes: by one click, and for several at once."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from flask import abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from processes.access.policy import Permission
from processes.directives.drafting.deadlines import set_deadlines, set_reporting_period
from processes.directives.drafting.edit import edit_directive
from processes.directives.drafting.leads import set_leads
from processes.directives.drafting.view import DirectiveView, DraftView
from processes.documents.states import ReportingPeriod
from web.intake.acts import answer, attempt
from web.intake.area import blueprint, found_draft, seen_version, typed
from web.intake.form import Entered, deadline_entered
from web.intake.page import card_of
from web.intake.reading import found_directive
from web.sign_in.guard import requires, signed_in_actor
from web.units import registry

#: Fields of the form of a proposal.
_PROPOSED = frozenset({"date", "days", "deadline", "lead", "period", "product"})


@blueprint.post("/intake/<uuid:document_id>/directives/<int:position>/accept")
@requires(Permission.DOCUMENT_DRAFT)
def accept(document_id: UUID, position: int) -> ResponseReturnValue:
    """Set what was proposed for a directive: a deadline, a product, who leads, a unit for an unknown name."""
    version = seen_version()
    each = found_directive(found_draft(document_id), position)
    fields = [item for item in request.form.items(multi=True) if item[0] in _PROPOSED]
    if "instead_of" in request.form:
        unit, unknown = typed("unit"), typed("instead_of")
        include = each.terms.leads.value.include
        fields = [("lead", unit if wording == unknown else wording) for wording in include]
    if not fields:
        abort(400)
    refused = attempt(lambda session: set_proposed(session, document_id, each, fields, version))
    return answer(document_id, position, refused)


def proposed(
    view: DraftView, ticked: Sequence[DirectiveView]
) -> Iterator[tuple[DirectiveView, Sequence[tuple[str, str]]]]:
    """Yield the first proposal for each point that holds one of the directives up."""
    for each in ticked:
        for point in card_of(view, each).open_points:
            if point.proposals:
                yield each, point.proposals[0].fields


def set_proposed(
    session: Session,
    document_id: UUID,
    each: DirectiveView,
    fields: Sequence[tuple[str, str]],
    version: int,
) -> int:
    """Set what was proposed for a directive; return how many acts it took."""
    given, actor, directive_id = dict(fields), signed_in_actor(), each.directive.id
    if "lead" in given:
        set_leads(
            session,
            document_id,
            [directive_id],
            include=[value for name, value in fields if name == "lead"],
            exclude=each.terms.leads.value.exclude,
            registry=registry(),
            actor=actor,
            version=version,
        )
        return 1
    if "product" in given:
        edit_directive(
            session,
            document_id,
            directive_id,
            {"product": given["product"]},
            registry=registry(),
            actor=actor,
            version=version,
        )
        return 1
    entered = Entered(
        deadline=given.get("deadline", ""), date=given.get("date", ""), days=given.get("days", "")
    )
    set_deadlines(
        session, document_id, {directive_id: deadline_entered(entered)}, actor=actor, version=version
    )
    period = given.get("period")
    if period not in set(ReportingPeriod) or period == each.directive.set_reporting_period:
        return 1
    set_reporting_period(
        session, document_id, [directive_id], ReportingPeriod(period), actor=actor, version=version + 1
    )
    return 2
