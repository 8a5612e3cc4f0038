"""How the demo's people behave: when they take up a task, and what they write into its form.

Every choice is drawn from a generator seeded by the task, so that the same demo is played every time.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from engine import clock
from processes.calendar.working_days import WorkingCalendar

Variables = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """A task that has just opened, and everything needed to decide about it.

    Attributes:
        diligence: 0 (always late) to 1 (always early), a trait of the unit.
    """

    element_id: str
    variables: Variables
    opened_at: datetime
    diligence: float
    chance: Random
    calendar: WorkingCalendar

    @property
    def opened_on(self) -> date:
        """The day the task opened."""
        return self.opened_at.astimezone(clock.BUSINESS_ZONE).date()

    @property
    def deadline_on(self) -> date | None:
        """The assignment's deadline."""
        text = self.variables.get("deadline_on")
        return None if text is None else date.fromisoformat(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What a person will do: complete the task at an instant, with these values."""

    at: datetime
    values: Callable[[datetime], Mapping[str, Any]]


def decide(occasion: Occasion) -> Deed | None:
    """Return what becomes of a task; ``None`` if nobody takes it up."""
    return _HABITS[occasion.element_id](occasion)


def _at(occasion: Occasion, working_days: int) -> datetime:
    """Return an instant in office hours so many working days after the task opened, never before it."""
    chance = occasion.chance
    day = occasion.opened_on
    if working_days > 0 or not occasion.calendar.is_working_day(day):
        day = occasion.calendar.add_working_days(day, max(1, working_days))
    midnight = datetime(day.year, day.month, day.day, tzinfo=clock.BUSINESS_ZONE)
    instant = midnight + timedelta(minutes=chance.choice((0, 330)) + 450 + chance.randrange(200))
    return max(instant, occasion.opened_at + timedelta(minutes=20 + chance.randrange(90)))


def _acknowledge(occasion: Occasion) -> Deed | None:
    drawn = occasion.chance.random()
    if drawn > 0.985 - 0.03 * (1 - occasion.diligence):
        return None  # forgotten: the time-out acknowledges
    values: dict[str, Any] = {"acknowledgement": "accept", "responsible_person": "Bộ phận tổng hợp"}
    if drawn < 0.012:
        values = {
            "acknowledgement": "return",
            "return_reason": "out_of_authority",
            "return_note": "Nội dung thuộc chức năng của cơ quan chuyên môn cấp trên.",
        }
    wait = 0 if occasion.chance.random() < occasion.diligence else 1
    return Deed(at=_at(occasion, wait), values=lambda _at: values)


def _resolve_return(occasion: Occasion) -> Deed:
    resolution = "withdraw" if occasion.chance.random() < 0.4 else "keep"
    note = "Đã trao đổi với đơn vị; kết luận theo chức năng, nhiệm vụ được giao."
    values = {"return_resolution": resolution, "return_resolution_note": note}
    return Deed(at=_at(occasion, 1), values=lambda _at: values)


def _days_until_result(occasion: Occasion) -> int:
    """Return the working days until the result is submitted, counted from the task's opening."""
    chance, deadline_on = occasion.chance, occasion.deadline_on
    if deadline_on is None:
        return chance.randrange(20, 60)
    left = (
        occasion.calendar.working_days_between(occasion.opened_on, deadline_on)
        if deadline_on >= occasion.opened_on
        else 0
    )
    drawn = chance.random() * (0.55 + 0.45 * occasion.diligence)
    if drawn > 0.22:
        return max(1, left - chance.randrange(0, 7))
    if drawn > 0.10:
        return left + chance.randrange(1, 6)
    if drawn > 0.05:
        return left + chance.randrange(6, 14)
    return left + chance.randrange(18, 70)


def _execute(occasion: Occasion) -> Deed:
    again = int(occasion.variables.get("supplement_count") or 0) > 0
    days = occasion.chance.randrange(1, 3) if again else max(1, _days_until_result(occasion) // 2)
    values = {
        "progress_percent": 100 if again else occasion.chance.choice((40, 50, 60, 75)),
        "progress_note": occasion.chance.choice(_PROGRESS_NOTES),
        "risk": "none" if occasion.chance.random() < 0.8 else "at_risk",
    }
    return Deed(at=_at(occasion, days), values=lambda _at: values)


def _report(occasion: Occasion) -> Deed:
    again = int(occasion.variables.get("supplement_count") or 0) > 0
    days = occasion.chance.randrange(1, 4) if again else _days_until_result(occasion)
    number = occasion.chance.randrange(12, 900)
    unit = occasion.variables["lead_unit"]
    description = occasion.chance.choice(_RESULTS)

    def values(at: datetime) -> Mapping[str, Any]:
        day = at.astimezone(clock.BUSINESS_ZONE).date().isoformat()
        return {
            "completed_on": day,
            "result_document_no": f"{number}/BC-{unit}",
            "result_document_on": day,
            "result_description": description,
            "self_assessment": "met",
            "head_confirmed": True,
        }

    return Deed(at=_at(occasion, days), values=values)


def _appraise(occasion: Occasion) -> Deed:
    met = occasion.chance.random() < 0.9 or int(occasion.variables.get("supplement_count") or 0) >= 2
    values: dict[str, Any] = {"appraisal": "met", "commendation_proposed": False}
    if met:
        values["commendation_proposed"] = occasion.chance.random() < 0.12 * occasion.diligence
    else:
        values = {
            "appraisal": "not_met",
            "appraisal_note": "Chưa có số liệu kèm tử số, mẫu số; đề nghị bổ sung văn bản minh chứng.",
        }
    return Deed(at=_at(occasion, occasion.chance.randrange(1, 7)), values=lambda _at: values)


def _decide_commendation(occasion: Occasion) -> Deed:
    choice = "commend" if occasion.chance.random() < 0.85 else "decline"
    values = {"commendation": choice, "commendation_note": "Đánh giá theo kết quả đã thẩm định."}
    return Deed(at=_at(occasion, occasion.chance.randrange(1, 8)), values=lambda _at: values)


def _explain(occasion: Occasion) -> Deed | None:
    if occasion.chance.random() < 0.15:
        return None  # silence is noted after the time-out; it is no admission
    remedy_on = occasion.calendar.add_working_days(occasion.opened_on, 15).isoformat()
    values = {
        "explanation": occasion.chance.choice(_EXPLANATIONS),
        "explanation_causes": [occasion.chance.choice(("objective", "subjective"))],
        "explanation_remedy": "Phân công lại người phụ trách, báo cáo tiến độ hằng tuần cho đến khi xong.",
        "explanation_remedy_on": remedy_on,
    }
    return Deed(at=_at(occasion, occasion.chance.randrange(1, 4)), values=lambda _at: values)


def _assess(occasion: Occasion) -> Deed:
    values = {
        "explanation_assessment": occasion.chance.choice(("accepted", "partly", "rejected")),
        "explanation_assessment_note": "Đối chiếu hồ sơ tiến độ và các lần nhắc việc đã gửi.",
        "accountability_proposal": "Đề nghị lãnh đạo xem xét theo mức độ chậm trễ và phần giải trình.",
    }
    return Deed(at=_at(occasion, occasion.chance.randrange(1, 5)), values=lambda _at: values)


def _decide_accountability(occasion: Occasion) -> Deed:
    options = [option["value"] for option in occasion.variables["decision_options"]]
    mild = options[: max(2, len(options) // 2)]
    values = {
        "accountability_decision": occasion.chance.choice(mild),
        "accountability_note": "Giao cơ quan theo dõi thông báo kết quả cho đơn vị.",
    }
    return Deed(at=_at(occasion, occasion.chance.randrange(1, 6)), values=lambda _at: values)


_HABITS: Mapping[str, Callable[[Occasion], Deed | None]] = {
    "acknowledge_assignment": _acknowledge,
    "resolve_return": _resolve_return,
    "execute_assignment": _execute,
    "report_result": _report,
    "appraise_result": _appraise,
    "decide_commendation": _decide_commendation,
    "explain": _explain,
    "assess_explanation": _assess,
    "decide_accountability": _decide_accountability,
}

_PROGRESS_NOTES = (
    "Đã ban hành kế hoạch của đơn vị, phân công từng bộ phận và mốc kiểm tra.",
    "Đang rà soát hồ sơ tồn, đã xử lý phần lớn; phần còn lại chờ ý kiến phối hợp.",
    "Đã tổ chức hội nghị triển khai, giao chỉ tiêu cho từng phòng chuyên môn.",
    "Đang hoàn thiện số liệu và đối chiếu với hệ thống giải quyết thủ tục hành chính.",
)
_RESULTS = (
    "Đã hoàn thành toàn bộ nội dung được giao; văn bản và bảng số liệu gửi kèm.",
    "Đã ban hành kế hoạch, tổ chức thực hiện và kiểm tra; kết quả đạt các chỉ tiêu đề ra.",
    "Đã xử lý dứt điểm các tồn tại được nêu, công khai kết quả tại bộ phận một cửa.",
)
_EXPLANATIONS = (
    "Đơn vị thiếu nhân sự trong thời gian sắp xếp tổ chức; đã bố trí lại và cam kết hoàn thành.",
    "Phải chờ số liệu từ hệ thống dùng chung bị gián đoạn; đơn vị đã báo cáo bằng văn bản.",
    "Do đơn vị chủ quan, chưa kiểm tra tiến độ thường xuyên; xin nhận trách nhiệm và khắc phục.",
)
