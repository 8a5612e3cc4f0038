"""Reads one directive from its paragraphs: executors, time, products, rates; and what those above say for it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from processes.documents.deadlines import Deadline
from processes.documents.reading.basis import Basis
from processes.documents.reading.brackets import bracketed
from processes.documents.reading.cells import leads_of_cells, products_of
from processes.documents.reading.contacts import without_contacts, without_personal_data
from processes.documents.reading.directive import DirectiveReading
from processes.documents.reading.evidence import CONFIDENCE, Evidence, How, evidence
from processes.documents.reading.fields import Field, Labelled, fields_in
from processes.documents.reading.indicators import indicator_details, indicators, target_of
from processes.documents.reading.leads import Leads
from processes.documents.reading.products import products_in
from processes.documents.reading.values import UnknownName
from processes.documents.source.blocks import Line

_ASKS = re.compile(r"^Đề nghị\s", re.IGNORECASE)
_BY_HEAD = re.compile(r"^(?:[^,;]*\s)?người đứng đầu\b", re.IGNORECASE)
#: What is left of a paragraph that only told whom to call.
_CONTACT = re.compile(r"^(?:Mọi )?(?:thông tin|chi tiết|đầu mối|liên hệ|vướng mắc)\b", re.IGNORECASE)
#: How much of a directive is looked into, and how many of its paragraphs for labels.
_REACH = 20_000
_MOST_LABELLED = 100
_BRACKET_REACH = 600
_GIVEN = re.compile(r"^(?:Giao|Đề nghị|Yêu cầu|Phân công)\s", re.IGNORECASE)
_DUTY = r"(?:chủ trì|có trách nhiệm|[;)])"
#: What stands around the executors in a heading.
_DUTY_OF = re.compile(
    r"^(?:(?:Trách nhiệm|Nhiệm vụ)(?:\s+cụ thể)?\s+(?:của\s+|đối với\s+)?|Đối với\s+|Giao\s+(?:cho\s+)?"
    r"|Yêu cầu\s+|Đề nghị\s+|Phân công\s+(?:cho\s+)?)",
    re.IGNORECASE,
)
#: Bodies that a decision sets up; the registry does not have them.
_TEAM = re.compile(r"^(?:Tổ|Ban|Hội đồng|Đoàn|Đội|Nhóm)\s(?:\S+\s?){1,14}$")
_HAS_DUTY = re.compile(
    r"\s*(?:có (?:các )?nhiệm vụ(?: sau)?|có trách nhiệm|chịu trách nhiệm|chủ trì|thực hiện)?\s*[:.]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What headings and items say for all below them.

    Attributes:
        leads: who is named; ``None`` if nobody is.
        lead_evidence, deadline_evidence: what that was read from.
    """

    leads: Leads | None = None
    by_head: bool = False
    lead_evidence: Evidence | None = None
    deadline: Deadline | None = None
    deadline_evidence: Evidence | None = None
    products: tuple[str, ...] = ()
    products_evidence: Evidence | None = None

    @property
    def names_somebody(self) -> bool:
        """Whether somebody is named."""
        return self.leads is not None


def executors_of(heading: str, basis: Basis) -> Leads | None:
    """Return whom a heading names: ``Sở Nội vụ``, ``Trách nhiệm của các sở, ban, ngành``; ``None`` for a topic."""
    text = _HAS_DUTY.sub("", heading).strip()
    bare = _DUTY_OF.sub("", text)
    named = basis.executors(text) or basis.executors(bare)
    team = _TEAM.match(bare)
    if named is None and team is not None and (bare != text or text != heading.strip(" .:")):
        return Leads(unknown=UnknownName(text=bare.strip(" .:")))
    return named


