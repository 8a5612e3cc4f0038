"""Finds deployed definitions and keeps the parsed ones; a definition is parsed once per process."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

import orjson
from sqlalchemy import select
from sqlalchemy.engine import Connection

from engine.canonical import canonical_bytes, sha256_hex
from engine.definitions.resources import ModelResources
from engine.errors import HistoryDiverged, NotFound
from engine.forms import Form, load_form
from engine.spiff import CompiledModel, compile_model
from engine.tables import definition, resource

#: Parsed definitions kept per process; one takes a few hundred kilobytes.
CACHE_SIZE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A deployed definition, ready to run."""

    hash: str
    model: CompiledModel
    forms: Mapping[str, Form]


class DefinitionCache:
    """The parsed definitions of one process, least recently used ones dropped. Safe for threads."""

    def __init__(self, service_types: frozenset[str]) -> None:
        self._service_types = service_types
        self._definitions: OrderedDict[str, Definition] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, connection: Connection, definition_hash: str) -> Definition:
        """Return the definition; its stored bytes are checked against the hash when they are parsed.

        Raises:
            NotFound: no such definition is deployed.
            HistoryDiverged: the stored bytes are not those that were deployed.
        """
        with self._lock:
            cached = self._definitions.get(definition_hash)
            if cached is not None:
                self._definitions.move_to_end(definition_hash)
                return cached
            resources = load_resources(connection, definition_hash)
            forms = [load_form(content) for content in resources.forms]
            fresh = Definition(
                hash=definition_hash,
                model=compile_model(resources, service_types=self._service_types),
                forms={form.id: form for form in forms},
            )
            self._definitions[definition_hash] = fresh
            while len(self._definitions) > CACHE_SIZE:
                self._definitions.popitem(last=False)
            return fresh


def load_resources(connection: Connection, definition_hash: str) -> ModelResources:
    """Read a definition's files and check each against its SHA-256.

    Raises:
        NotFound: no such definition is deployed.
        HistoryDiverged: a file or the manifest was changed after deployment.
    """
    manifest = connection.scalar(select(definition.c.manifest).where(definition.c.hash == definition_hash))
    if manifest is None:
        raise NotFound(f"Expected a deployed definition, but none has hash '{definition_hash}'")
    try:
        listed = orjson.loads(manifest)
        intact = canonical_bytes(listed) == manifest.encode() and sha256_hex(manifest.encode()) == (
            definition_hash
        )
        wanted = [listed["bpmn"], *listed["decisions"], *listed["forms"]]
    except (ValueError, KeyError, TypeError):
        intact = False
    if not intact:
        raise HistoryDiverged(f"The manifest of definition '{definition_hash}' is not the deployed one")
    rows = connection.execute(
        select(resource.c.sha256, resource.c.content).where(resource.c.sha256.in_(wanted))
    )
    content = {row.sha256: row.content for row in rows}
    for digest in wanted:
        if digest not in content or sha256_hex(content[digest]) != digest:
            raise HistoryDiverged(f"File '{digest}' of definition '{definition_hash}' was changed or removed")
    return ModelResources(
        bpmn=content[listed["bpmn"]],
        decisions=tuple(content[digest] for digest in listed["decisions"]),
        forms=tuple(content[digest] for digest in listed["forms"]),
    )


def newest(connection: Connection, process_key: str) -> str:
    """Return the hash of the newest version of a process.

    Raises:
        NotFound: the process was never deployed.
    """
    found = connection.scalar(
        select(definition.c.hash)
        .where(definition.c.process_key == process_key)
        .order_by(definition.c.version.desc())
        .limit(1)
    )
    if found is None:
        raise NotFound(
            f"Expected process '{process_key}' to be deployed, but it is not", process_key=process_key
        )
    return str(found)
