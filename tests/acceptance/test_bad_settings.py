"""Wrong settings and wrong accounts end with a message and exit status 2, never with a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from processes.samples import sample_registry


def run(tmp_path: Path, *arguments: object, status: int, **settings: object) -> str:
    environment = {**os.environ, "SAURO_HOME": str(tmp_path / "home"), "SAURO_DATABASE_URL": ""}
    environment |= {name: str(value) for name, value in settings.items()}
    process = subprocess.run(
        [sys.executable, "-c", "from web.cli import main; main()", *map(str, arguments)],
        env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert "Traceback" not in process.stderr
    assert process.returncode == status, process.stderr
    return process.stderr if status else process.stdout


@pytest.mark.parametrize(
    "address",
    [
        "garbage",
        "oracle://x",
        "postgresql://127.0.0.1:1/x",
        "postgresql+psycopg://127.0.0.1:1/x",
        "sqlite:////proc/x/y",
    ],
)
def test_a_database_that_cannot_be_used_is_named(tmp_path: Path, address: str) -> None:
    said = run(tmp_path, "history", "verify", "--all", status=2, SAURO_DATABASE_URL=address)
    assert said.startswith("sauro: ")


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    file = tmp_path / "letter.db"
    file.write_text("Kính gửi: Sở Nội vụ. " * 500)
    said = run(tmp_path, "history", "verify", "--all", status=2, SAURO_DATABASE_URL=f"sqlite:///{file}")
    assert "letter.db" in said


def test_a_home_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert "SAURO_HOME" in run(tmp_path, "serve", status=2, SAURO_HOME=tmp_path / "file" / "home")


@pytest.mark.parametrize("name", ["SAURO_DATABASE_POOL_SIZE", "SAURO_DATABASE_LOCK_TIMEOUT"])
def test_a_database_setting_that_cannot_be_is_named(tmp_path: Path, name: str) -> None:
    assert name in run(tmp_path, "db", "status", status=2, **{name: "none"})


def test_a_site_with_more_threads_than_connections_is_refused(tmp_path: Path) -> None:
    said = run(tmp_path, "serve", "--threads", "12", status=2, SAURO_DATABASE_POOL_OVERFLOW=4)
    assert "SAURO_DATABASE_POOL_SIZE" in said


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("a.b", "--unit", "NOPE"), "NOPE"),
        (("a.b", "--unit", "snv"), "SNV (Sở Nội vụ)"),
        (("a.b", "--unit", "Sở Nội vụ"), "SNV (Sở Nội vụ)"),
        (("x" * 65, "--unit", "SNV"), "2 to 64 characters"),
        (("x", "--unit", "SNV"), "2 to 64 characters"),
    ],
)
def test_an_account_needs_a_unit_of_the_registry_and_a_proper_name(
    tmp_path: Path, arguments: tuple[str, ...], named: str
) -> None:
    registry = tmp_path / "units.csv"
    registry.write_bytes(sample_registry())
    run(tmp_path, "units", "load", registry, status=0)
    rest = ("--name", "An", "--role", "unit_head", "--password", "correct horse battery")
    assert named in run(tmp_path, "users", "add", *arguments, *rest, status=2)
