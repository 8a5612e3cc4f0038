"""Parses a ``.form`` file (form-js schema) into immutable values; refuses what could not be shown or checked."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from engine.errors import SauroError
from engine.feel import Expression, FeelSyntaxError, compile_expression

#: Larger files are refused.
MAX_BYTES = 1024 * 1024

#: Component types that carry a value.
FIELD_TYPES = frozenset(
    {"textfield", "textarea", "number", "checkbox", "radio", "select", "checklist", "taglist", "datetime"}
)
#: Component types that only show something.
PASSIVE_TYPES = frozenset({"text", "group", "separator", "spacer"})

_CHOICES = frozenset({"radio", "select", "checklist", "taglist"})
_KEY = re.compile(r"[A-Za-z_]\w*\Z", re.ASCII)


class FormError(SauroError):
    """A form file cannot be used.

    Attributes:
        component_id: the component concerned, where known.
    """

    def __init__(self, message: str, component_id: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.component_id = component_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One choice."""

    value: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One component of a form, a field or something that is only shown.

    Attributes:
        key: the variable that a field fills; ``None`` for passive components.
        text: what a ``text`` component says (Markdown).
        hide: while it is true, the component is neither shown nor required nor kept.
        options_from: gives the choices as a list of ``{value, label}``.
        minimum, maximum: bounds of a number.
        not_before, not_after: give the bounds of a date (custom properties ``notBefore``, ``notAfter``).
        components: the components of a group.
    """

    id: str
    type: str
    key: str | None = None
    label: str = ""
    description: str = ""
    text: str = ""
    suffix: str = ""
    required: bool = False
    readonly: bool = False
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    decimal_digits: int | None = None
    default: Any = None
    options: tuple[Option, ...] = ()
    options_from: Expression | None = None
    hide: Expression | None = None
    not_before: Expression | None = None
    not_after: Expression | None = None
    components: tuple["Component", ...] = ()

    def walk(self) -> Iterator["Component"]:
        """Yield the component and those inside it."""
        yield self
        for inner in self.components:
            yield from inner.walk()


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form; ``components`` are in the order in which they are shown."""

    id: str
    components: tuple[Component, ...]

    @property
    def fields(self) -> tuple[Component, ...]:
        """All components that carry a value, in order."""
        return tuple(
            inner for component in self.components for inner in component.walk() if inner.key is not None
        )


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
    form = Form(id=form_id, components=_components(document["components"]))
    seen: set[str] = set()
    for field in form.fields:
        if field.key in seen:
            raise FormError(f"Expected keys to be unique, but '{field.key}' is used twice", field.id)
        seen.add(field.key or "")
    return form


def _components(written: list[Any]) -> tuple[Component, ...]:
    return tuple(_component(each) for each in written)


def _component(written: Any) -> Component:
    if not isinstance(written, dict):
        raise FormError(f"Expected a component to be an object, but it is {written!r}")
    kind = written.get("type")
    component_id = str(written.get("id") or written.get("key") or kind)
    if kind not in FIELD_TYPES | PASSIVE_TYPES:
        raise FormError(f"Expected a supported component, but '{component_id}' is a '{kind}'", component_id)
    key = written.get("key") if kind in FIELD_TYPES else None
    if kind in FIELD_TYPES and (not isinstance(key, str) or not _KEY.match(key)):
        raise FormError(f"Expected field '{component_id}' to have a key that is a name", component_id)
    if kind == "datetime" and written.get("subtype") != "date":
        raise FormError(f"Expected '{component_id}' to be a date; times are not supported", component_id)
    checks = _object(written, "validate")
    properties = _object(written, "properties")
    options = _options(written.get("values"), component_id)
    options_from = _expression(written.get("valuesExpression"), component_id)
    if kind in _CHOICES and not options and options_from is None:
        raise FormError(f"Expected '{component_id}' to have choices", component_id)
    pattern = checks.get("pattern")
    if pattern is not None:
        _check_pattern(pattern, component_id)
    return Component(
        id=component_id,
        type=str(kind),
        key=key,
        label=str(written.get("label") or ""),
        description=str(written.get("description") or ""),
        text=str(written.get("text") or ""),
        suffix=str(_object(written, "appearance").get("suffixAdorner") or ""),
        required=checks.get("required") is True,
        readonly=written.get("readonly") is True or written.get("disabled") is True,
        min_length=_number(checks, "minLength", component_id, whole=True),
        max_length=_number(checks, "maxLength", component_id, whole=True),
        pattern=pattern,
        minimum=_number(checks, "min", component_id),
        maximum=_number(checks, "max", component_id),
        decimal_digits=_number(written, "decimalDigits", component_id, whole=True),
        default=written.get("defaultValue"),
        options=options,
        options_from=options_from,
        hide=_expression(_object(written, "conditional").get("hide"), component_id),
        not_before=_expression(properties.get("notBefore"), component_id),
        not_after=_expression(properties.get("notAfter"), component_id),
        components=_components(written.get("components") or []),
    )


def _object(written: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = written.get(name)
    return value if isinstance(value, dict) else {}


def _options(written: Any, component_id: str) -> tuple[Option, ...]:
    if written is None:
        return ()
    try:
        options = tuple(Option(value=str(each["value"]), label=str(each["label"])) for each in written)
    except (TypeError, KeyError) as error:
        raise FormError(f"Expected the choices of '{component_id}' to be values and labels") from error
    if len({option.value for option in options}) != len(options):
        raise FormError(f"Expected the choices of '{component_id}' to differ", component_id)
    return options


def _expression(text: Any, component_id: str) -> Expression | None:
    if text is None or text == "":
        return None
    if not isinstance(text, str) or not text.startswith("="):
        raise FormError(f"Expected '{text}' of '{component_id}' to be an expression after '='", component_id)
    try:
        return compile_expression(text[1:])
    except FeelSyntaxError as error:
        raise FormError(
            f"Expected '{text}' of '{component_id}' to be FEEL, but {error}", component_id
        ) from error


def _number(written: Mapping[str, Any], name: str, component_id: str, *, whole: bool = False) -> Any:
    value = written.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
        raise FormError(
            f"Expected {name} of '{component_id}' to be a number, but it is {value!r}", component_id
        )
    return value


def _check_pattern(pattern: Any, component_id: str) -> None:
    try:
        re.compile(pattern)
    except (re.error, TypeError) as error:
        raise FormError(f"Expected the pattern of '{component_id}' to be valid, but {error}") from error
