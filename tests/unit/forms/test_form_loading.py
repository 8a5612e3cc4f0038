"""What a form file may hold, and what is refused with the component's name."""

from collections.abc import Mapping
from typing import Any

import orjson
import pytest

from engine.forms import Form, FormError, Option, load_form

CHOICES = [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]


def written(*components: Mapping[str, Any], **document: Any) -> bytes:
    return orjson.dumps(
        {
            "type": "default",
            "id": "sample",
            "schemaVersion": 17,
            "executionPlatform": "Camunda Cloud",
            "components": list(components),
            **document,
        }
    )


def field(kind: str = "textfield", key: str = "name", **rest: Any) -> dict[str, Any]:
    return {"type": kind, "id": f"field_{key}", "key": key, **rest}


def refusal(*components: Mapping[str, Any], **document: Any) -> FormError:
    with pytest.raises(FormError) as caught:
        load_form(written(*components, **document))
    return caught.value


def test_a_field_keeps_everything_that_is_needed_to_show_it() -> None:
    form = load_form(
        written(
            field(
                "number",
                "percent",
                label="Tiến độ",
                description="Từ 0 đến 100.",
                validate={"required": True, "min": 0, "max": 100},
                decimalDigits=0,
                defaultValue=5,
                appearance={"suffixAdorner": "%"},
                layout={"row": "row_1", "columns": 8},
                conditional={"hide": "=closed"},
            )
        )
    )
    (component,) = form.components
    assert (component.label, component.description, component.suffix) == ("Tiến độ", "Từ 0 đến 100.", "%")
    assert (component.minimum, component.maximum, component.decimal_digits) == (0, 100, 0)
    assert (component.required, component.default) == (True, 5)
    assert (component.row, component.columns) == ("row_1", 8)
    assert component.hide is not None
    assert component.hide.names == {"closed"}


def test_choices_are_written_down_or_given_by_an_expression() -> None:
    form = load_form(
        written(field("radio", "one", values=CHOICES), field("select", "two", valuesExpression="=known"))
    )
    one, two = form.components
    assert one.options == (Option(value="a", label="A"), Option(value="b", label="B"))
    assert two.options_from is not None


def test_a_date_takes_its_label_from_where_the_modeler_writes_it() -> None:
    form = load_form(written(field("datetime", "day", subtype="date", dateLabel="Ngày")))
    assert form.components[0].label == "Ngày"


def test_dates_in_the_past_may_be_disallowed_as_the_modeler_does() -> None:
    form = load_form(written(field("datetime", "day", subtype="date", disallowPassedDates=True)))
    not_before = form.components[0].not_before
    assert not_before is not None
    assert not_before.text == "today()"


def test_fields_inside_groups_are_fields_of_the_form() -> None:
    group = {"type": "group", "id": "group", "components": [field(key="inner")]}
    form = load_form(written(field(key="outer"), {"type": "separator", "id": "line"}, group))
    assert [component.key for component in form.fields] == ["outer", "inner"]
    assert list(form.fields_by_key) == ["outer", "inner"]


def test_a_form_names_the_fields_that_others_look_at() -> None:
    form = load_form(
        written(
            field("radio", "kind", values=CHOICES),
            field("datetime", "first", subtype="date"),
            field(
                "datetime",
                "last",
                subtype="date",
                properties={"notBefore": "=first"},
                conditional={"hide": '=kind = "a" or urgency = "normal"'},
            ),
        )
    )
    assert form.deciding_keys == {"kind", "first"}


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"{", "not JSON"),
        (b"[]", "no list of components"),
        (b'{"id": "x", "components": {}}', "no list of components"),
        (written(id=""), "to have an id"),
        (written(schemaVersion=9), "schema version 16"),
        (written(executionPlatform="Camunda Platform"), "Camunda Cloud"),
        (b" " * (1024 * 1024 + 1), "larger than 1 MB"),
        (written({"type": "text"}), "every component to have an id"),
        (written("text"), "to be an object"),  # type: ignore[arg-type]
    ],
)
def test_a_file_that_is_no_form_is_refused(content: bytes, part: str) -> None:
    with pytest.raises(FormError, match=part):
        load_form(content)