def directive_of(
    ordinal: str, written: Sequence[Line], basis: Basis, *, clause: str | None = None, mark: str = ""
) -> DirectiveReading:
    """Return what some paragraphs demand, as far as they say it themselves.

    Args:
        clause: from where in them somebody is named.
        mark: what stands before the first of them.
    """
    kept = [
        (line, text)
        for line in written
        if (text := without_contacts(line.text)) and not (text != line.text and _CONTACT.match(text))
    ]
    paragraphs = tuple(text for _, text in kept) or (
        without_personal_data(written[0].text) if written else "",
    )
    text = "\n".join(paragraphs)[:_REACH]
    fields = fields_in(written[:_MOST_LABELLED])
    leads = _leads(fields, clause or paragraphs[0], basis)
    deadline, deadline_evidence = _deadline(fields, text, written, basis)
    inside = bracketed(paragraphs[0][-_BRACKET_REACH:], basis)
    if inside.leads is not None and not leads.leads:
        leads = inside.leads
    if inside.deadline is not None and (deadline is None or deadline.text not in inside.words):
        deadline = inside.deadline
        deadline_evidence = evidence(How.WORDING, inside.words, *written)
    rates = indicators(text)
    is_named = bool(leads.leads) or leads.outside is not None
    by_head = not is_named and _BY_HEAD.match(paragraphs[0]) is not None
    products, products_evidence = _products(fields, text, written)
    first = written[0] if written else Line(text="")
    found = {
        "ordinal": evidence(How.MARK if mark else How.COMPLETED, mark or ordinal, first),
        "text": evidence(How.MARK if mark else How.POSITION, paragraphs[0], first),
        "lead": _lead_evidence(leads, fields, written, by_head=by_head),
    }
    if leads.coordinate_shown:
        found["coordinate"] = _cited(fields.get(Field.COORDINATE), "phối hợp", How.WORDING, written)
    if deadline_evidence is not None:
        found["deadline"] = deadline_evidence
    if products_evidence is not None:
        found["products"] = products_evidence
    if rates:
        found["indicators"] = evidence(How.WORDING, rates[0], *written)
    return DirectiveReading(
        ordinal=ordinal,
        paragraphs=paragraphs,
        leads=leads.leads,
        lead_codes=leads.lead_codes,
        lead_shown=leads.lead_shown,
        coordinate=leads.coordinate,
        coordinate_shown=leads.coordinate_shown,
        outside=leads.outside,
        unknown=leads.unknown,
        is_request=is_named and _ASKS.match(clause or paragraphs[0]) is not None,
        by_head=by_head,
        deadline=deadline,
        concerned=leads.concerned,
        former_names=leads.former_names,
        indicators=rates,
        indicator_details=indicator_details(text),
        target=target_of(text) if len(rates) == 1 else None,
        contact_removed=paragraphs != tuple(line.text for line in written),
        products=products,
        addressed=_is_addressed(clause or paragraphs[0], leads, basis) or Field.LEAD in fields,
        place=first.place,
        evidence=found,
    )


def said_above(
    whole: DirectiveReading | None,
    lines: Sequence[Line],
    above: Said,
    how: How,
    basis: Basis,
    labelled: Sequence[Line] = (),
    executors: Leads | None = None,
) -> Said:
    """Return what an item or heading says for all below it, over what those above it say.

    Args:
        whole: the item, read as a directive of its own.
        labelled: lines below it that fill in its labels.
        executors: whom the heading names.
    """
    fields = fields_in(labelled)
    found = above
    first = lines[0] if lines else Line(text="")
    own = executors or _named(whole)
    lead = fields.get(Field.LEAD)
    if lead:
        own = _leads(fields, "", basis)
        found = replace(found, leads=own, by_head=False, lead_evidence=_labelled(lead[0], How.PARENT))
    elif own is not None:
        if whole is not None and executors is not None:
            own = replace(
                own,
                coordinate=own.coordinate or whole.coordinate,
                coordinate_shown=own.coordinate_shown or whole.coordinate_shown,
            )
        quote = own.leads[0] if own.leads else own.outside or ""
        found = replace(
            found, leads=own, by_head=False, lead_evidence=evidence(how, quote or first.text, first)
        )
    elif whole is not None and whole.by_head:
        found = replace(found, by_head=True)
    joined = fields.get(Field.COORDINATE)
    if joined and found.leads is not None and not lead:
        cells = leads_of_cells("", joined[0].value, basis.registry, on=basis.on)
        found = replace(
            found,
            leads=replace(found.leads, coordinate=cells.coordinate, coordinate_shown=cells.coordinate_shown),
        )
    due = fields.get(Field.DEADLINE)
    if due and (deadline := basis.stated_deadline(due[0].value) or basis.deadline(due[0].value)):
        found = replace(found, deadline=deadline, deadline_evidence=_labelled(due[0], How.PARENT))
    elif whole is not None and whole.deadline is not None:
        kept = evidence(How.PARENT, whole.deadline.text, *lines)
        found = replace(found, deadline=whole.deadline, deadline_evidence=kept)
    products = fields.get(Field.PRODUCT)
    if products:
        listed = tuple(each for one in products for each in products_of(one.value))
        found = replace(found, products=listed, products_evidence=_labelled(products[0], How.PARENT))
    return found


