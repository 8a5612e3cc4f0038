"""Random block-structured processes: drawn as BPMN, and played by a small interpreter that knows no tokens.

A block has one way in and one way out. Drawing and playing share nothing but the block, so that a difference
between the engine and the interpreter is an error in one of them.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from tests.drawing import (
    boundary,
    each,
    end,
    end_with,
    flow,
    flows,
    looping,
    node,
    of,
    script_task,
    start,
    subprocess,
    timed,
    user_task,
)

#: What can be done to a process: complete a user task or fire a timer, with its copy's number.
Act = tuple[str, int]


@dataclass(frozen=True)
class Block:
    """A part of a process.

    Attributes:
        kind: how the parts are put together.
        parts: the blocks inside.
        number: of a multi-instance block, how many; else 1 or 0 for a choice between two sorts.
        id: unique in the process, given by :func:`numbered`.
    """

    kind: str
    parts: tuple["Block", ...] = ()
    number: int = 0
    sequential: bool = False
    id: str = ""


def _with_parts(
    kind: str, inner: st.SearchStrategy[Block], least: int, most: int
) -> st.SearchStrategy[Block]:
    return st.lists(inner, min_size=least, max_size=most).map(lambda parts: Block(kind, tuple(parts)))


_LEAVES = st.sampled_from(
    [
        Block("user"),
        Block("user"),
        Block("script"),
        Block("guard", number=0),
        Block("guard", number=1),
        Block("risk"),
    ]
)
_LEAVES_OF_MANY = st.sampled_from([Block("user"), Block("script")])


def _compound(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    return st.one_of(
        _with_parts("seq", inner, 1, 3),
        _with_parts("xor", inner, 2, 3),
        _with_parts("par", inner, 2, 3),
        _with_parts("incl", inner, 2, 3),
        _with_parts("loop", inner, 1, 1),
        _with_parts("sub", inner, 1, 1),
    )


_MANY = st.builds(
    lambda inside, number, sequential: Block("many", (inside,), number, sequential),
    st.recursive(_LEAVES_OF_MANY, _compound, max_leaves=4),
    st.integers(0, 3),
    st.booleans(),
)
BLOCKS = st.recursive(st.one_of(_LEAVES, _MANY), _compound, max_leaves=10)


def numbered(block: Block, counter: list[int] | None = None) -> Block:
    """Give every block an id."""
    counter = [0] if counter is None else counter
    counter[0] += 1
    own = f"{block.kind}{counter[0]}"
    parts = tuple(numbered(part, counter) for part in block.parts)
    return Block(block.kind, parts, block.number, block.sequential, own)


def choices_of(block: Block, draw: Callable[[int], int]) -> dict[str, Any]:
    """Choose the variables that decide at gateways; ``draw(n)`` gives a number below ``n``."""
    found: dict[str, Any] = {}
    if block.kind == "xor":
        found[block.id] = draw(len(block.parts))
    if block.kind == "incl":
        found |= {f"{block.id}_{n}": bool(draw(2)) for n in range(len(block.parts) - 1)}
    for part in block.parts:
        found |= choices_of(part, draw)
    return found


# drawing


def drawn(block: Block) -> list[str]:
    """Return the parts of a process that consists of the block."""
    parts, first, last = _draw(block)
    return [start(), *parts, end(), flows("begin", first), flows(last, "finish")]


def _draw(block: Block) -> tuple[list[str], str, str]:
    name, inside = block.id, [_draw(part) for part in block.parts]
    parts = [text for drawn_part, _, _ in inside for text in drawn_part]
    match block.kind:
        case "user":
            return [user_task(name)], name, name
        case "script":
            return [script_task(name, "1", name)], name, name
        case "seq":
            joints = [flow(last, first) for (_, _, last), (_, first, _) in pairwise(inside)]
            return [*parts, *joints], inside[0][1], inside[-1][2]
        case "par":
            return _forked("parallelGateway", name, parts, inside, lambda _: None)
        case "incl":
            return _forked("inclusiveGateway", name, parts, inside, lambda n: f"{name}_{n}")
        case "xor":
            return _forked("exclusiveGateway", name, parts, inside, lambda n: f"{name} = {n}")
        case "loop":
            gates = [
                node("exclusiveGateway", f"{name}_in"),
                node("exclusiveGateway", f"{name}_out", default=f"{name}_on"),
            ]
            (_, first, last) = inside[0]
            back = flow(f"{name}_out", f"{name}_in", f"again_{name}")
            return (
                [
                    *parts,
                    *gates,
                    user_task(f"{name}_ask"),
                    node("task", f"{name}_end"),
                    flows(f"{name}_in", first),
                    flows(last, f"{name}_ask", f"{name}_out"),
                    back,
                    flow(f"{name}_out", f"{name}_end").replace(f"{name}_out_to_{name}_end", f"{name}_on"),
                ],
                f"{name}_in",
                f"{name}_end",
            )
        case "sub" | "many":
            (_, first, last) = inside[0]
            ways = flows(f"{name}_begin", first) + flows(last, f"{name}_end")
            text = subprocess(name, start(f"{name}_begin"), *parts, end(f"{name}_end"), ways)
            if block.kind == "many":
                items = ", ".join(str(n) for n in range(block.number))
                text = looping(text, each(f"[{items}]", sequential=block.sequential))
            return [text], name, name
        case "guard":
            timer = boundary(
                f"{name}_late", name, timed("timeDuration", "P1D"), interrupting=bool(block.number)
            )
            react = [
                timer,
                user_task(name),
                user_task(f"{name}_react"),
                flows(f"{name}_late", f"{name}_react"),
            ]
            if not block.number:
                return [*react, end(f"{name}_side"), flows(f"{name}_react", f"{name}_side")], name, name
            merge = [node("exclusiveGateway", f"{name}_merge"), flows(name, f"{name}_merge")]
            return [*react, *merge, flows(f"{name}_react", f"{name}_merge")], name, f"{name}_merge"
        case _:
            return _risk(name)


def _forked(
    gateway: str,
    name: str,
    parts: list[str],
    inside: list[tuple[list[str], str, str]],
    condition: Callable[[int], str | None],
) -> tuple[list[str], str, str]:
    fork, join, last = f"{name}_fork", f"{name}_join", len(inside) - 1
    decides = gateway != "parallelGateway"
    attributes = {"default": f"{fork}_to_{inside[-1][1]}"} if decides else {}
    ways = [
        flow(fork, first, None if n == last or not decides else condition(n)) + flow(end_of, join)
        for n, (_, first, end_of) in enumerate(inside)
    ]
    return [*parts, node(gateway, fork, **attributes), node(gateway, join), *ways], fork, join


def _risk(name: str) -> tuple[list[str], str, str]:
    """A subprocess in which somebody works, and somebody may find an error that interrupts both."""
    inside = subprocess(
        name,
        start(f"{name}_begin"),
        node("parallelGateway", f"{name}_fork"),
        user_task(f"{name}_work"),
        user_task(f"{name}_judge"),
        node("exclusiveGateway", f"{name}_good", default=f"{name}_good_to_{name}_fine"),
        end(f"{name}_done"),
        end(f"{name}_fine"),
        end_with(f"{name}_bad", of("error", "e")),
        flows(f"{name}_begin", f"{name}_fork", f"{name}_work", f"{name}_done"),
        flows(f"{name}_fork", f"{name}_judge", f"{name}_good", f"{name}_fine"),
        flow(f"{name}_good", f"{name}_bad", f"again_{name}"),
    )
    parts = [
        inside,
        boundary(f"{name}_caught", name, of("error", "e")),
        user_task(f"{name}_mend"),
        node("exclusiveGateway", f"{name}_merge"),
        flows(name, f"{name}_merge"),
        flows(f"{name}_caught", f"{name}_mend", f"{name}_merge"),
    ]
    return parts, name, f"{name}_merge"


# playing


@dataclass
class Play:
    """A process being played.

    Attributes:
        choices: what decides at gateways.
        ends: how often each end event has been passed.
    """

    choices: Mapping[str, Any]
    ends: Counter[str] = field(default_factory=Counter)


class Path:
    """A part of a process in progress: what can be done, and what comes when it is done."""

    def __init__(self, play: Play, scope: "Around", done: Callable[[], None], copy: int = 0) -> None:
        self.play, self.scope, self.done, self.copy = play, scope, done, copy

    def begin(self, block: Block) -> None:
        """Enter a block; ``done`` is called when it is left."""
        name = block.id
        match block.kind:
            case "user":
                self.wait(name, lambda _: self.done())
            case "script":
                self.done()
            case "seq":
                self._follow(block.parts)
            case "xor":
                self.begin(block.parts[self.play.choices[name]])
            case "par":
                self._side_by_side(block.parts)
            case "incl":
                taken = [part for n, part in enumerate(block.parts[:-1]) if self.play.choices[f"{name}_{n}"]]
                self._side_by_side(taken or block.parts[-1:])
            case "loop":
                self._loop(block)
            case "sub":
                self._inside(block.parts[0], f"{name}_end", self.done, self.copy)
            case "many":
                self._many(block)
            case "guard":
                self._guard(block)
            case _:
                self._risk(name)

    def wait(self, name: str, then: Callable[[bool], None]) -> Act:
        """Let something be done, once."""
        act = (name, self.copy)
        self.scope.waiting.append((act, then))
        return act

    def _fresh(self, done: Callable[[], None]) -> "Path":
        return Path(self.play, self.scope, done, self.copy)

    def _follow(self, blocks: tuple[Block, ...]) -> None:
        if blocks:
            self._fresh(lambda: self._follow(blocks[1:])).begin(blocks[0])
        else:
            self.done()

    def _side_by_side(self, blocks: Any) -> None:
        left = [len(blocks)]

        def one_done() -> None:
            left[0] -= 1
            if left[0] == 0:
                self.done()

        for block in blocks:
            self._fresh(one_done).begin(block)

    def _loop(self, block: Block) -> None:
        def asked(again: bool) -> None:
            if again:
                self._loop(block)
            else:
                self.done()

        ask = self._fresh(lambda: None)
        self._fresh(lambda: ask.wait(f"{block.id}_ask", asked) and None).begin(block.parts[0])

    def _inside(self, block: Block, end_event: str, done: Callable[[], None], copy: int) -> "Around":
        around = Around(self.play, self.scope, done)
        around.run(lambda finished: Path(self.play, around, finished, copy).begin(block), end_event)
        return around

    def _many(self, block: Block) -> None:
        left = [block.number]

        def next_one(number: int) -> None:
            self._inside(block.parts[0], f"{block.id}_end", one_done, number)

        def one_done() -> None:
            left[0] -= 1
            if left[0] == 0:
                self.done()
            elif block.sequential:
                next_one(block.number - left[0] + 1)

        if not block.number:
            self.done()
        for number in range(1, 2 if block.sequential else block.number + 1):
            if number <= block.number:
                next_one(number)

    def _guard(self, block: Block) -> None:
        name, scope = block.id, self.scope

        def completed(_: bool) -> None:
            scope.withdraw(late)
            self.done()

        def fired(_: bool) -> None:
            if block.number:
                scope.withdraw(work)
                self.wait(f"{name}_react", lambda _: self.done())
            else:
                scope.at_work += 1
                self.wait(f"{name}_react", lambda _: scope.ended(f"{name}_side"))

        work = self.wait(name, completed)
        late = self.wait(f"{name}_late", fired)

    def _risk(self, name: str) -> None:
        around = Around(self.play, self.scope, self.done)

        def judged(bad: bool) -> None:
            if not bad:
                around.ended(f"{name}_fine")
                return
            self.play.ends[f"{name}_bad"] += 1
            self.scope.inner.remove(around)
            self.wait(f"{name}_mend", lambda _: self.done())

        inside = Path(self.play, around, lambda: None, self.copy)
        around.at_work = 2
        inside.wait(f"{name}_work", lambda _: around.ended(f"{name}_done"))
        inside.wait(f"{name}_judge", judged)


class Around:
    """A scope in progress: it is done when nothing is at work in it."""

    def __init__(self, play: Play, outer: "Around | None", done: Callable[[], None]) -> None:
        self.play, self.outer, self.done = play, outer, done
        self.waiting: list[tuple[Act, Callable[[bool], None]]] = []
        self.inner: list[Around] = []
        self.at_work = 0
        if outer is not None:
            outer.inner.append(self)

    def run(self, begin: Callable[[Callable[[], None]], None], end_event: str) -> None:
        """Run the scope's main path to its end event."""
        self.at_work += 1
        begin(lambda: self.ended(end_event))

    def ended(self, end_event: str) -> None:
        """One path has come to an end event."""
        self.play.ends[end_event] += 1
        self.at_work -= 1
        if self.at_work == 0:
            if self.outer is not None:
                self.outer.inner.remove(self)
            self.done()

    def withdraw(self, act: Act) -> None:
        self.waiting = [each for each in self.waiting if each[0] != act]

    def acts(self) -> list[Act]:
        """Return what can be done now, here and inside."""
        return [act for act, _ in self.waiting] + [act for scope in self.inner for act in scope.acts()]

    def do(self, act: Act, value: bool) -> bool:
        """Do it; say whether it was there to be done."""
        for place, (known, then) in enumerate(self.waiting):
            if known == act:
                del self.waiting[place]
                then(value)
                return True
        return any(scope.do(act, value) for scope in list(self.inner))


def played(block: Block, choices: Mapping[str, Any]) -> tuple[Play, Around]:
    """Begin to play a process."""
    play = Play(choices)
    process = Around(play, None, lambda: None)
    process.run(lambda finished: Path(play, process, finished).begin(block), "finish")
    return play, process
