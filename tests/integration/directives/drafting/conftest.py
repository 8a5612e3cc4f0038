"""A desk on a Monday morning, on both databases."""

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from processes.access.accounts import create_user
from processes.calendar.store import ensure_calendar
from processes.samples import sample_registry
from processes.schema import all_metadata
from processes.units.registry import UnitRegistry
from processes.units.store import save_units
from processes.units.units_csv import read_units_csv
from processes.wiring import ProcessSettings, build_dispatcher, deploy_models
from tests.integration.assignments.moments import instant
from tests.integration.directives.drafting.desk import PEOPLE, Desk


@pytest.fixture(scope="session")
def registry() -> UnitRegistry:
    """The units of the invented city."""
    return UnitRegistry(tuple(read_units_csv(sample_registry())))


@pytest.fixture
def desk(database: Engine, registry: UnitRegistry) -> Desk:
    """A desk on a Monday morning."""
    all_metadata().create_all(database)
    ensure_calendar(database)
    with Session(database) as session, session.begin():
        save_units(session, registry.units)
        for username, role, unit in PEOPLE:
            create_user(
                session, username=username, name=username, password_hash="", roles=[role], unit_code=unit
            )
    dispatcher = build_dispatcher(database, ProcessSettings())
    deploy_models(dispatcher)
    return Desk(dispatcher, registry, instant("03/08 09:00"))
