"""Rows of several statements go out together; what is kept is what one after the other would leave."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    Table,
    Text,
    bindparam,
    delete,
    event,
    insert,
    select,
    update,
)

from engine.database import Identifier, reading, writing
from engine.ids import new_id
from engine.writes import MOST_IN_ONE, Writes

TABLES = MetaData()
thing = Table("thing", TABLES, Column("id", Identifier, primary_key=True), Column("word", Text))
line = Table("line", TABLES, Column("number", Integer, primary_key=True), Column("word", Text))

ADD = insert(thing)
CHANGE = update(thing).where(thing.c.id == bindparam("b_id"))
REMOVE = delete(thing).where(thing.c.id == bindparam("b_id"))
NUMBER = insert(line)


@pytest.fixture
def either(database: Engine) -> Engine:
    TABLES.create_all(database)
    return database


def words(database: Engine) -> dict[UUID, str]:
    with reading(database) as connection:
        return {row.id: row.word for row in connection.execute(select(thing))}


def write(connection: Connection, *wanted: tuple[Any, Mapping[str, Any]]) -> None:
    writes = Writes(connection)
    for statement, row in wanted:
        writes.add(statement, [row])
    writes.flush()


def statements(database: Engine, *wanted: tuple[Any, Mapping[str, Any]]) -> int:
    """Write and return how many statements that took."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(database, "before_cursor_execute", note)
    try:
        with writing(database) as connection:
            sent.clear()
            write(connection, *wanted)
    finally:
        event.remove(database, "before_cursor_execute", note)
    return len(sent)


def test_rows_of_several_statements_are_one_statement_on_postgresql(either: Engine) -> None:
    kept, changed, gone, new = (new_id() for _ in range(4))
    with writing(either) as connection:
        write(connection, *((ADD, {"id": each, "word": "old"}) for each in (kept, changed, gone)))
    sent = statements(
        either,
        (CHANGE, {"b_id": changed, "word": "new 100 % ‘đ’"}),
        (REMOVE, {"b_id": gone}),
        (ADD, {"id": new, "word": None}),
    )
    assert words(either) == {kept: "old", changed: "new 100 % ‘đ’", new: None}
    assert sent == (1 if either.dialect.name == "postgresql" else 3)


def test_what_changes_a_row_that_is_added_comes_after_it(either: Engine) -> None:
    one = new_id()
    sent = statements(either, (ADD, {"id": one, "word": "old"}), (CHANGE, {"b_id": one, "word": "new"}))
    assert (sent, words(either)) == (2, {one: "new"})


def test_of_two_changes_of_one_row_the_later_stays(either: Engine) -> None:
    one = new_id()
    with writing(either) as connection:
        write(connection, (ADD, {"id": one, "word": "first"}))
    statements(either, (CHANGE, {"b_id": one, "word": "second"}), (REMOVE, {"b_id": one}))
    assert words(either) == {}


def test_rows_that_the_database_numbers_keep_their_order(either: Engine) -> None:
    wanted = [f"word {number}" for number in range(MOST_IN_ONE)]
    statements(either, *((NUMBER, {"word": word}) for word in wanted))
    with reading(either) as connection:
        assert list(connection.scalars(select(line.c.word).order_by(line.c.number))) == wanted


def test_more_rows_than_one_command_has_are_written_by_statement(either: Engine) -> None:
    ids = [new_id() for _ in range(MOST_IN_ONE + 1)]
    sent = statements(either, *((ADD, {"id": each, "word": "a"}) for each in ids))
    assert (sent, set(words(either))) == (1, set(ids))
