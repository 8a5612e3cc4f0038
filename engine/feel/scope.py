"""What a name means at one place of an expression while it is evaluated."""

from collections.abc import Mapping
from typing import Any, Protocol

from engine.feel.bounds import Account
from engine.feel.json_values import to_feel


class Scope(Protocol):
    """A place in which names are looked up."""

    account: Account

    def lookup(self, name: str) -> Any:
        """Return the value of a name, ``None`` if there is none."""
        ...


class Inner:
    """The names that a piece of an expression adds: entries of a context, loop variables, parameters."""

    __slots__ = ("_outer", "_values", "account")

    def __init__(self, values: Mapping[str, Any], outer: Scope) -> None:
        self._values = values
        self._outer = outer
        self.account = outer.account

    def lookup(self, name: str) -> Any:
        """Return the value of a name, from the innermost place that knows it."""
        if name in self._values:
            return self._values[name]
        return self._outer.lookup(name)


class Outermost:
    """The variables of the caller, turned into FEEL values when they are first used, and the built-ins."""

    __slots__ = ("_builtins", "_converted", "_variables", "account")

    def __init__(self, variables: Mapping[str, Any], builtins: Mapping[str, Any], account: Account) -> None:
        self._variables = variables
        self._builtins = builtins
        self._converted: dict[str, Any] = {}
        self.account = account

    def lookup(self, name: str) -> Any:
        """Return the value of a variable, else the built-in function of that name, else ``None``."""
        if name in self._converted:
            return self._converted[name]
        if name in self._variables:
            value = self._converted[name] = self.account.weighed(to_feel(self._variables[name]))
            return value
        return self._builtins.get(name)
