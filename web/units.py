"""Names of units and the calendar, read once per request."""

from typing import cast

from flask import g

from processes.calendar.store import load_calendar
from processes.calendar.working_days import WorkingCalendar
from processes.units.registry import Unit, UnitRegistry
from processes.units.store import load_registry
from web.language import present_language
from web.sessions import reading_session


def registry() -> UnitRegistry:
    """Return the registry of units."""
    if "sauro_registry" not in g:
        g.sauro_registry = load_registry(reading_session().connection())
    return cast(UnitRegistry, g.sauro_registry)


def calendar() -> WorkingCalendar:
    """Return the working-day calendar."""
    if "sauro_calendar" not in g:
        g.sauro_calendar = load_calendar(reading_session().connection())
    return cast(WorkingCalendar, g.sauro_calendar)


def units_by_code() -> dict[str, Unit]:
    """Return the newest entry of every unit, by code."""
    if "sauro_units" not in g:
        g.sauro_units = {unit.code: unit for unit in registry().units}
    return cast(dict[str, Unit], g.sauro_units)


def unit_name(code: str | None) -> str:
    """Return the unit's name in the present language, its code if it is unknown."""
    if code is None:
        return ""
    unit = units_by_code().get(code)
    if unit is None:
        return code
    return unit.name_en if present_language() == "en" and unit.name_en else unit.name
