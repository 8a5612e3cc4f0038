"""Activities: they take their inputs, work, give back their outputs, and may carry boundary events."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.service_tasks import BusinessError
from engine.spiff.elements import loops, throwing, triggers
from engine.spiff.elements.base import Element
from engine.spiff.elements.gateways import withdraw_rivals
from engine.spiff.elements.opening import opened
from engine.spiff.elements.throwing import PENDING
from engine.spiff.tokens import Token
from engine.spiff.variables import COMPENSATES, INDEX, enter, leave, visible

#: Keys of ``Token.internal_data``; the codec stores them.
OPEN = "open"  # an open user task: assignee, groups, due, follow_up, priority, and:
OWNER = "owner"  # whom a delegate returns it to, only while it is delegated


class Activity(Element):
    """An activity; with loop characteristics its token is the body of many instances.

    Attributes:
        compensation: the activity that undoes it.
    """

    compensation: "Activity | None" = None

    def begin(self, token: Token) -> None:
        """Start working once the inputs are taken; the default is to work at once."""
        token.workflow.top_workflow.queue.append(token)

    def perform(self, _token: Token) -> bool | None:
        """Do the work; ``None`` if the token does not complete by it."""
        return True

    def give_back(self, token: Token, result: Mapping[str, Any]) -> None:
        """Carry a result outwards; one of many instances keeps what is collected of it."""
        seen = leave(token, result)
        if INDEX in token.internal_data:
            loops.keep_result(token, seen)

    def finish(self, token: Token, result: Mapping[str, Any]) -> None:
        """Complete work that was waited for."""
        self.give_back(token, result)
        token._set_state(TaskState.READY)
        token.run()

    def is_body(self, token: Token) -> bool:
        """Say whether a token stands for many instances, not for one."""
        return self.extensions.loop is not None and not {INDEX, PENDING} & token.internal_data.keys()

    def _run_hook(self, token: Token) -> bool | None:
        return True if self.is_body(token) else self.perform(token)

    def _on_ready_hook(self, token: Token) -> None:
        if self.is_body(token):
            if loops.is_begun(token):
                token.workflow.top_workflow.queue.append(token)
                return
            self._attach_events(token)
            if token.is_live:
                loops.begin(token)
            return
        if PENDING not in token.internal_data:
            enter(token)
            if INDEX not in token.internal_data:
                self._attach_events(token)
        self.begin(token)

    def _attach_events(self, token: Token) -> None:
        for event in self.boundary:
            if event.waits:
                token.workflow.place(event, host=token.id)

    def _on_complete(self, token: Token) -> None:
        scope = token.workflow
        if INDEX in token.internal_data:
            scope.top_workflow.recorder.element_completed(token, None)
            scope.remove(token)
            loops.instance_completed(token)
            return
        if COMPENSATES in token.internal_data:
            scope.top_workflow.recorder.element_completed(token, None)
            throwing.undone(token)
            return
        for event in scope.hosted_by(token):
            scope.withdraw(event)
        if self.compensation is not None:
            scope.done.append([self.name])
        super()._on_complete(token)


class PassThroughTask(Activity):
    """A task without implementation; a token passes it at once, as in Camunda."""

    def perform(self, token: Token) -> bool:
        """Carry the mappings."""
        self.give_back(token, {})
        return True


class UserTask(Activity):
    """A user task; it opens when its token arrives and is completed by command only."""

    def begin(self, token: Token) -> None:
        """Open it."""
        assignment = self.extensions.assignment
        if assignment is None:
            raise AssertionError(f"User task '{self.bpmn_id}' was compiled without an assignment")
        token.internal_data[OPEN] = opened(self.bpmn_id, assignment, visible(token), token)
        token.workflow.top_workflow.recorder.user_task_created(token)

    def finish(self, token: Token, result: Mapping[str, Any]) -> None:
        """Complete it with the values of its form."""
        del token.internal_data[OPEN]
        super().finish(token, result)

    def _on_cancel(self, token: Token) -> None:
        if token.internal_data.get(OPEN) is not None:
            token.workflow.top_workflow.recorder.user_task_cancelled(token)


class Working(Activity, ABC):
    """An activity that is done within the command."""

    @abstractmethod
    def work(self, token: Token, seen: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the result.

        Raises:
            BusinessError: something that the model may deal with.
        """

    def perform(self, token: Token) -> bool | None:
        """Work, or let the model deal with the error."""
        try:
            result = self.work(token, visible(token))
        except BusinessError as error:
            throwing.throw_error(token, error.error_code, error.message, error.variables)
            return None
        self.give_back(token, result)
        return True


class ServiceTask(Working):
    """A service task; its handler answers within the command."""

    def work(self, token: Token, seen: Mapping[str, Any]) -> Mapping[str, Any]:
        """Ask the handler."""
        work = self.extensions.work
        if work is None:
            raise AssertionError(f"Service task '{self.bpmn_id}' was compiled without a task type")
        result: Mapping[str, Any] = token.workflow.top_workflow.recorder.run_service(token, work, seen)
        return result


class SendTask(ServiceTask):
    """A send task; it has a handler, or a message for whoever waits for it."""

    def work(self, token: Token, seen: Mapping[str, Any]) -> Mapping[str, Any]:
        """Send."""
        if self.extensions.work is not None:
            return super().work(token, seen)
        throwing.send_message(token, self.extensions.trigger)
        return {}


class BusinessRuleTask(Working):
    """A business rule task; it evaluates a decision of the same definition."""

    def work(self, token: Token, seen: Mapping[str, Any]) -> Mapping[str, Any]:
        """Decide."""
        computation = self.extensions.computation
        if computation is None or computation.decision_id is None:
            raise AssertionError(f"Business rule task '{self.bpmn_id}' was compiled without a decision")
        result = token.workflow.top_workflow.recorder.decide(token, computation.decision_id, seen)
        return {computation.result_variable: result}


class ScriptTask(Working):
    """A script task; its script is one FEEL expression."""

    def work(self, token: Token, seen: Mapping[str, Any]) -> Mapping[str, Any]:
        """Evaluate."""
        computation = self.extensions.computation
        if computation is None or computation.expression is None:
            raise AssertionError(f"Script task '{self.bpmn_id}' was compiled without an expression")
        moment = token.workflow.top_workflow.moment
        value = computation.expression.evaluate(seen, at=moment, element_id=self.bpmn_id)
        return {computation.result_variable: value}


class ReceiveTask(Activity):
    """A receive task; it waits for a message."""

    def begin(self, token: Token) -> None:
        """Wait."""
        triggers.arm(token, self.extensions.trigger)

    def fired(self, token: Token) -> None:
        """Take the message."""
        withdraw_rivals(token)
        self.finish(token, token.internal_data.pop(triggers.PAYLOAD))
