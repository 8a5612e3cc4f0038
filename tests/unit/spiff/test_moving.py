"""Moving a token: what is withdrawn, what is opened on the way, and what is refused with which advice."""

from typing import Any
from uuid import UUID

import pytest

from engine.errors import InstanceNotActive, InstanceSuspended, MoveRefused, StepFailed
from tests.drawing import (
    boundary,
    call,
    catch,
    compensation,
    defined,
    each,
    end,
    end_with,
    event_subprocess,
    flow,
    flows,
    io,
    looping,
    message,
    named,
    node,
    of,
    repeated,
    service_task,
    start,
    subprocess,
    throw,
    timed,
    triggered,
    user_task,
    when,
)
from tests.running import INSTANCE, Run, compiled


def move(run: Run, source: str, target: str, *, task_id: UUID | None = None, **variables: Any) -> Run:
    return run.do(
        lambda execution: execution.move_token(
            execution.token_at(source, task_id),
            from_element=source,
            to_element=target,
            reason="by mistake",
            variables=variables,
        )
    )


def refusal(run: Run, source: str, target: str) -> str:
    state = run.step.state
    with pytest.raises(MoveRefused) as refused:
        move(run, source, target)
    assert run.step.state == state
    return refused.value.message


PLAIN = compiled(
    start(),
    user_task("first"),
    boundary("late", "first", timed("timeDuration", "PT1H")),
    user_task("reminded"),
    node("parallelGateway", "fork"),
    user_task("left"),
    user_task("right"),
    node("parallelGateway", "join"),
    service_task("file"),
    node("exclusiveGateway", "which", default="which_to_last"),
    user_task("last"),
    end(),
    flows("begin", "first", "fork", "left", "join", "file", "which", "last", "finish"),
    flow("which", "first", "again = true"),
    flows("fork", "right", "join"),
    flows("late", "reminded", "finish"),
)


def test_a_token_begins_at_another_element_and_what_waited_is_withdrawn() -> None:
    run = move(Run(PLAIN), "first", "last")
    assert run.events == [
        "token.moved first",
        "user_task.cancelled first",
        "timer.cancelled late",
        "user_task.created last",
    ]
    moved = run.step.events[0].to_json()
    assert moved["to_element_id"] == "last"
    assert moved["to_task_id"] == str(run.step.user_tasks[0].task_id)
    assert run.complete("last").completed


def test_backwards_to_itself_through_a_gateway_and_past_work() -> None:
    run = move(move(Run(PLAIN), "first", "last"), "last", "first")
    assert run.open == ["first"]
    assert list(run.due) == ["late"]
    again = move(run, "first", "first")
    assert again.open == ["first"]
    move(run, "first", "which", again=False)
    assert run.open == ["last"]
    assert run.events[:2] == ["token.moved first", "variable.changed"]
    move(run, "last", "file")
    assert run.events[2] == "service_task.completed file"
    assert move(run, "last", "finish").completed


def test_forks_are_entered_and_joins_are_not() -> None:
    run = move(Run(PLAIN), "first", "fork")
    assert run.open == ["left", "right"]
    assert "move to an element before or behind it" in refusal(run, "left", "join")
    run.complete("left")
    move(run, "join", "last")
    assert run.open == ["right", "last"]


def test_a_move_after_which_nothing_could_go_on_is_refused() -> None:
    run = Run(PLAIN).complete("first").complete("left")
    assert "nothing could go on" in refusal(run, "right", "finish")


def test_several_tokens_at_an_element_are_told_apart_by_their_identifiers() -> None:
    merged = compiled(
        start(),
        node("parallelGateway", "fork"),
        node("task", "one"),
        node("task", "two"),
        user_task("work"),
        user_task("other"),
        end(),
        flows("begin", "fork", "one", "work", "other", "finish"),
        flows("fork", "two", "work"),
    )
    run = Run(merged)
    ids = [task.task_id for task in run.step.user_tasks]
    message_text = refusal(run, "work", "other")
    assert all(str(task_id) in message_text for task_id in ids)
    move(run, "work", "other", task_id=ids[1])
    assert run.step.user_tasks[0].task_id == ids[0]
    assert run.open == ["work", "other"]
    with pytest.raises(MoveRefused, match="is not there"):
        move(run, "work", "other", task_id=ids[1])
    with pytest.raises(MoveRefused, match="is not there"):
        move(run, "work", "other", task_id=INSTANCE)


