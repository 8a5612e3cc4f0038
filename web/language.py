"""Chooses the language: the person's own choice, else Vietnamese."""

import flask_babel
from flask import Flask, request
from flask_babel import Babel, get_locale
from markupsafe import Markup

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
DEFAULT_LANGUAGE = "vi"
LANGUAGE_COOKIE = "sauro_language"
TIME_ZONE = "Asia/Ho_Chi_Minh"


def chosen_language() -> str:
    """Return the language of the present request."""
    language = request.cookies.get(LANGUAGE_COOKIE, DEFAULT_LANGUAGE)
    return language if language in LANGUAGES else DEFAULT_LANGUAGE


def present_language() -> str:
    """Return the language that texts are being written in: ``vi`` or ``en``."""
    return str(get_locale() or DEFAULT_LANGUAGE)


def gettext(message: str, /, **values: object) -> str:
    """Return the message in the present language."""
    return str(flask_babel.gettext(message, **values))


def ngettext(singular: str, plural: str, count: int, /, **values: object) -> str:
    """Return the message for ``count`` things in the present language."""
    return str(flask_babel.ngettext(singular, plural, count, **values))


def pgettext(context: str, message: str, /, **values: object) -> str:
    """Return the message as meant in ``context`` in the present language."""
    return str(flask_babel.pgettext(context, message, **values))


def as_written() -> Markup:
    """Return the attribute that marks quoted Vietnamese on a page in another language."""
    return Markup("") if present_language() == DEFAULT_LANGUAGE else Markup(' lang="vi"')


def quoted(text: str) -> str:
    """Return words that somebody wrote, marked as Vietnamese on a page in another language."""
    if present_language() == DEFAULT_LANGUAGE or not text:
        return text
    return Markup('<span lang="vi">{}</span>').format(text)


def install(app: Flask) -> None:
    """Set up translations."""
    app.config.update(BABEL_DEFAULT_LOCALE=DEFAULT_LANGUAGE, BABEL_DEFAULT_TIMEZONE=TIME_ZONE)
    Babel(app, locale_selector=chosen_language)
    app.jinja_env.globals.update(
        languages=LANGUAGES, present_language=present_language, as_written=as_written
    )
