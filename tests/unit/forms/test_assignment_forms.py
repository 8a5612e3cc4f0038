"""The forms of the assignment process: what each of them asks, requires and leaves out."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from lxml import etree

from engine.forms import Form, FormError, load_form, validate, visible_components
from engine.forms.form import CHOICE_TYPES

FOLDER = Path(__file__).resolve().parents[3] / "bpmn" / "assignment"
FILES = {path.stem: path for path in sorted((FOLDER / "forms").glob("*.form"))}
#: Half past one in the morning of 15 August in Vietnam.
NOW = datetime(2026, 8, 14, 18, 30, tzinfo=UTC)

KEYS = {
    "acknowledge": ["acknowledgement", "responsible_person", "return_reason", "return_note"],
    "resolve_return": ["return_resolution", "return_resolution_note"],
    "progress": ["progress_percent", "progress_note", "risk"],
    "report_result": [
        "completed_on",
        "result_document_no",
        "result_document_on",
        "result_description",
        "self_assessment",
        "head_confirmed",
    ],
    "appraise": ["appraisal", "appraisal_note", "commendation_proposed"],
    "decide_commendation": ["commendation", "commendation_note"],
    "explain": ["explanation", "explanation_causes", "explanation_remedy", "explanation_remedy_on"],
    "assess_explanation": [
        "explanation_assessment",
        "explanation_assessment_note",
        "accountability_proposal",
    ],
    "decide_accountability": ["accountability_decision", "accountability_note"],
}
DECISIONS = [{"value": "none", "label": "Không xem xét"}, {"value": "remind", "label": "Nhắc nhở"}]
EXPLAINED = {"explanation": "Đơn vị thiếu nhân lực trong thời gian sắp xếp."}

RESULT: dict[str, Any] = {
    "completed_on": "2026-08-15",
    "result_document_no": "415/BC-SNV",
    "result_document_on": "2026-08-15",
    "result_description": "Đã xử lý 120/120 hồ sơ tồn.",
    "self_assessment": "met",
    "head_confirmed": True,
}
EXPLANATION: dict[str, Any] = {
    **EXPLAINED,
    "explanation_causes": ["objective", "subjective"],
    "explanation_remedy": "Phân công lại người phụ trách.",
    "explanation_remedy_on": "2026-08-15",
}

#: Complete answers: form, context, values.
ANSWERS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("acknowledge", {}, {"acknowledgement": "accept", "responsible_person": "Nguyễn Thị Hòa"}),
    (
        "acknowledge",
        {},
        {
            "acknowledgement": "return",
            "return_reason": "out_of_authority",
            "return_note": "Nội dung thuộc thẩm quyền của cơ quan thuế.",
        },
    ),
    (
        "resolve_return",
        {},
        {"return_resolution": "keep", "return_resolution_note": "Đúng chức năng, nhiệm vụ."},
    ),
    ("progress", {}, {"progress_percent": 60, "progress_note": "Đã ban hành kế hoạch.", "risk": "at_risk"}),
    ("progress", {}, {"progress_percent": None, "progress_note": "Đã ban hành kế hoạch.", "risk": None}),
    (
        "report_result",
        {},
        RESULT,
    ),
    ("appraise", {}, {"appraisal": "met", "commendation_proposed": True}),
    ("appraise", {}, {"appraisal": "not_met", "appraisal_note": "Chưa có số liệu kèm mẫu số."}),
    ("decide_commendation", {}, {"commendation": "decline", "commendation_note": None}),
    (
        "explain",
        {},
        EXPLANATION,
    ),
    (
        "assess_explanation",
        EXPLAINED,
        {
            "explanation_assessment": "partly",
            "explanation_assessment_note": "Đối chiếu với các lần nhắc việc đã gửi.",
            "accountability_proposal": "Nhắc nhở.",
        },
    ),
    (
        "assess_explanation",
        {"explanation_received": False},
        {
            "explanation_assessment_note": "Đơn vị không giải trình trong thời hạn.",
            "accountability_proposal": "Nhắc nhở.",
        },
    ),
    (
        "decide_accountability",
        {"decision_options": DECISIONS},
        {"accountability_decision": "remind", "accountability_note": "Giao cơ quan theo dõi thông báo."},
    ),
]


def form(name: str) -> Form:
    return load_form(FILES[name].read_bytes())


def codes(name: str, values: dict[str, Any], **context: Any) -> dict[str, str]:
    _, errors = validate(form(name), values, context=context, now=NOW)
    return {error.key: error.code for error in errors}


def texts(written: Any) -> Iterator[str]:
    """Yield what people read in a form, as it stands in the file."""
    if isinstance(written, dict):
        for name, value in written.items():
            if name in {"label", "dateLabel", "description", "text"}:
                yield value
            else:
                yield from texts(value)
    elif isinstance(written, list):
        for each in written:
            yield from texts(each)


def test_the_process_has_exactly_the_forms_that_its_tasks_name() -> None:
    process = etree.parse(FOLDER / "assignment.bpmn")
    named = set(process.xpath("//*[local-name()='formDefinition']/@formId"))
    assert named == FILES.keys() == KEYS.keys()


@pytest.mark.parametrize("name", FILES)
def test_a_form_is_called_like_its_file_and_fills_its_own_variables(name: str) -> None:
    loaded = form(name)
    assert loaded.id == name
    assert list(loaded.fields_by_key) == KEYS[name]


def test_no_variable_is_filled_by_two_forms() -> None:
    keys = [key for keys in KEYS.values() for key in keys]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("name", FILES)
def test_every_field_has_a_label_and_every_text_is_clean(name: str) -> None:
    assert all(component.label for component in form(name).fields)
    for text in texts(orjson.loads(FILES[name].read_bytes())):
        assert unicodedata.is_normalized("NFC", text)
        assert text == text.strip()
        assert not re.search(r"  |\.\.\.| [.,;:?!]|['\"]", text), text


@pytest.mark.parametrize("name", FILES)
def test_labels_do_not_end_like_sentences_and_help_does(name: str) -> None:
    for component in form(name).walk():
        assert not component.label.endswith((".", ":"))
        assert component.description.endswith(".") or not component.description
        assert all(not option.label.endswith(".") for option in component.options)


@pytest.mark.parametrize("name", FILES)
def test_dates_say_the_same_here_and_in_the_modeler(name: str) -> None:
    for component in orjson.loads(FILES[name].read_bytes())["components"]:
        if component["type"] == "datetime":
            assert component["label"] == component["dateLabel"]


@pytest.mark.parametrize(("name", "context", "values"), ANSWERS)
def test_a_complete_answer_is_kept_as_it_is(
    name: str, context: dict[str, Any], values: dict[str, Any]
) -> None:
    assert validate(form(name), values, context=context, now=NOW) == (values, ())


@pytest.mark.parametrize(
    ("name", "required"),
    [
        ("acknowledge", {"acknowledgement"}),
        ("resolve_return", {"return_resolution", "return_resolution_note"}),
        ("progress", {"progress_note"}),
        (
            "report_result",
            {
                "completed_on",
                "result_document_no",
                "result_document_on",
                "result_description",
                "head_confirmed",
            },
        ),
        ("appraise", {"appraisal"}),
        ("decide_commendation", {"commendation"}),
        ("explain", {"explanation", "explanation_causes", "explanation_remedy", "explanation_remedy_on"}),
        ("assess_explanation", {"explanation_assessment_note", "accountability_proposal"}),
        ("decide_accountability", {"accountability_decision", "accountability_note"}),
    ],
)
def test_an_empty_form_asks_for_what_is_obligatory_and_no_more(name: str, required: set[str]) -> None:
    assert codes(name, {}, decision_options=DECISIONS) == dict.fromkeys(required, "required")


def test_a_form_shows_first_only_what_decides() -> None:
    for name, key in (("acknowledge", "acknowledgement"), ("appraise", "appraisal")):
        assert visible_components(form(name), {}, now=NOW) == {f"field_{key}"}
        assert form(name).deciding_keys == {key}


def test_who_accepts_names_a_person_and_who_returns_gives_reasons() -> None:
    assert codes("acknowledge", {"acknowledgement": "accept"}) == {"responsible_person": "required"}
    assert codes("acknowledge", {"acknowledgement": "return"}) == {
        "return_reason": "required",
        "return_note": "required",
    }
    short = {"acknowledgement": "return", "return_reason": "other", "return_note": "Không phải việc này"}
    assert codes("acknowledge", short) == {"return_note": "too_short"}


def test_reasons_of_a_return_that_became_an_acceptance_are_forgotten() -> None:
    values = {"acknowledgement": "accept", "responsible_person": "Lê Văn Tám", "return_reason": "duplicate"}
    assert validate(form("acknowledge"), values, context={}, now=NOW) == (
        {"acknowledgement": "accept", "responsible_person": "Lê Văn Tám"},
        (),
    )


@pytest.mark.parametrize(
    ("given", "code"), [(-1, "too_small"), (101, "too_large"), (12.5, "too_many_digits")]
)
def test_progress_is_a_whole_number_from_0_to_100(given: float, code: str) -> None:
    assert codes("progress", {"progress_percent": given, "progress_note": "x"}) == {"progress_percent": code}


def test_a_result_cannot_lie_in_the_future() -> None:
    values = {**RESULT, "completed_on": "2026-08-16", "result_document_on": "2026-08-16"}
    assert codes("report_result", values) == {"completed_on": "not_after", "result_document_on": "not_after"}


def test_a_result_is_not_older_than_the_letter() -> None:
    values = {**RESULT, "completed_on": "2026-06-11", "result_document_on": "2026-06-11"}
    assert codes("report_result", values, issued_on="2026-06-12") == {
        "completed_on": "not_before",
        "result_document_on": "not_before",
    }
    assert codes("report_result", {**RESULT, "completed_on": "2026-06-12"}, issued_on="2026-06-12") == {}


def test_a_result_is_reported_only_once_the_head_has_approved_it() -> None:
    assert codes("report_result", {**RESULT, "head_confirmed": False}) == {"head_confirmed": "required"}


def test_an_appraisal_that_asks_for_more_says_why_in_at_least_20_characters() -> None:
    assert codes("appraise", {"appraisal": "not_met"}) == {"appraisal_note": "required"}
    assert codes("appraise", {"appraisal": "not_met", "appraisal_note": "x" * 19}) == {
        "appraisal_note": "too_short"
    }
    assert codes("appraise", {"appraisal": "not_met", "appraisal_note": "x" * 20}) == {}


def test_commendation_is_proposed_only_for_a_result_that_met_the_requirements() -> None:
    values = {"appraisal": "not_met", "appraisal_note": "x" * 20, "commendation_proposed": True}
    cleaned, _ = validate(form("appraise"), values, context={}, now=NOW)
    assert "commendation_proposed" not in cleaned


def test_a_remedy_is_promised_for_today_or_later() -> None:
    assert codes("explain", {**EXPLANATION, "explanation_remedy_on": "2026-08-14"}) == {
        "explanation_remedy_on": "not_before"
    }


def test_silence_is_stated_and_not_assessed() -> None:
    loaded = form("assess_explanation")
    silent = visible_components(loaded, {"explanation_received": False}, now=NOW)
    answered = visible_components(loaded, EXPLAINED, now=NOW)
    assert silent - answered == {"text_silence"}
    assert answered - silent == {"field_explanation_assessment"}
    assert codes("assess_explanation", {}, **EXPLAINED)["explanation_assessment"] == "required"


def test_only_a_decision_that_the_law_allows_here_can_be_taken() -> None:
    values = {
        "accountability_decision": "discipline",
        "accountability_note": "Giao cơ quan theo dõi thông báo.",
    }
    assert codes("decide_accountability", values, decision_options=DECISIONS) == {
        "accountability_decision": "not_an_option"
    }


@pytest.mark.parametrize("name", FILES)
def test_every_choice_is_accepted_and_no_other(name: str) -> None:
    for component in form(name).fields:
        if component.type not in CHOICE_TYPES or component.options_from is not None:
            continue
        shown = load_form(
            orjson.dumps({"id": "one", "schemaVersion": 17, "components": [_alone(name, component.id)]})
        )
        for option in component.options:
            assert validate(shown, {component.key or "": option.value}, context={}, now=NOW)[1] == ()
        (error,) = validate(shown, {component.key or "": "surely not"}, context={}, now=NOW)[1]
        assert error.code == "not_an_option"


def _alone(name: str, component_id: str) -> dict[str, Any]:
    written = orjson.loads(FILES[name].read_bytes())["components"]
    (component,) = (each for each in written if each["id"] == component_id)
    return {part: value for part, value in component.items() if part != "conditional"}


def test_a_form_with_a_slip_of_the_pen_is_refused() -> None:
    slipped = FILES["appraise"].read_bytes().replace(b"appraisal != ", b"appraisal !== ", 1)
    with pytest.raises(FormError) as caught:
        load_form(slipped)
    assert caught.value.component_id == "field_appraisal_note"
