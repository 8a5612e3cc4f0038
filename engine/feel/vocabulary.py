"""What an expression may name beside its variables and the built-in functions: host functions and item types.

A host function answers from outside of FEEL, such as by a calendar of working days. It must give the same answer
to the same question within one evaluation. Questions and answers cross as JSON, so that they can be recorded and
given again when a history is executed a second time.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from engine.feel.bounds import Account, Ask
from engine.feel.builtins_registry import BUILTINS, read_signature
from engine.feel.errors import HostFunctionFailed
from engine.feel.json_values import to_feel, to_json
from engine.feel.temporal_text import read_date, read_date_time, read_duration, read_time
from engine.feel.types import FeelType, SimpleType, built_in_type, conforms
from engine.feel.values import Function

_TEMPORAL: Mapping[str, Callable[[str], Any]] = {
    "date": read_date,
    "date and time": read_date_time,
    "days and time duration": read_duration,
    "time": read_time,
    "years and months duration": read_duration,
}


@dataclass(frozen=True, slots=True, eq=False)
class HostFunction:
    """A function that the host offers to expressions.

    Attributes:
        signature: name and parameters as ``working days between(start: date, end: date)``; the types are those of
            built-in functions. Arguments that do not fit give ``null`` and are not asked for.
        gives: the FEEL type of the answer; text is read as a date, time or duration if this says so, and an
            answer of another type is ``null``.
        answer: receives the arguments as JSON and returns JSON; ``ValueError`` ends the evaluation.
    """

    signature: str
    gives: str
    answer: Callable[..., Any]


class HostFunctions:
    """The host functions that expressions may call, by name; immutable."""

    def __init__(self, functions: Iterable[HostFunction] = ()) -> None:
        """Take the functions.

        Raises:
            ValueError: a signature or type cannot be read, or two functions have one name.
        """
        self._answers: dict[str, Callable[..., Any]] = {}
        self._functions: dict[str, Function] = {}
        for function in functions:
            made = _function(function)
            if made.name in self._functions or made.name in BUILTINS:
                raise ValueError(f"Expected host functions of different names, but {made.name!r} is taken")
            self._functions[made.name] = made
            self._answers[made.name] = function.answer
        #: Host and built-in functions by name.
        self.all: Mapping[str, Function] = MappingProxyType({**BUILTINS, **self._functions})
        #: Names of all functions.
        self.names = frozenset(self.all)

    def answer(self, name: str, arguments: Sequence[Any]) -> Any:
        """Ask a host function, as an evaluation does that is given nobody else to ask.

        Raises:
            HostFunctionFailed: the function refused the arguments.
        """
        try:
            return self._answers[name](*arguments)
        except ValueError as error:
            raise HostFunctionFailed(f"Expected {name!r} to answer, but it failed: {error}") from error

    def asked(self, ask: Ask | None) -> Ask:
        """Return whom an evaluation asks: the given callable, else the functions themselves."""
        return self.answer if ask is None else ask


#: No host functions.
NO_HOST_FUNCTIONS = HostFunctions()


class TypeNames:
    """The types that a decision model defines, by name; immutable."""

    def __init__(self, types: Mapping[str, FeelType] | None = None) -> None:
        self.types: Mapping[str, FeelType] = MappingProxyType(dict(types or {}))


#: No types beside the built-in ones.
NO_TYPES = TypeNames()


def _function(declared: HostFunction) -> Function:
    signature = read_signature(declared.signature)
    wanted = built_in_type(declared.gives)
    if wanted is None:
        raise ValueError(f"Expected the type of an answer, but got {declared.gives!r}")
    name = signature.name

    def invoke(account: Account, values: Sequence[Any]) -> Any:
        account.spend(sum(map(account.weight_of, values)))
        arguments = signature.arguments(values)
        if arguments is None:
            return None
        return account.weighed(_read(account.ask_host(name, [to_json(value) for value in arguments]), wanted))

    return Function(name, (signature.parameter_names,), invoke)


def _read(answer: Any, wanted: FeelType) -> Any:
    value = to_feel(answer)
    if isinstance(value, str) and isinstance(wanted, SimpleType) and wanted.name in _TEMPORAL:
        value = _TEMPORAL[wanted.name](value)
    return value if value is not None and conforms(value, wanted) else None
