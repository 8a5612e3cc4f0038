"""Finds the built front end: hashed names from the manifest, long caching, gzip for browsers that take it."""

import json
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, request, send_from_directory, url_for

FOLDER = Path(__file__).parent / "static" / "dist"
#: Hashed names never change their content.
CACHE_SECONDS = 365 * 24 * 3600

blueprint = Blueprint("assets", __name__)


class AssetsMissing(RuntimeError):
    """The front end has not been built; ``npm run build`` does it."""


class Assets:
    """The names in ``manifest.json``, by source."""

    def __init__(self, manifest: dict[str, dict[str, Any]]) -> None:
        self._manifest = manifest

    @classmethod
    def load(cls, folder: Path = FOLDER) -> "Assets":
        """Read the manifest.

        Raises:
            AssetsMissing: there is none.
        """
        path = folder / "manifest.json"
        if not path.is_file():
            raise AssetsMissing(
                f"Expected the built front end in {folder}, but it is not there: run 'make setup'"
            )
        return cls(json.loads(path.read_text(encoding="utf-8")))

    def file(self, source: str) -> str:
        """Return the built name of ``source``, e.g. ``app.js``."""
        return str(self._manifest[source]["file"])

    def styles(self, source: str) -> list[str]:
        """Return the style sheets that ``source`` brings with it, those of what it imports first."""
        found: list[str] = []
        entry = self._manifest[source]
        for imported in entry.get("imports", []):
            found += self.styles(imported)
        return list(dict.fromkeys(found + list(entry.get("css", []))))


@blueprint.get("/assets/<path:name>")
def asset(name: str) -> Response:
    """Serve one built file."""
    packed = f"{name}.gz"
    if request.accept_encodings["gzip"] > 0 and (FOLDER / packed).is_file():
        response = send_from_directory(FOLDER, packed, max_age=CACHE_SECONDS)
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Type"] = _content_type(name)
    else:
        response = send_from_directory(FOLDER, name, max_age=CACHE_SECONDS)
        response.headers["Content-Type"] = _content_type(name) or response.headers["Content-Type"]
    response.headers["Vary"] = "Accept-Encoding"
    response.cache_control.public = True
    response.cache_control.immutable = True
    return response


def install(app: Flask) -> None:
    """Give templates ``asset_url``, ``asset_styles`` and ``icon_url``."""
    assets = Assets.load()

    def asset_url(source: str) -> str:
        return url_for("assets.asset", name=assets.file(source))

    def asset_styles(source: str) -> list[str]:
        return [url_for("assets.asset", name=name) for name in assets.styles(source)]

    app.register_blueprint(blueprint)
    app.jinja_env.globals.update(asset_url=asset_url, asset_styles=asset_styles)


def _content_type(name: str) -> str:
    return {
        ".css": "text/css; charset=utf-8",
        ".js": "text/javascript; charset=utf-8",
        ".svg": "image/svg+xml",
        ".woff2": "font/woff2",
        ".woff": "font/woff",
    }.get(Path(name).suffix, "application/octet-stream")
