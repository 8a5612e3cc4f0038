"""Forms on pages: every kind of component, what was sent, what is said about it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import orjson
import pytest
from flask import Flask, render_template
from werkzeug.datastructures import MultiDict

from engine.forms import load_form
from web import language, typography
from web.forms.fields import all_fields, first_values, prepare_fields
from web.forms.markdown import markdown
from web.forms.messages import field_message
from web.forms.submission import submitted_values
from web.forms.values import shown_values

NOW = datetime(2026, 8, 14, 3, 0, tzinfo=UTC)
AB = [{"value": "a", "label": "Một"}, {"value": "b", "label": "Hai"}]

FORM = load_form(
    orjson.dumps(
        {
            "type": "default",
            "id": "everything",
            "schemaVersion": 17,
            "components": [
                {"type": "text", "id": "intro", "text": "Đọc **kỹ** <b>trước</b>"},
                {
                    "type": "textfield",
                    "id": "c1",
                    "key": "title",
                    "label": "Tên",
                    "validate": {"required": True},
                },
                {
                    "type": "textarea",
                    "id": "c2",
                    "key": "note",
                    "label": "Ghi chú",
                    "description": "Ngắn gọn",
                },
                {
                    "type": "number",
                    "id": "c3",
                    "key": "share",
                    "label": "Tỷ lệ",
                    "decimalDigits": 0,
                    "appearance": {"suffixAdorner": "%"},
                },
                {"type": "checkbox", "id": "c4", "key": "sure", "label": "Chắc chắn"},
                {"type": "radio", "id": "c5", "key": "one", "label": "Chọn một", "values": AB},
                {"type": "select", "id": "c6", "key": "pick", "label": "Lấy", "valuesExpression": "=offers"},
                {"type": "checklist", "id": "c7", "key": "many", "label": "Chọn nhiều", "values": AB},
                {"type": "taglist", "id": "c8", "key": "tags", "label": "Nhãn", "values": AB},
                {
                    "type": "datetime",
                    "id": "c9",
                    "key": "day",
                    "subtype": "date",
                    "dateLabel": "Ngày",
                    "label": "Ngày",
                    "properties": {"notAfter": "=today()"},
                },
                {"type": "separator", "id": "line"},
                {"type": "spacer", "id": "room"},
                {
                    "type": "group",
                    "id": "inside",
                    "label": "Nhóm",
                    "components": [
                        {
                            "type": "textfield",
                            "id": "c10",
                            "key": "reason",
                            "label": "Vì sao",
                            "conditional": {"hide": '=one != "b"'},
                        }
                    ],
                },
            ],
        }
    )
)


@pytest.fixture(autouse=True)
def page() -> Iterator[Flask]:
    """A page in Vietnamese."""
    app = Flask("web", template_folder="templates")
    language.install(app)
    typography.install(app)
    app.jinja_env.filters["markdown"] = markdown
    app.jinja_env.globals["asset_url"] = lambda name: f"/assets/{name}"
    with app.test_request_context():
        yield app


def rendered(values: dict, errors: tuple = ()) -> str:
    fields = prepare_fields(
        FORM,
        values,
        variables={"offers": [{"value": "x", "label": "Mười"}]},
        errors=errors,
        process_key="none",
        now=NOW,
    )
    return render_template("forms/fields.html", fields=fields)


def test_every_kind_of_component_is_rendered():
    html = rendered(
        {
            "title": 'A "b" <c>',
            "note": "hai\ndòng",
            "share": 5,
            "sure": True,
            "one": "b",
            "pick": "x",
            "many": ["b"],
        }
    )
    assert "<strong>kỹ</strong> &lt;b&gt;trước&lt;/b&gt;" in html
    assert 'value="A &#34;b&#34; &lt;c&gt;"' in html
    assert ">\nhai\ndòng</textarea>" in html
    assert 'inputmode="numeric"' in html
    assert "<span>%</span>" in html
    assert '<option value="x" selected>Mười</option>' in html
    assert 'id="f-day" name="day" value="" inputmode="numeric"' in html
    assert 'placeholder="ngày/tháng/năm"' in html
    assert 'type="date"' not in html  # would show the order of the browser's own language
    assert "đến 14/08/2026" in html
    assert "<legend>Nhóm</legend>" in html
    assert 'name="reason"' in html
    assert "<hr>" in html


def test_hidden_field_of_a_group_is_left_out_until_its_condition_holds():
    assert 'name="reason"' not in rendered({"one": "a"})
    assert 'name="reason"' in rendered({"one": "b"})


def test_only_fields_that_conditions_read_ask_the_server_again():
    fields = all_fields(prepare_fields(FORM, {}, variables={}, process_key="none", now=NOW))
    assert [field.key for field in fields if field.decides] == ["one"]


def test_error_stands_at_its_field_and_is_announced():
    html = rendered({"note": "x"}, errors=({"key": "note", "code": "too_short", "limit": 20},))
    assert "Hãy viết ít nhất 20 ký tự." in html
    assert 'aria-describedby="f-note-hint f-note-error" aria-invalid="true"' in html


def test_ids_are_unique_and_labels_point_to_them():
    import re

    html = rendered({"one": "b"})
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'\bfor="([^"]+)"', html)) <= set(ids)


def test_what_a_browser_sends_becomes_values_by_key():
    sent = MultiDict(
        [
            ("title", "x"),
            ("share", "1 000"),
            ("many", "a"),
            ("many", "b"),
            ("csrf_token", "t"),
            ("other", "y"),
        ]
    )
    assert submitted_values(FORM, sent) == {
        "title": "x",
        "share": "1000",
        "sure": False,
        "many": ["a", "b"],
        "tags": [],
    }


def test_second_round_offers_texts_again_but_no_decision():
    again = first_values(FORM, {"title": "x", "share": 5, "one": "b", "sure": True, "many": ["a"]})
    assert (again["title"], again["share"]) == ("x", 5)
    assert (again["one"], again["sure"], again["many"]) == (None, None, None)


def test_values_are_shown_in_words():
    values = {"share": 1200, "sure": True, "one": "b", "many": ["a", "b"], "day": "2026-08-04", "note": None}
    assert shown_values(FORM, values, {}, process_key="none") == [
        ("Tỷ lệ", "1.200\u00a0%"),
        ("Chắc chắn", "có"),
        ("Chọn một", "Hai"),
        ("Chọn nhiều", "Một, Hai"),
        ("Ngày", "04/08/2026"),
    ]


CODES = (
    "required", "not_text", "not_a_number", "not_a_date", "not_a_choice", "not_an_option", "too_short",
    "too_long", "pattern", "too_small", "too_large", "too_many_digits", "not_before", "not_after",
    "unknown_field",
)  # fmt: skip


@pytest.mark.parametrize("code", CODES)
def test_every_error_is_told_in_vietnamese(code):
    limit = "2026-08-14" if code.startswith("not_") else 3
    for component in FORM.fields:
        message = field_message(component, code, {"limit": limit})
        assert message.endswith(".")
        assert "%(" not in message
        assert message.split()[0] in {"Hãy", "Chỉ", "Nội", "Lựa", "Không"}


def test_static_text_knows_lists_and_headings_and_no_html():
    assert markdown("# Tên\n\n- một\n- *hai*\n\nba <i>") == (
        "<h3>Tên</h3>\n<ul><li>một</li><li><em>hai</em></li></ul>\n<p>ba &lt;i&gt;</p>"
    )
