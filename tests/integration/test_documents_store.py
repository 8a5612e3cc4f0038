"""Letters in the database: kept once, in order, with the addressees that lead."""

from datetime import date
from pathlib import Path

import orjson
import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from processes.database import Base
from processes.documents.reading.letter import LetterReading
from processes.documents.reading.reader import read_letter
from processes.documents.store import SUMMARY_LENGTH, directives_of, save_reading
from processes.documents.tables import Directive, Document
from processes.units.registry import Unit, UnitRegistry

SAMPLE = Path(__file__).resolve().parents[2] / "processes" / "samples" / "letter.txt"


def unit(code: str, name: str, kind: str = "department") -> Unit:
    return Unit(code=code, name=name, name_en=name, kind=kind, group=kind, short_name=code)


REGISTRY = UnitRegistry((unit("SNV", "Sở Nội vụ"), unit("VPUB", "Văn phòng UBND thành phố")))


@pytest.fixture
def schema(database: Engine) -> Engine:
    Base.metadata.create_all(
        database, tables=[Base.metadata.tables[name] for name in ("document", "directive")]
    )
    return database


def save(session: Session, content: bytes, filename: str = "letter.txt") -> tuple[Document, LetterReading]:
    reading = read_letter(content, filename, REGISTRY)
    return save_reading(session, reading, source=content, filename=filename), reading


def test_directives_come_back_in_the_order_of_the_letter(schema: Engine) -> None:
    with Session(schema) as session:
        document, _ = save(session, SAMPLE.read_bytes())
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
        document, reading = save(session, SAMPLE.read_bytes())
        directives = directives_of(session, document.id)

    assert orjson.loads(directives[0].leads) == [recipient.text for recipient in reading.recipients]
    assert orjson.loads(directives[7].leads) == ["Sở Nội vụ"]
    assert orjson.loads(directives[7].coordinating_units) == ["VPUB"]
    assert directives[7].lead_text == "Sở Nội vụ"


def test_deadlines_are_kept_as_read(schema: Engine) -> None:
    with Session(schema) as session:
        document, _ = save(session, SAMPLE.read_bytes())
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
        first, _ = save(session, SAMPLE.read_bytes())
        session.commit()
        first.number_no, first.issued_on = "77/UBND-KSTT", date(2026, 8, 14)
        session.commit()
    with Session(schema) as session:
        again, _ = save(session, SAMPLE.read_bytes(), "copy.txt")
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
        first, _ = save(session, SAMPLE.read_bytes())
        second, _ = save(session, SAMPLE.read_bytes() + b"\n")
        session.commit()

        assert first.id != second.id
        assert len(directives_of(session, second.id)) == 8


def test_the_source_comes_back_byte_for_byte(schema: Engine) -> None:
    content = SAMPLE.read_bytes()
    with Session(schema) as session:
        document_id = save(session, content)[0].id
        session.commit()
    with Session(schema) as session:
        document = session.get_one(Document, document_id)

        assert document.source == content
        assert document.issued_at is None
        assert orjson.loads(document.reading)["warnings"][0] == "missing number"
