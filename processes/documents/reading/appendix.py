"""Makes directives of the rows of a table: what a row leaves out, the group above it says."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from processes.documents.deadlines import Deadline
from processes.documents.reading.basis import Basis
from processes.documents.reading.cells import (
    is_nothing,
    leads_of_cells,
    products_of,
)
from processes.documents.reading.columns import Column, Grid
from processes.documents.reading.contacts import without_contacts, without_personal_data
from processes.documents.reading.directive import DirectiveReading
from processes.documents.reading.evidence import Evidence, How, evidence
from processes.documents.reading.indicators import indicator_details, indicators, target_of
from processes.documents.reading.leads import Leads
from processes.documents.reading.naming import units_in
from processes.documents.reading.rows import Notes, Row, ordinals_of, tasks_of
from processes.documents.source.blocks import Line, Place

#: A column holds units if so many of its cells do; so many are looked at.
_MOSTLY = 0.7
_MOST_LOOKED_AT = 40
#: So many rows with an unknown coordinator are named.
_MOST_PLACES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendixReading:
    """What the rows of a table gave.

    Attributes:
        warnings: what a reader has to look at: numbers left out, doubled codes, rows without text.
    """

    directives: tuple[DirectiveReading, ...]
    warnings: tuple[str, ...]


def read_appendix(grid: Grid, basis: Basis, *, section: tuple[str, ...] = ()) -> AppendixReading:
    """Return the directives of a table, one for each row that is no group, no sum and no rest of another.

    Args:
        section: the headings above the table.
    """
    notes = Notes(grid.name)
    grid = _with_leads(grid, basis)
    rows = tasks_of(grid, notes)
    title = (*section, *((grid.title,) if grid.title else ()))
    ordinals = ordinals_of(rows, grid.name, notes)
    ordinal_of = {id(row): ordinal for row, ordinal in zip(rows, ordinals, strict=True)}
    directives = tuple(
        replace(
            _directive(row, ordinal, title, basis, notes),
            parent=None if row.group is None else ordinal_of.get(id(row.group)),
        )
        for row, ordinal in zip(rows, ordinals, strict=True)
    )
    if Column.LEAD not in grid.columns and not all(each.names_somebody for each in directives):
        notes.add("no column says who leads; rows that name nobody are for every recipient")
    for coordinator, places in notes.coordinators.items():
        notes.add(f"unknown coordinator '{coordinator}' in {', '.join(places[:_MOST_PLACES])}")
    if notes.past:
        notes.add(f"deadlines before the document in {', '.join(notes.past)}")
    return AppendixReading(directives=directives, warnings=tuple(notes.found))


def _with_leads(grid: Grid, basis: Basis) -> Grid:
    """Return a table without a column for the executors with the one for it that holds units, if one does."""
    if Column.LEAD in grid.columns:
        return grid
    for at, column in enumerate(grid.columns):
        cells = [row[at] for row in grid.rows if len(row) > at]
        texts = [cell.text for cell in cells if cell is not None and not is_nothing(cell.text)]
        named = [units_in(text, basis.registry, on=basis.on) for text in texts[:_MOST_LOOKED_AT]]
        units = sum(bool(each.names) and not each.unknown for each in named)
        if column is Column.OTHER and units > 1 and units >= _MOSTLY * len(named):
            columns = (*grid.columns[:at], Column.LEAD, *grid.columns[at + 1 :])
            return replace(grid, columns=columns)
    return grid


def _directive(
    row: Row, ordinal: str, title: tuple[str, ...], basis: Basis, notes: Notes
) -> DirectiveReading:
    content = row.content
    line = Line(text=content, place=_place(row, Column.CONTENT))
    written = [each.strip() for each in content.split("\n")]
    paragraphs = tuple(text for each in written if (text := without_contacts(each))) or (
        without_personal_data(content),
    )
    text = "\n".join(paragraphs)
    number = Line(text=row.ordinal, place=_place(row, Column.ORDINAL))
    found = {
        "ordinal": evidence(How.COLUMN if row.ordinal else How.COMPLETED, row.ordinal, number),
        "text": evidence(How.COLUMN, content, line),
    }
    leads = _leads(row, paragraphs[0], line, basis, found)
    for coordinator in leads.unknown_coordinators:
        notes.coordinators.setdefault(coordinator, []).append(ordinal)
    deadlines = _deadlines(row, basis, found, notes, ordinal)
    wanted, wanted_by = _value(row, Column.PRODUCT)
    products = products_of(wanted)
    if products:
        found["products"] = _cited(row, Column.PRODUCT, wanted, wanted_by)
    rates = indicators(f"{text}\n{wanted}")
    if rates:
        found["indicators"] = evidence(How.WORDING, rates[0], line)
    return DirectiveReading(
        ordinal=ordinal,
        paragraphs=paragraphs,
        leads=leads.leads,
        lead_codes=leads.lead_codes,
        lead_shown=leads.lead_shown,
        coordinate=leads.coordinate,
        coordinate_shown=leads.coordinate_shown,
        outside=leads.outside,
        unknown=leads.unknown,
        deadline=deadlines[0] if deadlines else None,
        deadlines=tuple(deadlines),
        concerned=leads.concerned,
        former_names=leads.former_names,
        indicators=rates,
        indicator_details=indicator_details(f"{text}\n{wanted}"),
        target=target_of(f"{text}\n{wanted}") if len(rates) == 1 else None,
        contact_removed="\n".join(paragraphs) != content,
        products=products,
        section=(*title, *row.section),
        given_in=tuple(text for text in row.text(Column.SOURCE).split("\n") if text),
        place=row.place,
        evidence=found,
    )


def _leads(row: Row, text: str, line: Line, basis: Basis, found: dict[str, Evidence]) -> Leads:
    """Return who carries out a row: its cells, the group's, else who is named in its text."""
    lead, led_by = _value(row, Column.LEAD)
    joined, joined_by = _value(row, Column.COORDINATE)
    leads = leads_of_cells(lead, joined, basis.registry, on=basis.on)
    if lead:
        found["lead"] = _cited(row, Column.LEAD, lead, led_by)
        if leads.unknown is not None:
            found["lead"] = found["lead"].less_sure(0.3)
    else:
        own = basis.leads(text)
        above, by = (None, row) if _names_somebody(own) else _executors_above(row, basis)
        own = own if above is None else above
        leads = replace(
            own,
            coordinate=leads.coordinate or own.coordinate,
            coordinate_shown=leads.coordinate_shown or own.coordinate_shown,
            unknown_coordinators=leads.unknown_coordinators,
        )
        named = leads.leads[0] if leads.leads else ""
        found["lead"] = (
            evidence(How.WORDING if named else How.ADDRESSEES, named, line)
            if above is None
            else _cited(row, Column.CONTENT, by.content, by)
        )
    if leads.coordinate_shown:
        found["coordinate"] = _cited(row, Column.COORDINATE, joined, joined_by)
    return leads


