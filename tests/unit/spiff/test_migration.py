"""An instance goes on under another model: what moves, what stays, what begins to wait, and what is refused."""

from datetime import timedelta

import pytest

from engine.errors import MigrationRefused
from engine.events import ProcessInstanceMigrated
from engine.spiff import CompiledModel
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
    script_task,
    start,
    subprocess,
    throw,
    timed,
    transaction,
    triggered,
    user_task,
    when,
)
from tests.running import NOON, Run, compiled

MESSAGES = message("m", "news", '"k"') + message("other", "answer", '"k"') + named("signal", "s", "alarm")
MESSAGES += named("signal", "s2", "siren") + named("error", "e", "bad")


def _model(*parts: str, called: dict[str, CompiledModel] | None = None) -> CompiledModel:
    return compiled(*parts, messages=MESSAGES, called=called)


def _line(*parts: str, path: tuple[str, ...]) -> CompiledModel:
    """A process of one path from start to end; ``parts`` are its elements and all beside it."""
    return _model(start(), *parts, end(), flows("begin", *path, "finish"))


def _reasons(run: Run, target: CompiledModel, **mapping: str) -> dict[str, str]:
    """Return why a migration is refused, by element; nothing may have changed."""
    before = run.step
    with pytest.raises(MigrationRefused) as refused:
        run.migrate(target, **mapping)
    assert run.step is before
    problems = refused.value.params["problems"]
    assert isinstance(problems, list)
    assert all(problem["reason"] and problem["advice"] for problem in problems)
    return {problem["element_id"]: problem["reason"] for problem in problems}


LATE = boundary("late", "ask", timed("timeDuration", "P2D"), interrupting=False)
REACT = script_task("react", "1", "reacted") + end("reacted") + flows("late", "react", "reacted")


# tokens, names, scopes


def test_a_token_goes_to_the_element_of_the_same_id_and_keeps_its_task() -> None:
    run = Run(_line(user_task("ask"), path=("ask",)))
    task = run.step.user_tasks[0]
    run.migrate(_line(user_task("ask"), user_task("check"), path=("ask", "check")))
    assert run.step.user_tasks == (task,)
    assert run.complete("ask").open == ["check"]


def test_a_mapped_token_goes_where_the_mapping_says_and_the_event_tells_so() -> None:
    run = Run(_line(user_task("ask"), path=("ask",)))
    task_id = run.step.user_tasks[0].task_id
    run.migrate(_line(user_task("answer"), path=("answer",)), ask="answer")
    event = run.step.events[0]
    assert isinstance(event, ProcessInstanceMigrated)
    assert event.to_json() == {
        "type": "process_instance.migrated.v1",
        "from_definition": "old",
        "to_definition": "new",
        "moved": [{"task_id": str(task_id), "from": "ask", "to": "answer"}],
        "reason": "a better model",
    }
    assert [task.task_id for task in run.step.user_tasks] == [task_id]
    assert run.complete("answer").completed


def test_everything_that_stands_in_the_way_is_told_at_once() -> None:
    source = _model(
        start(),
        node("parallelGateway", "fork"),
        *(user_task(name) for name in ("one", "two", "three")),
        node("parallelGateway", "join"),
        end(),
        flows("begin", "fork", "one", "join", "finish"),
        flows("fork", "two", "join"),
        flows("fork", "three", "join"),
    )
    target = _line(user_task("three"), node("manualTask", "two"), path=("three", "two"))
    reasons = _reasons(Run(source), target, three="nowhere")
    assert set(reasons) == {"one", "two", "three", "nowhere"}
    assert "no element 'one'" in reasons["one"]
    assert reasons["two"] == "it is a userTask, and 'two' of the new version is a manualTask"


def test_a_mapping_that_names_nothing_is_refused_wherever_the_tokens_are() -> None:
    run = Run(_line(user_task("ask"), path=("ask",)))
    same = _line(user_task("ask"), path=("ask",))
    assert "old version" in _reasons(run, same, misspelt="ask")["misspelt"]
    assert "new version" in _reasons(run, same, begin="misspelt")["misspelt"]


