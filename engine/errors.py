"""What can go wrong: a Rejection is the caller's to mend, a Fault is ours.

A rejection carries a stable code and parameters; the interface chooses its sentence by the code. The English
sentence has a fixed shape: *Expected to complete user task 'X', but it is already completed*.
"""

from typing import ClassVar


class SauroError(Exception):
    """The root of all errors raised on purpose."""


class Fault(SauroError):
    """Something failed on our side; it is logged and nothing was written."""


class Rejection(SauroError):
    """A command or input was refused; nothing was written."""

    #: Stable identifier, used by translations and the API.
    code: ClassVar[str] = "rejected"
    #: HTTP status for the same refusal.
    status: ClassVar[int] = 422

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message)
        self.message = message
        self.params = params


class NotFound(Rejection):
    """The thing that the command names does not exist (or must not be known to the actor)."""

    code = "not_found"
    status = 404


class NotAuthorised(Rejection):
    """The actor may not do this."""

    code = "not_authorised"
    status = 403


class FourEyesRequired(NotAuthorised):
    """The same person took the step that this one judges."""

    code = "four_eyes_required"


class TaskAlreadyCompleted(Rejection):
    """The user task was completed before."""

    code = "task_already_completed"
    status = 409


class TaskNotOpen(Rejection):
    """The user task was cancelled, or its instance ended."""

    code = "task_not_open"
    status = 409


class TaskAlreadyClaimed(Rejection):
    """Somebody has the user task already."""

    code = "task_already_claimed"
    status = 409


class TaskDelegated(Rejection):
    """The user task is with a delegate, who has to return it first."""

    code = "task_delegated"
    status = 409


class TaskNotDelegated(Rejection):
    """The user task is with nobody's delegate."""

    code = "task_not_delegated"
    status = 409


class CandidateGroupsMissing(Rejection):
    """The user task has no groups that it could be given back to."""

    code = "candidate_groups_missing"
    status = 409


class InstanceNotActive(Rejection):
    """The process instance is completed or cancelled."""

    code = "instance_not_active"
    status = 409


class InstanceArchived(Rejection):
    """The history of the process instance went to an archive file; ``sauro history`` reads it there."""

    code = "instance_archived"
    status = 410


class InstanceSuspended(Rejection):
    """The process instance is suspended; it must be resumed first."""

    code = "instance_suspended"
    status = 409


class InstanceNotSuspended(Rejection):
    """The process instance is not suspended."""

    code = "instance_not_suspended"
    status = 409


class NothingToChange(Rejection):
    """Everything is already as the command would make it."""

    code = "nothing_to_change"
    status = 409


class ElementNotWaiting(Rejection):
    """The element does not wait for what the command is about."""

    code = "element_not_waiting"
    status = 409


class ScopeNotOpen(Rejection):
    """The token is gone or has no variables of its own."""

    code = "scope_not_open"
    status = 409


class NotSkippable(Rejection):
    """What failed is no service task, or the process does not go on when it is skipped."""

    code = "not_skippable"
    status = 409


class MoveRefused(Rejection):
    """The token cannot be moved in this way; the message says why, and what to do instead."""

    code = "move_refused"
    status = 409


class StartEventMissing(Rejection):
    """The process does not start in this way."""

    code = "start_event_missing"
    status = 422


class InstanceAlreadyExists(Rejection):
    """Another command started an instance under this identifier."""

    code = "instance_already_exists"
    status = 409


class MessageNotExpected(Rejection):
    """No active instance waits for this message with this correlation key."""

    code = "message_not_expected"
    status = 409


class SignalNotExpected(Rejection):
    """No element of the instance waits for this signal."""

    code = "signal_not_expected"
    status = 409


class MessageAmbiguous(Rejection):
    """More than one instance waits for this message with this correlation key."""

    code = "message_ambiguous"
    status = 409


class MigrationRefused(Rejection):
    """The instance cannot go on under the other definition; ``params["problems"]`` names every reason."""

    code = "migration_refused"
    status = 409


class TimerNotDue(Rejection):
    """The timer is not due yet, was fired before, or its element is no longer waiting."""

    code = "timer_not_due"
    status = 409


class CommandConflict(Rejection):
    """The command identifier was used before for another command."""

    code = "command_conflict"
    status = 409


class Busy(Rejection):
    """The database could not take the command now; the same command may be sent again.

    Whether it was applied after all shows then: a command that was applied gives its first answer.
    """

    code = "busy"
    status = 503


class EmptySelection(Rejection):
    """Nothing is as the filter wants it, so there is nothing to do."""

    code = "empty_selection"
    status = 422


class TooManySubjects(Rejection):
    """A batch of so many subjects has to be divided."""

    code = "too_many_subjects"
    status = 422


class BatchNotRunning(Rejection):
    """The batch has ended."""

    code = "batch_not_running"
    status = 409


class InvalidVariables(Rejection):
    """The submitted variables are not JSON, too large, or do not satisfy the form.

    ``params["errors"]`` is a list of ``{"key": field key, "code": why, ...}``.
    """

    code = "invalid_variables"
    status = 422


class DefinitionRefused(Rejection):
    """The model would not run as drawn; ``params["problems"]`` names every element, reason and advice."""

    code = "definition_refused"
    status = 422


class DefinitionUnusable(Fault):
    """A deployed definition can no longer be compiled, so nothing of it can run."""


class StepFailed(Fault):
    """An element of the model failed while a command was applied; the instance is untouched.

    Attributes:
        element_id: the BPMN element that failed, where known.
        passage: of a service task, how often the command had reached it then, itself included.
        called: the service type or decision that failed, if it was one.
    """

    def __init__(
        self, message: str, *, element_id: str | None = None, passage: int = 1, called: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.element_id = element_id
        self.passage = passage
        self.called = called


class HistoryDiverged(Fault):
    """The journal, its replay and the stored state do not agree."""
