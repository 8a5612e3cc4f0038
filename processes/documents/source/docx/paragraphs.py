"""Reads what Word shows of one paragraph: its text, how the whole of it is set, the text boxes that hang on it."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from processes.documents.source.docx.names import MATH, MC, W, chosen, switch, value
from processes.documents.source.docx.numbering import Numbering
from processes.documents.source.docx.styles import Styles, centred, listed
from processes.documents.source.docx.symbols import shown, sign

#: What only wraps runs; their text is the paragraph's.
_WRAPPERS = frozenset(
    W + name
    for name in (
        *("ins", "moveTo", "hyperlink", "fldSimple", "smartTag", "sdt", "sdtContent", "customXml"),
        *("bdo", "dir"),
    )
)
#: Text that a reviser took out.
_TAKEN_OUT = frozenset((f"{W}del", f"{W}moveFrom"))
_BREAKS = {f"{W}tab": "\t", f"{W}ptab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
_REFERENCES = {
    f"{W}footnoteReference": "footnotes_left_out",
    f"{W}endnoteReference": "footnotes_left_out",
    f"{W}commentReference": "comments_left_out",
}
_DRAWN = frozenset((f"{W}drawing", f"{W}pict", f"{W}object"))
_BLIP = "{http://schemas.openxmlformats.org/drawingml/2006/main}blip"
_IMAGE = "{urn:schemas-microsoft-com:vml}imagedata"


@dataclass(slots=True, kw_only=True)
class Paragraph:
    """A paragraph as Word shows it.

    Attributes:
        label: the automatic number before it, with a space; empty for none.
        text: with tabs and line breaks.
        bold, centred: the whole of it.
        boxes: the contents of its text boxes, each with paragraphs and tables.
        goes_on: its end was taken out, so that the next paragraph goes on in it.
        is_contents: a line of a table of contents.
    """

    label: str = ""
    text: str = ""
    bold: bool = False
    centred: bool = False
    boxes: list[etree._Element] = field(default_factory=list)
    goes_on: bool = False
    is_contents: bool = False


class ParagraphReader:
    """Reads paragraphs in the order of the document: lists and fields go on from one to the next.

    Attributes:
        met: how often something was met that is left out or changed, by the code of its remark.
    """

    def __init__(self, styles: Styles, numbering: Numbering) -> None:
        self._styles = styles
        self._numbering = numbering
        #: Of each field that is open, whether its result has begun; before that stands its instruction.
        self._fields: list[bool] = []
        self.met: Counter[str] = Counter()

    def read(self, paragraph: etree._Element) -> Paragraph:
        """Return the paragraph, its automatic number counted."""
        properties = paragraph.find(f"{W}pPr")
        style = value(properties, "pStyle")
        mark = None if properties is None else properties.find(f"{W}rPr")
        direct = centred(properties)
        read = Paragraph(
            centred=self._styles.centred(style) if direct is None else direct,
            goes_on=mark is not None and any(mark.find(tag) is not None for tag in _TAKEN_OUT),
            is_contents=self._styles.name(style).startswith("toc "),
        )
        if not read.goes_on and not read.is_contents:
            read.label = self._numbering.label(listed(properties), style)
        pieces: list[str] = []
        weights: list[bool] = []
        is_bold, is_in_capitals = self._styles.bold(style), self._styles.capitals(style)
        for run in self._runs(paragraph, read):
            piece = self._text(run, read)
            if piece.strip():
                weights.append(_is_set(run, "b", self._styles.bold_run, by_default=is_bold))
                if _is_set(run, "caps", self._styles.capitals_run, by_default=is_in_capitals):
                    piece = piece.upper()
            pieces.append(piece)
        read.text = "".join(pieces)
        read.bold = bool(weights) and all(weights)
        # an instruction ends with its paragraph; one that does not is damaged and must not swallow the rest
        self._fields = [True] * len(self._fields)
        return read

    def _runs(self, parent: etree._Element, read: Paragraph) -> Iterator[etree._Element]:
        for child in parent:
            if child.tag == f"{W}r":
                yield child
            elif child.tag in _WRAPPERS:
                self.met["insertions_kept"] += child.tag in (f"{W}ins", f"{W}moveTo")
                yield from self._runs(child, read)
            elif child.tag in _TAKEN_OUT:
                self.met["deletions_left_out"] += 1
            elif child.tag == f"{MC}AlternateContent":
                alternative = chosen(child)
                if alternative is not None:
                    yield from self._runs(alternative, read)
            elif child.tag in (f"{MATH}oMath", f"{MATH}oMathPara"):
                yield child

    def _text(self, run: etree._Element, read: Paragraph) -> str:
        if run.tag != f"{W}r":
            return "".join(each.text or "" for each in run.iter(f"{MATH}t"))
        properties = run.find(f"{W}rPr")
        if switch(properties, "vanish"):
            self.met["hidden_text_left_out"] += 1
            return ""
        fonts = None if properties is None else properties.find(f"{W}rFonts")
        font = "" if fonts is None else fonts.get(f"{W}ascii") or fonts.get(f"{W}hAnsi") or ""
        return "".join(self._pieces(run, font, read))

    def _pieces(self, parent: etree._Element, font: str, read: Paragraph) -> Iterator[str]:
        for child in parent:
            tag = child.tag
            if tag == f"{W}fldChar":
                self._field(child.get(f"{W}fldCharType"))
            elif not all(self._fields):
                continue
            elif tag == f"{W}t":
                yield shown(child.text or "", font)
            elif tag in _BREAKS:
                yield _BREAKS[tag]
            elif tag == f"{W}sym":
                yield _symbol(child)
            elif tag in _REFERENCES:
                self.met[_REFERENCES[tag]] += 1
            elif tag in _DRAWN:
                self._drawn(child, read)
            elif tag == f"{MC}AlternateContent":
                alternative = chosen(child)
                if alternative is not None:
                    yield from self._pieces(alternative, font, read)

    def _field(self, part: str | None) -> None:
        if part == "begin":
            self._fields.append(False)
        elif part == "separate" and self._fields:
            self._fields[-1] = True
        elif part == "end" and self._fields:
            self._fields.pop()

    def _drawn(self, drawing: etree._Element, read: Paragraph) -> None:
        boxes = list(_boxes(drawing))
        read.boxes += boxes
        if not boxes:
            is_picture = next(drawing.iter(_BLIP, _IMAGE), None) is not None
            self.met["pictures_left_out"] += is_picture and drawing.tag != f"{W}object"


def _is_set(
    run: etree._Element, name: str, of_style: Callable[[str | None], bool | None], *, by_default: bool
) -> bool:
    """Tell whether a run is bold or in capitals: by itself, by its style, or as its paragraph is."""
    properties = run.find(f"{W}rPr")
    direct = switch(properties, name)
    if direct is not None:
        return direct
    by_style = of_style(value(properties, "rStyle"))
    return by_default if by_style is None else by_style


def _boxes(parent: etree._Element) -> Iterator[etree._Element]:
    """Yield the contents of text boxes; those within are found when the outer one is read."""
    for child in parent:
        if child.tag == f"{W}txbxContent":
            yield child
        elif child.tag == f"{MC}AlternateContent":
            alternative = chosen(child)
            if alternative is not None:
                yield from _boxes(alternative)
        else:
            yield from _boxes(child)


def _symbol(element: etree._Element) -> str:
    code = element.get(f"{W}char", "")
    try:
        return sign(int(code, 16), element.get(f"{W}font", ""))
    except (ValueError, OverflowError):
        return ""