def test_the_form_is_the_new_elements_and_the_assignment_stays() -> None:
    schedule = '<zeebe:taskSchedule dueDate="=due"/>'
    old = _line(user_task("ask", schedule), path=("ask",))
    form = b'{"id":"fresh","schemaVersion":16,"components":[]}'
    new = compiled(
        start(),
        user_task("ask", '<zeebe:formDefinition formId="fresh"/>', groups='=["others"]'),
        end(),
        flows("begin", "ask", "finish"),
        forms=(form,),
    )
    run = Run(old, {"due": "2026-07-01T00:00:00Z"})
    before = run.step.user_tasks[0]
    run.migrate(new)
    after = run.step.user_tasks[0]
    assert (before.form_id, after.form_id) == (None, "fresh")
    assert (after.candidate_groups, after.due_at) == (("clerks",), before.due_at)


def test_a_subprocess_may_be_renamed_with_what_is_inside_of_it() -> None:
    inside = (start("in"), user_task("ask"), end("out"), flows("in", "ask", "out"))
    run = Run(_line(subprocess("phase", *inside), path=("phase",)))
    renamed = _line(subprocess("stage", *inside), path=("stage",))
    assert "no element 'phase'" in _reasons(run, renamed)["phase"]
    run.migrate(renamed, phase="stage")
    assert run.open == ["ask"]
    assert run.complete("ask").completed


def test_a_token_stays_within_what_its_scope_becomes() -> None:
    inside = (start("in"), user_task("ask"), end("out"), flows("in", "ask", "out"))
    run = Run(_line(subprocess("phase", *inside), path=("phase",)))
    other = (start("in2"), user_task("wait"), end("out2"), flows("in2", "wait", "out2"))
    target = _line(subprocess("phase", *other), subprocess("next", *inside), path=("phase", "next"))
    assert "another subprocess" in _reasons(run, target)["ask"]
    assert "another subprocess" in _reasons(Run(_line(user_task("ask"), path=("ask",))), target)["ask"]


def test_a_subprocess_may_become_a_transaction() -> None:
    inside = (start("in"), user_task("ask"), end("out"), flows("in", "ask", "out"))
    run = Run(_line(subprocess("phase", *inside), path=("phase",)))
    run.migrate(_line(transaction("phase", *inside), path=("phase",)))
    assert run.complete("ask").completed


# waiting events


def test_timers_keep_their_instants_whatever_the_new_version_says() -> None:
    old = _line(user_task("ask"), LATE, REACT, path=("ask",))
    other = boundary("late", "ask", timed("timeDuration", "P30D"), interrupting=True)
    run = Run(old)
    due = run.due
    run.at = NOON + timedelta(days=1)
    run.migrate(_line(user_task("ask"), other, REACT, path=("ask",)))
    assert run.due == due
    assert run.fire("late").open == []  # it interrupts now


def test_new_events_begin_to_wait_at_the_migration_and_old_ones_are_withdrawn() -> None:
    old = _line(
        user_task("ask"),
        boundary("limit", "ask", timed("timeDuration", "P9D")),
        end("over"),
        flows("limit", "over"),
        path=("ask",),
    )
    run = Run(old)
    run.at = NOON + timedelta(days=1)
    run.migrate(_line(user_task("ask"), LATE, REACT, path=("ask",)))
    assert run.events == ["process_instance.migrated", "timer.cancelled limit", "timer.scheduled late"]
    assert run.due == {"late": "2026-06-15 12:00"}
    run.fire("late")
    assert run.variables["reacted"] == 1
    assert run.complete("ask").completed


def test_an_event_that_has_fired_does_not_begin_again() -> None:
    old = _line(user_task("ask"), LATE, REACT, path=("ask",))
    run = Run(old).fire("late")
    run.migrate(_line(user_task("ask"), user_task("more"), LATE, REACT, path=("ask", "more")))
    assert run.due == {}
    assert run.complete("ask").open == ["more"]


def test_a_new_timer_without_its_variable_is_a_reason_against() -> None:
    run = Run(_line(user_task("ask"), path=("ask",)))
    late = boundary("late", "ask", timed("timeDate", "=remind_at"), interrupting=False)
    heard = boundary("heard", "ask", of("message", "m"))
    target = compiled(
        start(),
        user_task("ask"),
        late,
        REACT,
        heard,
        end("told"),
        end(),
        flows("begin", "ask", "finish"),
        flows("heard", "told"),
        messages=message("m", "news", "letter"),
    )
    reasons = _reasons(run, target)
    assert "no variable 'remind_at'" in reasons["late"]
    assert "correlation key" in reasons["heard"]