def _names_somebody(leads: Leads) -> bool:
    return bool(leads.leads) or leads.outside is not None or leads.unknown is not None


def _executors_above(row: Row, basis: Basis) -> tuple[Leads | None, Row]:
    """Return whom the nearest group above a row names that names nothing but executors: ``SỞ Y TẾ``."""
    each = row.group
    while each is not None:
        found = basis.executors(each.content)
        if found is not None:
            return found, each
        each = each.group
    return None, row


def _value(row: Row, column: Column) -> tuple[str, Row]:
    """Return what a row says in a column, else what the nearest group above it says; and which row says it."""
    each: Row | None = row
    while each is not None:
        text = each.text(column)
        if text and not is_nothing(text):
            return text, each
        each = each.group
    return "", row


def _deadlines(
    row: Row, basis: Basis, found: dict[str, Evidence], notes: Notes, ordinal: str
) -> Sequence[Deadline]:
    words, by = _value(row, Column.DEADLINE)
    stated: Sequence[Deadline] = ()
    cells = [cell for cell in by.cells.get(Column.DEADLINE, []) if not is_nothing(cell.text)]
    if cells:
        heading = row.headings.get(Column.DEADLINE, "")
        stated = basis.stated_deadlines(words, value=cells[0].value, heading=heading)
    elif row.ticks:
        words = row.ticks[-1]
        stated = basis.stated_deadlines(words)
    if stated:
        found["deadline"] = _cited(row, Column.DEADLINE, words, by)
        _compare(stated[0], basis, found, notes, ordinal)
        return stated
    if words:
        notes.add(f"row {row.ordinal}: '{words}' is no deadline that is known")
        return ()
    stated = basis.deadlines(row.content)
    if stated and stated[0].date is None and by.cells.get(Column.DEADLINE):
        return ()
    if stated:
        line = Line(text=row.content, place=row.place)
        how = How.COMPLETED if stated[0].inferred else How.WORDING
        found["deadline"] = evidence(how, stated[0].text, line)
    return stated


def _compare(
    deadline: Deadline, basis: Basis, found: dict[str, Evidence], notes: Notes, ordinal: str
) -> None:
    """Doubt a deadline before the document's day; its day and month may have been swapped."""
    day, issued = deadline.date, basis.day.whole
    if deadline.doubt is not None:
        notes.add(f"{ordinal}: day and month of deadline '{deadline.text}' may be swapped")
        found["deadline"] = found["deadline"].less_sure(0.5)
    elif day is not None and issued is not None and day < issued:
        notes.past.append(ordinal)
        found["deadline"] = found["deadline"].less_sure(0.9)


def _cited(row: Row, column: Column, text: str, by: Row) -> Evidence:
    how = How.COLUMN if by is row else How.GROUP_ROW
    return evidence(how, text, Line(text=text, place=_place(by, column)))


def _place(row: Row, column: Column) -> Place | None:
    cells = row.cells.get(column, [])
    return next((cell.place for cell in cells if cell.place is not None), row.place)