NESTED = compiled(
    start(),
    user_task("before"),
    subprocess(
        "outer",
        start("outer_begin"),
        user_task("outer_first"),
        subprocess(
            "inner",
            start("inner_begin"),
            user_task("inner_first"),
            user_task("inner_last"),
            end("inner_end"),
            flows("inner_begin", "inner_first", "inner_last", "inner_end"),
        ).replace(
            'name="inner">',
            f'name="inner"><bpmn:extensionElements>{io(inputs=[("own", "given")])}</bpmn:extensionElements>',
        ),
        end("outer_end"),
        event_subprocess(
            "listen", triggered("heard", of("signal", "s"), interrupting=False), user_task("note"),
            end("noted"), flows("heard", "note", "noted"),
        ),
        flows("outer_begin", "outer_first", "inner", "outer_end"),
    ),
    boundary("limit", "outer", timed("timeDuration", "P1D")),
    user_task("after"),
    end(),
    end("limited"),
    flows("begin", "before", "outer", "after", "finish"),
    flows("limit", "limited"),
    messages=named("signal", "s", "bell"),
)  # fmt: skip


def test_subprocesses_are_opened_on_the_way_and_end_as_ever() -> None:
    run = move(Run(NESTED, {"given": 5}), "before", "inner_last")
    assert run.open == ["inner_last"]
    assert list(run.due) == ["limit"]
    assert run.waiting == ["heard"]
    task_id = run.step.user_tasks[0].task_id
    assert run.load().task_variables(task_id)["own"] == 5
    assert "element.completed outer_begin" not in run.history
    run.complete("inner_last")
    assert run.open == ["after"]
    assert run.history.count("element.completed outer") == 1
    assert run.complete("after").completed


def test_an_open_subprocess_takes_the_token_in() -> None:
    run = Run(NESTED, {"given": 5}).complete("before").signal("bell")
    assert run.open == ["outer_first", "note"]
    move(run, "note", "inner_first")
    assert run.open == ["outer_first", "inner_first"]
    move(run, "outer_first", "inner_last")
    assert run.open == ["inner_first", "inner_last"]
    run.complete("inner_first").complete("inner_last").complete("inner_last")
    assert run.open == ["after"]
    assert run.history.count("element.completed inner") == 1


def test_a_subprocess_left_by_its_only_token_ends_with_all_that_waits_beside_it() -> None:
    run = move(Run(NESTED, {"given": 5}), "before", "inner_first")
    move(run, "inner_first", "after")
    assert run.open == ["after"]
    assert not run.due
    assert not run.waiting
    assert run.events == [
        "token.moved inner_first",
        "user_task.cancelled inner_first",
        "timer.cancelled limit",
        "user_task.created after",
    ]
    assert run.complete("after").completed


def test_a_subprocess_with_other_tokens_stays() -> None:
    run = Run(NESTED, {"given": 5}).complete("before").signal("bell")
    move(run, "outer_first", "after")
    assert run.open == ["after", "note"]
    assert list(run.due) == ["limit"]
    run.complete("note")
    assert run.open == ["after", "after"]


def test_a_subprocess_is_moved_as_a_whole_also_into_itself() -> None:
    run = Run(NESTED, {"given": 5}).complete("before")
    move(run, "outer", "inner_last")
    assert run.open == ["inner_last"]
    assert run.events[0] == "token.moved outer"
    assert run.waiting == ["heard"]
    move(run, "outer", "before")
    assert run.open == ["before"]
    assert not run.waiting
    move(run, "before", "outer")
    assert run.open == ["outer_first"]


def test_out_of_an_event_subprocess() -> None:
    run = Run(NESTED, {"given": 5}).complete("before").signal("bell")
    move(run, "note", "outer_first")
    assert run.open == ["outer_first", "outer_first"]
    assert "element.completed listen" not in run.history
    assert run.waiting == ["heard"]


MANY = compiled(
    start(),
    looping(
        subprocess(
            "each_of", start("sub_begin"), user_task("work"), user_task("check"), end("sub_end"),
            flows("sub_begin", "work", "check", "sub_end"),
        ),
        each("[1, 2]"),
    ),
    looping(user_task("vote"), each("[1, 2, 3]")),
    looping(user_task("repeat"), repeated("again = true")),
    end(),
    flows("begin", "each_of", "vote", "repeat", "finish"),
)  # fmt: skip


def test_many_instances_are_moved_as_a_whole_or_inside_one() -> None:
    run = Run(MANY)
    first = run.step.user_tasks[0].task_id
    move(run, "work", "check", task_id=first)
    assert run.open == ["check", "work"]
    assert "inside one of many instances" in refusal(run, "check", "vote")
    move(run, "each_of", "vote")
    assert run.open == ["vote"] * 3
    move(run, "vote", "repeat")
    assert run.open == ["repeat"]
    assert run.history.count("user_task.cancelled vote") == 3
    move(run, "repeat", "each_of")
    assert run.open == ["work", "work"]
    assert "many instances" in refusal(move(run, "each_of", "vote"), "vote", "check")


def test_one_of_many_instances_is_not_moved_alone() -> None:
    run = move(Run(MANY), "each_of", "vote")
    with pytest.raises(MoveRefused, match="one of many instances"):
        move(run, "vote", "repeat", task_id=run.step.user_tasks[0].task_id)


