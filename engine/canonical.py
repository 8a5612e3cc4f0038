"""One byte form for one JSON value (RFC 8785), and the digests made from it."""

import hashlib
from typing import Any

import orjson
import rfc8785

#: Integers beyond it lose digits in other JSON readers; RFC 8785 refuses them.
_SAFE_INTEGER = 2**53 - 1


def canonical_bytes(value: Any) -> bytes:
    """Return the canonical JSON of ``value``.

    Where no number is a float and all keys are ASCII, sorting keys is all that RFC 8785 asks beyond compact
    JSON, and the fast encoder does that; anything else takes the long way.

    Raises:
        ValueError: ``value`` holds something that JSON cannot carry, or an integer beyond ±(2^53 - 1).
    """
    if _is_plain(value):
        try:
            return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
        except TypeError:
            pass  # text that is not Unicode; the long way names it
    try:
        return rfc8785.dumps(value)
    except rfc8785.CanonicalizationError as error:
        raise ValueError(str(error)) from error


def _is_plain(value: Any) -> bool:
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return True
    if kind is int:
        return bool(-_SAFE_INTEGER <= value <= _SAFE_INTEGER)
    if kind is dict:
        return all(type(key) is str and key.isascii() and _is_plain(inner) for key, inner in value.items())
    if kind is list:
        return all(map(_is_plain, value))
    return False


def normalised(value: Any) -> Any:
    """Return ``value`` as it will be read back from the journal: plain JSON types, keys in canonical order.

    Raises:
        ValueError: as :func:`canonical_bytes`; also for a whole float that would come back too large.
    """
    written = canonical_bytes(value)
    read = orjson.loads(written)
    if canonical_bytes(read) != written:
        raise ValueError("a number changes when it is read back")
    return read


def sha256_hex(content: bytes) -> str:
    """Return the SHA-256 of ``content`` as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()
