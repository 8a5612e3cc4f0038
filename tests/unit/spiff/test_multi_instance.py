"""Multi-instance activities (BPMN 2.0.2 §10.3.8, with the attributes of Camunda 8)."""

from typing import Any

import pytest

from engine.errors import StepFailed
from engine.spiff import ServiceRequest
from tests.drawing import (
    boundary,
    each,
    end,
    end_with,
    flows,
    io,
    looping,
    message,
    named,
    node,
    of,
    script_task,
    service_task,
    start,
    subprocess,
    timed,
    user_task,
)
from tests.elements import runs
from tests.running import Run, compiled

CARDINALITY = (
    "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>{}</bpmn:loopCardinality>"
    "</bpmn:multiInstanceLoopCharacteristics>"
)


def many(activity: str, *more: str, variables: dict[str, Any] | None = None, **options: Any) -> Run:
    services = options.pop("services", None)
    model = compiled(
        start(),
        activity,
        user_task("after"),
        end(),
        flows("begin", "many", "after", "finish"),
        *more,
        **options,
    )
    return Run(model, variables, services)


VOTES = each("people", "person", results="votes", result="vote")
IN_TURN = each("people", "person", results="votes", result="vote", sequential=True)
PEOPLE = {"people": ["an", "binh", "chi"]}


@runs("userTask", "multi-instance", "parallel")
def test_parallel_results_come_in_the_order_of_the_items() -> None:
    run = many(looping(user_task("many"), VOTES), variables=PEOPLE)
    assert run.open == ["many"] * 3
    seen = [run.load().task_variables(task.task_id) for task in run.step.user_tasks]
    assert [each["person"] for each in seen] == ["an", "binh", "chi"]
    assert [each["loopCounter"] for each in seen] == [1, 2, 3]
    run.complete("many", {"vote": "c"}, which=2).complete("many", {"vote": "a"}).complete(
        "many", {"vote": "b"}
    )
    assert run.open == ["after"]
    assert run.variables == {**PEOPLE, "votes": ["a", "b", "c"]}, "item, counter and result were local"


@runs("userTask", "multi-instance", "sequential")
def test_sequential_instances_follow_each_other() -> None:
    run = many(looping(user_task("many"), IN_TURN), variables=PEOPLE)
    sizes = []
    for vote in ("a", "b", "c"):
        assert run.open == ["many"]
        sizes.append(len(run.step.state))
        run.complete("many", {"vote": vote})
    assert run.variables["votes"] == ["a", "b", "c"]
    assert run.open == ["after"]


@pytest.mark.parametrize("sequential", [True, False])
def test_the_completion_condition_sees_the_instance_that_has_just_completed(sequential: bool) -> None:
    loop = each(
        "people", "person", results="votes", result="vote", sequential=sequential, enough='vote = "no"'
    )
    run = many(looping(user_task("many"), loop), variables=PEOPLE)
    run.complete("many", {"vote": "yes"})
    assert "many" in run.open
    run.complete("many", {"vote": "no"})
    assert run.open == ["after"]
    assert run.variables["votes"] == ["yes", "no", None]
    assert ("user_task.cancelled many" in run.events) is not sequential


def test_the_completion_condition_may_count() -> None:
    loop = each("people", enough="numberOfCompletedInstances / numberOfInstances > 0.5")
    run = many(looping(user_task("many"), loop), variables=PEOPLE)
    assert run.complete("many").open == ["many", "many"]
    assert run.complete("many").open == ["after"]


@pytest.mark.parametrize("sequential", [True, False])
def test_no_further_service_is_asked_once_the_condition_holds(sequential: bool) -> None:
    asked: list[Any] = []

    def answer(request: ServiceRequest) -> dict[str, Any]:
        asked.append(request.variables["item"])
        return {}

    loop = each("[1, 2, 3]", sequential=sequential, enough="numberOfCompletedInstances = 2")
    run = many(looping(service_task("many"), loop), services=answer)
    assert asked == [1, 2]
    assert run.open == ["after"]


@pytest.mark.parametrize("sequential", [True, False])
def test_an_empty_collection_is_passed(sequential: bool) -> None:
    loop = each("[]", results="votes", result="vote", sequential=sequential)
    run = many(looping(user_task("many"), loop))
    assert run.open == ["after"]
    assert run.variables["votes"] == []


