"""Finds deployed definitions and keeps the parsed ones; a definition is parsed once per process."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import select, true
from sqlalchemy.engine import Connection

from engine.canonical import canonical_bytes, sha256_hex
from engine.definitions.resources import CalledModel, ModelResources, Problem
from engine.errors import DefinitionRefused, DefinitionUnusable, HistoryDiverged, NotFound
from engine.feel import HostFunctions
from engine.feel.vocabulary import NO_HOST_FUNCTIONS
from engine.forms import Form, FormError, load_form
from engine.spiff import CompiledModel, compile_model, load_model
from engine.tables import definition, resource

#: Parsed definitions kept per process; one takes a few hundred kilobytes.
CACHE_SIZE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A deployed definition, ready to run; its forms are those of called processes, too."""

    hash: str
    model: CompiledModel
    forms: Mapping[str, Form]


class DefinitionCache:
    """The parsed definitions of one process, least recently used ones dropped. Safe for threads."""

    def __init__(self, functions: HostFunctions = NO_HOST_FUNCTIONS) -> None:
        self._functions = functions
        self._definitions: OrderedDict[str, Definition] = OrderedDict()
        self._lock = threading.RLock()  # a definition brings those that it calls
        #: How often a definition was there, and how often it had to be parsed.
        self.hits = self.misses = 0

    def __len__(self) -> int:
        return len(self._definitions)

    def get(self, connection: Connection, definition_hash: str) -> Definition:
        """Return the definition; its stored bytes are checked against the hash when they are parsed.

        It is compiled and not checked again: what was deployed runs, whatever is asked of models since.

        Raises:
            NotFound: no such definition is deployed.
            HistoryDiverged: the stored bytes are not those that were deployed.
            DefinitionUnusable: they cannot be compiled at all.
        """
        with self._lock:
            cached = self._definitions.get(definition_hash)
            if cached is not None:
                self._definitions.move_to_end(definition_hash)
                self.hits += 1
                return cached
            self.misses += 1
            resources, calls = self.load(connection, definition_hash)
            called = {process_id: self.get(connection, pinned) for process_id, pinned in calls.items()}
            fresh = _compiled(definition_hash, resources, called, self._functions)
            self._definitions[definition_hash] = fresh
            while len(self._definitions) > CACHE_SIZE:
                self._definitions.popitem(last=False)
            return fresh

    def load(self, connection: Connection, definition_hash: str) -> tuple[ModelResources, Mapping[str, str]]:
        """Return a definition's files, and the definitions that called processes are pinned to.

        Raises:
            NotFound: no such definition is deployed.
            HistoryDiverged: the stored bytes are not those that were deployed.
        """
        return _load(connection, definition_hash)


def _compiled(
    definition_hash: str,
    resources: ModelResources,
    called: Mapping[str, Definition],
    functions: HostFunctions,
) -> Definition:
    """Compile a deployed definition with those that it calls, by process id.

    Raises:
        DefinitionUnusable: it cannot be compiled at all.
    """
    model = load_model(
        resources,
        called={process_id: each.model for process_id, each in called.items()},
        functions=functions,
    )
    try:
        own = {form.id: form for form in map(load_form, resources.forms)}
    except FormError as error:
        raise DefinitionUnusable(f"Expected deployed forms that can be shown, but {error}") from error
    inner = {form_id: form for each in called.values() for form_id, form in each.forms.items()}
    return Definition(hash=definition_hash, model=model, forms={**inner, **own})


def compile_definition(
    definition_hash: str,
    resources: ModelResources,
    called: Mapping[str, Definition],
    *,
    service_types: frozenset[str],
    functions: HostFunctions = NO_HOST_FUNCTIONS,
) -> Definition:
    """Check and compile a model with the definitions that it calls, by process id.

    Raises:
        DefinitionRefused: it would not run as drawn.
    """

    def find_called(process_id: str) -> CompiledModel | None:
        return called[process_id].model if process_id in called else None

    model = compile_model(
        resources, service_types=service_types, find_called=find_called, functions=functions
    )
    forms: dict[str, Form] = {}
    for form in (
        *(load_form(content) for content in resources.forms),
        *(form for each in called.values() for form in each.forms.values()),
    ):
        if forms.setdefault(form.id, form) != form:
            problem = Problem(
                element_id=form.id,
                element_name="",
                reason=f"form '{form.id}' is another one in a called process",
                advice="Give one of the forms another id.",
            )
            raise DefinitionRefused(
                f"Expected form '{form.id}' to be the same in called processes, but it is not",
                problems=[problem.to_json()],
            )
    return Definition(hash=definition_hash, model=model, forms=forms)


def load_resources(connection: Connection, definition_hash: str) -> ModelResources:
    """Read a definition's files and check each against its SHA-256.

    Raises:
        NotFound: no such definition is deployed.
        HistoryDiverged: a file or the manifest was changed after deployment.
    """
    return _load(connection, definition_hash)[0]


