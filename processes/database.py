"""The declarative base of the domain's tables; they live beside the engine's in one schema."""

from typing import Any

import orjson
from sqlalchemy import Text
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from engine.tables import metadata as engine_metadata


class Base(DeclarativeBase):
    """All persistent objects of the directive domain."""

    metadata = engine_metadata


class JsonText(TypeDecorator[Any]):
    """A JSON value, kept as text; a new value replaces the whole, changes within it are not noticed."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Dialect) -> str | None:
        """Write a value; ``None`` is kept as NULL."""
        return None if value is None else orjson.dumps(value).decode()

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Any:
        """Read a value."""
        return None if value is None else orjson.loads(value)
