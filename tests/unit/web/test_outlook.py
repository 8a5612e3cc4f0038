"""What follows a task, read from the drawing of the assignment process."""

import pytest
from flask import Flask

from processes.wiring import model_resources
from web import language
from web.tasks.outlook import next_steps


@pytest.fixture(autouse=True)
def page():
    app = Flask("web")
    language.install(app)
    with app.test_request_context():
        yield


def following(element_id: str) -> list[tuple[str, str, bool]]:
    steps = next_steps(model_resources("assignment").bpmn, "assignment", element_id)
    return [(step.condition, step.name, step.ends) for step in steps]


def test_gateways_become_conditions():
    assert set(following("acknowledge_assignment")) == {
        ("Tiếp nhận", "Phân công và thực hiện", False),
        ("Trả lại", "Xử lý trả lại", False),
    }


def test_end_of_a_subprocess_goes_on_behind_it():
    assert following("report_result") == [("", "Thẩm định kết quả", False)]


def test_way_back_is_named_once_and_ends_are_told():
    steps = following("appraise_result")
    assert ("Đạt", "Nhiệm vụ kết thúc", True) in steps
    assert ("Chưa đạt", "Phân công và thực hiện", False) in steps
    assert len({name for _, name, _ in steps}) == len(steps)


def test_last_task_leads_to_the_end():
    assert following("decide_accountability") == [("", "Đã kết luận về trách nhiệm", True)]
