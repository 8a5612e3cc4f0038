"""Tells groups of people something: a row for each group now, an e-mail digest after commit."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.engine import Connection

from engine.canonical import canonical_bytes
from engine.service_tasks import Outbox, ServiceCall
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
    return tell_groups(
        call.connection,
        call.outbox,
        at=call.effective_at,
        instance_id=call.instance_id,
        key=call.task_id,
        template=template,
        groups=groups,
        params=params,
        by_email=by_email,
    )


def tell_groups(
    connection: Connection,
    outbox: Outbox,
    *,
    at: datetime,
    instance_id: UUID,
    key: str,
    template: str,
    groups: Iterable[str],
    params: Mapping[str, Any],
    by_email: bool,
) -> list[str]:
    """Do the same for something that no service task tells; ``key`` makes a repeat recognisable."""
    told = list(dict.fromkeys(groups))
    rows = [
        {
            "created_at": at,
            "group_key": group,
            "template": template,
            "params": canonical_bytes(dict(params)).decode(),
            "instance_id": instance_id,
            "message_key": f"{key}:{group}",
        }
        for group in told
    ]
    if rows:
        connection.execute(insert(Notification), rows)
    if by_email:
        for group in told:
            outbox.add(
                EMAIL_TOPIC,
                {"group": group, "template": template, "params": dict(params)},
                key=f"email:{key}:{group}",
            )
    return told
