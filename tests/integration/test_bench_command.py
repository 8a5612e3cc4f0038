"""``sauro bench``: figures beside what is wanted, as JSON, from a checkout only."""

import sys

import orjson
import pytest
from click.testing import CliRunner

from tests.benchmarks import BENCHMARKS
from tests.benchmarks.figures import Benchmark, Figure, Setting, Unavailable
from web.cli.main import main


def test_a_benchmark_measures_and_says_what_is_wanted() -> None:
    result = CliRunner().invoke(main, ["bench", "replay", "--quick", "--json"])
    answer = orjson.loads(result.stdout)
    (figure,) = answer["figures"]
    assert set(figure) == {"name", "what", "reach", "measured", "unit", "holds", "note"}
    assert figure["name"] == "replay"
    assert figure["measured"] > 0
    assert figure["holds"] is (figure["measured"] >= 1000)
    assert result.exit_code == (0 if figure["holds"] else 1)


def test_an_unknown_name_is_refused_with_those_there_are() -> None:
    result = CliRunner().invoke(main, ["bench", "sleep", "--json"])
    assert result.exit_code == 2
    message = orjson.loads(result.stdout)["error"]["message"]
    assert all(each.name in message for each in BENCHMARKS)


def test_only_a_server_can_be_named() -> None:
    result = CliRunner().invoke(main, ["bench", "replay", "--database", "sqlite:///x.db"])
    assert result.exit_code == 2
    assert "PostgreSQL" in result.stderr


def test_without_the_sources_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tests.benchmarks", None)
    result = CliRunner().invoke(main, ["bench"])
    assert result.exit_code == 2
    assert "checkout" in result.stderr


@pytest.mark.parametrize(
    ("reach", "measured", "holds"),
    [
        (">= 2.5", 2.5, True),
        (">= 2.5", 2.4, False),
        ("<= 5", 5.1, False),
        ("", 1, None),
        (">= 1", None, None),
    ],
)
def test_a_figure_holds_or_not(reach: str, measured: float | None, holds: bool | None) -> None:
    figure = Figure(name="n", what="w", reach=reach, measured=measured, unit="x")
    assert figure.holds is holds


def test_a_benchmark_that_cannot_run_says_what_is_missing() -> None:
    def measure(_setting: Setting) -> list[Figure]:
        raise Unavailable("no server")

    with Setting() as setting:
        (figure,) = Benchmark(name="n", measure=measure).run(setting)
    assert (figure.measured, figure.note) == (None, "no server")
