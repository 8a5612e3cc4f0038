"""Tells groups of people something: a row for each group now, an e-mail digest after commit."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import insert

from engine.canonical import canonical_bytes
from engine.service_tasks import ServiceCall
from processes.notifications.tables import Notification

#: Outbox topic of messages that leave by e-mail.
EMAIL_TOPIC = "email"


def notify_groups(
    call: ServiceCall, *, template: str, groups: Iterable[str], params: Mapping[str, Any], by_email: bool
) -> list[str]:
    """Write one notification per group and, if wanted, queue it for e-mail; return the groups told.

    Args:
        params: what the sentence of ``template`` needs; JSON values, no personal data.
    """
    told = list(dict.fromkeys(groups))
    rows = [
        {
            "created_at": call.effective_at,
            "group_key": group,
            "template": template,
            "params": canonical_bytes(dict(params)).decode(),
            "instance_id": call.instance_id,
            "message_key": f"{call.task_id}:{group}",
        }
        for group in told
    ]
    if rows:
        call.connection.execute(insert(Notification), rows)
    if by_email:
        for group in told:
            call.outbox.add(
                EMAIL_TOPIC,
                {"group": group, "template": template, "params": dict(params)},
                key=f"email:{call.task_id}:{group}",
            )
    return told
