"""The history in words: every command and every event, in both languages, with reasons and values; never a tag."""

import re
from collections.abc import Mapping
from dataclasses import MISSING, fields
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

from engine import commands, events
from engine.actors import SYSTEM, Actor
from engine.commands import Command, payload_of
from engine.definitions.versions import Definition
from engine.events import Event
from engine.forms import load_form
from engine.history.journal import JournalEntry
from engine.ids import new_id
from engine.spiff import compile_model
from processes.calendar.feel_functions import calendar_functions
from processes.calendar.working_days import WorkingCalendar
from processes.wiring import model_resources
from web import language
from web.instances.chronicle import ChronicleEntry, Teller
from web.instances.vocabulary import people_in, span

NOW = datetime(2026, 8, 12, 3, 0, tzinfo=UTC)
BAO = Actor(key="u:bao")
BAO_FOR_ANNA = Actor(key="u:bao", on_behalf_of="u:anna")
NAMES = {"u:anna": "Trần Thị An", "u:bao": "Lê Văn Bảo", "u:chi": "Vũ Kim Chi", SYSTEM.key: SYSTEM.name}
REASON = "Theo đề nghị của đơn vị"
TAG = re.compile(r"\.v\d|[a-z]+_[a-z]+\.[a-z]+")

TASK = {"element_id": "execute_assignment", "task_id": "t"}
OLD, NEW = "2026-08-20T01:00:00.000000Z", "2026-08-21T01:00:00.000000Z"

#: One of every event, as the machine would write it.
EVENTS: tuple[Event, ...] = (
    events.ProcessInstanceStarted(process_key="assignment", business_key="1", variables={}),
    events.ProcessInstanceCompleted(end_event="commended"),
    events.ProcessInstanceCancelled(reason=REASON),
    events.ElementCompleted(element_id="return_decision", task_id="t"),
    events.UserTaskCreated(**TASK, candidate_groups=["head:STC"], priority=50),
    events.UserTaskCompleted(**TASK, variables={"progress_percent": 60, "risk": "none"}),
    events.UserTaskCancelled(**TASK),
    events.TimerScheduled(element_id="reminder_5_due", timer_id="t", due_at=NEW),
    events.TimerFired(element_id="reminder_5_due", timer_id="t", due_at=NEW),
    events.TimerCancelled(element_id="reminder_5_due", timer_id="t"),
    events.MessageCorrelated(
        element_id="assignment_recalled", message_name="m", correlation_key="k", variables={"why": "không còn"}
    ),
    events.MessageExpected(
        element_id="assignment_recalled", task_id="t", message_name="m", correlation_key="k"
    ),
    events.ServiceTaskCompleted(element_id="plan_milestones", task_id="t", task_type="x.y", result={}),
    events.DecisionEvaluated(
        element_id="classify_result", task_id="t", decision_id="d", inputs={}, matched_rules=[2],
        result={"label": "Hoàn thành tốt, đúng hạn", "points": 100},
    ),
    events.ServiceTaskErred(
        element_id="plan_milestones", task_id="t", task_type="x.y", error_code="E", message="không có lịch"
    ),
    events.ErrorThrown(element_id="plan_milestones", error_code="E", message="", caught_by="commended"),
    events.EscalationThrown(element_id="escalation_1_due", escalation_code="E", caught_by=None),
    events.CompensationStarted(element_id="commended", activity_ids=["execute_assignment"]),
    events.MessageSent(
        element_id="send_assignment", task_id="t", message_name="m", correlation_key="k", variables={}
    ),
    events.SignalThrown(element_id="commended", task_id="t", signal_name="Đề án ban hành", variables={}),
    events.SignalReceived(element_id="commended", signal_name="Đề án ban hành", variables={}),
    events.UserTaskAssigned(
        **TASK, how="delegated", assignee="u:chi", previous="u:anna", owner="u:bao", reason=REASON
    ),
    events.UserTaskRescheduled(**TASK, due_at=NEW, previous_due_at=OLD),
    events.UserTaskRegrouped(**TASK, candidate_groups=["head:SXD"], previous_groups=["head:STC"]),
    events.TimerRescheduled(element_id="reminder_5_due", timer_id="t", due_at=NEW, previous_due_at=OLD),
    events.ProcessInstanceSuspended(reason=REASON),
    events.ProcessInstanceResumed(
        reason=REASON, suspended_at="2026-08-10T00:00:00.000000Z"
    ),
    events.VariableChanged(name="progress_percent", had_value=True, old=40, new=60, reason=REASON),
    events.TokenMoved(
        element_id="execute_assignment", task_id="t", to_element_id="report_result", to_task_id="u", reason=REASON
    ),
    events.ServiceTaskSkipped(
        element_id="plan_milestones", task_id="t", task_type="x.y", result={"milestones": None},
        skipped_by="u:chi", reason=REASON,
    ),
    events.ProcessInstanceMigrated(
        from_definition="one", to_definition="two",
        moved=[{"task_id": "t", "from": "execute_assignment", "to": "report_result"}], reason=REASON,
    ),
)  # fmt: skip

