"""How commands answer: tables for people, one JSON document for programs, refusals in one line with exit 2."""

import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import click
import orjson
from rich.console import Console
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from engine import clock
from engine.database import trouble_of
from engine.errors import Fault, Rejection
from web.cli.language import speaking

#: Exit status when a command was refused: the input was wrong, nothing was written.
REFUSED = 2
#: Where a command's context keeps that its document is printed.
_ANSWERED = f"{__name__}.answered"

#: For progress and notes; standard output is for the answer only.
notes = Console(stderr=True)


class RefusingGroup(click.Group):
    """A group whose commands end with a clear message and exit 2 when something is refused.

    The message goes to standard error; with ``--json`` the refusal is also the one document on standard output.
    """

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; turn a refusal into a message on standard error."""
        as_json = _asks_for_json(ctx.args)
        try:
            with speaking():
                return super().invoke(ctx)
        except Rejection as refusal:
            problems = list(refusal.params.get("problems", ()))  # type: ignore[call-overload]
            click.echo(f"sauro: {refusal.message}", err=True)
            for problem in problems:
                click.echo(f"  {problem}", err=True)
            if as_json:
                _print_refusal(refusal.code, refusal.message, problems)
            ctx.exit(REFUSED)
        except (Fault, ValueError) as error:
            click.echo(f"sauro: {error}", err=True)
            is_refusal = isinstance(error, ValueError)
            if as_json:
                _print_refusal("bad_input" if is_refusal else "fault", str(error))
            ctx.exit(REFUSED if is_refusal else 1)
        except (DBAPIError, PoolTimeout) as error:
            trouble = trouble_of(error)
            if trouble is None and not isinstance(error, OperationalError):
                raise
            reason = error.orig if isinstance(error, DBAPIError) else error
            message = f"the database cannot be used: {str(reason).strip()}"
            if trouble is not None:
                message += " (the same command may be tried again)"
            click.echo(f"sauro: {message}", err=True)
            if as_json:
                _print_refusal("database_unavailable", message)
            ctx.exit(1)
        except click.UsageError as error:
            if as_json:
                _print_refusal("usage", error.format_message())
            raise


def _asks_for_json(arguments: list[str]) -> bool:
    """Return whether ``--json`` is among the options of a command line."""
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return "--json" in options


def _print_refusal(code: str, message: str, problems: Sequence[Any] = ()) -> None:
    context = click.get_current_context(silent=True)
    if context is not None and context.meta.get(_ANSWERED):
        return
    error: dict[str, Any] = {"code": code, "message": message}
    print_json({"ok": False, "error": {**error, "problems": list(problems)} if problems else error})


def print_json(value: Any) -> None:
    """Print one JSON document and nothing else."""
    content = orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS)
    sys.stdout.buffer.write(content + b"\n")
    sys.stdout.buffer.flush()
    context = click.get_current_context(silent=True)
    if context is not None:
        context.meta[_ANSWERED] = True


def local_time(instant: datetime) -> str:
    """Return an instant as tables for people show it: ``25/11/2026 08:30:00``, in the zone of business."""
    return instant.astimezone(clock.BUSINESS_ZONE).strftime("%d/%m/%Y %H:%M:%S")


def print_table(headings: list[str], rows: list[list[str]]) -> None:
    """Print aligned columns."""
    widths = [max(len(row[column]) for row in [headings, *rows]) for column in range(len(headings))]
    for row in [headings, *rows]:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo(line.rstrip())
