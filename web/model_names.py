"""Names from the models in the reader's language: Vietnamese as drawn, English from the catalogue by id.

The catalogue's entries have the context ``PROCESS_KEY`` and identifiers such as ``acknowledge_assignment``
(element), ``field.appraisal`` (form field), ``hint.appraisal``, ``suffix.appraisal``, ``text.…`` (static text) and
``field.appraisal=met`` (option); :mod:`web.model_extraction` collects them from the models.
"""

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
