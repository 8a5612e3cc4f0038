"""Who acts: the identity, groups and permissions that a command is judged by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person or the system itself, as seen by the engine.

    Attributes:
        key: stable text key of the person, e.g. ``"u:thanh.le"``; ``"system"`` for the clock.
        groups: candidate groups the actor belongs to, e.g. ``"head:SNV"``.
        permissions: ``resource:action`` strings granted outside of user tasks.
        on_behalf_of: key of the person substituted, if any; the groups are then those that the substitute works
            for in that person's place.
    """

    key: str
    name: str = ""
    groups: frozenset[str] = field(default_factory=frozenset)
    permissions: frozenset[str] = field(default_factory=frozenset)
    on_behalf_of: str | None = None

    def __post_init__(self) -> None:
        if not self.key:
            raise ValueError("Expected an actor to have a key, but it is empty")

    @property
    def acts_as(self) -> str:
        """The key of the person whose user tasks these are: of the one substituted, else the actor's own."""
        return self.on_behalf_of or self.key

    @property
    def people(self) -> frozenset[str]:
        """The keys of everybody behind an act: who acts, and on whose behalf."""
        return frozenset({self.key, self.acts_as})


def actor_body(actor: Actor) -> dict[str, Any]:
    """Return the actor as JSON, to be kept with what is done later in the actor's place; without the name."""
    body: dict[str, Any] = {
        "key": actor.key,
        "groups": sorted(actor.groups),
        "permissions": sorted(actor.permissions),
    }
    if actor.on_behalf_of is not None:
        body["on_behalf_of"] = actor.on_behalf_of
    return body


def actor_from(body: Mapping[str, Any]) -> Actor:
    """Read what :func:`actor_body` wrote."""
    return Actor(
        key=body["key"],
        groups=frozenset(body["groups"]),
        permissions=frozenset(body["permissions"]),
        on_behalf_of=body.get("on_behalf_of"),
    )


#: Acts when a timer is due and when the product sets itself up.
SYSTEM = Actor(
    key="system",
    name="Hệ thống",
    permissions=frozenset(
        {
            "definition:deploy",
            "incident:retry",
            "instance:cancel",
            "instance:migrate",
            "instance:modify",
            "instance:start",
            "instance:suspend",
            "message:correlate",
            "retention:manage",
            "signal:broadcast",
            "task:assign",
            "timer:fire",
        }
    ),
)
