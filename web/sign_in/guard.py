"""Stands in front of every page: nobody passes unknown, except to the few pages named here."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from flask import Flask, abort, g, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user

from engine.actors import Actor
from engine.tasklist import TaskView, may_work_on
from processes.access import policy
from processes.access.policy import Permission
from processes.access.substitution import StandIn, standing_in
from processes.access.tables import User
from web.sessions import reading_session

#: Endpoints open to everybody. All others ask for a sign-in; a new page is closed until it is named here.
OPEN_ENDPOINTS = frozenset(
    {
        "assets.asset",
        "health.healthz",
        "health.metrics",
        "health.readyz",
        "preferences.choose",
        "security.login",
        "security.logout",
        "static",
    }
)

P = ParamSpec("P")
R = TypeVar("R")


def install(app: Flask) -> None:
    """Ask for a sign-in before every request that needs one."""

    @app.before_request
    def ask_for_sign_in() -> ResponseReturnValue | None:
        if request.endpoint is None or request.endpoint in OPEN_ENDPOINTS or current_user.is_authenticated:
            return None
        target = request.full_path.rstrip("?") if request.method in {"GET", "HEAD"} else None
        address = (
            url_for("security.login", next=target) if target not in {None, "/"} else url_for("security.login")
        )
        if request.headers.get("HX-Request"):
            answer = make_response("", 204)
            answer.headers["HX-Redirect"] = url_for("security.login")
            return answer
        return redirect(address)


def signed_in_user() -> User:
    """Return the person behind the present request."""
    return cast(User, current_user._get_current_object())


def signed_in_actor() -> Actor:
    """Return the person behind the present request as the engine sees them."""
    if "sauro_actor" not in g:
        g.sauro_actor = policy.actor_for(signed_in_user())
    return cast(Actor, g.sauro_actor)


def stood_in_for() -> list[StandIn]:
    """Return for whom the person behind the present request stands in today."""
    if "sauro_stood_in_for" not in g:
        g.sauro_stood_in_for = standing_in(reading_session(), signed_in_user())
    return cast(list[StandIn], g.sauro_stood_in_for)


def actor_on(task: TaskView) -> Actor:
    """Return the person behind the present request as they may work on a task: in their own right if they have it,
    else on behalf of somebody they stand in for, else as themselves.
    """
    own = signed_in_actor()
    if may_work_on(task, own):
        return own
    return next((each.actor for each in stood_in_for() if may_work_on(task, each.actor)), own)


def actor_holding(task: TaskView) -> Actor:
    """Return the person behind the present request as whose task it is, or was before it was delegated.

    That is they themselves, else somebody they stand in for; else they themselves, to be refused.
    """
    own = signed_in_actor()
    holders = (own, *(each.actor for each in stood_in_for()))
    return next((actor for actor in holders if actor.acts_as in {task.assignee, task.owner}), own)


def requires(*permissions: Permission) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Answer 403 to whoever has none of the permissions."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            if policy.permissions_of(signed_in_user()).isdisjoint(permissions):
                abort(403)
            return view(*args, **kwargs)

        cast(Any, guarded).required_permissions = permissions
        return guarded

    return decorate
