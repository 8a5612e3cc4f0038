"""Divides a body into what its numbers, letters and dashes make of it: a tree of headings, items and points."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from processes.documents.reading.columns import Grid
from processes.documents.reading.marks import LETTERS, Mark, Rank, marks_of
from processes.documents.source.blocks import Line

_MOST_LEFT_OUT = 5
_LONGEST_HEADING = 20
#: What ends a sentence or a list; a heading ends with none of them.
_ENDS = ".;:,…!?"


@dataclass(slots=True, kw_only=True)
class Node:
    """A numbered piece of the body; paragraphs without a mark belong to the piece above them.

    Attributes:
        label: the piece of the ordinal: ``2``, ``II``, ``đ``, ``-1``; empty for a heading without a number.
        mark: what stands before its text, as written: ``a)``, ``1.1.``, ``-``.
        lines: its own paragraphs, the first without the mark.
        sort: of which list it is; ``1.`` and ``A.`` are different lists.
        position: its place in its list, from 1.
        missing: what is left out before it.
    """

    rank: Rank
    label: str = ""
    mark: str = ""
    sort: str = ""
    position: int = 0
    lines: list[Line] = field(default_factory=list)
    children: list["Node"] = field(default_factory=list)
    tables: list[Grid] = field(default_factory=list)
    missing: tuple[str, ...] = ()
    parent: "Node | None" = None

    @property
    def ordinal(self) -> str:
        """Its number in the document: ``4``, ``II.2``, ``2.đ``, ``II.2.-1``."""
        above = "" if self.parent is None else self.parent.ordinal
        return f"{above}.{self.label}" if above and self.label else above or self.label

    @property
    def is_section(self) -> bool:
        """Whether it divides the document rather than asks for something."""
        return self.rank in (Rank.PART, Rank.CHAPTER, Rank.SECTION)

    @property
    def heading(self) -> str | None:
        """Its first paragraph, if that is a heading: short, without an end, and with something below it."""
        if not self.lines:
            return None
        first = self.lines[0].text
        has_more = bool(self.children or self.tables) or len(self.lines) > 1
        if self.is_section:
            return first.rstrip(" :.")
        if not has_more or len(first.split()) > _LONGEST_HEADING:
            return None
        if first[-1] == ":" and (re.match(r"Về\s", first) or first.isupper() or self.lines[0].bold):
            return first.rstrip(" :")
        return first if first[-1] not in _ENDS else None

    @property
    def everything(self) -> list[Line]:
        """Its own paragraphs and those of all below it, with their marks, as written."""
        below = (line for child in self.children for line in child.marked)
        return [*self.lines, *below]

    @property
    def marked(self) -> list[Line]:
        """The same, its own mark before the first."""
        first, *others = self.everything
        return [with_text(first, f"{self.mark} {first.text}"), *others]

    @property
    def gap(self) -> str:
        """Which letters are left out before it, in words; empty if none is."""
        if self.rank is not Rank.LETTER or not self.missing:
            return ""
        first = LETTERS.index(self.missing[0])
        before = f"{LETTERS[first - 1]}) " if first else ""
        return (
            f"letter gap {before}-> {self.label}): {', '.join(f'{each})' for each in self.missing)} missing"
        )

    def walk(self) -> Iterator["Node"]:
        """Yield it and all below it, in their order."""
        yield self
        for child in self.children:
            yield from child.walk()


def outline(flow: Sequence[Line | Grid]) -> Node:
    """Return the tree of a body; what stands before the first mark are the lines of its root.

    A mark counts only where it goes on from the one before, a few left out, or begins a new list; any other number
    is text.
    """
    root = Node(rank=Rank.BODY)
    current = root
    for block in flow:
        if isinstance(block, Grid):
            current.tables.append(block)
            continue
        node = _node(block, current)
        if node is None:
            _append(block, current)
            continue
        assert node.parent is not None
        node.parent.children.append(node)
        current = node
    _give_back_dashes(root)
    return root


def with_text(line: Line, text: str) -> Line:
    """Return a paragraph of another text at the same place."""
    return Line(text=text, emphasised=line.emphasised, bold=line.bold, centred=line.centred, place=line.place)


def _append(line: Line, current: Node) -> None:
    first = current.lines[0].text if current.lines else ""
    goes_on = current.is_section and len(current.lines) == 1 and first.isupper() and line.text.isupper()
    goes_on = goes_on and len(first.split()) <= _LONGEST_HEADING
    if goes_on:
        current.lines[0] = with_text(current.lines[0], f"{first} {line.text}".strip())
    else:
        current.lines.append(line)


def _node(line: Line, current: Node) -> Node | None:
    """Return the node that a line begins, hung where it belongs; ``None`` for a paragraph without a mark."""
    for found in marks_of(line.text):
        mark = _inner_star(found, current)
        placed = _placed(mark, _hidden_heading(mark, current) or current)
        if placed is not None:
            parent, missing, label = placed
            text = [with_text(line, mark.text)] if mark.text else []
            return Node(
                rank=mark.rank,
                label=label,
                mark=mark.mark,
                sort=mark.sort,
                position=mark.position or _count(parent, mark.rank) + 1,
                lines=text,
                missing=missing,
                parent=parent,
            )
    if _is_unnumbered_heading(line, current):
        parent = _above(current, Rank.SECTION)
        return Node(rank=Rank.SECTION, sort="heading", lines=[line], parent=parent)
    return None


def _inner_star(mark: Mark, current: Node) -> Mark:
    """Return a star below an open dash as what it is there: a point of that."""
    is_below = mark.rank is Rank.STAR and _open(current, "-") is not None and _open(current, "*") is None
    return replace(mark, rank=Rank.PLUS, sort="-*") if is_below else mark


def _placed(mark: Mark, current: Node) -> tuple[Node, tuple[str, ...], str] | None:
    """Return where a mark belongs, what is left out before it, and its label; ``None`` if it is text."""
    if mark.rank in (Rank.DECIMAL, Rank.THIRD):
        return _placed_decimal(mark, current)
    sibling = _open(current, mark.sort)
    if sibling is None and mark.rank is Rank.ARTICLE:
        sibling = _article_before(mark, current)
    if sibling is None and mark.rank is Rank.NUMBER and mark.position > 1:
        sibling = _open(current, "1" if mark.sort == "1)" else "1)")
    if mark.rank >= Rank.STAR:
        parent = _above(current, mark.rank)
        return parent, (), f"{'+' if mark.rank is Rank.PLUS else '-'}{_count(parent, mark.rank) + 1}"
    if sibling is not None:
        left_out = mark.position - sibling.position - 1
        if 0 <= left_out <= (len(LETTERS) if mark.rank is Rank.LETTER else _MOST_LEFT_OUT):
            assert sibling.parent is not None
            label = mark.label if mark.rank >= Rank.SECTION else ""
            return sibling.parent, _left_out(mark, sibling.position), label
        return None
    if mark.rank <= Rank.SECTION:
        is_first = mark.position == 1
        return (_parent_of_section(current, mark), (), _divider(mark)) if is_first else None
    if mark.rank is Rank.NUMBER and mark.sort == "1)" and _open(current, "1") is not None:
        parent = _above(current, Rank.BRACKET)
        return (parent, (), mark.label) if mark.position == 1 else None
    most = len(LETTERS) if mark.rank is Rank.LETTER else _MOST_LEFT_OUT + 1
    if not 1 <= mark.position <= most:
        return None
    return _above(current, mark.rank), _left_out(mark, 0), mark.label


def _article_before(mark: Mark, current: Node) -> Node | None:
    """Return the article with which a body goes on behind sections that belong to the one before."""
    root = current
    while root.parent is not None:
        if root.rank in (Rank.PART, Rank.CHAPTER):
            return None
        root = root.parent
    articles = [child for child in root.children if child.rank is Rank.ARTICLE]
    return articles[-1] if articles and articles[-1].position == mark.position - 1 else None


def _placed_decimal(mark: Mark, current: Node) -> tuple[Node, tuple[str, ...], str] | None:
    prefix, _, last = mark.label.rpartition(".")
    if not mark.text[:1].isupper() and mark.text[:1] not in '“"(-+':
        return None
    node: Node | None = current
    while node is not None:
        if node.rank in (Rank.DECIMAL, Rank.THIRD) and node.sort == f"decimal {prefix}":
            left_out = int(last) - node.position - 1
            assert node.parent is not None
            label = mark.label if "." in node.label else last
            return (node.parent, (), label) if 0 <= left_out <= _MOST_LEFT_OUT else None
        if _path(node) == prefix:
            return (node, (), last) if int(last) <= 1 + _MOST_LEFT_OUT else None
        node = node.parent
    if last != "1" or _open(current, "1") is not None:
        return None
    return _above(current, Rank.NUMBER), (), mark.label


def _path(node: Node) -> str:
    """Return the number by which a decimal below a node begins: ``2`` for ``2.``, ``2.1`` for ``2.1.``."""
    if node.rank in (Rank.NUMBER, Rank.ARTICLE):
        return node.label
    if node.sort.startswith("decimal "):
        return f"{node.sort.removeprefix('decimal ')}.{node.position}"
    return ""


def _left_out(mark: Mark, last: int) -> tuple[str, ...]:
    between = range(last + 1, mark.position)
    return tuple(LETTERS[each - 1] if mark.rank is Rank.LETTER else str(each) for each in between)


def _open(current: Node, sort: str) -> Node | None:
    """Return the last node of a list, if that list is still open."""
    node: Node | None = current
    while node is not None and node.rank is not Rank.BODY:
        if node.sort == sort:
            return node
        node = node.parent
    return None


def _hidden_heading(mark: Mark, current: Node) -> Node | None:
    """Return the section that the paragraph above ``1.`` heads, where the numbers begin again without a mark."""
    begins_again = mark.sort == "1" and mark.position == 1 and _open(current, "1") is not None
    last = current.lines[-1].text if len(current.lines) > 1 else ""
    if not begins_again or not last or last[-1] in _ENDS or len(last.split()) > _LONGEST_HEADING:
        return None
    parent = _above(current, Rank.ARTICLE)
    while parent.sort == "heading" and parent.parent is not None:
        parent = parent.parent
    section = Node(rank=Rank.SECTION, sort="heading", lines=[current.lines.pop()], parent=parent)
    parent.children.append(section)
    return section


def _above(current: Node, rank: Rank) -> Node:
    """Return the innermost open node under which a mark of that rank may hang."""
    node = current
    while node.rank >= rank and node.parent is not None:
        node = node.parent
    return node


def _parent_of_section(current: Node, mark: Mark) -> Node:
    """``A.`` may stand above ``I.`` or below it: whichever was open first is above."""
    node = current
    while node.rank > Rank.SECTION and node.parent is not None:
        node = node.parent
    if mark.rank < Rank.SECTION:
        return _above(node, mark.rank)
    while node.sort == "heading" and node.parent is not None:
        node = node.parent
    return node


def _divider(mark: Mark) -> str:
    """Return the part of an ordinal that a section gives; parts and chapters give none, articles run through."""
    return mark.label if mark.rank is Rank.SECTION else ""


def _count(parent: Node, rank: Rank) -> int:
    """Return how many dashes, or plus signs, hang under a node already."""
    return next((child.position for child in reversed(parent.children) if child.rank is rank), 0)


def _is_unnumbered_heading(line: Line, current: Node) -> bool:
    text = line.text
    words = text.split()
    if not text.isupper() or not 2 <= len(words) <= _LONGEST_HEADING or text[-1] in ".;,":
        return False
    return not (current.is_section and len(current.lines) <= 1 and not current.children)


def _give_back_dashes(root: Node) -> None:
    """Dashes before the first number of a body are part of its opening."""
    if not any(child.rank < Rank.STAR for child in root.children):
        return
    while root.children and root.children[0].rank >= Rank.STAR:
        root.lines.extend(root.children.pop(0).marked)
