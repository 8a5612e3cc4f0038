"""Parses a ``.form`` file (form-js schema); refuses what could not be shown or checked as it says."""

import re
from collections.abc import Mapping
from typing import Any

import orjson

from engine.feel import Expression, FeelSyntaxError, compile_expression
from engine.forms.form import CHOICE_TYPES, FIELD_TYPES, PASSIVE_TYPES, Component, Form, FormError, Option
from engine.forms.values import Refused, read

#: Larger files are refused.
MAX_BYTES = 1024 * 1024
#: Groups inside groups.
MAX_DEPTH = 8
#: The first version of the schema whose conditions, groups and expressions mean what they mean today.
MIN_SCHEMA_VERSION = 16
PLATFORM = "Camunda Cloud"

_KEY = re.compile(r"[A-Za-z_]\w*\Z", re.ASCII)
#: form-js would fill these in from variables; here they would be shown as they stand.
_TEMPLATE = re.compile(r"\A\s*=|\{\{")
_TODAY = "=today()"
#: Checks that Camunda Modeler can write, and the types they are known for.
_CHECKS: Mapping[str, frozenset[str]] = {
    "required": FIELD_TYPES,
    "minLength": frozenset({"textfield", "textarea"}),
    "maxLength": frozenset({"textfield", "textarea"}),
    "pattern": frozenset({"textfield"}),
    "min": frozenset({"number"}),
    "max": frozenset({"number"}),
}
#: How form-js says that a text is checked by its own pattern, if by any; e-mail and telephone are not known.
_OWN_PATTERN = ("validationType", "custom")


def load_form(content: bytes) -> Form:
    """Parse a form file.

    Raises:
        FormError: it is no form, or holds something that cannot be shown and checked here.
    """
    if len(content) > MAX_BYTES:
        raise FormError("Expected a form file, but it is larger than 1 MB")
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise FormError(f"Expected a form file, but it is not JSON: {error}") from error
    if not isinstance(document, dict) or not isinstance(document.get("components"), list):
        raise FormError("Expected a form file, but it has no list of components")
    form_id = document.get("id")
    if not isinstance(form_id, str) or not form_id:
        raise FormError("Expected the form to have an id")
    version = document.get("schemaVersion")
    if not isinstance(version, int) or version < MIN_SCHEMA_VERSION:
        raise FormError(f"Expected schema version {MIN_SCHEMA_VERSION} or later, but it is {version!r}")
    platform = document.get("executionPlatform", PLATFORM)
    if platform != PLATFORM:
        raise FormError(f"Expected a form for '{PLATFORM}', but it is for {platform!r}")
    return Form(id=form_id, components=_components(document["components"], depth=0))


def _components(written: Any, *, depth: int) -> tuple[Component, ...]:
    if not isinstance(written, list):
        raise FormError(f"Expected components to be a list, but it is {written!r}")
    if depth > MAX_DEPTH:
        raise FormError(f"Expected groups to be nested at most {MAX_DEPTH} deep")
    components: list[Component] = []
    errors: list[FormError] = []
    for each in written:
        try:
            components.append(_component(each, depth=depth))
        except FormError as error:
            errors += error.all
    if errors:
        first, *others = errors
        first.also = tuple(others)
        raise first
    return tuple(components)


def _component(written: Any, *, depth: int) -> Component:
    if not isinstance(written, dict):
        raise FormError(f"Expected a component to be an object, but it is {written!r}")
    kind, component_id = written.get("type"), written.get("id")
    if not isinstance(component_id, str) or not component_id:
        raise FormError(f"Expected every component to have an id, but a {kind!r} has none")
    if not isinstance(kind, str) or kind not in FIELD_TYPES | PASSIVE_TYPES:
        raise FormError(f"Expected a supported component, but '{component_id}' is a {kind!r}", component_id)
    component = _Written(written, component_id)
    layout = component.object("layout")
    common: dict[str, Any] = {
        "id": component_id,
        "type": kind,
        "label": component.words("label") or component.words("dateLabel"),
        "description": component.words("description"),
        "hide": component.expression("hide", component.object("conditional")),
        "row": component.words("row", layout) or None,
        "columns": component.number("columns", layout, whole=True),
    }
    if kind in FIELD_TYPES:
        return _field(component, common)
    if kind == "group":
        if written.get("path"):
            raise component.error("to keep its values beside the others, but it has a path")
        return Component(**common, components=_components(written.get("components") or [], depth=depth + 1))
    return Component(**common, text=component.words("text"))


