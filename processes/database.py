"""The declarative base of the domain's tables; they live beside the engine's in one schema."""

from sqlalchemy.orm import DeclarativeBase

from engine.tables import metadata as engine_metadata


class Base(DeclarativeBase):
    """All persistent objects of the directive domain."""

    metadata = engine_metadata
