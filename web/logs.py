"""Configures logging, in the one place that does: a line for people, or a JSON object for programs.

Every line carries the fields of its ``extra`` and those of the command and the request that it belongs to. Lines
name commands, instances and paths, never persons: who did what is in the journal, under the command's identifier.
"""

import logging
import os
import re
import secrets
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TextIO

from flask import Flask, Response, g, request
from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

from engine import clock
from engine.log_context import ContextFilter, log_context

#: Our own loggers; libraries speak up from warnings on.
OWN = ("engine", "processes", "web")

LEVELS = ("debug", "info", "warning", "error", "critical")

#: A request may bring its own identifier from a proxy, if it looks like one.
REQUEST_ID = "X-Request-ID"
_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}\Z")

access = logging.getLogger("web.access")


class LogFormat(StrEnum):
    """How a line of the log is written."""

    #: For people: level, logger, message, fields.
    TEXT = "text"
    #: For programs: one JSON object a line.
    JSON = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSettings:
    """What is logged, and how.

    Attributes:
        level: the least serious level that is written, e.g. ``"info"``; ``None`` leaves it to the command.
    """

    format: LogFormat = LogFormat.TEXT
    level: str | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "LogSettings":
        """Read ``SAURO_LOG_FORMAT`` and ``SAURO_LOG_LEVEL``.

        Raises:
            ValueError: no such format or level.
        """
        values = os.environ if environment is None else environment
        formats = [each.value for each in LogFormat]
        return cls(
            format=LogFormat(_one_of(values, "SAURO_LOG_FORMAT", formats) or LogFormat.TEXT),
            level=_one_of(values, "SAURO_LOG_LEVEL", LEVELS),
        )


class TextFormatter(logging.Formatter):
    """``LEVEL logger: message name=value …``, on one line but for a traceback."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - as the library has it
        """Add the fields of the line."""
        fields = [
            f"{name}={value}" for name, value in record.__dict__.items() if name not in _KNOWN_ATTRIBUTES
        ]
        return " ".join([super().formatMessage(record), *fields])


class JsonLineFormatter(JsonFormatter):
    """``{"time": RFC 3339 in UTC, "level": …, "logger": …, "message": …, fields}``."""

    def __init__(self) -> None:
        super().__init__(("message",), json_ensure_ascii=False)

    def add_fields(
        self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]
    ) -> None:
        """Put time, level and logger first."""
        log_data["time"] = clock.to_text(datetime.fromtimestamp(record.created, UTC))
        log_data["level"] = record.levelname.lower()
        log_data["logger"] = record.name
        super().add_fields(log_data, record, message_dict)


class _StandardError(logging.StreamHandler[TextIO]):
    """Writes to what is standard error at the time of writing."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)  # the stream is not chosen once and for all

    @property
    def stream(self) -> TextIO:  # type: ignore[override]  # read-only here
        """Standard error."""
        return sys.stderr


def configure(settings: LogSettings, *, usual_level: str = "warning") -> None:
    """Send the log to standard error as set; calling again configures anew.

    Args:
        usual_level: the level where the settings name none.
    """
    handler = _StandardError()
    handler.setFormatter(JsonLineFormatter() if settings.format is LogFormat.JSON else TextFormatter())
    handler.addFilter(ContextFilter())
    root = logging.getLogger()
    for earlier in list(root.handlers):
        if isinstance(earlier, _StandardError):
            root.removeHandler(earlier)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.captureWarnings(True)
    for name in OWN:
        logging.getLogger(name).setLevel((settings.level or usual_level).upper())


def install(app: Flask) -> None:
    """Give every request an identifier that its log lines carry, and write a line when it is answered.

    The line holds method, path, status and duration; a query may hold names, and is left out. Supervisors ask all
    the time; their lines are written at the level ``debug`` only.
    """

    @app.before_request
    def begin() -> None:
        given = request.headers.get(REQUEST_ID, "")
        g.request_id = given if _REQUEST_ID.match(given) else secrets.token_hex(8)
        g.request_began = time.perf_counter()
        g.request_context = log_context(request_id=g.request_id)
        g.request_context.__enter__()

    @app.after_request
    def say(response: Response) -> Response:
        if "request_id" in g:
            response.headers[REQUEST_ID] = g.request_id
            access.log(
                logging.DEBUG if request.blueprint == "health" else logging.INFO,
                "request answered",
                extra={
                    "method": request.method,
                    "path": request.path,
                    "status": response.status_code,
                    "duration_ms": round((time.perf_counter() - g.request_began) * 1000, 1),
                },
            )
        return response

    @app.teardown_request
    def end(_error: BaseException | None) -> None:
        context = g.pop("request_context", None)
        if context is not None:
            context.__exit__(None, None, None)


def _one_of(values: Mapping[str, str], name: str, known: Sequence[str]) -> str | None:
    text = (values.get(name) or "").strip().lower()
    if text and text not in known:
        raise ValueError(f"Expected {name} to be one of {', '.join(known)}, but it is '{text}'")
    return text or None


_KNOWN_ATTRIBUTES = {*RESERVED_ATTRS, "asctime", "message"}
