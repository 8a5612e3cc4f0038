"""What waits for me: the open tasks of my groups, the most pressing first."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from processes.access import policy
from web.inbox.work import DUE_FILTERS, WorkList, work_list
from web.sign_in.guard import signed_in_actor, signed_in_user

#: Rows on one page; more are a link away.
PAGE_SIZE = 50

blueprint = Blueprint("inbox", __name__)


@blueprint.get("/")
def inbox() -> ResponseReturnValue:
    """Show the work list, filtered by time, by task and by words."""
    wanted = request.args.get("due", "")
    found: WorkList = work_list(
        signed_in_actor(),
        due_filter=wanted if wanted in DUE_FILTERS else "",
        element_id=request.args.get("task", ""),
        words=request.args.get("q", "")[:200],
    )
    pages = max(1, -(-len(found.items) // PAGE_SIZE))
    page = min(max(1, request.args.get("page", 1, type=int)), pages)
    return render_template(
        "inbox/inbox.html",
        work=found,
        items=found.items[(page - 1) * PAGE_SIZE : page * PAGE_SIZE],
        page=page,
        pages=pages,
        works_on_tasks=policy.may_work_on_tasks(signed_in_user()),
        done=request.args.get("done", ""),
    )
