"""Deadlines as directives word them (DOMAIN §2.2): never a day that the wording does not give."""

from processes.documents.deadlines.basis import BeforeDay
from processes.documents.deadlines.deadline import Deadline
from processes.documents.deadlines.find import (
    deadline_of_cell,
    deadlines_of_cell,
    find_deadline,
    find_deadlines,
)

__all__ = [
    "BeforeDay",
    "Deadline",
    "deadline_of_cell",
    "deadlines_of_cell",
    "find_deadline",
    "find_deadlines",
]
