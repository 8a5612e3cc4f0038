"""One rework loop, written once for this engine and once for SpiffWorkflow as it comes."""

from tests.drawing import catch, end, flow, flows, model, node, start, timer, user_task

REMIND_AT = "2126-06-15T01:00:00.000000Z"

#: About a kilobyte of form values, as a result report carries.
FORM = {
    "result_description": "Đã hoàn thành toàn bộ nội dung được giao; văn bản và bảng số liệu gửi kèm. " * 9,
    "result_document_no": "415/BC-SNV",
    "result_document_on": "2026-08-14",
    "progress_percent": 75,
    "head_confirmed": True,
}

_PARTS = (
    start(),
    node("exclusiveGateway", "again"),
    user_task("work"),
    timer("remind_10", "work", "remind_at", interrupting=False),
    end("reminded_10"),
    timer("remind_2", "work", "remind_at", interrupting=False),
    end("reminded_2"),
    timer("limit", "work", "remind_at", interrupting=True),
    end("expired"),
    user_task("review"),
    node("exclusiveGateway", "good", default="good_to_again"),
    end(),
    flows("begin", "again", "work", "review", "good"),
    flow("good", "finish", "ok = true"),
    flow("good", "again"),
    flows("remind_10", "reminded_10"),
    flows("remind_2", "reminded_2"),
    flows("limit", "expired"),
)

OURS = model(*_PARTS, process="rework")

#: The same drawing with Python expressions.
NAIVE = OURS.replace(b">=ok = true<", b">ok == True<").replace(b">=remind_at<", b">remind_at<")

VARIABLES = {"remind_at": REMIND_AT, "ok": False}

_WAIT = "<bpmn:timerEventDefinition><bpmn:timeDate>=remind_at</bpmn:timeDate></bpmn:timerEventDefinition>"

#: Waits for an instant, then for a person.
_TIMED_PARTS = (
    start(),
    catch("wait", _WAIT),
    user_task("work"),
    end(),
    flows("begin", "wait", "work", "finish"),
)

TIMED = model(*_TIMED_PARTS, process="rework")
TIMED_NAIVE = TIMED.replace(b">=remind_at<", b">remind_at<")

#: Nine user tasks, one after the other.
_TASKS = tuple(f"work_{number}" for number in range(1, 10))
TEN_STEPS = model(
    start(),
    *(user_task(task) for task in _TASKS),
    end(),
    flows("begin", *_TASKS, "finish"),
    process="rework",
)

#: What a person fills in: five fields, a sentence among them.
SHORT_FORM = {**FORM, "result_description": "Đã hoàn thành nội dung được giao; văn bản gửi kèm."}