@pytest.mark.parametrize(
    "component",
    [
        {"type": "html", "id": "field_name", "content": "<script>"},
        {"type": "iframe", "id": "field_name"},
        {"type": "dynamiclist", "id": "field_name"},
        {"type": "button", "id": "field_name"},
        {"type": ["text"], "id": "field_name"},
        {**field(), "key": "has space"},
        {**field(), "key": "nested.key"},
        {"type": "textfield", "id": "field_name"},
        field("radio"),
        field("radio", values=CHOICES, valuesExpression="=known"),
        field("radio", values=[CHOICES[0], CHOICES[0]]),
        field("radio", values=[{"label": "no value"}]),
        field("radio", values=[{"value": True, "label": "Có"}]),
        field("select", valuesExpression="known"),
        field("select", valuesExpression="=known ++"),
        field("radio", values=CHOICES, defaultValue="c"),
        field("number", defaultValue="many"),
        field("datetime"),
        field("datetime", subtype="datetime"),
        field("datetime", subtype="date", properties={"notAfter": "=today("}),
        field(properties={"notAfter": "=today()"}),
        field(conditional={"hide": "=1 +"}),
        field(conditional={"hide": True}),
        field(conditional="=true"),
        field(validate={"required": "=urgent"}),
        field(validate={"minLength": "5"}),
        field(validate={"minLength": -1}),
        field(validate={"minLength": 5, "maxLength": 4}),
        field(validate={"pattern": "("}),
        field(validate={"validationType": "email"}),
        field("checkbox", validate={"minLength": 3}),
        field("number", validate={"min": 3, "max": 2}),
        field("number", serializeToString=True),
        field(readonly="=locked"),
        field(label="=title"),
        field(description="Giao cho {{lead_unit_name}}"),
        field(label=7),
        {"type": "group", "id": "field_name", "path": "inner", "components": []},
    ],
    ids=str,
)
def test_what_could_not_be_shown_or_checked_is_refused_with_its_id(component: dict[str, Any]) -> None:
    assert refusal(component).component_id == "field_name"


def test_a_check_that_the_modeler_leaves_empty_is_no_check() -> None:
    form = load_form(written(field(validate={"minLength": "", "pattern": "", "validationType": "custom"})))
    assert form.components[0].min_length is None
    assert form.components[0].pattern is None


def test_a_key_may_be_used_once() -> None:
    error = refusal(field(), {**field(), "id": "again"})
    assert error.component_id == "again"
    assert "'name' is used twice" in error.message


def test_an_id_may_be_used_once() -> None:
    assert refusal(field(key="a"), {"type": "text", "id": "field_a", "text": "x"}).component_id == "field_a"


@pytest.mark.parametrize(
    "components",
    [
        [field(key="a", conditional={"hide": "=a = null"})],
        [
            field(key="a", conditional={"hide": "=b = null"}),
            field(key="b", conditional={"hide": "=a = null"}),
        ],
        [
            {
                "type": "group",
                "id": "g",
                "conditional": {"hide": "=a = null"},
                "components": [field(key="a")],
            }
        ],
    ],
)
def test_fields_that_decide_about_their_own_showing_are_refused(components: list[dict[str, Any]]) -> None:
    assert "their own showing" in refusal(*components).message


def test_groups_without_end_are_refused() -> None:
    component: dict[str, Any] = field()
    for level in range(9):
        component = {"type": "group", "id": f"group_{level}", "components": [component]}
    assert "nested at most 8 deep" in refusal(component).message


def test_forms_and_components_cannot_be_changed() -> None:
    form: Form = load_form(written(field()))
    with pytest.raises(AttributeError):
        form.id = "other"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        form.components[0].required = True  # type: ignore[misc]
