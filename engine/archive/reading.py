"""Reads the history of an instance from wherever it lies: the journal, or the file that it was archived to."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.engine import Connection

from engine.archive.file import ArchiveDamaged, ArchiveFile, Facts
from engine.archive.folder import ArchiveFolder, StoredFile
from engine.canonical import sha256_hex
from engine.definitions.resources import ModelResources
from engine.definitions.versions import DefinitionCache, read_manifest
from engine.errors import NotFound
from engine.feel import HostFunctions
from engine.history.journal import GENESIS, JournalEntry, parse, read_journal
from engine.history.replay import ReplayedStep, replay, replay_entries
from engine.instances.inspect import InstanceView
from engine.tables import archived_instance


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedInstance:
    """Where the history of an instance lies that is no longer in the journal."""

    instance_id: UUID
    process_key: str
    business_key: str
    definition_hash: str
    status: str
    started_at: datetime
    ended_at: datetime
    entries: int
    head_hash: str
    archive_sha256: str
    archive_path: str
    archived_at: datetime
    archived_by: str
    policy: str

    @property
    def facts(self) -> Facts:
        """What the instance said of itself."""
        return Facts(**{each.name: getattr(self, each.name) for each in fields(Facts)})

    @property
    def file(self) -> StoredFile:
        """The archive file."""
        return StoredFile(sha256=self.archive_sha256, path=self.archive_path)


class ArchivedDefinitions(DefinitionCache):
    """The definitions that an archive file holds; the database is not asked for anything."""

    def __init__(self, archive: ArchiveFile, functions: HostFunctions) -> None:
        super().__init__(functions)
        self._archive = archive

    def load(self, _connection: Connection, definition_hash: str) -> tuple[ModelResources, Mapping[str, str]]:
        """Return a definition's files, and the definitions that called processes are pinned to.

        Raises:
            ArchiveDamaged: the file does not hold them.
            HistoryDiverged: they are not those that were deployed.
        """
        manifest = self._archive.manifest(definition_hash)
        return read_manifest(definition_hash, manifest, self._archive.resources)


def find_archived(connection: Connection, instance_id: UUID) -> ArchivedInstance | None:
    """Return where an instance was archived; ``None`` if it was not."""
    row = connection.execute(
        select(archived_instance).where(archived_instance.c.instance_id == instance_id)
    ).one_or_none()
    return None if row is None else ArchivedInstance(**row._mapping)


def archived_entries(folder: ArchiveFolder, archived: ArchivedInstance) -> list[JournalEntry]:
    """Return all entries of an archived instance; their chain leads to the entry that was recorded as the last.

    Raises:
        ArchiveDamaged: the file is not there, or what it holds is not what was archived.
    """
    with folder.open(archived.archive_path) as file:
        documents = file.documents(archived.instance_id)
    entries, head = [], GENESIS
    for document in documents:
        try:
            entry = parse(document, sha256_hex(document))
        except ValueError as error:
            raise _changed(archived) from error
        if entry.previous != head:
            raise _changed(archived)
        head = entry.entry_hash
        entries.append(entry)
    if head != archived.head_hash:
        raise _changed(archived)
    return entries


def history_of(connection: Connection, folder: ArchiveFolder, instance_id: UUID) -> list[JournalEntry]:
    """Return all entries of an instance in order, from the journal or from its archive file.

    Raises:
        ArchiveDamaged: it is archived, and its file is not there or was changed.
    """
    archived = find_archived(connection, instance_id)
    return read_journal(connection, instance_id) if archived is None else archived_entries(folder, archived)


def replay_anywhere(
    connection: Connection,
    definitions: DefinitionCache,
    folder: ArchiveFolder,
    instance_id: UUID,
    *,
    at: int | None = None,
) -> list[ReplayedStep]:
    """Replay an instance as :func:`engine.history.replay.replay` does, from wherever its history lies.

    Raises:
        ArchiveDamaged: it is archived, and its file is not there or was changed.
        NotFound: the instance has no journal, or no entry ``at``.
    """
    archived = find_archived(connection, instance_id)
    if archived is None:
        return replay(connection, definitions, instance_id, at=at)
    entries = archived_entries(folder, archived)
    if at is not None and not 1 <= at <= len(entries):
        raise NotFound(
            f"Expected an entry {at} of process instance '{instance_id}', but it has {len(entries)}"
        )
    return list(replay_entries(connection, definitions, entries[:at]))


def view_archived(
    connection: Connection,
    definitions: DefinitionCache,
    archived: ArchivedInstance,
    entries: list[JournalEntry],
) -> InstanceView:
    """Return an archived instance as it ended; its tasks and timers are part of its history only.

    Args:
        entries: what :func:`archived_entries` gave; without any, its variables are not known.
    """
    steps = list(replay_entries(connection, definitions, entries))
    return InstanceView(
        id=archived.instance_id,
        process_key=archived.process_key,
        business_key=archived.business_key,
        definition_hash=archived.definition_hash,
        status=archived.status,
        sequence=archived.entries,
        started_at=archived.started_at,
        ended_at=archived.ended_at,
        suspended_at=None,
        active_elements=(),
        variables=steps[-1].step.variables if steps else {},
        user_tasks=(),
        timers=(),
        incidents=(),
    )


def _changed(archived: ArchivedInstance) -> ArchiveDamaged:
    return ArchiveDamaged(
        f"Archive file {archived.archive_path} does not hold instance '{archived.instance_id}' as it was archived"
    )
