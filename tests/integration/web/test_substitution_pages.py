"""A head who is away, and the deputy who works in their place through the pages of the site."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from engine import clock
from engine.history.journal import read_journal
from engine.ids import new_id
from engine.tables import user_task
from processes.access.accounts import create_user, find_user, hash_password
from processes.access.policy import Role
from processes.access.tables import Substitution
from tests.integration.web.site import ACCEPT, PASSWORD, Site, Visitor


@pytest.fixture
def away(site: Site) -> Site:
    """The site with a deputy of STC and an administrator."""
    with Session(site.database) as session, session.begin():
        for username, role, unit in (
            ("deputy.stc", Role.DEPUTY_HEAD, "STC"),
            ("administrator", Role.ADMINISTRATOR, None),
        ):
            create_user(
                session,
                username=username,
                name=f"Người {username}",
                password_hash=hash_password(PASSWORD),
                roles=[role],
                unit_code=unit,
            )
    return site


def day(days: int) -> str:
    return f"{clock.today() + timedelta(days=days):%d/%m/%Y}"


def name(
    visitor: Visitor, substitute: str = "deputy.stc", begin: int = 0, end: int = 5, **values: str
) -> TestResponse:
    form = {
        "substitute": substitute, "from_on": day(begin), "to_on": day(end), "reason": "Đi công tác", **values,
    }  # fmt: skip
    return visitor.post("/absence", form, page=f"/absence?person={values.get('person', '')}")


def kept(site: Site) -> list[Substitution]:
    with Session(site.database) as session:
        return list(session.scalars(select(Substitution)))


def test_the_deputy_works_on_the_heads_tasks_while_the_head_is_away(away: Site) -> None:
    deputy, task = away.sign_in("deputy.stc"), away.open_task("STC")
    assert deputy.get(f"/tasks/{task}").status_code == 404
    assert name(away.sign_in("head.stc")).status_code == 303
    inbox = deputy.get("/").text
    assert f"/tasks/{task}" in inbox
    assert "Ông/bà đang xử lý thay Người head.stc" in inbox
    assert "thay Người head.stc" in deputy.get("/?desk=head.stc").text
    assert f"/tasks/{task}" not in deputy.get("/?desk=").text
    page = deputy.get(f"/tasks/{task}").text
    assert "Ông/bà đang xử lý thay Người head.stc" in page
    assert deputy.complete(task, ACCEPT).status_code == 303
    with away.database.connect() as connection:
        entry = read_journal(connection, away.instance_of["STC"])[-1]
    assert (entry.actor_key, entry.on_behalf_of) == ("u:deputy.stc", "u:head.stc")
    history = deputy.get(f"/instances/{away.instance_of['STC']}").text
    assert "Người deputy.stc, thay mặt Người head.stc" in history
    assert "Người deputy.stc, thay mặt Người head.stc" in deputy.get(f"/tasks/{task}").text


def test_it_opens_nothing_else(away: Site) -> None:
    name(away.sign_in("head.stc"))
    deputy = away.sign_in("deputy.stc")
    assert deputy.get(f"/tasks/{away.open_task('SNV')}").status_code == 404
    assert deputy.get(f"/instances/{away.instance_of['SNV']}").status_code == 404
    assert "desk=" not in away.sign_in("head.snv").get("/").text


def test_when_it_is_over_or_ended_the_task_is_gone(away: Site) -> None:
    head, deputy, task = away.sign_in("head.stc"), away.sign_in("deputy.stc"), away.open_task("STC")
    name(head)
    form = {**ACCEPT}
    (added,) = kept(away)
    assert head.post(f"/absence/{added.id}/end", {}, page="/absence").status_code == 303
    assert deputy.get(f"/tasks/{task}").status_code == 404
    assert deputy.post(f"/tasks/{task}", form, page="/absence").status_code in {400, 404}
    assert away.open_task("STC") == task
    assert "đã kết thúc sớm" in head.get("/absence").text


def test_ones_own_right_comes_first(away: Site) -> None:
    with Session(away.database) as session, session.begin():
        second = create_user(
            session, username="head2.stc", name="Người head2.stc", password_hash=hash_password(PASSWORD),
            roles=[Role.UNIT_HEAD], unit_code="STC",
        )  # fmt: skip
        assert second.id
    name(away.sign_in("head.stc"), "head2.stc")
    other, task = away.sign_in("head2.stc"), away.open_task("STC")
    assert "đang xử lý thay" not in other.get(f"/tasks/{task}").text
    assert other.complete(task, ACCEPT).status_code == 303
    with away.database.connect() as connection:
        entry = read_journal(connection, away.instance_of["STC"])[-1]
    assert (entry.actor_key, entry.on_behalf_of) == ("u:head2.stc", None)


def test_what_was_given_to_the_person_alone_is_done_in_their_place(away: Site) -> None:
    task = away.open_task("STC")
    name(away.sign_in("head.stc"))
    with away.database.begin() as connection:
        connection.execute(update(user_task).where(user_task.c.id == task).values(assignee="u:head.stc"))
    deputy = away.sign_in("deputy.stc")
    assert f"/tasks/{task}" in deputy.get("/").text
    assert deputy.complete(task, ACCEPT).status_code == 303


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"begin": -1}, "Thời gian phải bắt đầu từ hôm nay"),
        ({"end": -1}, "Thời gian phải bắt đầu từ hôm nay"),
        ({"substitute": "head.stc"}, "Không thể giao người này làm thay"),
        ({"substitute": "head.snv"}, "Không thể giao người này làm thay"),
        ({"substitute": ""}, "Không thể giao người này làm thay"),
        ({"reason": "  "}, "Hãy ghi lý do"),
        ({"from_on": "31/02/2027"}, "Thời gian phải bắt đầu từ hôm nay"),
    ],
)
def test_a_refusal_is_said_beside_what_was_typed(away: Site, changes: dict, words: str) -> None:
    answer = name(away.sign_in("head.stc"), **changes)
    assert answer.status_code == 422
    assert words in answer.text
    assert f'value="{changes.get("from_on") or day(changes.get("begin", 0))}"' in answer.text
    assert kept(away) == []


def test_one_form_sent_twice_is_one_substitution(away: Site) -> None:
    head = away.sign_in("head.stc")
    form = {"substitute": "deputy.stc", "from_on": day(0), "to_on": day(1), "reason": "Nghỉ phép"}
    form |= {"command_id": "6a9f6c6e-2d33-4c36-9a39-b6c6a2f6bb61"}
    answers = [head.post("/absence", form, page="/absence").status_code for _ in range(2)]
    assert answers == [303, 303]
    assert [row.id for row in kept(away)] == [UUID(form["command_id"])]


def test_an_administrator_names_and_ends_for_anybody(away: Site) -> None:
    administrator = away.sign_in("administrator")
    assert "Không có ai có việc" in administrator.get("/absence?person=auditor").text
    assert "Người deputy.stc" in administrator.get("/absence?person=head.stc").text
    assert name(administrator, person="head.stc").status_code == 303
    (added,) = kept(away)
    assert added.created_by == "u:administrator"
    page = administrator.get("/absence").text
    assert "Người deputy.stc</strong> thay Người head.stc" in page
    assert administrator.post(f"/absence/{added.id}/end", {}, page="/absence").status_code == 303


def test_others_neither_name_nor_end_nor_see_it(away: Site) -> None:
    name(away.sign_in("head.stc"))
    (added,) = kept(away)
    other = away.sign_in("head.snv")
    assert "Người deputy.stc" not in other.get("/absence").text
    assert other.post(f"/absence/{added.id}/end", {}, page="/absence").status_code == 404
    deputy = away.sign_in("deputy.stc")
    assert deputy.post(f"/absence/{added.id}/end", {}, page="/absence").status_code == 404
    assert name(other, person="head.stc", command_id=str(new_id())).status_code == 403
    assert away.sign_in("auditor").get("/absence").status_code == 403
    with Session(away.database) as session:
        assert find_user(session, "head.stc") is not None
    assert [row.ended_at for row in kept(away)] == [None]


def test_the_page_is_english_for_english_readers(away: Site) -> None:
    head = away.sign_in("head.stc", "en")
    name(head)
    page = head.get("/absence").text
    assert "Absence and substitutes" in page
    assert "in place of Người head.stc" in page
