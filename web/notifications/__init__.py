"""What the reader's groups were told: by day, and within a day by assignment, the newest first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import orjson
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from engine import clock
from engine.tables import process_instance
from processes.access import policy
from processes.access.policy import Permission
from processes.directives.approval import APPROVAL_KEY
from processes.notifications.tables import Notification
from web.engine_access import dispatcher
from web.notifications import reading, sentences
from web.notifications.sentences import Kind
from web.records import AssignmentRecord, assignment_records, submitted_documents
from web.sessions import reading_session
from web.sign_in.guard import requires, signed_in_user
from web.typography import local
from web.units import unit_name

#: Notices on one page; more are a link away.
PAGE_SIZE = 60

blueprint = Blueprint("notifications", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One thing that was told."""

    title: str
    icon: str
    kind: Kind
    at: datetime
    unread: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentNotices:
    """What was told about one assignment, or one document on its way, on one day, the newest first.

    Attributes:
        document_id: the document whose approval it is about; ``None`` for an assignment.
    """

    instance_id: UUID
    document_id: UUID | None
    unit: str
    subject: str
    summary: str
    told: Sequence[Told]

    @property
    def unread(self) -> bool:
        """Whether any of it is new."""
        return any(each.unread for each in self.told)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day's notices."""

    on: date
    assignments: Sequence[AssignmentNotices]


@blueprint.get("/notifications")
def notifications() -> ResponseReturnValue:
    """List what the reader's groups were told, all of it or one kind."""
    groups = policy.groups_of(signed_in_user())
    session = reading_session()
    counts = reading.counts(session, groups)
    by_kind = {
        kind: sum(count for template, count in counts.items() if sentences.kind(template) is kind)
        for kind in Kind
    }
    wanted = next((kind for kind in Kind if kind == request.args.get("kind")), None)
    page = max(1, request.args.get("page", 1, type=int))
    found = reading.newest(
        session,
        groups,
        templates=None
        if wanted is None
        else [template for template in counts if sentences.kind(template) is wanted],
        limit=PAGE_SIZE + 1,
        offset=(page - 1) * PAGE_SIZE,
    )
    return render_template(
        "notifications/notifications.html",
        days=_days(found[:PAGE_SIZE]),
        kinds=[(kind, sentences.kind_label(kind), by_kind[kind]) for kind in Kind if by_kind[kind]],
        kind=wanted,
        total=sum(by_kind.values()),
        unread=reading.count_unread(session, groups),
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


def _days(entries: Sequence[Notification]) -> list[Day]:
    records = assignment_records(entry.instance_id for entry in entries)
    documents = _documents(entry.instance_id for entry in entries if entry.instance_id not in records)
    by_day: dict[date, dict[UUID, list[Notification]]] = {}
    for entry in entries:
        by_day.setdefault(local(entry.created_at).date(), {}).setdefault(entry.instance_id, []).append(entry)
    return [
        Day(
            on=on,
            assignments=[
                _notices(instance_id, told, records.get(instance_id), documents.get(instance_id))
                for instance_id, told in by_assignment.items()
            ],
        )
        for on, by_assignment in by_day.items()
    ]


def _notices(
    instance_id: UUID,
    entries: Sequence[Notification],
    record: AssignmentRecord | None,
    document_id: UUID | None,
) -> AssignmentNotices:
    params = orjson.loads(entries[0].params)
    name = str(params.get("lead_unit_name") or "")
    unit = name if record is None else unit_name(record.assignment.lead_unit)
    return AssignmentNotices(
        instance_id=instance_id,
        document_id=document_id,
        unit=unit,
        subject=sentences.subject(params),
        summary=str(params.get("directive_summary") or ""),
        told=[
            Told(
                title=sentences.title(entry.template, {**orjson.loads(entry.params), "lead_unit_name": unit}),
                icon=sentences.icon(entry.template),
                kind=sentences.kind(entry.template),
                at=entry.created_at,
                unread=entry.read_at is None,
            )
            for entry in _once(entries)
        ],
    )


def _documents(instances: Iterable[UUID]) -> Mapping[UUID, UUID]:
    """Return the documents whose approvals are these instances."""
    wanted = list(dict.fromkeys(instances))
    query = select(process_instance.c.id, process_instance.c.business_key).where(
        process_instance.c.id.in_(wanted), process_instance.c.process_key == APPROVAL_KEY
    )
    keys: dict[UUID, str] = {row.id: row.business_key for row in reading_session().execute(query)}
    found = submitted_documents(keys.values())
    return {instance: found[key].id for instance, key in keys.items() if key in found}


def _once(entries: Iterable[Notification]) -> list[Notification]:
    """Return each notice once, also where the reader belongs to several groups that were told."""
    return list({(entry.template, entry.created_at): entry for entry in entries}.values())
