"""Decides who may see and do what: roles × units × records. No other module grants anything.

A unit's people see the assignments their unit leads or helps with, and nothing of anybody else's; to them a
foreign record does not exist. Coordinators, leaders, auditors and administrators see every assignment. Only
members of a task's candidate groups work on it, so reading everything never means acting on it.
"""

from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import Protocol

from engine.actors import Actor


class Role(StrEnum):
    """What a person is, in this system."""

    #: Runs the machinery: accounts, units, calendar, definitions, incidents. Decides nothing in the subject.
    ADMINISTRATOR = "administrator"
    #: Reads everything, verifies histories, changes nothing.
    AUDITOR = "auditor"
    #: Works in the monitoring body: issues letters, appraises, proposes.
    COORDINATOR = "coordinator"
    #: A chairman or vice-chairman: decides on commendation and accountability.
    LEADER = "leader"
    #: The head of a unit, who answers for its assignments.
    UNIT_HEAD = "unit_head"


class Permission(StrEnum):
    """What can be allowed, as ``resource:action``, in alphabetical order."""

    ASSIGNMENT_READ_ALL = "assignment:read_all"
    ASSIGNMENT_READ_UNIT = "assignment:read_unit"
    CALENDAR_MANAGE = "calendar:manage"
    DEFINITION_DEPLOY = "definition:deploy"
    DOCUMENT_ISSUE = "document:issue"
    HISTORY_VERIFY = "history:verify"
    INCIDENT_RETRY = "incident:retry"
    INSTANCE_CANCEL = "instance:cancel"
    INSTANCE_MIGRATE = "instance:migrate"
    INSTANCE_MODIFY = "instance:modify"
    INSTANCE_START = "instance:start"
    INSTANCE_SUSPEND = "instance:suspend"
    MESSAGE_CORRELATE = "message:correlate"
    RETENTION_MANAGE = "retention:manage"
    TASK_ASSIGN = "task:assign"
    TASK_WORK = "task:work"
    UNIT_MANAGE = "unit:manage"
    USER_MANAGE = "user:manage"


PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.ASSIGNMENT_READ_ALL,
            Permission.CALENDAR_MANAGE,
            Permission.DEFINITION_DEPLOY,
            Permission.INCIDENT_RETRY,
            Permission.INSTANCE_MIGRATE,
            Permission.INSTANCE_MODIFY,
            Permission.INSTANCE_SUSPEND,
            Permission.RETENTION_MANAGE,
            Permission.UNIT_MANAGE,
            Permission.USER_MANAGE,
        }
    ),
    Role.AUDITOR: frozenset({Permission.ASSIGNMENT_READ_ALL, Permission.HISTORY_VERIFY}),
    Role.COORDINATOR: frozenset(
        {
            Permission.ASSIGNMENT_READ_ALL,
            Permission.DOCUMENT_ISSUE,
            Permission.INSTANCE_CANCEL,
            Permission.INSTANCE_START,
            Permission.INSTANCE_SUSPEND,
            Permission.MESSAGE_CORRELATE,
            Permission.TASK_ASSIGN,
            Permission.TASK_WORK,
        }
    ),
    Role.LEADER: frozenset({Permission.ASSIGNMENT_READ_ALL, Permission.TASK_WORK}),
    Role.UNIT_HEAD: frozenset({Permission.ASSIGNMENT_READ_UNIT, Permission.TASK_WORK}),
}


class Person(Protocol):
    """What the policy needs to know about somebody; :class:`processes.access.tables.User` has it."""

    @property
    def username(self) -> str:
        """The sign-in name."""

    @property
    def name(self) -> str:
        """The name shown to people."""

    @property
    def unit_code(self) -> str | None:
        """The unit the person works in."""

    @property
    def role_names(self) -> Iterable[str]:
        """The roles held."""


def permissions_of(person: Person) -> frozenset[Permission]:
    """Return everything that the person's roles allow."""
    return frozenset().union(*(PERMISSIONS[Role(name)] for name in person.role_names))


def groups_of(person: Person) -> frozenset[str]:
    """Return the candidate groups the person belongs to, e.g. ``head:SNV``."""
    groups: set[str] = set()
    for name in person.role_names:
        match Role(name):
            case Role.UNIT_HEAD if person.unit_code:
                groups.add(f"head:{person.unit_code}")
            case Role.COORDINATOR if person.unit_code:
                groups.add(f"coordinator:{person.unit_code}")
            case Role.LEADER:
                groups.add("leader")
    return frozenset(groups)


def actor_key(username: str) -> str:
    """Return the key that stands for the person in journals."""
    return f"u:{username}"


def actor_for(person: Person) -> Actor:
    """Return the person as the engine sees them."""
    return Actor(
        key=actor_key(person.username),
        name=person.name,
        groups=groups_of(person),
        permissions=frozenset(permission.value for permission in permissions_of(person)),
    )


def visible_units(person: Person) -> frozenset[str] | None:
    """Return the codes of the units whose assignments the person may see; ``None`` means all units."""
    permissions = permissions_of(person)
    if Permission.ASSIGNMENT_READ_ALL in permissions:
        return None
    if Permission.ASSIGNMENT_READ_UNIT in permissions and person.unit_code:
        return frozenset({person.unit_code})
    return frozenset()


def may_read_assignment(person: Person, *, lead_unit: str, coordinating_units: Collection[str] = ()) -> bool:
    """Tell whether the person may see an assignment, its instance and its history."""
    units = visible_units(person)
    return units is None or lead_unit in units or not units.isdisjoint(coordinating_units)


def may_read_task(person: Person, *, candidate_groups: Collection[str], assignee: str | None) -> bool:
    """Tell whether the person may open a task: those who may work on it, and those who see everything."""
    if visible_units(person) is None:
        return True
    return assignee == actor_key(person.username) or not groups_of(person).isdisjoint(candidate_groups)


def may_work_on_tasks(person: Person) -> bool:
    """Tell whether the person has tasks at all (an auditor and an administrator have none)."""
    return Permission.TASK_WORK in permissions_of(person)
