"""Built-in functions on texts (DMN 1.5, 10.3.4.3); characters are Unicode code points, counted from 1."""

from decimal import Decimal
from typing import Any

from engine.feel.bounds import Account
from engine.feel.builtins_registry import builtin
from engine.feel.values import truncated


@builtin(
    "substring(string: string, start position: number)",
    "substring(string: string, start position: number, length: number?)",
)
def substring(_: Account, text: str, start: Decimal, length: Decimal | None = None) -> str | None:
    """Return a piece of a text; a negative start counts from the end, and 0 is ``null``."""
    first = truncated(start)
    count = len(text) if length is None else truncated(length)
    if not first or count is None or count < 1 or abs(first) > len(text):
        return None
    begin = first - 1 if first > 0 else len(text) + first
    return text[begin : begin + count]


@builtin("string length(string: string)")
def string_length(_: Account, text: str) -> Decimal:
    """Return the number of characters."""
    return Decimal(len(text))


@builtin("upper case(string: string)")
def upper_case(_: Account, text: str) -> str:
    """Return the text in capital letters."""
    return text.upper()


@builtin("lower case(string: string)")
def lower_case(_: Account, text: str) -> str:
    """Return the text in small letters."""
    return text.lower()


@builtin("trim(string: string)")
def trim(_: Account, text: str) -> str:
    """Return the text without white space at its ends (also in Camunda 8)."""
    return text.strip()


@builtin("substring before(string: string, match: string)")
def substring_before(_: Account, text: str, match: str) -> str:
    """Return what stands before the first occurrence, nothing if there is none."""
    return text.partition(match)[0] if match and match in text else ""


@builtin("substring after(string: string, match: string)")
def substring_after(_: Account, text: str, match: str) -> str:
    """Return what stands after the first occurrence, nothing if there is none."""
    return text.partition(match)[2] if match else text


@builtin("contains(string: string, match: string)")
def contains(_: Account, text: str, match: str) -> bool:
    """Return whether a text occurs in another."""
    return match in text


@builtin("starts with(string: string, match: string)")
def starts_with(_: Account, text: str, match: str) -> bool:
    """Return whether a text begins with another."""
    return text.startswith(match)


@builtin("ends with(string: string, match: string)")
def ends_with(_: Account, text: str, match: str) -> bool:
    """Return whether a text ends with another."""
    return text.endswith(match)


@builtin("string join(list: list)", "string join(list: list, delimiter: string?)")
def string_join(account: Account, items: list[Any], delimiter: str | None = None) -> str | None:
    """Join texts; ``null`` items are left out, other types make the result ``null``."""
    texts = [item for item in items if item is not None]
    if not all(isinstance(item, str) for item in texts):
        return None
    account.require_size(sum(map(len, texts)) + len(delimiter or "") * len(texts))
    return (delimiter or "").join(texts)
