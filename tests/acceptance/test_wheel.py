"""The wheel holds everything and runs from a directory that is not the checkout."""

import json
import os
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]

SERVE_A_PAGE = """
import sys, web
assert web.__file__.startswith(sys.argv[1]), web.__file__
from web.app import create_app
from web.installation import process_settings
from web.settings import Settings
from engine.database import open_database
from processes.schema import upgrade
settings = Settings.from_environment()
database = open_database(settings.database_url)
upgrade(database)
answer = create_app(settings, database).test_client().get("/sign-in")
assert answer.status_code == 200, answer.status
assert "Đăng nhập" in answer.text
"""


def test_the_wheel_runs_elsewhere(tmp_path: Path) -> None:
    site, work = tmp_path / "site", tmp_path / "work"
    work.mkdir()
    environment = {**os.environ, "SAURO_HOME": str(tmp_path / "home"), "PYTHONPATH": str(site)}
    environment.pop("SAURO_DATABASE_URL", None)

    def run(*command: str, cwd: Path = work) -> str:
        done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    run(
        sys.executable,
        "-m",
        "hatchling",
        "build",
        "--target",
        "wheel",
        "--directory",
        str(tmp_path),
        cwd=CHECKOUT,
    )
    (wheel,) = tmp_path.glob("sauro-*.whl")
    run(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(site), str(wheel))
    run(sys.executable, "-c", SERVE_A_PAGE, str(site))
    answer = run(
        sys.executable,
        "-c",
        "from web.cli import main; main()",
        "demo",
        "--months",
        "0",
        "--no-serve",
        "--json",
    )
    assert json.loads(answer)["instances"] == 806
    verified = run(
        sys.executable, "-c", "from web.cli import main; main()", "history", "verify", "--all", "--json"
    )
    assert json.loads(verified)
