"""The archive file: a ZIP archive that holds histories and everything that is needed to execute them again.

``archive.json`` says what is inside (canonical JSON). ``journals/ID.jsonl`` holds the documents of an instance's
entries, one a line, byte for byte as they were hashed; ``definitions/HASH.json`` a definition's manifest;
``resources/SHA256`` a file of a model. The same histories always make the same bytes with one version of zlib, so
that work that was interrupted comes to the same file. Any tool that reads ZIP, JSON and SHA-256 can check it.
"""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Self
from uuid import UUID
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

import orjson

from engine import clock
from engine.canonical import canonical_bytes
from engine.errors import Fault

FORMAT = "sauro-archive"
VERSION = 1

#: What a file holds under one name is not unpacked beyond it, in bytes: a forged file shall not fill the memory.
LONGEST_MEMBER = 512 * 1024 * 1024

_CONTENTS = "archive.json"
#: The first instant that ZIP knows; times are inside, not around.
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_READABLE_FILE = 0o100444 << 16
_MADE_ON_UNIX = 3


class ArchiveDamaged(Fault):
    """An archive file is not there, or not as it was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What an instance says of itself."""

    instance_id: UUID
    process_key: str
    business_key: str
    definition_hash: str
    status: str
    started_at: datetime
    ended_at: datetime
    entries: int
    head_hash: str

    def to_json(self) -> dict[str, Any]:
        """Return the facts as plain values."""
        return {
            "instance_id": str(self.instance_id),
            "process_key": self.process_key,
            "business_key": self.business_key,
            "definition": self.definition_hash,
            "status": self.status,
            "started_at": clock.to_text(self.started_at),
            "ended_at": clock.to_text(self.ended_at),
            "entries": self.entries,
            "head_hash": self.head_hash,
        }

    @classmethod
    def from_json(cls, written: Mapping[str, Any]) -> Self:
        """Read what :meth:`to_json` wrote."""
        return cls(
            instance_id=UUID(written["instance_id"]),
            process_key=written["process_key"],
            business_key=written["business_key"],
            definition_hash=written["definition"],
            status=written["status"],
            started_at=clock.from_text(written["started_at"]),
            ended_at=clock.from_text(written["ended_at"]),
            entries=written["entries"],
            head_hash=written["head_hash"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """An instance with the documents of its entries, in order."""

    facts: Facts
    documents: Sequence[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What goes into one file.

    Attributes:
        manifests: the manifest of every definition that the histories need, by hash.
        deployments: what else is known of these definitions, as plain values.
        resources: the files that the manifests name, by SHA-256.
    """

    histories: Sequence[History]
    manifests: Mapping[str, str]
    deployments: Sequence[Mapping[str, Any]]
    resources: Mapping[str, bytes]


def write_archive(target: IO[bytes], contents: Contents) -> None:
    """Write an archive file."""
    with ZipFile(target, "w") as archive:
        listed = {
            "format": FORMAT,
            "version": VERSION,
            "instances": [history.facts.to_json() for history in contents.histories],
            "definitions": list(contents.deployments),
        }
        _add(archive, _CONTENTS, canonical_bytes(listed))
        for definition_hash, manifest in sorted(contents.manifests.items()):
            _add(archive, _definition(definition_hash), manifest.encode())
        for digest, content in sorted(contents.resources.items()):
            _add(archive, _resource(digest), content)
        for history in contents.histories:
            lines = b"".join(document + b"\n" for document in history.documents)
            _add(archive, _journal(history.facts.instance_id), lines)


class ArchiveFile:
    """An archive file that is open for reading."""

    def __init__(self, archive: ZipFile, path: Path) -> None:
        self._archive = archive
        self._path = path
        self._instances: dict[UUID, Facts] | None = None

    def instances(self) -> dict[UUID, Facts]:
        """Return what the file says it holds, by instance.

        Raises:
            ArchiveDamaged: it cannot be read, or is of another format.
        """
        if self._instances is None:
            self._instances = self._listed()
        return self._instances

    def documents(self, instance_id: UUID) -> list[bytes]:
        """Return the documents of an instance's entries, in order.

        Raises:
            ArchiveDamaged: they cannot be read.
        """
        return self._member(_journal(instance_id)).splitlines()

    def manifest(self, definition_hash: str) -> str:
        """Return the manifest of a definition.

        Raises:
            ArchiveDamaged: it cannot be read.
        """
        return self._member(_definition(definition_hash)).decode("utf-8", "backslashreplace")

    def resources(self, wanted: Sequence[str]) -> dict[str, bytes]:
        """Return files of models by SHA-256.

        Raises:
            ArchiveDamaged: one cannot be read.
        """
        return {digest: self._member(_resource(digest)) for digest in wanted}

    def _listed(self) -> dict[UUID, Facts]:
        content = self._member(_CONTENTS)
        try:
            listed = orjson.loads(content)
            if (listed["format"], listed["version"]) != (FORMAT, VERSION):
                raise ArchiveDamaged(f"Archive file {self._path} is of a format that is not known")
            facts = [Facts.from_json(written) for written in listed["instances"]]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ArchiveDamaged(
                f"Archive file {self._path} does not say what it holds: {error!r}"
            ) from error
        return {each.instance_id: each for each in facts}

    def _member(self, name: str) -> bytes:
        try:
            entry = self._archive.getinfo(name)
            if entry.file_size > LONGEST_MEMBER:
                raise ArchiveDamaged(
                    f"'{name}' in archive file {self._path} claims to hold more than {LONGEST_MEMBER} bytes"
                )
            with self._archive.open(entry) as member:
                return member.read(entry.file_size + 1)  # no more is unpacked, whatever there is
        except KeyError as error:
            raise ArchiveDamaged(f"Archive file {self._path} holds no '{name}'") from error
        except _UNREADABLE as error:
            raise ArchiveDamaged(f"'{name}' in archive file {self._path} cannot be read: {error}") from error


#: What damaged bytes make the reader of ZIP files raise; a changed flag reads as a way of packing that it does not
#: know (``NotImplementedError``) or as encryption (``RuntimeError``).
_UNREADABLE = (BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError)


@contextmanager
def open_archive(path: Path) -> Iterator[ArchiveFile]:
    """Open an archive file for reading.

    Raises:
        ArchiveDamaged: it is not there, or no ZIP archive.
    """
    try:
        archive = ZipFile(path)
    except FileNotFoundError as error:
        raise ArchiveDamaged(f"Archive file {path} is not there") from error
    except _UNREADABLE as error:
        raise ArchiveDamaged(f"Archive file {path} cannot be read: {error}") from error
    with archive:
        yield ArchiveFile(archive, path)


def _add(archive: ZipFile, name: str, content: bytes) -> None:
    entry = ZipInfo(name, date_time=_NO_TIME)
    entry.compress_type = ZIP_DEFLATED
    entry.create_system = _MADE_ON_UNIX
    entry.external_attr = _READABLE_FILE
    archive.writestr(entry, content)


def _journal(instance_id: UUID) -> str:
    return f"journals/{instance_id}.jsonl"


def _definition(definition_hash: str) -> str:
    return f"definitions/{definition_hash}.json"


def _resource(digest: str) -> str:
    return f"resources/{digest}"
