"""Looks at the paths of each scope: what is never reached, loops without a wait, dead joins, too many tokens."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from lxml import etree

from engine.spiff.reading.problems import Problems
from engine.spiff.reading.tasks import called_process
from engine.spiff.schedule import parse_duration
from engine.spiff.shape import (
    RACING,
    SCOPES,
    SUPPORTED,
    interrupts,
    is_event_subprocess,
    is_handler,
    link_ends,
    scopes_of,
    trigger_kind,
)
from engine.spiff.xml import children, event_definitions, id_of, kind_of

#: Tokens that gateways may make of one; a drawing that could make more is refused.
MAX_TOKENS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """One step from an element to another: a flow, a link, or an event at its activity (without an id)."""

    flow_id: str
    source: str
    target: str


def edges_of(scope: etree._Element) -> list[Edge]:
    """Return the steps between the elements of a scope, in document order."""
    edges = [
        Edge(flow_id=id_of(flow), source=flow.get("sourceRef", ""), target=flow.get("targetRef", ""))
        for flow in children(scope, "sequenceFlow")
    ]
    edges += [
        Edge(flow_id="", source=event.get("attachedToRef", ""), target=id_of(event))
        for event in children(scope, "boundaryEvent")
        if trigger_kind(event) != "compensate"
    ]
    throws, catches = link_ends(scope)
    edges += [
        Edge(flow_id="", source=id_of(throw), target=id_of(catches[name][0]))
        for name, nodes in throws.items()
        for throw in nodes
        if name in catches
    ]
    return edges


def check_paths(process: etree._Element, problems: Problems, hurried: Collection[str] = frozenset()) -> None:
    """Note what is never reached, loops without a wait, joins that never fire, forks that multiply without end.

    Args:
        hurried: ids of called processes that a token can pass without a stay.
    """
    for scope in scopes_of(process):
        nodes = {id_of(node): node for node in scope if kind_of(node) in SUPPORTED}
        edges = [edge for edge in edges_of(scope) if edge.source in nodes and edge.target in nodes]
        _check_reached(nodes, edges, problems)
        _check_waits(nodes, edges, problems, hurried)
        _check_joins(nodes, edges, problems)
        _check_multiplication(scope, nodes, edges, problems)


def reach_of(scope: etree._Element, gateways: Iterable[str]) -> dict[str, dict[str, set[str]]]:
    """Return, for each flow into each gateway, the elements that lead to it without passing the gateway."""
    edges = edges_of(scope)
    before: dict[str, list[str]] = {}
    for edge in edges:
        before.setdefault(edge.target, []).append(edge.source)
    reach: dict[str, dict[str, set[str]]] = {gateway: {} for gateway in gateways}
    for edge in edges:
        if edge.target in reach and edge.flow_id and edge.source != edge.target:
            reach[edge.target][edge.flow_id] = _closure([edge.source], before, without=edge.target)
        elif edge.target in reach:
            reach[edge.target][edge.flow_id] = set()
    return reach


def _closure(begin: Iterable[str], onwards: Mapping[str, list[str]], *, without: str = "") -> set[str]:
    found = set(begin)
    queue = list(found)
    while queue:
        for name in onwards.get(queue.pop(), ()):
            if name not in found and name != without:
                found.add(name)
                queue.append(name)
    return found


def _check_reached(nodes: Mapping[str, etree._Element], edges: list[Edge], problems: Problems) -> None:
    onwards: dict[str, list[str]] = {}
    connected: set[str] = set()
    for edge in edges:
        onwards.setdefault(edge.source, []).append(edge.target)
        connected.add(edge.target)
    roots = [
        name
        for name, node in nodes.items()
        if kind_of(node) == "startEvent"
        or is_event_subprocess(node)
        or is_handler(node)
        or trigger_kind(node) == "compensate"
    ]
    reached = _closure(roots, onwards)
    for name in nodes:
        if name not in reached and name in connected:  # what nothing leads to at all has been noted before
            problems.refuse(
                nodes[name], "the element is never reached", "Connect it to the start or remove it."
            )


def _check_joins(nodes: Mapping[str, etree._Element], edges: list[Edge], problems: Problems) -> None:
    """A parallel join waits for ever where no two tokens come together.

    Two tokens part at a gateway that forks, and both of its ways must lead to the join; or one of them is of an
    event that does not interrupt.
    """
    onwards: dict[str, list[str]] = {}
    incoming: dict[str, int] = {}
    for edge in edges:
        onwards.setdefault(edge.source, []).append(edge.target)
        incoming[edge.target] = incoming.get(edge.target, 0) + 1
    joins = [
        name
        for name, node in nodes.items()
        if kind_of(node) == "parallelGateway" and incoming.get(name, 0) > 1
    ]
    if not joins:
        return
    bits = {name: 1 << place for place, name in enumerate(joins)}
    reached = _joins_reached(_order(nodes, edges), onwards, bits)
    alive = 0
    for name, node in nodes.items():
        if kind_of(node) == "boundaryEvent" and not interrupts(node):
            alive |= reached[name]
        elif kind_of(node) in ("parallelGateway", "inclusiveGateway"):
            once = twice = 0
            for target in onwards.get(name, ()):
                twice |= once & reached[target]
                once |= reached[target]
            alive |= twice & ~bits.get(name, 0)
    for name in joins:
        if not alive & bits[name]:
            problems.refuse(
                nodes[name],
                "the gateway waits for several tokens, but only one can ever come",
                "Join alternative paths with an exclusive gateway.",
            )


def _joins_reached(
    order: list[str], onwards: Mapping[str, list[str]], bits: Mapping[str, int]
) -> dict[str, int]:
    """Return the joins, as bits, that can be reached from each element, itself included."""
    reached = {name: bits.get(name, 0) for name in order}
    changed = True
    while changed:
        changed = False
        for name in reversed(order):
            before = reached[name]
            for target in onwards.get(name, ()):
                reached[name] |= reached[target]
            changed = changed or reached[name] != before
    return reached


def _check_waits(
    nodes: Mapping[str, etree._Element], edges: list[Edge], problems: Problems, hurried: Collection[str]
) -> None:
    """A cycle of elements none of which waits runs until the engine stops it. Each is named once."""
    restless = {name for name, node in nodes.items() if not _waits(node, hurried)}
    onwards: dict[str, list[str]] = {}
    for edge in edges:
        if edge.source in restless and edge.target in restless:
            onwards.setdefault(edge.source, []).append(edge.target)
    named = list(nodes.values())
    position = {name: place for place, name in enumerate(nodes)}
    for place in sorted(min(position[name] for name in loop) for loop in _loops(onwards)):
        problems.refuse(
            named[place],
            "the element stands in a loop that never waits",
            "Put a user task, a timer or a message into the loop.",
        )


def _loops(onwards: Mapping[str, list[str]]) -> list[set[str]]:
    """Return the sets of elements that all lead to each other (Tarjan's strongly connected components)."""
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    path: list[str] = []
    on_path: set[str] = set()
    loops = []
    for root in onwards:
        stack = [(root, iter(onwards[root]))] if root not in number else []
        while stack:
            name, following = stack[-1]
            if name not in number:
                number[name] = lowest[name] = len(number)
                path.append(name)
                on_path.add(name)
            for target in following:
                if target not in number:
                    stack.append((target, iter(onwards.get(target, ()))))
                    break
                if target in on_path:
                    lowest[name] = min(lowest[name], number[target])
            else:
                stack.pop()
                if stack:
                    lowest[stack[-1][0]] = min(lowest[stack[-1][0]], lowest[name])
                if lowest[name] == number[name]:
                    loop = set()
                    while name not in loop:
                        loop.add(path.pop())
                    on_path -= loop
                    if len(loop) > 1 or name in onwards.get(name, ()):
                        loops.append(loop)
    return loops


def _waits(node: etree._Element, hurried: Collection[str]) -> bool:
    """Say whether a token stays at an element; in a subprocess, whether no way leads through without a stay.

    At an event-based gateway it stays as long as at the events behind it.
    """
    kind = kind_of(node)
    if kind in ("userTask", "receiveTask"):
        return True
    if kind == "callActivity":
        return called_process(node) not in hurried
    if kind in ("intermediateCatchEvent", "boundaryEvent"):
        return trigger_kind(node) in RACING and not (kind == "intermediateCatchEvent" and _is_over(node))
    return kind in SCOPES and not is_event_subprocess(node) and not can_be_passed(node, hurried)


def can_be_passed(scope: etree._Element, hurried: Collection[str]) -> bool:
    """Say whether a way leads from a start to an end of a process or subprocess without a stay."""
    inside = {id_of(child): child for child in scope if kind_of(child) in SUPPORTED}
    restless = {name for name, child in inside.items() if not _waits(child, hurried)}
    onwards: dict[str, list[str]] = {}
    for edge in edges_of(scope):
        if edge.source in restless and edge.target in restless:
            onwards.setdefault(edge.source, []).append(edge.target)
    starts = (id_of(start) for start in children(scope, "startEvent") if trigger_kind(start) is None)
    passed = _closure(starts, onwards)
    return any(kind_of(inside[name]) == "endEvent" for name in passed if name in inside)


def _is_over(event: etree._Element) -> bool:
    """Say whether a timer is a fixed date, which has passed when a loop comes back to it, or no time at all."""
    if trigger_kind(event) != "timer":
        return False
    for child in event_definitions(event)[0]:
        text = (child.text or "").strip()
        if kind_of(child) == "timeDate":
            return not text.startswith("=")
        if kind_of(child) == "timeDuration" and not text.startswith("="):
            return not parse_duration(text)
    return False


def _check_multiplication(
    scope: etree._Element, nodes: Mapping[str, etree._Element], edges: list[Edge], problems: Problems
) -> None:
    """Follow how many tokens pass each element, loops left aside.

    A join takes as many as its poorest flow. Where only one of several ways is taken, each gets its share, so that
    what was split by a decision and comes together again counts once.
    """
    order = _order(nodes, edges)
    rank = {name: place for place, name in enumerate(order)}
    arriving: dict[str, list[float]] = {}
    onwards: dict[str, list[str]] = {}
    for edge in edges:
        if rank[edge.source] < rank[edge.target]:
            onwards.setdefault(edge.source, []).append(edge.target)
    for name in order:
        counts = arriving.get(name, [])
        forks = kind_of(nodes[name]) in ("parallelGateway", "inclusiveGateway")
        count = (min(counts) if forks else sum(counts)) if counts else 1.0
        if count > MAX_TOKENS:
            problems.refuse(
                scope if id_of(scope) else nodes[name],
                f"gateways can make more than {MAX_TOKENS} tokens of one",
                "Join parallel paths with a parallel gateway before they fork again.",
            )
            return
        ways = onwards.get(name, ())
        for target in ways:
            arriving.setdefault(target, []).append(count if forks else count / len(ways))


def _order(nodes: Mapping[str, etree._Element], edges: list[Edge]) -> list[str]:
    """Return the elements so that each comes after those that lead to it, as far as there are no loops."""
    onwards: dict[str, list[str]] = {}
    for edge in edges:
        onwards.setdefault(edge.source, []).append(edge.target)
    done: set[str] = set()
    finished: list[str] = []
    starts = [name for name, node in nodes.items() if kind_of(node) == "startEvent"]
    for root in [*starts, *nodes]:
        stack = [(root, iter(onwards.get(root, ())))] if root not in done else []
        done.add(root)
        while stack:
            name, following = stack[-1]
            for target in following:
                if target not in done:
                    done.add(target)
                    stack.append((target, iter(onwards.get(target, ()))))
                    break
            else:
                stack.pop()
                finished.append(name)
    return finished[::-1]
