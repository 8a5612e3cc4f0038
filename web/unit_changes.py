"""What changes in the registry, in words, for pages and the command line."""

from datetime import date

from processes.units import trail
from processes.units.acts import ActKind
from processes.units.differences import Difference, UnitChange
from web.language import gettext
from web.typography import day


def change_in_words(change: UnitChange) -> str:
    """Return one change of a unit: *đổi tên thành …, từ 01/07/2026*."""
    match change.what:
        case Difference.ADDED:
            return gettext("new")
        case Difference.RENAMED:
            told = gettext("new name: %(old)s → %(new)s", old=change.before, new=change.after)
        case Difference.KIND_CHANGED:
            told = gettext(
                "new kind: %(old)s → %(new)s",
                old=kind_in_words(change.before),
                new=kind_in_words(change.after),
            )
        case Difference.PERIOD_ADDED:
            told = gettext("a new period with the same name")
        case Difference.PERIOD_REMOVED:
            told = gettext("a period is removed: %(name)s", name=change.before)
        case Difference.CLOSED:
            return gettext("ends with %(day)s", day=day(change.on))
        case Difference.REOPENED:
            return gettext("goes on; it had ended with %(day)s", day=day(change.before))
        case Difference.END_MOVED:
            return gettext("ends with %(new)s, not %(old)s", new=day(change.after), old=day(change.before))
        case Difference.ALIASES:
            told = _from_to(gettext("other names"), change)
        case Difference.IDENTIFIER:
            told = _from_to(gettext("identifier"), change)
        case Difference.PARENT:
            told = _from_to(gettext("unit above"), change)
        case Difference.RECIPIENT:
            told = _from_to(gettext("receives letters"), change)
        case Difference.REPLACED_BY:
            told = gettext("taken over by %(codes)s", codes=change.after or "–")
        case Difference.OTHER_NAMES:
            told = _from_to(gettext("short or English name, heading"), change)
    return told if change.on is None else gettext("%(what)s, from %(day)s", what=told, day=day(change.on))


def kind_in_words(kind: str) -> str:
    """Return what people call a kind of unit."""
    match kind:
        case "department":
            return gettext("Department")
        case "agency":
            return gettext("Agency")
        case "vertical":
            return gettext("Vertical agency")
        case "ward":
            return gettext("Ward")
        case "commune":
            return gettext("Commune")
        case _:
            return kind


def act_in_words(kind: str) -> str:
    """Return what people call a change of the registry."""
    match kind:
        case ActKind.MERGE:
            return gettext("Merger")
        case ActKind.SPLIT:
            return gettext("Split")
        case ActKind.RENAME:
            return gettext("New name")
        case ActKind.CHANGE_KIND:
            return gettext("New kind")
        case ActKind.CLOSE:
            return gettext("Closed")
        case trail.LOAD:
            return gettext("File loaded")
        case trail.GROUP:
            return gettext("Group of units")
        case trail.PEOPLE:
            return gettext("Accounts moved")
        case _:
            return kind


def change_json(change: UnitChange) -> dict[str, str | None]:
    """Return a change as JSON values."""
    return {
        "code": change.code,
        "name": change.name,
        "what": change.what.value,
        "before": change.before,
        "after": change.after,
        "on": None if change.on is None else change.on.isoformat(),
    }


def period_in_words(begins: date | None, ends: date | None) -> str:
    """Return a period: *từ 01/07/2025*, *đến 30/06/2026*, *01/07/2025 – 30/06/2026*."""
    if begins is None and ends is None:
        return gettext("without beginning or end")
    if ends is None:
        return gettext("from %(day)s", day=day(begins))
    if begins is None:
        return gettext("until %(day)s", day=day(ends))
    return f"{day(begins)} – {day(ends)}"


def _from_to(what: str, change: UnitChange) -> str:
    return f"{what}: {change.before or '–'} → {change.after or '–'}"
