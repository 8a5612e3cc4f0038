"""Names from the models in the reader's language: Vietnamese as drawn, English from the catalogue by id.

The catalogue's entries have the context ``PROCESS_KEY`` and identifiers such as ``acknowledge_assignment``
(element), ``field.appraisal`` (form field), ``hint.appraisal``, ``suffix.appraisal``, ``text.…`` (static text),
``field.appraisal=met`` (option) and ``result.…`` (the answer of a decision table);
:mod:`web.model_extraction` collects them from the models.
"""

from functools import lru_cache

from flask import Flask
from lxml import etree

from web.language import DEFAULT_LANGUAGE, pgettext, present_language


def model_text(process_key: str, identifier: str, drawn: str) -> str:
    """Return the text for ``identifier``; what the model says where the catalogue has nothing."""
    if present_language() == DEFAULT_LANGUAGE:
        return drawn
    translated = str(pgettext(process_key, identifier))
    return drawn if translated == identifier else translated


def element_name(process_key: str, element_id: str, drawn: str) -> str:
    """Return an element's name."""
    return model_text(process_key, element_id, drawn or element_id)


def field_label(process_key: str, key: str, drawn: str) -> str:
    """Return a form field's label."""
    return model_text(process_key, f"field.{key}", drawn or key)


def option_label(process_key: str, key: str, value: str, drawn: str) -> str:
    """Return the label of one of a field's options."""
    return model_text(process_key, f"field.{key}={value}", drawn or value)


def field_hint(process_key: str, key: str, drawn: str) -> str:
    """Return the sentence that explains a field; empty if there is none."""
    return model_text(process_key, f"hint.{key}", drawn) if drawn else ""


def field_suffix(process_key: str, key: str, drawn: str) -> str:
    """Return the unit written after a field; empty if there is none."""
    return model_text(process_key, f"suffix.{key}", drawn) if drawn else ""


def form_text(process_key: str, component_id: str, drawn: str) -> str:
    """Return a form's static text; empty if there is none."""
    return model_text(process_key, f"text.{component_id}", drawn) if drawn else ""


def result_text(process_key: str, drawn: str) -> str:
    """Return the answer of a decision table in words."""
    return model_text(process_key, f"result.{drawn}", drawn) if drawn else ""


def lane_name(process_key: str, bpmn: bytes, drawn: str | None) -> str:
    """Return a lane's name; empty if there is none."""
    return element_name(process_key, _lanes(bpmn).get(drawn, drawn), drawn) if drawn else ""


def named_drawing(process_key: str, bpmn: bytes) -> bytes:
    """Return a model with the names that people see in it in the reader's language; the file itself where that is
    Vietnamese."""
    if present_language() == DEFAULT_LANGUAGE:
        return bpmn
    root = etree.fromstring(bpmn, _PARSER)
    for element in root.iter(f"{_BPMN}*"):
        drawn = str(element.get("name") or "")
        if drawn and element.get("id"):
            element.set("name", model_text(process_key, str(element.get("id")), drawn))
    names = {str(element.get("id")): str(element.get("name") or "") for element in root.iter(f"{_BPMN}*")}
    for label in root.iter(f"{_DI}BPMNLabel"):
        shape = label.getparent()
        bounds = label.find(f"{_DC}Bounds")
        if shape is not None and bounds is not None:
            _widen(bounds, names.get(str(shape.get("bpmnElement")), ""))
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def _widen(bounds: "etree._Element", name: str) -> None:
    """Give a label room for its longest word, so that no word is broken; its middle stays where it is."""
    longest = max((len(word) for word in name.split()), default=0)
    width = float(str(bounds.get("width")))
    wanted = max(width, longest * _LETTER_WIDTH + _LABEL_PADDING)
    bounds.set("x", str(round(float(str(bounds.get("x"))) - (wanted - width) / 2)))
    bounds.set("width", str(round(wanted)))


#: Of the drawing's letters, in its own units.
_LETTER_WIDTH = 6.5
_LABEL_PADDING = 8
_DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
_DC = "{http://www.omg.org/spec/DD/20100524/DC}"
_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)


@lru_cache(maxsize=64)
def _lanes(bpmn: bytes) -> dict[str, str]:
    root = etree.fromstring(bpmn, _PARSER)
    return {str(lane.get("name")): str(lane.get("id")) for lane in root.iter(f"{_BPMN}lane")}


def install(app: Flask) -> None:
    """Give templates the words of decision tables."""
    app.jinja_env.filters.update(result_text=lambda drawn, process_key: result_text(process_key, drawn))
