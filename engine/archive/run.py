"""Moves what its policy no longer keeps from the journal to archive files, portion by portion.

A portion is written to a file, the file is read back, and every history in it is executed again from the file
alone. Only then, in one transaction that looks at everything once more, are its instances recorded as archived and
their rows removed. A process may end at any moment: before the file has its name nothing has happened; after that,
and before the commit, the next run makes the same file again. Two runs at once do no harm: the second finds that
the instances are archived.

An instance stays where it is while it is held, has an open incident, or has messages that have not left. Its row
in ``process_instance`` stays for ever, so that its identifier is never used again and nothing refers to nothing.
"""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, delete, exists, func, insert, not_, or_, select, update
from sqlalchemy.engine import Connection

from engine import clock
from engine.actors import Actor
from engine.archive.file import Contents, Facts, History, write_archive
from engine.archive.folder import StoredFile
from engine.archive.holds import held, keep_others_from_placing, require_manager
from engine.archive.policies import RetentionPolicy, policies
from engine.archive.reading import ArchivedInstance
from engine.archive.verify import Archive, verify_history
from engine.database import reading
from engine.history.journal import parse, read_documents
from engine.history.verify import Difference
from engine.packing import Packing, pack
from engine.tables import (
    archived_instance,
    definition,
    inbox,
    incident,
    journal,
    message_subscription,
    outbox,
    process_instance,
    resource,
    signal_subscription,
    timer,
    user_task,
)

logger = logging.getLogger(__name__)

#: Instances in one file.
PORTION = 200

