"""Fills the large tables with a million rows each, by the database itself, in seconds."""

from datetime import date
from uuid import UUID

from sqlalchemy import Engine, insert, text
from sqlalchemy.orm import Session

from engine import clock
from engine.history.journal import GENESIS
from engine.packing import Packing, pack
from engine.tables import definition
from processes.documents.tables import Document

ROWS = 1_000_000

#: A letter with 800 assignments, and an instance with 60 entries in its journal.
DOCUMENT, LONG_HISTORY = UUID(int=7), UUID(int=0)

#: The first due date; tasks of a unit follow each other by two hours.
_BEGIN = "2026-06-01 00:00:00"

_ENTRY = (
    b'{"actor":{"key":"u:clerk"},"command":"complete_user_task.v1","command_id":"%s",'
    b'"definition":"d","effective_at":"2026-06-01T00:00:00.000000Z","events":[],"instance_id":"%s","payload":{},'
    b'"previous":"","recorded_at":"2026-06-01T00:00:00.000000Z","request":"","sequence":1,"service_results":[],'
    b'"state_digest":"","versions":{}}'
) % ((b"00000000-0000-0000-0000-000000000000",) * 2)


def fill(database: Engine, rows: int = ROWS) -> None:
    """Fill the tables of an upgraded, empty database: a unit has 300 open tasks, one group has a tenth of all."""
    _begin(database)
    on_sqlite = database.dialect.name == "sqlite"
    numbers = (
        f"(WITH RECURSIVE r(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM r LIMIT {rows}) SELECT i FROM r) AS n"
        if on_sqlite
        else f"(SELECT i::bigint AS i FROM generate_series(0, {rows - 1}) AS s(i)) AS n"
    )

    def uid(number: str) -> str:
        return f"unhex(printf('%032x', {number}))" if on_sqlite else f"lpad(to_hex({number}), 32, '0')::uuid"

    def instant(seconds: str) -> str:
        if on_sqlite:
            return f"strftime('%Y-%m-%dT%H:%M:%S.000000Z', '{_BEGIN}', ({seconds}) || ' seconds')"
        return f"timestamptz '{_BEGIN}+00' + ({seconds}) * interval '1 second'"

    def day(days: str) -> str:
        return f"date('{_BEGIN}', ({days}) || ' days')" if on_sqlite else f"date '{_BEGIN}' + ({days})::int"

    due = instant("(i % 300) * 7200")
    no_due_date = (
        "'9999-12-31T23:59:59.999999Z'" if on_sqlite else "timestamptz '9999-12-31 23:59:59.999999+00'"
    )
    often_due = f"CASE WHEN i % 10 = 0 THEN {no_due_date} ELSE {due} END"
    element = "CASE WHEN i % 3 = 0 THEN 'acknowledge_assignment' ELSE 'execute_assignment' END"
    no = "0" if on_sqlite else "false"
    unit, blob = "'unit ' || (i / 300)", ":entry" if on_sqlite else "cast(:entry AS bytea)"
    no_hash = "x''" if on_sqlite else "''::bytea"
    numbered = f"SELECT {{}} FROM {numbers}"
    inserts = [
        (
            "process_instance (id, definition_hash, process_key, business_key, status, sequence, started_at, "
            "state, state_digest, head_hash)",
            f"{uid('i')}, 'd', 'assignment', '5120/UBND-HCC · ' || (i % 9) || ' · ' || {unit}, 'active', 1, "
            f"{instant('0')}, {blob}, '', ''",
        ),
        (
            "journal (instance_id, sequence, command_id, document, entry_hash)",
            f"{uid('CASE WHEN i < 60 THEN 0 ELSE i END')}, CASE WHEN i < 60 THEN i + 1 ELSE 1 END, {uid('i')}, "
            f"{blob}, {no_hash}",
        ),
        (
            "user_task (id, instance_id, element_id, status, candidate_groups, priority, due_at, created_at)",
            f"{uid('i')}, {uid('i')}, {element}, 'open', '[]', 50, {due}, {instant('0')}",
        ),
        (
            "inbox (task_id, holder, instance_id, process_key, element_id, rank, due_at)",
            f"{uid('i')}, CASE WHEN i % 1000 = 999 THEN 'actor:u:busy' ELSE 'group:head:' || {unit} END, "
            f"{uid('i')}, 'assignment', {element}, -50 - i % 2, {often_due}",
        ),
        (
            "timer (id, instance_id, element_id, status, due_at)",
            f"{uid('i')}, {uid('i')}, 'remind', CASE WHEN i % 50 = 0 THEN 'fired' ELSE 'waiting' END, "
            f"{instant('i * 10')}",
        ),
        (
            "outbox (instance_id, topic, message_key, payload, created_at, available_at, attempts, delivered_at)",
            f"{uid('i')}, 'filed', 'k' || i, '{{}}', {instant('i')}, {instant('i')}, 0, "
            f"CASE WHEN i % 1000 = 999 THEN NULL ELSE {instant('i')} END",
        ),
        (
            "assignment (id, document_id, directive_id, lead_unit, status, issued_on, deadline_on, "
            "deadline_source, deadline_passed_on_receipt, acknowledged_by_default, supplement_count, "
            "escalation_level, updated_at)",
            f"{uid('i')}, {uid('7 + i / 800')}, {uid('i % 800')}, 'unit ' || (i % 800), "
            f"'da_giao', {day('0')}, {day('i % 60')}, 'document', {no}, {no}, 0, 0, {instant('0')}",
        ),
    ]
    with database.connect() as connection:
        if on_sqlite:  # what the rows name is there; nobody needs it checked a million times, nor on the disk
            raw = connection.connection.driver_connection
            assert raw is not None
            raw.create_function("unhex", 1, bytes.fromhex, deterministic=True)  # SQLite's own came with 3.41
            raw.execute("PRAGMA synchronous=OFF")
            raw.execute("PRAGMA foreign_keys=OFF")
        else:
            connection.execute(text("SET session_replication_role = replica"))
        parameters = {"entry": pack(_ENTRY, Packing.JOURNAL_1)}
        for target, values in inserts:
            query = text(f"INSERT INTO {target} {numbered.format(values)}")
            connection.execute(query, parameters if ":entry" in query.text else {})
        last = text(
            f"INSERT INTO inbox (task_id, holder, instance_id, process_key, element_id, rank, due_at) SELECT "
            f"{uid('i')}, 'group:leader', {uid('i')}, 'assignment', {element}, -50, {due} FROM {numbers} "
            f"WHERE i % 10 = 0"
        )
        connection.execute(last)
        connection.commit()
        if not on_sqlite:
            connection.execute(text("SET session_replication_role = origin"))
        connection.commit()
    database.dispose()
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if on_sqlite else "VACUUM ANALYZE"))


def _begin(database: Engine) -> None:
    with database.begin() as connection:
        now = clock.now()
        connection.execute(
            insert(definition).values(
                hash="d",
                process_key="assignment",
                version=1,
                name="",
                manifest="{}",
                deployed_at=now,
                deployed_by="",
            )
        )
    with Session(database) as session, session.begin():
        session.add(
            Document(
                id=DOCUMENT,
                source_sha256=GENESIS,
                filename="",
                number_no="5120/UBND-HCC",
                issued_on=date(2026, 6, 1),
                subject="",
                urgency="normal",
                reading="{}",
                created_at=now,
            )
        )
