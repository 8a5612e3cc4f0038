"""Every refusal has a sentence for its code, and nothing else has."""

import importlib
import pkgutil

import pytest
from flask import Flask

import engine
import processes
from engine.errors import Rejection
from web import language
from web.errors.sentences import SENTENCES, sentence


def rejections() -> set[type[Rejection]]:
    for package in (engine, processes):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in module.name:
                importlib.import_module(module.name)
    found: set[type[Rejection]] = set()
    waiting = [Rejection]
    while waiting:
        kind = waiting.pop()
        found.add(kind)
        waiting += kind.__subclasses__()
    return {kind for kind in found if kind.__module__.startswith(("engine", "processes"))}


def test_every_code_has_a_sentence() -> None:
    assert {kind.code for kind in rejections()} == set(SENTENCES)


def test_codes_are_not_shared() -> None:
    codes = [kind.code for kind in rejections()]
    assert sorted(codes) == sorted(set(codes))


@pytest.mark.parametrize("code", SENTENCES)
def test_the_sentence_is_in_the_readers_language(code: str) -> None:
    app = Flask("web")
    language.install(app)
    told = []
    for chosen in ("vi", "en"):
        with app.test_request_context(headers={"Cookie": f"sauro_language={chosen}"}):
            refused = Rejection("Expected something, but it was not")
            refused.code = code
            told.append(sentence(refused))
    assert all(told)
    assert told[0] != told[1]
