"""The figures asked of the reader, over all documents of the corpus."""

from collections import Counter

import pytest

from tests.corpus.build_docx import build_docx
from tests.corpus.build_xlsx import build_xlsx
from tests.corpus.corpus import DOCUMENTS, Document, documents, registry
from tests.corpus.measure import measure
from tests.corpus.plan import NAME, plan
from tests.corpus.score import FIGURES, Score, added

_TRAPS = range(1, 20)


@pytest.fixture(scope="module")
def scores() -> dict[str, Score]:
    return measure(documents(), registry())


def test_no_directive_is_invented(scores: dict[str, Score]) -> None:
    assert {name: each.remarks for name, each in scores.items() if each.invented} == {}


@pytest.mark.parametrize("figure", FIGURES)
def test_the_whole_corpus_is_read_as_well_as_asked(figure: str, scores: dict[str, Score]) -> None:
    assert added(scores.values()).share(figure) >= FIGURES[figure], _remarks(figure, scores)


@pytest.mark.parametrize("figure", FIGURES)
def test_it_is_without_the_long_plan_that_holds_half_of_the_directives(
    figure: str, scores: dict[str, Score]
) -> None:
    rest = {name: each for name, each in scores.items() if not name.startswith(NAME)}

    assert added(rest.values()).share(figure) >= FIGURES[figure], _remarks(figure, rest)


def test_every_trap_stands_in_two_documents_or_more() -> None:
    truths = {each.name: each.expected for each in documents()}
    held = Counter(trap for truth in truths.values() for trap in truth["traps"])

    assert {trap: held[trap] for trap in _TRAPS if held[trap] < 2} == {}
    assert sum(not truth.get("hard") for truth in truths.values()) >= 44


def test_equal_descriptions_give_equal_files() -> None:
    chosen = [each for each in documents() if each.format in ("docx", "edxml")]

    assert [each.filename for each in chosen if each.content() != each.content()] == []


def test_the_long_plan_is_the_one_its_module_writes() -> None:
    description, directives = plan()
    long = next(each for each in documents() if each.name == NAME)

    assert (long.description, long.expected["directives"]) == (description, directives)


def test_what_is_expected_stands_in_the_description() -> None:
    assert [name for each in documents() for name in _unwritten(each)] == []


def test_builders_leave_out_no_text() -> None:
    assert build_docx("%table\nA | B\n1 | x\n%end") != build_docx("%table\nA | B\n1 | y\n%end")
    assert build_xlsx("x") != build_xlsx("y")


def test_every_description_has_its_truth() -> None:
    assert {path.stem for path in DOCUMENTS.glob("*.txt")} == {path.stem for path in DOCUMENTS.glob("*.json")}


def _unwritten(document: Document) -> list[str]:
    """Return the directives whose first words the description does not hold; a package holds none itself."""
    if document.format == "edxml":
        return []
    written = " ".join(document.description.replace("*", "").replace(" // ", " ").split())
    return [
        f"{document.filename} {each['ordinal']}"
        for each in document.expected["directives"]
        if each["first_12_words"] not in written
    ]


def _remarks(figure: str, scores: dict[str, Score]) -> str:
    lines = (
        f"{name}: {remark}"
        for name, each in scores.items()
        for remark in each.remarks
        if remark.startswith(f"{figure}:")
    )
    return "\n".join(lines)
