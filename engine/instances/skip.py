"""Skips a service task that failed: its command is applied again, with what a person gives in its place."""

from dataclasses import dataclass

from engine.errors import NotSkippable, StepFailed
from engine.spiff import Execution, ServiceRequest, Skipped


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    """What stands in for a service task that failed.

    Attributes:
        passage: how often the command had reached the element when it failed.
    """

    element_id: str
    passage: int
    given: Skipped


class Skipping:
    """A skip while its command is applied; nothing at all if there is none."""

    def __init__(self, skip: Skip | None) -> None:
        self._skip = skip
        self._used = False

    def require_handler(self, execution: Execution) -> None:
        """Refuse to skip what is no service task with ``NotSkippable``."""
        if self._skip is not None and not execution.has_handler(self._skip.element_id):
            raise NotSkippable(
                f"Expected a service task to have failed, but '{self._skip.element_id}' is none",
                element_id=self._skip.element_id,
            )

    def answer(self, request: ServiceRequest) -> Skipped | None:
        """Return what stands in for the handler; ``None`` if it is to be called."""
        skip = self._skip
        if skip is None or (request.element_id, request.passage) != (skip.element_id, skip.passage):
            return None
        self._used = True
        return skip.given

    def refuse_in_vain(self, failure: StepFailed) -> None:
        """Refuse a skip after which something else fails with ``NotSkippable``; the incident stays as it is."""
        if self._used:
            raise NotSkippable(
                f"Expected the process to go on with this output, but it does not: {failure.message}",
                element_id=failure.element_id,
            ) from failure

    def require_used(self) -> None:
        """Refuse a command that has not come to the service task again with ``NotSkippable``."""
        if self._skip is not None and not self._used:
            raise NotSkippable(
                f"Expected service task '{self._skip.element_id}' to be reached again, but it was not",
                element_id=self._skip.element_id,
            )
