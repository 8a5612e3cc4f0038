"""One byte form for one JSON value (RFC 8785), and the digests made from it."""

import hashlib
from typing import Any

import orjson
import rfc8785


def canonical_bytes(value: Any) -> bytes:
    """Return the canonical JSON of ``value``.

    Raises:
        ValueError: ``value`` holds something that JSON cannot carry, or an integer beyond ±2^53.
    """
    try:
        return rfc8785.dumps(value)
    except rfc8785.CanonicalizationError as error:
        raise ValueError(str(error)) from error


def normalised(value: Any) -> Any:
    """Return ``value`` as it will be read back from the journal: plain JSON types, keys in canonical order."""
    return orjson.loads(canonical_bytes(value))


def sha256_hex(content: bytes) -> str:
    """Return the SHA-256 of ``content`` as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()
