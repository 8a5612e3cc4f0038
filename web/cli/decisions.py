"""``sauro decisions``: make a decision of a file and see why; run the DMN compatibility kit."""

from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from engine import clock
from engine.dmn import DecisionModel, DecisionResult, DmnError, RuleResult, load_decisions
from engine.dmn.tck import run_cases
from engine.feel import to_feel
from engine.feel.builtins_conversion import written
from web.cli.host_functions import FUNCTIONS, ask
from web.cli.json_input import json_object
from web.cli.output import print_json

#: Exit status when cases of the compatibility kit do not pass.
FAILED = 1
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group()
def decisions() -> None:
    """Make decisions of DMN files and see why they are made so."""


@decisions.command()
@click.argument("file", type=_FILE)
@click.option("--decision", "decision_id", required=True, metavar="ID", help="The decision, by its id.")
@click.option("--input", "given", default="{}", metavar="JSON", help="Inputs by name, as JSON or @FILE.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def evaluate(file: Path, decision_id: str, given: str, as_json: bool) -> None:
    """Make a decision of the DMN file FILE; print its result, the rules that matched and what it required."""
    variables = json_object(given, "--input")
    model = _load(file)
    if decision_id not in model.decisions:
        known = ", ".join(model.decisions) or "none"
        raise ValueError(
            f"Expected a decision of {file.name}, but there is no {decision_id!r}; there are: {known}"
        )
    try:
        result = model.evaluate(decision_id, variables, now=clock.now(), ask=ask)
    except DmnError as error:
        raise ValueError(_told(error, file)) from error
    made = [each.to_json() for each in result.walk()]
    if as_json:
        print_json({**made[-1], "required": made[:-1]})
        return
    for each in result.walk():
        _show(each)


@decisions.command()
@click.argument("folder", type=_FOLDER)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def tck(folder: Path, as_json: bool) -> None:
    """Run the cases of the DMN Technology Compatibility Kit that lie in FOLDER and the folders within it.

    Exit status 0 when all pass, 1 when some do not.
    """
    try:
        results = list(run_cases(folder, now=clock.now()))
    except DmnError as error:
        raise ValueError(error.message) from error
    if not results:
        raise ValueError(f"Expected cases of the DMN TCK, but there are none in {folder}")
    failing = [result for result in results if result.reason is not None]
    if as_json:
        print_json(
            {
                "passed": len(results) - len(failing),
                "failed": len(failing),
                "failures": [{"name": each.case.name, "reason": each.reason} for each in failing],
                "passed_names": [each.case.name for each in results if each.reason is None],
            }
        )
    else:
        for each in failing:
            click.echo(f"{each.case.name}: {each.reason}")
        click.echo(f"{len(results) - len(failing)} passed, {len(failing)} failed")
    if failing:
        raise SystemExit(FAILED)


def _load(file: Path) -> DecisionModel:
    try:
        others = [other.read_bytes() for other in sorted(file.parent.glob("*.dmn")) if other != file]
        return load_decisions(file.read_bytes(), others=others, functions=FUNCTIONS)
    except DmnError as error:
        raise ValueError(_told(error, file)) from error
    except OSError as error:
        raise ValueError(f"Expected to read {file}, but {error.strerror}") from error


def _told(error: DmnError, file: Path) -> str:
    place = f" (element '{error.element_id}')" if error.element_id else ""
    return f"{file.name}: {error.message}{place}"


def _answers() -> Console:
    """Return the console of standard output, as it is now."""
    return Console()


def _show(result: DecisionResult) -> None:
    title = result.decision_name or result.decision_id
    _answers().print(Text.assemble((title, "bold"), f"  =  {_written(result.result)}"), soft_wrap=True)
    for name, value in result.inputs.items():
        _answers().print(Text(f"  {name}: {_written(value)}"), soft_wrap=True)
    _show_rules(result.rules)
    for table in result.within:
        _answers().print(Text(f"  within, table {table.table_id}: {_written(table.result)}"), soft_wrap=True)
        _show_rules(table.rules)


def _show_rules(rules: tuple[RuleResult, ...]) -> None:
    if not rules:
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("  rule", "gives", "noted"):
        table.add_column(heading)
    for rule in rules:
        given = ", ".join(f"{name} = {_written(value)}" for name, value in rule.outputs.items())
        table.add_row(f"  {rule.number}", Text(given), Text("; ".join(rule.annotations)))
    _answers().print(table)


def _written(value: Any) -> str:
    return written(to_feel(value))
