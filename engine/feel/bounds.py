"""How much one evaluation may cost, and the account that is kept while it runs.

The bounds are counted: an evaluation that passes once passes on every replay. No step takes long, so that their
bound is one of time, too; a bound in seconds can be added where nothing is replayed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any, TypeVar

from engine.feel.errors import HostFunctionFailed, TooDeep, TooLarge, TooManySteps, TooSlow

#: Longest accepted source text, in characters.
MAX_SOURCE_LENGTH = 20_000
#: Deepest accepted nesting of one source text.
MAX_SOURCE_DEPTH = 60


#: Asks a host function by name with arguments in JSON; answers in JSON.
Ask = Callable[[str, list[Any]], Any]
Value = TypeVar("Value")
#: Values up to this weight are weighed again rather than remembered.
_LIGHT = 16
#: So many characters weigh as much as one more item.
_CHARACTERS_PER_ITEM = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The bounds of one evaluation."""

    #: Operations: one for each name and comparison of list items, more for a round of a loop and a call.
    steps: int = 600_000
    #: Sum of the nesting depths of the bodies of all functions that are being evaluated.
    depth: int = 240
    #: Characters of one text, or items of one value, those within its items included.
    size: int = 100_000
    #: Levels of lists and contexts within one value.
    levels: int = 100
    #: Seconds by the clock, ``None`` for as long as the steps allow; not for what must be replayed.
    seconds: float | None = None


#: Steps that a round of a loop counts as, and the call of a function definition.
STEPS_OF_A_ROUND, STEPS_OF_A_CALL = 3, 5
#: Steps after which the clock is looked at, if there is a bound in seconds.
_STEPS_BY_THE_CLOCK = 5_000


class Account:
    """What one evaluation has used up; also carries what it may ask and tell while it runs.

    Attributes:
        now: the instant that ``now()`` answers.
        steps: steps left before :meth:`exhausted` must be called; closures count it down themselves.
        trace: where the parts of the expression are recorded, if they are.
        reads_json: whether values come from JSON, where dates are text, and not from FEEL.
        noted: what evaluations noted down for whoever opened the account.
    """

    __slots__ = (
        *("_answers", "_ask", "_deadline", "_depth", "_limits", "_reserve", "_weights"),
        *("noted", "now", "reads_json", "steps", "trace"),
    )

    def __init__(self, *, now: datetime, limits: Limits, ask: Ask | None = None) -> None:
        self.now = now
        self.trace: Any = None
        self.reads_json = False
        self.noted: list[Any] = []
        self._limits = limits
        self._ask = ask
        self._answers: dict[str, Any] = {}
        self._depth = 0
        self._weights: dict[int, tuple[Any, int, int]] = {}
        self._deadline = None if limits.seconds is None else monotonic() + limits.seconds
        self.steps = limits.steps if self._deadline is None else min(limits.steps, _STEPS_BY_THE_CLOCK)
        self._reserve = limits.steps - self.steps

    def spend(self, steps: int = 1) -> None:
        """Record operations.

        Raises:
            BoundExceeded: the evaluation has used up its steps or its time.
        """
        self.steps -= steps
        if self.steps < 0:
            self.exhausted()

    def exhausted(self) -> None:
        """Go on if there are steps in reserve and time is left.

        Raises:
            BoundExceeded: the evaluation has used up its steps or its time.
        """
        if self._deadline is not None and monotonic() > self._deadline:
            raise TooSlow(f"Expected the expression to take at most {self._limits.seconds} seconds")
        if self.steps + self._reserve < 0:
            raise TooManySteps(f"Expected the expression to take at most {self._limits.steps} steps")
        drawn = min(self._reserve, _STEPS_BY_THE_CLOCK - self.steps)
        self.steps += drawn
        self._reserve -= drawn

    def ask_host(self, name: str, arguments: list[Any]) -> Any:
        """Ask a host function; the same question gets the same answer throughout the evaluation."""
        question = f"{name}{arguments!r}"
        if question not in self._answers:
            if self._ask is None:
                raise HostFunctionFailed(f"Expected somebody to ask for {name!r}, but there is nobody")
            self._answers[question] = self._ask(name, arguments)
        return self._answers[question]

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
