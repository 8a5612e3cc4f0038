"""Checks decision tables for what no single cell shows: overlaps, gaps, rules that never count.

Done when a model is deployed or linted, not when a stored one is loaded: what was deployed runs as it did then.
"""

from engine.definitions.resources import ModelResources, Problem, Severity
from engine.dmn import DmnError, load_decisions
from engine.dmn.analysis import Finding, FindingKind, analyse

_ADVICE = {
    FindingKind.OVERLAP: "Make the rules exclude each other, or choose another hit policy.",
    FindingKind.GAP: "Add a rule or a default output for these values, if they can occur.",
    FindingKind.UNREACHABLE: "Move the rule up or remove it.",
    FindingKind.NEVER_MATCHES: "Correct the cells of the rule or remove it.",
    FindingKind.INCOMPLETE: "Split the table.",
}


def check_tables(resources: ModelResources) -> list[Problem]:
    """Return what is wrong with the decision tables of a model; unreadable files are left to the compiler.

    Overlapping rules under a hit policy that forbids them are errors; all else is a warning.
    """
    problems = []
    for content in resources.decisions:
        try:
            findings = analyse(load_decisions(content))
        except DmnError:
            continue
        problems += [_problem(finding) for finding in findings]
    return problems


def _problem(finding: Finding) -> Problem:
    return Problem(
        element_id=finding.table_id or "",
        element_name="",
        reason=finding.sentence.rstrip("."),
        advice=_ADVICE[finding.kind],
        severity=Severity.ERROR if finding.kind is FindingKind.OVERLAP else Severity.WARNING,
    )
