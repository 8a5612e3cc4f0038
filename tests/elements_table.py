"""``python -m tests.elements_table`` writes the README's table of BPMN elements from what the tests show."""

import ast
import importlib
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.elements import Shown, shown_by

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
TESTS = ROOT / "tests" / "unit" / "spiff"
BEGIN, END = "<!-- elements: made by python -m tests.elements_table -->", "<!-- /elements -->"

#: The order within a cell.
_KINDS = (
    "none",
    "timer",
    "message",
    "signal",
    "conditional",
    "error",
    "escalation",
    "compensate",
    "cancel",
    "terminate",
    "link",
    "multi-instance",
    "standard loop",
)
_HOWS = ("of a process", "event subprocess", "interrupting", "non-interrupting")

#: The order of the rows.
ORDER = (
    "startEvent",
    "endEvent",
    "intermediateThrowEvent",
    "intermediateCatchEvent",
    "boundaryEvent",
    "task",
    "manualTask",
    "userTask",
    "serviceTask",
    "sendTask",
    "receiveTask",
    "businessRuleTask",
    "scriptTask",
    "callActivity",
    "subProcess",
    "transaction",
    "exclusiveGateway",
    "parallelGateway",
    "inclusiveGateway",
    "eventBasedGateway",
    "sequenceFlow",
)


def shown() -> list[Shown]:
    """Return what all tests of elements show, in the order of the files and of the tests in them."""
    found = []
    for path in sorted(TESTS.glob("test_*.py")):
        if _marks(path):
            module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
            tests = [test for name, test in inspect.getmembers(module) if name.startswith("test_")]
            tests = [test for test in tests if inspect.isfunction(test)]
            for test in sorted(tests, key=lambda test: test.__code__.co_firstlineno):
                found += shown_by(test)
    return found


def table() -> str:
    """Return the table as Markdown."""
    every = shown()
    elements = [*ORDER, *sorted({each.element for each in every} - set(ORDER))]
    rows = ["| Element | Runs | Refused |", "|---|---|---|"]
    for element in elements:
        mine = [each for each in every if each.element == element]
        if mine:
            runs, refused = (_cell([each for each in mine if each.runs is right]) for right in (True, False))
            rows.append(f"| `{element}` | {runs} | {refused} |")
    return "\n".join(rows)


def written() -> str:
    """Return the README with the table in its place."""
    before, rest = README.read_text(encoding="utf-8").split(BEGIN)
    return f"{before}{BEGIN}\n{table()}\n{END}{rest.split(END)[1]}"


def _cell(shown: list[Shown]) -> str:
    if shown and all(not each.kind and not each.how for each in shown):
        return "always" if not shown[0].runs else "yes"
    return "; ".join(_parts(shown))


def _parts(shown: list[Shown]) -> Iterator[str]:
    kinds: dict[str, list[str]] = {}
    for each in shown:
        hows = kinds.setdefault(each.kind, [])
        hows += [how for how in each.how.split(", ") if how and how not in hows]
    for kind in sorted(kinds, key=lambda kind: _rank(kind, _KINDS)):
        hows = sorted(kinds[kind], key=lambda how: _rank(how, _HOWS))
        yield kind + (f" ({', '.join(hows)})" if hows else "")


def _rank(text: str, order: tuple[str, ...]) -> int:
    """Return the place of a text in an order; what is not named comes before the rest."""
    return order.index(text) + 1 if text in order else 0


def _marks(path: Path) -> bool:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return any(isinstance(node, ast.ImportFrom) and node.module == "tests.elements" for node in tree.body)


if __name__ == "__main__":
    README.write_text(written(), encoding="utf-8")
    sys.stdout.write("README.md is up to date\n")
