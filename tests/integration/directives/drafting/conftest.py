"""A desk on a Monday morning, on both databases."""

import pytest
from sqlalchemy import Engine

from processes.calendar.store import ensure_calendar
from processes.samples import sample_registry
from processes.schema import all_metadata
from processes.units.registry import UnitRegistry
from processes.units.units_csv import read_units_csv
from tests.integration.assignments.moments import instant
from tests.integration.directives.drafting.desk import Desk


@pytest.fixture(scope="session")
def registry() -> UnitRegistry:
    """The units of the invented city."""
    return UnitRegistry(tuple(read_units_csv(sample_registry())))


@pytest.fixture
def desk(database: Engine, registry: UnitRegistry) -> Desk:
    """A desk on a Monday morning."""
    all_metadata().create_all(database)
    ensure_calendar(database)
    return Desk(database, registry, instant("03/08 09:00"))
