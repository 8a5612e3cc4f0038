"""Who may see and do what: the whole table, and the records of units."""

from dataclasses import dataclass

import pytest

from processes.access import policy
from processes.access.policy import Permission, Role


@dataclass
class Person:
    username: str = "an.nguyen"
    name: str = "Nguyễn An"
    unit_code: str | None = None
    role_names: tuple[str, ...] = ()


def person(*roles: Role, unit: str | None = None) -> Person:
    return Person(unit_code=unit, role_names=tuple(roles))


def test_permissions_are_listed_in_alphabetical_order():
    assert [p.value for p in Permission] == sorted(p.value for p in Permission)


def test_every_role_is_in_the_table():
    assert set(policy.PERMISSIONS) == set(Role)


def test_auditor_reads_everything_and_changes_nothing():
    assert policy.permissions_of(person(Role.AUDITOR)) == {
        Permission.ASSIGNMENT_READ_ALL,
        Permission.HISTORY_VERIFY,
    }
    assert policy.groups_of(person(Role.AUDITOR)) == frozenset()


@pytest.mark.parametrize(
    ("who", "groups"),
    [
        (person(Role.UNIT_HEAD, unit="SYT"), {"head:SYT"}),
        (person(Role.COORDINATOR, unit="SNV"), {"coordinator:SNV"}),
        (person(Role.UNIT_HEAD, Role.COORDINATOR, unit="SNV"), {"head:SNV", "coordinator:SNV"}),
        (person(Role.LEADER), {"leader"}),
        (person(Role.ADMINISTRATOR, unit="SYT"), set()),
        (person(Role.UNIT_HEAD), set()),
    ],
)
def test_roles_and_unit_make_the_candidate_groups(who, groups):
    assert policy.groups_of(who) == groups
    assert policy.actor_for(who).groups == groups


@pytest.mark.parametrize(
    ("who", "own", "helped", "foreign"),
    [
        (person(Role.UNIT_HEAD, unit="SYT"), True, True, False),
        (person(Role.COORDINATOR, unit="SNV"), True, True, True),
        (person(Role.LEADER), True, True, True),
        (person(Role.AUDITOR), True, True, True),
        (person(Role.ADMINISTRATOR), True, True, True),
        (person(Role.UNIT_HEAD), False, False, False),
        (person(unit="SYT"), False, False, False),
    ],
)
def test_assignments_seen_by_each_role(who, own, helped, foreign):
    assert policy.may_read_assignment(who, lead_unit="SYT") is own
    assert policy.may_read_assignment(who, lead_unit="SNV", coordinating_units=["SYT"]) is helped
    assert policy.may_read_assignment(who, lead_unit="SGD") is foreign


def test_unit_head_does_not_open_the_monitors_task():
    head = person(Role.UNIT_HEAD, unit="SYT")
    assert policy.may_read_task(head, candidate_groups=["head:SYT"], assignee=None)
    assert not policy.may_read_task(head, candidate_groups=["coordinator:SNV"], assignee=None)
    assert policy.may_read_task(head, candidate_groups=[], assignee="u:an.nguyen")


def test_actor_carries_exactly_the_permissions_of_its_roles():
    actor = policy.actor_for(person(Role.COORDINATOR, unit="SNV"))
    assert actor.key == "u:an.nguyen"
    assert actor.permissions == {p.value for p in policy.PERMISSIONS[Role.COORDINATOR]}
