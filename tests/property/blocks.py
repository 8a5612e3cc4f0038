"""Random block-structured processes, drawn as BPMN. A block has one way in and one way out."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from tests.drawing import (
    boundary,
    catch,
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
        Block("race"),
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


def edited(block: Block, draw: Any) -> Block:
    """Return a copy with further user tasks between blocks, and timers where there were none."""
    parts = [edited(part, draw) for part in block.parts]
    if block.kind == "seq" and draw(st.booleans()):
        parts.insert(
            draw(st.integers(0, len(parts))), Block("user", id=f"user{900 + len(block.id)}{block.id}")
        )
    if block.kind == "user" and draw(st.booleans()):
        return Block("guard", number=draw(st.integers(0, 1)), id=block.id)
    return Block(block.kind, tuple(parts), block.number, block.sequential, block.id)


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
        case "race":
            events = [
                catch(f"{name}_late", timed("timeDuration", "P1D")),
                catch(f"{name}_told", of("message", "m")),
            ]
            gates = [node("eventBasedGateway", name), node("exclusiveGateway", f"{name}_merge")]
            ways = flows(name, f"{name}_late", f"{name}_merge") + flows(name, f"{name}_told", f"{name}_merge")
            return [*gates, *events, ways], name, f"{name}_merge"
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
