"""Language and theme: kept in cookies, so that they work before anybody signs in and without JavaScript."""

from urllib.parse import urlsplit

from flask import Blueprint, Flask, abort, redirect, request
from flask.typing import ResponseReturnValue

from web.language import LANGUAGE_COOKIE, LANGUAGES

THEMES = ("light", "dark")
THEME_COOKIE = "sauro_theme"
_ONE_YEAR = 365 * 24 * 3600
_CHOICES = {"language": (LANGUAGE_COOKIE, tuple(LANGUAGES)), "theme": (THEME_COOKIE, THEMES)}

blueprint = Blueprint("preferences", __name__)


@blueprint.post("/preferences")
def choose() -> ResponseReturnValue:
    """Keep one choice and go back to the page it was made on."""
    response = redirect(own_page(request.form.get("back", "/")))
    for name, (cookie, values) in _CHOICES.items():
        value = request.form.get(name)
        if value is None:
            continue
        if value not in values:
            abort(400)
        response.set_cookie(
            cookie, value, max_age=_ONE_YEAR, samesite="Lax", httponly=True, secure=request.is_secure
        )
    return response


def own_page(address: str) -> str:
    """Return ``address`` if it is a path of this site, else the first page."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or not address.startswith("/") or address[:2] in {"//", "/\\"}:
        return "/"
    return "/" if any(ord(character) < 32 for character in address) else address


def install(app: Flask) -> None:
    """Give templates the theme."""

    def theme() -> str:
        chosen = request.cookies.get(THEME_COOKIE, THEMES[0])
        return chosen if chosen in THEMES else THEMES[0]

    app.register_blueprint(blueprint)
    app.jinja_env.globals.update(present_theme=theme)
