"""Reads one flow node's details."""

from collections.abc import Callable, Mapping
from typing import Any

from lxml import etree

from engine.spiff.details import Details
from engine.spiff.details import Mapping as VariableMapping
from engine.spiff.reading import events, loops, tasks
from engine.spiff.reading.extensions import check_extensions
from engine.spiff.reading.problems import Problems
from engine.spiff.xml import NAMESPACES, children, extensions, id_of, kind_of


class DetailsReader:
    """Reads the flow nodes of one file.

    Args:
        root: the file's root element; messages, signals, errors and escalations are found there.
    """

    def __init__(self, root: etree._Element, problems: Problems) -> None:
        self.problems = problems
        self._references: Mapping[str, Mapping[str, etree._Element]] = {
            kind: {id_of(node): node for node in children(root, kind)}
            for kind in ("message", "signal", "error", "escalation")
        }
        for kind, known in self._references.items():
            for twice in children(root, kind):
                if known[id_of(twice)] is not twice:
                    problems.refuse(twice, f"two {kind}s have the same id", "Give each an id of its own.")

    def read(self, node: etree._Element) -> Details:
        """Read one flow node."""
        kind = kind_of(node)
        check_extensions(node, self.problems)
        part: Callable[[etree._Element, Problems], dict[str, Any]] | None = tasks.PARTS.get(kind)
        return Details(
            element_id=id_of(node),
            inputs=self._mappings(node, "input"),
            outputs=self._mappings(node, "output"),
            loop=loops.read_loop(node, self.problems),
            **({} if part is None else part(node, self.problems)),
            **events.read_trigger(node, self._references, self.problems),
        )

    def condition(self, flow: etree._Element) -> Any:
        """Compile the condition of a sequence flow; ``None`` if it has none."""
        check_extensions(flow, self.problems)
        text = flow.findtext("bpmn:conditionExpression", namespaces=NAMESPACES)
        if text is not None and not text.strip():
            self.problems.refuse(flow, "the condition is empty", "Write one after '=', or remove it.")
        return self.problems.expression(flow, text, "the condition")

    def _mappings(self, node: etree._Element, kind: str) -> tuple[VariableMapping, ...]:
        mappings = []
        for mapping in extensions(node, f"zeebe:ioMapping/zeebe:{kind}"):
            target = mapping.get("target") or ""
            source = mapping.get("source")
            value = self.problems.value(node, source, f"the {kind} mapping of '{target}'")
            if not (source or "").strip():
                self.problems.refuse(
                    node,
                    f"the {kind} mapping of '{target}' has no source",
                    "Write one after '=', or remove it.",
                )
            if not all(part.isidentifier() for part in target.split(".")):
                self.problems.refuse(
                    node,
                    f"the {kind} mapping writes to '{target}', which is no variable name",
                    "Use letters, digits and underscores; separate the parts of a path by dots.",
                )
            if value is not None:
                mappings.append(VariableMapping(target=target, value=value))
        return tuple(mappings)
