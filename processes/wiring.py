"""Puts the pieces together: the one place that knows all handlers, listeners, guards and settings."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable

from sqlalchemy import Engine
from sqlalchemy.engine import Connection

from engine.actors import SYSTEM
from engine.definitions.resources import ModelResources
from engine.dispatch import Dispatcher, Listener
from engine.instruments import NO_INSTRUMENTS, Instruments
from engine.service_tasks import ServiceTaskHandlers
from processes.access.accounts import standing
from processes.assignments.handlers import AssignmentHandlers, AssignmentSettings
from processes.assignments.projection import PROCESS_KEY, project
from processes.calendar.feel_functions import calendar_functions
from processes.calendar.store import load_calendar
from processes.calendar.working_days import WorkingCalendar
from processes.directives.approval import APPROVAL_KEY, follow_approval, guard_approval
from processes.directives.issue import IssueSettings
from processes.directives.rounds import hold_acknowledged, hold_started


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessSettings:
    """Every number and name of the domain that an installation may set."""

    assignment: AssignmentSettings = field(default_factory=AssignmentSettings)
    issue: IssueSettings = field(default_factory=IssueSettings)


def build_dispatcher(
    database: Engine,
    settings: ProcessSettings,
    *,
    listeners: Iterable[Listener] = (),
    instruments: Instruments = NO_INSTRUMENTS,
) -> Dispatcher:
    """Return a dispatcher that knows the domain's service tasks, projections and rules.

    Args:
        listeners: further listeners, called after the product's own.
        instruments: hear of what the engine does.
    """
    handlers = ServiceTaskHandlers()
    assignments = AssignmentHandlers(settings.assignment, _calendar)
    assignments.register(handlers)
    return Dispatcher(
        database,
        handlers=handlers,
        listeners=(hold_started, project, assignments.announce, follow_approval, *listeners),
        guards=(hold_acknowledged, guard_approval),
        functions=calendar_functions(_calendar),
        instruments=instruments,
        standing=standing,
    )


def deploy_models(dispatcher: Dispatcher) -> str:
    """Deploy the models that come with the product; return the assignment process's definition hash."""
    deployed = dispatcher.deploy_all(
        [model_resources(PROCESS_KEY), model_resources(APPROVAL_KEY)], actor=SYSTEM
    )
    return next(each.hash for each in deployed if each.process_key == PROCESS_KEY)


def model_resources(process_key: str) -> ModelResources:
    """Read a model that comes with the product: ``bpmn/KEY/KEY.bpmn``, its decisions and forms."""
    folder = files("bpmn") / process_key
    return ModelResources(
        bpmn=(folder / f"{process_key}.bpmn").read_bytes(),
        decisions=_contents(folder / "decisions", ".dmn"),
        forms=_contents(folder / "forms", ".form"),
    )


def _contents(folder: Traversable, suffix: str) -> tuple[bytes, ...]:
    if not folder.is_dir():
        return ()
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(suffix))
    return tuple((folder / name).read_bytes() for name in names)


def _calendar(connection: Connection) -> WorkingCalendar:
    return load_calendar(connection)
