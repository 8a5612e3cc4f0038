"""Registry workbooks: read like CSV, every cell that is wrong named, nothing computed or unpacked without end."""

import io
import zipfile
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from processes.samples import sample_registry
from processes.units.registry import Unit
from processes.units.units_csv import load_units_csv, read_units_csv, write_units_csv
from processes.units.units_files import load_units_file, write_units_file
from processes.units.units_rows import COLUMNS, OPTIONAL_COLUMNS, RegistryRefused
from processes.units.units_xlsx import MAX_ROWS, load_units_xlsx, write_units_xlsx

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "units.csv"
HEADING = [*COLUMNS, *OPTIONAL_COLUMNS]

FULL = Unit(
    code="00123", name="=cmd|'/c calc'!A1", name_en="+1", kind="ward", group="@SUM(A1)", short_name="-2",
    aliases=("=1+1", "'quoted"), parent="A", identifier="H19.15", identifier_old="000.00.15.H19",
    replaced_by=("B", "C"), valid_from=date(2025, 7, 1), valid_to=date(2026, 6, 30),
)  # fmt: skip


def book(*rows: list[object], heading: list[str] = HEADING) -> bytes:
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    for row in (heading, *rows):
        sheet.append(row)
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()


def row(
    code: object = "A", name: object = "Xã An", kind: object = "commune", **cells: object
) -> list[object]:
    given = {"code": code, "name_vi": name, "kind": kind, "in_letter_recipients": "yes", **cells}
    return [given.get(name) for name in HEADING]


@pytest.mark.parametrize("filename", ["units.csv", "units.xlsx"])
def test_what_is_written_is_read_as_it_was(filename: str) -> None:
    units = (*read_units_csv(sample_registry()), FULL)
    loaded = load_units_file(write_units_file(units, filename), filename)
    assert loaded.rejected == ()
    assert loaded.accepted == units
    assert loaded.columns == set(OPTIONAL_COLUMNS)


@pytest.mark.skipif(not SHARED.is_file(), reason="the reference material is not there")
def test_the_reference_registry_is_read_alike_from_both() -> None:
    units = read_units_csv(SHARED)
    assert len(units) == 124
    assert load_units_xlsx(write_units_xlsx(units)).accepted == units
    assert load_units_csv(write_units_csv(units)).accepted == units


def test_nothing_written_is_taken_for_a_formula() -> None:
    text = write_units_csv([FULL]).decode("utf-8-sig").splitlines()[1]
    assert not any(cell.strip('"').startswith(("=", "+", "-", "@")) for cell in text.split(","))
    sheet = load_workbook(io.BytesIO(write_units_xlsx([FULL]))).active
    assert sheet is not None
    assert {cell.data_type for cells in sheet.iter_rows(min_row=2) for cell in cells} <= {"s", "n"}
    assert sheet["B2"].value == FULL.name


def test_numbers_and_days_of_a_spreadsheet_are_read_as_meant() -> None:
    content = book(
        row(25195, valid_from=date(2025, 7, 1)),
        [None] * 5,
        row(25210.0, "Xã Bình", valid_from="2025-07-01"),
    )
    (one, other) = load_units_xlsx(content).accepted
    assert (one.code, one.valid_from, other.code) == ("25195", date(2025, 7, 1), "25210")


def test_every_wrong_cell_is_named() -> None:
    content = book(
        row("", kind="village", identifier="19.15"),
        row("B", "=A1&A2"),
        row("C", "Xã Cát", valid_from="1/7/2025", parent="C"),
        row("D", "Xã Dương", kind=True),
        row("E", "Xã Em", valid_from=datetime(2025, 7, 1, 8, 30)),  # noqa: DTZ001 - a spreadsheet knows no zone
        row("F", "Xã\nPhong"),
        row("G", "Xã Gia"),
    )
    loaded = load_units_xlsx(content)
    assert [unit.code for unit in loaded.accepted] == ["G"]
    told = [(each.line, each.cell) for each in loaded.rejected]
    assert told == [
        (2, "A2"), (2, "D2"), (2, "J2"), (3, "B3"), (3, "B3"), (4, "I4"), (4, "M4"), (5, "D5"), (5, "D5"),
        (6, "M6"), (7, "B7"),
    ]  # fmt: skip
    assert str(loaded.rejected[0]) == "line 2, cell A2: code is empty"
    assert "formula" in loaded.rejected[3].reason


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "no Excel workbook"),
        (b"PK\x03\x04 broken", "no Excel workbook"),
        (sample_registry(), "no Excel workbook"),
        (book(heading=["code", "name_vi"]), "columns name_en, kind"),
        (book(), "holds no unit"),
        (b"x" * (5 * 1024 * 1024 + 1), "larger than 5 MB"),
    ],
    ids=["empty", "broken", "csv", "columns", "no rows", "large"],
)
def test_what_is_no_registry_is_refused(content: bytes, problem: str) -> None:
    with pytest.raises(RegistryRefused) as refused:
        load_units_xlsx(content)
    assert problem in str(refused.value.params["problems"])


def tampered(part: str, content: bytes) -> bytes:
    """Return a good workbook with one part replaced."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book(row()))) as good, zipfile.ZipFile(written, "w", 8) as made:
        for name in good.namelist():
            made.writestr(name, content if name == part else good.read(name))
    return written.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (tampered(SHEET, b"<" + b"a" * 70_000_000), "unpack to far more"),
        (tampered(SHEET, b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'), "entities of XML"),
        (tampered(SHEET, '<!DOCTYPE x [<!ENTITY a "b">]>'.encode("utf-16")), "entities of XML"),
        (tampered(SHEET, b"<worksheet"), "no Excel workbook"),
        (tampered("xl/workbook.xml", b"<workbook/>"), ""),
    ],
    ids=["bomb", "entities", "entities in UTF-16", "cut", "no sheet"],
)
def test_a_hostile_workbook_is_refused(content: bytes, problem: str) -> None:
    with pytest.raises(RegistryRefused) as refused:
        load_units_xlsx(content)
    assert problem in str(refused.value.params["problems"])


def test_a_sheet_without_end_is_refused() -> None:
    far = f'<row r="{MAX_ROWS + 5}"><c r="A{MAX_ROWS + 5}" t="inlineStr"><is><t>x</t></is></c></row>'
    sheet = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{far}'
    with pytest.raises(RegistryRefused) as refused:
        load_units_xlsx(tampered(SHEET, f"{sheet}</sheetData></worksheet>".encode()))
    assert "more than" in str(refused.value.params["problems"])


def test_two_units_with_one_identifier_are_refused() -> None:
    one = replace(FULL, code="Q", name="Xã An", valid_to=None)
    (rejected,) = load_units_csv(write_units_csv([one, replace(one, code="R", name="Xã Bình")])).rejected
    assert rejected.reason == "the identifier 'H19.15' is already used in line 2 for the same days"
