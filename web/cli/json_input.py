"""JSON that is given on the command line, as text or as ``@FILE``."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

#: Largest accepted JSON, in characters.
MAX_LENGTH = 5_000_000


def json_object(given: str, option: str) -> dict[str, Any]:
    """Return the object that an option gives; numbers with a point keep all their digits.

    Raises:
        ValueError: it is no JSON object, or the file cannot be read.
    """
    text = _content(Path(given[1:]), option) if given.startswith("@") else given
    if len(text) > MAX_LENGTH:
        raise ValueError(
            f"Expected {option} to be JSON of at most {MAX_LENGTH} characters, but got {len(text)}"
        )
    try:
        value = json.loads(text, parse_float=Decimal, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise ValueError(
            f"Expected {option} to be JSON, but at line {error.lineno}, column {error.colno}: {error.msg}"
        ) from error
    except (ValueError, RecursionError) as error:
        raise ValueError(f"Expected {option} to be JSON, but {error}") from error
    if not isinstance(value, dict):
        raise ValueError(f'Expected {option} to be a JSON object such as {{"x": 1}}, but got another value')
    return value


def json_variables(given: str, option: str) -> dict[str, Any]:
    """Return the object that an option gives, as process variables hold it: numbers with a point are doubles.

    Raises:
        ValueError: as :func:`json_object`.
    """
    plain: dict[str, Any] = _plain(json_object(given, option))
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


def _content(path: Path, option: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"Expected {option} to name a file in UTF-8, but {path} cannot be read") from error


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no number of JSON")
