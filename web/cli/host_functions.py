"""The functions that models may call beside those of FEEL, answered by the calendar of this installation."""

from typing import Any

from engine.database import reading
from processes.calendar.feel_functions import calendar_functions
from processes.calendar.store import load_calendar
from web.cli.installation import open_installation

_OFFERED = calendar_functions(load_calendar)

#: What expressions are compiled against.
FUNCTIONS = _OFFERED.feel


def ask(name: str, arguments: list[Any]) -> Any:
    """Answer one question; the installation is opened only when there is one."""
    with reading(open_installation().database) as connection:
        return _OFFERED.asking(connection)(name, arguments)
