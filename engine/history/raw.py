"""Reads journal and instances as the database holds them, byte for byte, before anything is understood.

A column type makes a value of what is stored and fails on what is none, on SQLite for instance on an identifier of
fifteen bytes. Evidence is compared as it lies there.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Column, ColumnElement, LargeBinary, String, cast, func, literal, select, type_coerce
from sqlalchemy.engine import Connection

from engine.canonical import sha256_hex
from engine.database import Digest
from engine.tables import journal, process_instance

#: How SQLite stores the columns of a journal entry when nobody has meddled.
_TYPES = "blob integer blob blob blob"


@dataclass(frozen=True, slots=True, kw_only=True)
class RawEntry:
    """One row of the journal; every column as bytes.

    Attributes:
        well_typed: whether the database holds each column as the kind of value that was written.
    """

    instance_id: bytes
    sequence: bytes
    command_id: bytes
    document: bytes
    entry_hash: bytes
    well_typed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RawInstance:
    """What an instance says of its history; every column as bytes."""

    definition_hash: bytes
    sequence: bytes
    head_hash: bytes
    state_digest: bytes
    state: bytes


def stored_form(connection: Connection, identifier: UUID) -> bytes:
    """Return the one way in which an identifier is written on this database."""
    return identifier.bytes if connection.dialect.name == "sqlite" else str(identifier).encode()


def identifier_of(connection: Connection, stored: bytes) -> UUID | None:
    """Return the identifier that is stored, if it is written in that one way."""
    try:
        on_sqlite = connection.dialect.name == "sqlite"
        identifier = UUID(bytes=stored) if on_sqlite else UUID(stored.decode("ascii"))
    except ValueError:
        return None
    return identifier if stored_form(connection, identifier) == stored else None


def instance_ids(connection: Connection) -> list[bytes]:
    """Return the identifiers of all instances as stored."""
    query = select(_bytes(connection, process_instance.c.id).label("id")).order_by(process_instance.c.id)
    return [_plain(row.id) for row in connection.execute(query)]


def entries_of(connection: Connection, instance_id: UUID) -> list[RawEntry]:
    """Return the journal of an instance in order."""
    query = _entries(connection).where(journal.c.instance_id == instance_id).order_by(journal.c.sequence)
    return _read(connection.execute(query))


def entry_of_document(connection: Connection, instance_id: UUID, sequence: int, document: bytes) -> RawEntry:
    """Return the row that a document had in the journal; its identifier is empty where it says none."""
    try:
        command_id = stored_form(connection, UUID(orjson.loads(document)["command_id"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        command_id = b""
    return RawEntry(
        instance_id=stored_form(connection, instance_id),
        sequence=str(sequence).encode(),
        command_id=command_id,
        document=document,
        entry_hash=bytes.fromhex(sha256_hex(document)),
        well_typed=True,
    )


def orphans(connection: Connection) -> list[RawEntry]:
    """Return the entries that belong to no instance."""
    query = (
        _entries(connection)
        .outerjoin(process_instance, process_instance.c.id == journal.c.instance_id)
        .where(process_instance.c.id.is_(None))
        .order_by(journal.c.instance_id, journal.c.sequence)
    )
    return _read(connection.execute(query))


def instance(connection: Connection, instance_id: UUID) -> RawInstance | None:
    """Return what an instance says of its history, if it exists."""
    columns = ("definition_hash", "sequence", "head_hash", "state_digest", "state")
    query = select(*(_bytes(connection, process_instance.c[name]).label(name) for name in columns))
    row = connection.execute(query.where(process_instance.c.id == instance_id)).one_or_none()
    return None if row is None else RawInstance(**{name: _plain(row._mapping[name]) for name in columns})


def _entries(connection: Connection) -> Any:
    types: ColumnElement[str] = literal(_TYPES)
    if connection.dialect.name == "sqlite":
        kinds = [func.typeof(column) for column in journal.c]
        types = kinds[0]
        for kind in kinds[1:]:
            types = types.op("||")(" ").op("||")(kind)
    columns = (_bytes(connection, column).label(column.name) for column in journal.c)
    return select(*columns, types.label("types")).select_from(journal)


def _read(rows: Iterable[Any]) -> list[RawEntry]:
    return [
        RawEntry(
            **{column.name: _plain(row._mapping[column.name]) for column in journal.c},
            well_typed=row.types == _TYPES,
        )
        for row in rows
    ]


def _bytes(connection: Connection, column: Column[Any]) -> ColumnElement[Any]:
    if connection.dialect.name == "sqlite":
        return cast(column, LargeBinary)
    if isinstance(column.type, LargeBinary | Digest):
        return type_coerce(column, LargeBinary)
    return cast(column, String)


def _plain(value: Any) -> bytes:
    return b"" if value is None else value.encode() if isinstance(value, str) else bytes(value)
