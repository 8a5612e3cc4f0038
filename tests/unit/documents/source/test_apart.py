"""Files are taken apart in a process of its own, and what it may take is bounded."""

import pickle
import zipfile
from pathlib import Path

import pytest

from processes.documents import errors
from processes.documents.source import limits
from processes.documents.source.apart import Bounds, read_source_apart
from processes.documents.source.read import read_source
from tests.office import docx, edxml, paragraph, table

WORD = docx(paragraph("Kính gửi: Sở Nội vụ") + table(("1", "Rà soát"), ("2", "Báo cáo")))
#: Within what an archive may unpack to; a parser needs some hundred megabytes to see that it is too long.
HEAVY = docx("".join(paragraph(str(number * 7919)) for number in range(300_000)))


@pytest.mark.parametrize(
    ("content", "filename"),
    [
        (WORD, "công văn.docx"),
        ("Kính gửi: Sở Nội vụ".encode(), "a\udcff.txt"),
        (edxml({"a.docx": WORD, "b.bin": b"\0\xff"}, heading="<Subject>V/v</Subject>"), "a.edxml"),
    ],
)
def test_a_file_reads_apart_as_it_does_here(content: bytes, filename: str) -> None:
    assert read_source_apart(content, filename) == read_source(content, filename)


@pytest.mark.parametrize(
    ("content", "filename"),
    [(b"", "a.txt"), (b"\x00", "a.docx"), (docx("<w:p>"), "a.docx"), (b"{\\rtf1", "a.rtf")],
)
def test_a_refusal_is_the_same_apart(content: bytes, filename: str) -> None:
    with pytest.raises(errors.LetterUnreadable) as here:
        read_source(content, filename)
    with pytest.raises(errors.LetterUnreadable) as apart:
        read_source_apart(content, filename)

    assert type(apart.value) is type(here.value)
    assert (apart.value.message, apart.value.params) == (here.value.message, here.value.params)


def test_a_file_that_is_too_large_starts_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("subprocess.Popen", None)

    with pytest.raises(errors.LetterTooLarge):
        read_source_apart(bytes(limits.LARGEST_FILE + 1), "a.docx")


def test_a_file_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(errors.LetterTookTooLong) as caught:
        read_source_apart(HEAVY, "a.docx", bounds=Bounds(seconds=0.01))

    assert caught.value.params["limit"] == 0.01


def test_a_file_that_takes_too_much_memory_is_given_up_and_says_so() -> None:
    with pytest.raises(errors.LetterUnreadable) as caught:
        read_source_apart(HEAVY, "a.docx", bounds=Bounds(memory=150_000_000))

    assert caught.value.code == "letter_unreadable"
    assert caught.value.params["cause"] == "memory"


def test_within_its_bounds_the_same_file_is_refused_for_what_it_is() -> None:
    with pytest.raises(errors.LetterTooLong):
        read_source_apart(HEAVY, "a.docx")


def test_nothing_is_unpickled() -> None:
    content = pickle.dumps(zipfile.ZipFile.__init__)

    with pytest.raises(errors.LetterFormatUnknown):
        read_source_apart(content, "a.bin")


def test_modules_in_the_working_directory_are_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "orjson.py").write_text("raise SystemExit(9)")
    monkeypatch.chdir(tmp_path)

    assert read_source_apart(WORD, "a.docx").blocks
