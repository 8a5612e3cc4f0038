"""Finds an instance and its history, in the database or in the archive file that they went to."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import current_app

from engine.archive.file import ArchiveDamaged
from engine.archive.folder import ArchiveFolder
from engine.archive.reading import ArchivedInstance, archived_entries, find_archived, view_archived
from engine.history.journal import JournalEntry, read_journal
from engine.instances.inspect import InstanceView, find_instance
from web.engine_access import definitions, reading_connection
from web.settings import Settings

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceHistory:
    """An instance with its entries.

    Attributes:
        entries: none if the archive file cannot be read now.
        archived: where they went, if they did.
    """

    instance: InstanceView
    entries: Sequence[JournalEntry]
    archived: ArchivedInstance | None


def read_instance(instance_id: UUID) -> InstanceHistory:
    """Return an instance and its history, wherever they are.

    Raises:
        NotFound: no such instance.
    """
    connection = reading_connection()
    archived = find_archived(connection, instance_id)
    if archived is None:
        return InstanceHistory(
            instance=find_instance(connection, definitions(), instance_id),
            entries=read_journal(connection, instance_id),
            archived=None,
        )
    settings: Settings = current_app.extensions["sauro_settings"]
    try:
        entries = archived_entries(ArchiveFolder(settings.archive_folder), archived)
    except ArchiveDamaged:
        logger.exception("archive file cannot be read", extra={"file": archived.archive_path})
        entries = []
    return InstanceHistory(
        instance=view_archived(connection, definitions(), archived, entries),
        entries=entries,
        archived=archived,
    )
