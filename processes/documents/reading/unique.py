"""Makes the ordinals of a document unique, as the database wants them."""

from collections.abc import Iterable
from dataclasses import replace

from processes.documents.reading.directive import DirectiveReading


def with_unique_ordinals(directives: Iterable[DirectiveReading]) -> tuple[DirectiveReading, ...]:
    """Return the directives, a second ``1`` as ``1-2``; one without an ordinal gets its place in the document."""
    seen: dict[str, int] = {}
    found: list[DirectiveReading] = []
    for place, directive in enumerate(directives, 1):
        ordinal = directive.ordinal or f"¶{place}"
        seen[ordinal] = seen.get(ordinal, 0) + 1
        times = seen[ordinal]
        while times > 1 and f"{ordinal}-{times}" in seen:
            times += 1
        own = f"{ordinal}-{times}" if times > 1 else ordinal
        seen.setdefault(own, 1)
        found.append(directive if own == directive.ordinal else replace(directive, ordinal=own))
    return tuple(found)
