"""What would not run as drawn is refused at deployment, with every reason (DESIGN §2)."""

import pytest

from engine.definitions.resources import ModelResources
from engine.spiff import compile_model
from tests.drawing import (
    boundary,
    catch,
    defined,
    end,
    end_with,
    event,
    event_subprocess,
    flow,
    flows,
    io,
    looping,
    model,
    node,
    repeated,
    script_task,
    service_task,
    start,
    subprocess,
    throw,
    timed,
    transaction,
    triggered,
    user_task,
)
from tests.elements import refused
from tests.running import compiled, problems_of, reasons_of

PLAIN = (start(), user_task("work"), end(), flows("begin", "work", "finish"))


def in_place_of_work(element: str) -> tuple[str, ...]:
    return (start(), element, end(), flows("begin", "work", "finish"))


def test_a_plain_model_is_accepted() -> None:
    found = compile_model(ModelResources(bpmn=model(*PLAIN)), service_types=frozenset())
    assert list(found.elements) == ["begin", "work", "finish"]
    assert found.elements["work"].type == "userTask"


@refused("complexGateway")
@refused("adHocSubProcess")
@pytest.mark.parametrize("kind", ["complexGateway", "adHocSubProcess", "globalUserTask", "choreographyTask"])
def test_unsupported_elements_are_named(kind: str) -> None:
    assert f"type {kind} are not supported" in reasons_of(*in_place_of_work(node(kind, "work")))["work"]


def test_elements_of_another_language_are_refused() -> None:
    foreign = '<x:task xmlns:x="http://example.org/x" id="other"/>'
    assert "no element of BPMN" in reasons_of(*PLAIN, foreign)["other"]


@refused("startEvent", "conditional, error, escalation", "of a process")
@refused("startEvent", "several", "plain ones in a process, any in a subprocess")
@pytest.mark.parametrize("kind", ["message", "timer", "signal", "conditional", "error", "escalation"])
def test_what_cannot_start_a_process_or_a_subprocess_is_refused(kind: str) -> None:
    begun = event("startEvent", "begin", defined(kind))
    if kind in ("conditional", "error", "escalation"):
        assert "cannot start a process" in reasons_of(begun, *PLAIN[1:])["begin"]
    inside = subprocess("sub", begun.replace("begin", "b"), end("e"), flows("b", "e"))
    reasons = reasons_of(start(), inside, end(), flows("begin", "sub", "finish"))
    assert "cannot start an embedded subprocess" in reasons["b"]
    assert "2 plain start events" in reasons_of(*PLAIN, start("other"), flows("other", "finish"))["sample"]


@refused("endEvent", "several definitions at once")
@refused("intermediateThrowEvent", "error, terminate, cancel")
def test_events_that_bpmn_does_not_have_are_refused() -> None:
    ending = event("endEvent", "finish", defined("timer"))
    assert "endEvent with a timer" in reasons_of(*PLAIN[:2], ending, PLAIN[3])["finish"]
    for kind in ("error", "terminate", "cancel", "timer", "conditional"):
        reasons = reasons_of(*in_place_of_work(throw("work", defined(kind))))
        assert f"intermediateThrowEvent with a {kind}" in reasons["work"]
    for kind in ("error", "escalation", "compensate", "cancel", "terminate"):
        reasons = reasons_of(*in_place_of_work(catch("work", defined(kind))))
        assert f"intermediateCatchEvent with a {kind}" in reasons["work"]
    for kind in ("link", "terminate"):
        reasons = reasons_of(*PLAIN, boundary("at", "work", defined(kind)), flows("at", "finish"))
        assert f"boundaryEvent with a {kind}" in reasons["at"]
    both = end_with("finish", defined("terminate") + defined("compensate"))
    assert "several definitions" in reasons_of(*PLAIN[:2], both, PLAIN[3])["finish"]
    assert "waits for nothing" in reasons_of(*in_place_of_work(catch("work", "")))["work"]


