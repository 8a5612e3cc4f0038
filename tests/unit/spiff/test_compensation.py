"""Compensation undoes what was done, the last first (BPMN 2.0.2 §10.7, §13.5.5)."""

from engine.service_tasks import BusinessError
from tests.drawing import (
    boundary,
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
    named,
    node,
    of,
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
from tests.elements import refused, runs
from tests.running import Run, compiled, reasons_of

LOGGED = {"log": []}


def booking(name: str, *, waits: bool = False) -> str:
    """A task that books something, with what undoes it: the log tells the order."""
    task = user_task(name) if waits else script_task(name, f'append(log, "{name}")', "log")
    return task + compensation(f"{name}_back", name, undoing(f"undo_{name}"))


def undoing(name: str) -> str:
    return script_task(name, f'append(log, "{name}")', "log")


UNDO = defined("compensate")


@runs("boundaryEvent", "compensate")
@runs("intermediateThrowEvent", "compensate")
def test_activities_are_undone_in_reverse_order_and_the_event_goes_on() -> None:
    """ENGINE-NOTES §1: in plain SpiffWorkflow a compensation throw event does nothing."""
    model = compiled(
        start(),
        booking("hotel"),
        booking("flight"),
        node("exclusiveGateway", "choose", default="choose_to_car"),
        booking("car"),
        throw("back", UNDO),
        user_task("after"),
        end(),
        flows("begin", "hotel", "flight", "choose", "car", "back", "after", "finish"),
        flow("choose", "back", "true"),
    )
    run = Run(model, LOGGED)
    assert run.variables["log"] == ["hotel", "flight", "undo_flight", "undo_hotel"], (
        "the car was never booked"
    )
    assert run.open == ["after"]
    (begun,) = [event.to_json() for event in run.step.events if event.tag.startswith("compensation")]
    assert begun["activity_ids"] == ["flight", "hotel"]
    assert run.complete("after").completed


@runs("endEvent", "compensate")
def test_one_activity_can_be_undone_by_its_id_each_time_it_was_done() -> None:
    model = compiled(
        start(),
        node("exclusiveGateway", "again"),
        booking("hotel"),
        booking("flight"),
        user_task("more"),
        node("exclusiveGateway", "enough", default="enough_to_again"),
        end_with("back", defined("compensate", activityRef="hotel")),
        flows("begin", "again", "hotel", "flight", "more", "enough"),
        flow("enough", "again"),
        flow("enough", "back", "ok"),
    )
    run = Run(model, LOGGED).complete("more", {"ok": False}).complete("more", {"ok": True})
    assert run.completed
    assert run.variables["log"][4:] == ["undo_hotel", "undo_hotel"]


def test_a_handler_may_be_a_user_task() -> None:
    model = compiled(
        start(),
        script_task("hotel", "1", "h"),
        compensation("hotel_back", "hotel", user_task("phone")),
        booking("flight"),
        throw("back", UNDO),
        user_task("after"),
        end(),
        flows("begin", "hotel", "flight", "back", "after", "finish"),
    )
    run = Run(model, LOGGED)
    assert run.open == ["phone"]
    assert run.variables["log"] == ["flight", "undo_flight"]
    assert run.complete("phone", {"said": 1}).open == ["after"]
    assert run.variables["said"] == 1


def test_what_is_undone_is_not_undone_again() -> None:
    model = compiled(
        start(),
        booking("hotel"),
        throw("back", UNDO),
        throw("back_again", UNDO),
        end(),
        flows("begin", "hotel", "back", "back_again", "finish"),
    )
    assert Run(model, LOGGED).variables["log"] == ["hotel", "undo_hotel"]


def test_what_is_still_at_work_is_not_undone() -> None:
    model = compiled(
        start(),
        node("parallelGateway", "fork"),
        booking("hotel", waits=True),
        booking("flight"),
        throw("back", UNDO),
        end("back_end"),
        end(),
        flows("begin", "fork", "hotel", "finish"),
        flows("fork", "flight", "back", "back_end"),
    )
    run = Run(model, LOGGED)
    assert run.variables["log"] == ["flight", "undo_flight"]
    assert run.open == ["hotel"]
    assert run.complete("hotel").variables["log"] == ["flight", "undo_flight"]


def trip(loop: str = "", *, handler: bool = False) -> str:
    """A subprocess with activities to be undone, and variables of its own."""
    inner = subprocess(
        "trip",
        "<bpmn:extensionElements>" + io(inputs=[("place", '"Huế"')]) + "</bpmn:extensionElements>",
        start("b"),
        booking("hotel"),
        script_task("flight", 'append(log, "flight")', "log"),
        compensation(
            "flight_back", "flight", script_task("undo_flight", 'append(log, "undo_flight " + place)', "log")
        ),
        end("e"),
        flows("b", "hotel", "flight", "e"),
    )
    inner = looping(inner, loop) if loop else inner
    return inner + (compensation("trip_back", "trip", undoing("undo_trip")) if handler else "")


def travel(activity: str, event: str = UNDO) -> Run:
    model = compiled(
        start(),
        activity,
        booking("visa"),
        throw("back", event),
        user_task("after"),
        end(),
        flows("begin", "trip", "visa", "back", "after", "finish"),
    )
    return Run(model, LOGGED)


def test_a_finished_subprocess_is_undone_from_inside_with_its_variables() -> None:
    run = travel(trip())
    assert run.variables["log"] == ["hotel", "flight", "visa", "undo_visa", "undo_flight Huế", "undo_hotel"]
    assert run.open == ["after"]
    assert run.step.active_elements == ("after",)


def test_a_subprocess_with_a_handler_of_its_own_is_undone_by_that() -> None:
    assert travel(trip(handler=True)).variables["log"][3:] == ["undo_visa", "undo_trip"]


def test_a_subprocess_can_be_undone_by_its_id() -> None:
    run = travel(trip(), defined("compensate", activityRef="trip"))
    assert run.variables["log"][3:] == ["undo_flight Huế", "undo_hotel"]


def test_every_instance_of_a_subprocess_is_undone() -> None:
    run = travel(trip(each("[1, 2]", sequential=True)))
    undone = ["undo_flight Huế", "undo_hotel"]
    assert run.variables["log"] == [*["hotel", "flight"] * 2, "visa", "undo_visa", *undone, *undone]


def test_a_handler_may_run_for_each_item_of_a_collection() -> None:
    task = script_task("many", "1", "x")
    handler = looping(undoing("undo_many"), each("[1, 2, 3]"))
    model = compiled(
        start(),
        looping(task, each("[1, 2, 3]")),
        compensation("many_back", "many", handler),
        throw("back", UNDO),
        end(),
        flows("begin", "many", "back", "finish"),
    )
    assert Run(model, LOGGED).variables["log"] == ["undo_many"] * 3


def test_an_error_in_a_handler_goes_to_the_scope_that_undoes() -> None:
    def fail(_: object) -> dict[str, object]:
        raise BusinessError("broken", "no refund", {})

    model = compiled(
        start(),
        subprocess(
            "sub",
            start("b"),
            script_task("hotel", "1", "h"),
            compensation("hotel_back", "hotel", service_task("refund", "fail")),
            throw("back", UNDO),
            end("e"),
            flows("b", "hotel", "back", "e"),
        ),
        boundary("caught", "sub", of("error", "e1")),
        user_task("mend"),
        end(),
        flows("begin", "sub", "finish"),
        flows("caught", "mend", "finish"),
        messages=named("error", "e1", "broken"),
    )
    assert Run(model, services=fail).open == ["mend"]


def test_undoing_inside_a_finished_subprocess_may_wait_and_be_interrupted() -> None:
    model = compiled(
        start(),
        subprocess(
            "outer",
            start("b"),
            subprocess(
                "trip",
                start("b2"),
                script_task("hotel", "1", "h"),
                compensation("hotel_back", "hotel", user_task("phone")),
                booking("flight"),
                end("e2"),
                flows("b2", "hotel", "flight", "e2"),
            ),
            throw("back", UNDO),
            user_task("after"),
            end("e"),
            flows("b", "trip", "back", "after", "e"),
        ),
        boundary("limit", "outer", timed("timeDuration", "P1D")),
        end("over"),
        end(),
        flows("begin", "outer", "finish"),
        flows("limit", "over"),
    )
    run = Run(model, LOGGED)
    assert run.variables["log"] == ["flight", "undo_flight"]
    assert run.open == ["phone"]
    assert Run(model, LOGGED).complete("phone").open == ["after"]
    run.fire("limit")
    assert run.completed
    assert "user_task.cancelled phone" in run.events


def test_a_subprocess_that_is_only_undone_catches_nothing_any_more() -> None:
    """It is complete: neither the events at its border nor its event subprocesses are there."""

    def fail(_: object) -> dict[str, object]:
        raise BusinessError("broken", "no refund", {})

    def catching(name: str) -> str:
        return boundary(name, "sub", of("error", "e1"))

    model = compiled(
        start(),
        subprocess(
            "outer",
            start("b"),
            subprocess(
                "sub",
                start("b2"),
                script_task("hotel", "1", "h"),
                compensation("hotel_back", "hotel", service_task("refund", "fail")),
                end("e2"),
                flows("b2", "hotel", "e2"),
                event_subprocess(
                    "inside",
                    triggered("inside_begin", of("error", "e1")),
                    end("e3"),
                    flows("inside_begin", "e3"),
                ),
            ),
            catching("caught_at_sub"),
            throw("back", UNDO),
            end("e"),
            flows("b", "sub", "back", "e"),
            flows("caught_at_sub", "e"),
        ),
        catching("caught").replace('attachedToRef="sub"', 'attachedToRef="outer"'),
        user_task("mend"),
        end(),
        flows("begin", "outer", "finish"),
        flows("caught", "mend", "finish"),
        messages=named("error", "e1", "broken"),
    )
    run = Run(model, services=fail)
    assert run.open == ["mend"]
    assert run.step.active_elements == ("mend",)


@refused("boundaryEvent", "compensate", "without exactly one compensating activity")
@refused("endEvent", "compensate", "with nothing to undo in its scope; without waiting")
@refused("endEvent", "cancel", "outside a transaction, or without a cancel boundary event")
def test_what_could_not_be_undone_is_refused() -> None:
    plain = (start(), user_task("work"), end(), end_with("back", UNDO), node("parallelGateway", "fork"))
    paths = (flows("begin", "work", "fork", "finish"), flows("fork", "back"))
    assert "nothing in the same scope" in reasons_of(*plain, *paths)["back"]
    other = defined("compensate", activityRef="work")
    assert (
        "'work' has no compensation"
        in reasons_of(*plain[:3], end_with("back", other), plain[4], *paths)["back"]
    )
    idle = defined("compensate", waitForCompletion="false")
    parts = (booking("work"), end_with("back", idle))
    assert "does not wait" in reasons_of(start(), end(), plain[4], *parts, *paths)["back"]
    lonely = boundary("event", "work", UNDO)
    assert "not exactly one" in reasons_of(*plain, lonely, *paths)["event"]
    twice = compensation("one", "work", undoing("u1")) + compensation("two", "work", undoing("u2"))
    assert "compensated twice" in reasons_of(*plain, twice, *paths)["two"]
    assert (
        "only a transaction"
        in reasons_of(start(), end_with("no", defined("cancel")), flows("begin", "no"))["no"]
    )
    alone = transaction("deal", start("b"), end_with("no", defined("cancel")), flows("b", "no"))
    assert (
        "no cancel boundary event"
        in reasons_of(start(), alone, end(), flows("begin", "deal", "finish"))["no"]
    )
