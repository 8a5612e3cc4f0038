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
    InvalidVariables,
    NotAuthorised,
    TaskAlreadyCompleted,
    TaskNotOpen,
)
from engine.ids import new_id
from engine.instances.instance import OPEN
from engine.tasklist import TaskDetail
from web.engine_access import dispatcher
from web.forms.fields import all_fields, first_values, prepare_fields
from web.forms.submission import submitted_values
from web.forms.values import shown_values
from web.records import readable_task
from web.sign_in.guard import actor_on
from web.tasks.page import Refusal, TaskPage, refusal_of, task_page

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
        refusal = refusal_of(busy, is_open=True, reader=command.actor.key)
        return _task_page(detail, command_id=command_id, values=values, refusal=refusal), busy.status
    except (CommandConflict, TaskAlreadyCompleted, TaskNotOpen, NotAuthorised) as refused:
        now = readable_task(task_id)
        refusal = refusal_of(refused, is_open=now.task.status == OPEN, reader=command.actor.key)
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
    )
