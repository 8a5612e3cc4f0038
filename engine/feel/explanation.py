"""Shows the value of every part of an expression, for auditors and for the check before a deployment."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lark import Token

from engine.feel.bounds import Account
from engine.feel.compiler import Closure, Compiler, Node
from engine.feel.errors import FeelError
from engine.feel.json_values import to_json
from engine.feel.scope import Scope

#: Parts that one explanation shows; of a long loop only the first rounds.
MAX_PARTS = 2_000
#: Items of all values together that one explanation writes; larger values after that are left out.
MAX_ITEMS = 200_000
_UNSAID = object()


@dataclass(slots=True)
class Part:
    """A part of an expression and what it gave.

    A part that was evaluated several times, as the body of a loop, comes as often among the children; one that was
    not evaluated, as the branch not taken, does not come.

    Attributes:
        position: offset in characters, from 0, of the part in the whole text.
        value: the FEEL value.
        error: why the part has no value.
        omitted: whether the value is left out in JSON, because many large ones came before.
    """

    text: str
    position: int
    value: Any
    children: list["Part"]
    error: str | None = None
    omitted: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the part and those within it as JSON."""
        written: dict[str, Any] = {"text": self.text, "position": self.position}
        if self.error is not None:
            written["error"] = self.error
        elif self.omitted:
            written["omitted"] = True
        else:
            try:
                written["value"] = to_json(self.value)
            except FeelError as error:
                written["error"] = error.message
        return {**written, "children": [child.to_json() for child in self.children]}

    def walk(self) -> Iterator["Part"]:
        """Yield the part and all parts within it, outer ones first."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Explanation:
    """What an expression gave, part by part.

    Attributes:
        complete: whether every part is shown; false if there were more than :data:`MAX_PARTS` or
            :data:`MAX_ITEMS`.
    """

    whole: Part
    complete: bool


class Trace:
    """Gathers the parts while an expression is evaluated."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._open: list[list[Part]] = [[]]
        self._count = 0
        self._items = 0
        self.complete = True

    @property
    def parts(self) -> list[Part]:
        """The outermost parts."""
        return self._open[0]

    def record(self, start: int, end: int, closure: Closure, scope: Scope) -> Any:
        """Evaluate a part and keep what it gives."""
        self._count += 1
        if self._count > MAX_PARTS:
            self.complete = False
            return closure(scope)
        part = Part(self._text[start:end], start, _UNSAID, [])
        self._open[-1].append(part)
        self._open.append(part.children)
        try:
            part.value = closure(scope)
            self._items += scope.account.weight_of(part.value)
            part.omitted = self._items > MAX_ITEMS
            self.complete = self.complete and not part.omitted
        except FeelError as error:
            part.value, part.error = None, error.message
            raise
        finally:
            self._open.pop()
        return part.value


class TracingCompiler(Compiler):
    """Compiles an expression so that each part is recorded in the trace of the account."""

    def finished(self, node: Node, closure: Closure) -> Closure:
        """Wrap the closure of a node."""
        start, end = extent(node)

        def traced(scope: Scope) -> Any:
            trace: Trace | None = scope.account.trace
            return closure(scope) if trace is None else trace.record(start, end, closure, scope)

        return traced


def extent(node: Node) -> tuple[int, int]:
    """Return where the text of a node starts and ends."""
    if not node.meta.empty:
        return int(node.meta.start_pos), int(node.meta.end_pos)
    places = list(node.scan_values(lambda value: isinstance(value, Token)))
    return (places[0].start_pos or 0, places[-1].end_pos or 0) if places else (0, 0)


def explained(trace: Trace, text: str, account: Account, error: FeelError | None) -> Explanation:
    """Return the explanation that a trace holds."""
    account.trace = None
    whole = (
        trace.parts[0] if trace.parts else Part(text, 0, None, [], None if error is None else error.message)
    )
    return Explanation(whole=whole, complete=trace.complete)
