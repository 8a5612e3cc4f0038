"""Letters from before files were kept by their digest: the file moves, what was issued stays issued."""

from datetime import date

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from engine.ids import derived_id
from processes.documents.store import directives_of, original_of
from processes.documents.tables import Document
from processes.schema import differences, upgrade
from tests.integration.revisions.stages import downgrade_to, upgrade_to

CONTENT = "Số: 5/UBND-TH".encode()
INSERT_DOCUMENT = (
    "INSERT INTO document "
    "(id, source_sha256, source, filename, number_no, issued_on, issued_at, subject, urgency, reading, "
    "created_at) VALUES (:id, :digest, :content, :filename, :number, :day, :issued_at, '', 'normal', '{}', "
    "'2026-08-03T00:00:00.000000Z')"
)
INSERT_DIRECTIVE = (
    "INSERT INTO directive "
    "(id, document_id, ordinal, position, text, summary, leads, coordinating_units, lead_text) "
    "VALUES (:id, :document, :ordinal, :position, 'Rà soát.', 'Rà soát.', '[]', '[]', '')"
)


def fill(database: Engine) -> None:
    """Keep an issued letter with twelve directives, and a draft."""
    sqlite = database.dialect.name == "sqlite"
    with database.begin() as connection:
        for number, issued_at in ((1, "2026-08-03T00:00:00.000000Z"), (2, None)):
            document = derived_id("document", number)
            values = {
                "id": document.bytes if sqlite else document,
                "digest": f"{number:064d}",
                "content": CONTENT + bytes([number]),
                "filename": "letter.docx" if number == 1 else "letter.txt",
                "number": f"{number}/UBND-TH",
                "day": "2026-08-03",
                "issued_at": issued_at,
            }
            connection.execute(text(INSERT_DOCUMENT), values)
            for position in range(1, 13):
                directive = derived_id("directive", number, position)
                connection.execute(
                    text(INSERT_DIRECTIVE),
                    {
                        "id": directive.bytes if sqlite else directive,
                        "document": values["id"],
                        "ordinal": str(position),
                        "position": position,
                    },
                )


def test_files_move_to_a_table_of_their_own_and_back(database: Engine) -> None:
    upgrade_to(database, "0010")
    fill(database)
    upgrade(database)
    assert differences(database) == []
    with Session(database) as session:
        issued = session.get_one(Document, derived_id("document", 1))
        draft = session.get_one(Document, derived_id("document", 2))
        assert (issued.state, draft.state) == ("issued", "draft")
        assert (issued.version, issued.issue_round, issued.issued_on) == (1, 1, date(2026, 8, 3))
        file = original_of(session, issued)
        assert (file.content, file.size) == (CONTENT + b"\x01", len(CONTENT) + 1)
        assert file.media_type.endswith("wordprocessingml.document")
        assert original_of(session, draft).media_type == "text/plain"
        ordinals = [directive.ordinal for directive in directives_of(session, issued.id)]
        assert ordinals == [str(number) for number in range(1, 13)]
    with pytest.raises(DBAPIError, match="what was read"), database.begin() as connection:
        connection.execute(text("UPDATE directive SET text = 'x'"))
    downgrade_to(database, "0010")
    with database.connect() as connection:
        kept = connection.execute(text("SELECT source FROM document ORDER BY source_sha256")).scalars().all()
        assert [bytes(each) for each in kept] == [CONTENT + b"\x01", CONTENT + b"\x02"]
