"""Texts as sources give them, and their readings, in one line each."""

from dataclasses import replace

from processes.documents.reading.letter import LetterReading
from processes.documents.reading.reader import understand
from processes.documents.source.blocks import Cell, Line, Place, SourceKind, SourceText, Table
from processes.samples import sample_registry
from processes.units.registry import UnitRegistry
from processes.units.units_csv import read_units_csv

REGISTRY = UnitRegistry(read_units_csv(sample_registry()))
STATE = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc"
SIGNED = "Nơi nhận:\n- Như trên;\n- Lưu: VT, TH.\nCHỦ TỊCH\nLê Văn Mẫu"


def table(*rows: tuple[str | Cell, ...], heading_rows: int = 0) -> Table:
    """Return a table; texts become cells."""
    return Table(
        rows=tuple(tuple(Cell(text=cell) if isinstance(cell, str) else cell for cell in row) for row in rows),
        heading_rows=heading_rows,
    )


def wide(text: str, columns: int) -> Cell:
    """Return a cell over several columns."""
    return Cell(text=text, columns=columns)


def source(*blocks: str | Table, kind: SourceKind = SourceKind.DOCX, **known: object) -> SourceText:
    """Return a text: each line of a string is a paragraph; blocks are numbered from 1."""
    found: list[Line | Table] = []
    for block in blocks:
        if isinstance(block, Table):
            found.append(block)
        else:
            found += [Line(text=" ".join(text.split())) for text in block.splitlines() if text.strip()]
    placed = tuple(replace(block, place=Place(block=number)) for number, block in enumerate(found, 1))
    return SourceText(kind=kind, blocks=placed, **known)  # type: ignore[arg-type]


def read(*blocks: str | Table, **known: object) -> LetterReading:
    """Return the reading of a text."""
    return understand(source(*blocks, **known), "letter.docx", REGISTRY)  # type: ignore[arg-type]


def heading(number: str, title: str = "", *, office: str = "ỦY BAN NHÂN DÂN\nTHÀNH PHỐ SÔNG VÀNG") -> str:
    """Return the lines above a body."""
    return f"{office}\nSố: {number}\n{STATE}\nSông Vàng, ngày 05 tháng 8 năm 2026\n{title}\n"


def found(reading: LetterReading) -> list[tuple[str, str]]:
    """Return the directives by ordinal and text."""
    return [(each.ordinal, each.text) for each in reading.directives]


def ordinals(reading: LetterReading) -> list[str]:
    """Return the ordinals."""
    return [each.ordinal for each in reading.directives]


def leads(reading: LetterReading) -> dict[str, tuple[str, ...]]:
    """Return who leads, by ordinal."""
    return {each.ordinal: each.lead_shown for each in reading.directives}
