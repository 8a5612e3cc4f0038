"""The people who sign in and who stands in for whom. A role or a unit changes here; nothing else in the database
names a permission.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.database import Identifier, UtcDateTime
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


class Substitution(Base):
    """One person stands in for another on days in Vietnam, both included.

    Attributes:
        created_by: key of the actor who named the substitute; ``ended_by``: of who ended it before its time.
    """

    __tablename__ = "substitution"

    id: Mapped[UUID] = mapped_column(Identifier, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    substitute_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    from_on: Mapped[date] = mapped_column(Date)
    to_on: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(String(300))
    created_by: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_by: Mapped[str | None] = mapped_column(String(100))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    person: Mapped[User] = relationship(foreign_keys=person_id, lazy="joined")
    substitute: Mapped[User] = relationship(foreign_keys=substitute_id, lazy="joined")

    def runs_on(self, day: date) -> bool:
        """Tell whether it is in force on a day."""
        return self.ended_at is None and self.from_on <= day <= self.to_on
