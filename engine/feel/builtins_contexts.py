"""Built-in functions on contexts (DMN 1.5, 10.3.4.9)."""

from typing import Any

from engine.feel.bounds import Account
from engine.feel.builtins_registry import builtin


@builtin("get value(m: context, key: string)", "get value(context: context, keys: list)")
def get_value(_: Account, context: dict[str, Any], key: str | list[Any]) -> Any:
    """Return the entry under a key, or under a path of keys."""
    value: Any = context
    keys = key if isinstance(key, list) else [key]
    for step in keys:
        value = value.get(step) if isinstance(value, dict) and isinstance(step, str) else None
    return value if keys else None


@builtin("get entries(m: context)")
def get_entries(_: Account, context: dict[str, Any]) -> list[Any]:
    """Return the entries as contexts of ``key`` and ``value``."""
    return [{"key": key, "value": value} for key, value in context.items()]


@builtin("context(entries: list)")
def context_(_: Account, entries: list[Any]) -> dict[str, Any] | None:
    """Return the context of entries of ``key`` and ``value``; a key that comes twice gives ``null``."""
    made: dict[str, Any] = {}
    for entry in entries:
        if not isinstance(entry, dict) or "value" not in entry or not isinstance(entry.get("key"), str):
            return None
        if entry["key"] in made:
            return None
        made[entry["key"]] = entry["value"]
    return made


@builtin(
    "context put(context: context, key: string, value: any)",
    "context put(context: context, keys: list, value: any)",
)
def context_put(account: Account, context: dict[str, Any], key: str | list[Any], value: Any) -> Any:
    """Return a context with one entry replaced or added, at a key or at the end of a path of keys."""
    if isinstance(key, str):
        return {**context, key: value}
    if not key or not isinstance(key[0], str):
        return None
    if len(key) == 1:
        return {**context, key[0]: value}
    inner = context.get(key[0], {})
    if not isinstance(inner, dict):
        return None
    account.spend()
    changed = context_put(account, inner, key[1:], value)
    return None if changed is None else {**context, key[0]: changed}


@builtin("context merge(contexts: list)")
def context_merge(_: Account, contexts: list[Any]) -> dict[str, Any] | None:
    """Return the entries of all contexts; of entries with the same key the last counts."""
    merged: dict[str, Any] = {}
    for context in contexts:
        if not isinstance(context, dict):
            return None
        merged |= context
    return merged
