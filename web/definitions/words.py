"""What differs between two versions, in the reader's words."""

from collections.abc import Callable, Mapping

from engine.definitions.difference import Change, Kind
from web.language import gettext

_KINDS: Mapping[Kind, Callable[[], str]] = {
    Kind.ADDED: lambda: gettext("added"),
    Kind.REMOVED: lambda: gettext("removed"),
    Kind.CHANGED: lambda: gettext("changed"),
    Kind.MOVED: lambda: gettext("moved in the drawing only"),
}

#: What is said of elements, flows, decisions and form fields, by its stable word.
_WORDS: Mapping[str, Callable[[], str]] = {
    "assignee": lambda: gettext("assignee"),
    "attached_to": lambda: gettext("attached to"),
    "called_process": lambda: gettext("called process"),
    "candidate_groups": lambda: gettext("candidate groups"),
    "cardinality": lambda: gettext("number of times"),
    "compensated_activity": lambda: gettext("activity that is undone"),
    "compensates": lambda: gettext("undoes another activity"),
    "completion_condition": lambda: gettext("ends early when"),
    "condition": lambda: gettext("condition"),
    "correlation_key": lambda: gettext("correlation key"),
    "decision": lambda: gettext("decision"),
    "default": lambda: gettext("default flow"),
    "description": lambda: gettext("description"),
    "documentation": lambda: gettext("documentation"),
    "due_date": lambda: gettext("due date"),
    "error": lambda: gettext("error"),
    "escalation": lambda: gettext("escalation"),
    "excludes": lambda: gettext("not for whoever completed"),
    "expression": lambda: gettext("expression"),
    "follow_up_date": lambda: gettext("follow-up date"),
    "form": lambda: gettext("form"),
    "header": lambda: gettext("header"),
    "hit_policy": lambda: gettext("hit policy"),
    "input": lambda: gettext("input"),
    "input_collection": lambda: gettext("once for each of"),
    "input_element": lambda: gettext("name of each item"),
    "interrupting": lambda: gettext("interrupts"),
    "key": lambda: gettext("variable"),
    "label": lambda: gettext("label"),
    "lane": lambda: gettext("lane"),
    "link": lambda: gettext("link"),
    "loop": lambda: gettext("repeats"),
    "loop_condition": lambda: gettext("repeats while"),
    "loop_maximum": lambda: gettext("most repeats"),
    "loop_tested_before": lambda: gettext("is asked before each repeat"),
    "message": lambda: gettext("message"),
    "name": lambda: gettext("name"),
    "output": lambda: gettext("output"),
    "output_collection": lambda: gettext("collects results in"),
    "output_element": lambda: gettext("result of each"),
    "parameters": lambda: gettext("parameters"),
    "passes_all_variables": lambda: gettext("passes all variables"),
    "priority": lambda: gettext("priority"),
    "properties": lambda: gettext("properties"),
    "requires": lambda: gettext("requires"),
    "result_variable": lambda: gettext("result variable"),
    "returns_all_variables": lambda: gettext("returns all variables"),
    "rule": lambda: gettext("rule"),
    "rule_order": lambda: gettext("order of rules"),
    "scope": lambda: gettext("subprocess"),
    "script": lambda: gettext("script"),
    "signal": lambda: gettext("signal"),
    "source": lambda: gettext("comes from"),
    "target": lambda: gettext("leads to"),
    "task_type": lambda: gettext("task type"),
    "timer": lambda: gettext("timer"),
    "trigger": lambda: gettext("trigger"),
    "type": lambda: gettext("type"),
    "validate": lambda: gettext("what is accepted"),
    "values": lambda: gettext("choices"),
    "variable": lambda: gettext("result"),
    "version": lambda: gettext("version"),
}


#: Values that are words and no texts of the model, of what they are said.
_VALUES: Mapping[str, Callable[[], str]] = {
    "no": lambda: gettext("no"),
    "one after the other": lambda: gettext("one after the other"),
    "side by side": lambda: gettext("side by side"),
    "while a condition holds": lambda: gettext("while a condition holds"),
    "yes": lambda: gettext("yes"),
}
_WORDED = frozenset(
    {
        "compensates",
        "default",
        "interrupting",
        "loop",
        "loop_tested_before",
        "passes_all_variables",
        "returns_all_variables",
    }
)


def kind_words(kind: Kind) -> str:
    """Return how a thing differs."""
    return _KINDS[kind]()


def change_words(change: Change) -> str:
    """Return what is said otherwise; a word that nobody knows stands for itself."""
    word, colon, subject = change.what.partition(":")
    known = _WORDS.get(word)
    words = known() if known is not None else word
    return f"{words} “{subject}”" if colon else words


def value_words(what: str, value: str | None) -> str | None:
    """Return what is said, in words where it is no text of the model."""
    known = _VALUES.get(value or "") if what in _WORDED else None
    return value if known is None else known()
