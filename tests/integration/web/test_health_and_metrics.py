"""Supervisors and Prometheus: what they are told, whom it is told to, and that the figures are right."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine, delete, insert, text, update

from engine import clock
from engine.actors import SYSTEM
from engine.commands import CancelInstance
from engine.dispatch import Dispatcher
from engine.errors import Rejection
from engine.ids import new_id
from engine.service_tasks import ServiceTaskHandlers
from engine.tables import incident, outbox, timer
from engine.timers.clockwork import ALIVE_WITHIN, Clockwork
from engine.timers.due import fire_due
from processes.schema import upgrade
from tests.integration.web.site import ACCEPT, PEOPLE, Site
from web.app import create_app
from web.health import create_health_app
from web.health.check import Health
from web.metrics import database as database_metrics
from web.metrics.metrics import Metrics
from web.settings import Settings

Figures = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture(autouse=True)
def always_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count what lies in the database at every scrape."""
    monkeypatch.setattr(database_metrics, "SHORTEST_PAUSE", 0.0)
    monkeypatch.setattr(database_metrics, "LARGEST_SHARE", 1e9)


def scrape(client: FlaskClient) -> Figures:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain; version=0.0.4")
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def figure(figures: Figures, name: str, **labels: str) -> float:
    return figures.get((name, frozenset(labels.items())), 0.0)


def test_figures_follow_what_was_done(site: Site) -> None:
    client = site.app.test_client()
    before = scrape(client)
    assert figure(before, "sauro_commands_total", command="start_instance.v1", outcome="applied") == 2
    assert figure(before, "sauro_command_seconds_count", command="start_instance.v1") == 2
    assert figure(before, "sauro_instances", process="assignment", status="active") == 2
    assert figure(before, "sauro_open_user_tasks") == 2
    assert figure(before, "sauro_database_up") == 1
    assert figure(before, "sauro_timers_due") == 0

    task_id = site.open_task("STC")
    assert site.sign_in("head.stc").complete(task_id, ACCEPT).status_code == 303
    cancel = CancelInstance(
        command_id=new_id(), actor=SYSTEM, instance_id=site.instance_of["SNV"], reason="wrong"
    )
    site.dispatcher.execute(cancel)
    site.dispatcher.execute(cancel)
    with pytest.raises(Rejection):
        site.dispatcher.execute(
            CancelInstance(
                command_id=new_id(), actor=SYSTEM, instance_id=site.instance_of["SNV"], reason="again"
            )
        )
    after = scrape(client)
    for tag, outcome, number in (
        ("complete_user_task.v1", "applied", 1),
        ("cancel_instance.v1", "applied", 1),
        ("cancel_instance.v1", "repeated", 1),
        ("cancel_instance.v1", "refused", 1),
    ):
        assert figure(after, "sauro_commands_total", command=tag, outcome=outcome) == number, (tag, outcome)
    assert (
        figure(
            after, "sauro_command_refusals_total", command="cancel_instance.v1", code="instance_not_active"
        )
        == 1
    )
    assert figure(after, "sauro_instances", process="assignment", status="active") == 1
    assert figure(after, "sauro_instances", process="assignment", status="cancelled") == 1
    assert figure(after, "sauro_open_user_tasks") == 1
    assert figure(after, "sauro_definition_cache_requests_total", result="hit") > 0
    assert figure(after, "sauro_definitions_cached") == 1
    assert figure(after, "sauro_pool_connections", state="size") > 0
    assert figure(after, "process_resident_memory_bytes") > 0


