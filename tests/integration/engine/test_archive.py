"""Retention: what its policy no longer keeps moves to files that prove as much, and nothing else goes."""

import os
import signal
import stat
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier, Event, Thread
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from engine import clock
from engine.actors import SYSTEM, Actor
from engine.archive.file import ArchiveDamaged, Contents, open_archive
from engine.archive.folder import ArchiveFolder
from engine.archive.holds import Scope, covered_count, holds, lift, place
from engine.archive.policies import policies, set_policy
from engine.archive.reading import find_archived, history_of, replay_anywhere, view_archived
from engine.archive.run import GOES_WITH_HISTORY, Outlook, archive_due, outlook
from engine.archive.verify import (
    Archive,
    archived_instances,
    unrecorded_files,
    verify_archived,
    verify_everything,
    verify_one,
)
from engine.commands import CancelInstance, MigrateInstance
from engine.database import reading
from engine.definitions.resources import ModelResources
from engine.errors import (
    InstanceAlreadyExists,
    InstanceArchived,
    InstanceNotActive,
    NotAuthorised,
    NotFound,
    Rejection,
)
from engine.history.journal import read_journal
from engine.history.verify import Verified
from engine.ids import new_id
from engine.instances.inspect import find_instance
from engine.outbox import deliver_due
from engine.packing import Packing, pack, unpack
from engine.tables import (
    archived_instance,
    inbox,
    incident,
    journal,
    outbox,
    process_instance,
    timer,
    user_task,
)
from engine.timers.due import fire_due
from processes.schema import all_metadata
from tests.integration.engine.office import CLERK, REMIND_AT, Office
from tests.integration.engine.test_called_processes import begin, callee, caller, complete
from tests.integration.engine.test_history import unprotected

MANAGER = Actor(key="u:manager", permissions=frozenset({"retention:manage"}))
BEGUN_AT = datetime.fromisoformat("2026-06-14T02:00:00+00:00")
FINISHED_AT = datetime.fromisoformat("2026-06-16T02:00:00+00:00")
AFTER_A_YEAR = datetime.fromisoformat("2027-06-16T02:00:00+00:00")


@dataclass
class Registry:
    """An office that keeps what has ended for a year, and its archive."""

    office: Office
    archive: Archive

    @property
    def database(self) -> Engine:
        return self.office.dispatcher.database

    def finish(self, **variables: object) -> UUID:
        """Live an instance to its end, with a reminder, rework and messages that have left."""
        with clock.frozen_at(BEGUN_AT):
            instance_id = self.office.start(**variables)
        with clock.frozen_at(clock.from_text(REMIND_AT)):
            fire_due(self.office.dispatcher)
        with clock.frozen_at(FINISHED_AT):
            self.office.complete(instance_id, subject="paper")
            self.office.complete(instance_id, approval="no")
            self.office.complete(instance_id, subject="better paper")
            self.office.complete(instance_id, approval="yes")
            deliver_due(self.database, {"filed": lambda _: None})
        return instance_id

    def run(self, **options: object) -> int:
        """Archive what is due; return how many instances went."""
        return archive_due(self.archive, actor=MANAGER, **options).archived

    def verified(self) -> dict[UUID, Verified]:
        with reading(self.database) as connection:
            return {outcome.instance_id: outcome for outcome in verify_everything(connection, self.archive)}

    def differences(self) -> dict[UUID, str]:
        return {
            found: outcome.difference.detail
            for found, outcome in self.verified().items()
            if outcome.difference is not None
        }

    def hold(self, scope: Scope, subject: str) -> UUID:
        with self.database.begin() as connection:
            return place(connection, scope, subject, reason="a complaint", actor=MANAGER)

    def files(self) -> list[Path]:
        return [self.archive.folder.path_of(path) for path in self.archive.folder.files()]


@pytest.fixture
def registry(office: Office, tmp_path: Path) -> Iterator[Registry]:
    """A year and an hour after the first instance could have ended."""
    archive = Archive(folder=ArchiveFolder(tmp_path / "archive"), dispatcher=office.dispatcher)
    registry = Registry(office, archive)
    with registry.database.begin() as connection:
        set_policy(connection, "approval", "P1Y", reason="the plan of files", actor=MANAGER)
    with clock.frozen_at(AFTER_A_YEAR + timedelta(hours=1)):
        yield registry


