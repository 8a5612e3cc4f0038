"""``sauro definitions``: check and deploy process models; versions and migration stand beside this module."""

from pathlib import Path

import click

from engine.database import reading
from engine.definitions.files import sort_files
from engine.definitions.lint import FileProblem, lint_apart
from engine.definitions.versions import called_models
from engine.errors import DefinitionRefused
from engine.spiff import called_processes
from web.cli.installation import Installation, open_installation, operator
from web.cli.output import REFUSED, notes, print_json

_FILES = click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@click.group()
def definitions() -> None:
    """Check and deploy process models, compare their versions, migrate what runs."""


@definitions.command()
@_FILES
@_JSON
@click.pass_context
def lint(context: click.Context, files: tuple[Path, ...], as_json: bool) -> None:
    """Say whether FILES (.bpmn, .dmn, .form) would run as drawn; name every element that would not, and why.

    Called processes may be among the files or deployed already. Exit 0 when all would run, else 2.
    """
    contents = _read(files)
    problems = _problems(open_installation(), contents)
    errors = [problem for problem in problems if problem.is_error]
    if as_json:
        print_json(
            {
                "files": list(contents),
                "ok": not errors,
                "problems": [problem.to_json() for problem in problems],
            }
        )
    else:
        for problem in problems:
            click.echo(_line(problem))
        click.echo(f"{len(contents)} files, {len(errors)} errors, {len(problems) - len(errors)} warnings")
    context.exit(REFUSED if errors else 0)


@definitions.command()
@_FILES
@_JSON
def deploy(files: tuple[Path, ...], as_json: bool) -> None:
    """Deploy FILES (.bpmn with its .dmn and .form) as new versions; all of them or none."""
    contents = _read(files)
    installation = open_installation()
    problems = _problems(installation, contents)
    errors = [problem for problem in problems if problem.is_error]
    if errors:
        raise DefinitionRefused(
            f"Expected models that run as drawn, but {len(errors)} problems were found",
            problems=[_line(problem) for problem in errors],
        )
    for problem in problems:
        notes.print(_line(problem), markup=False, highlight=False)
    models = [file_set.resources for file_set in sort_files(contents).sets]
    if not models:
        raise DefinitionRefused(
            "Expected at least one .bpmn file, but there is none:"
            " decisions and forms are deployed with the process that uses them"
        )
    deployed = installation.dispatcher.deploy_all(models, actor=operator())
    if as_json:
        print_json(
            [
                {
                    "process_id": each.process_key,
                    "version": each.version,
                    "hash": each.hash,
                    "new": each.is_new,
                }
                for each in deployed
            ]
        )
        return
    for each in deployed:
        note = "deployed" if each.is_new else "unchanged"
        click.echo(f"{each.process_key}  version {each.version}  {note}  {each.hash}")


def _read(files: tuple[Path, ...]) -> dict[str, bytes]:
    """Return the files' contents by name; files of one name in two folders keep their paths."""
    names = [path.name for path in files]
    return {(path.name if names.count(path.name) == 1 else str(path)): path.read_bytes() for path in files}


def _problems(installation: Installation, contents: dict[str, bytes]) -> list[FileProblem]:
    calls = {
        process_id
        for name, content in contents.items()
        if name.endswith(".bpmn")
        for process_id in called_processes(content)
    }
    with reading(installation.database) as connection:
        deployed = called_models(connection, sorted(calls))
    dispatcher = installation.dispatcher
    return lint_apart(
        contents,
        service_types=dispatcher.service_types,
        deployed=deployed,
        functions=dispatcher.functions.declared,
    )


def _line(problem: FileProblem) -> str:
    found = problem.problem
    where = ": ".join(part for part in (problem.file, found.element_id) if part)
    name = f" “{found.element_name}”" if found.element_name else ""
    return f"{found.severity}: {where}{name}: {found.reason}. {found.advice}"
