"""The two axes of DOMAIN §2.3: where an assignment stands, and how it stands with time."""

from datetime import date, datetime
from enum import StrEnum

from processes.calendar.working_days import WorkingCalendar

#: An assignment is due soon when at most this many working days are left (DOMAIN §2.3, a setting).
DUE_SOON_DAYS = 5


class Lifecycle(StrEnum):
    """Trạng thái xử lý."""

    #: Đã giao, chưa tiếp nhận.
    ISSUED = "da_giao"
    #: Đã tiếp nhận.
    ACKNOWLEDGED = "da_tiep_nhan"
    #: Đã tiếp nhận, chờ văn bản khác được ban hành; no clock runs.
    WAITING = "cho_van_ban"
    #: Đang thực hiện.
    IN_PROGRESS = "dang_thuc_hien"
    #: Chờ thẩm định kết quả.
    AWAITING_APPRAISAL = "cho_tham_dinh"
    #: Yêu cầu bổ sung.
    SUPPLEMENT_REQUESTED = "yeu_cau_bo_sung"
    #: Trả lại, trước khi tiếp nhận.
    RETURNED = "tra_lai"
    #: Hoàn thành.
    DONE = "hoan_thanh"
    #: Thu hồi.
    WITHDRAWN = "thu_hoi"


#: Which state may follow which; a projection that breaks this has met a history it does not understand.
TRANSITIONS: dict[Lifecycle, frozenset[Lifecycle]] = {
    Lifecycle.ISSUED: frozenset(
        {Lifecycle.ACKNOWLEDGED, Lifecycle.WAITING, Lifecycle.RETURNED, Lifecycle.WITHDRAWN}
    ),
    Lifecycle.RETURNED: frozenset(
        {Lifecycle.ISSUED, Lifecycle.ACKNOWLEDGED, Lifecycle.WAITING, Lifecycle.WITHDRAWN}
    ),
    Lifecycle.ACKNOWLEDGED: frozenset({Lifecycle.IN_PROGRESS, Lifecycle.WAITING, Lifecycle.WITHDRAWN}),
    Lifecycle.WAITING: frozenset({Lifecycle.ACKNOWLEDGED, Lifecycle.WITHDRAWN}),
    Lifecycle.IN_PROGRESS: frozenset({Lifecycle.AWAITING_APPRAISAL, Lifecycle.WITHDRAWN}),
    Lifecycle.AWAITING_APPRAISAL: frozenset(
        {Lifecycle.DONE, Lifecycle.SUPPLEMENT_REQUESTED, Lifecycle.WITHDRAWN}
    ),
    Lifecycle.SUPPLEMENT_REQUESTED: frozenset({Lifecycle.IN_PROGRESS, Lifecycle.WITHDRAWN}),
    Lifecycle.DONE: frozenset(),
    Lifecycle.WITHDRAWN: frozenset(),
}

FINISHED = frozenset({Lifecycle.DONE, Lifecycle.WITHDRAWN})


class Timeliness(StrEnum):
    """Tình trạng thời hạn, derived every day."""

    #: Chưa đến hạn.
    NOT_YET_DUE = "chua_den_han"
    #: Sắp đến hạn.
    DUE_SOON = "sap_den_han"
    #: Đến hạn hôm nay.
    DUE_TODAY = "den_han_hom_nay"
    #: Quá hạn.
    OVERDUE = "qua_han"
    #: Không thời hạn, thường xuyên.
    NO_DEADLINE = "khong_thoi_han"


def counting_day(submitted_on: date | None, today: date) -> date:
    """Return the day an assignment is judged on: its submission (DOMAIN §2.3), else today."""
    return today if submitted_on is None else submitted_on


def timeliness(deadline_on: date | None, day: date, calendar: WorkingCalendar) -> Timeliness:
    """Return how an open assignment stands with its deadline on ``day`` (DOMAIN §2.3)."""
    if deadline_on is None:
        return Timeliness.NO_DEADLINE
    if day > deadline_on:
        return Timeliness.OVERDUE
    if day == deadline_on:
        return Timeliness.DUE_TODAY
    if calendar.working_days_between(day, deadline_on) <= DUE_SOON_DAYS:
        return Timeliness.DUE_SOON
    return Timeliness.NOT_YET_DUE


def days_left(deadline_on: date | None, day: date, calendar: WorkingCalendar) -> int | None:
    """Return the working days left on ``day``, negative when overdue, ``None`` without a deadline."""
    if deadline_on is None:
        return None
    if day <= deadline_on:
        return calendar.working_days_between(day, deadline_on)
    return -late_working_days(deadline_on, day, calendar)


def late_working_days(deadline_on: date | None, submitted_on: date, calendar: WorkingCalendar) -> int:
    """Return how late a submission is in working days, 0 when in time.

    A submission after the deadline counts as at least one day late, even if only days of rest lie between.
    """
    if deadline_on is None or submitted_on <= deadline_on:
        return 0
    return max(1, calendar.working_days_between(deadline_on, submitted_on))


def accountability_is_open(opened_at: datetime | None, decision: str | None, end_event: str | None) -> bool:
    """Say whether accountability is being considered now: opened, not decided, the process not at its end."""
    return opened_at is not None and decision is None and end_event is None


def bucket(status: Lifecycle, deadline_on: date | None, submitted_on: date | None, today: date) -> int | None:
    """Return the report bucket 1–5 of DOMAIN §2.3; ``None`` for a withdrawn assignment."""
    if status is Lifecycle.WITHDRAWN:
        return None
    if deadline_on is None:
        return 5
    in_time = counting_day(submitted_on, today) <= deadline_on
    if status is Lifecycle.DONE:
        return 1 if in_time else 2
    return 3 if in_time else 4
