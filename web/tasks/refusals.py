"""Why something about a user task was refused, and what to do now."""

from dataclasses import dataclass

from engine.errors import (
    Busy,
    CommandConflict,
    FourEyesRequired,
    InstanceSuspended,
    InvalidVariables,
    NotAuthorised,
    Rejection,
    TaskAlreadyClaimed,
    TaskAlreadyCompleted,
    TaskDelegated,
)
from engine.instances.instance import OPEN
from engine.tasklist import TaskView
from processes.access.accounts import names_by_actor_key
from web.errors.sentences import sentence
from web.language import gettext
from web.sessions import reading_session


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A refusal in words."""

    title: str
    advice: str


def refusal_of(refused: Rejection, task: TaskView, *, reader: str) -> Refusal:
    """Return the words for a completion that came too late or from the wrong person.

    Args:
        task: the task as it stands now.
        reader: the actor key of the person who tried.
    """
    match refused:
        case Busy():
            return Refusal(
                title=gettext("The system is busy"),
                advice=gettext(
                    "What you entered is still here. Send it again in a minute; what was saved already is not "
                    "saved twice."
                ),
            )
        case CommandConflict() if task.status == OPEN:
            return Refusal(
                title=gettext("This form was used before"),
                advice=gettext("Check what you entered and send it again."),
            )
        case CommandConflict():
            return Refusal(
                title=gettext("You have sent this form already"),
                advice=gettext(
                    "What you sent first was kept and cannot be changed. What you changed afterwards was not "
                    "kept; you find both below."
                ),
            )
        case TaskAlreadyCompleted() if refused.params.get("completed_by") == reader:
            return Refusal(
                title=gettext("You have completed this task already"),
                advice=gettext(
                    "What you entered then was kept; what you entered now was not. You find both below."
                ),
            )
        case TaskAlreadyCompleted():
            return Refusal(
                title=gettext("This task is already done"),
                advice=gettext("Somebody completed it before you. What you entered was not kept."),
            )
        case FourEyesRequired():
            return Refusal(
                title=gettext("Somebody else has to do this"),
                advice=gettext(
                    "You took the step that this one judges. Nobody judges their own work: ask a colleague."
                ),
            )
        case TaskDelegated():
            return Refusal(
                title=gettext("A colleague is working on it for you"),
                advice=gettext("Take the task back first, or wait until it is returned to you."),
            )
        case InstanceSuspended():
            return Refusal(
                title=gettext("The process is suspended"),
                advice=gettext("Nothing can be done until it goes on. What you entered was not kept."),
            )
        case NotAuthorised() if task.status == OPEN and task.assignee is not None:
            return _held(task.assignee)
        case NotAuthorised():
            return Refusal(
                title=gettext("This task is not yours to complete"),
                advice=gettext("You may read it. Below you see who may act."),
            )
        case _:
            return Refusal(
                title=gettext("This task is no longer open"),
                advice=gettext(
                    "The process moved on without it, for example because the assignment was withdrawn or its "
                    "time ran out. What you entered was not kept."
                ),
            )


def handover_refusal(refused: Rejection) -> Refusal | None:
    """Return the words for a task that could not change hands; ``None`` for what has a page of its own."""
    match refused:
        case TaskAlreadyClaimed():
            return _held(str(refused.params["assignee"]))
        case FourEyesRequired():
            return Refusal(
                title=gettext("Somebody else has to do this"),
                advice=gettext("Whoever took the step that this one judges cannot get it."),
            )
        case InvalidVariables():
            return Refusal(
                title=gettext("This was not accepted"),
                advice=gettext("Give a reason and choose a person, then try again."),
            )
        case NotAuthorised():
            return None
        case _:
            advice = sentence(refused)
            return None if advice is None else Refusal(title=gettext("This was not accepted"), advice=advice)


def _held(assignee: str) -> Refusal:
    name = names_by_actor_key(reading_session(), [assignee]).get(assignee, assignee)
    return Refusal(
        title=gettext("%(person)s has this task now", person=name),
        advice=gettext(
            "Only they can complete it. They can give it back, and a coordinator can assign it anew."
        ),
    )