@refused("boundaryEvent", "error, cancel", "non-interrupting")
def test_an_error_or_a_cancellation_always_interrupts() -> None:
    for kind in ("error", "cancel"):
        at = boundary("at", "work", defined(kind), interrupting=False)
        assert "always interrupts" in reasons_of(*PLAIN, at, flows("at", "finish"))["at"]
    begun = triggered("b", defined("error"), interrupting=False)
    handler = event_subprocess("handler", begun, end("e"), flows("b", "e"))
    assert "always interrupts" in reasons_of(*PLAIN, handler)["b"]


@refused("subProcess", "event subprocess", "without a trigger, with a loop, connected by flows")
def test_event_subprocesses_stand_apart_and_have_a_trigger() -> None:
    handler = event_subprocess("handler", start("b"), end("e"), flows("b", "e"))
    assert "nothing starts" in reasons_of(*PLAIN, handler)["b"]
    told = event_subprocess(
        "handler", triggered("b", timed("timeDuration", "P1D")), end("e"), flows("b", "e")
    )
    assert (
        "leads where none can" in reasons_of(*in_place_of_work(told.replace('"handler"', '"work"')))["work"]
    )
    assert "cannot loop" in reasons_of(*PLAIN, looping(told, repeated("true")))["handler"]
    cycle = event_subprocess(
        "handler", triggered("b", timed("timeCycle", "R/P1D")), end("e"), flows("b", "e")
    )
    assert "fire only once" in reasons_of(*PLAIN, cycle)["b"]


def test_every_problem_is_found_not_only_the_first() -> None:
    found = reasons_of(
        start(),
        service_task("call", "unknown"),
        script_task("compute", "1 +", "x"),
        user_task("work", extra='<zeebe:formDefinition formId="missing"/>'),
        node("businessRuleTask", "rule", '<zeebe:calledDecision decisionId="none" resultVariable="r"/>'),
        node("complexGateway", "complex"),
        end(),
        flows("begin", "call", "compute", "work", "rule", "complex", "finish"),
    )
    assert {"call", "compute", "work", "rule", "complex"} <= set(found)
    assert "no handler" in found["call"]
    assert "not valid FEEL" in found["compute"]
    assert "form 'missing'" in found["work"]
    assert "decision 'none'" in found["rule"]


@pytest.mark.parametrize("kind", ["exclusiveGateway", "inclusiveGateway"])
def test_a_deciding_gateway_needs_conditions(kind: str) -> None:
    found = reasons_of(
        start(),
        node(kind, "choose", default="choose_to_third"),
        end(),
        end("other"),
        end("third"),
        flows("begin", "choose"),
        flow("choose", "finish", "a"),
        flow("choose", "other"),
        flow("choose", "third", "b"),
    )
    assert "without a condition" in found["choose_to_other"]
    assert "default flow has a condition" in found["choose_to_third"]
    foreign = node(kind, "work", default="elsewhere")
    assert "does not leave the element" in reasons_of(*in_place_of_work(foreign))["work"]


@refused(
    "sequenceFlow", "a condition behind anything but a deciding gateway, a condition in another language"
)
def test_conditions_stand_behind_deciding_gateways_and_are_feel() -> None:
    conditional = (start(), user_task("work"), end(), flows("begin", "work"), flow("work", "finish", "a"))
    assert "no deciding gateway" in reasons_of(*conditional)["work_to_finish"]
    for text, reason in (
        ("${a}", "Camunda 7"),
        ("a == 1", "not an expression"),
        ("=a == 1", "not valid FEEL"),
    ):
        written = flow("choose", "finish", "X").replace("=X", text)
        parts = (start(), node("exclusiveGateway", "choose"), end(), flows("begin", "choose"), written)
        assert reason in reasons_of(*parts)["choose_to_finish"]


def test_functions_that_do_not_exist_are_refused() -> None:
    for expression in ("nonsense(1)", "[1][item = other(2)]", "nested(abs(1))", "f(a: 1)"):
        reasons = reasons_of(*in_place_of_work(script_task("work", expression, "x")))
        assert "which is no function" in reasons["work"]
    defined_here = "{f: function(a) a + 1, x: f(1)}.x"
    model_of = in_place_of_work(script_task("work", defined_here, "x"))
    compile_model(ModelResources(bpmn=model(*model_of)), service_types=frozenset())


