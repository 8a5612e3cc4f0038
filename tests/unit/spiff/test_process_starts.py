"""Where a process begins: by command at its plain start event, or at the event that something has triggered."""

import pytest

from engine.errors import StartEventMissing
from engine.spiff import MessageTrigger, SignalTrigger, TimerTrigger
from tests.drawing import call, defined, end, event, flows, io, named, of, start, timed, user_task
from tests.elements import runs
from tests.running import Run, compiled, reasons_of

ROOTS = '<bpmn:message id="order" name="ordered"/>' + named("signal", "bell", "bell_rung")

MANY = (
    start(),
    event("startEvent", "ordered", of("message", "order"), io(outputs=[("item", "what")])),
    event("startEvent", "rung", of("signal", "bell")),
    event("startEvent", "monthly", timed("timeCycle", "R/2026-01-31T08:00:00+07:00/P1M")),
    user_task("by_hand"),
    user_task("by_event"),
    end(),
    flows("begin", "by_hand", "finish"),
    flows("ordered", "by_event", "finish"),
    flows("rung", "by_event"),
    flows("monthly", "by_event"),
)


@runs("startEvent", "message", "of a process")
@runs("startEvent", "signal", "of a process")
@runs("startEvent", "timer", "of a process, cycle")
@pytest.mark.parametrize("start_event", ["ordered", "rung", "monthly"])
def test_an_instance_begins_at_the_event_that_was_triggered(start_event: str) -> None:
    run = Run(compiled(*MANY, messages=ROOTS), {"what": "chair"}, start_event=start_event)
    assert run.open == ["by_event"]
    assert run.variables.get("item") == ("chair" if start_event == "ordered" else None)
    assert run.complete("by_event").completed


def test_a_command_begins_at_the_plain_start_event() -> None:
    assert Run(compiled(*MANY, messages=ROOTS)).open == ["by_hand"]


def test_a_start_event_that_is_not_there_is_refused() -> None:
    with pytest.raises(StartEventMissing, match="'nowhere'"):
        Run(compiled(*MANY, messages=ROOTS), start_event="nowhere")
    only = compiled(*MANY[1:4], MANY[5], MANY[6], *MANY[8:], messages=ROOTS)
    with pytest.raises(StartEventMissing, match="plain"):
        Run(only)


def test_a_model_says_what_starts_it() -> None:
    starts = compiled(*MANY, messages=ROOTS).starts
    assert {name: type(trigger) for name, trigger in starts.items()} == {
        "ordered": MessageTrigger,
        "rung": SignalTrigger,
        "monthly": TimerTrigger,
    }


def test_a_process_that_only_events_start_cannot_be_called() -> None:
    begun = event("startEvent", "begin", of("message", "order"))
    inner = compiled(begun, user_task("work"), end(), flows("begin", "work", "finish"), messages=ROOTS)
    with pytest.raises(Exception, match="no plain start event"):
        compiled(
            start(),
            call("call", "inner"),
            end(),
            flows("begin", "call", "finish"),
            process="outer",
            called={"inner": inner},
        )


def test_a_message_that_starts_a_process_needs_a_name_but_no_key() -> None:
    begun = event("startEvent", "begin", defined("message"))
    assert "no name" in reasons_of(begun, user_task("work"), end(), flows("begin", "work", "finish"))["begin"]