def rows_of(database: Engine, instance_id: UUID) -> dict[str, int]:
    """Return how many rows belong to an instance, table by table."""
    with reading(database) as connection:
        return {
            table.name: connection.scalar(
                select(func.count()).select_from(table).where(table.c.instance_id == instance_id)
            )
            or 0
            for table in GOES_WITH_HISTORY
        }


def test_a_finished_instance_moves_to_a_file_that_proves_as_much(registry: Registry) -> None:
    instance_id = registry.finish()
    running = registry.office.start()
    with reading(registry.database) as connection:
        before = read_journal(connection, instance_id)
        facts = connection.execute(select(process_instance).where(process_instance.c.id == instance_id)).one()
    assert registry.run() == 1
    assert set(rows_of(registry.database, instance_id).values()) == {0}
    with reading(registry.database) as connection:
        assert list(connection.scalars(select(inbox.c.instance_id))) == [running]
        archived = find_archived(connection, instance_id)
        assert archived is not None
        assert history_of(connection, registry.archive.folder, instance_id) == before
        row = connection.execute(select(process_instance).where(process_instance.c.id == instance_id)).one()
        assert find_archived(connection, running) is None
        assert len(history_of(connection, registry.archive.folder, running)) == 1
    assert (archived.entries, archived.head_hash) == (facts.sequence, facts.head_hash)
    assert (archived.archived_by, archived.policy) == ("u:manager", "P1Y")
    assert archived.archive_path == f"2026/06/{archived.archive_sha256}.zip"
    assert row.archived_at == clock.now()
    kept = ("business_key", "status", "sequence", "started_at", "ended_at", "state_digest", "head_hash")
    assert [row._mapping[name] for name in kept] == [facts._mapping[name] for name in kept]
    assert registry.differences() == {}
    assert registry.verified()[instance_id].entries == archived.entries


def test_an_archived_instance_is_shown_and_replayed_as_before(registry: Registry) -> None:
    instance_id = registry.finish()
    definitions = registry.office.dispatcher.definitions
    folder = registry.archive.folder
    with reading(registry.database) as connection:
        before = replay_anywhere(connection, definitions, folder, instance_id)
    registry.run()
    with reading(registry.database) as connection:
        assert replay_anywhere(connection, definitions, folder, instance_id) == before
        assert replay_anywhere(connection, definitions, folder, instance_id, at=2) == before[:2]
        with pytest.raises(NotFound):
            replay_anywhere(connection, definitions, folder, instance_id, at=len(before) + 1)
        archived = find_archived(connection, instance_id)
        assert archived is not None
        entries = history_of(connection, folder, instance_id)
        view = view_archived(connection, definitions, archived, entries)
    assert view.status == "completed"
    assert view.variables["subject"] == "better paper"


def test_the_file_is_read_by_anybody_and_cannot_be_written(registry: Registry) -> None:
    instance_id = registry.finish()
    registry.run()
    (file,) = registry.files()
    assert stat.S_IMODE(file.stat().st_mode) == 0o400
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        assert f"journals/{instance_id}.jsonl" in archive.namelist()
        names = archive.namelist()
    assert names[0] == "archive.json"
    assert any(name.startswith("definitions/") for name in names)
    assert any(name.startswith("resources/") for name in names)


def test_nothing_more_can_happen_to_an_archived_instance(registry: Registry) -> None:
    start = registry.office.start_command()
    dispatcher = registry.office.dispatcher
    with clock.frozen_at(FINISHED_AT):
        dispatcher.execute(start)
        dispatcher.execute(
            CancelInstance(command_id=new_id(), actor=SYSTEM, instance_id=start.instance_id, reason="none")
        )
    assert registry.run() == 1
    with pytest.raises(InstanceNotActive):
        dispatcher.execute(
            CancelInstance(command_id=new_id(), actor=SYSTEM, instance_id=start.instance_id, reason="none")
        )
    with pytest.raises(InstanceAlreadyExists):
        dispatcher.execute(start)
    with reading(registry.database) as connection, pytest.raises(InstanceArchived):
        find_instance(connection, dispatcher.definitions, start.instance_id)


