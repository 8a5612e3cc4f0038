"""How much one evaluation may cost, and the account that is kept while it runs.

The bounds are counted, not timed: an evaluation that passes once passes on every replay.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from engine.feel.errors import TooDeep, TooLarge, TooManySteps

#: Longest accepted source text, in characters.
MAX_SOURCE_LENGTH = 20_000
#: Deepest accepted nesting of one source text.
MAX_SOURCE_DEPTH = 60


Value = TypeVar("Value")
#: Values up to this weight are weighed again rather than remembered.
_LIGHT = 16
#: So many characters weigh as much as one more item.
_CHARACTERS_PER_ITEM = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The bounds of one evaluation."""

    #: Operations: one for each name, call, iteration and comparison of list items.
    steps: int = 1_000_000
    #: Sum of the nesting depths of the bodies of all functions that are being evaluated.
    depth: int = 240
    #: Characters of one text, or items of one value, those within its items included.
    size: int = 100_000
    #: Levels of lists and contexts within one value.
    levels: int = 100


class Account:
    """What one evaluation has used up; also carries the instant that ``now()`` answers."""

    __slots__ = ("_depth", "_limits", "_steps", "_weights", "now")

    def __init__(self, *, now: datetime, limits: Limits) -> None:
        self.now = now
        self._limits = limits
        self._steps = 0
        self._depth = 0
        self._weights: dict[int, tuple[Any, int, int]] = {}

    def spend(self, steps: int = 1) -> None:
        """Record operations.

        Raises:
            TooManySteps: the evaluation has used up its steps.
        """
        self._steps += steps
        if self._steps > self._limits.steps:
            raise TooManySteps(f"Expected the expression to take at most {self._limits.steps} steps")

    def enter(self, depth: int) -> None:
        """Record that a body of this nesting depth begins; every ``enter`` is paired with a ``leave``.

        Raises:
            TooDeep: functions call each other too deeply.
        """
        self._depth += depth
        if self._depth > self._limits.depth:
            raise TooDeep(f"Expected functions to be nested at most {self._limits.depth} levels deep")

    def leave(self, depth: int) -> None:
        """Record that a body of this nesting depth ended."""
        self._depth -= depth

    def require_size(self, size: int) -> None:
        """Refuse a list or text of ``size`` items or characters if that is too large.

        Raises:
            TooLarge: the value is larger than allowed.
        """
        if size > self._limits.size:
            raise TooLarge(f"Expected a value of at most {self._limits.size} items, but got {size}")

    def weighed(self, value: Value) -> Value:
        """Return a value that was just put together, unless it is too large.

        Parts that occur several times count each time: whoever writes or compares the value meets them as often.

        Raises:
            TooLarge: the value has too many items or levels.
        """
        self.weight_of(value)
        return value

    def weight_of(self, value: Any) -> int:
        """Return how many items a value has, those within its items included; long texts count for several.

        Raises:
            TooLarge: the value has too many items or levels.
        """
        return self._weigh(value)[0] if isinstance(value, (str, list, dict)) else 1

    def _weigh(self, value: Any) -> tuple[int, int]:
        if isinstance(value, str):
            self.require_size(len(value))
            return 1 + len(value) // _CHARACTERS_PER_ITEM, 0
        if not isinstance(value, (list, dict)):
            return 1, 0
        known = self._weights.get(id(value))
        if known is not None:
            return known[1], known[2]
        weight, levels = 1, 0
        for item in value if isinstance(value, list) else value.values():
            item_weight, item_levels = self._weigh(item)
            weight += item_weight
            levels = max(levels, item_levels)
        self.require_size(weight)
        levels += 1
        if levels > self._limits.levels:
            raise TooLarge(f"Expected a value of at most {self._limits.levels} levels")
        if weight > _LIGHT:
            # The value is kept, so that no other takes over its identity.
            self._weights[id(value)] = (value, weight, levels)
        return weight, levels
