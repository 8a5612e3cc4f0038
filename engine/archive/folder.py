"""The folder that holds archive files, each under its own SHA-256.

A file is written under another name, synchronised, and renamed; so what lies under a final name is whole. Files
are never changed and never removed here: a database that was restored from an older copy may need them again.
"""

import hashlib
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import IO

from engine import clock
from engine.archive.file import ArchiveDamaged, ArchiveFile, open_archive
from engine.ids import new_id

logger = logging.getLogger(__name__)

SUFFIX = ".zip"
_UNFINISHED = ".part"
#: An unfinished file that is older was left by a process that ended.
_ABANDONED_AFTER = timedelta(days=1)
_BLOCK = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file of the archive; ``path`` is within its folder, e.g. ``2031/06/SHA256.zip``."""

    sha256: str
    path: str


class ArchiveFolder:
    """Stores and finds archive files."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def store(self, month: date, write: Callable[[IO[bytes]], None]) -> StoredFile:
        """Write a file and return where it lies; the same contents lie there once.

        Args:
            month: any day of the month that it is filed under.

        Raises:
            OSError: the folder cannot be written to.
        """
        folder = self.root / f"{month.year:04}" / f"{month.month:02}"
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = folder / f".{new_id().hex}{_UNFINISHED}"
        try:
            descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w+b") as file:
                write(file)
                file.flush()
                os.fchmod(file.fileno(), 0o400)
                os.fsync(file.fileno())
            digest = sha256_of(unfinished)
            target = folder / f"{digest}{SUFFIX}"
            unfinished.replace(target)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        for changed in (folder, folder.parent, self.root):
            _synchronise(changed)
        return StoredFile(sha256=digest, path=target.relative_to(self.root).as_posix())

    def path_of(self, path: str) -> Path:
        """Return where a file lies, by its path within the folder.

        Raises:
            ArchiveDamaged: that is outside of the folder.
        """
        found = (self.root / path).resolve()
        if not found.is_relative_to(self.root.resolve()):
            raise ArchiveDamaged(f"'{path}' does not lie within the archive")
        return found

    def open(self, path: str) -> AbstractContextManager[ArchiveFile]:
        """Open a file, by its path within the folder.

        Raises:
            ArchiveDamaged: it is not there, or cannot be read.
        """
        return open_archive(self.path_of(path))

    def check(self, stored: StoredFile) -> None:
        """Compare a file with its SHA-256.

        Raises:
            ArchiveDamaged: it is not there, cannot be read, or is another one.
        """
        path = self.path_of(stored.path)
        try:
            digest = sha256_of(path)
        except FileNotFoundError as error:
            raise ArchiveDamaged(f"Archive file {stored.path} is not there") from error
        except OSError as error:
            raise ArchiveDamaged(f"Archive file {stored.path} cannot be read: {error.strerror}") from error
        if digest != stored.sha256:
            raise ArchiveDamaged(
                f"Archive file {stored.path} was changed: its SHA-256 is {digest}, not {stored.sha256}"
            )

    def files(self) -> Iterator[str]:
        """Return the path of every file within the folder, in order."""
        for path in sorted(self.root.glob(f"[0-9]*/[0-9]*/*{SUFFIX}")):
            yield path.relative_to(self.root).as_posix()

    def remove_abandoned(self) -> int:
        """Remove unfinished files that a process left behind when it ended; return how many."""
        removed = 0
        for path in self.root.glob(f"[0-9]*/[0-9]*/.*{_UNFINISHED}"):
            if clock.now().timestamp() - path.stat().st_mtime > _ABANDONED_AFTER.total_seconds():
                path.unlink(missing_ok=True)
                logger.warning("unfinished archive file removed", extra={"file": path.name})
                removed += 1
        return removed


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, read block by block."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _synchronise(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