def test_what_is_kept_for_ever_or_not_long_enough_stays(registry: Registry) -> None:
    instance_id = registry.finish()
    with clock.frozen_at(AFTER_A_YEAR - timedelta(microseconds=1)):
        assert registry.run() == 0
    with registry.database.begin() as connection:
        set_policy(connection, "approval", None, reason="a new plan", actor=MANAGER)
    assert registry.run() == 0
    with registry.database.begin() as connection:
        set_policy(connection, "approval", "P1Y", reason="the old plan", actor=MANAGER)
    with clock.frozen_at(AFTER_A_YEAR):
        assert registry.run() == 1
    with reading(registry.database) as connection:
        assert [each.keep_for for each in policies(connection)] == ["P1Y"]
        assert [each.keep_for for each in policies(connection, earlier=True)] == ["P1Y", None, "P1Y"]
    assert registry.verified()[instance_id].difference is None


@pytest.mark.parametrize("keep_for", ["", "five years", "P", "P0D", "-P1Y", "P1Y6", "PT"])
def test_a_duration_that_is_none_is_refused(registry: Registry, keep_for: str) -> None:
    with pytest.raises(Rejection), registry.database.begin() as connection:
        set_policy(connection, "approval", keep_for, reason="a plan", actor=MANAGER)


def test_a_policy_needs_a_reason_a_process_and_the_right(registry: Registry) -> None:
    for process_key, reason, actor in (
        ("approval", "  ", MANAGER),
        ("nothing", "a plan", MANAGER),
        ("approval", "a plan", CLERK),
    ):
        with pytest.raises(Rejection), registry.database.begin() as connection:
            set_policy(connection, process_key, "P1Y", reason=reason, actor=actor)


def test_held_instances_stay_until_the_hold_is_lifted(registry: Registry) -> None:
    first, second, third = (registry.finish() for _ in range(3))
    by_id = registry.hold(Scope.INSTANCE, str(first))
    by_key = registry.hold(Scope.BUSINESS_KEY, "*est ?")
    assert registry.run() == 0
    with registry.database.begin() as connection:
        lift(connection, by_key, reason="settled", actor=MANAGER)
    assert registry.run() == 2
    with reading(registry.database) as connection:
        assert find_archived(connection, first) is None
        (hold,) = holds(connection)
        assert (hold.id, covered_count(connection, hold)) == (by_id, (1, 0))
        assert len(holds(connection, lifted=True)) == 2
    by_process = registry.hold(Scope.PROCESS, "approval")
    with reading(registry.database) as connection:
        of_process = next(each for each in holds(connection) if each.id == by_process)
        assert covered_count(connection, of_process) == (3, 2)
    with registry.database.begin() as connection:
        lift(connection, by_id, reason="settled", actor=MANAGER)
    assert registry.run() == 0
    with registry.database.begin() as connection:
        lift(connection, by_process, reason="settled", actor=MANAGER)
        with pytest.raises(NotFound):
            lift(connection, by_process, reason="settled", actor=MANAGER)
    assert registry.run() == 1
    assert set(registry.verified()) == {first, second, third}


def test_the_characters_of_a_pattern_mean_themselves(registry: Registry) -> None:
    registry.finish()
    registry.hold(Scope.BUSINESS_KEY, "request_0")
    registry.hold(Scope.BUSINESS_KEY, "request%")
    registry.hold(Scope.BUSINESS_KEY, "request")
    assert registry.run() == 1


def test_a_hold_needs_a_reason_a_subject_and_the_right(registry: Registry) -> None:
    for scope, subject, reason, actor in (
        (Scope.INSTANCE, "request 0", "a complaint", MANAGER),
        (Scope.PROCESS, " ", "a complaint", MANAGER),
        (Scope.PROCESS, "x" * 201, "a complaint", MANAGER),
        (Scope.PROCESS, "approval", "", MANAGER),
        (Scope.PROCESS, "approval", "a complaint", CLERK),
    ):
        with pytest.raises(Rejection), registry.database.begin() as connection:
            place(connection, scope, subject, reason=reason, actor=actor)
    with pytest.raises(NotAuthorised):
        archive_due(registry.archive, actor=CLERK)


