"""What operators do to an instance: hand tasks over, stop it for a while, correct what it holds."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from SpiffWorkflow.exceptions import WorkflowException

from engine import clock
from engine.errors import (
    InstanceNotActive,
    InstanceNotSuspended,
    InstanceSuspended,
    NothingToChange,
    ScopeNotOpen,
    StepFailed,
    TaskNotOpen,
)
from engine.events import (
    Event,
    ProcessInstanceResumed,
    ProcessInstanceSuspended,
    TokenMoved,
    UserTaskAssigned,
)
from engine.spiff import moving, regrouping, rescheduling
from engine.spiff.correction import set_variables
from engine.spiff.elements.activities import OPEN, OWNER
from engine.spiff.model import TOKEN_BUDGET, CompiledModel
from engine.spiff.tokens import Token, TokenBudgetExceeded
from engine.spiff.workflow import Workflow


class Operated:
    """The part of an :class:`~engine.spiff.execution.Execution` that operators use."""

    _model: CompiledModel
    _workflow: Workflow
    _events: list[Event]

    def hand_over(
        self, task_id: UUID, *, how: str, assignee: str | None, owner: str | None = None, reason: str = ""
    ) -> None:
        """Give an open user task to somebody, or back to its groups.

        Args:
            how: claimed, released, assigned, delegated or returned.
            owner: whom a delegate returns it to.

        Raises:
            TaskNotOpen: no such task is open.
        """
        self._require_running()
        token = self._open_task(task_id)
        opened = token.internal_data[OPEN]
        self._events.append(
            UserTaskAssigned(
                element_id=token.task_spec.bpmn_id,
                task_id=str(task_id),
                how=how,
                assignee=assignee,
                previous=opened["assignee"],
                owner=owner,
                reason=reason.strip() or None,
            )
        )
        opened["assignee"] = assignee
        opened.pop(OWNER, None)
        if owner is not None:
            opened[OWNER] = owner

    def suspend(self, reason: str) -> None:
        """Stop the instance until :meth:`resume`; meanwhile it can only be cancelled, or corrected.

        Raises:
            InstanceNotActive: it has ended.
            InstanceSuspended: it is suspended.
        """
        self._require_running()
        self._workflow.suspended_at = self._workflow.moment.now
        self._events.append(ProcessInstanceSuspended(reason=reason.strip()))

    def resume(self, reason: str) -> None:
        """Let a suspended instance go on; all that was due is due later by the length of the pause.

        Raises:
            InstanceNotSuspended: it is not suspended.
        """
        since = self._workflow.suspended_at
        if since is None:
            raise InstanceNotSuspended("Expected the process instance to be suspended, but it is not")
        self._workflow.suspended_at = None
        self._events.append(ProcessInstanceResumed(reason=reason.strip(), suspended_at=clock.to_text(since)))
        rescheduling.postpone(self._workflow, self._workflow.moment.now - since)

    def set_variables(
        self, variables: Mapping[str, Any], *, reason: str, scope_id: UUID | None = None
    ) -> None:
        """Set variables of the process, or of a token; conditions are looked at afterwards.

        Raises:
            InstanceNotActive: it has ended.
            ScopeNotOpen: there is no such token, or it has no variables of its own.
            NothingToChange: they have these values.
        """
        self._require_active()
        scope = None if scope_id is None else self._find(scope_id)
        if scope is None and scope_id is not None:
            raise ScopeNotOpen(f"Expected token '{scope_id}' to be in the process, but it is not")
        if not self._correct(variables, reason, scope):
            raise NothingToChange("Expected variables with other values, but they have these already")

    def recompute_due_dates(
        self,
        variables: Mapping[str, Any],
        *,
        reason: str,
        element_ids: Collection[str] = (),
        since: Mapping[str, datetime] = MappingProxyType({}),
    ) -> None:
        """Evaluate again when timers and open user tasks are due, see :func:`rescheduling.recompute`.

        Args:
            variables: set before.

        Raises:
            NothingToChange: all are due when they were, and the variables have these values.
        """
        self._require_running()
        changed = self._correct(variables, reason)
        if not rescheduling.recompute(self._workflow, frozenset(element_ids), since) and not changed:
            raise NothingToChange("Expected something to be due at another time, but nothing is")

    def reassign_candidates(
        self, variables: Mapping[str, Any], *, reason: str, element_ids: Collection[str] = ()
    ) -> None:
        """Evaluate again who may work on open user tasks, see :func:`regrouping.reassign`.

        Args:
            variables: set before.

        Raises:
            NothingToChange: all are for whom they were, and the variables have these values.
        """
        self._require_active()
        changed = self._correct(variables, reason)
        if not regrouping.reassign(self._workflow, frozenset(element_ids)) and not changed:
            raise NothingToChange("Expected a user task to be for others, but all are for whom they were")

    def timers_with_durations(self) -> frozenset[str]:
        """Return the identifiers of the waiting timers that count from when they began to wait."""
        return frozenset(str(token.task_id) for token in rescheduling.durations(self._workflow))

    def token_at(self, element_id: str, task_id: UUID | None = None) -> UUID:
        """Return the one token at an element that can be moved; ``task_id`` says which, if several are there.

        Raises:
            MoveRefused: there is none, or several.
        """
        return moving.find_token(self._workflow, element_id, task_id).task_id

    def move_token(
        self,
        task_id: UUID,
        *,
        from_element: str,
        to_element: str,
        reason: str,
        variables: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        """Take a token from one element and let it begin at another, see :mod:`engine.spiff.moving`.

        Args:
            variables: of the process, set before it begins.

        Raises:
            MoveRefused: it cannot begin there; the message says what to do instead.
        """
        self._require_running()
        token = moving.find_token(self._workflow, from_element, task_id)
        place = len(self._events)
        self._correct(variables, reason)
        with self._running():
            placed = moving.move(self._workflow, self._model, token, to_element)
        moved = TokenMoved(
            element_id=from_element,
            task_id=str(task_id),
            to_element_id=to_element,
            to_task_id=str(placed.task_id),
            reason=reason.strip(),
        )
        self._events.insert(place, moved)

    # inside

    @contextmanager
    def _running(self) -> Iterator[None]:
        try:
            yield
        except TokenBudgetExceeded as error:
            raise StepFailed(f"The command makes more than {TOKEN_BUDGET} tokens") from error
        except WorkflowException as error:
            element_id = getattr(getattr(error, "task_spec", None), "bpmn_id", None)
            raise StepFailed(f"Element '{element_id}': {error}", element_id=element_id) from error

    def _correct(self, variables: Mapping[str, Any], reason: str, scope: Token | None = None) -> bool:
        return set_variables(self._workflow, variables, scope=scope, reason=reason, events=self._events)

    def _require_active(self) -> None:
        if self._workflow.completed:
            raise InstanceNotActive("Expected the process instance to be active, but it has ended")

    def _require_running(self) -> None:
        self._require_active()
        if self._workflow.suspended_at is not None:
            raise InstanceSuspended("Expected the process instance to be running, but it is suspended")

    def _find(self, task_id: UUID) -> Token | None:
        number = self._workflow.counter.number_of(task_id)
        return next((token for token in self._workflow.tokens() if token.id == number), None)

    def _open_task(self, task_id: UUID) -> Token:
        token = self._find(task_id)
        if token is None or OPEN not in token.internal_data:
            raise TaskNotOpen(f"Expected user task '{task_id}' to be open, but it is not")
        return token
