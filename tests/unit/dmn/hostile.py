"""Decision models that nobody would draw, and the words with which they are refused, if they are."""

from collections.abc import Callable
from datetime import UTC, datetime

NOW = datetime(2026, 8, 14, 9, tzinfo=UTC)
_NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def _model(body: str) -> bytes:
    return f'<definitions xmlns="{_NAMESPACE}" name="m" namespace="m">{body}</definitions>'.encode()


def _literal(text: str) -> str:
    return f"<literalExpression><text>{text}</text></literalExpression>"


def _decision(number: int, requirements: str, body: str) -> str:
    return f'<decision id="d{number}" name="d{number}">{requirements}{body}</decision>'


def _needs(number: int) -> str:
    return f'<informationRequirement><requiredDecision href="#d{number}"/></informationRequirement>'


def _table(columns: int, rules: int, cell: Callable[[int, int], str], policy: str = "UNIQUE") -> bytes:
    inputs = "".join(
        f"<input><inputExpression><text>x{number}</text></inputExpression></input>"
        for number in range(columns)
    )
    rows = "".join(
        "<rule>"
        + "".join(f"<inputEntry><text>{cell(row, column)}</text></inputEntry>" for column in range(columns))
        + f"<outputEntry><text>{row}</text></outputEntry></rule>"
        for row in range(rules)
    )
    return _model(
        f'<decision id="t" name="t"><decisionTable hitPolicy="{policy}">{inputs}<output/>{rows}'
        "</decisionTable></decision>"
    )


def _scattered(row: int, column: int) -> str:
    low = (row * 7 + column * 13) % 50
    return "-" if (row + column) % 4 == 0 else f"[{low}..{low + (row * 3 + column * 5) % 40}]"


def _knowledge(number: int) -> str:
    needed = f'<knowledgeRequirement><requiredKnowledge href="#k{number + 1}"/></knowledgeRequirement>'
    return (
        f'<businessKnowledgeModel id="k{number}" name="k{number}">{needed}{needed}'
        f"<encapsulatedLogic>{_literal('1')}</encapsulatedLogic></businessKnowledgeModel>"
    )


def _item(number: int, body: str) -> str:
    return f'<itemDefinition name="t{number}">{body}</itemDefinition>'


def _pair(number: int) -> str:
    kind = f"<typeRef>t{number + 1}</typeRef>"
    return f'<itemComponent name="a">{kind}</itemComponent><itemComponent name="b">{kind}</itemComponent>'


_NUMBER = "<typeRef>number</typeRef><allowedValues><text>&lt; 5</text></allowedValues>"
_BOX = "<context><contextEntry>", "</contextEntry></context>"

#: The file and the words of its refusal, ``None`` if it is a model.
MODELS: dict[str, tuple[bytes, str | None]] = {
    "billion laughs": (
        b'<!DOCTYPE d [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><definitions>&b;</definitions>',
        "document type",
    ),
    "entity of a file": (
        b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><definitions>&x;</definitions>',
        "document type",
    ),
    "too many rules": (_table(2, 6_000, lambda row, _: f"[{row}..{row + 1}]"), "at most 10000 expressions"),
    "scattered rules": (_table(8, 400, _scattered, "FIRST"), None),
    "overlapping rules": (_table(3, 900, lambda row, column: f">= {(row * column) % 97}"), None),
    "long cell": (_table(1, 1, lambda *_: "+".join(["1"] * 9_000)), None),
    "deep boxes": (_model(_decision(1, "", _BOX[0] * 200 + _literal("1") + _BOX[1] * 200)), "not XML"),
    "deep lists": (_model(_decision(1, "", "<list>" * 240 + "</list>" * 240)), "at most 40 boxed"),
    "deep elements": (_model("<list>" * 20_000 + "</list>" * 20_000), "not XML"),
    "chain of decisions": (
        _model(
            "".join(_decision(n, _needs(n + 1), _literal(f"d{n + 1}")) for n in range(2_000))
            + _decision(2_000, "", "")
        ),
        "at most 50 requirements",
    ),
    "decisions required twice": (
        _model(
            "".join(_decision(n, _needs(n + 1) * 2, _literal(f"d{n + 1}")) for n in range(40))
            + _decision(40, "", "")
        ),
        None,
    ),
    "functions required twice": (
        _model(
            "".join(map(_knowledge, range(40)))
            + '<businessKnowledgeModel id="k40" name="k40"/>'
            + '<decision id="d" name="d"><knowledgeRequirement><requiredKnowledge href="#k0"/>'
            + f"</knowledgeRequirement>{_literal('k0()')}</decision>"
        ),
        None,
    ),
    "function that calls itself": (
        _model(
            '<businessKnowledgeModel id="k" name="k"><knowledgeRequirement><requiredKnowledge href="#k"/>'
            f"</knowledgeRequirement><encapsulatedLogic>{_literal('k()')}</encapsulatedLogic></businessKnowledgeModel>"
        ),
        "not to require itself",
    ),
    "chain of types": (
        _model(
            "".join(_item(n, f"<typeRef>t{n + 1}</typeRef>") for n in range(3_000)) + _item(3_000, _NUMBER)
        ),
        "at most 50 types",
    ),
    "types made of pairs": (
        _model("".join(_item(n, _pair(n)) for n in range(40)) + _item(40, _NUMBER)),
        "at most 1000 conditions",
    ),
    "many long names": (
        _model(
            "".join(f'<inputData id="i{n}" name="{"a " * 50}{n}"/>' for n in range(8_000))
            + f'<decision id="d" name="d">{_literal("a " * 5_000)}</decision>'
        ),
        "there is no name",
    ),
    "loops in boxes": (
        _model(
            '<decision id="d" name="d">'
            + '<for iteratorVariable="i"><in>'
            + _literal("1..9999")
            + "</in><return>"
            + '<for iteratorVariable="j"><in>'
            + _literal("1..9999")
            + "</in><return>"
            + _literal("i + j")
            + "</return></for></return></for></decision>"
        ),
        "1..9999",
    ),
}
