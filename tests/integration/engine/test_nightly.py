"""The night's work is done once a night by one process, and what was only needed on the way goes in time."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, func, insert, select, update

from engine import clock
from engine.actors import Actor
from engine.archive.byproducts import SHORTEST, ThrownAway, throw_away
from engine.archive.holds import Scope, place
from engine.archive.nightly import CLAIM, NightlyWork, last_night
from engine.ids import new_id
from engine.outbox import deliver_due
from engine.tables import kept_message, metadata, outbox
from engine.timers import clockwork as clockwork_module
from engine.timers.clockwork import Clockwork
from tests.integration.engine.office import Office

MANAGER = Actor(key="u:manager", permissions=frozenset({"retention:manage"}))
NOON = datetime.fromisoformat("2026-06-15T05:00:00+00:00")


@pytest.mark.parametrize(
    ("now", "night"),
    [
        ("2026-06-15T01:59:59+07:00", "2026-06-14T02:00:00+07:00"),
        ("2026-06-15T02:00:00+07:00", "2026-06-15T02:00:00+07:00"),
        ("2026-06-15T23:00:00+07:00", "2026-06-15T02:00:00+07:00"),
    ],
)
def test_a_night_begins_at_two_in_the_business_zone(now: str, night: str) -> None:
    assert last_night(datetime.fromisoformat(now)) == datetime.fromisoformat(night)


@pytest.fixture
def worker(database: Engine) -> Callable[..., NightlyWork]:
    """Makes a process that does the night's work."""
    metadata.create_all(database)

    def make(work: Callable[[Callable[[], bool]], None]) -> NightlyWork:
        return NightlyWork(database=database, work=work)

    return make


def test_work_is_done_once_a_night_by_one_of_many(worker: Callable[..., NightlyWork]) -> None:
    done: list[str] = []
    second = worker(lambda _go_on: done.append("second"))

    def work(go_on: Callable[[], bool]) -> None:
        assert go_on()
        assert not second.do_if_due()
        done.append("first")

    first = worker(work)
    with clock.frozen_at(NOON):
        assert first.do_if_due()
        assert not first.do_if_due()
        assert not second.do_if_due()
    with clock.frozen_at(NOON + timedelta(days=1)):
        assert second.do_if_due()
        assert not first.do_if_due()
    assert done == ["first", "second"]


def test_a_claim_of_a_process_that_ended_runs_out(worker: Callable[..., NightlyWork]) -> None:
    def fail(_go_on: Callable[[], bool]) -> None:
        raise KeyboardInterrupt

    done: list[int] = []
    with clock.frozen_at(NOON), pytest.raises(KeyboardInterrupt):
        worker(fail).do_if_due()
    other = worker(lambda _go_on: done.append(1))
    with clock.frozen_at(NOON + CLAIM - timedelta(seconds=1)):
        assert not other.do_if_due()
    with clock.frozen_at(NOON + CLAIM):
        assert other.do_if_due()
    assert done == [1]


def test_a_process_that_is_told_to_stop_leaves_the_rest_to_others(worker: Callable[..., NightlyWork]) -> None:
    asked: list[bool] = []

    def work(go_on: Callable[[], bool]) -> None:
        asked.append(go_on())
        first.stop()
        asked.append(go_on())

    first = worker(work)
    with clock.frozen_at(NOON):
        assert not first.do_if_due()
        assert worker(lambda _go_on: None).do_if_due()
    assert asked == [True, False]


def test_a_process_that_lost_its_claim_ends(worker: Callable[..., NightlyWork]) -> None:
    asked: list[bool] = []

    def work(go_on: Callable[[], bool]) -> None:
        with clock.frozen_at(NOON + CLAIM):
            assert worker(lambda _go_on: None).do_if_due()
        asked.append(go_on())

    with clock.frozen_at(NOON):
        assert not worker(work).do_if_due()
    assert asked == [False]


def test_the_clockwork_asks_for_the_night_s_work(
    office: Office, worker: Callable[..., NightlyWork], monkeypatch: pytest.MonkeyPatch
) -> None:
    from threading import Event

    done = Event()
    monkeypatch.setattr(clockwork_module, "NIGHTLY_INTERVAL", timedelta(seconds=0.1))
    clockwork = Clockwork(office.dispatcher, {}, nightly=worker(lambda _go_on: done.set()))
    clockwork.start()
    try:
        assert done.wait(30)
    finally:
        clockwork.stop()


def test_messages_that_left_long_ago_go_and_those_of_held_instances_stay(office: Office) -> None:
    database = office.dispatcher.database
    with clock.frozen_at(NOON - timedelta(days=40)):
        loose, held, waiting = (office.start() for _ in range(3))
        for instance_id in (loose, held, waiting):
            office.complete(instance_id, subject="paper")
        deliver_due(database, {"filed": lambda _: None})
        keep(database, expires_in=timedelta(days=5))
        keep(database, expires_in=timedelta(days=20))
    with database.begin() as connection:
        connection.execute(update(outbox).where(outbox.c.instance_id == waiting).values(delivered_at=None))
        place(connection, Scope.INSTANCE, str(held), reason="a complaint", actor=MANAGER)
    with clock.frozen_at(NOON):
        assert throw_away(database, older_than=timedelta(days=41)) == ThrownAway(outbox=0, kept_messages=0)
        assert throw_away(database, older_than=timedelta(days=30)) == ThrownAway(outbox=1, kept_messages=1)
    with database.connect() as connection:
        assert set(connection.scalars(select(outbox.c.instance_id))) == {held, waiting}
        assert connection.scalar(select(func.count()).select_from(kept_message)) == 1


def test_what_repeats_are_recognised_by_is_not_thrown_away_too_soon(office: Office) -> None:
    with pytest.raises(ValueError, match="at least 7 days"):
        throw_away(office.dispatcher.database, older_than=SHORTEST - timedelta(seconds=1))


def keep(database: Engine, *, expires_in: timedelta) -> None:
    with database.begin() as connection:
        connection.execute(
            insert(kept_message).values(
                id=new_id(),
                message_name="named",
                correlation_key="key",
                variables="{}",
                published_by="system",
                published_at=clock.now(),
                expires_at=clock.now() + expires_in,
            )
        )