def test_an_event_is_attached_to_what_its_activity_becomes() -> None:
    run = Run(_line(user_task("ask"), LATE, REACT, path=("ask",)))
    moved = boundary("late", "check", timed("timeDuration", "P2D"), interrupting=False)
    target = _line(user_task("ask"), user_task("check"), moved, REACT, path=("ask", "check"))
    assert "not attached to 'ask'" in _reasons(run, target)["late"]
    run.migrate(target, ask="check")
    assert (run.open, list(run.due)) == (["check"], ["late"])


def test_two_events_do_not_become_one() -> None:
    second = boundary("later", "ask", timed("timeDuration", "P3D"), interrupting=False) + end("end2")
    old = _line(user_task("ask"), LATE, REACT, second, flows("later", "end2"), path=("ask",))
    target = _line(user_task("ask"), LATE, REACT, path=("ask",))
    assert "two events become 'late'" in _reasons(Run(old), target, later="late")["later"]
    assert list(Run(old).migrate(target).due) == ["late"]


def test_what_an_event_waits_for_is_of_the_same_kind() -> None:
    run = Run(_line(user_task("ask"), LATE, REACT, path=("ask",)))
    heard = boundary("late", "ask", of("message", "m"), interrupting=False)
    reason = _reasons(run, _line(user_task("ask"), heard, REACT, path=("ask",)))["late"]
    assert reason == "it waits for a timer, and 'late' of the new version waits for a message"


def test_a_message_of_another_name_is_expected_under_the_old_key() -> None:
    run = Run(_line(catch("wait", of("message", "m")), path=("wait",)))
    waiting = run.step.subscriptions[0]
    run.migrate(_line(catch("wait", of("message", "other")), path=("wait",)))
    assert run.events == ["process_instance.migrated", "message.expected wait"]
    (renewed,) = run.step.subscriptions
    assert (renewed.task_id, renewed.message_name, renewed.correlation_key) == (
        waiting.task_id,
        "answer",
        "k",
    )
    assert renewed.fresh
    assert run.step.ended_subscriptions == (waiting.task_id,)
    assert run.send("wait").completed


def test_a_signal_of_another_name_is_heard() -> None:
    run = Run(_line(catch("wait", of("signal", "s")), path=("wait",)))
    run.migrate(_line(catch("wait2", of("signal", "s2")), path=("wait2",)), wait="wait2")
    assert [(each.signal_name, each.fresh) for each in run.step.signals] == [("siren", True)]
    assert run.signal("siren").completed


def test_a_condition_that_holds_already_goes_on_at_once() -> None:
    run = Run(_line(catch("wait", when("x > 10")), path=("wait",)), {"x": 5})
    run.migrate(_line(catch("wait", when("x > 1")), path=("wait",)))
    assert run.completed


def test_a_timer_that_fired_once_may_become_a_cycle_and_back() -> None:
    once = _line(user_task("ask"), LATE, REACT, path=("ask",))
    cycle = boundary("late", "ask", timed("timeCycle", "R3/P1D"), interrupting=False)
    again = _line(user_task("ask"), cycle, REACT, path=("ask",))
    run = Run(once).migrate(again)
    assert run.due == {"late": "2026-06-14 12:00"}
    assert run.fire("late").due == {"late": "2026-06-15 12:00"}
    assert run.fire("late").due == {"late": "2026-06-16 12:00"}
    assert run.fire("late").due == {}
    run = Run(again)
    assert run.migrate(once).fire("late").due == {}


# event subprocesses


def _with_listener(*, interrupting: bool = True, tag: str = "timeDuration", text: str = "P5D") -> str:
    begin = triggered("woken", timed(tag, text), interrupting=interrupting)
    return event_subprocess(
        "watch", begin, user_task("rescue"), end("saved"), flows("woken", "rescue", "saved")
    )


def test_event_subprocesses_begin_to_listen_and_stop_listening() -> None:
    plain = _line(user_task("ask"), path=("ask",))
    watched = _line(user_task("ask"), _with_listener(), path=("ask",))
    run = Run(plain).migrate(watched)
    assert run.due == {"woken": "2026-06-17 12:00"}
    assert run.migrate(plain).due == {}
    assert "timer.cancelled woken" in run.events
    assert run.migrate(watched).fire("woken").open == ["rescue"]
    assert run.complete("rescue").completed


