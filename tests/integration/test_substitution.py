"""Who stands in for whom, on both databases: what is refused, when it runs, and that it never chains."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import SYSTEM, Actor
from engine.errors import NotAuthorised, NotFound
from engine.ids import new_id
from processes.access.accounts import create_user, standing
from processes.access.policy import Role, actor_for
from processes.access.substitution import (
    DAYS_MAX,
    REASON_MAX,
    SubstituteRefused,
    SubstitutionCircular,
    SubstitutionDaysRefused,
    SubstitutionOver,
    SubstitutionOverlaps,
    SubstitutionReasonRefused,
    add_substitution,
    end_substitution,
    possible_substitutes,
    standing_in,
    substitutions,
)
from processes.access.tables import Substitution, User, UserRole
from processes.schema import all_metadata

#: 23:30 of the day before in Vietnam: days are Vietnam's.
NOW = datetime(2026, 8, 2, 16, 30, tzinfo=UTC)
TODAY = date(2026, 8, 2)

PEOPLE: tuple[tuple[str, tuple[Role, ...], str | None], ...] = (
    ("head", (Role.UNIT_HEAD,), "STC"),
    ("deputy", (Role.DEPUTY_HEAD,), "STC"),
    ("second", (Role.UNIT_HEAD,), "STC"),
    ("foreign", (Role.UNIT_HEAD,), "SNV"),
    ("both", (Role.COORDINATOR, Role.UNIT_HEAD), "SNV"),
    ("coordinator", (Role.COORDINATOR,), "SNV"),
    ("leader", (Role.LEADER,), None),
    ("vice", (Role.LEADER,), None),
    ("auditor", (Role.AUDITOR,), None),
    ("administrator", (Role.ADMINISTRATOR,), None),
)


@dataclass(slots=True)
class Accounts:
    """The people, and the substitutions they ask for."""

    session: Session
    users: dict[str, User]

    def actor(self, username: str) -> Actor:
        return actor_for(self.users[username])

    def add(
        self, person: str, substitute: str, begin: int = 0, last: int = 4, *, by: str | None = None,
        reason: str = "Đi công tác", substitution_id: UUID | None = None,
    ) -> Substitution:  # fmt: skip
        """Name a substitute; days are counted from today."""
        return add_substitution(
            self.session,
            substitution_id=substitution_id or new_id(),
            person=self.users[person],
            substitute=self.users[substitute],
            from_on=TODAY + timedelta(days=begin),
            to_on=TODAY + timedelta(days=last),
            reason=reason,
            by=self.actor(by or person),
        )

    def stood_in_for(self, substitute: str, days: int = 0) -> list[str]:
        with clock.frozen_at(NOW + timedelta(days=days)):
            return [each.person.username for each in standing_in(self.session, self.users[substitute])]


@pytest.fixture
def accounts(database: Engine) -> Iterator[Accounts]:
    all_metadata().create_all(database)
    with clock.frozen_at(NOW), Session(database) as session, session.begin():
        users = {
            name: create_user(
                session, username=name, name=f"Người {name}", password_hash="-", roles=roles, unit_code=unit
            )
            for name, roles, unit in PEOPLE
        }
        yield Accounts(session, users)


def test_it_runs_from_the_first_day_to_the_last_in_vietnam(accounts: Accounts) -> None:
    accounts.add("head", "deputy", 1, 3)
    running = [days for days in range(6) if accounts.stood_in_for("deputy", days) == ["head"]]
    assert running == [1, 2, 3]
    with clock.frozen_at(datetime(2026, 8, 2, 17, 0, tzinfo=UTC)):
        assert standing_in(accounts.session, accounts.users["deputy"]), "it is 3 August in Vietnam"


def test_the_substitute_gets_the_groups_and_nothing_else(accounts: Accounts) -> None:
    accounts.add("head", "deputy")
    (found,) = standing_in(accounts.session, accounts.users["deputy"])
    assert found.actor.key == "u:deputy"
    assert found.actor.on_behalf_of == "u:head"
    assert found.actor.groups == {"head:STC"}
    assert found.actor.permissions == frozenset()
    assert found.until == TODAY + timedelta(days=4)


def test_what_both_may_do_stays_ones_own(accounts: Accounts) -> None:
    accounts.add("leader", "vice")
    (found,) = standing_in(accounts.session, accounts.users["vice"])
    assert found.actor.groups == frozenset()
    assert found.actor.on_behalf_of == "u:leader"


def test_it_never_chains(accounts: Accounts) -> None:
    accounts.add("head", "deputy")
    accounts.add("deputy", "second")
    (found,) = standing_in(accounts.session, accounts.users["second"])
    assert found.actor.on_behalf_of == "u:deputy"
    assert found.actor.groups == frozenset()


def test_a_role_that_was_lost_since_gives_nothing(accounts: Accounts) -> None:
    accounts.add("head", "deputy")
    accounts.users["deputy"].unit_code = "SNV"
    assert accounts.stood_in_for("deputy") == [], "not even the tasks that the person has themselves"


def test_nobody_stands_in_for_a_closed_account(accounts: Accounts) -> None:
    accounts.add("head", "deputy")
    accounts.users["head"].active = False
    assert accounts.stood_in_for("deputy") == []


@pytest.mark.parametrize(
    ("person", "substitute"),
    [
        ("head", "head"),
        ("head", "foreign"),
        ("head", "leader"),
        ("head", "auditor"),
        ("both", "coordinator"),
        ("coordinator", "leader"),
        ("leader", "head"),
        ("auditor", "leader"),
        ("administrator", "head"),
    ],
)
def test_oneself_or_whoever_may_not_do_the_work_is_refused(
    accounts: Accounts, person: str, substitute: str
) -> None:
    with pytest.raises(SubstituteRefused):
        accounts.add(person, substitute, by="administrator")
    assert substitutions(accounts.session) == []


def test_a_closed_account_is_no_substitute(accounts: Accounts) -> None:
    accounts.users["deputy"].active = False
    with pytest.raises(SubstituteRefused):
        accounts.add("head", "deputy")
    assert [user.username for user in possible_substitutes(accounts.session, accounts.users["head"])] == [
        "second"
    ]


@pytest.mark.parametrize(("begin", "last"), [(-1, 3), (3, 2), (0, DAYS_MAX)])
def test_days_in_the_past_backwards_or_without_end_are_refused(
    accounts: Accounts, begin: int, last: int
) -> None:
    with pytest.raises(SubstitutionDaysRefused):
        accounts.add("head", "deputy", begin, last)


@pytest.mark.parametrize("reason", ["", " \n ", "x" * (REASON_MAX + 1)])
def test_a_reason_is_needed_and_short(accounts: Accounts, reason: str) -> None:
    with pytest.raises(SubstitutionReasonRefused):
        accounts.add("head", "deputy", reason=reason)


@pytest.mark.parametrize(
    ("begin", "last", "overlaps"), [(0, 1, False), (0, 2, True), (4, 9, True), (5, 5, False)]
)
def test_one_substitute_at_a_time(accounts: Accounts, begin: int, last: int, overlaps: bool) -> None:
    accounts.add("head", "deputy", 2, 4)
    if overlaps:
        with pytest.raises(SubstitutionOverlaps):
            accounts.add("head", "second", begin, last)
    else:
        accounts.add("head", "second", begin, last)


def test_standing_in_for_each_other_is_refused_on_the_same_days_only(accounts: Accounts) -> None:
    accounts.add("head", "deputy", 0, 4)
    with pytest.raises(SubstitutionCircular):
        accounts.add("deputy", "head", 4, 8)
    accounts.add("deputy", "head", 5, 8)


def test_a_circle_of_three_is_refused_on_a_day_that_all_share(accounts: Accounts) -> None:
    accounts.add("head", "deputy", 0, 4)
    accounts.add("deputy", "second", 3, 8)
    with pytest.raises(SubstitutionCircular):
        accounts.add("second", "head", 2, 3)
    accounts.add("second", "head", 0, 2)


def test_ended_early_it_gives_nothing_and_makes_room(accounts: Accounts) -> None:
    added = accounts.add("head", "deputy")
    with clock.frozen_at(NOW + timedelta(hours=5)):
        ended = end_substitution(accounts.session, added.id, by=accounts.actor("administrator"))
        assert (ended.ended_by, ended.ended_at) == ("u:administrator", NOW + timedelta(hours=5))
        assert standing_in(accounts.session, accounts.users["deputy"]) == []
        with pytest.raises(SubstitutionOver):
            end_substitution(accounts.session, added.id, by=accounts.actor("head"))
    accounts.add("head", "second")


def test_what_is_over_cannot_be_ended_nor_what_is_not_there(accounts: Accounts) -> None:
    added = accounts.add("head", "deputy")
    with clock.frozen_at(NOW + timedelta(days=5)), pytest.raises(SubstitutionOver):
        end_substitution(accounts.session, added.id, by=accounts.actor("head"))
    with pytest.raises(NotFound):
        end_substitution(accounts.session, new_id(), by=accounts.actor("head"))


def test_only_the_person_and_an_administrator_name_or_end_a_substitute(accounts: Accounts) -> None:
    for other in ("deputy", "leader", "coordinator"):
        with pytest.raises(NotAuthorised):
            accounts.add("head", "deputy", by=other)
    added = accounts.add("head", "deputy", by="administrator")
    assert added.created_by == "u:administrator"
    with pytest.raises(NotAuthorised):
        end_substitution(accounts.session, added.id, by=accounts.actor("deputy"))
    end_substitution(accounts.session, added.id, by=accounts.actor("head"))


def test_a_repeat_finds_what_is_there(accounts: Accounts) -> None:
    wanted = new_id()
    first = accounts.add("head", "deputy", substitution_id=wanted)
    assert accounts.add("head", "deputy", substitution_id=wanted) is first
    with pytest.raises(NotAuthorised):
        accounts.add("foreign", "both", substitution_id=wanted)
    assert [each.id for each in substitutions(accounts.session, accounts.users["deputy"])] == [wanted]
    assert substitutions(accounts.session, accounts.users["foreign"]) == []


def test_what_is_done_later_is_done_with_the_rights_that_are_left(accounts: Accounts) -> None:
    before = accounts.actor("both")
    connection = accounts.session.connection()
    assert standing(connection, before) == before
    accounts.users["both"].roles = [UserRole(name=Role.COORDINATOR)]
    accounts.session.flush()
    assert standing(connection, before) == accounts.actor("both")
    accounts.users["both"].active = False
    accounts.session.flush()
    assert standing(connection, before) is None
    assert standing(connection, SYSTEM) == SYSTEM
    assert standing(connection, Actor(key="u:nobody", permissions=SYSTEM.permissions)) is None
