"""Writes PDFs by hand: text at given places, lines, pictures, annotations, signatures."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

#: Width of every letter and of a space, in thousandths of the size; a combining mark has none.
LETTER, SPACE = 500, 250
WIDTH, HEIGHT = 595.0, 842.0


@dataclass
class Font:
    """A simple font that gives each text drawn with it a code and says in its table what the code means."""

    name: str
    has_meaning: bool = True
    codes: dict[str, int] = field(default_factory=dict)

    def code(self, sign: str) -> int:
        return self.codes.setdefault(sign, 33 + len(self.codes) if sign != " " else 32)

    def width(self, sign: str) -> int:
        return {" ": SPACE}.get(sign, 0 if "\u0300" <= sign <= "\u036f" else LETTER)

    def objects(self, number: int) -> list[bytes]:
        signs = {code: sign for sign, code in self.codes.items()}
        last = max([33, *signs])
        widths = " ".join(
            str(self.width(signs[code]) if code in signs else 0) for code in range(32, last + 1)
        )
        pairs = "\n".join(
            f"<{code:02x}> <{sign.encode('utf-16-be').hex()}>" for code, sign in sorted(signs.items())
        )
        table = (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /A def /CMapType 2 def\n"
            f"1 begincodespacerange <00> <ff> endcodespacerange\n{len(signs)} beginbfchar\n{pairs}\nendbfchar\n"
            "endcmap end end"
        )
        meaning = f"/ToUnicode {number + 1} 0 R" if self.has_meaning else ""
        # every letter looks like an n, which is as wide as all are; marks have no shape of their own
        names = " ".join(
            f"{code} /{'n' if self.width(sign) == LETTER else 'space'}" for code, sign in signs.items()
        )
        font = (
            f"<< /Type /Font /Subtype /TrueType /BaseFont /{self.name} /FirstChar 32 /LastChar {last} "
            f"/Widths [{widths}] /Encoding << /Type /Encoding /Differences [{names}] >> {meaning} "
            f"/FontDescriptor {number + 2} 0 R >>"
        )
        flags = 262176 if "Bold" in self.name else 32
        descriptor = (
            f"<< /Type /FontDescriptor /FontName /{self.name} /Flags {flags} /FontBBox [0 -200 1000 900] "
            "/ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >>"
        )
        return [font.encode(), stream(table.encode()), descriptor.encode()]


def stream(content: bytes, more: str = "") -> bytes:
    return f"<< /Length {len(content)} {more} >>\nstream\n".encode() + content + b"\nendstream"


@dataclass
class Sheet:
    """A page; places are given in points from the upper left corner."""

    width: float = WIDTH
    height: float = HEIGHT
    turned: int = 0
    drawing: list[str] = field(default_factory=list)
    annotations: list[tuple[str, tuple[float, float, float, float], list[str]]] = field(default_factory=list)


class Drawing:
    """A document under construction."""

    def __init__(self) -> None:
        self.fonts = {
            name: Font(base)
            for name, base in {
                "F": "ABCDEF+TimesNewRomanPSMT",
                "B": "ABCDEF+TimesNewRomanPS-BoldMT",
            }.items()
        }
        self.fonts["N"] = Font("ABCDEF+Nameless", has_meaning=False)
        self.sheets: list[Sheet] = []
        self.catalogue = ""
        self.extra: list[Callable[[int], list[bytes]]] = []
        self.signature: bytes | None = None
        self.signed_at = "D:20260612165211+07'00'"

    def page(self, width: float = WIDTH, height: float = HEIGHT, *, turned: int = 0) -> Sheet:
        self.sheets.append(Sheet(width, height, turned))
        return self.sheets[-1]

    def text(
        self,
        sheet: Sheet,
        x: float,
        y: float,
        text: str | Sequence[str],
        *,
        size: float = 13,
        font: str = "F",
        into: list[str] | None = None,
        matrix: str | None = None,
    ) -> float:
        """Draw a text with its baseline at ``y``; a sequence has one sign per code. Returns where it ends."""
        at = self.fonts[font]
        codes = "".join(f"{at.code(sign):02x}" for sign in text)
        place = matrix or f"1 0 0 1 {x:.2f} {sheet.height - y:.2f}"
        target = sheet.drawing if into is None else into
        target.append(f"BT /{font} {size} Tf {place} Tm <{codes}> Tj ET")
        return x + sum(at.width(sign) for sign in text) * size / 1000

    def words(
        self, sheet: Sheet, x: float, y: float, words: Iterable[str], *, gap: float, size: float = 13
    ) -> None:
        """Draw words without spaces in the file, ``gap`` points apart."""
        for word in words:
            x = self.text(sheet, x, y, word, size=size) + gap

    def rule(self, sheet: Sheet, x0: float, y0: float, x1: float, y1: float) -> None:
        sheet.drawing.append(f"0.5 w {x0} {sheet.height - y0} m {x1} {sheet.height - y1} l S")

    def bar(self, sheet: Sheet, x0: float, y0: float, x1: float, y1: float) -> None:
        """Fill a rectangle, as Word does for borders."""
        sheet.drawing.append(f"{x0} {sheet.height - y1} {x1 - x0} {y1 - y0} re f")

    def grid(self, sheet: Sheet, xs: Sequence[float], ys: Sequence[float]) -> None:
        for x in xs:
            self.rule(sheet, x, ys[0], x, ys[-1])
        for y in ys:
            self.rule(sheet, xs[0], y, xs[-1], y)

    def picture(self, sheet: Sheet) -> None:
        """Fill the page with a picture."""
        sheet.drawing.append(
            f"q {sheet.width} 0 0 {sheet.height} 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x7f EI Q"
        )

    def shown(
        self, sheet: Sheet, kind: str, box: tuple[float, float, float, float], lines: Mapping[float, str]
    ) -> None:
        """Add an annotation that shows lines of text; ``kind`` is its subtype, ``Sig`` a signature field."""
        drawing: list[str] = []
        left, top, right, bottom = box
        inner = Sheet(right - left, bottom - top)
        for y, line in lines.items():
            self.text(inner, 2, y, line, size=8, into=drawing)
        sheet.annotations.append((kind, box, drawing))

    def bytes(self) -> bytes:
        objects: list[bytes] = [b"", b""]  # catalogue, page tree
        fonts = ""
        for name, each in self.fonts.items():
            fonts += f"/{name} {len(objects) + 1} 0 R "
            objects += each.objects(len(objects) + 1)
        resources = f"<< /Font << {fonts} >> >>"
        kids, fields = [], []
        for sheet in self.sheets:
            marks = []
            for kind, box, drawing in sheet.annotations:
                left, top, right, bottom = box
                shape = f"/BBox [0 0 {right - left} {bottom - top}]"
                form = f"/Type /XObject /Subtype /Form {shape} /Resources {resources}"
                objects.append(stream("\n".join(drawing).encode(), form))
                value = ""
                if kind == "Sig":
                    objects.append(
                        f"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached "
                        f"/M ({self.signed_at}) /ByteRange [0 1 2 3] "
                        f"/Contents <{(self.signature or b'').hex()}{'00' * 64}> >>".encode()
                    )
                    value = f"/FT /Sig /T (s) /V {len(objects)} 0 R"
                form_at = len(objects) if kind != "Sig" else len(objects) - 1
                objects.append(
                    f"<< /Type /Annot /Subtype /{'Widget' if kind == 'Sig' else kind} /F 4 {value} "
                    f"/Rect [{left} {sheet.height - bottom} {right} {sheet.height - top}] "
                    f"/AP << /N {form_at} 0 R >> >>".encode()
                )
                marks.append(f"{len(objects)} 0 R")
                fields += marks[-1:] if kind == "Sig" else []
            objects.append(stream("\n".join(sheet.drawing).encode("latin-1")))
            objects.append(
                f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {sheet.width} {sheet.height}] "
                f"/Rotate {sheet.turned} /Resources {resources} "
                f"/Contents {len(objects)} 0 R /Annots [{' '.join(marks)}] >>".encode()
            )
            kids.append(f"{len(objects)} 0 R")
        form = f"/AcroForm << /SigFlags 3 /Fields [{' '.join(fields)}] >>" if fields else ""
        objects[0] = f"<< /Type /Catalog /Pages 2 0 R {form} {self.catalogue} >>".encode()
        objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
        return written(objects)


def written(objects: Sequence[bytes]) -> bytes:
    """Return a file of these objects, numbered from 1; the first is the catalogue."""
    content, places = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(content))
        content += f"{number} 0 obj\n".encode() + each + b"\nendobj\n"
    start = len(content)
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    head = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    return (
        content
        + f"{head}trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF".encode()
    )
