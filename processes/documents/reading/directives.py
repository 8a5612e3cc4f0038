"""Walks the tree of a body and makes directives of it: what is asked, by whom to be done, until when.

A heading asks for nothing; what it names, every point below it inherits unless it says otherwise. Points of one
sentence stay together, unless one of them has its own executor or time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from processes.documents.reading.appendix import read_appendix
from processes.documents.reading.assignments import assignments
from processes.documents.reading.basis import Basis
from processes.documents.reading.bodies import is_charged
from processes.documents.reading.bullets import hang_under_executors
from processes.documents.reading.columns import Grid
from processes.documents.reading.directive import DirectiveReading
from processes.documents.reading.evidence import How
from processes.documents.reading.fields import field_of, is_circumstance
from processes.documents.reading.item import Said, directive_of, executors_of, said_above, with_above
from processes.documents.reading.marks import Rank
from processes.documents.reading.outline import Node, with_text
from processes.documents.reading.topics import (
    Topic,
    assigns,
    is_due,
    is_purpose,
    only_demands,
    only_enforces,
    only_points,
    only_states,
    only_tells,
    orders,
    sets_up,
    topic_of,
    without_role,
)
from processes.documents.source.blocks import Line

_LONGEST_NAME = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """What a body gave.

    Attributes:
        left_out: headings under which nothing is asked.
        warnings: what the tables in it made doubtful.
    """

    directives: tuple[DirectiveReading, ...]
    left_out: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Above:
    """What holds for everything below a node.

    Attributes:
        said: what headings and items above say for it.
        among_tasks: a heading has announced tasks.
        among_reports: it tells what was; only ``Giao …`` asks.
        named_only: only who is named has something to do.
    """

    section: tuple[str, ...] = ()
    parent: str | None = None
    heading: str | None = None
    said: Said = field(default_factory=Said)
    among_tasks: bool = False
    among_reports: bool = False
    named_only: bool = False


class Walk:
    """Collects the directives of one body."""

    def __init__(self, basis: Basis) -> None:
        """Begin with what is known of the document."""
        self._basis = basis
        self._left_out: list[str] = []
        self._warnings: list[str] = []

    def over(self, root: Node) -> Walked:
        """Return the directives of a body in their order."""
        if self._basis.silent:
            return Walked(directives=())
        hang_under_executors(root, self._basis)
        reports = self._basis.reports
        above = _Above(named_only=self._basis.states or reports, among_reports=reports)
        found = tuple(each for child in root.children for each in self._of(child, above))
        tables = tuple(each for grid in root.tables for each in self._table(grid, ()))
        return Walked(
            directives=(*tables, *found), left_out=tuple(self._left_out), warnings=tuple(self._warnings)
        )

    def _of(self, node: Node, above: _Above) -> Iterator[DirectiveReading]:
        heading = node.heading
        topic = Topic.OPEN if heading is None else topic_of(heading, among_tasks=above.among_tasks)
        if topic is Topic.STATEMENTS and heading is not None and not self._is_open_demand(node, heading):
            self._left_out.append(heading)
            return
        if node.rank in (Rank.NUMBER, Rank.DECIMAL) and node.lines and is_circumstance(node.lines[0].text):
            return
        if self._basis.states and node.lines and sets_up(node.lines[0].text, alone=not node.children):
            return
        fields = [child for child in node.children if _is_field(child)]
        points = [child for child in node.children if not _is_field(child)]
        labelled = [line for child in fields for line in child.marked]
        if not points:
            yield from self._leaf(node, labelled, heading, above, topic)
        elif all(self._only_names(point) for point in points):
            if heading is None:
                yield from self._given_to(node, points, above)
        elif heading is not None or self._introduces(node):
            yield from self._under(node, points, labelled, heading, above, topic)
        elif any(self._stands_alone(point) for point in points):
            whole = directive_of(node.ordinal, node.lines, self._basis)
            below = replace(
                above,
                section=(*above.section, *(line.text.rstrip(" :.;") for line in node.lines[:1])),
                parent=node.ordinal,
                heading=None,
                said=said_above(whole, node.lines, above.said, How.PARENT, self._basis, labelled),
            )
            for point in points:
                yield from self._of(point, below)
        else:
            yield from self._kept(node.ordinal, [*node.everything], None, above, node)
        for grid in node.tables:
            yield from self._table(grid, (*above.section, *((heading,) if heading else ())))

    def _given_to(self, node: Node, points: Sequence[Node], above: _Above) -> Iterator[DirectiveReading]:
        """Yield an item whose points only list who carries it out."""
        names = ", ".join(without_role(point.lines[0].text) for point in points)
        executors = self._basis.executors(names)
        if executors is not None:
            said = said_above(None, points[0].lines, above.said, How.PARENT, self._basis, (), executors)
            above = replace(above, said=said)
        yield from self._kept(node.ordinal, [*node.everything], None, above, node)

    def _under(
        self,
        node: Node,
        points: Sequence[Node],
        labelled: Sequence[Line],
        heading: str | None,
        above: _Above,
        topic: Topic,
    ) -> Iterator[DirectiveReading]:
        """Yield what stands under a heading, or under ``Giao Sở Nội vụ:``."""
        first = node.lines[0] if node.lines else Line(text="")
        executors = executors_of(first.text if heading is None else heading, self._basis)
        own = [first] if heading is None else [with_text(first, heading)]
        prose = [line for line in node.lines[1:] if field_of(line.text) is None]
        if node.is_section:
            said = (
                above.said
                if executors is None
                else said_above(None, own, above.said, How.HEADING, self._basis, labelled, executors)
            )
        else:
            whole = directive_of(node.ordinal, [*own, *node.lines[1:]], self._basis)
            said = said_above(whole, node.lines, above.said, How.HEADING, self._basis, labelled, executors)
        title = heading or first.text.rstrip(" :")
        below = _Above(
            section=(*above.section, title) if node.is_section or heading else above.section,
            parent=node.ordinal or above.parent,
            heading=heading if not node.is_section else above.heading,
            said=said,
            among_tasks=above.among_tasks or topic is Topic.TASKS,
            among_reports=above.among_reports or topic is Topic.REPORTS,
            named_only=topic is Topic.NAMED_ONLY
            or (
                above.named_only
                and not (
                    node.is_section
                    and topic is Topic.TASKS
                    and not (self._basis.reports or self._basis.rules)
                )
            ),
        )
        if prose and not prose[-1].text.endswith(":") and heading is not None and self._asks(prose):
            yield from self._kept(node.ordinal, prose, None, replace(below, parent=above.parent), node)
        for point in points:
            yield from self._of(point, below)

    def _leaf(
        self, node: Node, labelled: Sequence[Line], heading: str | None, above: _Above, topic: Topic
    ) -> Iterator[DirectiveReading]:
        if not node.lines:
            return
        others = [line for line in node.lines[1:] if field_of(line.text) is None]
        if node.is_section and not others:
            return
        lines = [*node.lines, *labelled]
        inner = replace(
            above,
            named_only=above.named_only or topic is Topic.NAMED_ONLY,
            among_reports=above.among_reports or topic is Topic.REPORTS,
        )
        if heading is None or not others:
            yield from self._kept(node.ordinal, lines, None, inner, node)
            return
        executors = executors_of(heading, self._basis)
        said = above.said
        if executors is not None:
            said = said_above(None, node.lines[:1], above.said, How.HEADING, self._basis, (), executors)
        section = (*above.section, heading)
        inner = replace(inner, said=said, section=section, heading=heading)
        yield from self._kept(node.ordinal, lines[1:], heading, inner, node)

    def _kept(
        self, ordinal: str, lines: Sequence[Line], heading: str | None, above: _Above, node: Node
    ) -> Iterator[DirectiveReading]:
        """Yield a piece as one directive or, where it turns to other executors, as several."""
        whole = " ".join(line.text for line in lines)
        if ". " not in whole.strip(" ./") and only_enforces(whole):
            return
        pieces = [
            piece for piece in assignments(lines, self._basis) if not self._is_no_task(piece.lines, above)
        ]
        several = len(pieces) > 1
        for number, piece in enumerate(pieces, 1):
            own = f"{ordinal}.{number}" if several else ordinal
            found = directive_of(own, piece.lines, self._basis, clause=piece.clause, mark=node.mark)
            found = with_above(found, above.said)
            if above.named_only and not (above.said.names_somebody or _names_executor(found)):
                continue
            yield replace(
                found,
                heading=heading or above.heading,
                section=above.section,
                parent=ordinal if several else above.parent,
                gap=node.gap,
            )

    def _is_no_task(self, lines: Sequence[Line], above: _Above) -> bool:
        text = " ".join(line.text for line in lines)
        if only_enforces(text) or only_tells(text) or self._is_name(text):
            return True
        if above.among_reports and not (orders(text) if self._basis.reports else assigns(text)):
            return True
        return (
            (only_states(text) or only_points(text))
            and not above.said.names_somebody
            and not self._asks(lines)
        )

    def _asks(self, lines: Sequence[Line]) -> bool:
        found = directive_of("", lines, self._basis)
        return _names_executor(found) or (
            found.deadline is not None and any(is_due(line.text) for line in lines)
        )

    def _is_open_demand(self, node: Node, heading: str) -> bool:
        """Say whether ``Yêu cầu`` stands for what is asked: not beside ``Mục đích``, nor below it."""
        if not only_demands(heading):
            return False
        around = [] if node.parent is None else [node.parent, *node.parent.children]
        return not any(is_purpose(each.lines[0].text) for each in around if each.lines)

    def _only_names(self, node: Node) -> bool:
        """Say whether a point is nothing but the name of a unit or an office."""
        return not node.children and len(node.lines) == 1 and self._is_name(node.lines[0].text)

    def _is_name(self, text: str) -> bool:
        bare = without_role(text)
        return len(bare.split()) <= _LONGEST_NAME and self._basis.executors(bare) is not None

    def _introduces(self, node: Node) -> bool:
        """Say whether an item only says who does its points: ``Giao Sở Nội vụ:``."""
        if not node.lines or not node.lines[0].text.rstrip().endswith(":") or len(node.lines) > 1:
            return False
        text = node.lines[0].text
        if executors_of(text, self._basis) is not None:
            return True
        leads = self._basis.leads(text)
        return bool(leads.leads) or leads.outside is not None

    def _stands_alone(self, point: Node) -> bool:
        """Say whether a point has its own executor or time."""
        found = directive_of("", point.everything, self._basis)
        return _names_executor(found) or found.deadline is not None

    def _table(self, grid: Grid, section: tuple[str, ...]) -> Iterator[DirectiveReading]:
        if not grid.has_directives:
            self._warnings.append(f"table left out, it holds no directives: {', '.join(grid.headings)[:120]}")
            return
        found = read_appendix(grid, self._basis, section=section)
        self._warnings += found.warnings
        yield from found.directives


def _names_executor(found: DirectiveReading) -> bool:
    """Say whether a directive names who carries it out; whom the registry lacks has to be charged with it."""
    lacking = found.outside or (None if found.unknown is None else found.unknown.text)
    return bool(found.leads) or (lacking is not None and is_charged(found.paragraphs[0], lacking))


def _is_field(node: Node) -> bool:
    """Say whether a point only fills in a label of the item above it: ``- Thời gian: Quý III/2026``."""
    return (
        node.rank in (Rank.LETTER, Rank.BRACKET, Rank.STAR, Rank.DASH, Rank.PLUS)
        and not node.children
        and bool(node.lines)
        and field_of(node.lines[0].text) is not None
    )
