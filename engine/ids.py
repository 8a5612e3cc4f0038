"""The only place that makes random identifiers; all others are derived from what they name."""

from uuid import UUID, uuid4, uuid5

#: Root of all derived identifiers of this system.
NAMESPACE = UUID("5a2e7c1e-6b0f-4f0e-9d53-0c4d8b6a7f11")


def new_id() -> UUID:
    """Return a fresh random identifier."""
    return uuid4()


def derived_id(*parts: object) -> UUID:
    """Return the identifier that always belongs to ``parts``, so that a repeated act names the same thing."""
    return uuid5(NAMESPACE, "\x1f".join(str(part) for part in parts))
