"""One act of a person: one transaction, and what is shown when it is refused."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from engine.errors import NothingToChange, Rejection
from processes.access.accounts import names_by_actor_key
from processes.directives.clarity import Aspect
from processes.directives.drafting.errors import ApproverInvolved, DraftChanged
from processes.directives.drafting.view import DraftView
from processes.documents.states import ReportingPeriod
from web.errors.sentences import sentence
from web.intake.area import found_draft, let_go, writing
from web.intake.clearness import aspect_label
from web.intake.form import Entered, day_entered
from web.intake.reading import Trouble, found_directive, shown_directive
from web.intake.trail import changes_meanwhile
from web.language import gettext
from web.sessions import reading_session
from web.sign_in.guard import signed_in_actor

#: Gaps that a refusal names.
_MOST_NAMED = 10


def attempt(change: Callable[[Session], object]) -> Rejection | None:
    """Do something in one transaction; return why it was refused, ``None`` if it was done.

    What changes nothing is as good as done. What somebody may not do, or must not know of, is raised.
    """
    try:
        with writing() as session:
            change(session)
    except NothingToChange:
        return None
    except Rejection as refused:
        return answered(refused)
    return None


def answered(refused: Rejection) -> Rejection:
    """Return a refusal that the page answers; raise what has a page of its own."""
    if refused.status in {403, 404} and not isinstance(refused, ApproverInvolved):
        raise refused
    return refused


def fresh_draft(document_id: UUID) -> DraftView:
    """Return a draft as it is now, whatever the request has read of it before."""
    let_go()
    return found_draft(document_id)


def trouble_of(refused: Rejection) -> Trouble:
    """Return a refusal in words, with what others changed meanwhile."""
    words = sentence(refused) or gettext("This was not accepted. Check what you entered and try again.")
    if not isinstance(refused, DraftChanged):
        detail = _detail(refused)
        return Trouble(words=f"{words} {detail}".strip())
    rows: Sequence[Mapping[str, Any]] = cast(Any, refused.params["changes"])
    actors = {str(row["by"]) for row in rows}
    names = names_by_actor_key(reading_session(), actors)
    if actors == {signed_in_actor().key}:
        words = gettext(
            "You have changed this draft yourself since you opened this page. Look at it and send it again."
        )
    return Trouble(words=words, meanwhile=tuple(changes_meanwhile(rows, names)))


def _detail(refused: Rejection) -> str:
    """Return what the sentence of a refusal leaves open."""
    match refused.code, refused.params.get("field"):
        case "draft_invalid", "deadline":
            return gettext("A deadline is a day from today on, or a number of working days from 1 to 1,000.")
        case "draft_invalid", "leads":
            return gettext("At least one unit has to lead.")
        case "draft_invalid", "ordinal":
            return gettext("The number of an item has up to 20 characters and is not taken yet.")
        case "draft_invalid", "directives":
            return gettext("Choose at least two items.")
        case "draft_invalid", "parts":
            return gettext("Choose where at least one new part begins.")
        case "draft_invalid", _ if refused.params.get("longest"):
            return gettext("It may have %(num)s characters.", num=refused.params["longest"])
        case "unknown_unit", _ if refused.params.get("text"):
            return f"“{refused.params['text']}”"
        case "directives_unclear", _:
            problems = cast(Sequence[str], refused.params.get("problems", ()))
            return "; ".join(map(_unclear, problems[:_MOST_NAMED])) + ("…" if problems[_MOST_NAMED:] else "")
        case "already_acknowledged", _:
            return str(refused.params.get("unit_name", ""))
    return ""


def _unclear(problem: str) -> str:
    """Return a gap of a directive, ``2: time (khẩn trương)``, in words."""
    ordinal, _, rest = problem.partition(": ")
    gap, _, words = rest.partition(" ")
    label = aspect_label(Aspect(gap)) if gap in set(Aspect) else gap
    return f"{gettext('item %(ordinal)s', ordinal=ordinal)}: {label} {words}".rstrip()


def problem_of(entered: Entered) -> Trouble | None:
    """Return what is wrong with a form before anything is tried."""
    if entered.period and entered.period not in set(ReportingPeriod):
        abort(400)
    if entered.deadline == "date" and "deadline" in request.form and day_entered(entered.date) is None:
        return Trouble(words=gettext("Enter a day as dd/mm/yyyy."))
    return None


def answer(document_id: UUID, position: int, refused: Rejection | None) -> ResponseReturnValue:
    """Answer an act on a directive: back to the draft, or the directive with the refusal."""
    if refused is not None:
        return directive_refused(document_id, position, refused, None)
    return to_draft(document_id, f"d-{position}")


def directive_refused(
    document_id: UUID, position: int, refused: Rejection, entered: Entered | None
) -> ResponseReturnValue:
    """Answer with a directive as it is now, the refusal, and what was typed."""
    view = fresh_draft(document_id)
    page = shown_directive(
        view, found_directive(view, position), entered=entered, trouble=trouble_of(refused)
    )
    return page, refused.status


def to_draft(document_id: UUID, anchor: str | None) -> ResponseReturnValue:
    """Lead back to the draft, to the place of what was changed."""
    return redirect(url_for("intake.draft", document_id=document_id, _anchor=anchor), 303)
