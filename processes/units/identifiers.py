"""Organisation identifiers: the form of today, the one before, and how one becomes the other (DOMAIN §3.3).

Today's form names levels from the top, ``H19``, ``H19.15``, ``H19.15.3`` (Quyết định 20/2020/QĐ-TTg). The form
before, of QCVN 102:2016, has four fixed fields from the bottom, ``V1V2V3.Z1Z2.Y1Y2.Hxx``: ``000.00.15.H19``.
"""

import re

_NEW = re.compile(r"[A-Z][0-9]{2}(?:\.[0-9]{1,3}){0,4}")
_OLD = re.compile(r"([0-9]{3})\.([0-9]{2})\.([0-9]{2})\.([A-Z][0-9]{2})")


def is_identifier(text: str) -> bool:
    """Say whether text is an identifier of today's form.

    >>> is_identifier("H19.15"), is_identifier("19.15")
    (True, False)
    """
    return _NEW.fullmatch(text) is not None


def is_old_identifier(text: str) -> bool:
    """Say whether text is an identifier of the form before.

    >>> is_old_identifier("000.00.00.H19")
    True
    """
    return _OLD.fullmatch(text) is not None


def to_old(identifier: str) -> str | None:
    """Return the form before of an identifier; ``None`` where it has no room for it.

    >>> to_old("H19"), to_old("H19.15"), to_old("H19.15.3"), to_old("H19.115")
    ('000.00.00.H19', '000.00.15.H19', '000.03.15.H19', None)
    """
    if not is_identifier(identifier):
        return None
    top, *levels = identifier.split(".")
    numbers = [int(level) for level in levels]
    if len(numbers) > 3:
        return None
    second, third, fourth = [*numbers, 0, 0, 0][:3]
    if second > 99 or third > 99:
        return None
    return f"{fourth:03}.{third:02}.{second:02}.{top}"


def to_new(identifier: str) -> str | None:
    """Return today's form of an identifier of the form before; ``None`` for anything else.

    >>> to_new("000.00.00.H19"), to_new("000.00.15.H19"), to_new("000.03.15.H19")
    ('H19', 'H19.15', 'H19.15.3')
    """
    match = _OLD.fullmatch(identifier)
    if match is None:
        return None
    fourth, third, second, top = match.groups()
    levels = [int(second), int(third), int(fourth)]
    while levels and not levels[-1]:
        levels.pop()
    return ".".join(
        [top, *(f"{level:02}" if place == 0 else str(level) for place, level in enumerate(levels))]
    )
