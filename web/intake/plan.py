"""What issuing would start, shown before it happens: deadlines with their source, the matrix, who is told."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, select

from engine.tables import process_instance
from processes.access.policy import Role, groups_of
from processes.access.tables import User
from processes.directives.deadlines import FROM_DOCUMENT, PlannedDeadline
from processes.directives.issue import IssuePlan, PlannedAssignment
from processes.directives.terms import terms_of
from processes.documents.tables import Directive
from web.intake.beside import loads_by_unit
from web.intake.vocabulary import source_label
from web.language import gettext
from web.letters.matrix import league_name, league_of
from web.sessions import reading_session
from web.typography import day, sort_key
from web.units import unit_name


class PlanMark(StrEnum):
    """What kind of deadline an assignment would get; the value is the class of its sign."""

    #: As the letter says.
    WRITTEN = "open"
    #: Set by the coordinator or by the rules.
    SET = "issued"
    #: Continuous.
    FREE = "open-free"
    #: It waits for other documents.
    WAITS = "supplement"
    #: The letter's own deadline has passed.
    PASSED = "overdue"


_SYMBOLS: Mapping[PlanMark, str] = {
    PlanMark.WRITTEN: "●",
    PlanMark.SET: "○",
    PlanMark.FREE: "∞",
    PlanMark.WAITS: "…",
    PlanMark.PASSED: "!",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """The sign of a cell with its words."""

    key: PlanMark
    symbol: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One directive that would be given.

    Attributes:
        rule: why its deadline is that day, in words.
    """

    directive: Directive
    summary: str
    units: int
    on: date | None
    source: str
    rule: str
    sign: Sign


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """One unit with its cells, in the order of the columns, and what it has to do already."""

    name: str
    cells: Sequence[Sign | None]
    total: int
    load: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLeague:
    """Units of one kind."""

    name: str
    rows: Sequence[PlanRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPage:
    """What the page shows before issuing.

    Attributes:
        unreachable: units whose head has no account, so that nobody is told.
    """

    plan: IssuePlan
    columns: Sequence[Column]
    leagues: Sequence[PlanLeague]
    legend: Sequence[tuple[Sign, int]]
    passed: Sequence[Column]
    unreachable: Sequence[str]

    @property
    def total(self) -> int:
        """How many assignments there would be."""
        return len(self.plan.assignments)


def plan_page(plan: IssuePlan) -> PlanPage:
    """Return the page of a plan."""
    by_directive: dict[UUID, list[PlannedAssignment]] = {}
    for planned in plan.assignments:
        by_directive.setdefault(planned.directive.id, []).append(planned)
    columns = [_column(planned) for planned in by_directive.values()]
    signs = {column.directive.id: column.sign for column in columns}
    counts: dict[PlanMark, int] = {}
    for planned in plan.assignments:
        key = signs[planned.directive.id].key
        counts[key] = counts.get(key, 0) + 1
    return PlanPage(
        plan=plan,
        columns=columns,
        leagues=list(_leagues(plan, columns)),
        legend=[(_sign(key), counts[key]) for key in PlanMark if key in counts],
        passed=[column for column in columns if column.sign.key is PlanMark.PASSED],
        unreachable=_unreachable(plan),
    )


def started_of(plan: IssuePlan) -> int:
    """Return how many assignments of a plan are there already."""
    ids = [planned.id for planned in plan.assignments]
    count = 0
    for begin in range(0, len(ids), 500):
        found = select(func.count()).where(process_instance.c.id.in_(ids[begin : begin + 500]))
        count += reading_session().scalar(found.select_from(process_instance)) or 0
    return count


def _column(planned: Sequence[PlannedAssignment]) -> Column:
    first = planned[0]
    deadline = first.deadline
    words = day(deadline.on) if deadline.on else ""
    sign = _sign(_mark(first), words)
    return Column(
        directive=first.directive,
        summary=terms_of(first.directive).summary.value,
        units=len(planned),
        on=deadline.on,
        source=source_label(deadline.source),
        rule=_rule(deadline),
        sign=sign,
    )


def _mark(planned: PlannedAssignment) -> PlanMark:
    if planned.waits:
        return PlanMark.WAITS
    if planned.deadline.passed:
        return PlanMark.PASSED
    if planned.deadline.on is None:
        return PlanMark.FREE
    return PlanMark.WRITTEN if planned.deadline.source == FROM_DOCUMENT else PlanMark.SET


def _sign(key: PlanMark, on: str = "") -> Sign:
    match key:
        case PlanMark.WRITTEN:
            words = gettext("deadline as the letter says")
        case PlanMark.SET:
            words = gettext("deadline set by the monitoring body")
        case PlanMark.FREE:
            words = gettext("continuous, no deadline")
        case PlanMark.WAITS:
            words = gettext("waits for another document")
        case PlanMark.PASSED:
            words = gettext("deadline of the letter has passed")
    return Sign(key=key, symbol=_SYMBOLS[key], words=f"{words}, {on}" if on else words)


def _rule(deadline: PlannedDeadline) -> str:
    match deadline.rule:
        case "express":
            return gettext("rule for express letters")
        case "urgent":
            return gettext("rule for urgent letters")
        case "hastened":
            return gettext("rule for what has to be hastened")
        case "dissemination":
            return gettext("rule for making known and planning")
        case "otherwise":
            return gettext("rule where nothing is stated")
        case "continuous" | "ongoing" | "periodic":
            return gettext("continuous")
        case "upon_event":
            return gettext("counts from the document that is awaited")
        case "working_days":
            return gettext("working days")
        case _:
            return ""


def _leagues(plan: IssuePlan, columns: Sequence[Column]) -> Iterator[PlanLeague]:
    reached = {(planned.directive.id, planned.unit.code) for planned in plan.assignments}
    by_league: dict[str, list[PlanRow]] = {}
    present = loads_by_unit()
    for unit in plan.units:
        cells = [column.sign if (column.directive.id, unit.code) in reached else None for column in columns]
        row = PlanRow(
            name=unit_name(unit.code),
            cells=cells,
            total=sum(cell is not None for cell in cells),
            load=present.get(unit.code, ""),
        )
        by_league.setdefault(league_of(unit), []).append(row)
    for key, rows in by_league.items():
        if key not in {"department", "vertical"}:
            rows.sort(key=lambda row: sort_key(row.name))
        yield PlanLeague(name=league_name(key), rows=rows)


def _unreachable(plan: IssuePlan) -> list[str]:
    told = set(plan.told)
    people = reading_session().scalars(select(User).where(User.unit_code.is_not(None))).unique()
    heads = {group for person in people if Role.UNIT_HEAD in person.role_names for group in groups_of(person)}
    return [unit_name(group.partition(":")[2]) for group in plan.told if group in told - heads]
