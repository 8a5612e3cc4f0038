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


class InstanceNotActive(Rejection):
    """The process instance is completed or cancelled."""

    code = "instance_not_active"
    status = 409


class InstanceSuspended(Rejection):
    """The process instance is suspended; it must be resumed first."""

    code = "instance_suspended"
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


class TimerNotDue(Rejection):
    """The timer is not due yet, was fired before, or its element is no longer waiting."""

    code = "timer_not_due"
    status = 409


class CommandConflict(Rejection):
    """The command identifier was used before for another command."""

    code = "command_conflict"
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
    """

    def __init__(self, message: str, *, element_id: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.element_id = element_id


class HistoryDiverged(Fault):
    """The journal, its replay and the stored state do not agree."""
