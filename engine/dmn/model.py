"""A decision model that was read, and the making of its decisions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from engine.dmn.errors import DmnError, WrongType
from engine.dmn.item_types import ItemType
from engine.dmn.language import UnresolvedText
from engine.dmn.results import DecisionResult, decision_result
from engine.dmn.tables import DecisionTable, TableOutcome
from engine.feel.bounds import Ask
from engine.feel.compiler import Closure
from engine.feel.errors import FeelError
from engine.feel.expression import outermost
from engine.feel.invocation import call_named
from engine.feel.loops import make_function
from engine.feel.scope import Inner, Scope
from engine.feel.values import Function
from engine.feel.vocabulary import NO_HOST_FUNCTIONS, HostFunctions

#: Nesting that one call of a decision service counts as.
SERVICE_LEVELS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class InputData:
    """A variable that the model expects, and its type."""

    name: str
    type: ItemType


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """A function that decisions may call (a business knowledge model)."""

    name: str
    function: Closure
    required_knowledge: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionService:
    """Decisions that can be called like a function.

    Attributes:
        input_decisions: decisions that the caller makes; they come last among the parameters.
        inputs: the input data that the caller gives.
    """

    name: str
    type: ItemType
    output_decisions: tuple[str, ...]
    input_decisions: tuple[str, ...]
    inputs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A decision of the model."""

    id: str
    name: str
    #: The names under which other decisions see the result.
    variable_names: tuple[str, ...]
    type: ItemType
    logic: DecisionTable | Closure
    required_decisions: tuple[str, ...]
    required_inputs: tuple[str, ...]
    required_knowledge: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A model that another one imports, and the name under which it does."""

    prefix: str
    model: "DecisionModel"

    def prefixed(self, name: str) -> str:
        """Return the name under which the importing model sees something of this one."""
        return f"{self.prefix}.{name}"

    def offered(self, kind: str) -> Mapping[str, object]:
        """Return the ``decisions``, ``inputs`` or ``knowledge`` (services too) of the model by id."""
        if kind == "knowledge":
            return {**self.model.knowledge, **self.model.services}
        return self.model.decisions if kind == "decisions" else self.model.inputs


@dataclass(frozen=True, slots=True)
class _Made:
    value: Any
    result: DecisionResult


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionModel:
    """The decisions of one file by id; immutable and safe to share between threads."""

    name: str
    decisions: Mapping[str, Decision]
    inputs: Mapping[str, InputData] = field(default_factory=lambda: MappingProxyType({}))
    knowledge: Mapping[str, Knowledge] = field(default_factory=lambda: MappingProxyType({}))
    services: Mapping[str, DecisionService] = field(default_factory=lambda: MappingProxyType({}))
    types: Mapping[str, ItemType] = field(default_factory=lambda: MappingProxyType({}))
    #: Every decision table of the file, also those in functions and boxed expressions.
    tables: tuple[DecisionTable, ...] = ()
    functions: HostFunctions = NO_HOST_FUNCTIONS
    #: Texts that name what the file does not offer.
    unresolved: tuple[UnresolvedText, ...] = ()
    #: Imported models by their namespaces; ``namespace#id`` names something in them.
    imported: Mapping[str, "Imported"] = field(default_factory=lambda: MappingProxyType({}))

    def evaluate(
        self, decision_id: str, variables: Mapping[str, Any], *, now: datetime, ask: Ask | None = None
    ) -> DecisionResult:
        """Make a decision, and first those that it requires.

        Texts are read as dates, times and durations where an input or a column declares such a type.

        Args:
            variables: values by name, as JSON has them: process variables.
            now: the aware instant that ``now()`` and ``today()`` answer.
            ask: asks a host function by name and arguments in JSON, and answers in JSON; without it the functions
                themselves are asked.

        Raises:
            DmnError: there is no such decision, a value cannot be of the type that an input or a column declares,
                a hit policy is violated, or a bound of FEEL is passed.
        """
        return self._make(decision_id, variables, now, ask, reads_json=True).result

    def value_of(
        self, decision_id: str, variables: Mapping[str, Any], *, now: datetime, ask: Ask | None = None
    ) -> Any:
        """Make a decision with FEEL values and return its FEEL value; what is not of a declared type is ``null``.

        Raises:
            DmnError: as :meth:`evaluate`, but for wrong types.
        """
        return self._make(decision_id, variables, now, ask).value

    def value_of_service(
        self, service: DecisionService, variables: Mapping[str, Any], *, now: datetime
    ) -> Any:
        """Call a decision service with the variables of the names of its parameters; return its FEEL value.

        Raises:
            DmnError: as :meth:`evaluate`.
        """
        outside = outermost(variables, now=now, functions=self.functions)
        function = self._service_function(service, outside)
        try:
            arguments = {name: outside.lookup(name) for name in function.parameters[0]}
            return call_named(function, arguments, outside.account)
        except FeelError as error:
            raise DmnError(error.message) from error

    def _make(
        self,
        decision_id: str,
        variables: Mapping[str, Any],
        now: datetime,
        ask: Ask | None,
        *,
        reads_json: bool = False,
    ) -> _Made:
        if decision_id not in self.decisions:
            raise DmnError(f"Expected to make decision {decision_id!r}, but there is none of that id")
        outside = outermost(variables, now=now, functions=self.functions, ask=ask)
        outside.account.reads_json = reads_json
        return self._decide(self.decisions[decision_id], outside, {})

    def _decide(self, decision: Decision, outside: Scope, made: dict[str, _Made]) -> _Made:
        if decision.id in made:
            return made[decision.id]
        values: dict[str, Any] = {}
        inputs: dict[str, Any] = {}
        required: list[DecisionResult] = []
        outcome: TableOutcome | None
        for identifier in decision.required_decisions:
            names, before = self._required(identifier, outside, made)
            values |= dict.fromkeys(names, before.value)
            inputs[before.result.decision_name] = before.value
            required.append(before.result)
        try:
            inputs |= self._given_inputs(decision, outside)
            functions: dict[str, Any] = {}
            self._bind_knowledge(decision.required_knowledge, functions, outside)
            scope = Inner({**values, **inputs, **functions}, outside)
            around = outside.account.noted
            noted: list[Any] = []
            outside.account.noted = noted
            if isinstance(decision.logic, DecisionTable):
                outcome = decision.logic.evaluate(scope)
                found = outcome.value
            else:
                outcome, found = None, decision.logic(scope)
            value = decision.type.coerce(found, scope)
            outside.account.noted = around
            around.extend(noted)
            result = decision_result(
                decision.id,
                decision.name,
                outcome=outcome,
                inputs=inputs,
                value=value,
                within=[table for table in noted if table is not outcome],
                required=required,
            )
        except WrongType as error:
            raise error.within(decision.id) from error
        except FeelError as error:
            raise DmnError(error.message, decision.id) from error
        except RecursionError as error:
            raise DmnError("Expected decisions to be nested less deeply", decision.id) from error
        made[decision.id] = _Made(value, result)
        return made[decision.id]

    def _required(
        self, identifier: str, outside: Scope, made: dict[str, _Made]
    ) -> tuple[Iterable[str], _Made]:
        other, inner = self._elsewhere(identifier)
        if other is None:
            needed = self.decisions[identifier]
            return needed.variable_names, self._decide(needed, outside, made)
        names, result = other.model._required(inner, outside, {})
        return map(other.prefixed, names), result

    def _elsewhere(self, identifier: str) -> tuple[Imported | None, str]:
        namespace, separator, inner = identifier.rpartition("#")
        return (self.imported[namespace], inner) if separator else (None, identifier)

    def _input(self, identifier: str) -> tuple[str, InputData]:
        other, inner = self._elsewhere(identifier)
        if other is None:
            return self.inputs[identifier].name, self.inputs[identifier]
        name, needed = other.model._input(inner)
        return other.prefixed(name), needed

    def _given_inputs(self, decision: Decision, outside: Scope) -> dict[str, Any]:
        return {
            name: needed.type.taken(outside.lookup(name), outside, f"input {name!r}")
            for name, needed in map(self._input, decision.required_inputs)
        }

    def _bind_knowledge(self, identifiers: tuple[str, ...], values: dict[str, Any], outside: Scope) -> None:
        made: dict[str, dict[str, Any]] = {}
        for identifier in identifiers:
            values |= self._functions(identifier, outside, made)

    def _functions(self, identifier: str, outside: Scope, made: dict[str, dict[str, Any]]) -> dict[str, Any]:
        """Return the functions that a requirement of knowledge offers, by name; each is made once."""
        if identifier in made:
            return made[identifier]
        other, inner = self._elsewhere(identifier)
        if other is not None:
            offered = other.model._functions(inner, outside, {})
            functions = {other.prefixed(name): function for name, function in offered.items()}
        elif identifier in self.services:
            service = self.services[identifier]
            functions = {service.name: self._service_function(service, outside)}
        else:
            knowledge = self.knowledge[identifier]
            known: dict[str, Any] = {}
            for needed in knowledge.required_knowledge:
                known |= self._functions(needed, outside, made)
            functions = {knowledge.name: knowledge.function(Inner(known, outside))}
        made[identifier] = functions
        return functions

    def _service_function(self, service: DecisionService, outside: Scope) -> Function:
        given = [self.decisions[identifier] for identifier in service.input_decisions]
        inputs = [self.inputs[identifier] for identifier in service.inputs]
        names = (*(data.name for data in inputs), *(decision.variable_names[-1] for decision in given))
        types = [*(data.type for data in inputs), *(decision.type for decision in given)]

        def serve(scope: Scope) -> Any:
            arguments = [
                kind.coerce(scope.lookup(name), scope) for name, kind in zip(names, types, strict=True)
            ]
            made = {
                decision.id: _given(decision, value)
                for decision, value in zip(given, arguments[len(inputs) :], strict=True)
            }
            inner = Inner(dict(zip(names, arguments, strict=True)), outside)
            outputs = [self.decisions[identifier] for identifier in service.output_decisions]
            values = {
                output.variable_names[-1]: self._decide(output, inner, made).value for output in outputs
            }
            return service.type.coerce(next(iter(values.values())) if len(values) == 1 else values, scope)

        return make_function(names, tuple(kind.kind for kind in types), serve, SERVICE_LEVELS, outside)


def _given(decision: Decision, value: Any) -> _Made:
    result = decision_result(
        decision.id, decision.name, outcome=None, inputs={}, value=value, within=(), required=()
    )
    return _Made(value, result)
