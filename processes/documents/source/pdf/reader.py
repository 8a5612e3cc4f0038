"""Reads a whole PDF."""

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pypdfium2.raw as pdfium

from processes.documents.errors import (
    LetterDamaged,
    LetterEmpty,
    LetterEncrypted,
    LetterNotPdf,
    LetterScanned,
    LetterTextBroken,
    LetterTooLarge,
    LetterTooManyPages,
)
from processes.documents.source import limits
from processes.documents.source.blocks import Block, Line, Place, Remark, SourceKind, SourceText
from processes.documents.source.collecting import too_long
from processes.documents.source.pdf.flow import read_flow
from processes.documents.source.pdf.furniture import Sheet, without_furniture, without_notes
from processes.documents.source.pdf.lines import Piece
from processes.documents.source.pdf.pages import Page, read_page
from processes.documents.source.pdf.paragraphs import Paragraph
from processes.documents.source.pdf.signatures import read_signatures, remarks_on
from processes.documents.source.pdf.syllables import share_of_syllables
from processes.documents.source.pdf.tables import join_parts

#: What a PDF begins with; mail programs put lines before it.
_BEGINS, _BEGINS_WITHIN = b"%PDF-", 1024
#: From this share of characters without meaning on, a text is refused; from that on, it is remarked.
_BROKEN, _PARTLY_BROKEN = 0.3, 0.01
#: A text in which fewer of its words could be Vietnamese is doubtful; of fewer words nothing is said.
_DOUBTFUL, _FEWEST_WORDS = 0.8, 40
_NOTES_KEPT = 50
#: PDFium keeps state of its own and must not be called by two threads at once.
_ONE_AT_A_TIME = threading.Lock()


def read_pdf(content: bytes) -> SourceText:
    """Return the paragraphs and tables of a PDF that has a text layer.

    Scripts are not run and attached files not looked into; what was left alone is remarked. Whether signatures are
    valid is not checked.

    Raises:
        LetterNotPdf, LetterDamaged: it is no PDF; it is one whose pages cannot be read.
        LetterEncrypted: it opens with a password only. One that merely restricts printing or copying is read.
        LetterTooManyPages, LetterTooLarge, LetterTooLong: more than ``MOST_PAGES`` pages, ``LONGEST_TEXT``
            characters, or ``MOST_CELLS`` cells.
        LetterScanned: all its pages are pictures.
        LetterTextBroken: its characters have no meaning that could be read.
        LetterEmpty: nothing is on its pages.
    """
    with _ONE_AT_A_TIME, _opened(content) as document:
        # reading a page draws its annotations into it, and the signature fields are gone
        signatures = read_signatures(document)
        remarks = _left_alone(document, content)
        pages = list(_pages(document))
    _refuse_unreadable(pages)
    kept = without_furniture([_sheet(page) for page in pages])
    size = _text_size(kept)
    notes: list[str] = []
    goes_on = False
    for page, pieces in zip(pages, kept, strict=True):
        page.pieces, found, rest = without_notes(pieces, page.rules, size, goes_on=goes_on)
        if rest:
            notes[-1] += f" {rest}"
        notes += found
        goes_on = bool(found or rest)
    blocks = tuple(_blocks(pages))
    if len(blocks) > limits.MOST_BLOCKS:
        raise too_long("paragraphs", limits.MOST_BLOCKS)
    if not blocks:
        raise LetterEmpty("Expected a letter, but the file holds no text")
    pictures = [page.number for page in pages if page.is_picture]
    if pictures:
        remarks.append(Remark(code="pages_without_text", params={"pages": pictures}))
    if notes:
        params = {"count": len(notes), "notes": notes[:_NOTES_KEPT]}
        remarks.append(Remark(code="footnotes_left_out", params=params))
    remarks += _doubts(pages, blocks)
    remarks += remarks_on(signatures, [stamp for page in pages for stamp in page.stamps])
    return SourceText(kind=SourceKind.PDF, blocks=blocks, remarks=tuple(remarks), pages=len(pages))


@contextmanager
def _opened(content: bytes) -> Iterator[Any]:
    pdfium.FPDF_InitLibrary()
    document = pdfium.FPDF_LoadMemDocument64(content, len(content), None)
    if not document:
        if pdfium.FPDF_GetLastError() in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
            raise LetterEncrypted(
                "Expected a PDF that opens without a password, but this one is locked; "
                "save a copy without the password and read that"
            )
        if _BEGINS not in content[:_BEGINS_WITHIN]:
            raise LetterNotPdf("Expected a PDF, but the file is none")
        raise LetterDamaged("Expected a PDF that can be opened, but the file is damaged")
    try:
        yield document
    finally:
        pdfium.FPDF_CloseDocument(document)


