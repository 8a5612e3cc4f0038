"""The product's own wiring on both databases, and proof of every journal after each test."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from processes.calendar.store import ensure_calendar
from processes.samples import sample_registry
from processes.schema import all_metadata
from processes.units.registry import UnitRegistry
from processes.units.units_csv import read_units_csv
from processes.wiring import ProcessSettings, build_dispatcher, deploy_models
from tests.integration.assignments.office import Office


@pytest.fixture(scope="session")
def registry() -> UnitRegistry:
    """The units of the invented city."""
    return UnitRegistry(tuple(read_units_csv(sample_registry())))


@pytest.fixture
def office(database: Engine, registry: UnitRegistry) -> Iterator[Office]:
    """An office on a Monday morning; afterwards every journal holds and every row is what its journal says."""
    all_metadata().create_all(database)
    ensure_calendar(database)
    dispatcher = build_dispatcher(database, ProcessSettings())
    deploy_models(dispatcher)
    office = Office(dispatcher, registry)
    yield office
    office.prove()
