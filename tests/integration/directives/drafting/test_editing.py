"""Drafting: what is set stands beside what was read, every act leaves its trace, and two writers never mix."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text as sql
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.errors import NotAuthorised, NotFound, NothingToChange
from engine.ids import new_id
from processes.directives.deadlines import FROM_DOCUMENT, SET
from processes.directives.drafting.add import add_directive
from processes.directives.drafting.close import answer_no_directive, reopen
from processes.directives.drafting.deadlines import set_deadlines, set_reporting_period
from processes.directives.drafting.drop import drop_directive, restore_directive
from processes.directives.drafting.edit import edit_directive
from processes.directives.drafting.envelope import set_envelope
from processes.directives.drafting.errors import (
    DirectiveStateWrong,
    DocumentStateWrong,
    DraftChanged,
    DraftInvalid,
    PartsNotOfText,
    ReasonRequired,
)
from processes.directives.drafting.leads import set_leads
from processes.directives.drafting.merge import merge_directives
from processes.directives.drafting.override import lift_override, override_gap
from processes.directives.drafting.save import read_again
from processes.directives.drafting.split import split_directive
from processes.directives.gaps import Gap
from processes.documents.reading.reader import read_letter
from processes.documents.states import ReportingPeriod
from processes.documents.store import Original, attachments_of, original_of, source_text_of
from processes.documents.tables import Directive, Document, DocumentFile, DocumentTrail
from processes.units.registry import UnknownUnit
from tests.integration.directives.drafting.desk import COLLEAGUE, COORDINATOR, LEADER, LETTER, Desk, read_of


@pytest.fixture
def letter(desk: Desk) -> UUID:
    return desk.save()


def test_a_saved_reading_is_a_draft_of_who_saved_it(desk: Desk, letter: UUID) -> None:
    document = desk.document(letter)
    assert (document.state, document.version, document.created_by) == ("draft", 1, "u:lan")
    assert desk.given(letter) == ["1", "2", "3", "4"]
    assert [row.act for row in desk.view(letter).trail] == ["document_saved"]


def test_the_same_file_returns_what_was_kept(desk: Desk, letter: UUID) -> None:
    desk.edit(set_envelope, letter, {"subject": "Khác"})
    before = desk.everything(letter)
    assert desk.save(by=COLLEAGUE, filename="copy.txt") == letter
    assert desk.everything(letter) == before


def test_the_original_its_text_and_its_attachments_are_kept(desk: Desk) -> None:
    text = {"kind": "text", "blocks": [{"text": "một"}]}
    letter = desk.save(text=text, attachments=[("phu-luc.xlsx", b"one"), ("ban-sao.pdf", b"one")])
    with Session(desk.database) as session:
        document = session.get_one(Document, letter)
        original = original_of(session, document)
        assert original.content == LETTER.encode()
        assert (original.sha256, original.media_type) == (document.source_sha256, "text/plain")
        assert original.size == len(LETTER.encode())
        assert source_text_of(document) == text
        kept = attachments_of(session, letter)
        assert [(each.position, each.filename) for each in kept] == [(1, "phu-luc.xlsx"), (2, "ban-sao.pdf")]
        assert kept[0].sha256 == kept[1].sha256
        assert session.query(DocumentFile).count() == 2


def test_what_was_read_comes_with_its_evidence_and_how_sure_it_is(desk: Desk, letter: UUID) -> None:
    evidence = desk.directive(letter, "1").directive.evidence
    assert evidence is not None
    assert "30/9/2026" in evidence["deadline"]["quote"]
    assert 0 < evidence["deadline"]["confidence"] <= 1


def test_a_letter_to_an_unknown_unit_is_kept_and_lacks_its_lead(desk: Desk) -> None:
    letter = desk.save(LETTER.replace("Giao Sở Nội vụ", "Giao Sở Nội vu"))
    gaps = {gap.gap: gap.detail for gap in desk.directive(letter, "4").gaps}
    assert "Sở Nội vu" in str(gaps[Gap.LEAD])
    with desk.refused(DraftInvalid, letter):
        desk.edit(override_gap, letter, desk.id_of(letter, "4"), Gap.LEAD, reason="Đã rõ.")
    desk.edit(set_leads, letter, [desk.id_of(letter, "4")], include=["SNV"], registry=desk.registry)
    assert Gap.LEAD not in {gap.gap for gap in desk.directive(letter, "4").gaps}


def test_an_untouched_draft_may_be_read_again_and_an_edited_one_may_not(desk: Desk, letter: UUID) -> None:
    original = Original(content=LETTER.encode(), filename="letter.txt", text={"kind": "text"})
    reading = read_letter(original.content, "letter.txt", desk.registry)
    desk.edit(read_again, letter, reading, original)
    assert desk.given(letter) == ["1", "2", "3", "4"]
    desk.edit(edit_directive, letter, desk.id_of(letter, "1"), {"product": "Báo cáo"}, registry=desk.registry)
    with desk.refused(DocumentStateWrong, letter):
        desk.edit(read_again, letter, reading, original)
    other = Original(content=b"another", filename="letter.txt")
    with desk.refused(DraftInvalid, letter):
        desk.edit(read_again, letter, reading, other)


def test_the_envelope_is_set_and_the_reading_stays(desk: Desk, letter: UUID) -> None:
    reading = desk.document(letter).reading
    desk.edit(set_envelope, letter, {"subject": " Trích yếu mới ", "urgency": "urgent", "signer_name": None})
    document = desk.document(letter)
    assert (document.subject, document.urgency, document.signer_name) == ("Trích yếu mới", "urgent", None)
    assert document.reading == reading
    row = desk.view(letter).trail[-1]
    assert (row.act, row.actor, row.version) == ("envelope_set", "u:lan", 2)
    assert row.before is not None
    assert row.before["urgency"] == "normal"
    with desk.refused(NothingToChange, letter):
        desk.edit(set_envelope, letter, {"urgency": "urgent"})


@pytest.mark.parametrize(
    "fields",
    [
        {"urgency": "soon"},
        {"state": "issued"},
        {"subject": "x" * 2_001},
        {"subject": date(2026, 8, 3)},
    ],
)
def test_an_envelope_takes_no_other_fields_or_values(desk: Desk, letter: UUID, fields: Any) -> None:
    with desk.refused(DraftInvalid, letter):
        desk.edit(set_envelope, letter, fields)


def test_what_is_set_of_a_directive_stands_beside_what_was_read(desk: Desk, letter: UUID) -> None:
    directive_id = desk.id_of(letter, "1")
    before = read_of(desk.directive(letter, "1").directive)
    assert desk.directive(letter, "1").terms.deadline.source == FROM_DOCUMENT
    desk.edit(
        edit_directive,
        letter,
        directive_id,
        {
            "summary": "Rà soát TTHC",
            "product": "Báo cáo rà soát",
            "coordinating": ["VPUB"],
            "nature": "one_off",
        },
        registry=desk.registry,
    )
    desk.edit(set_deadlines, letter, {directive_id: {"kind": "date", "date": "2026-09-15"}})
    desk.edit(set_reporting_period, letter, [directive_id], ReportingPeriod.MONTH)
    shown = desk.directive(letter, "1")
    assert read_of(shown.directive) == before
    assert shown.terms.deadline.value == {"kind": "date", "date": "2026-09-15"}
    assert {shown.terms.deadline.source, shown.terms.products.source, shown.terms.summary.source} == {SET}
    assert shown.terms.coordinating.value == ("VPUB",)
    desk.edit(set_deadlines, letter, {directive_id: None})
    assert desk.directive(letter, "1").terms.deadline.source == FROM_DOCUMENT


@pytest.mark.parametrize(
    "deadline",
    [
        {"kind": "date", "date": "2026-08-02"},
        {"kind": "date", "date": "soon"},
        {"kind": "date", "date": "2146-08-02"},
        {"kind": "working_days", "days": 0},
        {"kind": "working_days", "days": True},
        {"kind": "month"},
        {},
    ],
)
def test_a_deadline_that_is_none_or_is_over_is_refused(desk: Desk, letter: UUID, deadline: Any) -> None:
    with desk.refused(DraftInvalid, letter):
        desk.edit(set_deadlines, letter, {desk.id_of(letter, "1"): deadline})


@pytest.mark.parametrize(
    "fields", [{"text": "khác"}, {"nature": "odd"}, {"coordinating": ["NOBODY"]}, {"summary": "x" * 301}]
)
def test_a_directive_takes_no_other_fields_or_values(desk: Desk, letter: UUID, fields: Any) -> None:
    with desk.refused(DraftInvalid, letter):
        desk.edit(edit_directive, letter, desk.id_of(letter, "1"), fields, registry=desk.registry)


def test_the_database_itself_refuses_to_change_what_was_read(desk: Desk, letter: UUID) -> None:
    for column in ("text", "deadline", "leads", "ordinal"):
        with pytest.raises(DBAPIError, match="what was read"):
            desk.do(lambda session, c=column: session.execute(update(Directive).values({c: "x"})))  # type: ignore[misc]
    for statement in ("UPDATE document_trail SET act = 'x'", "DELETE FROM document_trail"):
        with pytest.raises(DBAPIError, match="append-only"):
            desk.do(lambda session, s=statement: session.execute(sql(s)))  # type: ignore[misc]


def test_leads_are_groups_with_exceptions(desk: Desk, letter: UUID) -> None:
    directive_id = desk.id_of(letter, "1")
    desk.edit(
        set_leads,
        letter,
        [directive_id],
        include=["Các sở, ban, ngành"],
        exclude=["STC"],
        registry=desk.registry,
    )
    leads = desk.directive(letter, "1").terms.leads
    assert (leads.value.include, leads.value.exclude, leads.source) == (
        ("Các sở, ban, ngành",),
        ("STC",),
        SET,
    )
    with desk.refused(UnknownUnit, letter):
        desk.edit(set_leads, letter, [directive_id], include=["Sở Phép thuật"], registry=desk.registry)
    with desk.refused(DraftInvalid, letter):
        desk.edit(set_leads, letter, [directive_id], include=["STC"], exclude=["STC"], registry=desk.registry)


def test_a_directive_is_split_by_its_paragraphs(desk: Desk, letter: UUID) -> None:
    parts = desk.edit(split_directive, letter, desk.id_of(letter, "2"))
    assert [part.ordinal for part in parts] == ["2.1", "2.2"]
    assert desk.given(letter) == ["1", "2.1", "2.2", "3", "4"]
    whole = desk.directive(letter, "2").directive
    assert whole.state == "split"
    assert "\n".join(part.text for part in parts) == whole.text
    assert parts[0].deadline is None
    assert parts[1].deadline == whole.deadline
    assert all(part.leads == whole.leads and part.origin_ids == [str(whole.id)] for part in parts)


def test_a_directive_is_split_into_given_parts_of_its_text_only(desk: Desk, letter: UUID) -> None:
    two = desk.id_of(letter, "2")
    with desk.refused(PartsNotOfText, letter) as refused:
        desk.edit(split_directive, letter, two, parts=["Rà soát, xác định các điểm nghẽn", "Việc khác"])
    assert refused.value.params["part"] == 2
    with desk.refused(DraftInvalid, letter):
        desk.edit(split_directive, letter, two, parts=["Rà soát, xác định các điểm nghẽn"])
    parts = desk.edit(
        split_directive,
        letter,
        two,
        parts=["Rà soát,  xác định các điểm nghẽn", "lập kế hoạch nâng cao các tiêu chí"],
    )
    assert [part.deadline is None for part in parts] == [
        False,
        False,
    ]  # no part states it, so it holds for both


def test_a_split_can_be_taken_back_and_made_again(desk: Desk, letter: UUID) -> None:
    two = desk.id_of(letter, "2")
    desk.edit(split_directive, letter, two)
    part = desk.id_of(letter, "2.1")
    desk.edit(restore_directive, letter, two)
    assert desk.given(letter) == ["1", "2", "3", "4"]
    with desk.refused(DirectiveStateWrong, letter):
        desk.edit(restore_directive, letter, part)
    again = desk.edit(split_directive, letter, two)
    assert [each.ordinal for each in again] == ["2.3", "2.4"]
    assert desk.given(letter) == ["1", "2.3", "2.4", "3", "4"]


def test_directives_are_merged_and_come_back(desk: Desk, letter: UUID) -> None:
    wanted = [desk.id_of(letter, "2"), desk.id_of(letter, "1")]
    merged = desk.edit(merge_directives, letter, wanted)
    assert merged.ordinal == "1+2"
    assert desk.given(letter) == ["1+2", "3", "4"]
    assert merged.deadline is None  # they disagree
    assert Gap.TIME in {gap.gap for gap in desk.directive(letter, "1+2").gaps}
    with desk.refused(DraftInvalid, letter):
        desk.edit(merge_directives, letter, [merged.id, merged.id])
    desk.edit(drop_directive, letter, merged.id, reason="Không gộp nữa.")
    desk.edit(restore_directive, letter, wanted[0])
    assert desk.given(letter) == ["1", "2", "3", "4"]


def test_a_whole_whose_part_was_split_again_is_not_restored_over_it(desk: Desk, letter: UUID) -> None:
    two = desk.id_of(letter, "2")
    desk.edit(split_directive, letter, two)
    parts = ["Rà soát, xác định", "các điểm nghẽn"]
    desk.edit(split_directive, letter, desk.id_of(letter, "2.1"), parts=parts)
    assert desk.given(letter) == ["1", "2.1.1", "2.1.2", "2.2", "3", "4"]
    with desk.refused(DirectiveStateWrong, letter):
        desk.edit(restore_directive, letter, two)


def test_a_directive_is_added_below_another_or_at_the_end(desk: Desk, letter: UUID) -> None:
    below = desk.edit(
        add_directive,
        letter,
        text="Lập danh mục.",
        parent_id=desk.id_of(letter, "1"),
        registry=desk.registry,
    )
    end = desk.edit(add_directive, letter, text="Báo cáo.", leads=["SNV"], registry=desk.registry)
    assert (below.ordinal, end.ordinal) == ("1.1", "5")
    assert desk.given(letter) == ["1", "1.1", "2", "3", "4", "5"]
    assert (below.origin, below.leads) == ("added", desk.directive(letter, "1").directive.leads)
    for refused, values in (
        (DraftInvalid, {"text": "  "}),
        (DraftInvalid, {"text": "Việc", "ordinal": "1"}),
        (DraftInvalid, {"text": "Việc", "ordinal": "x" * 21}),
        (UnknownUnit, {"text": "Việc", "leads": ["Sở Phép thuật"]}),
        (NotFound, {"text": "Việc", "parent_id": new_id()}),
    ):
        with desk.refused(refused, letter):
            desk.edit(add_directive, letter, registry=desk.registry, **values)


def test_a_directive_is_dropped_with_a_reason_and_restored(desk: Desk, letter: UUID) -> None:
    three = desk.id_of(letter, "3")
    with desk.refused(ReasonRequired, letter):
        desk.edit(drop_directive, letter, three, reason="  ")
    desk.edit(drop_directive, letter, three, reason="Không thuộc phạm vi.")
    assert desk.given(letter) == ["1", "2", "4"]
    assert desk.view(letter).trail[-1].reason == "Không thuộc phạm vi."
    with desk.refused(DirectiveStateWrong, letter):
        desk.edit(edit_directive, letter, three, {"summary": "x"}, registry=desk.registry)
    desk.edit(restore_directive, letter, three)
    assert desk.given(letter) == ["1", "2", "3", "4"]


def test_an_overridden_gap_stays_in_sight(desk: Desk, letter: UUID) -> None:
    one = desk.id_of(letter, "1")
    assert [gap.gap for gap in desk.directive(letter, "1").gaps] == [Gap.RESULT]
    with desk.refused(ReasonRequired, letter):
        desk.edit(override_gap, letter, one, Gap.RESULT, reason="")
    desk.edit(override_gap, letter, one, Gap.RESULT, reason="Sản phẩm nêu ở Kế hoạch 228.")
    shown = desk.directive(letter, "1").gaps
    assert [(gap.gap, gap.is_open, gap.reason) for gap in shown] == [
        (Gap.RESULT, False, "Sản phẩm nêu ở Kế hoạch 228.")
    ]
    desk.edit(lift_override, letter, one, Gap.RESULT)
    assert desk.directive(letter, "1").gaps[0].is_open


def test_no_directive_is_an_answer_with_a_reason(desk: Desk, letter: UUID) -> None:
    with desk.refused(DocumentStateWrong, letter):
        desk.edit(answer_no_directive, letter, reason="Chỉ để biết.")
    for ordinal in ("1", "2", "3", "4"):
        desk.edit(drop_directive, letter, desk.id_of(letter, ordinal), reason="Chỉ để biết.")
    desk.edit(answer_no_directive, letter, reason="Chỉ để biết.")
    document = desk.document(letter)
    assert (document.state, document.no_directive_reason) == ("no_directive", "Chỉ để biết.")
    desk.edit(reopen, letter, reason="Xem lại.")
    assert desk.document(letter).state == "draft"
    with desk.refused(DocumentStateWrong, letter):
        desk.edit(reopen, letter, reason="Xem lại.")


def test_the_later_of_two_writers_is_told_what_was_changed(desk: Desk, letter: UUID) -> None:
    seen = desk.document(letter).version
    one = desk.id_of(letter, "1")
    desk.edit(edit_directive, letter, one, {"product": "Báo cáo"}, registry=desk.registry, by=COLLEAGUE)
    with desk.refused(DraftChanged, letter) as refused:
        desk.edit(set_deadlines, letter, {one: {"kind": "ongoing"}}, version=seen)
    changes = refused.value.params["changes"]
    assert isinstance(changes, list)
    assert [(each["by"], each["act"], each["ordinal"], each["after"]) for each in changes] == [
        ("u:hoa", "directive_edited", "1", {"set_product": "Báo cáo"})
    ]


def test_of_two_who_write_at_once_one_wins(desk: Desk, letter: UUID) -> None:
    seen = desk.document(letter).version

    def act(by: Actor) -> str:
        try:
            desk.edit(set_envelope, letter, {"subject": by.key}, by=by, version=seen)
        except DraftChanged as refused:
            return str(refused.params["version"])
        return "done"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(act, (COORDINATOR, COLLEAGUE)))
    assert outcomes == [str(seen + 1), "done"]
    document = desk.document(letter)
    assert document.subject == document.edited_by
    assert document.version == seen + 1


def test_only_coordinators_draft(desk: Desk, letter: UUID) -> None:
    with desk.refused(NotAuthorised, letter):
        desk.edit(set_envelope, letter, {"subject": "x"}, by=LEADER)
    with desk.refused(NotAuthorised, letter):
        desk.save(by=LEADER)


def test_every_act_is_one_row_of_the_trail(desk: Desk, letter: UUID) -> None:
    one, two = desk.id_of(letter, "1"), desk.id_of(letter, "2")
    desk.edit(edit_directive, letter, one, {"product": "Báo cáo"}, registry=desk.registry)
    desk.edit(split_directive, letter, two)
    desk.edit(drop_directive, letter, desk.id_of(letter, "2.1"), reason="Trùng.")
    with Session(desk.database) as session:
        rows = session.query(DocumentTrail).order_by(DocumentTrail.id).all()
        assert [(row.version, row.act) for row in rows] == [
            (1, "document_saved"),
            (2, "directive_edited"),
            (3, "directive_split"),
            (4, "directive_dropped"),
        ]
    assert desk.document(letter).edited_by == COORDINATOR.key
