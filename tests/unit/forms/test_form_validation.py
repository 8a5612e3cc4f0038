"""How submitted values are read, checked and kept."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from engine.forms import FieldError, Form, FormError, load_form, options_of, validate, visible_components

#: Half past one in the morning of 15 August in Vietnam.
NOW = datetime(2026, 8, 14, 18, 30, tzinfo=UTC)
CHOICES = [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]


def form_of(*components: dict[str, Any]) -> Form:
    return load_form(orjson.dumps({"id": "sample", "schemaVersion": 17, "components": components}))


def field(kind: str = "textfield", key: str = "value", **rest: Any) -> dict[str, Any]:
    return {"type": kind, "id": f"field_{key}", "key": key, **rest}


def kept(component: dict[str, Any], given: Any, **context: Any) -> Any:
    cleaned, errors = validate(form_of(component), {"value": given}, context=context, now=NOW)
    assert errors == ()
    return cleaned["value"]


def refused(component: dict[str, Any], given: Any, **context: Any) -> tuple[str, Any]:
    cleaned, errors = validate(form_of(component), {"value": given}, context=context, now=NOW)
    assert "value" not in cleaned
    (error,) = errors
    assert error.key == "value"
    return error.code, error.params.get("limit")


# --- texts


def test_a_text_is_stripped_and_composed() -> None:
    assert kept(field(), "  Hoa\u0300 Xua\u0302n \n") == "Hoà Xuân"


def test_a_text_of_one_line_stays_one_line() -> None:
    assert kept(field(), "một\r\nhai") == "một hai"
    assert kept(field("textarea"), "một\r\nhai\rba") == "một\nhai\nba"


@pytest.mark.parametrize("nothing", ["", "   ", "\n", "\u200b", None])
def test_nothing_is_null_and_not_enough_where_something_is_required(nothing: str | None) -> None:
    assert kept(field(), nothing) is None
    assert refused(field(validate={"required": True}), nothing) == ("required", None)


def test_a_missing_value_is_null() -> None:
    assert validate(form_of(field()), {}, context={"value": "old"}, now=NOW) == ({"value": None}, ())


@pytest.mark.parametrize("given", [7, True, ["x"], {"x": 1}, "a\x00b", "a\ud800b"])
def test_what_is_no_text_is_refused(given: Any) -> None:
    assert refused(field(), given) == ("not_text", None)


def test_length_counts_after_stripping_and_in_characters() -> None:
    component = field(validate={"minLength": 3, "maxLength": 4})
    assert kept(component, "  đườn\n") == "đườn"
    assert refused(component, "  đủ  ") == ("too_short", 3)
    assert refused(component, "Đường") == ("too_long", 4)
    assert kept(component, "") is None


def test_a_text_has_a_limit_even_if_the_form_names_none() -> None:
    assert refused(field("textarea"), "x" * 10_001) == ("too_long", 10_000)


def test_a_pattern_is_found_anywhere_unless_it_is_anchored() -> None:
    assert kept(field(validate={"pattern": "[0-9]+/"}), "Số 12/BC") == "Số 12/BC"
    assert refused(field(validate={"pattern": "^[0-9]+/"}), "Số 12/BC") == ("pattern", None)
    assert refused(field(validate={"pattern": r"^\d+$"}), "１２") == ("pattern", None)


# --- numbers


@pytest.mark.parametrize(
    ("given", "number"),
    [
        ("40", 40),
        (40, 40),
        (40.0, 40),
        (" 0,5 ", 0.5),
        ("0.5", 0.5),
        ("-3", -3),
        (0, 0),
        ("-0", 0),
        ("", None),
    ],
)
def test_a_number_comes_as_json_or_as_text(given: Any, number: float | None) -> None:
    value = kept(field("number"), given)
    assert value == number
    assert type(value) is type(number)


@pytest.mark.parametrize(
    "given",
    [
        True,
        "x",
        "1e3",
        "1_000",
        "١٢",
        "Infinity",
        "NaN",
        float("nan"),
        float("inf"),
        2**53,
        10**400,
        "9" * 17,
        "1.0.0",
        [1],
    ],
)
def test_what_is_no_number_is_refused(given: Any) -> None:
    assert refused(field("number"), given) == ("not_a_number", None)


def test_a_number_keeps_to_its_bounds() -> None:
    component = field("number", validate={"min": 0, "max": 100})
    assert [kept(component, given) for given in (0, 100)] == [0, 100]
    assert refused(component, -1) == ("too_small", 0)
    assert refused(component, 100.5) == ("too_large", 100)


def test_a_point_for_thousands_is_not_taken_for_a_decimal_mark() -> None:
    component = field("number", decimalDigits=0)
    assert refused(component, "1.000") == ("too_many_digits", 0)
    assert refused(component, 1.5) == ("too_many_digits", 0)
    assert kept(component, 1000.0) == 1000


def test_zero_is_enough_where_a_number_is_required() -> None:
    assert kept(field("number", validate={"required": True}), 0) == 0


# --- checkboxes and choices


@pytest.mark.parametrize(
    ("given", "value"),
    [(True, True), ("on", True), ("true", True), (False, False), ("false", False), (None, False)],
)
def test_a_checkbox_is_true_or_false(given: Any, value: bool) -> None:
    assert kept(field("checkbox"), given) is value


def test_a_required_checkbox_must_be_ticked() -> None:
    component = field("checkbox", validate={"required": True})
    assert kept(component, True) is True
    assert refused(component, False) == ("required", None)
    assert refused(component, 1) == ("not_a_choice", None)


@pytest.mark.parametrize("kind", ["radio", "select"])
def test_one_choice_must_be_among_those_offered(kind: str) -> None:
    component = field(kind, values=CHOICES)
    assert kept(component, "b") == "b"
    assert kept(component, "") is None
    assert refused(component, "c") == ("not_an_option", None)
    assert refused(component, ["a"]) == ("not_an_option", None)


@pytest.mark.parametrize("kind", ["checklist", "taglist"])
def test_several_choices_must_be_among_those_offered(kind: str) -> None:
    component = field(kind, values=CHOICES, validate={"required": True})
    assert kept(component, ["b", "a", "b"]) == ["b", "a"]
    assert kept(component, "a") == ["a"]
    assert refused(component, []) == ("required", None)
    assert refused(component, ["a", "c"]) == ("not_an_option", None)
    assert refused(component, [{"value": "a"}]) == ("not_an_option", None)
    assert kept(field(kind, values=CHOICES), None) == []


def test_choices_may_come_from_variables() -> None:
    component = field("select", valuesExpression="=known")
    assert kept(component, "x", known=[{"value": "x", "label": "X"}]) == "x"
    assert kept(component, "y", known=["x", "y"]) == "y"
    assert refused(component, "z", known=[{"value": "x", "label": "X"}]) == ("not_an_option", None)
    assert refused(component, "x") == ("not_an_option", None)


def test_choices_from_variables_are_offered_with_their_labels_once() -> None:
    (component,) = form_of(field("select", valuesExpression="=known")).components
    known = [
        {"value": "x", "label": "Nhắc nhở"},
        {"value": "x", "label": "lần nữa"},
        {"label": "no value"},
        "y",
    ]
    offered = options_of(component, {"known": known}, now=NOW)
    assert [(option.value, option.label) for option in offered] == [("x", "Nhắc nhở"), ("y", "y")]


# --- dates


@pytest.mark.parametrize(
    "given", ["2026-02-30", "20260814", "2026-W33-5", "14/08/2026", "2026-08-14T00:00", 20260814]
)
def test_what_is_no_date_is_refused(given: Any) -> None:
    assert refused(field("datetime", subtype="date"), given) == ("not_a_date", None)


def test_today_is_the_day_in_vietnam() -> None:
    component = field("datetime", subtype="date", properties={"notAfter": "=today()"})
    assert kept(component, "2026-08-15") == "2026-08-15"
    assert refused(component, "2026-08-16") == ("not_after", "2026-08-15")


def test_bounds_of_a_date_may_look_at_variables_and_other_fields() -> None:
    form = form_of(
        field("datetime", "begins", subtype="date", properties={"notBefore": "=issued_on"}),
        field(
            "datetime",
            "ends",
            subtype="date",
            properties={"notBefore": "=begins", "notAfter": "=deadline_at"},
        ),
    )
    context = {"issued_on": "2026-08-01", "deadline_at": "2026-08-30T20:00:00.000000Z"}
    good = {"begins": "2026-08-01", "ends": "2026-08-31"}
    assert validate(form, good, context=context, now=NOW) == (good, ())
    _, errors = validate(form, {"begins": "2026-07-31", "ends": "2026-07-30"}, context=context, now=NOW)
    assert errors == (
        FieldError(key="begins", code="not_before", params={"limit": "2026-08-01"}),
        FieldError(key="ends", code="not_before", params={"limit": "2026-07-31"}),
    )
    assert validate(form, good, context={}, now=NOW) == (good, ())


def test_a_bound_that_is_no_date_is_the_form_s_fault() -> None:
    component = field("datetime", subtype="date", properties={"notAfter": "=limit"})
    with pytest.raises(FormError, match="field_value"):
        kept(component, "2026-08-15", limit="soon")


# --- what is kept


def test_unknown_fields_are_refused() -> None:
    _, errors = validate(form_of(field()), {"value": "x", "supplement_count": 9}, context={}, now=NOW)
    assert errors == (FieldError(key="supplement_count", code="unknown_field"),)


def test_every_wrong_field_is_named_in_the_order_of_the_form() -> None:
    required = {"required": True}
    form = form_of(field(key="b", validate=required), field("number", "a"), field(key="c", validate=required))
    cleaned, errors = validate(form, {"a": "x", "c": "here"}, context={}, now=NOW)
    assert cleaned == {"c": "here"}
    assert [(error.key, error.code) for error in errors] == [("b", "required"), ("a", "not_a_number")]


def test_read_only_fields_take_nothing_and_conditions_see_what_they_show() -> None:
    form = form_of(
        field(key="state", readonly=True),
        field(key="note", conditional={"hide": '=state = "closed"'}, validate={"required": True}),
    )
    submitted = {"state": "open", "note": "x"}
    assert validate(form, submitted, context={"state": "closed"}, now=NOW) == ({}, ())
    assert validate(form, submitted, context={"state": "open"}, now=NOW) == ({"note": "x"}, ())


# --- conditions

CHAIN = form_of(
    field(key="last", conditional={"hide": "=middle = null"}, validate={"required": True}),
    field(key="middle", conditional={"hide": '=kind != "a"'}),
    field("radio", "kind", values=CHOICES),
)


def test_hidden_fields_are_neither_required_nor_kept() -> None:
    submitted = {"kind": "b", "middle": 5, "last": "y"}
    assert validate(CHAIN, submitted, context={}, now=NOW) == ({"kind": "b"}, ())


def test_a_hidden_field_no_longer_decides_about_others_whatever_their_order() -> None:
    assert validate(CHAIN, {"kind": "b", "middle": "x"}, context={}, now=NOW) == ({"kind": "b"}, ())
    _, errors = validate(CHAIN, {"kind": "a", "middle": "x"}, context={}, now=NOW)
    assert errors == (FieldError(key="last", code="required"),)


def test_an_empty_field_hides_what_an_earlier_value_would_show() -> None:
    assert validate(CHAIN, {}, context={"kind": "a", "middle": "x"}, now=NOW)[0] == {"kind": None}


def test_a_hidden_group_hides_what_it_holds() -> None:
    group = {
        "type": "group",
        "id": "group",
        "conditional": {"hide": "=not(wanted)"},
        "components": [field(key="inner", validate={"required": True})],
    }
    form = form_of(field("checkbox", "wanted"), group)
    assert validate(form, {"wanted": False, "inner": "x"}, context={}, now=NOW) == ({"wanted": False}, ())
    assert [error.key for error in validate(form, {"wanted": True}, context={}, now=NOW)[1]] == ["inner"]


def test_conditions_see_values_as_they_will_be_kept() -> None:
    form = form_of(
        field("checkbox", "agreed"),
        field("number", "percent"),
        field(key="why", conditional={"hide": "=agreed or percent > 50"}),
    )
    assert "why" in validate(form, {"agreed": "false", "percent": "9"}, context={}, now=NOW)[0]
    assert "why" not in validate(form, {"agreed": "on", "percent": "9"}, context={}, now=NOW)[0]
    assert "why" not in validate(form, {"percent": "51"}, context={}, now=NOW)[0]


def test_what_is_shown_follows_what_was_entered_so_far() -> None:
    assert visible_components(CHAIN, {}, now=NOW) == {"field_kind"}
    assert visible_components(CHAIN, {"kind": "a"}, now=NOW) == {"field_kind", "field_middle"}
    assert visible_components(CHAIN, {"kind": "a", "middle": " "}, now=NOW) == {"field_kind", "field_middle"}
    entered = {"kind": "a", "middle": "x"}
    assert visible_components(CHAIN, entered, now=NOW) == {"field_kind", "field_middle", "field_last"}
    assert visible_components(CHAIN, {"kind": "b", "middle": "x"}, now=NOW) == {"field_kind"}
