"""The README says of every element what the tests show."""

from engine.spiff.shape import SUPPORTED, TRIGGERS
from tests.elements_table import README, shown, written


def test_the_readme_says_what_the_tests_show() -> None:
    assert README.read_text(encoding="utf-8") == written(), "run: python -m tests.elements_table"


def test_every_element_that_is_accepted_is_shown_to_run() -> None:
    assert {each.element for each in shown() if each.runs} == SUPPORTED


def test_every_event_that_is_accepted_is_shown_to_run() -> None:
    running = {(each.element, each.kind) for each in shown() if each.runs}
    missing = {(kind, trigger) for kind, triggers in TRIGGERS.items() for trigger in triggers} - running
    assert not missing


def test_boundary_and_start_events_are_shown_interrupting_and_not() -> None:
    hows = {(each.element, each.kind): "" for each in shown() if each.runs}
    for each in shown():
        if each.runs:
            hows[each.element, each.kind] += f" {each.how};"
    for trigger in ("timer", "message", "signal", "conditional", "escalation"):
        for element in ("boundaryEvent", "startEvent"):
            assert "non-interrupting" in hows[element, trigger], (element, trigger)
