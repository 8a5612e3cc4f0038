"""Dates, numbers and order as a Vietnamese office writes them."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask

from web import language, typography


@pytest.fixture
def vietnamese():
    app = Flask("web")
    language.install(app)
    with app.test_request_context():
        yield


@pytest.fixture
def english():
    app = Flask("web")
    language.install(app)
    with app.test_request_context(headers={"Cookie": "sauro_language=en"}):
        yield


def test_day_is_written_day_month_year():
    assert typography.day(date(2026, 8, 4)) == "04/08/2026"
    assert typography.day("2026-08-04") == "04/08/2026"
    assert typography.day(None) == "–"


def test_instant_is_shown_on_the_wall_clock_in_vietnam():
    assert typography.moment(datetime(2026, 8, 3, 17, 30, tzinfo=UTC)) == "00:30,\u00a004/08/2026"
    assert typography.day("2026-08-03T17:30:00.000000Z") == "04/08/2026"


def test_numbers_take_the_marks_of_the_language(vietnamese):
    assert typography.number(12345.5, 1) == "12.345,5"
    assert typography.percent(2501, 2723) == "91,85\u00a0%"
    assert typography.percent(0, 0) == "—"


def test_numbers_take_english_marks_for_english_readers(english):
    assert typography.number(12345.5, 1) == "12,345.5"


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (3, "còn\u00a03\u00a0ngày\u00a0làm\u00a0việc"),
        (0, "đến hạn hôm nay"),
        (-2, "quá\u00a0hạn\u00a02\u00a0ngày\u00a0làm\u00a0việc"),
        (None, "không thời hạn"),
    ],
)
def test_deadline_is_said_in_working_days(vietnamese, days, words):
    assert typography.days_left(days).replace("\u00a0", " ") == words.replace("\u00a0", " ")


def test_number_and_unit_are_never_separated(vietnamese):
    assert " " not in typography.working_days(3)


def test_vietnamese_words_are_ordered_by_letter_then_tone():
    words = ["Đồng Tâm", "Dầu Giây", "Ân Phú", "An Lộc", "Ăn Bình", "Bảo Vinh", "Bàu Hàm", "Bạc", "Bác", "Bà"]
    assert sorted(words, key=typography.sort_key) == [
        "An Lộc",
        "Ăn Bình",
        "Ân Phú",
        "Bà",
        "Bác",
        "Bạc",
        "Bảo Vinh",
        "Bàu Hàm",
        "Dầu Giây",
        "Đồng Tâm",
    ]


def test_search_forgives_case_accents_and_d_with_stroke():
    assert typography.searchable("  Phường  Đồng XOÀI ") == "phuong dong xoai"
