"""Reads and writes registry files by the ending of their names: ``.xlsx`` is a workbook, all else is CSV."""

from collections.abc import Iterable
from pathlib import Path

from processes.units.registry import Unit
from processes.units.units_csv import load_units_csv, write_units_csv
from processes.units.units_rows import LoadedUnits
from processes.units.units_xlsx import load_units_xlsx, write_units_xlsx


def is_workbook(filename: str) -> bool:
    """Say whether a file of that name is a workbook."""
    return filename.casefold().endswith(".xlsx")


def load_units_file(source: bytes | Path, filename: str) -> LoadedUnits:
    """Read a registry file.

    Raises:
        RegistryRefused: the file as a whole is no registry.
    """
    return load_units_xlsx(source) if is_workbook(filename) else load_units_csv(source)


def write_units_file(units: Iterable[Unit], filename: str) -> bytes:
    """Return a registry as the content of a file of that name."""
    return write_units_xlsx(units) if is_workbook(filename) else write_units_csv(units)