def test_queues_incidents_and_lag_are_counted(site: Site) -> None:
    client = site.app.test_client()
    with site.database.begin() as connection:
        for attempts in (0, 0, 20):
            connection.execute(
                insert(outbox).values(
                    instance_id=site.instance_of["STC"], topic="email", message_key=str(new_id()), payload="{}",
                    created_at=clock.now(), available_at=clock.now(), attempts=attempts,
                )
            )  # fmt: skip
        connection.execute(
            insert(incident).values(
                id=new_id(), instance_id=site.instance_of["STC"], command_id=new_id(), command="{}", message="",
                attempts=1, created_at=clock.now(), last_failed_at=clock.now(),
            )
        )  # fmt: skip
        waiting = update(timer).where(timer.c.status == "waiting")
        connection.execute(waiting.values(due_at=clock.now() - timedelta(seconds=90)))
    late = scrape(client)
    assert figure(late, "sauro_outbox_messages", state="waiting") == 2
    assert figure(late, "sauro_outbox_messages", state="dead") == 1
    assert figure(late, "sauro_open_incidents", process="assignment") == 1
    assert figure(late, "sauro_timers_due") == figure(late, "sauro_timers_overdue") > 0
    assert ("sauro_timer_lag_recent_seconds", frozenset({("quantile", "0.5")})) not in late

    with site.database.begin() as connection:
        connection.execute(delete(incident))
    fired = fire_due(site.dispatcher).fired
    assert fired > 0
    caught_up = scrape(client)
    assert figure(caught_up, "sauro_timer_lag_seconds_count") == fired
    assert figure(caught_up, "sauro_timer_lag_seconds_bucket", le="60.0") == 0
    for quantile in ("0.5", "0.95", "1"):
        assert 90 <= figure(caught_up, "sauro_timer_lag_recent_seconds", quantile=quantile) < 300


def test_rounds_of_the_clockwork_are_counted(site: Site) -> None:
    clockwork = Clockwork(site.dispatcher, {})
    clockwork.tick()
    figures = scrape(site.app.test_client())
    assert figure(figures, "sauro_clockwork_rounds_total", outcome="done") == 1
    assert figure(figures, "sauro_clockwork_last_round_timestamp_seconds") > 1.7e9


def test_no_label_names_a_person(site: Site) -> None:
    site.sign_in("head.stc").complete(site.open_task("STC"), ACCEPT)
    words = site.app.test_client().get("/metrics").text
    for username, _, _ in PEOPLE:
        assert username not in words
        assert f"Người {username}" not in words
    for instance_id in site.instance_of.values():
        assert str(instance_id) not in words


def test_scraping_often_counts_once(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_metrics, "SHORTEST_PAUSE", 3600.0)
    client = site.app.test_client()
    first = scrape(client)
    site.dispatcher.execute(
        CancelInstance(command_id=new_id(), actor=SYSTEM, instance_id=site.instance_of["SNV"], reason="wrong")
    )
    second = scrape(client)
    assert figure(second, "sauro_open_user_tasks") == figure(first, "sauro_open_user_tasks")
    assert figure(second, "sauro_commands_total", command="cancel_instance.v1", outcome="applied") == 1


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("10.0.0.7", {}, 403),
        ("127.0.0.1", {"X-Forwarded-For": "10.0.0.7"}, 403),
        ("127.0.0.1", {"Forwarded": "for=10.0.0.7"}, 403),
        ("10.0.0.7", {"Authorization": "Bearer "}, 403),
    ],
)
def test_without_a_token_only_this_machine_sees_the_figures(
    sqlite_url: str, tmp_path: Path, address: str, headers: dict[str, str], status: int
) -> None:
    client = client_of(sqlite_url, tmp_path)
    answer = client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == status
    assert ("sauro_database_up" in answer.text) is (status == 200)


@pytest.mark.parametrize(
    ("given", "status"),
    [("Bearer hush-hush", 200), ("Bearer hush", 403), ("Bearer", 403), ("", 403), ("Bearer hüsh", 403)],
)
def test_with_a_token_only_who_brings_it_sees_the_figures(
    sqlite_url: str, tmp_path: Path, given: str, status: int
) -> None:
    client = client_of(sqlite_url, tmp_path, metrics_token="hush-hush")
    assert client.get("/metrics", headers={"Authorization": given}).status_code == status


