"""Hangs bullets under the bullet before them that names only who does them: ``* Sở Y tế`` above ``- …``."""

from collections.abc import Sequence

from processes.documents.reading.basis import Basis
from processes.documents.reading.item import executors_of
from processes.documents.reading.marks import Rank
from processes.documents.reading.outline import Node

_GOES_ON = (".", ";", ",")


def hang_under_executors(root: Node, basis: Basis) -> None:
    """Change a tree so that bullets of one sort hang under the one of them that holds nothing but an executor."""
    for node in root.walk():
        if len(node.children) > 1:
            node.children = _hung(node.children, basis)


def _hung(nodes: Sequence[Node], basis: Basis) -> list[Node]:
    names = [_is_executor(node, basis) for node in nodes]
    kept: list[Node] = []
    head: Node | None = None
    for at, node in enumerate(nodes):
        heads_others = names[at] and not all(names[at : at + 2]) and at + 1 < len(nodes)
        if heads_others and nodes[at + 1].rank is node.rank:
            head = node
        elif head is not None and node.rank is head.rank and not names[at]:
            node.parent = head
            node.label = f"{node.label[:1]}{len(head.children) + 1}"
            head.children.append(node)
            continue
        else:
            head = None
        if head is not None:
            node.label = f"{node.label[:1]}{1 + sum(each.rank is node.rank for each in kept)}"
        kept.append(node)
    return kept


def _is_executor(node: Node, basis: Basis) -> bool:
    if node.rank not in (Rank.DASH, Rank.PLUS) or node.children or len(node.lines) != 1:
        return False
    text = node.lines[0].text
    return not text.endswith(_GOES_ON) and executors_of(text, basis) is not None
