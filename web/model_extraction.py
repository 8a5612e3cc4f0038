"""Collects the names in models for the catalogues: Babel extractors for ``.bpmn``, ``.form`` and ``.dmn`` files.

An entry's context is the process key (the folder under ``bpmn/``), its identifier the element or field; what the
model says goes along as a comment for translators.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from lxml import etree

from processes.assignments.handlers import DECISIONS, VERTICAL_DECISIONS
from processes.assignments.projection import PROCESS_KEY

#: Line, function, (context, identifier), comments: what Babel expects of an extractor.
Message = tuple[int, str, tuple[str, str], list[str]]

_DMN = "{https://www.omg.org/spec/DMN/20191111/MODEL/}"
#: Outputs of decision tables that people read.
_WORDED_OUTPUTS = {"label", "document"}
_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
#: Drawing and data that have names but are no elements of the flow.
_UNNAMED = {f"{_BPMN}{name}" for name in ("message", "error", "signal", "escalation", "collaboration")}


def process_key_of(path: str) -> str:
    """Return the process key of a file below ``bpmn/``: the first folder there."""
    parts = Path(path).parts
    return parts[len(parts) - 1 - parts[::-1].index("bpmn") + 1] if "bpmn" in parts else Path(path).stem


def extract_bpmn(
    fileobj: IO[bytes],
    keywords: Collection[str],  # noqa: ARG001 - Babel's signature
    comment_tags: Collection[str],  # noqa: ARG001 - Babel's signature
    options: Mapping[str, Any],  # noqa: ARG001 - Babel's signature
) -> Iterator[Message]:
    """Yield the name of every element of a process."""
    key = process_key_of(fileobj.name)
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    for element in etree.parse(fileobj, parser).iter(f"{_BPMN}*"):
        identifier, name = str(element.get("id") or ""), str(element.get("name") or "")
        if identifier and name and element.tag not in _UNNAMED:
            yield 1, "pgettext", (key, identifier), [" ".join(name.split())]


def extract_form(
    fileobj: IO[bytes],
    keywords: Collection[str],  # noqa: ARG001 - Babel's signature
    comment_tags: Collection[str],  # noqa: ARG001 - Babel's signature
    options: Mapping[str, Any],  # noqa: ARG001 - Babel's signature
) -> Iterator[Message]:
    """Yield the texts of every field of a form."""
    key = process_key_of(fileobj.name)
    for identifier, text in form_texts(json.load(fileobj)):
        yield 1, "pgettext", (key, identifier), [" ".join(text.split())]


def extract_dmn(
    fileobj: IO[bytes],
    keywords: Collection[str],  # noqa: ARG001 - Babel's signature
    comment_tags: Collection[str],  # noqa: ARG001 - Babel's signature
    options: Mapping[str, Any],  # noqa: ARG001 - Babel's signature
) -> Iterator[Message]:
    """Yield the words that decision tables answer with."""
    key = process_key_of(fileobj.name)
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    for table in etree.parse(fileobj, parser).iter(f"{_DMN}decisionTable"):
        worded = [output.get("name") in _WORDED_OUTPUTS for output in table.iterfind(f"{_DMN}output")]
        for rule in table.iterfind(f"{_DMN}rule"):
            entries = rule.iterfind(f"{_DMN}outputEntry/{_DMN}text")
            for entry, is_worded in zip(entries, worded, strict=True):
                literal = (entry.text or "").strip()
                if is_worded and literal.startswith('"'):
                    text = str(json.loads(literal))
                    yield 1, "pgettext", (key, f"result.{text}"), [text]


def extract_decisions(
    fileobj: IO[bytes],  # noqa: ARG001 - Babel's signature
    keywords: Collection[str],  # noqa: ARG001 - Babel's signature
    comment_tags: Collection[str],  # noqa: ARG001 - Babel's signature
    options: Mapping[str, Any],  # noqa: ARG001 - Babel's signature
) -> Iterator[Message]:
    """Yield the measures that a leader may choose from; a handler gives them to the form."""
    for value, label in dict((*DECISIONS, *VERTICAL_DECISIONS)).items():
        yield 1, "pgettext", (PROCESS_KEY, f"field.accountability_decision={value}"), [label]


def form_texts(component: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield identifier and text of every label, description, unit, option and static text of a form."""
    name = component.get("key") or component.get("id")
    if name and component.get("type") not in {None, "default"}:
        for part, prefix in (("label", "field"), ("description", "hint"), ("text", "text")):
            if isinstance(component.get(part), str) and component[part].strip():
                yield f"{prefix}.{name}", component[part]
        suffix = (component.get("appearance") or {}).get("suffixAdorner")
        if suffix:
            yield f"suffix.{name}", suffix
        for option in component.get("values") or ():
            yield f"field.{name}={option['value']}", option["label"]
    for child in component.get("components") or ():
        yield from form_texts(child)
