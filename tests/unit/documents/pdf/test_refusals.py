"""PDFs that cannot be read say why; what is left alone is remarked."""

import subprocess
import sys
from pathlib import Path

import pytest

from processes.documents import errors
from processes.documents.source import limits
from processes.documents.source.blocks import Line, Remark, SourceKind
from processes.documents.source.pdf import read_pdf
from tests.unit.documents.pdf.drawn import Drawing, Sheet

DATA = Path(__file__).parent / "data"
TEXT = "Sở Nội vụ chủ trì, phối hợp với các sở, ban, ngành rà soát thủ tục hành chính."


def with_text(pages: int = 1) -> Drawing:
    drawing = Drawing()
    for _ in range(pages):
        drawing.text(drawing.page(), 60, 100, TEXT, size=11)
    return drawing


def scan(drawing: Drawing) -> Sheet:
    sheet = drawing.page()
    drawing.picture(sheet)
    return sheet


@pytest.mark.parametrize("content", [b"", b"text", b"PK\x03\x04"])
def test_a_file_that_is_no_pdf_is_refused(content: bytes) -> None:
    with pytest.raises(errors.LetterNotPdf):
        read_pdf(content)


@pytest.mark.parametrize("length", [8, 200, 2000])
def test_a_file_that_breaks_off_is_refused(length: int) -> None:
    with pytest.raises(errors.LetterDamaged):
        read_pdf(with_text().bytes()[:length])


def test_a_damaged_index_is_mended() -> None:
    content = with_text().bytes().replace(b"startxref", b"startxxxx")

    assert [line.text for line in read_pdf(content).lines] == [TEXT]


def test_a_page_that_is_missing_is_named() -> None:
    content = with_text(2).bytes()
    last = content.rindex(b"/Type /Page ")

    with pytest.raises(errors.LetterDamaged) as caught:
        read_pdf(content[:last] + b"/Type /Lost " + content[last + 12 :])

    assert caught.value.params == {"page": 2}


def test_a_locked_file_is_refused_and_a_restricted_one_read() -> None:
    with pytest.raises(errors.LetterEncrypted) as caught:
        read_pdf((DATA / "locked.pdf").read_bytes())

    assert caught.value.code == "letter_encrypted"
    restricted = read_pdf((DATA / "restricted.pdf").read_bytes())
    assert restricted.blocks == read_pdf((DATA / "official_letter.pdf").read_bytes()).blocks


def test_more_pages_than_the_limit_are_refused_before_any_is_read() -> None:
    drawing = with_text(limits.MOST_PAGES + 1)

    with pytest.raises(errors.LetterTooManyPages) as caught:
        read_pdf(drawing.bytes())

    assert caught.value.params == {"pages": 301, "limit": 300}


def test_more_characters_than_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LONGEST_TEXT", 100)

    with pytest.raises(errors.LetterTooLarge):
        read_pdf(with_text(2).bytes())

    assert read_pdf(with_text().bytes()).pages == 1


def test_more_cells_than_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_CELLS", 10)
    drawing = with_text()
    drawing.grid(drawing.sheets[0], range(60, 541, 60), (200, 220, 240))
    drawing.text(drawing.sheets[0], 65, 215, "1")

    with pytest.raises(errors.LetterTooLong) as caught:
        read_pdf(drawing.bytes())

    assert caught.value.params == {"limit": 10, "of": "cells"}


def test_pictures_without_text_are_refused() -> None:
    drawing = Drawing()
    for _ in range(2):
        scan(drawing)

    with pytest.raises(errors.LetterScanned) as caught:
        read_pdf(drawing.bytes())

    assert (caught.value.code, caught.value.params) == ("letter_scanned", {"pages": 2})


def test_a_stamp_on_a_picture_is_no_text() -> None:
    drawing = Drawing()
    sheet = scan(drawing)
    drawing.text(sheet, 400, 30, "Ký bởi: Văn phòng UBND thành phố Sông Vàng", size=7)
    drawing.text(sheet, 400, 39, "Thời gian ký: 12.06.2026 16:52:11 +07:00", size=7)
    drawing.text(sheet, 120, 100, "5120")

    with pytest.raises(errors.LetterScanned):
        read_pdf(drawing.bytes())


