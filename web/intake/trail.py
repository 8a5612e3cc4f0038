"""The trail of a document in sentences: who changed what, when, from what to what, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from engine import clock
from processes.directives.drafting.view import DraftView
from processes.documents.states import DocumentState
from web.intake.vocabulary import deadline_words, nature_label, period_label, state_label, urgency_label
from web.language import gettext, ngettext
from web.typography import day
from web.units import unit_name, units_by_code
from web.words import person_in_words

#: Within which time equal changes of several directives are one act.
_AT_ONCE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change.

    Attributes:
        values: what was changed, as (what, before, after); empty words where there was nothing.
    """

    at: datetime
    who: str
    words: str
    values: Sequence[tuple[str, str, str]]
    reason: str


def changes(view: DraftView, names: Mapping[str, str]) -> list[Change]:
    """Return the changes of a document, the latest first; what was done to several directives at once as one."""
    ordinals = {each.directive.id: each.directive.ordinal for each in view.directives}
    rows = [
        _Row(
            at=row.at,
            actor=row.actor,
            act=row.act,
            ordinals=(ordinals[row.directive_id],) if row.directive_id in ordinals else (),
            before=row.before,
            after=row.after,
            reason=row.reason or "",
        )
        for row in view.trail
    ]
    return list(reversed(_in_words(rows, names)))


