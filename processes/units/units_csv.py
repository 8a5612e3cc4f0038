"""Reads and writes a registry as CSV: every row is taken or refused with its line and reason."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from processes.problems import N_, Problem
from processes.units.registry import Unit
from processes.units.units_rows import (
    COLUMNS,
    MAX_BYTES,
    OPTIONAL_COLUMNS,
    LoadedUnits,
    RegistryRefused,
    Row,
    missing_columns,
    refused,
    take_rows,
    too_large,
    with_guard,
)

__all__ = [
    "MAX_BYTES",
    "RegistryRefused",
    "cells_of",
    "load_units_csv",
    "read_units_csv",
    "separator_of",
    "write_units_csv",
]


def load_units_csv(source: bytes | Path) -> LoadedUnits:
    """Read a registry row by row, see :func:`processes.units.units_rows.take_rows`.

    Args:
        source: UTF-8 text with the columns ``COLUMNS``, separated by ``,`` or, as Excel does in Vietnam, ``;``.

    Raises:
        RegistryRefused: the file as a whole is no registry.
    """
    try:
        heading, rows = _rows(_text(source))
        return take_rows(list(rows), heading)
    except csv.Error as error:
        raise refused([Problem(N_("the file is no CSV: {error}"), error=error)]) from error


def read_units_csv(source: bytes | Path) -> tuple[Unit, ...]:
    """Read a whole registry.

    Raises:
        RegistryRefused: the file or any of its rows cannot be taken; nothing is half taken.
    """
    loaded = load_units_csv(source)
    if loaded.rejected:
        raise refused([str(row) for row in loaded.rejected])
    return loaded.accepted


def write_units_csv(units: Iterable[Unit]) -> bytes:
    """Return a registry as the text that :func:`load_units_csv` reads; nothing in it is taken for a formula."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow((*COLUMNS, *OPTIONAL_COLUMNS))
    for unit in units:
        writer.writerow([with_guard(cell) for cell in cells_of(unit)])
    return b"\xef\xbb\xbf" + written.getvalue().encode()


def cells_of(unit: Unit) -> list[str]:
    """Return a unit as the cells of the columns ``COLUMNS`` and ``OPTIONAL_COLUMNS``."""
    return [
        unit.code,
        unit.name,
        unit.name_en,
        unit.kind,
        unit.group,
        unit.short_name,
        "; ".join(unit.aliases),
        unit.recipient.value,
        unit.parent or "",
        unit.identifier or "",
        unit.identifier_old or "",
        "; ".join(unit.replaced_by),
        "" if unit.valid_from is None else unit.valid_from.isoformat(),
        "" if unit.valid_to is None else unit.valid_to.isoformat(),
    ]


def separator_of(source: str | bytes | Path) -> str:
    """Return what separates the columns of a registry: ``,`` or, as Excel writes it in Vietnam, ``;``."""
    text = source if isinstance(source, str) else _text(source)
    heading = text.partition("\n")[0]
    return ";" if heading.count(";") > heading.count(",") else ","


def _text(source: bytes | Path) -> str:
    if isinstance(source, Path):
        with source.open("rb") as file:
            source = file.read(MAX_BYTES + 1)
    if len(source) > MAX_BYTES:
        raise too_large()
    try:
        return unicodedata.normalize("NFC", source.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise refused([Problem(N_("the file is not UTF-8; save it again as 'CSV UTF-8'"))]) from error


def _rows(text: str) -> tuple[list[str], Iterator[Row]]:
    if not text.strip():
        raise refused([Problem(N_("the file is empty"))])
    delimiter = separator_of(text)
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter)
    heading = list(reader.fieldnames or ())
    incomplete = missing_columns(heading)
    if incomplete is not None:
        raise incomplete
    return heading, _read(reader)


def _read(reader: "csv.DictReader[str]") -> Iterator[Row]:
    while True:
        try:
            row: dict[str | None, str | None] = dict(next(reader))
        except StopIteration:
            return
        except csv.Error as error:
            raise refused([f"line {reader.line_num + 1}: {error}"]) from error
        fits = None not in row  # more cells than the heading has
        cells = {name: text for name, text in row.items() if name is not None} if fits else {}
        yield Row(line=reader.line_num, cells=cells)
