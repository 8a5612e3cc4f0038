"""Checks decisions for what loading lets pass: names that nobody offers; overlaps, gaps and dead rules of tables.

Done when a model is deployed or linted, not when a stored one is loaded: what was deployed runs as it did then.
"""

from collections.abc import Iterator
from itertools import islice

from engine.definitions.resources import ModelResources, Problem, Severity
from engine.dmn import DecisionModel, DmnError, load_decisions
from engine.dmn.analysis import Finding, FindingKind, analyse
from engine.dmn.language import UnresolvedText
from engine.feel import HostFunctions
from engine.feel.vocabulary import NO_HOST_FUNCTIONS

#: Unknown names that are told of one file, and characters of the text around one.
_MAX_NAMES, _MAX_TEXT = 200, 120

_ADVICE = {
    FindingKind.OVERLAP: "Make the rules exclude each other, or choose another hit policy.",
    FindingKind.GAP: "Add a rule or a default output for these values, if they can occur.",
    FindingKind.UNREACHABLE: "Move the rule up or remove it.",
    FindingKind.NEVER_MATCHES: "Correct the cells of the rule or remove it.",
    FindingKind.INCOMPLETE: "Split the table.",
}


def check_tables(resources: ModelResources, functions: HostFunctions = NO_HOST_FUNCTIONS) -> list[Problem]:
    """Return what is wrong with the decisions of a model, file by file; see :func:`check_decisions`."""
    return [problem for content in resources.decisions for problem in check_decisions(content, functions)]


def check_decisions(content: bytes, functions: HostFunctions = NO_HOST_FUNCTIONS) -> list[Problem]:
    """Return what is wrong with the decisions of a file; one that cannot be read is left to the compiler.

    Calls of functions that nobody offers and overlapping rules under a hit policy that forbids them are errors;
    all else is a warning.
    """
    try:
        model = load_decisions(content, functions=functions)
    except DmnError:
        return []
    return [*islice(_unresolved(model), _MAX_NAMES), *(_problem(finding) for finding in analyse(model))]


def _unresolved(model: DecisionModel) -> Iterator[Problem]:
    for text in model.unresolved:
        for use in text.functions:
            yield Problem(
                element_id=text.element_id or text.table_id or text.owner,
                element_name="",
                reason=f"{_place(model, text)} calls '{use.name}', but there is no such function",
                advice="Correct the name; the value would always be null.",
            )
        for use in text.variables if _declares_inputs(model, text.owner) else ():
            yield Problem(
                element_id=text.element_id or text.table_id or text.owner,
                element_name="",
                reason=f"{_place(model, text)} names '{use.name}', which is no input of the decision",
                advice="Correct the name, or draw the input data that it requires.",
                severity=Severity.WARNING,
            )


def _declares_inputs(model: DecisionModel, owner: str) -> bool:
    """Return whether a decision says what it needs; one that does not reads what process variables there are."""
    decision = model.decisions.get(owner)
    return decision is not None and bool(decision.required_inputs)


def _place(model: DecisionModel, text: UnresolvedText) -> str:
    kind = "decision" if text.owner in model.decisions else "business knowledge model"
    table = f", table '{text.table_id}'" if text.table_id else ""
    shown = " ".join(text.text[:_MAX_TEXT].split()) + ("…" if len(text.text) > _MAX_TEXT else "")
    return f"'{shown}' of {kind} '{text.owner}'{table}"


def _problem(finding: Finding) -> Problem:
    return Problem(
        element_id=finding.table_id or "",
        element_name="",
        reason=finding.sentence.rstrip("."),
        advice=_ADVICE[finding.kind],
        severity=Severity.ERROR if finding.kind is FindingKind.OVERLAP else Severity.WARNING,
    )
