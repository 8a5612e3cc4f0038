"""Has the reader read the corpus."""

from collections.abc import Iterable

from engine.errors import Rejection
from processes.documents.reading.reader import read_letter
from processes.units.registry import UnitRegistry
from tests.corpus.corpus import Document
from tests.corpus.score import Score, score


def measure(documents: Iterable[Document], registry: UnitRegistry) -> dict[str, Score]:
    """Return the score of each document, by file name; a refusal counts as reading nothing."""
    return {each.filename: score(_read(each, registry), each.expected, registry) for each in documents}


def _read(document: Document, registry: UnitRegistry) -> dict[str, object] | None:
    try:
        return read_letter(document.content(), document.filename, registry).to_json()
    except Rejection:
        return None
