"""Every text people read is there in Vietnamese and in English, and the catalogues fit the source."""

import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[3]
LANGUAGES = ("en", "vi")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What the source and the models say now."""
    template = tmp_path_factory.mktemp("catalogue") / "messages.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", "--quiet", "extract", "--mapping=babel.cfg"]
    subprocess.run(
        [*command, f"--output-file={template}", "."], cwd=ROOT, check=True, capture_output=True, timeout=120
    )
    with template.open("rb") as file:
        return read_po(file)


def catalogue(language: str) -> Catalog:
    with (ROOT / "web" / "translations" / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def keys(messages: Catalog) -> set[tuple[str | None, object]]:
    return {(message.context, message.id) for message in messages if message.id}


def texts(value: object) -> list[str]:
    return list(value) if isinstance(value, tuple | list) else [str(value)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_holds_exactly_what_the_source_says(source, language):
    assert keys(catalogue(language)) == keys(source)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_untranslated_or_fuzzy(language):
    unfinished = [
        message.id
        for message in catalogue(language)
        if message.id and (message.fuzzy or not all(texts(message.string)))
    ]
    assert unfinished == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_are_those_of_the_message(language):
    broken = [
        message.id
        for message in catalogue(language)
        if message.id and message.python_format and list(message.check(catalogue(language)))
    ]
    assert broken == []


def test_vietnamese_names_of_the_model_are_as_drawn(source):
    drawn = {
        (message.context, message.id): " ".join(message.auto_comments)
        for message in source
        if message.context is not None
    }
    told = {
        (message.context, message.id): message.string
        for message in catalogue("vi")
        if message.context is not None
    }
    assert told == drawn


def test_english_texts_hold_no_vietnamese():
    letters = set("ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ")
    wrong = [
        text
        for message in catalogue("en")
        for text in texts(message.string)
        if letters & set(text.casefold().replace("sáu rõ", "")) and "415/BC" not in text
    ]
    assert wrong == []
