"""Built-in functions that make one value of a list (DMN 1.5, 10.3.4.4)."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from engine.feel.bounds import Account
from engine.feel.builtins_registry import builtin
from engine.feel.values import GREATER, LESS, NUMBERS, compare, type_name


def _items(values: Sequence[Any]) -> list[Any]:
    return values[0] if len(values) == 1 and isinstance(values[0], list) else list(values)


def _numbers(values: Sequence[Any]) -> list[Decimal] | None:
    items = _items(values)
    return items if items and all(isinstance(item, Decimal) for item in items) else None


def _extreme(values: Sequence[Any], wanted: int) -> Any:
    items = _items(values)
    if not items:
        return None
    best = items[0]
    for item in items:
        order = compare(item, best)
        if order is None:
            return None
        best = item if order == wanted else best
    return best


def _folded(numbers: Sequence[Decimal], operation: Callable[[Decimal, Decimal], Decimal]) -> Decimal | None:
    total = numbers[0]
    try:
        for number in numbers[1:]:
            total = operation(total, number)
    except ArithmeticError:
        return None
    return total


@builtin("min(list: list)", "min(c: any...)")
def min_(_: Account, *values: Any) -> Any:
    """Return the smallest item; items without a common order give ``null``."""
    return _extreme(values, LESS)


@builtin("max(list: list)", "max(c: any...)")
def max_(_: Account, *values: Any) -> Any:
    """Return the largest item; items without a common order give ``null``."""
    return _extreme(values, GREATER)


@builtin("sum(list: list)", "sum(n: any...)")
def sum_(_: Account, *values: Any) -> Decimal | None:
    """Return the sum of numbers; of none it is ``null``."""
    numbers = _numbers(values)
    return None if numbers is None else _folded(numbers, NUMBERS.add)


@builtin("product(list: list)", "product(n: any...)")
def product(_: Account, *values: Any) -> Decimal | None:
    """Return the product of numbers; of none it is ``null``."""
    numbers = _numbers(values)
    return None if numbers is None else _folded(numbers, NUMBERS.multiply)


@builtin("mean(list: list)", "mean(n: any...)")
def mean(_: Account, *values: Any) -> Decimal | None:
    """Return the arithmetic mean."""
    numbers = _numbers(values)
    return None if numbers is None else _mean(numbers)


def _mean(numbers: list[Decimal]) -> Decimal | None:
    total = _folded(numbers, NUMBERS.add)
    return None if total is None else NUMBERS.divide(total, Decimal(len(numbers)))


@builtin("median(list: list)", "median(n: any...)")
def median(_: Account, *values: Any) -> Decimal | None:
    """Return the middle number, or the mean of the two in the middle."""
    numbers = _numbers(values)
    if numbers is None:
        return None
    ordered = sorted(numbers)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else _mean(ordered[middle - 1 : middle + 1])


@builtin("stddev(list: list)", "stddev(n: any...)")
def stddev(_: Account, *values: Any) -> Decimal | None:
    """Return the standard deviation of a sample; it takes two numbers."""
    numbers = _numbers(values)
    average = None if numbers is None or len(numbers) < 2 else _mean(numbers)
    if numbers is None or average is None:
        return None
    try:
        squares = [NUMBERS.power(NUMBERS.subtract(number, average), Decimal(2)) for number in numbers]
        total = _folded(squares, NUMBERS.add)
        return None if total is None else NUMBERS.sqrt(NUMBERS.divide(total, Decimal(len(numbers) - 1)))
    except ArithmeticError:
        return None


@builtin("mode(list: list)", "mode(n: any...)")
def mode(_: Account, *values: Any) -> list[Decimal] | None:
    """Return the numbers that occur most often, in ascending order; of none, none."""
    items = _items(values)
    if not all(type_name(item) == "number" for item in items):
        return None
    counts: dict[Decimal, int] = {}
    for item in items:
        counts[item] = counts.get(item, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(number for number, times in counts.items() if times == most)
