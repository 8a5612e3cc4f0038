"""Rebuilds an instance from its journal alone, to any sequence.

Service-task handlers are not called: their journalled results are used. The state after every entry is the
state that was stored then, byte for byte.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Connection

from engine.canonical import canonical_bytes
from engine.commands import MigrateInstance, StartInstance
from engine.definitions.versions import DefinitionCache
from engine.errors import HistoryDiverged, NotFound
from engine.history.journal import JournalEntry, read_journal
from engine.instances.modules import MODULES
from engine.service_tasks import BusinessError
from engine.spiff import CompiledModel, Execution, FindModel, ServiceRequest, Skipped, StepResult


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayedStep:
    """An entry of the journal and what its command did when it was applied again."""

    entry: JournalEntry
    step: StepResult


class RecordedResults:
    """Answers service tasks and functions of the host with what the journal says they answered."""

    def __init__(self, entry: JournalEntry) -> None:
        self._entry = entry
        self._results = deque(entry.service_results)
        self._answers = {
            canonical_bytes([given["name"], given["arguments"]]): given["result"]
            for given in entry.function_results
        }

    def ask(self, name: str, arguments: list[Any]) -> Any:
        """Return what a function of the host answered to this question.

        Raises:
            HistoryDiverged: it was not asked.
        """
        question = canonical_bytes([name, arguments])
        if question not in self._answers:
            raise HistoryDiverged(
                f"Entry {self._entry.sequence} asks '{name}' what its journal entry holds no answer to"
            )
        return self._answers[question]

    def __call__(self, request: ServiceRequest) -> Mapping[str, Any] | Skipped:
        """Return the next recorded result.

        Raises:
            HistoryDiverged: another service task was expected here.
            BusinessError: the handler threw it then.
        """
        if not self._results:
            raise HistoryDiverged(
                f"Entry {self._entry.sequence} runs service task '{request.element_id}', "
                "but its journal entry holds no result for it"
            )
        recorded = self._results.popleft()
        if (recorded["element_id"], recorded["type"]) != (request.element_id, request.task_type):
            raise HistoryDiverged(
                f"Entry {self._entry.sequence} runs service task '{request.element_id}', "
                f"but its journal entry holds a result of '{recorded['element_id']}'"
            )
        if "error" in recorded:
            error = recorded["error"]
            raise BusinessError(error["code"], error["message"], error["variables"])
        result: Mapping[str, Any] = recorded["result"]
        if recorded.get("skipped"):
            return Skipped(output=result, by=recorded["skipped_by"], reason=recorded["reason"])
        return result


def replay_entry(
    model: CompiledModel, state: bytes, entry: JournalEntry, *, find_model: FindModel
) -> StepResult:
    """Apply one entry to the state before it (empty for the first).

    Args:
        model: that of the definition which the state is of; the entry of a migration names the one after it.
        find_model: finds the model that a migration leads to.

    Raises:
        HistoryDiverged: the entry asks for something that the model does not do here.
        SauroError: the command is refused or fails now, though it did not then.
    """
    services = RecordedResults(entry)
    if entry.sequence == 1:
        execution = Execution.create(
            model,
            instance_id=entry.instance_id,
            at=entry.effective_at,
            services=services,
            ask=services.ask,
        )
    else:
        execution = Execution.load(
            model,
            state,
            instance_id=entry.instance_id,
            at=entry.effective_at,
            services=services,
            ask=services.ask,
            find_model=find_model,
        )
    MODULES[entry.command].apply(execution, entry.payload)
    return execution.finish()


def definition_after(before: str, entry: JournalEntry) -> str:
    """Return the hash of the definition that an instance is under after an entry.

    Args:
        before: the definition before it; empty before the first entry.
    """
    if entry.command in (StartInstance.tag, MigrateInstance.tag):
        return str(entry.payload["definition_hash"])
    return before


def replay_entries(
    connection: Connection, definitions: DefinitionCache, entries: Iterable[JournalEntry]
) -> Iterator[ReplayedStep]:
    """Apply entries in order and yield each with its step."""

    def find_model(definition_hash: str) -> CompiledModel:
        return definitions.get(connection, definition_hash).model

    state, before = b"", ""
    for entry in entries:
        step = replay_entry(find_model(before or entry.definition_hash), state, entry, find_model=find_model)
        state, before = step.state, entry.definition_hash
        yield ReplayedStep(entry=entry, step=step)


def replay(
    connection: Connection, definitions: DefinitionCache, instance_id: UUID, *, at: int | None = None
) -> list[ReplayedStep]:
    """Replay an instance up to and including entry ``at`` (all of it by default).

    Raises:
        NotFound: the instance has no journal, or no entry ``at``.
    """
    entries = read_journal(connection, instance_id)
    if not entries:
        raise NotFound(f"Expected process instance '{instance_id}' to have a journal, but it has none")
    if at is not None and not 1 <= at <= len(entries):
        raise NotFound(
            f"Expected an entry {at} of process instance '{instance_id}', but it has {len(entries)}"
        )
    return list(replay_entries(connection, definitions, entries[:at]))