def _load(connection: Connection, definition_hash: str) -> tuple[ModelResources, Mapping[str, str]]:
    """Return a definition's files, and the definitions that called processes are pinned to."""

    def contents(wanted: Sequence[str]) -> Mapping[str, bytes]:
        rows = connection.execute(
            select(resource.c.sha256, resource.c.content).where(resource.c.sha256.in_(wanted))
        )
        return {row.sha256: row.content for row in rows}

    manifest = connection.scalar(select(definition.c.manifest).where(definition.c.hash == definition_hash))
    if manifest is None:
        raise NotFound(f"Expected a deployed definition, but none has hash '{definition_hash}'")
    return read_manifest(definition_hash, manifest, contents)


def read_manifest(
    definition_hash: str, manifest: str, contents: Callable[[Sequence[str]], Mapping[str, bytes]]
) -> tuple[ModelResources, Mapping[str, str]]:
    """Return the files that a manifest names, and the definitions that called processes are pinned to.

    Args:
        contents: gives the files with these SHA-256.

    Raises:
        HistoryDiverged: the manifest or a file is not the deployed one.
    """
    try:
        listed = orjson.loads(manifest)
        intact = canonical_bytes(listed) == manifest.encode() and sha256_hex(manifest.encode()) == (
            definition_hash
        )
        wanted = [listed["bpmn"], *listed["decisions"], *listed["forms"]]
        calls: Mapping[str, str] = listed.get("calls", {})
    except (ValueError, KeyError, TypeError):
        intact = False
    if not intact:
        raise HistoryDiverged(f"The manifest of definition '{definition_hash}' is not the deployed one")
    content = contents(wanted)
    for digest in wanted:
        if digest not in content or sha256_hex(content[digest]) != digest:
            raise HistoryDiverged(f"File '{digest}' of definition '{definition_hash}' was changed or removed")
    resources = ModelResources(
        bpmn=content[listed["bpmn"]],
        decisions=tuple(content[digest] for digest in listed["decisions"]),
        forms=tuple(content[digest] for digest in listed["forms"]),
    )
    return resources, calls


def version_numbers(connection: Connection, hashes: Collection[str]) -> dict[str, int]:
    """Return the version numbers of definitions, by hash."""
    rows = connection.execute(
        select(definition.c.hash, definition.c.version).where(definition.c.hash.in_(hashes))
    )
    return {row.hash: row.version for row in rows}


def newest(connection: Connection, process_key: str) -> str:
    """Return the hash of the newest version of a process.

    Raises:
        NotFound: the process was never deployed.
    """
    found = newest_or_none(connection, process_key)
    if found is None:
        raise NotFound(
            f"Expected process '{process_key}' to be deployed, but it is not", process_key=process_key
        )
    return found


def newest_or_none(connection: Connection, process_key: str) -> str | None:
    """Return the hash of the newest version of a process; ``None`` if it was never deployed."""
    return connection.scalar(
        select(definition.c.hash)
        .where(definition.c.process_key == process_key)
        .order_by(definition.c.version.desc())
        .limit(1)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A deployed version of a process."""

    hash: str
    process_key: str
    number: int
    name: str
    deployed_at: datetime
    deployed_by: str


def versions_of(connection: Connection, process_key: str | None = None) -> list[Version]:
    """Return all versions of a process, or of every process by key, the first version first."""
    rows = connection.execute(
        select(definition)
        .where(true() if process_key is None else definition.c.process_key == process_key)
        .order_by(definition.c.process_key, definition.c.version)
    )
    return [
        Version(
            hash=row.hash,
            process_key=row.process_key,
            number=row.version,
            name=row.name,
            deployed_at=row.deployed_at,
            deployed_by=row.deployed_by,
        )
        for row in rows
    ]


def version_of(connection: Connection, process_key: str, number: int) -> Version:
    """Return one version of a process.

    Raises:
        NotFound: there is none of that number.
    """
    versions = versions_of(connection, process_key)
    for version in versions:
        if version.number == number:
            return version
    raise NotFound(
        f"Expected process '{process_key}' to have a version {number}, but "
        + (f"it has 1 to {versions[-1].number}" if versions else "it was never deployed"),
        process_key=process_key,
    )


def calls_of(connection: Connection, definition_hash: str) -> dict[str, Version]:
    """Return the versions that a definition's called processes are pinned to, by process id."""
    pinned = _load(connection, definition_hash)[1]
    return {
        process_id: next(each for each in versions_of(connection, process_id) if each.hash == called_hash)
        for process_id, called_hash in pinned.items()
    }


def called_models(connection: Connection, process_ids: Iterable[str]) -> dict[str, CalledModel]:
    """Return the newest deployed versions of processes, with what they call; unknown ones are left out."""
    found = {}
    for process_id in process_ids:
        newest_hash = newest_or_none(connection, process_id)
        if newest_hash is not None:
            found[process_id] = _called_model(connection, newest_hash)
    return found


def _called_model(connection: Connection, definition_hash: str) -> CalledModel:
    resources, calls = _load(connection, definition_hash)
    return CalledModel(
        resources=resources,
        calls={process_id: _called_model(connection, pinned) for process_id, pinned in calls.items()},
    )