def test_a_task_that_nobody_may_do_is_refused() -> None:
    lonely = node("userTask", "work", "<zeebe:userTask/>")
    assert "nobody may work" in reasons_of(*in_place_of_work(lonely))["work"]


def test_mappings_have_a_source_and_write_to_names() -> None:
    for target in ("a-b", "", "a..b", "1a", "a.b.", "=x"):
        task = service_task("work", extra=io(outputs=[(target, "1")]))
        assert "no variable name" in reasons_of(*in_place_of_work(task))["work"]
    idle = service_task("work", extra=io(outputs=[("a", "1")]).replace('source="=1"', ""))
    assert "has no source" in reasons_of(*in_place_of_work(idle))["work"]


def test_what_is_written_as_plain_text_is_checked_at_deployment() -> None:
    hurried = user_task("work", '<zeebe:priorityDefinition priority="high"/>')
    assert "no number from 0 to 100" in reasons_of(*in_place_of_work(hurried))["work"]
    many = "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>some</bpmn:loopCardinality>"
    task = looping(user_task("work"), f"{many}</bpmn:multiInstanceLoopCharacteristics>")
    assert "the cardinality 'some' is no whole number" in reasons_of(*in_place_of_work(task))["work"]
    empty = flow("choose", "finish", "X").replace("=X", " ")
    parts = (start(), node("exclusiveGateway", "choose"), end(), flows("begin", "choose"), empty)
    assert "the condition is empty" in reasons_of(*parts)["choose_to_finish"]


def test_elements_are_connected_from_start_to_end() -> None:
    found = reasons_of(start(), user_task("work"), end(), flows("begin", "finish"))
    assert found["work"] == "nothing follows the element; nothing leads to the element"
    twice = reasons_of(*PLAIN, flow("work", "finish").replace("work_to", "again"))
    assert "several flows leave" in twice["work"]
    back = reasons_of(*PLAIN[:3], flows("begin", "work", "finish", "begin"))
    assert "leaves where none can" in back["finish"]
    assert "leads where none can" in back["begin"]
    nowhere = reasons_of(*PLAIN, flow("work", "gone"))
    assert "does not connect two elements" in nowhere["work_to_gone"]
    assert "no end event" in reasons_of(start(), user_task("work"), flows("begin", "work"))["sample"]


def test_flows_do_not_cross_the_border_of_a_subprocess() -> None:
    inner = subprocess("sub", start("b"), user_task("work"), end("e"), flows("b", "work", "e"))
    found = reasons_of(start(), inner, end(), flows("begin", "sub", "finish"), flow("work", "finish"))
    assert "crosses the border" in found["work_to_finish"]
    stray = subprocess("sub", start("b"), end("e"))
    found = reasons_of(start(), stray, end(), flows("begin", "sub", "finish"), flow("b", "e"))
    assert "another scope than its ends" in found["b_to_e"]


def test_an_island_is_never_reached() -> None:
    island = (user_task("one"), user_task("two"), flows("one", "two", "one"))
    assert set(reasons_of(*PLAIN, *island)) == {"one", "two"}


def joined(*before: str) -> tuple[str, ...]:
    """Elements before ``one`` and ``two``, which meet in a parallel join."""
    ways = flows("one", "join", "finish") + flows("two", "join")
    return (*before, user_task("one"), user_task("two"), node("parallelGateway", "join"), end(), ways)


CHOICE = (
    node("exclusiveGateway", "split", default="split_to_two"),
    flow("split", "one", "a"),
    flow("split", "two"),
)


