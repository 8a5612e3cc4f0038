"""Everything that taking a file apart remarks on is said in a sentence."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale

import processes.documents.source
from processes.documents.source.docx import document
from web import language
from web.intake.remarks import remark_sentences

SOURCES = Path(next(iter(processes.documents.source.__path__)))
WRITTEN = {
    code
    for file in SOURCES.rglob("*.py")
    for code in re.findall(r"Remark\(\s*code=\"(\w+)\"", file.read_text("utf-8"))
}
NAMED = {"formulas_without_value", "cells_with_errors", "dates_maybe_swapped", *document._REMARKS}


@pytest.mark.parametrize("code", sorted(WRITTEN | NAMED))
@pytest.mark.parametrize("locale", ["vi", "en"])
def test_every_remark_has_a_sentence(code: str, locale: str) -> None:
    app = Flask("web")
    language.install(app)
    with app.app_context(), force_locale(locale):
        (sentence,) = remark_sentences([{"code": code}, {"code": code}])
    assert sentence != code.replace("_", " ")
    assert sentence.endswith(".")
