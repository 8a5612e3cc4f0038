"""A group of units that an office defines for its own letters, by kinds or by list, from day to day."""

from dataclasses import dataclass
from datetime import date

from processes.units.groups import essence


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeGroup:
    """One group in one period, both days included.

    Attributes:
        wordings: phrases of letters that name it, beside its name.
        kinds: kinds of unit whose addressed units belong to it.
        members: codes of units that belong to it whatever their kind.
    """

    code: str
    name: str
    wordings: tuple[str, ...] = ()
    kinds: frozenset[str] = frozenset()
    members: tuple[str, ...] = ()
    valid_from: date
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        """Say whether the group exists on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def is_named(self, text: str) -> bool:
        """Say whether a phrase names the group: *các đơn vị sự nghiệp*."""
        wanted = essence(text)
        return bool(wanted) and wanted in {essence(wording) for wording in (self.name, *self.wordings)}
