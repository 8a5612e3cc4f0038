"""One e-mail for all that is new: who gets it, and what it says, in the reader's language."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import orjson
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from engine.clock import today
from processes.access.policy import actor_for
from processes.access.tables import User
from processes.notifications.email import Recipient
from web.language import gettext, ngettext
from web.notifications.sentences import subject, title


def people_of_groups(connection: Connection, groups: Iterable[str]) -> Mapping[str, Sequence[Recipient]]:
    """Return the active people with an e-mail address, by the candidate groups asked for."""
    wanted = set(groups)
    found: dict[str, list[Recipient]] = {}
    with Session(bind=connection) as session:
        accounts = session.scalars(
            select(User).where(User.active, User.email.is_not(None)).order_by(User.username)
        )
        for account in accounts:
            for group in sorted(wanted & actor_for(account).groups):
                recipient = Recipient(address=account.email or "", name=account.name)
                found.setdefault(group, []).append(recipient)
    return found


def digest_renderer(app: Flask) -> Callable[[Recipient, Sequence[Mapping[str, Any]]], tuple[str, str]]:
    """Return what writes a digest with the application's catalogues."""

    def render(recipient: Recipient, items: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
        with app.test_request_context(), force_locale(recipient.locale):
            return render_digest(recipient, items)

    return render


def render_digest(recipient: Recipient, items: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    """Return subject and text of one person's digest; needs the application's context.

    Args:
        items: outbox payloads, each with ``template`` and ``params``.
    """
    heading = ngettext("Sáu Rõ: %(num)s notice", "Sáu Rõ: %(num)s notices", len(items))
    lines = [gettext("Dear %(name)s,", name=recipient.name), ""]
    for item in items:
        params = item["params"]
        params = orjson.loads(params) if isinstance(params, str) else params
        lines.append(f"• {title(item['template'], params)}")
        about = subject(params)
        if about:
            lines.append(f"  {about}")
        if params.get("directive_summary"):
            lines.append(f"  {params['directive_summary']}")
        lines.append("")
    lines.append(gettext("Sign in to see the details and what is to be done."))
    return f"{heading} · {today():%d/%m/%Y}", "\n".join(lines) + "\n"
