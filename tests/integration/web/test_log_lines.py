"""What is logged: lines that programs can read, that say which command they belong to, and name nobody."""

import json
import logging
import re
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from engine import clock
from engine.actors import SYSTEM
from engine.commands import CancelInstance
from engine.database import open_database
from engine.ids import new_id
from engine.log_context import log_context, log_fields
from tests.integration.web.site import ACCEPT, Site
from web import logs
from web.logs import LogFormat, LogSettings

RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z\Z")


class Written:
    """What the log has written to standard error."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self._text = ""

    def text(self) -> str:
        """Return all of it."""
        self._text += self._capsys.readouterr().err
        return self._text

    def lines(self) -> list[dict[str, object]]:
        """Return the lines, which are JSON."""
        return [json.loads(line) for line in self.text().splitlines()]


@pytest.fixture
def log(capsys: pytest.CaptureFixture[str]) -> Iterator[Written]:
    """The log as JSON, at the level ``info``."""
    root, earlier = logging.getLogger(), list(logging.getLogger().handlers)
    level = root.level
    logs.configure(LogSettings(format=LogFormat.JSON), usual_level="info")
    yield Written(capsys)
    logging.captureWarnings(False)
    root.handlers[:] = earlier
    root.setLevel(level)
    for name in logs.OWN:
        logging.getLogger(name).setLevel(logging.NOTSET)


def test_a_line_is_one_json_object_with_time_level_logger_and_message(log: Written) -> None:
    logging.getLogger("engine.somewhere").info("something happened", extra={"count": 3, "who": "nobody"})
    logging.getLogger("engine.somewhere").debug("not written")
    logging.getLogger("alembic.runtime").info("not written")
    (line,) = log.lines()
    assert list(line)[:4] == ["time", "level", "logger", "message"]
    assert RFC_3339.match(str(line["time"]))
    assert abs((clock.now() - clock.from_text(str(line["time"]))).total_seconds()) < 60
    assert {name: line[name] for name in ("level", "logger", "message", "count", "who")} == {
        "level": "info",
        "logger": "engine.somewhere",
        "message": "something happened",
        "count": 3,
        "who": "nobody",
    }


def test_a_traceback_and_vietnamese_stay_within_their_line(log: Written) -> None:
    try:
        raise ValueError("Sở Nội vụ")
    except ValueError:
        logging.getLogger("web.somewhere").exception("failed")
    (line,) = log.lines()
    assert "Traceback" in str(line["exc_info"])
    assert "Sở Nội vụ" in log.text()


def test_fields_of_the_context_end_with_it_and_the_line_s_own_go_first(log: Written) -> None:
    logger = logging.getLogger("engine.somewhere")
    with log_context(command="outer", request_id="r"):
        with log_context(command="inner"):
            logger.info("one")
            logger.info("two", extra={"command": "own"})
        logger.info("three")
    logger.info("four")
    assert [line.get("command") for line in log.lines()] == ["inner", "own", "outer", None]
    assert [line.get("request_id") for line in log.lines()] == ["r", "r", "r", None]
    assert log_fields() == {}


def test_what_a_handler_logs_says_which_command_and_instance_it_serves(
    site: Site, log: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.instances import cancel

    apply = cancel.apply

    def talking(*arguments: object) -> None:
        logging.getLogger("processes.somewhere").info("at work")
        apply(*arguments)

    monkeypatch.setattr(cancel, "apply", talking)
    command = CancelInstance(
        command_id=new_id(), actor=SYSTEM, instance_id=site.instance_of["STC"], reason="wrong"
    )
    site.dispatcher.execute(command)
    (line,) = [line for line in log.lines() if line["message"] == "at work"]
    assert line["command"] == "cancel_instance.v1"
    assert line["command_id"] == str(command.command_id)
    assert line["instance_id"] == str(command.instance_id)


def test_a_request_leaves_one_line_without_its_query_and_names_nobody(site: Site, log: Written) -> None:
    visitor = site.sign_in("head.stc")
    visitor.get("/?q=Nguy%E1%BB%85n")
    answer = visitor.complete(site.open_task("STC"), ACCEPT)
    assert answer.status_code == 303
    lines = [line for line in log.lines() if line["logger"] == "web.access"]
    search = next(line for line in lines if line["path"] == "/")
    assert {name: search[name] for name in ("level", "method", "status")} == {
        "level": "info",
        "method": "GET",
        "status": 200,
    }
    assert isinstance(search["duration_ms"], float)
    identifiers = [line["request_id"] for line in lines]
    assert len(set(identifiers)) == len(identifiers)
    assert answer.headers["X-Request-ID"] == identifiers[-1]
    for secret in ("Nguy", "head.stc", "Người", ACCEPT["responsible_person"]):
        assert secret not in log.text()


def test_supervisors_leave_no_lines_at_the_usual_level(site: Site, log: Written) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        assert site.app.test_client().get(path).status_code == 200
    assert log.lines() == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [("proxy-1234567890", True), ("short", False), ("x" * 65, False), ("a b c d e f g h", False)],
)
def test_a_request_brings_its_own_identifier_if_it_looks_like_one(site: Site, given: str, kept: bool) -> None:
    answer = site.app.test_client().get("/healthz", headers={"X-Request-ID": given})
    assert (answer.headers["X-Request-ID"] == given) is kept


def test_a_request_that_failed_has_its_line_and_its_identifier_too(
    site: Site, log: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> str:
        raise RuntimeError("out of order")

    monkeypatch.setitem(site.app.view_functions, "health.healthz", broken)
    assert site.app.test_client().get("/healthz").status_code == 500
    lines = log.lines()
    refused = next(line for line in lines if line["message"] == "request refused")
    assert refused["status"] == 500
    assert refused["request_id"]
    assert log_fields() == {}


def test_an_error_of_the_database_does_not_say_what_was_written(database: Engine) -> None:
    with pytest.raises(DBAPIError) as caught, database.begin() as connection:
        connection.execute(text("SELECT :name FROM nowhere"), {"name": "Nguyễn Văn An"})
    assert "Nguyễn" not in str(caught.value)


def test_text_lines_are_for_people(log: Written) -> None:
    logs.configure(LogSettings())
    with log_context(command="start"):
        logging.getLogger("engine.somewhere").warning("careful", extra={"count": 3})
        logging.getLogger("engine.somewhere").info("not written")
    assert log.text() == "WARNING engine.somewhere: careful count=3 command=start\n"


@pytest.mark.parametrize(
    ("values", "settings"),
    [
        ({}, LogSettings(format=LogFormat.TEXT, level=None)),
        (
            {"SAURO_LOG_FORMAT": "json", "SAURO_LOG_LEVEL": "DEBUG"},
            LogSettings(format=LogFormat.JSON, level="debug"),
        ),
        ({"SAURO_LOG_FORMAT": "", "SAURO_LOG_LEVEL": ""}, LogSettings()),
    ],
)  # fmt: skip
def test_format_and_level_are_settings(values: dict[str, str], settings: LogSettings) -> None:
    assert LogSettings.from_environment(values) == settings


@pytest.mark.parametrize("values", [{"SAURO_LOG_FORMAT": "xml"}, {"SAURO_LOG_LEVEL": "loud"}])
def test_an_unknown_format_or_level_is_refused_by_name(values: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=next(iter(values))):
        LogSettings.from_environment(values)


def test_parameters_are_hidden_on_every_database(sqlite_url: str) -> None:
    assert open_database(sqlite_url).hide_parameters
    assert open_database("postgresql+psycopg://nobody@127.0.0.1:1/x").hide_parameters
