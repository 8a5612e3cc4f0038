"""Letters in the database: kept once, in order, with the addressees that lead."""

from datetime import date

import orjson
import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from processes.database import Base
from processes.documents.reading.letter import LetterReading
from processes.documents.reading.reader import read_letter
from processes.documents.store import SUMMARY_LENGTH, directives_of, original_of, save_reading
from processes.documents.tables import Directive, Document
from processes.samples import sample_letter, sample_registry
from processes.units.registry import UnitRegistry, UnknownUnit
from processes.units.units_csv import read_units_csv

REGISTRY = UnitRegistry(read_units_csv(sample_registry()))


@pytest.fixture
def schema(database: Engine) -> Engine:
    names = ("document_file", "document", "document_attachment", "directive", "awaited_document")
    Base.metadata.create_all(database, tables=[Base.metadata.tables[name] for name in names])
    return database


def save(session: Session, content: bytes, filename: str = "letter.txt") -> tuple[Document, LetterReading]:
    reading = read_letter(content, filename, REGISTRY)
    return save_reading(session, reading, source=content, filename=filename), reading


def test_directives_come_back_in_the_order_of_the_letter(schema: Engine) -> None:
    with Session(schema) as session:
        document, _ = save(session, sample_letter())
        session.commit()
        document_id = document.id
    with Session(schema) as session:
        directives = directives_of(session, document_id)

    assert [directive.ordinal for directive in directives] == [str(number) for number in range(1, 9)]
    assert [directive.position for directive in directives] == list(range(1, 9))
    assert all(0 < len(directive.summary) <= SUMMARY_LENGTH for directive in directives)
    assert directives[3].text.count("\n") == 1


def test_who_leads_is_the_named_unit_or_every_recipient(schema: Engine) -> None:
    with Session(schema) as session:
        document, reading = save(session, sample_letter())
        directives = directives_of(session, document.id)

    assert orjson.loads(directives[0].leads) == [recipient.text for recipient in reading.recipients]
    assert orjson.loads(directives[7].leads) == ["Sở Nội vụ"]
    assert orjson.loads(directives[7].coordinating_units) == ["VPUB"]
    assert directives[7].lead_text == "Sở Nội vụ"


def test_deadlines_are_kept_as_read(schema: Engine) -> None:
    with Session(schema) as session:
        document, _ = save(session, sample_letter())
        kept = [directive.deadline for directive in directives_of(session, document.id)]

    deadlines = [None if deadline is None else orjson.loads(deadline) for deadline in kept]
    assert [None if deadline is None else (deadline["kind"], deadline["date"]) for deadline in deadlines] == [
        ("before_date", "2026-09-29"),
        None,
        ("periodic", None),
        ("date", "2026-10-15"),
        ("month", "2026-10-31"),
        None,
        None,
        None,
    ]


def test_the_same_file_is_kept_once_and_not_changed(schema: Engine) -> None:
    with Session(schema) as session:
        first, _ = save(session, sample_letter())
        session.commit()
        first.number_no, first.issued_on = "77/UBND-KSTT", date(2026, 8, 14)
        session.commit()
    with Session(schema) as session:
        again, _ = save(session, sample_letter(), "copy.txt")
        session.commit()

        assert (again.number_no, again.issued_on, again.filename) == (
            "77/UBND-KSTT",
            date(2026, 8, 14),
            "letter.txt",
        )
        assert len(session.scalars(select(Document)).all()) == 1
        assert len(session.scalars(select(Directive)).all()) == 8


def test_two_letters_that_differ_in_one_byte_are_two(schema: Engine) -> None:
    with Session(schema) as session:
        first, _ = save(session, sample_letter())
        second, _ = save(session, sample_letter() + b"\n")
        session.commit()

        assert first.id != second.id
        assert len(directives_of(session, second.id)) == 8


def test_the_source_comes_back_byte_for_byte(schema: Engine) -> None:
    content = sample_letter()
    with Session(schema) as session:
        document_id = save(session, content)[0].id
        session.commit()
    with Session(schema) as session:
        document = session.get_one(Document, document_id)

        assert original_of(session, document).content == content
        assert document.issued_at is None
        assert orjson.loads(document.reading)["warnings"][0] == "missing number"


@pytest.mark.parametrize(
    ("written", "wrong", "nearest"),
    [
        ("Hải quan khu vực", "Hải quan khu vục", "Chi cục Hải quan khu vực"),
        ("Giao Sở Nội vụ", "Giao Sở Nội vu", "Sở Nội vụ"),
    ],
)
def test_a_letter_to_an_unknown_unit_is_refused_by_name_and_not_kept(
    schema: Engine, written: str, wrong: str, nearest: str
) -> None:
    content = sample_letter().decode().replace(written, wrong).encode()
    with Session(schema) as session:
        with pytest.raises(UnknownUnit) as refused:
            save(session, content)

        assert wrong.removeprefix("Giao ") in str(refused.value)
        assert nearest in refused.value.params["nearest"]  # type: ignore[operator]
        assert session.scalars(select(Document)).all() == []


def test_what_is_asked_of_a_body_outside_the_registry_becomes_no_directive(schema: Engine) -> None:
    asked = "Đề nghị Ủy ban Mặt trận Tổ quốc Việt Nam thành phố giám sát."
    content = sample_letter().decode().replace("8. Giao Sở", f"8. {asked}\n\n9. Giao Sở").encode()
    with Session(schema) as session:
        document, reading = save(session, content)
        directives = directives_of(session, document.id)

    assert reading.directives[7].outside == "Ủy ban MTTQ Việt Nam thành phố"
    assert [directive.ordinal for directive in directives] == ["1", "2", "3", "4", "5", "6", "7", "9"]


def test_working_days_are_left_to_be_counted_on_issuing(schema: Engine) -> None:
    wording = "trong thời hạn 05 ngày làm việc kể từ ngày ban hành Công văn này"
    content = (
        sample_letter().decode().replace("trong tháng 10/2026", wording).replace("ngày tháng", "ngày 3 tháng")
    )
    with Session(schema) as session:
        document, reading = save(session, content.encode())
        kept = orjson.loads(directives_of(session, document.id)[4].deadline or "null")

    assert reading.directives[4].deadline is not None
    assert reading.directives[4].deadline.date == date(2026, 8, 10)
    assert (kept["kind"], kept["days"], kept["date"]) == ("working_days", 5, None)


def test_a_letter_that_is_kept_stays_readable_when_a_unit_is_gone(schema: Engine) -> None:
    content = sample_letter()
    with Session(schema) as session:
        kept, _ = save(session, content)
        later = read_letter(content, "letter.txt", UnitRegistry(()))

        assert later.unknown_names
        assert save_reading(session, later, source=content, filename="letter.txt") is kept