#: What a command is given where its fields have no value by themselves.
GIVEN: Mapping[str, Any] = {
    "actor": BAO,
    "assignee": "u:chi",
    "business_key": "1 · 2 · STC",
    "correlation_key": "k",
    "definition_hash": "two",
    "delegate": "u:chi",
    "due_at": NOW,
    "from_element": "execute_assignment",
    "message_name": "m",
    "output": {"milestones": None},
    "reason": REASON,
    "signal_name": "Đề án ban hành",
    "to_element": "report_result",
    "variables": {"progress_percent": 60},
}


def every_command() -> list[Command]:
    made: list[Command] = []
    for kind in subclasses(commands, Command):
        given = {}
        for field in fields(kind):
            if field.name in GIVEN:
                given[field.name] = GIVEN[field.name]
            elif field.default is MISSING and field.default_factory is MISSING:
                given[field.name] = new_id()
        made.append(kind(**given))
    return made


def subclasses(module: Any, base: type) -> list[Any]:
    found = [each for each in vars(module).values() if isinstance(each, type) and issubclass(each, base)]
    return [each for each in found if each is not base]


@pytest.fixture(scope="module")
def definition() -> Definition:
    resources = model_resources("assignment")
    functions = calendar_functions(lambda _connection: WorkingCalendar({}))
    model = compile_model(
        resources,
        service_types=frozenset(
            {
                "notify", "plan-milestones", "escalate", "register-result", "measure-result", "commend",
                "open-accountability",
            }
        ),
        functions=functions.feel,
    )  # fmt: skip
    forms = [load_form(content) for content in resources.forms]
    return Definition(hash="two", model=model, forms={form.id: form for form in forms})


def entry_of(command: Command, happened: tuple[Event, ...] = EVENTS, **changes: Any) -> JournalEntry:
    values: dict[str, Any] = {
        "instance_id": new_id(), "sequence": 7, "command_id": new_id(), "command": command.tag,
        "effective_at": NOW, "recorded_at": NOW, "actor_key": command.actor.key,
        "on_behalf_of": command.actor.on_behalf_of, "request": "", "payload": payload_of(command),
        "events": [event.to_json() for event in happened], "service_results": [], "function_results": [],
        "definition_hash": "two", "versions": {}, "state_digest": "", "previous": "", "entry_hash": "f" * 64,
        "operator": {},
    }  # fmt: skip
    return JournalEntry(**values | changes)


def told(entry: JournalEntry, definition: Definition, locale: str = "vi") -> ChronicleEntry:
    app = Flask("web")
    language.install(app)
    teller = Teller(
        definitions={"one": definition, "two": definition},
        versions={"one": 1, "two": 2},
        names=NAMES,
        variables={},
    )
    with app.test_request_context(), force_locale(locale):
        return teller.tell([entry])[0]


def texts(entry: ChronicleEntry) -> list[str]:
    values = [part for value in entry.values for part in value]
    return [str(text) for text in (entry.who, entry.what, *values, *entry.effects, *entry.details)]


def test_every_event_has_an_example_here() -> None:
    assert {type(event) for event in EVENTS} == set(subclasses(events, Event))


@pytest.mark.parametrize("command", every_command(), ids=lambda command: command.tag)
@pytest.mark.parametrize("locale", ["vi", "en"])
def test_a_command_is_told_in_words_with_all_that_came_of_it(
    command: Command, locale: str, definition: Definition
) -> None:
    entry = told(
        entry_of(command, operator={"retried_by": "u:chi", "retry_reason": REASON}), definition, locale
    )
    assert all(texts(entry))
    assert [text for text in texts(entry) if TAG.search(text)] == []
    assert not {"changed the process", "đã thay đổi quy trình"} & set(texts(entry)), "the sentence is its own"
    if getattr(command, "reason", ""):
        assert REASON in re.sub("<[^>]+>", "", " ".join(texts(entry)))


def test_languages_tell_differently(definition: Definition) -> None:
    for command in every_command():
        entry = entry_of(command)
        assert told(entry, definition).what != told(entry, definition, "en").what


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.tag)
def test_an_event_beside_another_command_is_told(event: Event, definition: Definition) -> None:
    claimed = events.UserTaskAssigned(**TASK, how="claimed", assignee="u:bao")
    command = next(each for each in every_command() if each.tag == "claim_user_task.v1")
    happened = (claimed,) if event.tag == claimed.tag else (claimed, event)
    entry = told(entry_of(command, happened), definition)
    if event.tag != claimed.tag:
        (sentence,) = (*entry.effects, *entry.details)
        assert sentence
        assert "có thay đổi khác" not in sentence
        assert not TAG.search(sentence)


def test_what_a_later_version_writes_is_told_without_its_tag(definition: Definition) -> None:
    entry = entry_of(every_command()[0], ())
    later = told(
        JournalEntry(**{f.name: getattr(entry, f.name) for f in fields(entry)} | {
            "command": "do_something.v9", "events": [{"type": "something.done.v9"}],
        }),
        definition,
    )  # fmt: skip
    assert (later.what, later.effects) == ("đã thay đổi quy trình", ["có thay đổi khác"])


