"""One user task: what is asked, why, until when and what follows; and completing it."""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import clock
from engine.commands import CompleteUserTask
from engine.errors import (
    Busy,
    CommandConflict,
    InstanceSuspended,
    InvalidVariables,
    NotAuthorised,
    Rejection,
    TaskAlreadyCompleted,
    TaskDelegated,
    TaskNotOpen,
)
from engine.ids import new_id
from engine.instances.instance import OPEN
from engine.tasklist import TaskDetail, TaskView
from web.engine_access import dispatcher
from web.forms.fields import all_fields, first_values, prepare_fields
from web.forms.submission import submitted_values
from web.forms.values import shown_values
from web.records import readable_task
from web.sign_in.guard import actor_on
from web.tasks.custody import assignees_of, delegates_of
from web.tasks.handover import ACTS, handover_command
from web.tasks.page import TaskPage, task_page
from web.tasks.refusals import Refusal, handover_refusal, refusal_of

blueprint = Blueprint("tasks", __name__)


@blueprint.get("/tasks/<uuid:task_id>")
def task(task_id: UUID) -> ResponseReturnValue:
    """Show a task: its form while it is open and mine, else how it stands."""
    detail = readable_task(task_id)
    return _task_page(detail, command_id=new_id())


@blueprint.post("/tasks/<uuid:task_id>")
def complete(task_id: UUID) -> ResponseReturnValue:
    """Complete a task with the values sent.

    A repeat of the same form is answered like the first; a form that was changed and sent again is not kept, and
    what was typed is shown beside what was kept.
    """
    detail = readable_task(task_id)
    command_id = _command_id()
    values = submitted_values(detail.form, request.form)
    command = CompleteUserTask(
        command_id=command_id, actor=actor_on(detail.task), task_id=task_id, variables=values
    )
    try:
        dispatcher().execute(command)
    except InvalidVariables as refused:
        return _task_page(detail, command_id=command_id, values=values, refused=refused), refused.status
    except Busy as busy:
        refusal = refusal_of(busy, detail.task, reader=command.actor.key)
        return _task_page(detail, command_id=command_id, values=values, refusal=refusal), busy.status
    except (
        CommandConflict,
        InstanceSuspended,
        NotAuthorised,
        TaskAlreadyCompleted,
        TaskDelegated,
        TaskNotOpen,
    ) as refused:
        now = readable_task(task_id)
        refusal = refusal_of(refused, now.task, reader=command.actor.key)
        page = _task_page(now, command_id=new_id(), values=values, refusal=refusal)
        return page, refused.status
    return redirect(url_for("inbox.inbox", done=task_id), 303)


@blueprint.post("/tasks/<uuid:task_id>/fields")
def fields(task_id: UUID) -> ResponseReturnValue:
    """Return the form's fields as they are asked after a choice; nothing is kept or judged."""
    detail = readable_task(task_id)
    if detail.form is None or detail.task.status != OPEN:
        abort(409)
    prepared = prepare_fields(
        detail.form,
        submitted_values(detail.form, request.form),
        variables=detail.variables,
        process_key=detail.task.process_key,
        now=clock.now(),
    )
    return render_template("forms/fields.html", fields=prepared)


@blueprint.post(f"/tasks/<uuid:task_id>/<any({', '.join(ACTS)}):act>")
def hand_over(task_id: UUID, act: str) -> ResponseReturnValue:
    """Let a task change hands; whoever came too late is told who has it now."""
    task = readable_task(task_id).task
    command_id = _command_id()
    try:
        command = handover_command(
            act,
            task,
            command_id=command_id,
            person=_chosen(act, task, request.form.get("person", "")),
            reason=request.form.get("reason", "").strip(),
        )
        dispatcher().execute(command)
    except Rejection as refused:
        refusal = handover_refusal(refused)
        if refusal is None:
            raise
        return _task_page(readable_task(task_id), command_id=new_id(), refusal=refusal), refused.status
    if act == "return" and command.actor.acts_as != task.owner:
        return redirect(url_for("inbox.inbox"), 303)  # whoever only helped may not see it any more
    return redirect(url_for("tasks.task", task_id=task_id, handed=act), 303)


def _chosen(act: str, task: TaskView, person: str) -> str:
    """Return the key of a person who may be chosen; nobody else's is passed on."""
    if not person and act == "assign" and "to_group" not in request.form:
        raise InvalidVariables(
            "Expected a person, but none was chosen", errors=[{"key": "person", "code": "required"}]
        )
    choices = delegates_of(task) if act == "delegate" else assignees_of(task) if act == "assign" else ()
    if person and all(person != choice.key for choice in choices):
        abort(400)
    return person


def _command_id() -> UUID:
    try:
        return UUID(request.form.get("command_id", ""))
    except ValueError:
        abort(400)


def _task_page(
    detail: TaskDetail,
    *,
    command_id: UUID,
    values: dict[str, Any] | None = None,
    refused: InvalidVariables | None = None,
    refusal: Refusal | None = None,
) -> str:
    page: TaskPage = task_page(detail)
    prepared = []
    if page.mine and detail.form is not None:
        errors: Any = refused.params["errors"] if refused is not None else ()
        prepared = prepare_fields(
            detail.form,
            first_values(detail.form, detail.variables) if values is None else values,
            variables=detail.variables,
            errors=errors,
            process_key=detail.task.process_key,
            now=clock.now(),
        )
    lost = (
        shown_values(detail.form, values or {}, detail.variables, process_key=detail.task.process_key)
        if refusal is not None and not prepared
        else []
    )
    return render_template(
        "tasks/task.html",
        page=page,
        task=detail.task,
        fields=prepared,
        failed=[field for field in all_fields(prepared) if field.error],
        refused=refused is not None,
        refusal=refusal,
        lost=lost,
        command_id=command_id,
        handover_ids={act: new_id() for act in (*ACTS, "ungroup")},
        handed=request.args.get("handed", "") if refusal is None else "",
    )
