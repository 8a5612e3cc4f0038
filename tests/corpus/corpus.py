"""The documents of the corpus: a description, what is true of it, and the files built from it.

``documents/NAME.txt`` is the text of a document or the description it is built from, ``documents/NAME.json`` what
a careful clerk reads in it, with these keys beside those of ``letter read --json``:

* ``formats``: the files built of it: ``txt``, ``md``, ``docx``, ``pdf``, ``xlsx``, ``edxml``;
* ``traps``: which of the domain's nineteen traps it holds;
* ``last_4_words`` of a directive, ``or_first_12_words`` where it may as well begin so;
* ``kept_out``: names and numbers of contact persons, which stand in no directive;
* ``encoding``, ``form``, ``wrap``: of a text file, if not UTF-8, NFC and one line for each paragraph; ``nbsp``:
  text whose spaces are no-break spaces;
* ``hard``: it belongs to the second set, imagined after the hardest real documents.

A PDF was made from the Word file once, by ``python -m tests.corpus.build_pdf``, and lies in ``pdf/``.
"""

import json
import textwrap
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from processes.samples import sample_registry
from processes.units.registry import UnitRegistry
from processes.units.units_csv import read_units_csv
from tests.corpus.build_docx import build_docx
from tests.corpus.build_edxml import attachment_of, build_edxml
from tests.corpus.build_xlsx import build_xlsx

DOCUMENTS = Path(__file__).parent / "documents"
PDFS = Path(__file__).parent / "pdf"
REGISTRY = Path(__file__).parent / "registry.csv"


@dataclass(frozen=True, slots=True)
class Document:
    """One file of the corpus; ``expected`` are the keys of its ``.json``."""

    name: str
    format: str
    description: str
    expected: dict[str, Any]

    @property
    def filename(self) -> str:
        """Name and ending."""
        return f"{self.name}.{self.format}"

    def content(self) -> bytes:
        """Return the file's bytes."""
        match self.format:
            case "docx":
                return build_docx(unicodedata.normalize(self.expected.get("form", "NFC"), self.description))
            case "xlsx":
                return build_xlsx(self.description)
            case "pdf":
                return (PDFS / self.filename).read_bytes()
            case "edxml":
                packed = document(attachment_of(self.description))
                return build_edxml(self.description, packed.filename, packed.content())
            case _:
                return self._as_text()

    def _as_text(self) -> bytes:
        text = self.description
        if "wrap" in self.expected:
            width = self.expected["wrap"]
            lines = (
                textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False)
                for line in text.split("\n")
            )
            text = "\n".join(lines)
        for words in self.expected.get("nbsp", ()):
            text = text.replace(words, words.replace(" ", "\u00a0"))
        text = unicodedata.normalize(self.expected.get("form", "NFC"), text)
        return text.encode(self.expected.get("encoding", "utf-8"))


def documents() -> Iterator[Document]:
    """Yield every file of the corpus, by name."""
    for path in sorted(DOCUMENTS.glob("*.json")):
        expected = json.loads(path.read_text("utf-8"))
        description = path.with_suffix(".txt").read_text("utf-8")
        for each in expected["formats"]:
            yield Document(path.stem, each, description, expected)


def document(filename: str) -> Document:
    """Return the file of that name."""
    return next(each for each in documents() if each.filename == filename)


def registry() -> UnitRegistry:
    """Return the units of the city in which the corpus plays: the product's sample, and some with pitfalls."""
    return UnitRegistry(read_units_csv(sample_registry()) + read_units_csv(REGISTRY))