def test_nothing_listens_where_an_event_subprocess_has_taken_over() -> None:
    watched = _line(user_task("ask"), _with_listener(), path=("ask",))
    second = event_subprocess(
        "hear",
        triggered("told", of("message", "m")),
        user_task("reply"),
        end("said"),
        flows("told", "reply", "said"),
    )
    run = Run(watched).fire("woken")
    run.migrate(_line(user_task("ask"), _with_listener(), second, path=("ask",)))
    assert (run.open, run.waiting) == (["rescue"], [])
    beside = _line(user_task("ask"), _with_listener(interrupting=False), path=("ask",))
    assert "does not interrupt" in _reasons(Run(watched).fire("woken"), beside)["watch"]


def test_a_listener_that_has_fired_does_not_listen_again() -> None:
    beside = _line(user_task("ask"), _with_listener(interrupting=False), path=("ask",))
    run = Run(beside).fire("woken").complete("rescue")
    run.migrate(
        _line(user_task("ask"), user_task("b"), _with_listener(interrupting=False), path=("ask", "b"))
    )
    assert run.due == {}


# many instances and loops


MANY = each('["a", "b", "c"]', "item", results="out", result="item")


def test_many_instances_go_on_with_what_is_left() -> None:
    old = _line(looping(user_task("ask"), MANY), path=("ask",))
    run = Run(old).complete("ask", which=1)
    run.migrate(_line(looping(user_task("query"), MANY), user_task("b"), path=("query", "b")), ask="query")
    assert run.open == ["query", "query"]
    assert run.complete("query").complete("query").variables["out"] == ["a", "b", "c"]
    assert run.open == ["b"]


def test_items_are_known_by_their_new_name() -> None:
    run = Run(_line(looping(user_task("ask"), each('["a", "b"]', "item")), path=("ask",)))
    new = each('["a", "b"]', "unit", results="out", result="unit")
    run.migrate(_line(looping(user_task("ask"), new), path=("ask",)))
    assert run.load().task_variables(run.step.user_tasks[1].task_id)["unit"] == "b"
    assert run.complete("ask").complete("ask").variables["out"] == ["a", "b"]


def test_results_that_were_not_collected_are_missing_for_ever() -> None:
    old = _line(looping(user_task("ask"), each('["a", "b"]', "item")), path=("ask",))
    target = _line(looping(user_task("ask"), MANY), path=("ask",))
    assert "their results" in _reasons(Run(old).complete("ask"), target)["ask"]


@pytest.mark.parametrize(
    ("loop", "kind"),
    [
        ("", "no loop"),
        (each('["a"]', sequential=True), "multi-instance, one after the other"),
        (repeated("true", most=3), "a loop"),
    ],
)
def test_an_activity_keeps_its_kind_of_loop(loop: str, kind: str) -> None:
    run = Run(_line(looping(user_task("ask"), MANY), path=("ask",)))
    target = _line(looping(user_task("ask"), loop), path=("ask",))
    assert _reasons(run, target)["ask"] == (
        f"it is multi-instance, side by side, and 'ask' of the new version is {kind}"
    )


def test_the_new_maximum_of_a_loop_counts() -> None:
    run = Run(_line(looping(user_task("ask"), repeated(most=5)), path=("ask",))).complete("ask")
    run.migrate(_line(looping(user_task("ask"), repeated(most=3)), path=("ask",)))
    assert run.complete("ask").complete("ask").completed


# gateways


def _forked(*names: str, ids: str = "") -> CompiledModel:
    return _model(
        start(),
        node("parallelGateway", "fork"),
        node("parallelGateway", f"join{ids}"),
        *(user_task(name) for name in names),
        end(),
        flows("begin", "fork"),
        *(flows("fork", name, f"join{ids}") for name in names),
        flow(f"join{ids}", "finish"),
    )


def test_tokens_at_a_join_wait_for_the_others() -> None:
    run = Run(_forked("a", "b")).complete("a")
    run.migrate(_forked("a", "b", "c"))
    assert run.open == ["b"]
    assert "flow 'a_to_join'" in _reasons(Run(_forked("a", "b")).complete("a"), _forked("b", "c"))["join"]


def test_a_join_may_be_renamed_with_its_flows() -> None:
    run = Run(_forked("a", "b")).complete("a")
    run.migrate(_forked("a", "b", ids="2"), join="join2", a_to_join="a_to_join2")
    assert run.complete("b").completed


