"""Verification of what is archived: every file against its SHA-256, every history executed from its file alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from engine.archive.file import ArchiveDamaged, ArchiveFile
from engine.archive.folder import ArchiveFolder
from engine.archive.reading import ArchivedDefinitions, ArchivedInstance
from engine.dispatch import Dispatcher
from engine.errors import NotFound
from engine.history.verify import Verified, differing, verify_all, verify_documents, verify_instance
from engine.tables import archived_instance, journal, process_instance


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """The archive's folder, and what is needed to execute the histories that lie there.

    Attributes:
        dispatcher: has the database, and knows which functions models may use.
    """

    folder: ArchiveFolder
    dispatcher: Dispatcher

    def definitions_in(self, file: ArchiveFile) -> ArchivedDefinitions:
        """Return the definitions that a file holds."""
        return ArchivedDefinitions(file, self.dispatcher.functions.feel)


def verify_everything(connection: Connection, archive: Archive) -> Iterator[Verified]:
    """Verify every instance, in the journal and in the archive."""
    archived = archived_instances(connection)
    definitions = archive.dispatcher.definitions
    yield from verify_all(connection, definitions, besides={each.instance_id for each in archived})
    yield from _verify_files(connection, archive, archived)


def verify_one(connection: Connection, archive: Archive, instance_id: UUID) -> Verified:
    """Verify one instance, wherever its history lies."""
    archived = archived_instances(connection, instance_id=instance_id)
    if not archived:
        return verify_instance(connection, archive.dispatcher.definitions, instance_id)
    (outcome,) = _verify_files(connection, archive, archived)
    return outcome


def verify_archived(
    connection: Connection, archive: Archive, *, path: str | None = None
) -> Iterator[Verified]:
    """Verify what is archived in one file, or in all.

    Args:
        path: the file's path within the archive's folder.

    Raises:
        NotFound: nothing was archived to such a file.
    """
    archived = archived_instances(connection, path=path)
    if path is not None and not archived:
        raise NotFound(f"Expected instances that were archived to '{path}', but there are none")
    yield from _verify_files(connection, archive, archived)


def unrecorded_files(connection: Connection, folder: ArchiveFolder) -> list[str]:
    """Return the files in the folder that no instance was archived to.

    A process that ended between file and database leaves one; so does a database restored from an older copy.
    """
    recorded = set(connection.scalars(select(archived_instance.c.archive_path).distinct()))
    return [path for path in folder.files() if path not in recorded]


def archived_instances(
    connection: Connection, *, path: str | None = None, instance_id: UUID | None = None
) -> list[ArchivedInstance]:
    """Return what is archived, file by file."""
    query = select(archived_instance).order_by(
        archived_instance.c.archive_path, archived_instance.c.ended_at, archived_instance.c.instance_id
    )
    if path is not None:
        query = query.where(archived_instance.c.archive_path == path)
    if instance_id is not None:
        query = query.where(archived_instance.c.instance_id == instance_id)
    return [ArchivedInstance(**row._mapping) for row in connection.execute(query)]


def verify_history(
    connection: Connection, definitions: ArchivedDefinitions, file: ArchiveFile, archived: ArchivedInstance
) -> Verified:
    """Execute one history from its file alone and compare it with what was recorded."""
    try:
        facts = file.instances().get(archived.instance_id)
        documents = file.documents(archived.instance_id)
    except ArchiveDamaged as error:
        return differing(archived.instance_id, 0, 0, "archive", str(error))
    outcome = verify_documents(
        connection,
        definitions,
        archived.instance_id,
        documents,
        entries=archived.entries,
        head_hash=archived.head_hash,
        definition_hash=archived.definition_hash,
    )
    if outcome.difference is None and (facts is None or facts != archived.facts):
        detail = f"archive file {archived.archive_path} says other things of the instance than were recorded"
        return differing(archived.instance_id, outcome.entries, 0, "archive", detail)
    return outcome


def _verify_files(
    connection: Connection, archive: Archive, archived: list[ArchivedInstance]
) -> Iterator[Verified]:
    for _, group in groupby(archived, key=lambda each: each.file):
        instances = list(group)
        try:
            archive.folder.check(instances[0].file)
            with archive.folder.open(instances[0].archive_path) as file:
                definitions = archive.definitions_in(file)
                for each in instances:
                    outcome = verify_history(connection, definitions, file, each)
                    yield outcome if outcome.difference else _compared(connection, each, outcome)
        except ArchiveDamaged as error:
            for each in instances:
                yield differing(each.instance_id, 0, 0, "archive", str(error))


def _compared(connection: Connection, archived: ArchivedInstance, outcome: Verified) -> Verified:
    """Compare what the archive proves with what the database still says of the instance."""
    left = connection.scalar(
        select(func.count()).select_from(journal).where(journal.c.instance_id == archived.instance_id)
    )
    if left:
        detail = f"{left} entries are in the journal though the instance is archived"
        return differing(archived.instance_id, outcome.entries, archived.entries, "archive", detail)
    row = connection.execute(
        select(
            process_instance.c.sequence,
            process_instance.c.head_hash,
            process_instance.c.status,
            process_instance.c.definition_hash,
        ).where(process_instance.c.id == archived.instance_id)
    ).one_or_none()
    said = (archived.entries, archived.head_hash, archived.status, archived.definition_hash)
    if row is None or tuple(row) != said:
        detail = "the instance says other things of its history than its archive"
        return differing(archived.instance_id, outcome.entries, archived.entries, "instance", detail)
    return outcome
