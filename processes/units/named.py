"""Names found in a text, and what they name."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from processes.units.groups import Group

if TYPE_CHECKING:
    from processes.units.registry import Unit


class NameKind(StrEnum):
    """What a name names."""

    #: One unit.
    UNIT = "unit"
    #: A group, or several joined in one phrase.
    GROUP = "group"
    #: Units listed under a group: ``UBND các xã: A, B``.
    LIST = "list"
    #: ``các đơn vị liên quan``: nobody says who.
    CONCERNED = "concerned"
    #: A name in a list that no unit has.
    UNKNOWN = "unknown"
    #: ``các đơn vị có nhiệm vụ quá hạn``: who that is, is asked when the work is assigned.
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A name in a text.

    Attributes:
        text: as written; ``wording`` names the same without what stands before it: ``Sở Tài chính`` for the
            ``Tài chính`` of a list.
        units: whom it names on the day; none where that is open.
        former_name: a unit is called by a name that it bore before.
    """

    text: str
    wording: str
    kind: NameKind
    start: int
    end: int
    units: "tuple[Unit, ...]" = ()
    groups: tuple[Group, ...] = ()
    former_name: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Names that stand together, joined by commas, semicolons or *và*.

    Attributes:
        exceptions: units named behind *trừ*.
        unlisted: names in a list under a prefix that the registry does not have; ``wording`` has the prefix.
    """

    names: tuple[Name, ...]
    start: int
    end: int
    exceptions: tuple[Name, ...] = ()
    unlisted: tuple[Name, ...] = ()

    @property
    def units(self) -> "tuple[Unit, ...]":
        """Everybody named, each once, without the exceptions."""
        left_out = {unit.code for name in self.exceptions for unit in name.units}
        found = {unit.code: unit for name in self.names for unit in name.units if unit.code not in left_out}
        return tuple(found.values())
