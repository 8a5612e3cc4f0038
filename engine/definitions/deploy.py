"""Deployment: a model is checked whole, stored once by content, and never changes afterwards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.engine import Connection

from engine import clock
from engine.actors import Actor
from engine.canonical import canonical_bytes, sha256_hex
from engine.database import lock_words
from engine.definitions.resources import ModelResources, Problem, Severity
from engine.definitions.starts import replace_starts
from engine.definitions.table_checks import check_tables
from engine.definitions.versions import DefinitionCache, compile_definition, newest_or_none
from engine.errors import DefinitionRefused, NotAuthorised
from engine.feel import HostFunctions
from engine.feel.vocabulary import NO_HOST_FUNCTIONS
from engine.spiff import called_processes, process_id_of
from engine.tables import definition, resource


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """A definition as it stands after deployment.

    Attributes:
        is_new: false if the same content was there before.
        warnings: what somebody should have a look at.
    """

    hash: str
    process_key: str
    version: int
    is_new: bool
    warnings: tuple[Problem, ...] = ()


def manifest_of(resources: ModelResources, calls: Mapping[str, str]) -> tuple[str, str]:
    """Return the manifest (canonical JSON naming every file by SHA-256) and its own SHA-256.

    Args:
        calls: the definition hash that each called process is pinned to, by process id.
    """
    listed: dict[str, Any] = {
        "bpmn": sha256_hex(resources.bpmn),
        "decisions": sorted(sha256_hex(content) for content in resources.decisions),
        "forms": sorted(sha256_hex(content) for content in resources.forms),
    }
    if calls:
        listed["calls"] = dict(calls)
    manifest = canonical_bytes(listed)
    return manifest.decode(), sha256_hex(manifest)


def deploy(
    connection: Connection,
    resources: ModelResources,
    *,
    actor: Actor,
    service_types: frozenset[str],
    definitions: DefinitionCache,
    functions: HostFunctions = NO_HOST_FUNCTIONS,
) -> Deployed:
    """Store a model as the newest version of its process.

    Processes that it calls are pinned to their newest versions now. The same content deployed again is the same
    definition, whatever has been deployed since.

    Raises:
        NotAuthorised: the actor may not deploy.
        DefinitionRefused: the model would not run as drawn.
    """
    if "definition:deploy" not in actor.permissions:
        raise NotAuthorised("Expected an actor who may deploy definitions", actor=actor.key)
    lock_words(connection, "deployment")
    pinned: dict[str, str] = {}
    for process_id in called_processes(resources.bpmn):
        called_hash = newest_or_none(connection, process_id)
        if called_hash is not None:
            pinned[process_id] = called_hash
    manifest, definition_hash = manifest_of(resources, pinned)
    known = connection.execute(
        select(definition.c.process_key, definition.c.version).where(definition.c.hash == definition_hash)
    ).one_or_none()
    if known is not None:
        return Deployed(
            hash=definition_hash, process_key=known.process_key, version=known.version, is_new=False
        )
    called = {process_id: definitions.get(connection, pin) for process_id, pin in pinned.items()}
    model = compile_definition(
        definition_hash, resources, called, service_types=service_types, functions=functions
    ).model
    findings = check_tables(resources, functions)
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if errors:
        raise DefinitionRefused(
            f"Expected decisions that can be made, but {errors[0].reason}",
            problems=[error.to_json() for error in errors],
        )
    _store_resources(connection, resources)
    newest = connection.scalar(
        select(func.max(definition.c.version)).where(definition.c.process_key == model.process_key)
    )
    version = (newest or 0) + 1
    connection.execute(
        insert(definition).values(
            hash=definition_hash,
            process_key=model.process_key,
            version=version,
            name=model.name,
            manifest=manifest,
            deployed_at=clock.now(),
            deployed_by=actor.key,
        )
    )
    replace_starts(connection, definition_hash, model)
    return Deployed(
        hash=definition_hash,
        process_key=model.process_key,
        version=version,
        is_new=True,
        warnings=tuple(findings),
    )


def in_order(models: Sequence[ModelResources]) -> list[ModelResources]:
    """Return models so that each comes after those it calls; a model that cannot be read keeps its place.

    Raises:
        DefinitionRefused: they call each other in a circle.
    """
    if len(models) < 2:
        return list(models)
    process_ids = [process_id_of(model.bpmn) or f"?{place}" for place, model in enumerate(models)]
    by_id = dict(zip(process_ids, models, strict=True))
    if len(by_id) < len(models):
        twice = next(each for each in process_ids if process_ids.count(each) > 1)
        raise _refused(twice, f"two files hold process '{twice}'", "Keep one of them.")
    ordered: list[str] = []
    under_way: list[str] = []

    def visit(process_id: str) -> None:
        if process_id in ordered or process_id not in by_id:
            return
        if process_id in under_way:
            circle = " → ".join([*under_way[under_way.index(process_id) :], process_id])
            raise _refused(
                process_id,
                f"the processes call each other in a circle: {circle}",
                "Use messages between them.",
            )
        under_way.append(process_id)
        for called in called_processes(by_id[process_id].bpmn):
            visit(called)
        under_way.pop()
        ordered.append(process_id)

    for process_id in process_ids:
        visit(process_id)
    return [by_id[process_id] for process_id in ordered]


def _refused(element_id: str, reason: str, advice: str) -> DefinitionRefused:
    problem = Problem(element_id=element_id, element_name="", reason=reason, advice=advice)
    return DefinitionRefused(
        f"Expected models that can be deployed, but {reason}", problems=[problem.to_json()]
    )


def _store_resources(connection: Connection, resources: ModelResources) -> None:
    rows: dict[str, dict[str, Any]] = {}
    for kind, contents in (
        ("bpmn", (resources.bpmn,)),
        ("dmn", resources.decisions),
        ("form", resources.forms),
    ):
        for content in contents:
            digest = sha256_hex(content)
            rows[digest] = {"sha256": digest, "kind": kind, "content": content}
    known = set(connection.scalars(select(resource.c.sha256).where(resource.c.sha256.in_(rows))))
    fresh = [row for digest, row in rows.items() if digest not in known]
    if fresh:
        connection.execute(insert(resource), fresh)