def only(tag: str, happened: tuple[Event, ...], definition: Definition, **changes: Any) -> ChronicleEntry:
    command = next(each for each in every_command() if each.tag == tag)
    return told(entry_of(command, happened, **changes), definition)


def test_old_and_new_values_stand_beside_the_reason(definition: Definition) -> None:
    happened = (
        events.VariableChanged(name="progress_percent", had_value=True, old=40, new=60, reason=REASON),
        events.VariableChanged(name="deadline_at", had_value=True, old=OLD, new=NEW, reason=REASON),
        events.VariableChanged(
            name="milestones", had_value=True, reason=REASON,
            old={"remind_5": OLD, "remind_2": NEW}, new={"remind_5": NEW, "remind_2": NEW},
        ),
        events.VariableChanged(name="note", had_value=False, new="", reason=REASON),
    )  # fmt: skip
    entry = only("set_variables.v1", happened, definition)
    assert list(entry.values) == [
        ("Tiến độ", "40 → 60"),
        ("Thời hạn", "08:00,\u00a020/08/2026 → 08:00,\u00a021/08/2026"),
        ("Nhắc việc và đôn đốc · remind_5", "08:00,\u00a020/08/2026 → 08:00,\u00a021/08/2026"),
        ("note", "chưa có → chuỗi rỗng"),
        ("Lý do", REASON),
    ]
    assert entry.effects == []


def test_a_pause_is_told_with_its_length_and_what_moved(definition: Definition) -> None:
    resumed = events.ProcessInstanceResumed(reason=REASON, suspended_at="2026-08-10T00:30:00.000000Z")
    moved = events.TimerRescheduled(
        element_id="reminder_5_due", timer_id="t", due_at=NEW, previous_due_at=OLD
    )
    entry = only("resume_instance.v1", (resumed, moved), definition)
    assert entry.what == "đã cho quy trình tiếp tục sau 2\u00a0ngày 2\u00a0giờ tạm dừng"
    assert entry.effects == [
        "thời điểm của “Trước hạn 5 ngày” thay đổi: 08:00,\u00a020/08/2026 → 08:00,\u00a021/08/2026"
    ]


def test_a_migration_names_versions_and_steps(definition: Definition) -> None:
    migrated = next(event for event in EVENTS if event.tag == "process_instance.migrated.v1")
    entry = only("migrate_instance.v1", (migrated,), definition)
    assert entry.what == "đã chuyển quy trình từ phiên bản 1 sang phiên bản 2 của mô hình"
    assert entry.values[0] == ("Bước", "Phân công và thực hiện → Báo cáo kết quả")


def test_who_acts_for_another_and_who_tried_again_are_named(definition: Definition) -> None:
    command = next(each for each in every_command() if each.tag == "suspend_instance.v1")
    suspended = (events.ProcessInstanceSuspended(reason=REASON),)
    entry = entry_of(
        command, suspended, on_behalf_of="u:anna", operator={"retried_by": "u:chi", "retry_reason": REASON}
    )
    assert people_in([entry]) == {"u:anna", "u:bao", "u:chi"}
    story = told(entry, definition)
    assert story.who == "Lê Văn Bảo, thay mặt Trần Thị An"
    assert story.effects == [f"Vũ Kim Chi đã cho thử lại sau khi bị lỗi · Lý do: {REASON}"]


def test_who_had_a_task_before_is_named(definition: Definition) -> None:
    assigned = events.UserTaskAssigned(
        **TASK, how="assigned", assignee="u:chi", previous="u:anna", reason=REASON
    )
    entry = only("assign_user_task.v1", (assigned,), definition)
    assert entry.what == "đã giao “Phân công và thực hiện” cho Vũ Kim Chi"
    assert list(entry.values) == [("Người giữ việc trước đó", "Trần Thị An"), ("Lý do", REASON)]
    assert people_in([entry_of(every_command()[0], (assigned,))]) >= {"u:anna", "u:chi"}


def test_who_acted_at_the_machine_is_named_as_such(definition: Definition) -> None:
    command = next(each for each in every_command() if each.tag == "suspend_instance.v1")
    happened = (events.ProcessInstanceSuspended(reason=REASON),)
    assert told(entry_of(command, happened, actor_key="cli:lan"), definition).who == "lan, từ dòng lệnh"


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=59), "chưa đến một phút"),
        (timedelta(minutes=45), "45\u00a0phút"),
        (timedelta(hours=3, minutes=5), "3\u00a0giờ 5\u00a0phút"),
        (timedelta(days=2, minutes=5), "2\u00a0ngày 5\u00a0phút"),
        (timedelta(days=2, hours=1, minutes=5), "2\u00a0ngày 1\u00a0giờ"),
    ],
)
def test_a_length_of_time_has_two_units_at_most(length: timedelta, words: str) -> None:
    app = Flask("web")
    language.install(app)
    with app.test_request_context(), force_locale("vi"):
        assert span(length) == words