def test_a_join_of_fewer_flows_goes_on_when_nobody_is_missing() -> None:
    run = Run(_forked("a", "b", "c")).complete("a").complete("b")
    assert run.open == ["c"]
    target = _model(
        start(),
        node("parallelGateway", "fork"),
        node("parallelGateway", "join"),
        *(user_task(name) for name in ("a", "b", "c", "after")),
        end(),
        end("aside"),
        flows("begin", "fork", "a", "join", "after", "finish"),
        flows("fork", "b", "join"),
        flows("fork", "c", "aside"),
    )
    assert run.migrate(target).open == ["c", "after"]
    assert run.complete("c").complete("after").completed


def test_an_inclusive_join_of_one_flow_goes_on() -> None:
    def built(*extra: str, path: str) -> CompiledModel:
        return _model(
            start(),
            node("inclusiveGateway", "fork"),
            user_task("a"),
            user_task("b"),
            node("inclusiveGateway", "join"),
            user_task("after"),
            end(),
            *extra,
            flow("begin", "fork"),
            flow("fork", "a", "true"),
            flow("fork", "b", "true"),
            flows("a", "join", "after", "finish"),
            flows("b", path),
        )

    run = Run(built(path="join")).complete("a")
    run.migrate(built(end("aside"), path="aside"))
    assert run.open == ["b", "after"]
    assert run.complete("b").complete("after").completed


def _race(*names: str) -> CompiledModel:
    return _model(
        start(),
        node("eventBasedGateway", "race"),
        *(
            catch(name, of("message", "m") if name == "told" else timed("timeDuration", "P1D"))
            for name in names
        ),
        node("exclusiveGateway", "merge"),
        end(),
        flow("begin", "race"),
        *(flows("race", name, "merge") for name in names),
        flow("merge", "finish"),
    )


def test_a_race_goes_on_between_the_same_events() -> None:
    run = Run(_race("late", "told")).migrate(_race("late", "told", "third"))
    assert (list(run.due), run.waiting) == (["late"], ["told"])
    assert run.send("told").completed


def test_events_that_race_do_not_part() -> None:
    apart = _model(
        start(),
        node("parallelGateway", "fork"),
        catch("late", timed("timeDuration", "P1D")),
        catch("told", of("message", "m")),
        node("parallelGateway", "join"),
        end(),
        flows("begin", "fork", "late", "join", "finish"),
        flows("fork", "told", "join"),
    )
    assert "not behind one gateway" in _reasons(Run(_race("late", "told")), apart)["late"]
    assert "one of several" in _reasons(Run(apart), _race("late", "told"))["told"]


# compensation and called processes


def _undone(*, handler: str = "undo", handled: bool = True) -> CompiledModel:
    return _model(
        start(),
        script_task("book", "1", "booked"),
        compensation("undoing", "book", user_task(handler)) if handled else "",
        user_task("ask"),
        throw("back", defined("compensate")) if handled else "",
        end(),
        flows(
            *(("begin", "book", "ask", "back", "finish") if handled else ("begin", "book", "ask", "finish"))
        ),
    )


def test_what_is_done_is_undone_as_the_new_version_says() -> None:
    run = Run(_undone()).migrate(_undone(handler="cancel_booking"))
    assert run.complete("ask").open == ["cancel_booking"]
    run.migrate(_undone(handler="undo"), cancel_booking="undo")
    assert run.complete("undo").completed
    assert "nothing undoes 'book'" in _reasons(Run(_undone()), _undone(handled=False))["book"]


def test_what_is_done_inside_of_a_subprocess_is_undone_there() -> None:
    def built(*, name: str, inner: str) -> CompiledModel:
        inside = (
            start("in"),
            script_task(inner, "1", "booked"),
            compensation("undoing", inner, user_task("undo")),
            end("out"),
            flows("in", inner, "out"),
        )
        return _line(
            subprocess(name, *inside),
            user_task("ask"),
            throw("back", defined("compensate")),
            path=(name, "ask", "back"),
        )

    run = Run(built(name="phase", inner="book"))
    target = built(name="stage", inner="reserve")
    assert set(_reasons(run, target)) == {"phase"}
    run.migrate(target, phase="stage", book="reserve")
    assert run.complete("ask").open == ["undo"]
    run.migrate(built(name="phase", inner="book"), stage="phase", reserve="book")
    assert run.complete("undo").completed


def test_an_activity_that_undoes_stays_one() -> None:
    run = Run(_undone()).complete("ask")
    assert "undoes another activity" in _reasons(run, _undone(), undo="ask")["undo"]


