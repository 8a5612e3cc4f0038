"""The README lists exactly the elements that run."""

import re
from pathlib import Path

from engine.spiff.structure import SUPPORTED

README = Path(__file__).resolve().parents[3] / "README.md"


def test_the_readme_lists_the_elements_that_run() -> None:
    table = README.read_text(encoding="utf-8").split("| Element | |")[1].split("\n\n")[0]
    cells = [row.split("|")[1] for row in table.splitlines() if row.count("|") > 1]
    listed = {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}
    assert listed == SUPPORTED
