"""The site on a fresh database of either kind."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.integration.web.site import Site, furnish
from web.app import create_app
from web.assets import FOLDER
from web.settings import Settings


@pytest.fixture
def site(database: Engine, database_url: str, tmp_path: Path) -> Site:
    """A site with one item of a letter issued to STC and SNV."""
    if not (FOLDER / "manifest.json").is_file():
        pytest.skip("the front end has not been built")
    settings = Settings(home=tmp_path, database_url=database_url, secret_key="a key for tests only")
    app = create_app(settings, database)
    app.testing = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return furnish(app, database)
