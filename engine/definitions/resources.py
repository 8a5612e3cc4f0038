"""What a definition is made of, and what can be wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelResources:
    """The files of one process, as a modeller writes them.

    Attributes:
        bpmn: one ``.bpmn`` file with one executable process.
        decisions: ``.dmn`` files.
        forms: ``.form`` files.
    """

    bpmn: bytes
    decisions: tuple[bytes, ...] = ()
    forms: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledModel:
    """A deployed process that is called, with what it calls itself, by process id."""

    resources: ModelResources
    calls: "Mapping[str, CalledModel]"


class Severity(StrEnum):
    """How bad a problem is."""

    #: The model is refused.
    ERROR = "error"
    #: The model runs; somebody should have a look.
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why a model would not run as drawn.

    Attributes:
        element_id: the element concerned; empty when it is the file as a whole.
        reason: what is wrong, in one sentence.
        advice: what to do about it.
    """

    element_id: str
    element_name: str
    reason: str
    advice: str
    severity: Severity = Severity.ERROR

    @classmethod
    def from_json(cls, written: Mapping[str, str]) -> Self:
        """Read what :meth:`to_json` wrote."""
        values: dict[str, Any] = {**written, "severity": Severity(written["severity"])}
        return cls(**values)

    def to_json(self) -> dict[str, str]:
        """Return the problem as plain values."""
        return {
            "element_id": self.element_id,
            "element_name": self.element_name,
            "reason": self.reason,
            "advice": self.advice,
            "severity": self.severity.value,
        }