@refused("parallelGateway", "a join that only one token can ever reach")
def test_a_parallel_join_of_alternative_paths_is_refused() -> None:
    reason = "only one can ever come"
    assert reason in reasons_of(*joined(start(), *CHOICE, flows("begin", "split")))["join"]
    straight = (start(), node("exclusiveGateway", "split", default="x"), flow("split", "join", "a"))
    default = flow("split", "join").replace("split_to_join", "x")
    rest = (node("parallelGateway", "join"), end(), flows("begin", "split"), flows("join", "finish"))
    assert reason in reasons_of(*straight, default, *rest)["join"]
    limit = boundary("late", "work", timed("timeDuration", "P1D"))
    guarded = (start(), user_task("work"), limit, flows("begin", "work", "one") + flows("late", "two"))
    assert reason in reasons_of(*joined(*guarded))["join"]
    inside = (start("begin"), *CHOICE, flows("begin", "split"))
    nested = subprocess("sub", *joined(*inside))
    outside = (start("b"), nested, end("e"), flows("b", "sub", "e"))
    assert reason in reasons_of(*outside)["join"]
    both = node("parallelGateway", "fork") + flows("b", "fork", "sub", "e") + flow("fork", "e")
    assert reason in reasons_of(start("b"), nested, end("e"), both)["join"], "a fork outside does not help"
    forked = node("parallelGateway", "fork") + flows("begin", "fork", "split") + flow("fork", "other")
    aside = forked + user_task("other") + end("aside") + flow("other", "aside")
    assert reason in reasons_of(*joined(start(), *CHOICE, aside))["join"], "nor one that leads elsewhere"


def test_a_parallel_join_that_several_tokens_may_reach_is_accepted() -> None:
    for kind in ("parallelGateway", "inclusiveGateway"):
        split = "".join(CHOICE).replace("exclusiveGateway", kind)
        if kind == "parallelGateway":
            split = node(kind, "split") + flow("split", "one") + flow("split", "two")
        compiled(*joined(start(), split, flows("begin", "split")))
    told = boundary("told", "work", timed("timeDuration", "P1D"), interrupting=False)
    compiled(*joined(start(), user_task("work"), told, flows("begin", "work", "one"), flows("told", "two")))
    forked = node("parallelGateway", "fork") + flows("begin", "fork", "split") + flow("fork", "split")
    forked = forked.replace('id="fork_to_split"', 'id="again"', 1)
    compiled(*joined(start(), *CHOICE, forked))
    ways = flow("begin", "again") + flow("again", "fork") + flow("fork", "one") + flow("fork", "check")
    looped = (
        node("exclusiveGateway", "again"),
        node("parallelGateway", "fork"),
        user_task("check"),
        node("exclusiveGateway", "good", default="good_to_two"),
        flows("check", "good", "two") + flow("good", "check2", "bad"),
        user_task("check2") + flow("check2", "again"),
    )
    compiled(*joined(start(), *looped, ways))


@refused("intermediateThrowEvent", "link", "without exactly one end of that name in its scope")
def test_links_have_exactly_one_end_in_their_scope() -> None:
    jump = throw("jump", defined("link", name="L"))
    lost = (start(), user_task("work"), end(), jump, node("parallelGateway", "fork"))
    ways = (flows("begin", "work", "fork", "finish"), flows("fork", "jump"))
    assert "has 0 ends" in reasons_of(*lost, *ways)["jump"]
    ends = [catch(name, defined("link", name="L")) + flow(name, "finish") for name in ("l1", "l2")]
    assert "has 2 ends" in reasons_of(*lost, *ways, *ends)["jump"]
    assert "nothing throws" in reasons_of(*PLAIN, ends[0])["l1"]
    nameless = catch("l3", defined("link")) + flow("l3", "finish")
    assert "has no name" in reasons_of(*PLAIN, nameless)["l3"]


@refused("eventBasedGateway", "anything but waiting events behind it; starting instances; parallel")
def test_an_event_based_gateway_leads_to_waiting_events_only() -> None:
    parts = (start(), node("eventBasedGateway", "race"), catch("late", timed("timeDuration", "P1D")), end())
    ways = (flows("begin", "race", "late", "finish"), flows("race", "work", "finish"))
    assert "cannot follow" in reasons_of(*parts, user_task("work"), *ways)["work"]
    assert "only one event" in reasons_of(*parts, flows("begin", "race", "late", "finish"))["race"]
    guarded = node("receiveTask", "work", messageRef="m") + boundary(
        "at", "work", timed("timeDuration", "P1D")
    )
    assert "cannot follow" in reasons_of(*parts, guarded, *ways, flows("at", "finish"))["work"]
    parallel = node("eventBasedGateway", "race", eventGatewayType="Parallel")
    assert "waits for all events" in reasons_of(parts[0], parallel, *parts[2:], *ways)["race"]
    born = node("receiveTask", "work", messageRef="m", instantiate="true")
    assert "starts instances" in reasons_of(*in_place_of_work(born))["work"]