@runs("serviceTask", "multi-instance")
def test_service_tasks_for_each_item_take_the_item_as_input() -> None:
    def double(request: ServiceRequest) -> dict[str, Any]:
        return {"result": request.variables["value"] * 2}

    task = service_task("many", extra=io(inputs=[("value", "item + 1")]))
    run = many(
        looping(task, each("[1, 2, 3]", results="doubled", result="result")), variables={}, services=double
    )
    assert run.variables["doubled"] == [4, 6, 8]


@runs("scriptTask", "multi-instance")
def test_an_output_element_may_be_a_part_of_a_result() -> None:
    task = script_task("many", "{total: item * 2, noise: 1}", "found")
    run = many(looping(task, each("[1, 2]", results="totals", result="found.total")))
    assert run.variables == {"totals": [2, 4]}


@pytest.mark.parametrize("sequential", [True, False])
@pytest.mark.parametrize("before", [{}, {"r": "outside"}])
@pytest.mark.parametrize("task", ["result variable", "mapped", "path", "subprocess"])
def test_what_is_collected_stays_local_to_its_instance(
    task: str, before: dict[str, Any], sequential: bool
) -> None:
    scripted = script_task("many", "item * 2", "r")
    inner = (start("b"), script_task("double", "item * 2", "r"), end("e"), flows("b", "double", "e"))
    activity = {
        "result variable": scripted,
        "mapped": service_task("many", extra=io(outputs=[("r", "item * 2")])),
        "path": service_task("many", extra=io(outputs=[("r.a", "item * 2")])),
        "subprocess": subprocess("many", *inner),
    }[task]
    loop = each("[1, 2]", results="all", result="r.a" if task == "path" else "r", sequential=sequential)
    assert many(looping(activity, loop), variables=before).variables == {**before, "all": [2, 4]}


def test_an_output_mapping_of_an_instance_writes_to_the_nearest_scope_that_knows_the_name() -> None:
    task = service_task("many", extra=io(outputs=[("sum", "sum + item"), ("item", "0"), ("new", "item")]))
    run = many(looping(task, each("[1, 2]", sequential=True)), variables={"sum": 10, "item": "mine"})
    assert run.variables == {"sum": 13, "item": "mine", "new": 0}


@runs("businessRuleTask", "multi-instance")
def test_a_decision_for_each_item() -> None:
    dmn = (
        b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">'
        b'<decision id="grade" name="grade"><variable name="grade"/><literalExpression><text>item + 1</text>'
        b"</literalExpression></decision></definitions>"
    )
    rule = node(
        "businessRuleTask", "many", '<zeebe:calledDecision decisionId="grade" resultVariable="grade"/>'
    )
    loop = each("[1, 2, 3]", results="grades", result="grade")
    run = many(looping(rule, loop), decisions=(dmn,), variables={"grade": "mine"})
    assert run.variables == {"grade": "mine", "grades": [2, 3, 4]}


@runs("subProcess", "multi-instance", "parallel, sequential")
@pytest.mark.parametrize("sequential", [True, False])
def test_subprocesses_for_each_item_have_variables_of_their_own(sequential: bool) -> None:
    inner = subprocess(
        "many",
        start("b"),
        script_task("prepare", "person + 1", "copy"),
        user_task("work"),
        end("e"),
        flows("b", "prepare", "work", "e"),
    )
    loop = each("people", "person", results="all", result="copy", sequential=sequential)
    run = many(looping(inner, loop), variables={"people": [10, 20]})
    while "work" in run.open:
        run.complete("work", which=run.open.count("work") - 1)
    assert run.variables == {"people": [10, 20], "all": [11, 21]}
    assert run.open == ["after"]


def test_many_in_many() -> None:
    inner = looping(user_task("work"), each("row", "cell", results="cells", result="value"))
    outer = subprocess("many", start("b"), inner, end("e"), flows("b", "work", "e"))
    run = many(
        looping(outer, each("rows", "row", results="table", result="cells")),
        variables={"rows": [[1, 2], [3], []]},
    )
    assert run.open == ["work"] * 3
    for task in list(run.step.user_tasks):
        seen = run.load().task_variables(task.task_id)
        run.do(
            lambda execution, task=task, seen=seen: execution.complete_user_task(
                task.task_id, {"value": -seen["cell"]}
            )
        )
    assert run.variables["table"] == [[-1, -2], [-3], []]


def test_an_interrupting_event_at_the_body_withdraws_every_instance() -> None:
    run = many(
        looping(user_task("many"), VOTES),
        boundary("limit", "many", timed("timeDuration", "P2D")),
        user_task("decide"),
        flows("limit", "decide", "finish"),
        variables=PEOPLE,
    )
    run.complete("many", {"vote": "a"})
    assert len(run.step.timers) == 1, "one timer for the body, not one for each instance"
    assert run.fire("limit").open == ["decide"]
    assert run.events.count("user_task.cancelled many") == 2
    assert "votes" not in run.variables