#: Tables whose rows go with the history of their instance, in an order that foreign keys allow.
GOES_WITH_HISTORY = (
    inbox,
    user_task,
    timer,
    message_subscription,
    signal_subscription,
    incident,
    outbox,
    journal,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What a run would do for one process now.

    Attributes:
        due: instances that would be archived.
        held: instances whose time has passed and that are held.
        unsettled: instances whose time has passed and that have open incidents or messages that have not left.
    """

    process_key: str
    keep_for: str
    due: int
    held: int
    unsettled: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveRun:
    """What a run came to.

    Attributes:
        refused: histories that do not hold; they stay in the journal.
    """

    archived: int
    files: Sequence[str]
    refused: Sequence[Difference]


def outlook(connection: Connection) -> list[Outlook]:
    """Return what a run would do now, process by process."""
    is_held, settled = held(connection), _settled()
    found = []
    for policy in policies(connection):
        ended = _ended(policy)
        if ended is None or policy.keep_for is None:
            continue

        def count(*conditions: ColumnElement[bool], among: ColumnElement[bool] = ended) -> int:
            query = select(func.count()).select_from(process_instance).where(among, *conditions)
            return connection.scalar(query) or 0

        found.append(
            Outlook(
                process_key=policy.process_key,
                keep_for=policy.keep_for,
                due=count(not_(is_held), settled),
                held=count(is_held),
                unsettled=count(not_(is_held), not_(settled)),
            )
        )
    return found


def archive_due(
    archive: Archive,
    *,
    actor: Actor,
    portion: int = PORTION,
    go_on: Callable[[], bool] = lambda: True,
) -> ArchiveRun:
    """Archive all instances whose time has passed.

    Args:
        portion: most instances in one file.
        go_on: asked before each portion.

    Raises:
        NotAuthorised: the actor may not manage retention.
        OSError: the archive's folder cannot be written to.
    """
    require_manager(actor)
    archive.folder.remove_abandoned()
    archived, files, refused = 0, list[str](), list[Difference]()
    passed_over: set[UUID] = set()
    for policy in _policies(archive):
        while go_on():
            done, differences, left = _archive_portion(archive, policy, actor, portion, passed_over)
            passed_over.update(left)
            refused += differences
            archived += sum(done.values())
            files += done
            if not done and not left:
                break
    return ArchiveRun(archived=archived, files=files, refused=refused)


def _policies(archive: Archive) -> list[RetentionPolicy]:
    with reading(archive.dispatcher.database) as connection:
        return policies(connection)


def _archive_portion(
    archive: Archive, policy: RetentionPolicy, actor: Actor, portion: int, passed_over: Collection[UUID]
) -> tuple[Mapping[str, int], Sequence[Difference], Collection[UUID]]:
    """Archive a portion; return instances by file, histories that do not hold, and what was left where it is."""
    with reading(archive.dispatcher.database) as connection:
        chosen = _choose(connection, policy, portion, passed_over)
        if not chosen:
            return {}, (), ()
        contents, unreadable = _collect(connection, chosen)
    refused: dict[UUID, Difference] = unreadable
    if contents.histories:
        stored = _store(archive, contents)
        refused |= _read_back(archive, stored, contents)
        if refused.keys() & {history.facts.instance_id for history in contents.histories}:
            contents = _without(contents, refused)
            stored = _store(archive, contents)
    for found in refused.values():
        logger.error(
            "history does not hold and is not archived",
            extra={"instance_id": str(found.instance_id), "sequence": found.sequence, "kind": found.kind},
        )
    if not contents.histories:
        return {}, tuple(refused.values()), refused.keys()
    with archive.dispatcher.database.begin() as connection:
        moved = _move(connection, contents, stored, policy, actor)
    logger.info("instances archived", extra={"instances": len(moved), "file": stored.path})
    left = {each.instance_id for each in chosen} - moved
    return ({stored.path: len(moved)} if moved else {}), tuple(refused.values()), left


def _choose(
    connection: Connection, policy: RetentionPolicy, portion: int, passed_over: Collection[UUID]
) -> list[Facts]:
    """Return the instances for one file: the first to end, all in one month."""
    ended = _ended(policy)
    if ended is None:
        return []
    rows = connection.execute(
        select(
            process_instance.c.id.label("instance_id"),
            process_instance.c.process_key,
            process_instance.c.business_key,
            process_instance.c.definition_hash,
            process_instance.c.status,
            process_instance.c.started_at,
            process_instance.c.ended_at,
            process_instance.c.sequence.label("entries"),
            process_instance.c.head_hash,
        )
        .where(
            ended,
            not_(held(connection)),
            _settled(),
            process_instance.c.id.not_in(passed_over),
        )
        .order_by(process_instance.c.ended_at, process_instance.c.id)
        .limit(portion)
    )
    found = [Facts(**row._mapping) for row in rows]
    return [each for each in found if _month(each) == _month(found[0])]


def _ended(policy: RetentionPolicy) -> ColumnElement[bool] | None:
    """Return the condition that picks the instances of a process whose time has passed."""
    before = policy.ended_before(clock.now())
    if before is None:
        return None
    return (
        (process_instance.c.process_key == policy.process_key)
        & (process_instance.c.ended_at.is_not(None))
        & (process_instance.c.archived_at.is_(None))
        & (process_instance.c.ended_at <= before)
    )


def _settled() -> ColumnElement[bool]:
    """Return the condition that picks instances which nobody has anything left to do about."""
    open_incident = exists().where(
        incident.c.instance_id == process_instance.c.id, incident.c.resolved_at.is_(None)
    )
    waiting_message = exists().where(
        outbox.c.instance_id == process_instance.c.id, outbox.c.delivered_at.is_(None)
    )
    return not_(or_(open_incident, waiting_message))


def _month(facts: Facts) -> date:
    return facts.ended_at.astimezone(clock.BUSINESS_ZONE).date().replace(day=1)


def _collect(connection: Connection, chosen: Sequence[Facts]) -> tuple[Contents, dict[UUID, Difference]]:
    """Return what goes into the file, and the instances whose journal cannot be read."""
    histories, unreadable, needed = [], dict[UUID, Difference](), set[str]()
    for facts in chosen:
        try:
            documents = read_documents(connection, facts.instance_id)
            needed |= {facts.definition_hash, *_definitions_of(documents)}
        except (ValueError, TypeError, AttributeError) as error:
            unreadable[facts.instance_id] = Difference(
                instance_id=facts.instance_id, sequence=0, kind="unreadable", detail=str(error)
            )
            continue
        histories.append(History(facts=facts, documents=documents))
    return _contents(connection, histories, needed), unreadable


def _definitions_of(documents: Sequence[bytes]) -> Iterator[str]:
    """Return the definitions that entries name: the one they ran under, and one they went over to."""
    for document in documents:
        entry = parse(document, "")
        yield entry.definition_hash
        target = entry.payload.get("definition_hash")
        if isinstance(target, str):
            yield target


def _contents(connection: Connection, histories: Sequence[History], needed: Collection[str]) -> Contents:
    """Add the definitions that histories need, those that they call, and their files."""
    manifests: dict[str, str] = {}
    deployments: list[Mapping[str, Any]] = []
    wanted = set(needed)
    while wanted:
        rows = connection.execute(select(definition).where(definition.c.hash.in_(wanted))).all()
        wanted = set()
        for row in rows:
            manifests[row.hash] = row.manifest
            deployments.append(
                {
                    "hash": row.hash,
                    "process_key": row.process_key,
                    "version": row.version,
                    "name": row.name,
                    "deployed_at": clock.to_text(row.deployed_at),
                    "deployed_by": row.deployed_by,
                }
            )
            wanted |= set(orjson.loads(row.manifest).get("calls", {}).values())
        wanted -= manifests.keys()
    files = set[str]()
    for manifest in manifests.values():
        listed = orjson.loads(manifest)
        files |= {listed["bpmn"], *listed["decisions"], *listed["forms"]}
    resources = connection.execute(
        select(resource.c.sha256, resource.c.content).where(resource.c.sha256.in_(files))
    )
    return Contents(
        histories=histories,
        manifests=manifests,
        deployments=sorted(deployments, key=lambda deployment: str(deployment["hash"])),
        resources={row.sha256: row.content for row in resources},
    )


def _without(contents: Contents, refused: Collection[UUID]) -> Contents:
    kept = [history for history in contents.histories if history.facts.instance_id not in refused]
    return Contents(
        histories=kept,
        manifests=contents.manifests,
        deployments=contents.deployments,
        resources=contents.resources,
    )


def _store(archive: Archive, contents: Contents) -> StoredFile:
    return archive.folder.store(
        _month(contents.histories[0].facts), partial(write_archive, contents=contents)
    )


def _read_back(archive: Archive, stored: StoredFile, contents: Contents) -> dict[UUID, Difference]:
    """Execute every history from the file alone; return those that do not hold."""
    archive.folder.check(stored)
    refused = {}
    with archive.folder.open(stored.path) as file, archive.dispatcher.database.connect() as connection:
        definitions = archive.definitions_in(file)
        for history in contents.histories:
            record = _record(history.facts, stored, "", "", clock.now())
            found = verify_history(connection, definitions, file, ArchivedInstance(**record)).difference
            if found is not None:
                refused[history.facts.instance_id] = found
    return refused


def _move(
    connection: Connection, contents: Contents, stored: StoredFile, policy: RetentionPolicy, actor: Actor
) -> set[UUID]:
    """Record instances as archived and remove their rows; return those that were still as the file has them."""
    facts = {history.facts.instance_id: history.facts for history in contents.histories}
    keep_others_from_placing(connection)
    rows = connection.execute(
        select(process_instance.c.id, process_instance.c.head_hash)
        .where(
            process_instance.c.id.in_(list(facts)),
            process_instance.c.archived_at.is_(None),
            not_(held(connection)),
            _settled(),
        )
        .order_by(process_instance.c.id)
        .with_for_update()
    ).all()
    moved = [row.id for row in rows if row.head_hash == facts[row.id].head_hash]
    if not moved:
        return set()
    now = clock.now()
    connection.execute(
        insert(archived_instance),
        [_record(facts[each], stored, policy.keep_for or "", actor.key, now) for each in moved],
    )
    for table in GOES_WITH_HISTORY:
        connection.execute(delete(table).where(table.c.instance_id.in_(moved)))
    connection.execute(
        update(process_instance)
        .where(process_instance.c.id.in_(moved))
        .values(state=pack(b"", Packing.STATE_1), archived_at=now)
    )
    return set(moved)


def _record(
    facts: Facts, stored: StoredFile, keep_for: str, archived_by: str, archived_at: datetime
) -> dict[str, Any]:
    return {
        "instance_id": facts.instance_id,
        "process_key": facts.process_key,
        "business_key": facts.business_key,
        "definition_hash": facts.definition_hash,
        "status": facts.status,
        "started_at": facts.started_at,
        "ended_at": facts.ended_at,
        "entries": facts.entries,
        "head_hash": facts.head_hash,
        "archive_sha256": stored.sha256,
        "archive_path": stored.path,
        "archived_at": archived_at,
        "archived_by": archived_by,
        "policy": keep_for,
    }
