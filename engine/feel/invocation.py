"""How functions are called: by position or by name, with the conversions of DMN 1.5, 10.3.2.13."""

from collections.abc import Mapping, Sequence
from typing import Any

from engine.feel.bounds import Account
from engine.feel.values import Function


def call(function: Any, arguments: Sequence[Any], account: Account) -> Any:
    """Call a function by position; what is not a function gives ``null``."""
    if not isinstance(function, Function):
        return None
    account.spend()
    return function.call(account, arguments)


def call_named(function: Any, arguments: Mapping[str, Any], account: Account) -> Any:
    """Call a function by the names of its parameters; names that fit no parameter list give ``null``."""
    if not isinstance(function, Function):
        return None
    account.spend()
    for one in function.overloads or (function,):
        for names in one.parameters:
            if set(names) == arguments.keys():
                return one.call(account, [arguments[name] for name in names])
    return None
