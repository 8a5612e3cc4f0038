"""What waits for me: the open tasks of my groups, the most pressing first."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from engine.errors import NotFound
from engine.inbox import Position
from engine.tasklist import TaskView
from processes.access import policy
from processes.access.policy import Permission
from web.inbox.desks import all_desks, chosen_desk
from web.inbox.work import DUE_FILTERS, HOLDERS, WorkList, next_item, work_list
from web.model_names import element_name
from web.records import readable_task
from web.sign_in.guard import signed_in_actor, signed_in_user, stood_in_for

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
        held=held if (held := request.args.get("held", "")) in HOLDERS else "",
        after=_position("after"),
        before=_position("before"),
    )
    done = _just_done()
    return render_template(
        "inbox/inbox.html",
        work=found,
        desks=desks,
        desk=desk,
        begins=_position("after") is None and found.previous is None,
        works_on_tasks=policy.may_work_on_tasks(signed_in_user()),
        administers=Permission.USER_MANAGE in policy.permissions_of(signed_in_user()),
        just_done=done,
        just_done_name=element_name(done.process_key, done.element_id, done.element_name) if done else "",
        next_item=next_item(desk.actor, done.instance_id, found) if done else None,
    )


def _position(name: str) -> Position | None:
    """Return a place in the list that the address names; one that is none is as good as no place."""
    try:
        return Position.from_text(request.args.get(name, ""))
    except ValueError:
        return None


def _just_done() -> TaskView | None:
    """Return the task that the reader completed a moment ago, named in the address."""
    try:
        task = readable_task(UUID(request.args.get("done", ""))).task
    except (ValueError, NotFound):
        return None
    return task if task.completed_by == signed_in_actor().key else None
