"""Says calmly that something did not work, what to do next, and under which number it can be found."""

import logging
import secrets
from http import HTTPStatus

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from engine.database import trouble_of
from engine.errors import Rejection
from web.errors.sentences import sentence
from web.language import gettext

logger = logging.getLogger(__name__)

#: Letters and digits that cannot be taken for each other when read out on the telephone.
_READABLE = "ACDEFGHJKLMNPQRTUVWXY34679"


def install(app: Flask) -> None:
    """Answer every error with a page of our own."""
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Rejection, _rejection)
    app.register_error_handler(DBAPIError, _database_error)
    app.register_error_handler(PoolTimeout, _database_error)
    app.register_error_handler(Exception, _unexpected)


def reference_number() -> str:
    """Return a fresh number under which an error is found in the log, e.g. ``K7QM-3XHA``."""
    return "-".join("".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(2))


def http_error(error: HTTPException) -> ResponseReturnValue:
    """Answer an error of HTTP with the page that everybody may see."""
    if isinstance(error, CSRFError):
        return _page(400, gettext("This page was open for too long. Go back, reload it and send it again."))
    if error.response is not None:
        return error.response
    return _page(error.code or 500)


def _rejection(error: Rejection) -> ResponseReturnValue:
    usual = error.status in {403, 404}  # what is not theirs looks like what is not there
    return _page(error.status, None if usual else sentence(error))


def _database_error(error: DBAPIError | PoolTimeout) -> ResponseReturnValue:
    return _page(500 if trouble_of(error) is None else 503, error=error)


def _unexpected(error: Exception) -> ResponseReturnValue:
    return _page(500, error=error)


def _page(status: int, advice: str | None = None, error: Exception | None = None) -> ResponseReturnValue:
    reference = reference_number()
    log = logger.error if status >= HTTPStatus.INTERNAL_SERVER_ERROR else logger.info
    log(
        "request refused",
        extra={"reference": reference, "status": status, "method": request.method, "path": request.path},
        exc_info=error,
    )
    title, usual_advice = _words(status)
    page = render_template(
        "errors/error.html", status=status, title=title, advice=advice or usual_advice, reference=reference
    )
    return page, status


def _words(status: int) -> tuple[str, str]:
    match status:
        case 400:
            return gettext("The request could not be read"), gettext(
                "Go back, reload the page and try again."
            )
        case 403:
            return (
                gettext("Your role does not allow this"),
                gettext("If you need it for your work, ask the administrator of the system."),
            )
        case 404:
            return (
                gettext("This page is not here"),
                gettext("It may have moved, or it belongs to another unit. Start again from your work list."),
            )
        case 405:
            return gettext("This page cannot be used that way"), gettext("Start again from your work list.")
        case 409:
            return (
                gettext("Somebody was faster"),
                gettext(
                    "The work has moved on since you opened the page. Your list shows how it stands now."
                ),
            )
        case 413:
            return gettext("That is too large"), gettext("Send less text or a smaller file.")
        case 429:
            return gettext("Too many attempts"), gettext("Wait one minute, then try again.")
        case 503:
            return gettext("The system is busy"), gettext("Nothing was lost. Try again in a minute.")
        case _ if status < HTTPStatus.INTERNAL_SERVER_ERROR:
            return gettext("This was not accepted"), gettext("Go back, check what you entered and try again.")
        case _:
            return (
                gettext("Something failed on our side"),
                gettext(
                    "Nothing was saved half-way. Try again; if it happens again, report the number below."
                ),
            )
