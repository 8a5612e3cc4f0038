"""What units have to do already, and which directives are there already, on both databases."""

import hashlib
from datetime import date
from uuid import UUID

import orjson
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.directives.load import Load, loads, units_overdue
from processes.directives.similar import Candidate, same_source, similar_directives
from processes.documents.tables import Directive, Document
from tests.integration.assignments.office import Office

TODAY = date(2026, 8, 24)
TEXT = (
    "Rà soát, lập danh mục hồ sơ đất đai quá hạn trên địa bàn, xác định rõ nguyên nhân, gửi kết quả về Sở Nội vụ "
    "để tổng hợp."
)


def test_a_units_load_counts_what_is_open_overdue_and_due_soon(office: Office) -> None:
    office.issue("STC", deadline_on="2026-08-21")
    office.issue("STC", deadline_on="2026-08-24")
    office.issue("STC", deadline_on="2026-09-07")
    office.issue("STC", deadline_on="2026-12-31")
    office.issue("STC", deadline_on=None, text="Thường xuyên rà soát.")
    office.issue("STP", deadline_on="2026-08-21")
    with Session(office.dispatcher.database) as session:
        found = loads(
            session, ["STC", "STP", "SYT", "STC"], today=TODAY, calendar=office.calendar, ahead_days=8
        )
        overdue = units_overdue(session, today=TODAY)

    assert found == {
        "STC": Load(unit="STC", open=5, overdue=1, due_soon=2, without_deadline=1),
        "STP": Load(unit="STP", open=1, overdue=1),
        "SYT": Load(unit="SYT"),
    }
    assert overdue == ("STC", "STP")


def test_what_is_delivered_is_neither_overdue_nor_due_and_what_is_done_is_no_load(office: Office) -> None:
    assigned = office.issue("STC", deadline_on="2026-08-21")
    assigned.accept()
    assigned.submit()
    with Session(office.dispatcher.database) as session:
        waiting = loads(session, ["STC"], today=TODAY, calendar=office.calendar)["STC"]
    assigned.appraise()
    with Session(office.dispatcher.database) as session:
        done = loads(session, ["STC"], today=TODAY, calendar=office.calendar)["STC"]
        overdue = units_overdue(session, today=TODAY)

    assert waiting == Load(unit="STC", open=1, delivered=1)
    assert (done, overdue) == (Load(unit="STC"), ())


def test_a_similar_directive_that_runs_is_shown_with_what_differs(office: Office) -> None:
    office.issue("STC", text=TEXT, deadline_on="2026-08-21")
    office.issue("STP", text="Tổ chức hội nghị tập huấn cho công chức các xã.", deadline_on="2026-08-21")
    candidates = [
        Candidate(text=TEXT.upper(), units=["STC", "SNV"], deadline_on=date(2026, 9, 30)),
        Candidate(text=TEXT, units=["SNV"], deadline_on=date(2026, 8, 21)),
        Candidate(text="Chưa từng giao việc này cho ai bao giờ."),
    ]
    with Session(office.dispatcher.database) as session:
        first, second, third = similar_directives(session, candidates)

    assert [(each.number, each.kind, each.likeness) for each in first] == [("1/UBND-TH", "duplicate", 1.0)]
    assert (first[0].conflicts, first[0].shared_units, first[0].open_assignments) == (
        ("deadline",),
        ("STC",),
        1,
    )
    assert (second[0].conflicts, second[0].shared_units) == (("lead",), ())
    assert third == ()
    assert first[0].to_json()["deadline"] == "2026-08-21"


def test_a_letter_is_not_compared_with_itself(office: Office) -> None:
    office.issue("STC", text=TEXT)
    with Session(office.dispatcher.database) as session:
        itself = session.scalars(select(Document.id)).one()
        assert similar_directives(session, [Candidate(text=TEXT)], without=itself) == [()]


def test_what_was_withdrawn_is_not_compared_and_what_was_set_holds(office: Office) -> None:
    with Session(office.dispatcher.database) as session, session.begin():
        _keep(session, office, "12/UBND-TH", b"one", TEXT)
    candidate = Candidate(text=TEXT, leads=["Sở Nội vụ"], deadline_on=date(2026, 9, 30))
    with Session(office.dispatcher.database) as session, session.begin():
        directive = session.get_one(Directive, UUID(int=2))
        directive.set_deadline = {"kind": "date", "date": "2026-10-15"}
        session.flush()
        (found,) = similar_directives(session, [candidate])[0]
        directive.state = "withdrawn"
        session.flush()
        assert similar_directives(session, [candidate]) == [()]

    assert (found.deadline_on, found.conflicts) == (date(2026, 10, 15), ("deadline",))


def test_a_draft_is_compared_by_the_wording_of_its_lead(office: Office) -> None:
    with Session(office.dispatcher.database) as session, session.begin():
        _keep(session, office, "12/UBND-TH", b"one", TEXT)
    with Session(office.dispatcher.database) as session:
        other, same = similar_directives(
            session,
            [Candidate(text=TEXT, leads=["Sở Tài chính"]), Candidate(text=TEXT, leads=["SỞ NỘI VỤ"])],
        )

    assert (other[0].conflicts, same[0].conflicts, same[0].open_assignments) == (("lead",), (), 0)


@pytest.mark.parametrize(
    ("content", "number", "issued_on", "issuer", "reason"),
    [
        (b"one", None, None, None, "same_file"),
        (b"two", "12/UBND-TH", date(2026, 8, 3), None, "same_number"),
        (b"two", "12/UBND-TH", date(2026, 8, 3), "ủy ban nhân dân thành phố Sông Vàng", "same_number"),
        (b"two", "12/UBND-TH", date(2026, 8, 3), "Sở Nội vụ", None),
        (b"two", "12/UBND-TH", date(2025, 8, 3), None, None),
        (b"two", None, None, None, None),
    ],
)
def test_the_same_source_is_known_by_its_bytes_or_by_number_and_day(
    office: Office,
    content: bytes,
    number: str | None,
    issued_on: date | None,
    issuer: str | None,
    reason: str | None,
) -> None:
    digest = hashlib.sha256(content).hexdigest()
    with Session(office.dispatcher.database) as session, session.begin():
        _keep(session, office, "12/UBND-TH", b"one", TEXT)
    with Session(office.dispatcher.database) as session:
        found = same_source(session, source_sha256=digest, number=number, issued_on=issued_on, issuer=issuer)

    assert [each.reason for each in found] == ([] if reason is None else [reason])


def _keep(session: Session, office: Office, number: str, content: bytes, text: str) -> None:
    """Keep a letter with one directive as a draft."""
    document = Document(
        id=UUID(int=1), source_sha256=hashlib.sha256(content).hexdigest(), filename="letter.txt",
        number_no=number, issued_on=date(2026, 8, 3), issuer="UBND thành phố Sông Vàng", subject="",
        urgency="normal", reading="{}", created_at=office.now,
    )  # fmt: skip
    session.add(document)
    session.flush()
    session.add(
        Directive(
            id=UUID(int=2), document_id=document.id, ordinal="1", position=1, text=text, summary=text[:300],
            leads=orjson.dumps(["Sở Nội vụ"]).decode(), coordinating_units="[]", lead_text="Sở Nội vụ",
        )
    )  # fmt: skip
