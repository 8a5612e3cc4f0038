"""Functions that the host offers to FEEL, such as working-day arithmetic; their answers are journalled.

A function may read the database through the command's connection. What it answered is kept in the journal entry,
and given again when the history is executed a second time: a calendar that is changed later changes no history.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from engine.feel import Ask, HostFunction, HostFunctionFailed, HostFunctions


@dataclass(frozen=True, slots=True)
class EngineFunction:
    """A function that models may call.

    Attributes:
        signature: name and parameters, e.g. ``add working days(date: date, days: number)``.
        gives: the FEEL type of the answer.
        answer: receives the connection of the command and the arguments as JSON, and returns JSON;
            ``ValueError`` fails the step.
    """

    signature: str
    gives: str
    answer: Callable[..., Any]

    @property
    def name(self) -> str:
        """The name by which expressions call it."""
        return self.signature.partition("(")[0].strip()


class EngineFunctions:
    """The functions of one installation; immutable."""

    def __init__(self, functions: Iterable[EngineFunction] = ()) -> None:
        """Take the functions.

        Raises:
            ValueError: a signature or type cannot be read, or two functions have one name.
        """
        offered = tuple(functions)
        self._answers = {function.name: function.answer for function in offered}
        #: Signatures and types, for whoever checks a model elsewhere.
        self.declared: tuple[tuple[str, str], ...] = tuple((each.signature, each.gives) for each in offered)
        #: The same for the compiler of expressions.
        self.feel = declared_functions(self.declared)

    def asking(self, connection: Connection) -> Ask:
        """Return whom an evaluation asks within a command."""

        def ask(name: str, arguments: list[Any]) -> Any:
            try:
                return self._answers[name](connection, *arguments)
            except ValueError as error:
                raise HostFunctionFailed(f"Expected {name!r} to answer, but it failed: {error}") from error

        return ask


def declared_functions(declared: Iterable[tuple[str, str]]) -> HostFunctions:
    """Return functions that can be compiled against and not be asked."""
    return HostFunctions(HostFunction(signature, gives, _not_here) for signature, gives in declared)


def _not_here(*_arguments: Any) -> Any:
    raise ValueError("there is no database to look it up in")


#: No functions beside those of FEEL.
NO_FUNCTIONS = EngineFunctions()
