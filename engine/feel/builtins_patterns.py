"""Built-in functions with regular expressions (DMN 1.5, 10.3.4.3); a wrong pattern gives ``null``."""

import re
from functools import lru_cache

from engine.feel.bounds import Account
from engine.feel.builtins_registry import builtin
from engine.feel.pattern_matching import Slots, search
from engine.feel.pattern_matching import matches as all_matches
from engine.feel.patterns import BadPattern, Program, read_pattern

_REPLACEMENT = re.compile(r"\\([\\$])|\$(\d)|([^\\$]+)", re.ASCII)


@lru_cache(maxsize=256)
def _program(pattern: str, flags: str | None) -> Program | None:
    try:
        return read_pattern(pattern, flags or "")
    except BadPattern:
        return None


@builtin("matches(input: string, pattern: string)", "matches(input: string, pattern: string, flags: string?)")
def matches(account: Account, text: str, pattern: str, flags: str | None = None) -> bool | None:
    """Return whether a pattern matches anywhere in a text."""
    program = _program(pattern, flags)
    return None if program is None else search(program, text, 0, account) is not None


@builtin(
    "replace(input: string, pattern: string, replacement: string)",
    "replace(input: string, pattern: string, replacement: string, flags: string?)",
)
def replace(
    account: Account, text: str, pattern: str, replacement: str, flags: str | None = None
) -> str | None:
    """Replace every match; ``$1`` stands for the first group, ``\\$`` for a dollar sign.

    A pattern that matches nothing at all, such as ``a*``, gives ``null``.
    """
    program = _program(pattern, flags)
    if program is None or search(program, "", 0, account) is not None:
        return None
    is_literal = "q" in (flags or "")
    pieces: list[str] = []
    position = size = 0
    for found in all_matches(program, text, account):
        filled = replacement if is_literal else _filled(replacement, text, found)
        if filled is None:
            return None
        pieces += (text[position : found[0]], filled)
        size += found[0] - position + len(filled)
        account.require_size(size)
        position = found[1]
    return "".join((*pieces, text[position:]))


def _filled(replacement: str, text: str, found: Slots) -> str | None:
    pieces, position = [], 0
    while position < len(replacement):
        match = _REPLACEMENT.match(replacement, position)
        if match is None:
            return None
        pieces.append(match[1] or match[3] or _group(text, found, match[2]))
        position = match.end()
    return "".join(pieces)


def _group(text: str, found: Slots, digit: str) -> str:
    slot = 2 * int(digit)
    return text[found[slot] : found[slot + 1]] if slot < len(found) and found[slot + 1] >= 0 else ""


@builtin("split(string: string, delimiter: string)")
def split(account: Account, text: str, delimiter: str) -> list[str] | None:
    """Cut a text at every match of a pattern, which must match something."""
    program = _program(delimiter, None)
    if program is None or search(program, "", 0, account) is not None:
        return None
    pieces, position = [], 0
    for found in all_matches(program, text, account):
        pieces.append(text[position : found[0]])
        position = found[1]
    return [*pieces, text[position:]]


@builtin("extract(input: string, pattern: string)")
def extract(account: Account, text: str, pattern: str) -> list[str] | None:
    """Return every match of a pattern (also in Camunda 8)."""
    program = _program(pattern, None)
    if program is None:
        return None
    return [text[found[0] : found[1]] for found in all_matches(program, text, account)]
