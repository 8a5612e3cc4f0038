"""``sauro feel``: try an expression as a model would evaluate it."""

from collections.abc import Iterator
from typing import Any

import click
from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from engine import clock
from engine.feel import FeelError, FeelSyntaxError, Limits, Part, Unresolved, compile_expression, to_json
from engine.feel.builtins_conversion import pieces_of, written
from engine.feel.values import type_name
from web.cli.host_functions import FUNCTIONS, ask
from web.cli.json_input import json_object
from web.cli.output import notes, print_json

#: Whoever types an expression waits no longer for its value.
_LIMITS = Limits(seconds=5.0)
#: Longest value that a line of an explanation shows, in characters.
_LINE = 60


@click.group()
def feel() -> None:
    """Try FEEL, the expression language of models."""


@feel.command("eval")
@click.argument("expression")
@click.option("--context", default="{}", metavar="JSON", help="Variables by name, as JSON or @FILE.")
@click.option("--explain", is_flag=True, help="Show the value of every part.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def evaluate(expression: str, context: str, explain: bool, as_json: bool) -> None:
    """Print the value of EXPRESSION, with or without the equals sign that models put before it."""
    variables = json_object(context, "--context")
    text = expression.strip().removeprefix("=")
    now = clock.now()
    try:
        compiled = compile_expression(text, names=frozenset(_names_in(variables)), functions=FUNCTIONS)
        unresolved = compiled.unresolved(variables)
        if not as_json:
            _note(unresolved)
        parts = None
        if explain:
            explanation = compiled.explain(variables, now=now, limits=_LIMITS, ask=ask)
            parts = explanation.whole
            if not as_json:
                _show(parts, complete=explanation.complete)
        value = compiled.evaluate(variables, now=now, limits=_LIMITS, ask=ask)
        document = {
            "value": to_json(value),
            "type": type_name(value),
            "unresolved": {
                "functions": [use.name for use in unresolved.functions],
                "variables": [use.name for use in unresolved.variables],
            },
        }
    except FeelSyntaxError as error:
        raise ValueError(_pointed(error, text)) from error
    except FeelError as error:
        raise ValueError(error.message) from error
    if as_json:
        print_json(document if parts is None else {**document, "explanation": parts.to_json()})
    elif not explain:
        click.echo(written(value))


def _names_in(value: Any) -> Iterator[str]:
    """Yield the names of variables and of the entries within them."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from _names_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _names_in(inner)


def _note(unresolved: Unresolved) -> None:
    for use in unresolved.functions:
        notes.print(Text(f"there is no function {use.name!r}; its value is null"))
    for use in unresolved.variables:
        notes.print(Text(f"there is no variable {use.name!r}; its value is null"))


def _pointed(error: FeelSyntaxError, text: str) -> str:
    """Return a refusal with the line and a mark below the character at fault."""
    before = text[: error.position]
    number = before.count("\n") + 1
    start = before.rfind("\n") + 1
    line = text[start:].partition("\n")[0]
    at = error.position - start
    return f"{error.message} (line {number}, character {at + 1})\n  {line}\n  {' ' * at}^"


def _show(part: Part, *, complete: bool) -> None:
    console = Console()
    console.print(_branch(part), soft_wrap=True)
    if not complete:
        notes.print(Text("not every part is shown; there are too many"))


def _branch(part: Part) -> Tree:
    result = f"failed: {part.error}" if part.error is not None else _short(_beginning(part.value))
    tree = Tree(Text.assemble(_short(" ".join(part.text.split())), ("  →  ", "dim"), (result, "bold")))
    for child in part.children:
        tree.children.append(_branch(child))
    return tree


def _beginning(value: Any) -> str:
    """Return as much of the text of a value as a line shows."""
    text = ""
    for piece in pieces_of(value):
        text += piece
        if len(text) > _LINE:
            break
    return text


def _short(text: str) -> str:
    return text if len(text) <= _LINE else f"{text[: _LINE - 1]}…"