def test_pages_that_are_pictures_among_others_are_remarked() -> None:
    drawing = with_text()
    scan(drawing)
    drawing.page()
    source = read_pdf(drawing.bytes())

    assert source.remarks == (Remark(code="pages_without_text", params={"pages": [2]}),)
    assert source.pages == 3


def test_a_recognised_picture_is_read() -> None:
    drawing = Drawing()
    drawing.text(scan(drawing), 60, 100, TEXT, size=11)

    assert [line.text for line in read_pdf(drawing.bytes()).lines] == [TEXT]


def test_a_file_without_text_and_pictures_is_empty() -> None:
    drawing = Drawing()
    drawing.page()

    with pytest.raises(errors.LetterEmpty):
        read_pdf(drawing.bytes())


def test_letters_without_meaning_are_refused() -> None:
    drawing = Drawing()
    drawing.text(drawing.page(), 60, 100, [chr(0xE000 + at) for at in range(60)], size=11)

    with pytest.raises(errors.LetterTextBroken) as caught:
        read_pdf(drawing.bytes())

    assert caught.value.code == "letter_text_broken"


def test_a_few_letters_without_meaning_are_remarked() -> None:
    drawing = with_text()
    drawing.text(drawing.sheets[0], 60, 120, [chr(0xE000 + at) for at in range(5)], size=11)
    source = read_pdf(drawing.bytes())

    assert source.remarks == (Remark(code="characters_unreadable", params={"count": 5, "pages": [1]}),)


def test_letters_that_make_no_vietnamese_are_doubtful() -> None:
    drawing = Drawing()
    sheet = drawing.page()
    for at in range(12):
        drawing.text(sheet, 60, 100 + at * 16, "Céng hßa x· héi chñ nghÜa ViÖt Nam §éc lËp", size=11)

    assert [remark.code for remark in read_pdf(drawing.bytes()).remarks] == ["text_doubtful"]


def test_scripts_and_attached_files_are_ignored_and_remarked() -> None:
    drawing = with_text()
    drawing.catalogue = (
        "/Names << /JavaScript << /Names [(a) << /S /JavaScript /JS (app.alert\\(1\\)) >>] >> "
        "/EmbeddedFiles << /Names [(a.exe) << /Type /Filespec /F (a.exe) /UF (a.exe) >>] >> >>"
    )
    source = read_pdf(drawing.bytes())

    assert source.remarks == (
        Remark(code="attachments_ignored", params={"count": 1}),
        Remark(code="scripts_ignored"),
    )


def test_what_is_read_names_its_kind_and_pages() -> None:
    source = read_pdf(with_text(2).bytes())

    assert (source.kind, source.pages, source.attachments, source.stated) == (SourceKind.PDF, 2, (), {})
    assert all(isinstance(block, Line) for block in source.blocks)


@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_file_is_read_or_refused_and_nothing_else(seed: int) -> None:
    # in a process of its own: what is wrong in PDFium would end the tests
    script = (
        "import random, sys\n"
        "from processes.documents.errors import LetterUnreadable\n"
        "from processes.documents.source.pdf import read_pdf\n"
        "content = open(sys.argv[1], 'rb').read()\n"
        f"chance = random.Random({seed})\n"
        "for _ in range(25):\n"
        "    broken = bytearray(content)\n"
        "    for _ in range(chance.randrange(1, 60)):\n"
        "        broken[chance.randrange(len(broken))] = chance.randrange(256)\n"
        "    try:\n"
        "        read_pdf(bytes(broken[: chance.choice([len(broken), chance.randrange(len(broken))])]))\n"
        "    except LetterUnreadable:\n"
        "        pass\n"
    )
    file = DATA / ("official_letter.pdf", "conclusion.pdf", "plan.pdf", "restricted.pdf")[seed]
    done = subprocess.run(
        [sys.executable, "-c", script, str(file)], capture_output=True, check=False, text=True
    )

    assert (done.returncode, done.stderr) == (0, "")
