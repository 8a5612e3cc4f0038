"""Variables: a chain of scopes from an element outwards to its process, as in Camunda 8.

A scope is the local variables of an element (its input mappings, an item of its collection), then those of the
subprocess around it, and so on to the variables of the process. A called process sees nothing beyond its own. An
event that waits at an activity sees what the activity sees.
Reading looks from the inside outwards. A result is written where its name is known, else to the process, so
parallel branches share one set of variables and none carries a copy that could overwrite another's.
"""

from collections.abc import Mapping
from typing import Any

from engine.spiff.details import Mapping as VariableMapping
from engine.spiff.details import MultiInstance
from engine.spiff.tokens import Token

#: Keys of ``Token.internal_data``; the codec stores them.
LOCAL = "local"  # the element's local variables
ROOT = "root"  # the variables of a called process, with the call activity
INDEX = "index"  # which of many instances a token is, from 0
COMPENSATES = "compensates"  # the token is at work for a compensation


def chain_of(token: Token) -> list[dict[str, Any]]:
    """Return the scopes that a token sees, the innermost first."""
    chain = []
    while True:
        local = token.internal_data.get(LOCAL)
        if local is not None:
            chain.append(local)
        scope = token.workflow
        if token.host is not None and COMPENSATES not in token.internal_data:
            token = scope.tasks[token.host]  # one of many instances, or an event that waits at its activity
            continue
        owner = scope.owner
        if owner is None:
            chain.append(scope.variables)
            return chain
        root = owner.internal_data.get(ROOT)
        if root is not None:
            chain.append(root)
            return chain
        token = owner


def visible(token: Token) -> dict[str, Any]:
    """Return the variables that a token sees; not to be changed."""
    chain = chain_of(token)
    if len(chain) == 1:
        return chain[0]
    seen: dict[str, Any] = {}
    for scope in reversed(chain):
        seen.update(scope)
    return seen


def enter(token: Token) -> None:
    """Evaluate an element's input mappings into its local variables."""
    spec = token.task_spec
    if not spec.extensions.inputs:
        return
    local = dict(token.internal_data.get(LOCAL, {}))
    token.internal_data[LOCAL] = local
    for mapping in spec.extensions.inputs:
        _write(local, mapping.target, _evaluate(mapping, token, visible(token)))


def leave(token: Token, result: Mapping[str, Any]) -> dict[str, Any]:
    """Carry an element's result outwards and return what the element sees at its end.

    Without output mappings the whole result is written, except names that are local to the element; with them
    only their targets are. One of many instances keeps what its mappings write to names of its own.
    """
    local = {**token.internal_data.pop(LOCAL, {})}
    outer = chain_of(token)
    if isinstance(token.task_spec.extensions.loop, MultiInstance) and INDEX in token.internal_data:
        outer = [local, *outer]
    outputs = token.task_spec.extensions.outputs
    if not outputs:
        for name, value in result.items():
            if name in local:
                local[name] = value
            else:
                assign(outer, name, value)
        return {**visible(token), **local} if local else visible(token)
    seen = {**visible(token), **local, **result}
    for mapping in outputs:
        value = _evaluate(mapping, token, seen)
        assign(outer, mapping.target, value)
        _write(seen, mapping.target, value)
    return seen


def assign(chain: list[dict[str, Any]], path: str, value: Any) -> None:
    """Write to a name or path in the innermost scope that knows the name, else in the outermost."""
    name = path.split(".", 1)[0]
    scope = next((each for each in chain if name in each), chain[-1])
    _write(scope, path, value)


def _evaluate(mapping: VariableMapping, token: Token, seen: Mapping[str, Any]) -> Any:
    return mapping.value.evaluate(
        seen, at=token.workflow.top_workflow.moment, element_id=token.task_spec.bpmn_id
    )


def _write(variables: dict[str, Any], path: str, value: Any) -> None:
    """Write to a path; objects on the way are replaced by copies, never changed in place."""
    *parents, last = path.split(".")
    for name in parents:
        inner = variables.get(name)
        variables[name] = dict(inner) if isinstance(inner, dict) else {}
        variables = variables[name]
    variables[last] = value