def client_of(url: str, home: Path, **settings: str) -> FlaskClient:
    """The pages of health of a process without a site."""
    from engine.database import open_database

    chosen = Settings(home=home, database_url=url, secret_key="for tests", **settings)
    database = open_database(url)
    upgrade(database)
    metrics = Metrics()
    dispatcher = Dispatcher(database, handlers=ServiceTaskHandlers())
    metrics.watch(database, dispatcher.definitions)
    return create_health_app(chosen, Health(database=database), metrics).test_client()


def test_a_site_behind_https_answers_its_supervisor_in_the_clear(
    database: Engine, database_url: str, tmp_path: Path
) -> None:
    upgrade(database)
    settings = Settings(home=tmp_path, database_url=database_url, secret_key="for tests", https=True)
    client = create_app(settings, database).test_client()
    for path in ("/healthz", "/readyz", "/metrics"):
        assert client.get(path).status_code == 200, path
    assert client.get("/sign-in").status_code == 302


class TestReadiness:
    """``/readyz``, part by part."""

    @pytest.fixture
    def health(self, database: Engine) -> Health:
        upgrade(database)
        return Health(database=database)

    @pytest.fixture
    def client(self, health: Health, database_url: str, tmp_path: Path) -> FlaskClient:
        settings = Settings(home=tmp_path, database_url=database_url, secret_key="for tests")
        return create_health_app(settings, health, Metrics()).test_client()

    def test_all_is_well(self, client: FlaskClient) -> None:
        answer = client.get("/readyz")
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
        assert answer.get_json() == {"status": "ok", "checks": {"database": "ok", "schema": "ok"}}

    def test_a_schema_that_is_behind(self, client: FlaskClient, database: Engine) -> None:
        with database.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '0003'"))
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert answer.get_json()["checks"] == {"database": "ok", "schema": "not at the newest revision"}

    def test_a_clock_that_stands_still(self, client: FlaskClient, health: Health) -> None:
        health.clockwork = Clockwork(Dispatcher(health.database, handlers=ServiceTaskHandlers()), {})
        assert client.get("/readyz").get_json()["checks"]["clockwork"] == "late"
        health.clockwork.tick()
        assert client.get("/readyz").status_code == 200
        with clock.frozen_at(clock.now() + ALIVE_WITHIN + timedelta(seconds=1)):
            answer = client.get("/readyz")
        assert answer.status_code == 503
        assert answer.get_json()["checks"] == {"database": "ok", "schema": "ok", "clockwork": "late"}

    def test_a_database_that_does_not_answer_leaves_the_process_alive(self, tmp_path: Path) -> None:
        from engine.database import open_database

        url = "postgresql+psycopg://nobody:hush-hush@127.0.0.1:1/nowhere"
        database = open_database(url)
        metrics = Metrics()
        metrics.watch(database, Dispatcher(database, handlers=ServiceTaskHandlers()).definitions)
        settings = Settings(home=tmp_path, database_url=url, secret_key="for tests")
        client = create_health_app(settings, Health(database=database), metrics).test_client()
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert answer.get_json()["checks"] == {"database": "does not answer", "schema": "unknown"}
        assert "hush-hush" not in answer.text
        assert client.get("/healthz").status_code == 200
        assert figure(scrape(client), "sauro_database_up") == 0


def test_every_figure_that_the_handbook_names_is_there_and_the_other_way_round(site: Site) -> None:
    named = set(re.findall(r"`(sauro_[a-z_]+)", OPERATIONS.read_text(encoding="utf-8")))
    exposed = set(
        re.findall(r"^# TYPE (sauro_[a-z_]+)", site.app.test_client().get("/metrics").text, re.MULTILINE)
    )
    assert named == {name for name in exposed if not name.endswith("_created")}


OPERATIONS = Path(__file__).resolve().parents[3] / "docs" / "operations.md"
