"""Says which incidents have the same cause: a digest of what failed, without what differs from case to case.

The cause of an incident is the SHA-256 of process key, definition, element, what the element calls (its service
type or decision), the class of the error beneath, and the normal form of the message, which is the message with

* instants, dates and times of day (ISO 8601) written as ``<instant>``,
* UUIDs, and words that mix letters and digits (``HS0042``, ``a3f9c1``), as ``<id>``,
* what stands in quotation marks as ``<value>``; an apostrophe within a word is none,
* numbers, with sign, fraction, exponent and separators, as ``<number>``,
* any white space as one space,

in this order, of the first :data:`LONGEST` characters. Everything else, case too, makes another cause.
"""

import re

from engine.canonical import canonical_bytes, sha256_hex

#: Characters of a message that count; the rest is mostly data.
LONGEST = 2_000

_INSTANT = re.compile(
    r"(?<!\w)(?:\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?|\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)"
    r"(?:Z|[+-]\d{2}:?\d{2})?(?:[@\[][\w/+-]+\]?)?(?!\w)"
)
_UUID = re.compile(r"(?<!\w)[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?!\w)")
_QUOTED = re.compile(
    r"(?<!\w)'[^'\n]*'(?!\w)|(?<!\w)\"[^\"\n]*\"(?!\w)|“[^”\n]*”|‘[^’\n]*’|«[^»\n]*»|`[^`\n]*`"
)
_NUMBER = re.compile(r"(?<!\w)[+-]?\d+(?:[.,]\d+)*(?:[eE][+-]?\d+)?(?!\w)")
_MIXED = re.compile(r"(?<!\w)(?=\w*\d)(?=\w*[^\W\d])\w+")
_SPACE = re.compile(r"\s+")


def normal_form(message: str) -> str:
    """Return a message without what differs from case to case."""
    text = message[:LONGEST]
    text = _INSTANT.sub("<instant>", text)
    text = _UUID.sub("<id>", text)
    text = _QUOTED.sub("<value>", text)
    text = _NUMBER.sub("<number>", text)
    text = _MIXED.sub("<id>", text)
    return _SPACE.sub(" ", text).strip()


def cause_of(
    *,
    process_key: str,
    definition_hash: str,
    element_id: str | None,
    called: str | None,
    error: str | None,
    message: str,
) -> str:
    """Return the digest of a cause, 64 hexadecimal digits.

    Args:
        called: the service type or decision of the element.
        error: the class of the error beneath.
    """
    what = [process_key, definition_hash, element_id, called, error, normal_form(message)]
    return sha256_hex(canonical_bytes(what))
