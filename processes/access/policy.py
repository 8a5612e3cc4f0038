"""Decides who may see and do what: roles × units × records. No other module grants anything.

A unit's people see the assignments their unit leads or helps with, and nothing of anybody else's; to them a
foreign record does not exist. Coordinators, leaders, auditors and administrators see every assignment. Only
members of a task's candidate groups work on it, so reading everything never means acting on it.

Whoever stands in for somebody else works on that person's tasks and gets nothing more: no permission of theirs, no
record of another unit, and not the tasks of those whom that person stands in for.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from enum import StrEnum
from typing import Protocol

from engine.actors import Actor


class Role(StrEnum):
    """What a person is, in this system."""

    #: Runs the machinery: accounts, units, calendar, definitions, incidents. Decides nothing in the subject.
    ADMINISTRATOR = "administrator"
    #: Reads everything, verifies histories, changes nothing.
    AUDITOR = "auditor"
    #: Works in the monitoring body: drafts and issues letters, appraises, proposes, keeps units and calendar.
    COORDINATOR = "coordinator"
    #: A deputy of a unit's head: signs for one who is away (KT., DOMAIN §3.1), works on what is given to them.
    DEPUTY_HEAD = "deputy_head"
    #: A chairman or vice-chairman: approves what is issued, decides on commendation and accountability.
    LEADER = "leader"
    #: The head of a unit, who answers for its assignments.
    UNIT_HEAD = "unit_head"


class Permission(StrEnum):
    """What can be allowed, as ``resource:action``, in alphabetical order."""

    ASSIGNMENT_READ_ALL = "assignment:read_all"
    ASSIGNMENT_READ_UNIT = "assignment:read_unit"
    CALENDAR_MANAGE = "calendar:manage"
    DEFINITION_DEPLOY = "definition:deploy"
    DOCUMENT_AMEND = "document:amend"
    DOCUMENT_APPROVE = "document:approve"
    DOCUMENT_DRAFT = "document:draft"
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
            Permission.CALENDAR_MANAGE,
            Permission.DOCUMENT_AMEND,
            Permission.DOCUMENT_DRAFT,
            Permission.DOCUMENT_ISSUE,
            Permission.INSTANCE_CANCEL,
            Permission.INSTANCE_START,
            Permission.INSTANCE_SUSPEND,
            Permission.MESSAGE_CORRELATE,
            Permission.TASK_ASSIGN,
            Permission.TASK_WORK,
            Permission.UNIT_MANAGE,
        }
    ),
    Role.DEPUTY_HEAD: frozenset({Permission.ASSIGNMENT_READ_UNIT, Permission.TASK_WORK}),
    Role.LEADER: frozenset(
        {Permission.ASSIGNMENT_READ_ALL, Permission.DOCUMENT_APPROVE, Permission.TASK_WORK}
    ),
    Role.UNIT_HEAD: frozenset({Permission.ASSIGNMENT_READ_UNIT, Permission.TASK_WORK}),
}


#: Roles that belong to a unit.
UNIT_ROLES = frozenset({Role.COORDINATOR, Role.DEPUTY_HEAD, Role.UNIT_HEAD})

#: Who may stand in for a role; for a role of a unit, somebody of the same unit.
SUBSTITUTES: dict[Role, frozenset[Role]] = {
    Role.COORDINATOR: frozenset({Role.COORDINATOR}),
    Role.DEPUTY_HEAD: frozenset({Role.DEPUTY_HEAD, Role.UNIT_HEAD}),
    Role.LEADER: frozenset({Role.LEADER}),
    Role.UNIT_HEAD: frozenset({Role.DEPUTY_HEAD, Role.UNIT_HEAD}),
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
    return frozenset(
        group for name in person.role_names if (group := _group_of(Role(name), person.unit_code))
    )


def _group_of(role: Role, unit_code: str | None) -> str | None:
    match role:
        case Role.UNIT_HEAD if unit_code:
            return f"head:{unit_code}"
        case Role.COORDINATOR if unit_code:
            return f"coordinator:{unit_code}"
        case Role.LEADER:
            return "leader"
        case _:
            return None


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


def still_allowed(actor: Actor, person: Person) -> Actor:
    """Return an actor of some time ago with the rights that the person has kept since."""
    now = actor_for(person)
    return replace(actor, groups=actor.groups & now.groups, permissions=actor.permissions & now.permissions)


def may_stand_in_for(substitute: Person, person: Person) -> bool:
    """Tell whether somebody may substitute a person in every role in which that person has tasks."""
    roles = _working_roles(person)
    return bool(roles) and all(_covers(substitute, role, person.unit_code) for role in roles)


def still_stands_in_for(substitute: Person, person: Person) -> bool:
    """Tell whether a substitute may do anything of a person's work as the roles of both are now."""
    return any(_covers(substitute, role, person.unit_code) for role in _working_roles(person))


def actor_in_place_of(person: Person, substitute: Person) -> Actor:
    """Return the substitute as the engine sees them while they work for the person.

    What both may do is done in one's own right, so groups of both are left out. There are no permissions: whoever
    stands in works on tasks, and on nothing else.
    """
    groups = {
        group
        for role in _working_roles(person)
        if _covers(substitute, role, person.unit_code) and (group := _group_of(role, person.unit_code))
    }
    return Actor(
        key=actor_key(substitute.username),
        name=substitute.name,
        groups=frozenset(groups) - groups_of(substitute),
        on_behalf_of=actor_key(person.username),
    )


def _working_roles(person: Person) -> list[Role]:
    return [role for role in map(Role, person.role_names) if Permission.TASK_WORK in PERMISSIONS[role]]


def _covers(substitute: Person, role: Role, unit_code: str | None) -> bool:
    if role in UNIT_ROLES and substitute.unit_code != unit_code:
        return False
    return not SUBSTITUTES[role].isdisjoint(map(Role, substitute.role_names))


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


def may_read_task(
    person: Person, *, candidate_groups: Collection[str], assignee: str | None, owner: str | None = None
) -> bool:
    """Tell whether the person may open a task: those who may work on it, and those who see everything.

    Args:
        owner: whom a delegate returns it to.
    """
    if visible_units(person) is None or actor_key(person.username) in {assignee, owner}:
        return True
    return not groups_of(person).isdisjoint(candidate_groups)


def may_work_on_tasks(person: Person) -> bool:
    """Tell whether the person has tasks at all (an auditor and an administrator have none)."""
    return Permission.TASK_WORK in permissions_of(person)