def test_a_hold_that_is_placed_while_the_file_is_written_counts(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = registry.finish(), registry.finish()
    store = ArchiveFolder.store

    def store_slowly(folder: ArchiveFolder, *arguments: object) -> object:
        stored = store(folder, *arguments)
        registry.hold(Scope.INSTANCE, str(first))
        return stored

    monkeypatch.setattr(ArchiveFolder, "store", store_slowly)
    assert registry.run() == 1
    with reading(registry.database) as connection:
        assert find_archived(connection, first) is None
        assert find_archived(connection, second) is not None
        assert len(read_journal(connection, first)) > 1
    assert registry.differences() == {}


def test_a_hold_that_is_not_committed_yet_is_waited_for(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance_id = registry.finish()
    store = ArchiveFolder.store
    holders: list[Thread] = []

    def store_while_a_hold_is_placed(folder: ArchiveFolder, *arguments: object) -> object:
        stored = store(folder, *arguments)
        placed = Event()

        def hold() -> None:
            with registry.database.begin() as connection:
                place(connection, Scope.INSTANCE, str(instance_id), reason="a complaint", actor=MANAGER)
                placed.set()
                time.sleep(0.5)  # whoever does not wait archives meanwhile

        holders.append(Thread(target=hold))
        holders[-1].start()
        assert placed.wait(30)
        return stored

    monkeypatch.setattr(ArchiveFolder, "store", store_while_a_hold_is_placed)
    assert registry.run() == 0
    for holder in holders:
        holder.join()
    assert registry.differences() == {}


def test_two_runs_at_once_archive_each_instance_once(registry: Registry) -> None:
    finished = {registry.finish() for _ in range(6)}
    both = Barrier(2)

    def run() -> int:
        with clock.frozen_at(AFTER_A_YEAR + timedelta(hours=1)):
            both.wait()
            return registry.run(portion=2)

    with ThreadPoolExecutor(2) as pool:
        archived = [future.result() for future in [pool.submit(run) for _ in range(2)]]
    assert sum(archived) == len(finished)
    assert set(registry.verified()) == finished
    assert registry.differences() == {}


def test_open_incidents_and_messages_that_have_not_left_keep_an_instance(registry: Registry) -> None:
    failing, waiting = registry.finish(), registry.finish()
    with registry.database.begin() as connection:
        connection.execute(update(outbox).where(outbox.c.instance_id == waiting).values(delivered_at=None))
        connection.execute(
            insert(incident).values(
                id=new_id(), instance_id=failing, command_id=new_id(), command="{}", message="failed",
                attempts=1, created_at=clock.now(), last_failed_at=clock.now(),
            )
        )  # fmt: skip
    assert registry.run() == 0
    with reading(registry.database) as connection:
        assert outlook(connection) == [
            Outlook(process_key="approval", keep_for="P1Y", due=0, held=0, unsettled=2)
        ]
    with registry.database.begin() as connection:
        connection.execute(update(incident).values(resolved_at=clock.now()))
    assert registry.run() == 1
    assert set(rows_of(registry.database, failing).values()) == {0}


def test_the_outlook_says_what_a_run_would_do(registry: Registry) -> None:
    held, _ = registry.finish(), registry.finish()
    registry.office.start()
    registry.hold(Scope.INSTANCE, str(held))
    with reading(registry.database) as connection:
        (seen,) = outlook(connection)
    assert (seen.due, seen.held, seen.unsettled) == (1, 1, 0)
    assert registry.run() == seen.due


def test_a_file_holds_every_definition_that_its_histories_need(registry: Registry) -> None:
    """A process that calls another, and went over to another version of itself."""
    dispatcher = registry.office.dispatcher
    dispatcher.deploy(callee("reason"), actor=SYSTEM)
    first = dispatcher.deploy(caller(), actor=SYSTEM)
    dispatcher.deploy(callee("grounds"), actor=SYSTEM)
    second = dispatcher.deploy(
        ModelResources(bpmn=caller().bpmn.replace(b'"finish"', b'"finished"')), actor=SYSTEM
    )
    assert first != second
    with clock.frozen_at(BEGUN_AT):
        instance_id, _ = begin(dispatcher, first)
        dispatcher.execute(
            MigrateInstance(
                command_id=new_id(),
                actor=SYSTEM,
                instance_id=instance_id,
                definition_hash=second,
                reason="another end",
            )
        )
        complete(dispatcher, registry.office.open_task(instance_id), grounds="enough")
    with registry.database.begin() as connection:
        set_policy(connection, "outer", "P1Y", reason="the plan of files", actor=MANAGER)
    assert registry.run() == 1
    (file,) = registry.files()
    with zipfile.ZipFile(file) as archive:
        definitions = [name for name in archive.namelist() if name.startswith("definitions/")]
    assert {f"definitions/{first}.json", f"definitions/{second}.json"} < set(definitions)
    assert len(definitions) == 4
    assert registry.differences() == {}


def test_a_file_holds_a_portion_of_one_month(registry: Registry) -> None:
    finished = [registry.finish() for _ in range(5)]
    with registry.database.begin() as connection:
        unprotected_end = datetime.fromisoformat("2026-05-31T16:59:59+00:00")  # 23:59:59 in the business zone
        connection.execute(
            update(process_instance)
            .where(process_instance.c.id == finished[0])
            .values(ended_at=unprotected_end)
        )
    assert registry.run(portion=3) == 5
    with reading(registry.database) as connection:
        paths = [each.archive_path for each in archived_instances(connection)]
    assert [path[:8] for path in paths] == ["2026/05/", *["2026/06/"] * 4]
    assert len(set(paths)) == 3
    assert registry.differences() == {}


def test_work_that_is_told_to_stop_goes_on_later(registry: Registry) -> None:
    for _ in range(3):
        registry.finish()
    answers = iter([True, False])
    assert registry.run(portion=1, go_on=lambda: next(answers)) == 1
    assert registry.run(portion=1) == 2


def test_a_history_that_does_not_hold_is_not_archived_and_named(registry: Registry) -> None:
    good, bad, unreadable = (registry.finish() for _ in range(3))
    forge(registry.database, bad, b'"u:clerk"', b'"u:other"')
    forge(registry.database, unreadable, b"{", b"[")
    run = archive_due(registry.archive, actor=MANAGER)
    assert run.archived == 1
    assert {found.instance_id: found.kind for found in run.refused} == {
        bad: "chain",
        unreadable: "unreadable",
    }
    with reading(registry.database) as connection:
        assert find_archived(connection, good) is not None
        assert find_archived(connection, bad) is None
    assert set(registry.differences()) == {bad, unreadable}


def forge(database: Engine, instance_id: UUID, old: bytes, new: bytes) -> None:
    """Change a document in the journal, as somebody with the database in hand could."""
    with database.connect() as connection, connection.begin():
        if connection.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER IF EXISTS journal_no_update"))
        else:
            connection.execute(text("ALTER TABLE journal DISABLE TRIGGER journal_no_update"))
        rows = connection.execute(
            select(journal).where(journal.c.instance_id == instance_id, journal.c.sequence == 3)
        ).all()
        for row in rows:
            connection.execute(
                update(journal)
                .where(journal.c.instance_id == instance_id, journal.c.sequence == row.sequence)
                .values(document=pack(unpack(bytes(row.document)).replace(old, new), Packing.JOURNAL_1))
            )


def test_any_changed_bit_of_a_file_is_found_and_a_missing_file_is_named(registry: Registry) -> None:
    first, other = registry.finish(), registry.finish()
    registry.run(portion=1)
    with reading(registry.database) as connection:
        archived = find_archived(connection, first)
        assert archived is not None
    path = registry.archive.folder.path_of(archived.archive_path)
    content = path.read_bytes()
    path.chmod(0o600)
    for position in range(0, len(content), max(1, len(content) // 40)):
        changed = bytearray(content)
        changed[position] ^= 1
        path.write_bytes(bytes(changed))
        found = registry.differences()
        assert set(found) == {first}
        assert "was changed" in found[first]
        assert archived.archive_path in found[first]
    path.unlink()
    assert "is not there" in registry.differences()[first]
    with reading(registry.database) as connection:
        with pytest.raises(ArchiveDamaged):
            history_of(connection, registry.archive.folder, first)
        assert verify_one(connection, registry.archive, first).difference is not None
        assert verify_one(connection, registry.archive, other).difference is None
        (outcome,) = verify_archived(connection, registry.archive, path=archived.archive_path)
        assert outcome.difference is not None
        with pytest.raises(NotFound):
            list(verify_archived(connection, registry.archive, path="2026/06/none.zip"))
    path.write_bytes(content)
    assert registry.differences() == {}


def test_a_file_put_in_place_of_another_does_not_pass(registry: Registry) -> None:
    """Whoever can write file and table still cannot make another history end in the recorded hash."""
    first, second = registry.finish(), registry.finish()
    registry.run(portion=1)
    with reading(registry.database) as connection:
        one, two = find_archived(connection, first), find_archived(connection, second)
    assert one is not None
    assert two is not None
    with registry.database.connect() as connection:
        transaction = connection.begin()
        unprotected(connection)
        connection.execute(
            update(archived_instance)
            .where(archived_instance.c.instance_id == first)
            .values(archive_path=two.archive_path, archive_sha256=two.archive_sha256)
        )
        found = verify_one(connection, registry.archive, first).difference
        transaction.rollback()
    assert found is not None
    assert found.kind == "archive"


def test_a_path_out_of_the_folder_is_refused(registry: Registry) -> None:
    for path in ("../outside.zip", "/etc/hostname"):
        with pytest.raises(ArchiveDamaged):
            registry.archive.folder.path_of(path)


def test_the_journal_lets_go_of_archived_entries_only(registry: Registry) -> None:
    archived, other = registry.finish(), registry.finish()
    registry.hold(Scope.INSTANCE, str(other))
    registry.run()
    for statement in (
        f"DELETE FROM journal WHERE sequence = 1 AND instance_id <> '{archived}'",
        "DELETE FROM journal",
        "UPDATE journal SET sequence = sequence",
        "UPDATE archived_instance SET entries = 0",
        "DELETE FROM archived_instance",
        "UPDATE retention_policy SET keep_for = 'P1D'",
        "DELETE FROM retention_policy",
    ):
        with pytest.raises(DBAPIError, match="append-only"), registry.database.begin() as connection:
            connection.execute(text(statement))
    if registry.database.dialect.name == "postgresql":
        for table in ("journal", "archived_instance"):
            with pytest.raises(DBAPIError, match="append-only"), registry.database.begin() as connection:
                connection.execute(text(f"TRUNCATE {table} CASCADE"))
        with registry.database.connect() as connection:
            connection.execute(text("CREATE TEMP TABLE archived_instance (instance_id uuid) ON COMMIT DROP"))
            connection.execute(text("INSERT INTO archived_instance SELECT instance_id FROM journal"))
            with pytest.raises(DBAPIError, match="append-only"):
                connection.execute(text("DELETE FROM public.journal"))
    assert len(rows_of(registry.database, other)) == len(GOES_WITH_HISTORY)
    assert registry.differences() == {}


def test_every_table_that_names_an_instance_or_a_task_is_thought_of() -> None:
    """A new table has to say whether its rows go with the history of their instance."""
    stays = {"archived_instance", "assignment", "batch_item", "notification"}
    goes = {table.name for table in GOES_WITH_HISTORY}
    naming = {
        table.name
        for table in all_metadata().tables.values()
        if "instance_id" in table.c
        or any(key.column.table in (process_instance, user_task, timer) for key in table.foreign_keys)
    }
    assert naming == stays | goes


#: Lives in a process of its own, so that it can be ended at any moment.
DOOMED = """
import os, signal, sys, zipfile
from datetime import datetime
from pathlib import Path
from engine import clock
from engine.actors import SYSTEM
from engine.archive import run
from engine.archive.folder import ArchiveFolder
from engine.archive.verify import Archive
from engine.database import open_database
from engine.dispatch import Dispatcher
from engine.service_tasks import ServiceTaskHandlers

moment, url, folder, now = sys.argv[1:]
die = lambda *arguments, **options: os.kill(os.getpid(), signal.SIGKILL)
database = open_database(url)
handlers = ServiceTaskHandlers()
handlers.register("file", lambda call: {})
archive = Archive(folder=ArchiveFolder(Path(folder)), dispatcher=Dispatcher(database, handlers=handlers))
if moment == "in the middle of the file":
    write = zipfile.ZipFile.writestr
    def halting(archive, entry, content):
        if entry.filename.startswith("journals/"):
            archive.fp.flush()
            die()
        write(archive, entry, content)
    zipfile.ZipFile.writestr = halting
if moment == "before the file has its name":
    Path.replace = die
if moment == "between file and database":
    run._move = die
if moment == "before the commit":
    move = run._move
    def doomed(connection, *arguments):
        moved = move(connection, *arguments)
        die()
    run._move = doomed
if moment == "after the commit":
    run.logger.info = die
with clock.frozen_at(datetime.fromisoformat(now)):
    run.archive_due(archive, actor=SYSTEM, portion=2)
"""


@pytest.mark.parametrize(
    "moment",
    [
        "in the middle of the file",
        "before the file has its name",
        "between file and database",
        "before the commit",
        "after the commit",
    ],
)
def test_a_process_killed_at_any_moment_loses_and_doubles_nothing(
    registry: Registry, database_url: str, moment: str
) -> None:
    finished = {registry.finish() for _ in range(3)}
    registry.database.dispose()
    folder = registry.archive.folder
    process = subprocess.run(
        [sys.executable, "-c", DOOMED, moment, database_url, str(folder.root), clock.now().isoformat()],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[3])},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert process.returncode == -signal.SIGKILL, process.stderr
    survived = registry.verified()
    assert set(survived) == finished
    assert registry.differences() == {}
    already = 2 if moment == "after the commit" else 0
    with reading(registry.database) as connection:
        assert len(archived_instances(connection)) == already
        assert len(unrecorded_files(connection, folder)) == (
            moment in {"between file and database", "before the commit"}
        )
    assert registry.run(portion=2) == len(finished) - already
    assert set(registry.verified()) == finished
    assert registry.differences() == {}
    with reading(registry.database) as connection:
        assert unrecorded_files(connection, folder) == []
        assert not connection.scalar(select(func.count()).select_from(journal))


def test_an_abandoned_unfinished_file_is_removed_a_day_later(registry: Registry) -> None:
    month = registry.archive.folder.root / "2026" / "06"
    month.mkdir(parents=True)
    (month / ".0000.part").write_bytes(b"PK")
    os.utime(month / ".0000.part", (clock.now().timestamp(), clock.now().timestamp()))
    registry.run()
    assert list(month.iterdir()) != []
    with clock.frozen_at(clock.now() + timedelta(days=2)):
        registry.run()
    assert list(month.iterdir()) == []


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    from engine.archive.file import write_archive

    empty = Contents(histories=(), manifests={}, deployments=(), resources={})
    for name in ("a.zip", "b.zip"):
        with (tmp_path / name).open("wb") as file:
            write_archive(file, empty)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with open_archive(tmp_path / "a.zip") as archive:
        assert archive.instances() == {}
        with pytest.raises(ArchiveDamaged):
            archive.manifest("0" * 64)
    for content in (b"", b"no archive", b"PK\x03\x04" + b"\0" * 50):
        (tmp_path / "a.zip").write_bytes(content)
        with pytest.raises(ArchiveDamaged), open_archive(tmp_path / "a.zip") as archive:
            archive.instances()


def test_a_file_that_would_fill_the_memory_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.archive.file.LONGEST_MEMBER", 1000)
    instance_id = new_id()
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr(f"journals/{instance_id}.jsonl", b"\n" * 1001)
        bomb.writestr("archive.json", b" " * 1000)
    with open_archive(path) as archive:
        with pytest.raises(ArchiveDamaged, match="more than 1000 bytes"):
            archive.documents(instance_id)
        with pytest.raises(ArchiveDamaged, match="does not say what it holds"):
            archive.instances()
