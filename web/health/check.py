"""Decides whether a process can do its work: its database answers, has the right schema, and its clock runs."""

import logging
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from engine.database import READ_ONLY
from engine.timers.clockwork import Clockwork
from processes.schema import status

logger = logging.getLogger(__name__)

FINE = "ok"


@dataclass(slots=True, kw_only=True)
class Health:
    """What a process depends on.

    Attributes:
        clockwork: the clock that runs in this process, if one does.
    """

    database: Engine
    clockwork: Clockwork | None = None

    def checks(self) -> dict[str, str]:
        """Return each thing that was looked at with ``ok`` or what is wrong; nothing in it is secret."""
        found = {"database": FINE, "schema": FINE}
        try:
            schema = status(self.database.execution_options(**READ_ONLY))  # holds up no writer
        except SQLAlchemyError:
            logger.warning("the database does not answer", exc_info=True)
            found = {"database": "does not answer", "schema": "unknown"}
        else:
            if schema.pending or not schema.known:
                found["schema"] = "not at the newest revision"
        if self.clockwork is not None:
            found["clockwork"] = "late" if self.clockwork.is_late() else FINE
        return found
