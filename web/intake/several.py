"""Changes several directives in one act."""

from uuid import UUID

from flask import abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from engine.errors import NotFound
from processes.access.policy import Permission
from processes.directives.drafting.deadlines import set_deadlines, set_reporting_period
from processes.directives.drafting.edit import edit_directive
from processes.directives.drafting.leads import set_leads
from processes.directives.drafting.merge import merge_directives
from processes.documents.states import ReportingPeriod
from web.intake.acts import attempt, fresh_draft, problem_of, to_draft, trouble_of
from web.intake.area import blueprint, found_draft, seen_version, typed
from web.intake.form import deadline_entered, entered_from_request, included
from web.intake.proposals import proposed, set_proposed
from web.intake.reading import chosen, shown_several
from web.sign_in.guard import requires, signed_in_actor
from web.units import registry


@blueprint.post("/intake/<uuid:document_id>/several")
@requires(Permission.DOCUMENT_DRAFT)
def change_several(document_id: UUID) -> ResponseReturnValue:
    """Set leads, a deadline, a period, a product, or what is proposed of several directives, or merge them."""
    version, entered, actor = seen_version(), entered_from_request(), signed_in_actor()
    positions = chosen(request.form.getlist("d"))
    view = found_draft(document_id)
    ticked = [each for each in view.directives if each.directive.position in positions]
    ids = [each.directive.id for each in ticked]
    if not ids:
        raise NotFound(f"Expected directives of document '{document_id}', but there are none")
    trouble = problem_of(entered)
    if trouble is not None:
        return shown_several(view, positions, entered=entered, trouble=trouble), 422
    act = typed("act")
    if act not in {"leads", "deadline", "merge", "period", "product", "proposals"}:
        abort(400)

    def change(session: Session) -> None:
        match act:
            case "leads":
                set_leads(
                    session,
                    document_id,
                    ids,
                    include=included(entered),
                    exclude=sorted(entered.without),
                    registry=registry(),
                    actor=actor,
                    version=version,
                )
            case "deadline":
                wanted = {each: deadline_entered(entered) for each in ids}
                set_deadlines(session, document_id, wanted, actor=actor, version=version)
            case "period":
                period = ReportingPeriod(entered.period) if entered.period else None
                set_reporting_period(session, document_id, ids, period, actor=actor, version=version)
            case "product":
                product = entered.product or None
                others = [each.directive.id for each in ticked if each.directive.set_product != product]
                for at, directive_id in enumerate(others):
                    edit_directive(
                        session,
                        document_id,
                        directive_id,
                        {"product": product},
                        registry=registry(),
                        actor=actor,
                        version=version + at,
                    )
            case "proposals":
                at = version
                for each, fields in proposed(view, ticked):
                    at += set_proposed(session, document_id, each, fields, at)
            case _:
                merge_directives(session, document_id, ids, actor=actor, version=version)

    refused = attempt(change)
    if refused is not None:
        page = shown_several(
            fresh_draft(document_id), positions, entered=entered, trouble=trouble_of(refused)
        )
        return page, refused.status
    return to_draft(document_id, f"d-{positions[0]}")
