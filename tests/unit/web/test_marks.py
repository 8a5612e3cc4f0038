"""The marks of the matrix: without a deadline nothing is in time; accountability shows beside the work."""

from collections.abc import Iterator

import pytest
from flask import Flask

from processes.assignments.status import Lifecycle
from web import language
from web.letters.marks import ACCOUNTABILITY, MarkKey, legend, mark_of


@pytest.fixture(autouse=True)
def page() -> Iterator[None]:
    app = Flask("web")
    language.install(app)
    with app.test_request_context():
        yield


def test_2_3_done_without_a_deadline_is_not_done_in_time() -> None:
    free = mark_of(Lifecycle.DONE, None, 0, has_deadline=False)
    timely = mark_of(Lifecycle.DONE, None, 0, has_deadline=True)
    assert (free.key, free.words) == (MarkKey.DONE_FREE, "Hoàn thành, không thời hạn")
    assert timely.key is MarkKey.DONE
    assert free.symbol != timely.symbol


def test_2_3_open_without_a_deadline_is_not_in_time() -> None:
    assert mark_of(Lifecycle.IN_PROGRESS, None, None, has_deadline=False).key is MarkKey.OPEN_FREE
    assert mark_of(Lifecycle.IN_PROGRESS, 9, None, has_deadline=True).key is MarkKey.OPEN


def test_accountability_is_a_second_mark_whatever_the_first_says() -> None:
    done = mark_of(Lifecycle.DONE, None, 7, has_deadline=True, accountability_open=True)
    overdue = mark_of(Lifecycle.IN_PROGRESS, -16, None, has_deadline=True, accountability_open=True)
    quiet = mark_of(Lifecycle.DONE, None, 0, has_deadline=True)
    assert (done.key, done.symbol, done.accountability) == (MarkKey.DONE_LATE, "✓7", True)
    assert done.words.endswith("· Đang xem xét trách nhiệm")
    assert overdue.accountability
    entries = legend([done, overdue, quiet])
    assert (entries[-1].key, entries[-1].count) == (ACCOUNTABILITY, 2)
    assert legend([quiet])[-1].key != ACCOUNTABILITY
