"""Who acts on an assignment, and what they enter in its forms."""

from dataclasses import dataclass

from engine.actors import Actor
from processes.access.policy import Role, actor_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with an account, as the access policy sees them."""

    username: str
    name: str
    unit_code: str | None
    role_names: tuple[str, ...]


def person(username: str, *roles: Role, unit: str | None = None) -> Actor:
    """Return a person with these roles as the engine sees them; the same username is the same person."""
    return actor_for(Person(username=username, name=username, unit_code=unit, role_names=roles))


def head(unit: str) -> Actor:
    """Return the head of a unit."""
    return person(f"head.{unit}", Role.UNIT_HEAD, unit=unit)


MONITOR = person("monitor", Role.COORDINATOR, unit="SNV")
OFFICE = person("office", Role.COORDINATOR, unit="VPUB")
LEADER = person("leader", Role.LEADER)

ACCEPT = {"acknowledgement": "accept", "responsible_person": "Phòng Tổng hợp"}
RETURN = {
    "acknowledgement": "return",
    "return_reason": "wrong_unit",
    "return_note": "Nội dung này thuộc chức năng của Sở Xây dựng.",
}
KEEP = {"return_resolution": "keep", "return_resolution_note": "Đúng chức năng của đơn vị."}
WITHDRAW = {"return_resolution": "withdraw", "return_resolution_note": "Giao nhầm, sẽ giao đơn vị khác."}
PROGRESS = {"progress_percent": 60, "progress_note": "Đã ban hành kế hoạch của đơn vị.", "risk": "none"}
MET = {"appraisal": "met", "commendation_proposed": False}
MET_AND_PROPOSED = {"appraisal": "met", "commendation_proposed": True}
NOT_MET = {"appraisal": "not_met", "appraisal_note": "Chưa có số liệu kèm tử số và mẫu số; đề nghị bổ sung."}
ASSESSMENT = {
    "explanation_assessment": "partly",
    "explanation_assessment_note": "Đối chiếu hồ sơ tiến độ và các lần nhắc việc.",
    "accountability_proposal": "Đề nghị lãnh đạo nhắc nhở đơn vị.",
}
DECISION = {"accountability_decision": "reminder", "accountability_note": "Giao Sở Nội vụ thông báo."}