def test_an_event_at_the_body_that_does_not_interrupt_leaves_the_instances() -> None:
    run = many(
        looping(user_task("many"), IN_TURN),
        boundary("news", "many", of("message", "m"), interrupting=False),
        end("read"),
        flows("news", "read"),
        variables={**PEOPLE, "key": "k"},
        messages=message("m", "news", "key"),
    )
    for vote in ("a", "b", "c"):
        run.send("news").complete("many", {"vote": vote})
    assert run.open == ["after"]
    assert not run.waiting


def test_an_error_in_one_instance_interrupts_all() -> None:
    inner = subprocess(
        "many",
        start("b"),
        user_task("work"),
        node("exclusiveGateway", "ok", default="ok_to_e"),
        end("e"),
        end_with("bad", of("error", "x")),
        flows("b", "work", "ok", "e"),
        '<bpmn:sequenceFlow id="worse" sourceRef="ok" targetRef="bad"><bpmn:conditionExpression>=item = 2'
        "</bpmn:conditionExpression></bpmn:sequenceFlow>",
    )
    run = many(
        looping(inner, each("[1, 2, 3]")),
        boundary("caught", "many", of("error", "x")),
        user_task("mend"),
        flows("caught", "mend", "finish"),
        messages=named("error", "x", "bad"),
    )
    run.complete("work")
    assert run.open == ["work", "work"]
    assert run.complete("work").open == ["mend"]


def test_a_body_in_a_loop_starts_afresh_each_time() -> None:
    run = Run(
        compiled(
            start(),
            node("exclusiveGateway", "again"),
            looping(user_task("many"), VOTES),
            node("exclusiveGateway", "done", default="done_to_again"),
            end(),
            flows("begin", "again", "many", "done", "again"),
            '<bpmn:sequenceFlow id="out" sourceRef="done" targetRef="finish"><bpmn:conditionExpression>'
            "=every v in votes satisfies v</bpmn:conditionExpression></bpmn:sequenceFlow>",
        ),
        {"people": [1, 2]},
    )
    run.complete("many", {"vote": True}).complete("many", {"vote": False})
    assert run.open == ["many", "many"]
    run.complete("many", {"vote": True}).complete("many", {"vote": True})
    assert run.completed


@runs("callActivity", "multi-instance")
@runs("receiveTask", "multi-instance")
def test_receive_tasks_for_each_item_wait_under_keys_of_their_own() -> None:
    """Call activities: test_a_call_for_each_item_of_a_collection."""
    task = node("receiveTask", "many", messageRef="m")
    run = many(
        looping(task, each("[7, 8]", results="got", result="text")), messages=message("m", "answer", "item")
    )
    assert [waiting.correlation_key for waiting in run.step.subscriptions] == ["7", "8"]
    second = run.step.subscriptions[1]
    run.do(lambda execution: execution.correlate(second.task_id, "answer", "8", {"text": "b"}))
    assert run.send("many", {"text": "a"}).variables["got"] == ["a", "b"]


@pytest.mark.parametrize(("written", "times"), [("2", 2), ("=n + 1", 4), ("0", 0)])
def test_a_cardinality_says_how_many(written: str, times: int) -> None:
    run = many(looping(user_task("many"), CARDINALITY.format(written)), variables={"n": 3})
    assert run.open == (["many"] * times or ["after"])


@pytest.mark.parametrize(
    ("loop", "variables", "reason"),
    [
        (each("people"), {"people": {"a": 1}}, "collection to be a list"),
        (each("people"), {}, "collection to be a list"),
        (each("people"), {"people": [0] * 1001}, "at most 1000 instances"),
        (CARDINALITY.format("=n"), {"n": -1}, "cardinality to be a whole number"),
        (CARDINALITY.format("=n"), {"n": 10**9}, "at most 1000 instances"),
    ],
)
def test_what_is_no_collection_or_number_fails_the_step(
    loop: str, variables: dict[str, Any], reason: str
) -> None:
    with pytest.raises(StepFailed, match=reason):
        many(looping(user_task("many"), loop), variables=variables)


def test_a_completion_condition_that_is_neither_true_nor_false_fails_the_step() -> None:
    run = many(looping(user_task("many"), each("people", enough="unknown")), variables=PEOPLE)
    with pytest.raises(StepFailed, match="to be true or false"):
        run.complete("many")