def changes_meanwhile(rows: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> list[Change]:
    """Return what a refusal says that others changed meanwhile, the latest last."""
    return _in_words(
        [
            _Row(
                at=clock.from_text(str(row["at"])),
                actor=str(row["by"]),
                act=str(row["act"]),
                ordinals=(row["ordinal"],) if row["ordinal"] else (),
                before=row["before"],
                after=row["after"],
            )
            for row in rows
        ],
        names,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """A row of the trail, or several that say the same of several directives."""

    at: datetime
    actor: str
    act: str
    ordinals: tuple[str, ...]
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    reason: str = ""

    def says_the_same_as(self, other: "_Row") -> bool:
        """Tell whether both are one act on several directives."""
        return bool(self.ordinals and other.ordinals) and (
            self.actor,
            self.act,
            self.before,
            self.after,
            self.reason,
        ) == (other.actor, other.act, other.before, other.after, other.reason)


def _in_words(rows: Sequence[_Row], names: Mapping[str, str]) -> list[Change]:
    grouped: list[_Row] = []
    for row in rows:
        last = grouped[-1] if grouped else None
        if last is not None and last.says_the_same_as(row) and row.at - last.at < _AT_ONCE:
            grouped[-1] = replace(last, ordinals=last.ordinals + row.ordinals)
        else:
            grouped.append(row)
    return [
        Change(
            at=row.at,
            who=_who(names, row.actor),
            words=act_in_words(row.act, row.ordinals, row.before, row.after),
            values=values_in_words(row.before, row.after),
            reason=row.reason,
        )
        for row in grouped
    ]


def _who(names: Mapping[str, str], actor: str) -> str:
    key, _, behalf = actor.partition(" (")
    return person_in_words(names, key, behalf.rstrip(")") or None)


def act_in_words(
    act: str,
    ordinals: Sequence[str],
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> str:
    """Return what was done: *tách mục 4 thành 4.1, 4.2*."""
    item = gettext("item %(ordinal)s", ordinal=", ".join(ordinals)) if ordinals else ""
    match act:
        case "document_saved":
            count = int((after or {}).get("directives", 0))
            return ngettext("read the file in: one item", "read the file in: %(num)s items", count)
        case "document_read_again":
            return gettext("read the file again")
        case "envelope_set":
            return gettext("set what the letter is called")
        case "directive_edited":
            return gettext("edited %(item)s", item=item)
        case "leads_set":
            return gettext("set who leads %(item)s", item=item)
        case "deadline_set":
            return gettext("set the deadline of %(item)s", item=item)
        case "reporting_period_set":
            return gettext("set how often units report on %(item)s", item=item)
        case "directive_split":
            parts = ", ".join(str(each["ordinal"]) for each in (after or {}).get("parts", ()))
            return gettext("split %(item)s into %(parts)s", item=item, parts=parts)
        case "directives_merged":
            parts = ", ".join(map(str, (before or {}).get("ordinals", ())))
            return gettext("merged items %(parts)s into %(item)s", parts=parts, item=item)
        case "directive_added":
            return gettext("added %(item)s", item=item)
        case "directive_dropped":
            return gettext("left out %(item)s", item=item)
        case "directive_restored":
            given = ", ".join(map(str, (after or {}).get("given", ())))
            return gettext("took back in: %(items)s", items=given or item)
        case "gap_overridden":
            return gettext("let %(item)s go with something unclear", item=item)
        case "override_lifted":
            return gettext("asked again for what is unclear in %(item)s", item=item)
        case "no_directive_confirmed":
            return gettext("confirmed that the document directs nothing")
        case "document_submitted":
            return gettext("submitted the document for approval")
        case "document_approved":
            return gettext("approved the document")
        case "document_sent_back":
            return gettext("asked for a revision")
        case "document_refused":
            return gettext("refused the document")
        case "document_issued":
            return gettext("assigned the items to the units")
        case "issue_undone":
            return gettext("undid the issue as a whole")
        case "document_withdrawn":
            return gettext("withdrew the document")
        case "document_reopened":
            return gettext("took the document back to be edited")
        case "awaited_set":
            return gettext("set which documents %(item)s waits for", item=item)
        case "directive_withdrawn":
            return gettext("withdrew %(item)s from the units", item=item)
        case "directive_amended":
            return gettext("amended %(item)s", item=item)
        case "document_linked":
            return gettext("linked a document that %(item)s waited for", item=item)
        case _:
            return act.replace("_", " ")


def values_in_words(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> list[tuple[str, str, str]]:
    """Return the fields that were changed, in words: label, before, after."""
    found = []
    for name in dict.fromkeys([*(before or {}), *(after or {})]):
        label = _label(name)
        if label:
            was, now = (_value(name, side.get(name)) for side in (before or {}, after or {}))
            found.append((label, was, now))
    return found


def _label(name: str) -> str:
    match name.removeprefix("set_"):
        case "number_no":
            return gettext("Number")
        case "issued_on":
            return gettext("Day of issue")
        case "subject":
            return gettext("What it is about")
        case "issuer":
            return gettext("Issuer")
        case "place":
            return gettext("Place")
        case "doc_type":
            return gettext("Kind of document")
        case "signer_name" | "signer_title" | "signer_authority":
            return gettext("Signed by")
        case "urgency":
            return gettext("Urgency")
        case "state":
            return gettext("State")
        case "summary":
            return gettext("Summary")
        case "leads":
            return gettext("Lead")
        case "coordinating":
            return gettext("Coordinating")
        case "deadline":
            return gettext("Deadline")
        case "reporting_period":
            return gettext("Periodic report")
        case "product":
            return gettext("Product")
        case "criterion":
            return gettext("Acceptance criterion")
        case "nature":
            return gettext("Nature")
        case "person":
            return gettext("Person in charge")
        case "text":
            return gettext("Text")
        case _:
            return ""


def _value(name: str, value: Any) -> str:
    """Return a value as people write it; what the letter says where nothing was set."""
    if value is None or value == "":
        return gettext("as the letter says") if name.startswith("set_") else gettext("nothing")
    match name:
        case "issued_on":
            return day(value if isinstance(value, date) else str(value))
        case "state":
            return state_label(DocumentState(value))
        case "urgency":
            return urgency_label(str(value))
        case "set_leads" if isinstance(value, Mapping):
            named = "; ".join(map(_unit, value.get("include", ())))
            without = ", ".join(map(_unit, value.get("except", ())))
            return gettext("%(leads)s, without %(units)s", leads=named, units=without) if without else named
        case "set_deadline" if isinstance(value, Mapping):
            return deadline_words(value)
        case "set_reporting_period":
            return period_label(str(value))
        case "set_nature":
            return nature_label(str(value))
    if isinstance(value, list):
        return "; ".join(map(_unit, value))
    return str(value)


def _unit(code: object) -> str:
    return unit_name(str(code)) if str(code) in units_by_code() else str(code)
