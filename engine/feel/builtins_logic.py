"""Built-in functions on truth values, and on any value (DMN 1.5, 10.3.4.2 and 10.3.4.12)."""

from typing import Any

from engine.feel.bounds import Account
from engine.feel.builtins_registry import builtin
from engine.feel.values import equal, type_name


@builtin("not(negand: any)")
def not_(_: Account, value: Any) -> bool | None:
    """Return the opposite of a truth value; anything else is ``null``."""
    return not value if isinstance(value, bool) else None


@builtin("is(value1: any, value2: any)")
def is_(_: Account, left: Any, right: Any) -> bool:
    """Return whether two values are the same, also in their zone and precision."""
    if (left is None) != (right is None) or (left is not None and type_name(left) != type_name(right)):
        return False
    zones = [getattr(value, "zone", None) for value in (left, right)]
    return zones[0] == zones[1] and equal(left, right) is True


@builtin("is defined(value: any)")
def is_defined(_: Account, value: Any) -> bool:
    """Return whether a value is something else than ``null``."""
    return value is not None
