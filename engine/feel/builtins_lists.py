"""Built-in functions that look into lists and make new ones (DMN 1.5, 10.3.4.4 and 10.3.4.10)."""

from collections.abc import Callable
from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from engine.feel.bounds import Account
from engine.feel.builtins_registry import builtin
from engine.feel.invocation import call
from engine.feel.logic import conjunction, disjunction
from engine.feel.values import Function, as_int, compare, equal, truncated


def _same(left: Any, right: Any) -> bool:
    return equal(left, right) is True


@builtin("list contains(list: list, element: any)")
def list_contains(_: Account, items: list[Any], element: Any) -> bool:
    """Return whether a list has an item that equals the element."""
    return any(_same(item, element) for item in items)


@builtin("count(list: list)")
def count(_: Account, items: list[Any]) -> Decimal:
    """Return the number of items."""
    return Decimal(len(items))


@builtin("is empty(list: list)")
def is_empty(_: Account, items: list[Any]) -> bool:
    """Return whether a list has no items (also in Camunda 8)."""
    return not items


@builtin("all(list: list)", "all(b: any...)")
def all_(_: Account, *values: Any) -> bool | None:
    """Return true if all items are true, false if any is false, else ``null``."""
    return conjunction(_items(values))


@builtin("any(list: list)", "any(b: any...)")
def any_(_: Account, *values: Any) -> bool | None:
    """Return true if any item is true, false if all are false, else ``null``."""
    return disjunction(_items(values))


def _items(values: tuple[Any, ...]) -> list[Any]:
    return values[0] if len(values) == 1 and isinstance(values[0], list) else list(values)


@builtin(
    "sublist(list: list, start position: number)",
    "sublist(list: list, start position: number, length: number?)",
)
def sublist(_: Account, items: list[Any], start: Decimal, length: Decimal | None = None) -> list[Any] | None:
    """Return a piece of a list; a negative start counts from the end."""
    first = as_int(start)
    size = len(items) if length is None else as_int(length)
    if not first or size is None or size < 0 or abs(first) > len(items):
        return None
    begin = first - 1 if first > 0 else len(items) + first
    return items[begin : begin + size] if length is None or begin + size <= len(items) else None


@builtin("append(list: list, item: any...)")
def append(_: Account, items: list[Any], *more: Any) -> list[Any]:
    """Return a list with further items at its end."""
    return [*items, *more]


@builtin("concatenate(list: list...)")
def concatenate(_: Account, *lists: list[Any]) -> list[Any]:
    """Return the items of all lists, one list after another."""
    return [item for items in lists for item in items]


@builtin("insert before(list: list, position: number, newItem: any)")
def insert_before(_: Account, items: list[Any], position: Decimal, item: Any) -> list[Any] | None:
    """Return a list with a further item before a position."""
    index = _index(items, position)
    return None if index is None else [*items[:index], item, *items[index:]]


@builtin("remove(list: list, position: number)")
def remove(_: Account, items: list[Any], position: Decimal) -> list[Any] | None:
    """Return a list without the item at a position."""
    index = _index(items, position)
    return None if index is None else items[:index] + items[index + 1 :]


@builtin(
    "list replace(list: list, position: number, newItem: any)",
    "list replace(list: list, match: function, newItem: any)",
)
def list_replace(
    account: Account, items: list[Any], which: Decimal | Function, item: Any
) -> list[Any] | None:
    """Return a list with another item at a position, or wherever ``match(item, newItem)`` is true."""
    if isinstance(which, Decimal):
        index = _index(items, which)
        return None if index is None else [*items[:index], item, *items[index + 1 :]]
    replaced = []
    for old in items:
        matches = call(which, [old, item], account)
        if not isinstance(matches, bool):
            return None
        replaced.append(item if matches else old)
    return replaced


def _index(items: list[Any], position: Decimal) -> int | None:
    number = truncated(position)
    if number is None or not 1 <= abs(number) <= len(items):
        return None
    return number - 1 if number > 0 else len(items) + number


@builtin("reverse(list: list)")
def reverse(_: Account, items: list[Any]) -> list[Any]:
    """Return the items in the opposite order."""
    return items[::-1]


@builtin("index of(list: list, match: any)")
def index_of(_: Account, items: list[Any], match: Any) -> list[Decimal]:
    """Return the positions, from 1, of the items that equal a value."""
    return [Decimal(number) for number, item in enumerate(items, start=1) if _same(item, match)]


@builtin("distinct values(list: list)")
def distinct_values(account: Account, items: list[Any]) -> list[Any]:
    """Return the items without repetitions, each where it came first."""
    return _distinct(account, items)


def _distinct(account: Account, items: list[Any]) -> list[Any]:
    distinct: list[Any] = []
    for item in items:
        account.spend((len(distinct) + 1) * account.weight_of(item))
        if not any(_same(item, known) for known in distinct):
            distinct.append(item)
    return distinct


@builtin("union(list: list...)")
def union(account: Account, *lists: list[Any]) -> list[Any]:
    """Return the items of all lists without repetitions."""
    return _distinct(account, [item for items in lists for item in items])


@builtin("flatten(list: list)")
def flatten(account: Account, items: list[Any]) -> list[Any]:
    """Return the items of a list, with those of the lists in it in their place."""
    return _flat(account, items)


def _flat(account: Account, items: list[Any]) -> list[Any]:
    flat: list[Any] = []
    for item in items:
        account.spend()
        flat += _flat(account, item) if isinstance(item, list) else [item]
    return flat


@builtin("sort(list: list)", "sort(list: list, precedes: function)")
def sort(account: Account, items: list[Any], precedes: Function | None = None) -> list[Any] | None:
    """Return the items in order; ``precedes(a, b)`` is true where a comes first, ``<`` if it is not given."""
    order = _natural_order(account) if precedes is None else _order_by(account, precedes)
    try:
        return sorted(items, key=cmp_to_key(order))
    except _NoOrder:
        return None


class _NoOrder(Exception):
    """Two items have no order."""


def _natural_order(account: Account) -> Callable[[Any, Any], int]:
    def order(left: Any, right: Any) -> int:
        account.spend()
        result = compare(left, right)
        if result is None:
            raise _NoOrder
        return result

    return order


def _order_by(account: Account, precedes: Function) -> Callable[[Any, Any], int]:
    def order(left: Any, right: Any) -> int:
        first = call(precedes, [left, right], account)
        if not isinstance(first, bool):
            raise _NoOrder
        if first:
            return -1
        return 1 if call(precedes, [right, left], account) is True else 0

    return order
