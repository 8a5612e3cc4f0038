"""What waits for me: the open tasks of my groups, the most pressing first."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from engine.errors import NotFound
from engine.tasklist import TaskView
from processes.access import policy
from processes.access.policy import Permission
from web.inbox.desks import all_desks, chosen_desk
from web.inbox.work import DUE_FILTERS, WorkList, work_list
from web.model_names import element_name
from web.records import readable_task
from web.sign_in.guard import signed_in_actor, signed_in_user, stood_in_for

#: Rows on one page; more are a link away.
PAGE_SIZE = 50

blueprint = Blueprint("inbox", __name__)


@blueprint.get("/")
def inbox() -> ResponseReturnValue:
    """Show the work list, filtered by time, by task and by words."""
    wanted = request.args.get("due", "")
    desks = all_desks(signed_in_actor(), stood_in_for())
    desk = chosen_desk(desks, request.args.get("desk"))
    found: WorkList = work_list(
        desk.actor,
        due_filter=wanted if wanted in DUE_FILTERS else "",
        element_id=request.args.get("task", ""),
        words=request.args.get("q", "")[:200],
    )
    pages = max(1, -(-len(found.items) // PAGE_SIZE))
    page = min(max(1, request.args.get("page", 1, type=int)), pages)
    done = _just_done()
    return render_template(
        "inbox/inbox.html",
        work=found,
        desks=desks,
        desk=desk,
        items=found.items[(page - 1) * PAGE_SIZE : page * PAGE_SIZE],
        page=page,
        pages=pages,
        works_on_tasks=policy.may_work_on_tasks(signed_in_user()),
        administers=Permission.USER_MANAGE in policy.permissions_of(signed_in_user()),
        just_done=done,
        just_done_name=element_name(done.process_key, done.element_id, done.element_name) if done else "",
        next_item=found.next_after(done.instance_id) if done else None,
    )


def _just_done() -> TaskView | None:
    """Return the task that the reader completed a moment ago, named in the address."""
    try:
        task = readable_task(UUID(request.args.get("done", ""))).task
    except (ValueError, NotFound):
        return None
    return task if task.completed_by == signed_in_actor().key else None
