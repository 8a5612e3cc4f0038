"""Transactions can be cancelled from inside: what is open stops, what was done is undone (BPMN 2.0.2 §13.5.5)."""

import pytest

from tests.drawing import (
    boundary,
    compensation,
    defined,
    each,
    end,
    end_with,
    flows,
    looping,
    message,
    node,
    script_task,
    start,
    subprocess,
    timed,
    transaction,
    user_task,
)
from tests.elements import runs
from tests.running import Run, compiled, reasons_of


def booking(name: str) -> str:
    """A task that books something, with what undoes it: the log tells the order."""
    undo = script_task(f"undo_{name}", f'append(log, "undo_{name}")', "log")
    return script_task(name, f'append(log, "{name}")', "log") + compensation(f"{name}_back", name, undo)


def deal(*inside: str, loop: str = "", messages: str = "") -> Run:
    body = transaction("deal", start("b"), *inside)
    model = compiled(
        start(),
        looping(body, loop) if loop else body,
        boundary("cancelled", "deal", defined("cancel")),
        user_task("talk"),
        user_task("celebrate"),
        end(),
        flows("begin", "deal", "celebrate", "finish"),
        flows("cancelled", "talk", "finish"),
        messages=messages,
    )
    return Run(model, {"log": [], "key": "k"})


@runs("endEvent", "cancel")
@runs("boundaryEvent", "cancel")
def test_cancelling_a_transaction_ends_what_is_open_undoes_what_was_done_and_goes_on() -> None:
    run = deal(
        booking("hotel"),
        booking("flight"),
        node("parallelGateway", "fork"),
        user_task("pay"),
        boundary("late", "pay", timed("timeDuration", "P1D"), interrupting=False),
        user_task("decide"),
        end("paid"),
        end("was_late"),
        end_with("no", defined("cancel")),
        flows("b", "hotel", "flight", "fork", "pay", "paid"),
        flows("fork", "decide", "no"),
        flows("late", "was_late"),
    )
    assert run.open == ["pay", "decide"]
    run.complete("decide")
    assert run.open == ["talk"]
    assert run.due == {}
    assert run.variables["log"] == ["hotel", "flight", "undo_flight", "undo_hotel"]
    cancelled = run.events.index("user_task.cancelled pay")
    assert cancelled < run.events.index("element.completed undo_flight"), "first stop, then undo"
    assert run.complete("talk").completed


def test_a_cancelled_transaction_waits_for_handlers() -> None:
    run = deal(
        script_task("hotel", "1", "h"),
        compensation("hotel_back", "hotel", user_task("phone")),
        node("receiveTask", "answer", messageRef="m"),
        end_with("no", defined("cancel")),
        flows("b", "hotel", "answer", "no"),
        messages=message("m", "answer", "key"),
    )
    assert run.send("answer").open == ["phone"]
    assert run.complete("phone").open == ["talk"]


def test_cancelling_one_of_many_transactions_cancels_the_activity() -> None:
    run = deal(
        user_task("decide"),
        end_with("no", defined("cancel")),
        flows("b", "decide", "no"),
        loop=each("[1, 2, 3]"),
    )
    assert run.open == ["decide"] * 3
    assert run.complete("decide").open == ["talk"]


@pytest.mark.parametrize("host", ["user_task", "sub"])
def test_a_cancel_event_belongs_to_a_transaction(host: str) -> None:
    activity = user_task("work") if host == "user_task" else subprocess(
        "work", start("b"), end("e"), flows("b", "e")
    )  # fmt: skip
    reasons = reasons_of(
        start(),
        activity,
        boundary("cancelled", "work", defined("cancel")),
        end(),
        flows("begin", "work", "finish"),
        flows("cancelled", "finish"),
    )
    assert "only a transaction" in reasons["cancelled"]