@refused("userTask", "potential owners of plain BPMN; job workers; candidate users; nobody")
@refused("task", "start or completion quantities, data associations")
def test_what_plain_bpmn_says_and_nobody_does_is_refused() -> None:
    for child in ("potentialOwner", "humanPerformer", "ioSpecification", "dataInputAssociation", "rendering"):
        task = looping(user_task("work"), f"<bpmn:{child}/>")
        assert f"'{child}' would have no effect" in reasons_of(*in_place_of_work(task))["work"]
    for name in ("startQuantity", "completionQuantity"):
        assert "other than 1" in reasons_of(*in_place_of_work(node("task", "work", **{name: "2"})))["work"]
    for name in ("isForCompensation", "triggeredByEvent"):
        gateway = node("parallelGateway", "work", **{name: "true"})
        assert "only a" in reasons_of(*in_place_of_work(gateway))["work"]
    begun = transaction("work", start("b"), end("e"), flows("b", "e")).replace(
        " id=", ' triggeredByEvent="1" id=', 1
    )
    assert "only a plain subprocess" in reasons_of(*in_place_of_work(begun))["work"]
    odd = boundary("at", "work", timed("timeDuration", "P1D")).replace('"true"', '"yes"')
    assert "neither true nor false" in reasons_of(*PLAIN, odd, flows("at", "finish"))["at"]
    lonely = node("task", "undo", isForCompensation="true")
    assert "belongs to no event" in reasons_of(*PLAIN, lonely)["undo"]


def test_truth_is_written_as_xml_schema_allows() -> None:
    parts = model(
        *PLAIN,
        boundary("at", "work", timed("timeCycle", "R/P1D")).replace('"true"', '" 0 "'),
        flows("at", "finish"),
    )
    content = parts.replace(b'isExecutable="true"', b'isExecutable="1"')
    found = compile_model(ModelResources(bpmn=content), service_types=frozenset())
    assert not found.spec.task_specs["at"].extensions.interrupting


@pytest.mark.parametrize(
    ("loop", "reason"),
    [
        ("<bpmn:multiInstanceLoopCharacteristics/>", "neither or both"),
        ("<bpmn:multiInstanceLoopCharacteristics><bpmn:loopDataInputRef>x</bpmn:loopDataInputRef>"
         "</bpmn:multiInstanceLoopCharacteristics>", "'loopDataInputRef' is not executed"),
        ('<bpmn:multiInstanceLoopCharacteristics behavior="One"><bpmn:loopCardinality>3</bpmn:loopCardinality>'
         "</bpmn:multiInstanceLoopCharacteristics>", "events at the end of single instances"),
        ("<bpmn:standardLoopCharacteristics/>", "neither a condition nor a maximum"),
        (repeated(most=0), "no whole number"),
        (repeated("true") * 2, "loops in two ways"),
    ],
)  # fmt: skip
@refused("userTask", "multi-instance", "without a collection; with data references; with behavior")
def test_loops_that_do_not_say_how_often_are_refused(loop: str, reason: str) -> None:
    assert reason in reasons_of(*in_place_of_work(looping(user_task("work"), loop)))["work"]


def test_a_file_has_exactly_one_executable_process() -> None:
    content = model(*PLAIN).replace(b'isExecutable="true"', b'isExecutable="false"')
    assert "0 executable" in problems_of(content=content)[0]["reason"]
    twice = content.replace(b'"false"', b'"true"').replace(
        b"</bpmn:definitions>", b'<bpmn:process id="b" isExecutable="true"/></bpmn:definitions>'
    )
    assert "2 executable" in problems_of(content=twice)[0]["reason"]