class _Written:
    """A component as it stands in the file, read with complaints that name it."""

    def __init__(self, written: Mapping[str, Any], component_id: str) -> None:
        self.written = written
        self.id = component_id

    def error(self, expected: str) -> FormError:
        return FormError(f"Expected '{self.id}' {expected}", self.id)

    def object(self, name: str) -> Mapping[str, Any]:
        value = self.written.get(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise self.error(f"to have an object as {name}, but it is {value!r}")
        return value

    def words(self, name: str, within: Mapping[str, Any] | None = None) -> str:
        value = (self.written if within is None else within).get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self.error(f"to have a text as {name}, but it is {value!r}")
        if _TEMPLATE.search(value):
            raise self.error(f"to have a fixed text as {name}, but it is the expression {value!r}")
        return value

    def flag(self, name: str, within: Mapping[str, Any] | None = None) -> bool:
        value = (self.written if within is None else within).get(name)
        if value is None or isinstance(value, bool):
            return value is True
        raise self.error(f"to have true or false as {name}, but it is {value!r}")

    def number(self, name: str, within: Mapping[str, Any], *, whole: bool = False) -> Any:
        value = within.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
            raise self.error(f"to have a number as {name}, but it is {value!r}")
        if whole and value < 0:
            raise self.error(f"to have a number from 0 as {name}, but it is {value}")
        return value

    def expression(self, name: str, within: Mapping[str, Any]) -> Expression | None:
        text = within.get(name)
        if text is None or text == "":
            return None
        if not isinstance(text, str) or not text.startswith("="):
            raise self.error(f"to have an expression after '=' as {name}, but it is {text!r}")
        try:
            return compile_expression(text[1:])
        except FeelSyntaxError as error:
            raise self.error(f"to have FEEL as {name}, but in '{text}' {error}") from error


def _field(component: _Written, common: Mapping[str, Any]) -> Component:
    written, kind = component.written, common["type"]
    key = written.get("key")
    if not isinstance(key, str) or not _KEY.match(key):
        raise component.error(f"to have a name as key, but it is {key!r}")
    if kind == "datetime" and written.get("subtype") != "date":
        raise component.error("to be a date; times are not supported")
    if kind == "number" and written.get("serializeToString"):
        raise component.error("to give a number, but it is to give a text")
    checks = component.object("validate")
    for name, value in checks.items():
        idle = value in (None, "", False) or (name, value) == _OWN_PATTERN
        if not idle and kind not in _CHECKS.get(name, ()):
            raise component.error(f"to have checks that are known for its type, but it has {name}")
    not_before, not_after = _date_bounds(component, kind)
    field = Component(
        **common,
        key=key,
        suffix=component.words("suffixAdorner", component.object("appearance")),
        required=component.flag("required", checks),
        readonly=component.flag("readonly") or component.flag("disabled"),
        min_length=component.number("minLength", checks, whole=True),
        max_length=component.number("maxLength", checks, whole=True),
        pattern=_pattern(component, checks.get("pattern")),
        minimum=component.number("min", checks),
        maximum=component.number("max", checks),
        decimal_digits=component.number("decimalDigits", written, whole=True),
        default=written.get("defaultValue"),
        options=_options(component),
        options_from=component.expression("valuesExpression", written),
        not_before=not_before,
        not_after=not_after,
    )
    _refuse_contradictions(component, field)
    return field


def _date_bounds(component: _Written, kind: str) -> tuple[Expression | None, Expression | None]:
    properties = component.object("properties")
    if kind != "datetime" and not properties.keys().isdisjoint({"notBefore", "notAfter"}):
        raise component.error("to be a date, as it has notBefore or notAfter")
    if component.flag("disallowPassedDates"):
        properties = {"notBefore": _TODAY, **properties}
    return component.expression("notBefore", properties), component.expression("notAfter", properties)


def _options(component: _Written) -> tuple[Option, ...]:
    written = component.written.get("values")
    if written is None:
        return ()
    if not isinstance(written, list):
        raise component.error(f"to have a list of choices, but it is {written!r}")
    options = []
    for each in written:
        if not isinstance(each, dict) or not isinstance(each.get("value"), str) or not each["value"]:
            raise component.error(f"to have texts as values of its choices, but one is {each!r}")
        options.append(Option(value=each["value"], label=component.words("label", each) or each["value"]))
    if len({option.value for option in options}) != len(options):
        raise component.error("to have choices that differ")
    return tuple(options)


def _pattern(component: _Written, pattern: Any) -> str | None:
    if pattern is None or pattern == "":
        return None
    try:
        re.compile(pattern, re.ASCII)
    except (re.error, TypeError) as error:
        raise component.error(f"to have a regular expression as pattern, but {error}") from error
    return str(pattern)


def _refuse_contradictions(component: _Written, field: Component) -> None:
    if field.type in CHOICE_TYPES and bool(field.options) == (field.options_from is not None):
        raise component.error("to have choices, either written down or by valuesExpression")
    for low, high in ((field.min_length, field.max_length), (field.minimum, field.maximum)):
        if low is not None and high is not None and low > high:
            raise component.error(f"to allow something, but {low} is more than {high}")
    try:
        default = read(field, field.default)
    except Refused as error:
        raise component.error(f"to have a default of its type, but it is {field.default!r}") from error
    if field.options:
        known = {option.value for option in field.options}
        chosen = default if isinstance(default, list) else [] if default is None else [default]
        if not known.issuperset(chosen):
            raise component.error(f"to have one of its choices as default, but it is {field.default!r}")
