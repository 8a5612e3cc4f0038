"""The language that commands answer in: Vietnamese, or English where the terminal's locale asks for it."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from flask import Flask
from flask_babel import force_locale

from web import language
from web.language import DEFAULT_LANGUAGE

#: In the order in which POSIX lets them decide.
_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


def terminal_language(environment: Mapping[str, str] | None = None) -> str:
    """Return ``en`` if the locale is an English one, else ``vi``."""
    values = os.environ if environment is None else environment
    chosen = next((values[name] for name in _VARIABLES if values.get(name)), "")
    return "en" if chosen.partition("_")[0].partition(".")[0].lower() == "en" else DEFAULT_LANGUAGE


@contextmanager
def speaking() -> Iterator[None]:
    """Make the catalogues answer in the terminal's language within the block."""
    app = Flask("web")
    language.install(app)
    with app.app_context(), force_locale(terminal_language()):
        yield
