"""What every log line says of the command or request that it belongs to, without being told each time."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

_fields: ContextVar[Mapping[str, str]] = ContextVar("sauro_log_context", default={})  # noqa: B039 - never changed


@contextmanager
def log_context(**fields: str) -> Iterator[None]:
    """Add fields to every log line of the block, in this thread and context only."""
    token = _fields.set({**_fields.get(), **fields})
    try:
        yield
    finally:
        _fields.reset(token)


def log_fields() -> Mapping[str, str]:
    """Return the fields of the present command or request."""
    return _fields.get()


class ContextFilter(logging.Filter):
    """Writes the fields of the present context into each record; what the line itself says goes first."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Complete the record; none is held back."""
        for name, value in _fields.get().items():
            record.__dict__.setdefault(name, value)
        return True
