"""Rows on their way to the database: those of one statement go out together, of however many commands.

On PostgreSQL the few statements of one command travel as one: all but the last as data-modifying expressions in
its ``WITH``, https://www.postgresql.org/docs/current/queries-with.html. Such expressions do not see each other's
changes and come in no certain order, so that is done only where none of them touches a row that another writes,
and none adds rows that are numbered as they come.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Delete, Insert, Update
from sqlalchemy.engine import Connection, Dialect

from engine.database import UNREAD

#: More rows than this are no single command's; each statement is then sent with all of its rows.
MOST_IN_ONE = 16

#: More values than this in one statement, and the driver works out its text anew each time.
_MOST_VALUES = 50

#: What a statement names the row by that it changes or takes away.
_TARGETS = ("b_id", "b_task_id")

#: What a statement names the row by that it adds.
_KEYS = ("id", "task_id", "command_id")

_PLACE = re.compile(r"%\((\w+)\)s")

_Statement = Insert | Update | Delete


@dataclass(frozen=True, slots=True)
class _Part:
    """One row of one statement, as text with its values."""

    statement: _Statement
    row: Mapping[str, Any]

    @property
    def table(self) -> str:
        return str(self.statement.table)

    @property
    def target(self) -> object:
        """The row that it changes or takes away; ``None`` if it adds one, or does not name one by its key."""
        return next((self.row[name] for name in _TARGETS if name in self.row), None)

    @property
    def added(self) -> object:
        """The row that it adds; ``None`` if the database numbers it."""
        return next((self.row[name] for name in _KEYS if name in self.row), None)


class Writes:
    """Collects rows for statements and writes them.

    Statements are executed in the order in which they were first named; rows of one statement that name the same
    columns are written as one.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._waiting: dict[tuple[int, tuple[str, ...]], tuple[_Statement, list[Mapping[str, Any]]]] = {}

    def add(self, statement: _Statement, rows: Sequence[Mapping[str, Any]]) -> None:
        """Collect rows for a statement; none is fine."""
        if not rows:
            return
        _, waiting = self._waiting.setdefault((id(statement), tuple(rows[0])), (statement, []))
        waiting.extend(rows)

    def flush(self) -> None:
        """Write everything collected so far."""
        waiting, self._waiting = self._waiting, {}
        if self.connection.dialect.name == "postgresql":
            parts = [_Part(statement, row) for statement, rows in waiting.values() for row in rows]
            if 1 < len(parts) <= MOST_IN_ONE and _are_independent(parts):
                for share in _shares(parts):
                    _execute_as_one(self.connection, share)
                return
        for statement, rows in waiting.values():
            self.connection.execute(statement, rows)


def _are_independent(parts: Iterable[_Part]) -> bool:
    """Tell whether no part changes a row that another part writes, so far as can be seen."""
    touched: set[tuple[str, object]] = set()
    added: set[tuple[str, object]] = set()
    for part in parts:
        if part.statement.is_insert and part.added is not None:
            added.add((part.table, part.added))
            continue
        place = (part.table, part.target)
        if part.target is None or place in touched:
            return False
        touched.add(place)
    return touched.isdisjoint(added)


def _shares(parts: Iterable[_Part]) -> Iterator[list[_Part]]:
    """Yield parts in their order, as many at a time as the driver remembers a text for."""
    share: list[_Part] = []
    values = 0
    for part in parts:
        if share and values + len(part.row) > _MOST_VALUES:
            yield share
            share, values = [], 0
        share.append(part)
        values += len(part.row)
    yield share


def _execute_as_one(connection: Connection, parts: Sequence[_Part]) -> None:
    written = _written(connection.dialect, tuple((part.statement, tuple(part.row)) for part in parts))
    values = {
        f"w{at}_{name}": value if process is None else process(value)
        for at, (part, one) in enumerate(zip(parts, written.parts, strict=True))
        for name, value, process in (
            (name, part.row.get(name, default), process) for name, default, process in one
        )
    }
    connection.exec_driver_sql(written.text, values, execution_options=UNREAD)


@dataclass(frozen=True, slots=True)
class _Written:
    """Several statements as one text; of each its parameters, with what they are without a row, and their form."""

    text: str
    parts: tuple[tuple[tuple[str, Any, Callable[[Any], Any] | None], ...], ...]


@lru_cache(maxsize=256)
def _written(dialect: Dialect, shape: tuple[tuple[_Statement, tuple[str, ...]], ...]) -> _Written:
    texts, parts = [], []
    for at, (statement, columns) in enumerate(shape):
        compiled = statement.compile(dialect=dialect, column_keys=list(columns))
        texts.append(_PLACE.sub(rf"%(w{at}_\1)s", str(compiled)))
        defaults = compiled.params
        binds = {str(bind.key): bind for bind in compiled.binds.values()}
        parts.append(
            tuple(
                (name, defaults[name], binds[name].type.dialect_impl(dialect).bind_processor(dialect))
                for name in defaults
            )
        )
    *others, last = texts
    expressions = ", ".join(f"w{at} AS ({text})" for at, text in enumerate(others))
    return _Written(text=f"WITH {expressions} {last}" if others else last, parts=tuple(parts))
