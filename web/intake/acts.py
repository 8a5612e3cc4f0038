"""One act of a person: one transaction, and what is shown when it is refused."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy.orm import Session

from engine.errors import NothingToChange, Rejection
from processes.access.accounts import names_by_actor_key
from processes.directives.drafting.errors import ApproverInvolved, DraftChanged
from processes.directives.drafting.view import DraftView
from web.errors.sentences import sentence
from web.intake.area import found_draft, let_go, writing
from web.intake.reading import Trouble
from web.intake.trail import changes_meanwhile
from web.language import gettext
from web.sessions import reading_session
from web.sign_in.guard import signed_in_actor


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
            return "; ".join(cast(Sequence[str], refused.params.get("problems", ()))[:10])
        case "already_acknowledged", _:
            return str(refused.params.get("unit_name", ""))
    return ""
