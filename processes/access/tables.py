"""The people who sign in. A role or a unit changes here; nothing else in the database names a permission."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.database import UtcDateTime
from processes.database import Base


class User(Base):
    """One person who can sign in.

    Attributes:
        username: what the person types, lower case, unique.
        fs_uniquifier: names the user in session cookies; a new value ends all sessions.
        password: argon2id hash, never the word itself.
        unit_code: the unit the person works in; ``None`` for the city's leaders and for outsiders.
    """

    # "user" is a reserved word in PostgreSQL
    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    username: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(String(254))
    password: Mapped[str] = mapped_column(String(200))
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    active: Mapped[bool] = mapped_column(default=True)
    unit_code: Mapped[str | None] = mapped_column(String(40), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    roles: Mapped[list["UserRole"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="UserRole.name"
    )

    @property
    def role_names(self) -> tuple[str, ...]:
        """The names of the roles held, in alphabetical order."""
        return tuple(role.name for role in self.roles)


class UserRole(Base):
    """One role held by one user; ``name`` is a value of :class:`processes.access.policy.Role`."""

    __tablename__ = "user_role"

    user_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)

    def get_permissions(self) -> set[str]:
        """Return nothing: permissions are the policy's (the sign-in library asks every role for some)."""
        return set()