def with_above(found: DirectiveReading, said: Said) -> DirectiveReading:
    """Return a directive with what those above it say, where it says nothing itself."""
    evidences = dict(found.evidence)
    if said.leads is not None and not (found.names_somebody and found.addressed):
        leads = said.leads
        found = replace(
            found,
            leads=leads.leads,
            lead_codes=leads.lead_codes,
            lead_shown=leads.lead_shown,
            outside=leads.outside,
            unknown=leads.unknown,
            former_names=(*leads.former_names, *found.former_names),
            by_head=False,
        )
        if said.lead_evidence is not None:
            evidences["lead"] = said.lead_evidence
    elif not found.names_somebody and said.by_head:
        found = replace(found, by_head=True)
    if said.leads is not None and not found.coordinate_shown and said.leads.coordinate_shown:
        found = replace(
            found,
            coordinate=tuple(code for code in said.leads.coordinate if code not in found.lead_codes),
            coordinate_shown=said.leads.coordinate_shown,
        )
        if said.lead_evidence is not None:
            evidences["coordinate"] = said.lead_evidence
    if found.deadline is None and said.deadline is not None:
        found = replace(found, deadline=said.deadline)
        if said.deadline_evidence is not None:
            evidences["deadline"] = said.deadline_evidence
    if said.products and "products" not in evidences:
        found = replace(found, products=said.products)
        if said.products_evidence is not None:
            evidences["products"] = said.products_evidence
    return replace(found, evidence=evidences)


def _is_addressed(text: str, leads: Leads, basis: Basis) -> bool:
    """Say whether a text tells who leads: at its beginning, after ``Giao``, before ``chủ trì``, in brackets."""
    if _GIVEN.match(text) or basis.name_at_start(text) is not None or leads.unknown or leads.outside:
        return True
    return any(
        re.search(rf"{re.escape(name)}\W{{0,3}}(?:chủ trì|có trách nhiệm|[;)])", text) for name in leads.leads
    )


def _named(whole: DirectiveReading | None) -> Leads | None:
    if whole is None or not (whole.names_somebody or whole.coordinate_shown):
        return None
    return Leads(
        leads=whole.leads,
        lead_codes=whole.lead_codes,
        lead_shown=whole.lead_shown,
        coordinate=whole.coordinate,
        coordinate_shown=whole.coordinate_shown,
        outside=whole.outside,
        unknown=whole.unknown,
    )


def _leads(fields: Mapping[Field, tuple[Labelled, ...]], text: str, basis: Basis) -> Leads:
    lead, joined = fields.get(Field.LEAD), fields.get(Field.COORDINATE)
    own = basis.leads(text) if text else Leads()
    if not lead and not joined:
        return own
    values = ["\n".join(each.value for each in found or ()) for found in (lead, joined)]
    cells = leads_of_cells(values[0], values[1], basis.registry, on=basis.on)
    if not cells.leads and cells.unknown is None:
        coordinate = cells.coordinate or own.coordinate
        return replace(
            own, coordinate=coordinate, coordinate_shown=cells.coordinate_shown or own.coordinate_shown
        )
    return replace(
        cells,
        coordinate=cells.coordinate or own.coordinate,
        coordinate_shown=cells.coordinate_shown or own.coordinate_shown,
    )


def _deadline(
    fields: Mapping[Field, tuple[Labelled, ...]], text: str, lines: Sequence[Line], basis: Basis
) -> tuple[Deadline | None, Evidence | None]:
    for each in fields.get(Field.DEADLINE, ()):
        stated = basis.stated_deadline(each.value)
        if stated is not None:
            return stated, _labelled(each, How.COMPLETED if stated.inferred else How.LABEL)
    deadline = basis.deadline(text)
    if deadline is None:
        return None, None
    how = How.COMPLETED if deadline.inferred else How.WORDING
    return deadline, evidence(how, deadline.text, *lines)


def _products(
    fields: Mapping[Field, tuple[Labelled, ...]], text: str, lines: Sequence[Line]
) -> tuple[tuple[str, ...], Evidence | None]:
    labelled = fields.get(Field.PRODUCT, ())
    if labelled:
        listed = tuple(each for one in labelled for each in products_of(one.value))
        return listed, _labelled(labelled[0], How.LABEL)
    found = products_in(text)
    return found, evidence(How.WORDING, found[0], *lines).less_sure(0.75) if found else None


def _lead_evidence(
    leads: Leads, fields: Mapping[Field, tuple[Labelled, ...]], lines: Sequence[Line], *, by_head: bool
) -> Evidence:
    if leads.unknown is not None:
        return evidence(How.WORDING, leads.unknown.text, *lines).less_sure(0.3)
    labelled = fields.get(Field.LEAD)
    if labelled and leads.leads:
        return _labelled(labelled[0], How.LABEL)
    if leads.leads or leads.outside:
        return evidence(How.WORDING, leads.leads[0] if leads.leads else leads.outside or "", *lines)
    return evidence(How.ADDRESSEES, "người đứng đầu" if by_head else "", *lines)


def _labelled(found: Labelled, how: How) -> Evidence:
    return Evidence(quote=found.value, how=how, confidence=CONFIDENCE[how], place=found.line.place)


def _cited(labelled: tuple[Labelled, ...] | None, word: str, how: How, lines: Sequence[Line]) -> Evidence:
    return _labelled(labelled[0], How.LABEL) if labelled else evidence(how, word, *lines)
