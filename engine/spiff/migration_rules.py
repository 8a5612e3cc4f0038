"""What a token may become when its instance goes on under another model."""

from collections.abc import Mapping
from typing import Any

from engine.spiff.details import MultiInstance, StandardLoop
from engine.spiff.elements.loops import LOOP
from engine.spiff.elements.subprocesses import EmbeddedSubprocess, Transaction
from engine.spiff.elements.throwing import PENDING
from engine.spiff.elements.triggers import WAITING_TRIGGERS
from engine.spiff.tokens import Token
from engine.spiff.variables import COMPENSATES, INDEX

#: Elements whose tokens go on in the same way.
_ALIKE = frozenset({EmbeddedSubprocess, Transaction})


class ElementNames:
    """The names that elements and flows have in the new model.

    Attributes:
        mapping: the new name by the old one, where they differ.
    """

    def __init__(self, mapping: Mapping[str, str]) -> None:
        self.mapping = mapping

    def of(self, name: str) -> str:
        """Return the new name; an element of a called process follows its call activity."""
        if name in self.mapping:
            return self.mapping[name]
        call, slash, own = name.rpartition("/")
        return f"{self.of(call)}/{own}" if slash else name

    def is_explicit(self, name: str) -> bool:
        """Say whether somebody has said what becomes of an element itself."""
        return name in self.mapping


def type_problem(token: Token, before: Any, after: Any, *, undoes: bool) -> tuple[str, str] | None:
    """Return why a token of one element cannot be one of another, and advice; ``None`` if it can.

    Args:
        undoes: whether the other element compensates an activity.
    """
    alike = type(before) is type(after) or {type(before), type(after)} <= _ALIKE
    if not alike or (before.element_type != after.element_type and type(before) not in _ALIKE):
        return (
            f"it is a {_words(before)}, and '{after.name}' of the new version is a {_words(after)}",
            f"Map it to a {_words(before)}.",
        )
    if before.is_event_subprocess and not before.is_listening(token):
        if before.interrupting != after.interrupting:
            return (
                f"it is in progress, and '{after.name}' of the new version "
                + ("interrupts" if after.interrupting else "does not interrupt"),
                "Let both interrupt or neither, or wait until it has ended.",
            )
        return None
    if type(before.trigger) is not type(after.trigger):
        return (
            f"it {_waits_for(before)}, and '{after.name}' of the new version {_waits_for(after)}",
            "Map it to an event of the same kind.",
        )
    is_handler = COMPENSATES in token.internal_data and PENDING not in token.internal_data
    if is_handler != undoes:
        return (
            "it undoes another activity in only one of the versions",
            "Map it to an activity that is for compensation, too, or to none that is.",
        )
    return None


def loop_problem(token: Token, before: Any, after: Any) -> tuple[str, str] | None:
    """Return why the instances of one activity cannot go on as those of another, and advice."""
    one, other = before.extensions.loop, after.extensions.loop
    if _loop_kind(one) != _loop_kind(other):
        return (
            f"it is {_loop_kind(one)}, and '{after.name}' of the new version is {_loop_kind(other)}",
            "Map it to an activity of the same kind.",
        )
    if not isinstance(one, MultiInstance) or INDEX in token.internal_data:
        return None
    done = token.internal_data.get(LOOP, {}).get("completed", 0)
    if other.results is not None and one.results is None and done:
        return (
            f"{done} of its instances are done, and their results, which the new version collects, are lost",
            "Let it end first, or collect nothing.",
        )
    return None


def _loop_kind(loop: MultiInstance | StandardLoop | None) -> str:
    if isinstance(loop, MultiInstance):
        return "multi-instance, one after the other" if loop.sequential else "multi-instance, side by side"
    return "no loop" if loop is None else "a loop"


def _words(element: Any) -> str:
    return "event subprocess" if element.is_event_subprocess else str(element.element_type)


def _waits_for(element: Any) -> str:
    trigger = element.trigger
    if trigger is None:
        return "waits for nothing"
    kind = type(trigger).__name__.removesuffix("Trigger").lower()
    return f"{'waits for' if isinstance(trigger, WAITING_TRIGGERS) else 'is about'} a {kind}"
