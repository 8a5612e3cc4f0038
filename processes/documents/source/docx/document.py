"""Reads a Word document: what stands on its pages, and remarks on what was left out."""

import posixpath
from collections.abc import Iterator

from lxml import etree

from processes.documents.errors import LetterNotDocx, LetterOtherProgram, LetterScanned
from processes.documents.source.archives import Archive, ignored
from processes.documents.source.blocks import Block, Line, Remark, SourceKind, SourceText
from processes.documents.source.collecting import Collector, too_long
from processes.documents.source.docx.body import BodyReader
from processes.documents.source.docx.names import R, W, switch
from processes.documents.source.docx.numbering import Numbering
from processes.documents.source.docx.paragraphs import ParagraphReader
from processes.documents.source.docx.styles import Styles
from processes.documents.source.letterhead import is_letterhead
from processes.documents.source.limits import MOST_BLOCKS, MOST_CELLS

_USUAL_PART = "word/document.xml"


def read_docx(content: bytes) -> SourceText:
    """Return the paragraphs and tables of a Word document; macros and embedded files are never looked into.

    Footnotes, comments, headers and footers are left out, unless the first page's header is the letter's.

    Raises:
        LetterNotDocx: the archive holds no Word document.
        LetterScanned: it holds pictures and no text.
        LetterOtherProgram: its text is a web page, which Word would take in when it opens the document.
        LetterUnreadable: damaged, too long, a bomb.
    """
    with Archive(content) as archive:
        main = _main_part(archive)
        root = archive.xml(main)
        body = root.find(f"{W}body")
        if root.tag != f"{W}document" or body is None:
            raise LetterNotDocx("Expected a Word document, but its text has another form")
        _refuse_too_many(body)
        related = archive.related(main)
        styles = Styles(_part(archive, main, "styles"))
        paragraphs = ParagraphReader(styles, Numbering(_part(archive, main, "numbering"), styles))
        reader = BodyReader(paragraphs)
        headed = list(_first_header(archive, related, body, reader))
        blocks = list(reader.blocks(body))
        remarks = list(ignored(archive))
    met = paragraphs.met
    met["foreign_parts_left_out"] += sum(1 for _ in body.iter(f"{W}altChunk"))
    if reader.letterhead:
        met["text_box_put_first"] += 1
    if headed:
        met["header_put_first"] += 1
    collector = Collector()
    for block in (*headed, *reader.letterhead, *blocks):
        if isinstance(block, Line):
            collector.line(block)
        else:
            collector.table(block)
    if not collector.blocks and met["foreign_parts_left_out"]:
        raise LetterOtherProgram("Expected a Word document, but its text is a web page within", format="html")
    if not collector.blocks and met["pictures_left_out"]:
        raise LetterScanned("Expected a letter with text, but the document holds pictures only")
    remarks += [Remark(code=code, params={"count": met[code]}) for code in _REMARKS if met[code]]
    return SourceText(kind=SourceKind.DOCX, blocks=tuple(collector.blocks), remarks=tuple(remarks))


#: What is remarked with its number, in the order of remarks.
_REMARKS = (
    "header_put_first",
    "text_box_put_first",
    "text_boxes_read",
    "insertions_kept",
    "deletions_left_out",
    "hidden_text_left_out",
    "footnotes_left_out",
    "comments_left_out",
    "contents_left_out",
    "foreign_parts_left_out",
    "pictures_left_out",
)


def _main_part(archive: Archive) -> str:
    parts = [name for kind, name in archive.related().values() if kind == "officeDocument"]
    main = parts[0] if parts else _USUAL_PART
    if main not in archive:
        raise LetterNotDocx("Expected a Word document, but the file is no archive with a text")
    return main


def _part(archive: Archive, main: str, kind: str) -> etree._Element | None:
    """Return a part that the main one refers to, or that lies where it usually does."""
    usual = posixpath.join(posixpath.dirname(main), f"{kind}.xml")
    name = next((name for each, name in archive.related(main).values() if each == kind), usual)
    return archive.xml(name) if name in archive else None


def _refuse_too_many(body: etree._Element) -> None:
    """Refuse before anything is taken apart; empty paragraphs count, too, but only all together."""
    if sum(1 for _ in body.iter(f"{W}tc")) > MOST_CELLS:
        raise too_long("cells", MOST_CELLS)
    if sum(1 for _ in body.iter(f"{W}p")) > MOST_BLOCKS + MOST_CELLS:
        raise too_long("paragraphs", MOST_BLOCKS)
    if sum(1 for each in body.iterchildren(f"{W}p") if each.find(f"{W}r") is not None) > MOST_BLOCKS:
        raise too_long("paragraphs", MOST_BLOCKS)


def _first_header(
    archive: Archive, related: dict[str, tuple[str, str]], body: etree._Element, reader: BodyReader
) -> Iterator[Block]:
    """Yield the header of the first page if that is where the letter has its own."""
    section = next(body.iter(f"{W}sectPr"), None)
    if section is None:
        return
    kind = "first" if switch(section, "titlePg") else "default"
    for reference in section.iterchildren(f"{W}headerReference"):
        _, name = related.get(reference.get(f"{R}id", ""), ("", ""))
        if reference.get(f"{W}type") == kind and name in archive:
            blocks = list(reader.blocks(archive.xml(name)))
            if is_letterhead(blocks):
                yield from blocks