def _pages(document: Any) -> Iterator[Page]:
    """Yield page after page; what PDFium keeps of each is released before the next."""
    count = pdfium.FPDF_GetPageCount(document)
    if count > limits.MOST_PAGES:
        raise LetterTooManyPages(
            f"Expected a letter of at most {limits.MOST_PAGES} pages, but it has {count}",
            pages=count,
            limit=limits.MOST_PAGES,
        )
    if count < 1:
        raise LetterDamaged("Expected a PDF with pages, but the file has none")
    left, cells = limits.LONGEST_TEXT, 0
    for number in range(1, count + 1):
        page = read_page(document, number, most=left + 1)
        if page is None:
            raise LetterDamaged(
                f"Expected a PDF whose pages can be read, but page {number} is damaged", page=number
            )
        left -= page.length
        if left < 0:
            raise LetterTooLarge(
                f"Expected a letter of at most {limits.LONGEST_TEXT} characters, but it has more",
                limit=limits.LONGEST_TEXT,
            )
        cells += sum(part.grid.squares for part in page.tables)
        if cells > limits.MOST_CELLS:
            raise too_long("cells", limits.MOST_CELLS)
        yield page


def _left_alone(document: Any, content: bytes) -> list[Remark]:
    remarks = []
    attached = pdfium.FPDFDoc_GetAttachmentCount(document)
    if attached > 0:
        remarks.append(Remark(code="attachments_ignored", params={"count": attached}))
    if pdfium.FPDFDoc_GetJavaScriptActionCount(document) > 0 or b"/JavaScript" in content:
        remarks.append(Remark(code="scripts_ignored"))
    return remarks


def _refuse_unreadable(pages: Sequence[Page]) -> None:
    unreadable = sum(page.unreadable for page in pages)
    readable = sum(page.characters for page in pages)
    if unreadable > _BROKEN * (unreadable + readable):
        raise LetterTextBroken(
            "Expected a PDF with readable text, but most of its characters have no meaning; "
            "save the PDF again from the original document",
            characters=unreadable,
        )
    with_something = [page for page in pages if page.is_picture or page.characters]
    if with_something and all(page.is_picture for page in with_something):
        raise LetterScanned(
            "Expected a PDF with text, but its pages are pictures; recognise the text first (OCR), "
            "or ask for the original file",
            pages=len(pages),
        )


def _sheet(page: Page) -> Sheet:
    return Sheet(
        page.width,
        page.height,
        page.pieces,
        min((part.box[1] for part in page.tables), default=page.height),
        max((part.box[3] for part in page.tables), default=0.0),
    )


def _text_size(pages: Sequence[Sequence[Piece]]) -> float:
    sizes: Counter[float] = Counter()
    for pieces in pages:
        for piece in pieces:
            sizes[round(piece.size * 2) / 2] += sum(word.letters for word in piece.words)
    return sizes.most_common(1)[0][0] if sizes else 12.0


def _blocks(pages: Sequence[Page]) -> Iterator[Block]:
    for block, each in enumerate(read_flow(pages), 1):
        if isinstance(each, Paragraph):
            yield Line(
                text=each.text,
                bold=each.bold,
                centred=each.centred,
                place=Place(block=block, page=each.page, box=_rounded(each)),
            )
        else:
            yield join_parts(each, block)


def _rounded(paragraph: Paragraph) -> tuple[float, float, float, float]:
    left, top, right, bottom = (round(each, 1) for each in paragraph.box)
    return left, top, right, bottom


def _doubts(pages: Sequence[Page], blocks: Sequence[Block]) -> Iterator[Remark]:
    unreadable = sum(page.unreadable for page in pages)
    if unreadable > _PARTLY_BROKEN * sum(page.characters for page in pages):
        yield Remark(
            code="characters_unreadable",
            params={"count": unreadable, "pages": [page.number for page in pages if page.unreadable]},
        )
    text = " ".join(
        block.text if isinstance(block, Line) else " ".join(cell.text for row in block.rows for cell in row)
        for block in blocks
    )
    share, words = share_of_syllables(text)
    if words >= _FEWEST_WORDS and share < _DOUBTFUL:
        yield Remark(code="text_doubtful", params={"share": round(share, 2)})
