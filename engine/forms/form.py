"""What a form is: its components, and what must hold between them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

from engine.errors import SauroError
from engine.feel import Expression

#: Component types whose value is one or several of given choices.
CHOICE_TYPES = frozenset({"radio", "select", "checklist", "taglist"})
#: Component types that carry a value.
FIELD_TYPES = CHOICE_TYPES | {"textfield", "textarea", "number", "checkbox", "datetime"}
#: Component types that only show something.
PASSIVE_TYPES = frozenset({"text", "group", "separator", "spacer"})


class FormError(SauroError):
    """A form cannot be used.

    Attributes:
        component_id: the component concerned, where known.
        also: what else is wrong with the same form.
    """

    def __init__(self, message: str, component_id: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.component_id = component_id
        self.also: tuple[FormError, ...] = ()

    @property
    def all(self) -> "tuple[FormError, ...]":
        """This error and those beside it."""
        return (self, *self.also)


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
        suffix: the unit shown behind a field.
        readonly: the field shows its variable and takes nothing.
        min_length, max_length: bounds of a text in characters.
        pattern: regular expression found somewhere in a text.
        minimum, maximum: bounds of a number.
        decimal_digits: most digits after the decimal mark; ``None`` for any.
        default: what the field shows before anything was entered.
        options: the choices, unless ``options_from`` gives them as a list of ``{value, label}``.
        hide: while it is true, the component is neither shown nor required nor kept.
        not_before, not_after: give the bounds of a date (custom properties ``notBefore``, ``notAfter``).
        row: components with the same row stand side by side.
        columns: width in sixteenths of the row; ``None`` for an equal share.
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
    row: str | None = None
    columns: int | None = None
    components: tuple["Component", ...] = ()

    def walk(self) -> Iterator["Component"]:
        """Yield the component and those inside it."""
        yield self
        for inner in self.components:
            yield from inner.walk()


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form; ``components`` are in the order in which they are shown.

    Raises:
        FormError: two components share an id or a key, or fields decide in a circle whether they are shown.
    """

    id: str
    components: tuple[Component, ...]

    def __post_init__(self) -> None:
        ids: set[str] = set()
        keys: set[str] = set()
        for component in self.walk():
            if component.id in ids:
                raise FormError(
                    f"Expected ids to be unique, but '{component.id}' is used twice", component.id
                )
            ids.add(component.id)
            if component.key is not None:
                if component.key in keys:
                    raise FormError(
                        f"Expected keys to be unique, but '{component.key}' is used twice", component.id
                    )
                keys.add(component.key)
        self._refuse_circles(keys)

    def walk(self) -> Iterator[Component]:
        """Yield all components, those inside groups as well, in order."""
        for component in self.components:
            yield from component.walk()

    @property
    def fields(self) -> tuple[Component, ...]:
        """All components that carry a value, in order."""
        return tuple(component for component in self.walk() if component.key is not None)

    @property
    def fields_by_key(self) -> Mapping[str, Component]:
        """All components that carry a value, in order, by key."""
        return {component.key: component for component in self.walk() if component.key is not None}

    @property
    def deciding_keys(self) -> frozenset[str]:
        """The keys of the fields that other components look at: to hide, for choices, for bounds of dates."""
        looked_at = frozenset(
            name
            for component in self.walk()
            for expression in (
                component.hide,
                component.options_from,
                component.not_before,
                component.not_after,
            )
            if expression is not None
            for name in expression.names
        )
        return looked_at & self.fields_by_key.keys()

    def _refuse_circles(self, keys: set[str]) -> None:
        needs: dict[str, set[str]] = {}

        def visit(components: tuple[Component, ...], inherited: set[str]) -> None:
            for component in components:
                names = inherited | (
                    set(component.hide.names) & keys if component.hide is not None else set()
                )
                if component.key is not None:
                    needs[component.key] = names
                visit(component.components, names)

        visit(self.components, set())
        try:
            TopologicalSorter(needs).prepare()
        except CycleError as error:
            key = str(error.args[1][0])
            raise FormError(
                f"Expected fields not to decide about their own showing, but '{key}' does",
                self.fields_by_key[key].id,
            ) from error
