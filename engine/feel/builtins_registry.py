"""How built-in functions are declared: by their signatures, which also convert and check the arguments.

A signature reads ``substring(string: string, start position: number)``. A type is a FEEL type name, ``any``,
``list`` (a single value is taken as a list of one) or alternatives joined by ``|``; ``?`` at its end accepts
``null``; ``...`` after it accepts any number of arguments. Arguments that fit no signature give ``null``.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from engine.feel.bounds import Account
from engine.feel.types import SimpleType, coerced
from engine.feel.values import Function

Implementation = Callable[..., Any]

#: Every built-in function by its name.
BUILTINS: dict[str, Function] = {}
_SIGNATURE = re.compile(r"(?P<name>\w+(?: \w+)*)\((?P<parameters>.*)\)")


@dataclass(frozen=True, slots=True)
class _Parameter:
    name: str
    kinds: tuple[str, ...]
    nullable: bool
    repeated: bool

    def convert(self, value: Any) -> tuple[bool, Any]:
        """Return whether the value fits, and the value as the function receives it."""
        if value is None:
            return self.nullable or "any" in self.kinds, None
        if "any" in self.kinds:
            return True, value
        for kind in self.kinds:
            converted = coerced(value, SimpleType(kind))
            if converted is not None:
                return True, converted
        return False, None


@dataclass(frozen=True, slots=True)
class Signature:
    """The name of a function and what it accepts."""

    name: str
    parameters: tuple[_Parameter, ...]

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """The names under which arguments can be given."""
        return tuple(parameter.name for parameter in self.parameters)

    def arguments(self, values: Sequence[Any]) -> list[Any] | None:
        """Return the converted arguments, ``None`` if they do not fit."""
        parameters = list(self.parameters)
        if parameters and parameters[-1].repeated:
            if len(values) < len(parameters):
                return None
            parameters += [parameters[-1]] * (len(values) - len(parameters))
        if len(parameters) != len(values):
            return None
        converted = [parameter.convert(value) for parameter, value in zip(parameters, values, strict=True)]
        return [value for _, value in converted] if all(fits for fits, _ in converted) else None


def read_signature(text: str) -> Signature:
    """Read a signature.

    Raises:
        ValueError: the text is none.
    """
    match = _SIGNATURE.fullmatch(text)
    if match is None:
        raise ValueError(f"Expected a signature such as 'name(parameter: type)', but got {text!r}")
    parameters = []
    for part in filter(None, match["parameters"].split(", ")):
        name, _, kind = part.partition(": ")
        repeated = kind.endswith("...")
        kind = kind.removesuffix("...")
        kinds = tuple(kind.removesuffix("?").split("|"))
        parameters.append(_Parameter(name, kinds, kind.endswith("?"), repeated))
    return Signature(match["name"], tuple(parameters))


def builtin(*signatures: str) -> Callable[[Implementation], Implementation]:
    """Register a function under its signatures; it receives the account and the converted arguments."""
    parsed = [read_signature(text) for text in signatures]

    def register(implementation: Implementation) -> Implementation:
        name = parsed[0].name
        named: dict[tuple[str, ...], list[Signature]] = {}
        for signature in parsed:
            named.setdefault(signature.parameter_names, []).append(signature)
        overloads = tuple(
            Function(name, (names,), _caller(implementation, alike)) for names, alike in named.items()
        )
        BUILTINS[name] = Function(name, tuple(named), _caller(implementation, parsed), overloads)
        return implementation

    return register


def _caller(
    implementation: Implementation, signatures: list[Signature]
) -> Callable[[Account, Sequence[Any]], Any]:
    def invoke(account: Account, values: Sequence[Any]) -> Any:
        account.spend(sum(map(account.weight_of, values)))
        for signature in signatures:
            arguments = signature.arguments(values)
            if arguments is not None:
                result = implementation(account, *arguments)
                account.spend(account.weight_of(result))
                return result
        return None

    return invoke
