"""How commands answer: tables for people, one JSON document for programs, refusals in one line with exit 2."""

import sys
from typing import Any

import click
import orjson
from rich.console import Console
from sqlalchemy.exc import OperationalError

from engine.errors import Fault, Rejection
from web.cli.language import speaking

#: Exit status when a command was refused: the input was wrong, nothing was written.
REFUSED = 2

#: For progress and notes; standard output is for the answer only.
notes = Console(stderr=True)


class RefusingGroup(click.Group):
    """A group whose commands end with a clear message and exit 2 when something is refused."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; turn a refusal into a message on standard error."""
        try:
            with speaking():
                return super().invoke(ctx)
        except Rejection as refusal:
            click.echo(f"sauro: {refusal.message}", err=True)
            for problem in refusal.params.get("problems", ()):  # type: ignore[attr-defined]
                click.echo(f"  {problem}", err=True)
            ctx.exit(REFUSED)
        except (Fault, ValueError) as error:
            click.echo(f"sauro: {error}", err=True)
            ctx.exit(REFUSED if isinstance(error, ValueError) else 1)
        except OperationalError as error:
            click.echo(f"sauro: the database cannot be used: {error.orig}", err=True)
            ctx.exit(1)


def print_json(value: Any) -> None:
    """Print one JSON document and nothing else."""
    content = orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS)
    sys.stdout.buffer.write(content + b"\n")
    sys.stdout.buffer.flush()


def print_table(headings: list[str], rows: list[list[str]]) -> None:
    """Print aligned columns."""
    widths = [max(len(row[column]) for row in [headings, *rows]) for column in range(len(headings))]
    for row in [headings, *rows]:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo(line.rstrip())
