"""The demo's accounts: heads, a few deputies, coordinators, leaders, an auditor, an administrator."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine.actors import Actor
from processes.access.accounts import create_user, find_user, hash_password
from processes.access.policy import Role, actor_for
from processes.units.registry import Unit

#: The one password of all demo accounts; it is printed, and it opens nothing but a demo.
PASSWORD = "sau-ro-demo"

_FAMILY_NAMES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô")
_MIDDLE_NAMES = ("Văn", "Thị", "Minh", "Quốc", "Thanh", "Ngọc", "Đức", "Hữu", "Kim", "Xuân")
_GIVEN_NAMES = (
    "An", "Bình", "Châu", "Dũng", "Giang", "Hà", "Hải", "Hạnh", "Hiếu", "Hòa", "Hương", "Khánh", "Lan",
    "Linh", "Long", "Mai", "Nam", "Nga", "Phúc", "Phương", "Quân", "Sơn", "Tâm", "Thảo", "Trang", "Tuấn",
    "Vinh", "Yến",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """An account worth printing."""

    username: str
    name: str
    role: str
    unit: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Everybody of the demo, by the candidate group they belong to."""

    by_group: Mapping[str, tuple[Actor, ...]]
    logins: tuple[Login, ...]


def create_people(session: Session, units: Iterable[Unit]) -> People:
    """Create the accounts that are not there yet; the caller commits."""
    hashed = hash_password(PASSWORD)
    wanted: list[tuple[str, Role, str | None]] = [
        ("dieuphoi.snv", Role.COORDINATOR, "SNV"),
        ("dieuphoi2.snv", Role.COORDINATOR, "SNV"),
        ("dieuphoi.vpub", Role.COORDINATOR, "VPUB"),
        ("lanhdao", Role.LEADER, None),
        ("lanhdao2", Role.LEADER, None),
        ("kiemtra", Role.AUDITOR, None),
        ("quantri", Role.ADMINISTRATOR, None),
    ]
    units = list(units)
    wanted += [(f"thutruong.{unit.code.lower()}", Role.UNIT_HEAD, unit.code) for unit in units]
    wanted += [(f"phothutruong.{unit.code.lower()}", Role.DEPUTY_HEAD, unit.code) for unit in units[:2]]
    by_group: dict[str, tuple[Actor, ...]] = {}
    logins: list[Login] = []
    for position, (username, role, unit_code) in enumerate(wanted):
        user = find_user(session, username) or create_user(
            session,
            username=username,
            name=_name(position),
            email=f"{username}@example.invalid",
            password_hash=hashed,
            roles=(role,),
            unit_code=unit_code,
        )
        actor = actor_for(user)
        for group in actor.groups:
            by_group[group] = (*by_group.get(group, ()), actor)
        logins.append(Login(username=username, name=user.name, role=role.value, unit=unit_code))
    return People(by_group=by_group, logins=tuple(logins))


def _name(position: int) -> str:
    family = _FAMILY_NAMES[position % len(_FAMILY_NAMES)]
    middle = _MIDDLE_NAMES[position // 3 % len(_MIDDLE_NAMES)]
    return f"{family} {middle} {_GIVEN_NAMES[position * 5 % len(_GIVEN_NAMES)]}"
