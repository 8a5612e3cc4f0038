"""What the reader's groups were told, the newest first."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import clock
from processes.access import policy
from processes.access.policy import Permission
from processes.notifications.tables import Notification
from web.engine_access import dispatcher
from web.notifications import reading, sentences
from web.sessions import reading_session
from web.sign_in.guard import requires, signed_in_user

PAGE_SIZE = 50

blueprint = Blueprint("notifications", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationRow:
    """One notification as shown."""

    title: str
    subject: str
    summary: str
    icon: str
    at: datetime
    unread: bool
    instance_id: UUID


@blueprint.get("/notifications")
def notifications() -> ResponseReturnValue:
    """List what the reader's groups were told."""
    groups = policy.groups_of(signed_in_user())
    page = max(1, request.args.get("page", 1, type=int))
    found = reading.newest(reading_session(), groups, limit=PAGE_SIZE + 1, offset=(page - 1) * PAGE_SIZE)
    return render_template(
        "notifications/notifications.html",
        rows=[_row(entry) for entry in found[:PAGE_SIZE]],
        unread=reading.count_unread(reading_session(), groups),
        newest=max((entry.id for entry in found), default=0),
        page=page,
        more=len(found) > PAGE_SIZE,
    )


@blueprint.post("/notifications/read")
@requires(Permission.TASK_WORK)
def mark_read() -> ResponseReturnValue:
    """Mark everything up to what was on the screen as read."""
    up_to = request.form.get("up_to", 0, type=int)
    groups = policy.groups_of(signed_in_user())
    reading.mark_read(dispatcher().database, groups, up_to=up_to, at=clock.now())
    return redirect(url_for("notifications.notifications"), 303)


def _row(entry: Notification) -> NotificationRow:
    params = orjson.loads(entry.params)
    return NotificationRow(
        title=sentences.title(entry.template, params),
        subject=sentences.subject(params),
        summary=str(params.get("directive_summary") or ""),
        icon=sentences.icon(entry.template),
        at=entry.created_at,
        unread=entry.read_at is None,
        instance_id=entry.instance_id,
    )
