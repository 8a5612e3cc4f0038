"""Issues the sample letter to the sample city, timed without reading or deploying."""

from collections.abc import Iterable
from time import perf_counter

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import SYSTEM
from processes.calendar.store import ensure_calendar, load_calendar
from processes.directives.issue import PastDeadlines, issue, plan_issue
from processes.documents.reading.reader import read_letter
from processes.documents.store import directives_of, save_reading
from processes.samples import LETTER_FILE, sample_letter, sample_registry
from processes.schema import upgrade
from processes.units.store import load_registry, save_units
from processes.units.units_csv import read_units_csv
from processes.wiring import ProcessSettings, build_dispatcher, deploy_models
from tests.benchmarks.figures import Figure, Setting


def issue_sample_letter(database: Engine) -> tuple[int, float]:
    """Return how many instances were started, and the seconds it took."""
    upgrade(database)
    ensure_calendar(database)
    settings = ProcessSettings()
    dispatcher = build_dispatcher(database, settings)
    deploy_models(dispatcher)
    with Session(database, expire_on_commit=False) as session, session.begin():
        save_units(session, read_units_csv(sample_registry()))
        registry = load_registry(session.connection())
        source = sample_letter(clock.today())
        reading = read_letter(source, LETTER_FILE, registry)
        document = save_reading(session, reading, source=source, filename=LETTER_FILE)
        directives = directives_of(session, document.id)
        calendar = load_calendar(session.connection())
    begun = perf_counter()
    plan = plan_issue(
        document,
        directives,
        number="1206/UBND-KSTT",
        issued_on=clock.today(),
        registry=registry,
        calendar=calendar,
        settings=settings.issue,
    )
    issued = issue(
        dispatcher,
        plan,
        actor=SYSTEM,
        calendar=calendar,
        settings=settings.issue,
        past_deadlines=PastDeadlines.KEEP,
    )
    return issued.started, perf_counter() - begun


def issuing(setting: Setting) -> Iterable[Figure]:
    """Measure the issuing of the sample letter."""
    count, taken = issue_sample_letter(setting.sqlite())
    yield Figure(name="issuing", what=f"{count} instances issued", reach="<= 3", measured=taken, unit="s")