def _called(*steps: str, process: str = "part") -> CompiledModel:
    parts = [user_task(step) for step in steps]
    return compiled(start(), *parts, end(), flows("begin", *steps, "finish"), process=process)


def test_called_processes_go_on_under_their_new_version() -> None:
    old = _model(
        start(),
        call("delegate", "part"),
        end(),
        flows("begin", "delegate", "finish"),
        called={"part": _called("ask")},
    )
    new = _model(
        start(),
        call("hand_over", "part"),
        end(),
        flows("begin", "hand_over", "finish"),
        called={"part": _called("ask", "confirm")},
    )
    run = Run(old)
    assert run.open == ["delegate/ask"]
    run.migrate(new, delegate="hand_over")
    assert run.open == ["hand_over/ask"]
    assert run.complete("hand_over/ask").open == ["hand_over/confirm"]
    assert run.complete("hand_over/confirm").completed


def test_an_element_of_a_called_process_can_be_mapped() -> None:
    def built(step: str) -> CompiledModel:
        parts = (start(), call("delegate", "part"), end(), flows("begin", "delegate", "finish"))
        return _model(*parts, called={"part": _called(step)})

    run = Run(built("ask"))
    assert set(_reasons(run, built("query"))) == {"delegate/ask"}
    run.migrate(built("query"), **{"delegate/ask": "delegate/query"})
    assert run.complete("delegate/query").completed


def test_another_process_is_no_version_of_this_one() -> None:
    run = Run(_line(user_task("ask"), path=("ask",)))
    other = _called("ask", process="elsewhere")
    assert "process 'elsewhere'" in _reasons(run, other)[""]


def test_local_variables_survive() -> None:
    extra = io(inputs=[("unit", '"SNV"')])
    old = _line(user_task("ask", extra), path=("ask",))
    run = Run(old)
    run.migrate(_line(user_task("query"), path=("query",)), ask="query")
    assert run.load().task_variables(run.step.user_tasks[0].task_id)["unit"] == "SNV"


def test_an_error_is_caught_where_the_new_version_catches_it() -> None:
    def built(*extra: str) -> CompiledModel:
        inside = (
            start("in"),
            user_task("ask"),
            end_with("bad", of("error", "e")),
            flows("in", "ask", "bad"),
        )
        return _line(subprocess("phase", *inside), *extra, path=("phase",))

    caught = (boundary("caught", "phase", of("error", "e")), user_task("mend"), end("mended"))
    ways = flows("caught", "mend", "mended")
    again = (boundary("caught2", "phase", of("error", "e")), user_task("repair"), end("mended"))
    run = Run(built(*caught, ways)).migrate(built(*again, flows("caught2", "repair", "mended")))
    assert run.complete("ask").open == ["repair"]


# suspended instances


def _suspended(run: Run) -> Run:
    return run.do(lambda execution: execution.suspend("a break"))


def _resumed(run: Run, *, after: timedelta) -> Run:
    run.at += after
    return run.do(lambda execution: execution.resume("the break is over"))


def test_a_suspended_instance_stays_so_and_new_timers_begin_with_the_pause() -> None:
    run = _suspended(Run(_line(user_task("ask"), path=("ask",))))
    run.at = NOON + timedelta(days=1)
    run.migrate(_line(user_task("ask"), LATE, REACT, path=("ask",)))
    assert run.step.suspended_at == NOON
    assert _resumed(run, after=timedelta(days=2)).due == {"late": "2026-06-17 12:00"}


def test_what_joins_or_holds_in_the_new_version_goes_on_when_the_pause_ends() -> None:
    run = _suspended(Run(_forked("a", "b", "c")).complete("a").complete("b"))
    target = _model(
        start(),
        node("parallelGateway", "fork"),
        node("parallelGateway", "join"),
        *(user_task(name) for name in ("a", "b", "c", "after")),
        end(),
        end("aside"),
        flows("begin", "fork", "a", "join", "after", "finish"),
        flows("fork", "b", "join"),
        flows("fork", "c", "aside"),
    )
    assert run.migrate(target).open == ["c"]
    assert _resumed(run, after=timedelta(days=1)).open == ["c", "after"]
    held = _suspended(Run(_line(catch("wait", when("x > 10")), path=("wait",)), {"x": 5}))
    held.migrate(_line(catch("wait", when("x > 1")), path=("wait",)))
    assert not held.completed
    assert _resumed(held, after=timedelta(days=1)).completed
