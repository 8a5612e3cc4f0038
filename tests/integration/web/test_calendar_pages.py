"""The calendar through the pages: a year for everybody, changes by those who may, shown with what they move."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from engine import clock
from engine.database import reading
from engine.history.journal import read_journal
from engine.tables import timer
from processes.calendar.store import load_calendar
from tests.integration.web.site import ACCEPT, Site, Visitor

WHY = {"source": "Công điện 5", "reason": "Bão số 9"}


def working_day(site: Site, after: int) -> date:
    with reading(site.database) as connection:
        return load_calendar(connection).add_working_days(clock.today(), after)


def change(visitor: Visitor, day: date, step: str, **values: str):  # type: ignore[no-untyped-def]
    path = f"/calendar/days/{day}"
    form = {"kind": "off", "name": "Nghỉ phòng chống bão", "step": step, **WHY, **values}
    return visitor.post(path, form, page=path)


def test_everybody_sees_the_year_and_only_some_change_it(site: Site) -> None:
    reader = site.sign_in("head.stc")
    page = reader.get("/calendar?year=2027").text
    assert "Lịch làm việc năm 2027" in page
    assert "ngày nghỉ, dự kiến: Tết Nguyên đán" in page
    assert "/calendar/days/" not in page
    assert "22/08/2026" in reader.get("/calendar?year=2026").text
    assert reader.get("/calendar?year=1066").status_code == 404
    for path in ("/calendar/days/2026-12-31", "/calendar/hours"):
        assert reader.get(path).status_code == 403
        assert reader.post(path, {"kind": "off"}, page="/calendar").status_code == 403
    assert reader.get("/calendar/export.csv").data.startswith(b"\xef\xbb\xbfdate,kind")


def test_a_day_is_shown_with_what_it_moves_then_kept(site: Site) -> None:
    head, coordinator = site.sign_in("head.stc"), site.sign_in("coordinator")
    assert head.complete(site.open_task("STC"), ACCEPT).status_code == 303
    with reading(site.database) as connection:
        due = connection.scalars(
            select(timer.c.due_at).where(
                timer.c.instance_id == site.instance_of["STC"], timer.c.element_id == "reminder_2_due"
            )
        ).one()
    day = due.astimezone(clock.BUSINESS_ZONE).date() + timedelta(days=1)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    shown = change(coordinator, day, "preview")
    assert shown.status_code == 200
    assert "ngày nghỉ (Nghỉ phòng chống bão)" in shown.text
    assert "nhắc việc:" in shown.text
    with reading(site.database) as connection:
        assert load_calendar(connection).is_working_day(day)
        entries = len(read_journal(connection, site.instance_of["STC"]))
    kept = change(coordinator, day, "perform")
    assert kept.status_code == 303
    assert "Lịch đã được áp dụng" in coordinator.get(kept.location).text
    with reading(site.database) as connection:
        assert not load_calendar(connection).is_working_day(day)
        last = read_journal(connection, site.instance_of["STC"])[-1]
    assert (last.command, last.actor_key) == ("recompute_due_dates.v1", "u:coordinator")
    assert last.payload["reason"] == "Bão số 9"
    assert last.sequence == entries + 1
    again = coordinator.post("/calendar/recompute", {}, page="/calendar")
    assert "0 nhiệm vụ đã được tính lại" in coordinator.get(again.location).text
    assert head.post("/calendar/recompute", {}, page="/calendar").status_code == 403
    history = head.get("/calendar/history").text
    assert "Người coordinator" in history
    assert "Công điện 5 · Bão số 9" in history


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"name": ""}, "tên có 0 ký tự"),
        ({"reason": ""}, "lý do có 0 ký tự"),
        ({"swapped_with": "ngày mai"}, "không đúng dạng"),
        ({"kind": "makeup_workday"}, "thứ Bảy hoặc Chủ nhật"),
        ({"kind": "ordinary"}, "đã là ngày thường"),
    ],
)
def test_what_cannot_be_is_said_beside_what_was_typed(site: Site, values: dict[str, str], told: str) -> None:
    answer = change(site.sign_in("coordinator"), working_day(site, 30), "perform", **values)
    assert answer.status_code in {400, 422}
    assert told in answer.text
    assert 'value="Công điện 5"' in answer.text


def test_working_hours_are_changed_from_a_day_on(site: Site) -> None:
    coordinator = site.sign_in("coordinator")
    begins = clock.today() + timedelta(days=1)
    form = {"valid_from": f"{begins:%d/%m/%Y}", "opens_at": "7h30", "closes_at": "16:30", **WHY}
    shown = coordinator.post("/calendar/hours", {**form, "step": "preview"}, page="/calendar/hours")
    assert "07:30–16:30" in shown.text
    kept = coordinator.post("/calendar/hours", {**form, "step": "perform"}, page="/calendar/hours")
    assert kept.status_code == 303
    with reading(site.database) as connection:
        assert f"{load_calendar(connection).hours_on(begins).closes_at:%H:%M}" == "16:30"
    wrong = coordinator.post(
        "/calendar/hours", {**form, "opens_at": "sáng", "step": "perform"}, page="/calendar/hours"
    )
    assert "08:00" in wrong.text
    assert wrong.status_code in {400, 422}
    assert coordinator.get("/calendar/days/2026-02-30").status_code == 404
