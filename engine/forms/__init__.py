"""Forms of user tasks: form-js JSON, as Camunda Modeler writes it, parsed and validated on the server."""

from engine.forms.form import Component, Form, FormError, Option
from engine.forms.loading import load_form
from engine.forms.validation import FieldError, validate, visible_components
from engine.forms.values import options_of

__all__ = [
    "Component",
    "FieldError",
    "Form",
    "FormError",
    "Option",
    "load_form",
    "options_of",
    "validate",
    "visible_components",
]