REFUSING = compiled(
    start(),
    user_task("work"),
    boundary("tick", "work", timed("timeDuration", "PT1H"), interrupting=False),
    end("ticked"),
    service_task("book"),
    compensation("undo", "book", user_task("cancel_booking")),
    throw("take_back", defined("compensate")),
    node("eventBasedGateway", "race"),
    catch("late", timed("timeDuration", "PT1H")),
    catch("told", of("message", "m")),
    catch("never", timed("timeDate", "=nothing")),
    call("called", "inside"),
    event_subprocess(
        "stop", triggered("stopped", when("stop = true")), user_task("tidy"), end("tidied"),
        flows("stopped", "tidy", "tidied"),
    ),
    node("inclusiveGateway", "any"),
    end(),
    flows("begin", "work", "book", "take_back", "race", "late", "any", "called", "finish"),
    flows("race", "told", "any"),
    flows("race", "never", "finish"),
    flows("tick", "ticked"),
    messages=message("m", "news", '"k"'),
    called={
        "inside": compiled(
            start(), user_task("ask"), end_with("gone", defined("terminate")),
            flows("begin", "ask", "gone"), process="inside",
        )
    },
)  # fmt: skip


@pytest.mark.parametrize(
    ("target", "advice"),
    [
        ("tick", "move to the element behind it"),
        ("undo", "move to the element behind it"),
        ("stop", "let that come"),
        ("stopped", "let that come"),
        ("tidy", "let that come"),
        ("any", "move to an element before or behind it"),
        ("cancel_booking", "move to an element of the flow"),
        ("called/ask", "move to the call activity"),
        ("nowhere", "no such element"),
        ("begin_to_work", "no such element"),
    ],
)
def test_refused_targets_say_what_to_do_instead(target: str, advice: str) -> None:
    message_text = refusal(Run(REFUSING, {"nothing": None, "stop": False}), "work", target)
    assert advice in message_text


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("tick", "belongs to another element"),
        ("stop", "belongs to another element"),
        ("book", "no token is there"),
        ("nowhere", "no token is there"),
    ],
)
def test_refused_sources(source: str, why: str) -> None:
    assert why in refusal(Run(REFUSING, {"nothing": None, "stop": False}), source, "book")


def test_what_undoes_is_left_alone() -> None:
    run = Run(REFUSING, {"nothing": None, "stop": False}).complete("work")
    assert run.open == ["cancel_booking"]
    for source in ("cancel_booking", "take_back"):
        assert "at work for a compensation" in refusal(run, source, "work")


def test_the_events_behind_a_gateway_are_one_token() -> None:
    run = Run(REFUSING, {"nothing": None, "stop": False}).complete("work").complete("cancel_booking")
    assert list(run.due) == ["late"]
    move(run, "told", "work")
    assert run.open == ["work"]
    assert list(run.due) == ["tick"]
    assert not run.waiting
    move(run, "work", "told")
    assert run.waiting == ["told"]
    with pytest.raises(StepFailed, match="expected a timer to have an instant"):
        move(run, "told", "never")
    run.send("told")
    assert run.open == ["called/ask"]


def test_out_of_a_called_process() -> None:
    run = move(Run(REFUSING, {"nothing": None, "stop": False}), "work", "called")
    assert run.open == ["called/ask"]
    move(run, "called/ask", "called/begin")
    assert run.open == ["called/ask"]
    move(run, "called/ask", "work")
    assert run.open == ["work"]


@pytest.mark.parametrize("source", ["tidy", "stop"])
def test_a_scope_that_was_interrupted_waits_for_its_events_again(source: str) -> None:
    run = Run(REFUSING, {"nothing": None, "stop": False})
    run.do(lambda execution: execution.set_variables({"stop": True}, reason="by mistake"))
    assert run.open == ["tidy"]
    move(run, source, "work", stop=False)
    assert run.open == ["work"]
    run.do(lambda execution: execution.set_variables({"stop": True}, reason="this time it is meant"))
    assert run.open == ["tidy"]
    assert run.complete("tidy").completed


def test_plain_start_events_are_targets() -> None:
    run = move(Run(REFUSING, {"nothing": None, "stop": False}), "work", "begin")
    assert run.open == ["work"]
    assert "element.completed begin" in run.events


def test_ended_and_suspended_instances_are_left_alone() -> None:
    run = Run(PLAIN)
    run.do(lambda execution: execution.suspend("an audit"))
    with pytest.raises(InstanceSuspended):
        move(run, "first", "last")
    run.do(lambda execution: execution.cancel("given up"))
    with pytest.raises(InstanceNotActive):
        run.do(
            lambda execution: execution.move_token(
                INSTANCE, from_element="first", to_element="last", reason="late"
            )
        )


def test_a_failing_element_fails_the_move() -> None:
    def broken(_: object) -> dict[str, Any]:
        raise StepFailed("broken")

    run = Run(PLAIN, services=broken)
    state = run.step.state
    with pytest.raises(StepFailed):
        move(run, "first", "file")
    assert run.step.state == state
