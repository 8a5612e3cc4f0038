"""Creates accounts and finds the people behind the keys in a journal."""

import re
import secrets
from collections.abc import Collection, Iterable, Mapping

from argon2 import PasswordHasher
from argon2.profiles import RFC_9106_LOW_MEMORY
from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import SYSTEM, Actor
from engine.errors import Rejection
from processes.access.policy import (
    UNIT_ROLES,
    Role,
    actor_key,
    groups_of,
    may_work_on_tasks,
    still_allowed,
)
from processes.access.tables import User, UserRole

#: RFC 9106's second recommended choice for argon2id: 64 MiB, three passes.
PASSWORD_PROFILE = RFC_9106_LOW_MEMORY
#: NIST SP 800-63B: length is what counts.
PASSWORD_LENGTH_MIN = 10

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")


class UsernameTaken(Rejection):
    """Somebody else signs in under this name."""

    code = "username_taken"
    status = 409


class UserInvalid(Rejection):
    """The account's name, password or role does not meet the rules."""

    code = "user_invalid"
    status = 422


def hash_password(password: str) -> str:
    """Return the argon2id hash of ``password``.

    Raises:
        UserInvalid: the password is shorter than :data:`PASSWORD_LENGTH_MIN`.
    """
    if len(password) < PASSWORD_LENGTH_MIN:
        raise UserInvalid(
            f"Expected a password of at least {PASSWORD_LENGTH_MIN} characters, but it has {len(password)}",
            field="password",
        )
    return PasswordHasher.from_parameters(PASSWORD_PROFILE).hash(password)


def create_user(
    session: Session,
    *,
    username: str,
    name: str,
    password_hash: str,
    roles: Iterable[Role],
    unit_code: str | None = None,
    email: str | None = None,
) -> User:
    """Add an account to the session; the caller commits.

    Args:
        username: letters a–z, digits, dot, dash, underscore; stored in lower case.
        password_hash: what :func:`hash_password` returned.

    Raises:
        UserInvalid: the user name has other characters, or no role is given, or a role that works in a unit
            comes without one.
        UsernameTaken: the user name is in use.
    """
    username = username.lower()
    held = sorted(set(roles))
    if not _USERNAME.fullmatch(username):
        raise UserInvalid(
            "Expected a user name of 2 to 64 characters, a–z, 0–9 and . _ -, beginning with a letter or digit, "
            f"but '{username}' has {len(username)}"
            if not 2 <= len(username) <= 64
            else "Expected a user name of a–z, 0–9 and . _ -, beginning with a letter or digit, "
            f"but got '{username}'",
            field="username",
        )
    if not held:
        raise UserInvalid(f"Expected account '{username}' to have a role, but it has none", field="roles")
    if unit_code is None and not UNIT_ROLES.isdisjoint(held):
        raise UserInvalid(f"Expected account '{username}' to have a unit for its role", field="unit_code")
    if session.scalar(select(User.id).where(User.username == username)) is not None:
        raise UsernameTaken(f"Expected user name '{username}' to be free, but it is taken", username=username)
    user = User(
        username=username,
        name=name,
        email=email,
        password=password_hash,
        fs_uniquifier=secrets.token_hex(32),
        active=True,
        unit_code=unit_code,
        created_at=clock.now(),
        roles=[UserRole(name=role.value) for role in held],
    )
    session.add(user)
    session.flush()
    return user


def find_user(session: Session, username: str) -> User | None:
    """Return the account that signs in under ``username``, whatever its case."""
    return session.scalar(select(User).where(User.username == username.lower()))


def standing(connection: Connection, actor: Actor) -> Actor | None:
    """Return what is left of the rights of somebody who asked for something a while ago.

    ``None`` for a closed account. Who is no account, as the system or whoever sits at the machine, keeps them all.
    """
    if not actor.key.startswith(actor_key("")):
        return actor
    with Session(connection) as session:
        user = find_user(session, actor.key.removeprefix(actor_key("")))
        return still_allowed(actor, user) if user is not None and user.active else None


def people_of_groups(session: Session, groups: Collection[str]) -> list[User]:
    """Return the people who belong to one of the candidate groups, by name."""
    users = session.scalars(select(User).where(User.active).order_by(User.name, User.username))
    return [user for user in users if not groups_of(user).isdisjoint(groups)]


def colleagues_of(session: Session, person: User) -> list[User]:
    """Return who has tasks in the person's own unit, by name; the city's leaders are each other's colleagues."""
    users = session.scalars(
        select(User)
        .where(User.active, User.id != person.id, User.unit_code == person.unit_code)
        .order_by(User.name, User.username)
    )
    return [user for user in users if may_work_on_tasks(user)]


def names_by_actor_key(session: Session, keys: Iterable[str]) -> Mapping[str, str]:
    """Return the names of the people behind journal keys; a key without an account is left out."""
    usernames = {key.removeprefix("u:") for key in keys if key.startswith("u:")}
    rows = session.execute(select(User.username, User.name).where(User.username.in_(usernames)))
    return {SYSTEM.key: SYSTEM.name, **{actor_key(username): name for username, name in rows}}
