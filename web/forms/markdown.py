"""Shows the few marks of Markdown that a form's static text uses; everything else stays text.

Known: paragraphs, lists with ``-`` or ``*``, headings with ``#``, ``**bold**``, ``*italic*``. HTML is escaped, so
a model can bring neither scripts nor links into a page.
"""

import re

from markupsafe import Markup, escape

_BOLD = re.compile(r"\*\*(.+?)\*\*")
_ITALIC = re.compile(r"(?<![*\w])\*(?=\S)(.+?)(?<=\S)\*(?![*\w])")
_ITEM = re.compile(r"[-*] +")


def markdown(text: str) -> Markup:
    """Return the text as safe HTML."""
    blocks = [block.strip() for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n"))]
    return Markup("\n").join(_block(block) for block in blocks if block)


def _block(block: str) -> Markup:
    lines = [line.strip() for line in block.split("\n")]
    if all(_ITEM.match(line) for line in lines):
        items = [Markup("<li>{}</li>").format(_inline(_ITEM.sub("", line, count=1))) for line in lines]
        return Markup("<ul>{}</ul>").format(Markup("").join(items))
    if len(lines) == 1 and lines[0].startswith("#"):
        return Markup("<h3>{}</h3>").format(_inline(lines[0].lstrip("#").strip()))
    return Markup("<p>{}</p>").format(Markup("<br>").join(_inline(line) for line in lines))


def _inline(line: str) -> Markup:
    safe = _BOLD.sub(r"<strong>\1</strong>", str(escape(line)))
    return Markup(_ITALIC.sub(r"<em>\1</em>", safe))
