"""``python -m tests.corpus [--json] [NAME…]``: shows how well the documents of the corpus are read.

A name selects every file whose name begins with it.
"""

import json
import sys
from collections.abc import Mapping

from tests.corpus.corpus import documents, registry
from tests.corpus.measure import measure
from tests.corpus.score import ALSO, FIGURES, Score, added


def main(arguments: list[str]) -> None:
    """Print remarks for each document, then the totals."""
    as_json = "--json" in arguments
    names = tuple(each for each in arguments if not each.startswith("--"))
    chosen = [each for each in documents() if not names or each.filename.startswith(names)]
    scores = measure(chosen, registry())
    total = added(scores.values())
    if as_json:
        found = {"documents": {name: each.to_json() for name, each in scores.items()}}
        print(json.dumps({**found, "total": total.to_json()}, ensure_ascii=False, indent=1))  # noqa: T201
        return
    lines = [line for name, each in scores.items() for line in _lines(name, each)]
    lines += ["", *_by_format(scores), "", *_totals(total, len(scores))]
    print("\n".join(lines))  # noqa: T201


def _lines(name: str, score: Score) -> list[str]:
    counts = f"{score.right['directives']} of {score.of['directives']} directives, {score.invented} invented"
    return [f"{name}: {counts}", *(f"    {remark}" for remark in score.remarks)]


def _by_format(scores: Mapping[str, Score]) -> list[str]:
    formats = sorted({name.rpartition(".")[2] for name in scores})
    sums = {
        each: added(score for name, score in scores.items() if name.endswith(f".{each}")) for each in formats
    }
    return [line for each, total in sums.items() for line in _lines(each, total)]


def _totals(total: Score, count: int) -> list[str]:
    lines = [f"{count} documents, {total.found} directives read, {total.invented} invented"]
    for figure in (*FIGURES, *ALSO):
        asked = f" (asked: {FIGURES[figure]:.0%})" if figure in FIGURES else ""
        lines.append(
            f"{figure:12} {total.share(figure):7.2%}  {total.right[figure]} of {total.of[figure]}{asked}"
        )
    return lines


if __name__ == "__main__":
    main(sys.argv[1:])
