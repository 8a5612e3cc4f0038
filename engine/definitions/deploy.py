"""Deployment: a model is checked whole, stored once by content, and never changes afterwards."""

from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.engine import Connection

from engine import clock
from engine.actors import Actor
from engine.canonical import canonical_bytes, sha256_hex
from engine.definitions.resources import ModelResources
from engine.errors import NotAuthorised
from engine.spiff import compile_model
from engine.tables import definition, resource


def manifest_of(resources: ModelResources) -> tuple[str, str]:
    """Return the manifest (canonical JSON naming every file by SHA-256) and its own SHA-256."""
    manifest = canonical_bytes(
        {
            "bpmn": sha256_hex(resources.bpmn),
            "decisions": sorted(sha256_hex(content) for content in resources.decisions),
            "forms": sorted(sha256_hex(content) for content in resources.forms),
        }
    )
    return manifest.decode(), sha256_hex(manifest)


def deploy(
    connection: Connection, resources: ModelResources, *, actor: Actor, service_types: frozenset[str]
) -> str:
    """Store a model as the newest version of its process and return the definition's hash.

    The same content deployed again is the same definition, whatever has been deployed since.

    Raises:
        NotAuthorised: the actor may not deploy.
        DefinitionRefused: the model would not run as drawn.
    """
    if "definition:deploy" not in actor.permissions:
        raise NotAuthorised("Expected an actor who may deploy definitions", actor=actor.key)
    manifest, definition_hash = manifest_of(resources)
    if connection.scalar(select(definition.c.hash).where(definition.c.hash == definition_hash)):
        return definition_hash
    model = compile_model(resources, service_types=service_types)
    _store_resources(connection, resources)
    newest = connection.scalar(
        select(func.max(definition.c.version)).where(definition.c.process_key == model.process_key)
    )
    connection.execute(
        insert(definition).values(
            hash=definition_hash,
            process_key=model.process_key,
            version=(newest or 0) + 1,
            name=model.name,
            manifest=manifest,
            deployed_at=clock.now(),
            deployed_by=actor.key,
        )
    )
    return definition_hash


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
