"""Checks model files before they are deployed: every problem of every file, in one pass.

The check of a file from elsewhere runs in a process of its own with limits on time and memory: a hostile file
costs a refusal, never the server.
"""

import resource
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from engine.definitions.files import FileSet, sort_files
from engine.definitions.resources import CalledModel, ModelResources, Problem, Severity
from engine.definitions.table_checks import check_decisions
from engine.definitions.versions import Definition, compile_definition
from engine.dmn import DmnError, load_decisions
from engine.errors import DefinitionRefused
from engine.feel import HostFunctions
from engine.forms import FormError, load_form
from engine.host_functions import declared_functions
from engine.spiff import called_processes, problems_of_files

#: Limits of the process that checks: seconds of processor time and of waiting, bytes of memory.
CPU_SECONDS = 20
WALL_SECONDS = 30
MEMORY_BYTES = 1024 * 1024 * 1024

#: More or larger files are refused unread.
MAX_FILES = 200
MAX_TOTAL_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class FileProblem:
    """A problem and the file it was found in."""

    file: str
    problem: Problem

    @property
    def is_error(self) -> bool:
        """Whether the model is refused for it."""
        return self.problem.severity is Severity.ERROR

    def to_json(self) -> dict[str, str]:
        """Return the problem as plain values."""
        return {"file": self.file, **self.problem.to_json()}


def lint(
    files: Mapping[str, bytes],
    *,
    service_types: frozenset[str],
    deployed: Mapping[str, CalledModel],
    functions: Sequence[tuple[str, str]] = (),
) -> list[FileProblem]:
    """Return every problem of a set of files, by name.

    Args:
        deployed: processes that may be called without being among the files, by process id.
        functions: signature and type of the functions of the host that expressions may call.
    """
    found = sort_files(files)
    problems = [
        _problem(name, "the file is of no known kind", "Name it .bpmn, .dmn or .form.")
        for name in found.unknown
    ]
    offered = declared_functions(functions)
    problems += _lint_unused(found.unused, offered)
    linter = _Linter(found.sets, service_types, deployed, offered)
    for file_set in found.sets:
        linter.definition_of(file_set)
    return problems + linter.problems


def lint_apart(
    files: Mapping[str, bytes],
    *,
    service_types: frozenset[str],
    deployed: Mapping[str, CalledModel],
    functions: Sequence[tuple[str, str]] = (),
) -> list[FileProblem]:
    """Do the same in a process of its own, within limits; going beyond them is a problem, too."""
    size = sum(len(content) for content in files.values())
    if len(files) > MAX_FILES or size > MAX_TOTAL_BYTES:
        megabytes = MAX_TOTAL_BYTES // (1024 * 1024)
        return [
            _problem(
                "",
                "the files are too many or too large",
                f"{MAX_FILES} files and {megabytes} MB are the limits.",
            )
        ]
    request = orjson.dumps(
        {
            "files": {name: b64encode(content).decode() for name, content in files.items()},
            "service_types": sorted(service_types),
            "functions": [list(each) for each in functions],
            "deployed": {process_id: _written(called) for process_id, called in deployed.items()},
        }
    )
    try:
        done = subprocess.run(  # the interpreter that runs us, with a module of ours
            [sys.executable, "-P", "-m", "engine.definitions.lint"],
            input=request,
            capture_output=True,
            timeout=WALL_SECONDS,
            check=False,
            env={"PYTHONPATH": ":".join(entry for entry in sys.path if entry), "PYTHONHASHSEED": "0"},
        )
        answer = orjson.loads(done.stdout) if done.returncode == 0 else None
    except (subprocess.TimeoutExpired, orjson.JSONDecodeError):
        answer = None
    if answer is None:
        return [
            _problem(
                "",
                "the check took more time or memory than a model may cost",
                "Make the model smaller: fewer elements, shorter expressions, less nesting.",
            )
        ]
    return [FileProblem(file=each.pop("file"), problem=Problem.from_json(each)) for each in answer]


class _Linter:
    """Compiles each process once, those that are called first."""

    def __init__(
        self,
        sets: Sequence[FileSet],
        service_types: frozenset[str],
        deployed: Mapping[str, CalledModel],
        functions: HostFunctions,
    ) -> None:
        self._functions = functions
        self._service_types = service_types
        self._deployed = deployed
        self._definitions: dict[str, Definition | None] = {}
        self._by_process: dict[str, FileSet] = {}
        self._checked: set[str] = set()
        self.problems: list[FileProblem] = []
        for file_set in sets:
            first = self._by_process.setdefault(file_set.process_id or file_set.name, file_set)
            if first is not file_set:
                self.problems.append(
                    _problem(
                        file_set.name,
                        f"process '{file_set.process_id}' is in '{first.name}', too",
                        "Keep one of the files, or give the processes different ids.",
                    )
                )

    def definition_of(self, file_set: FileSet) -> Definition | None:
        """Return a compiled file; ``None``, with its problems noted, if it would not run."""
        if file_set.name in self._definitions:
            return self._definitions[file_set.name]
        self._check_tables(file_set)
        self._definitions[file_set.name] = None  # a process that calls itself in a circle is not found
        called = {}
        for process_id in called_processes(file_set.resources.bpmn):
            definition = self._called(process_id)
            if definition is not None:
                called[process_id] = definition
        try:
            self._definitions[file_set.name] = compile_definition(
                "",
                file_set.resources,
                called,
                service_types=self._service_types,
                functions=self._functions,
            )
        except DefinitionRefused as refusal:
            problems: Any = refusal.params["problems"]
            self._note(file_set, [Problem.from_json(each) for each in problems])
        return self._definitions[file_set.name]

    def _check_tables(self, file_set: FileSet) -> None:
        for name, content in zip(file_set.decision_files, file_set.resources.decisions, strict=True):
            if name not in self._checked:
                self._checked.add(name)
                self.problems += [
                    FileProblem(file=name, problem=problem)
                    for problem in check_decisions(content, self._functions)
                ]

    def _note(self, file_set: FileSet, problems: Sequence[Problem]) -> None:
        """Note the problems of a process, those of its other files under their names and once."""
        names = (*file_set.decision_files, *file_set.form_files)
        found = problems_of_files(file_set.resources, self._functions)
        files = {problem: name for name, own in zip(names, found, strict=True) for problem in own}
        for problem in problems:
            noted = FileProblem(file=files.get(problem, file_set.name), problem=problem)
            if noted not in self.problems:
                self.problems.append(noted)

    def _called(self, process_id: str) -> Definition | None:
        if process_id in self._by_process:
            return self.definition_of(self._by_process[process_id])
        model = self._deployed.get(process_id)
        return None if model is None else self._compiled(model)

    def _compiled(self, model: CalledModel) -> Definition:
        called = {process_id: self._compiled(each) for process_id, each in model.calls.items()}
        return compile_definition(
            "", model.resources, called, service_types=self._service_types, functions=self._functions
        )


def _lint_unused(unused: Mapping[str, bytes], functions: HostFunctions) -> list[FileProblem]:
    problems: list[FileProblem] = []
    for name, content in unused.items():
        try:
            if name.endswith(".dmn"):
                load_decisions(content, functions=functions)
                problems += [
                    FileProblem(file=name, problem=problem) for problem in check_decisions(content, functions)
                ]
            else:
                load_form(content)
        except (DmnError, FormError) as error:
            problems += [
                _problem(name, f"the file cannot be used: {each}", "Correct it in the modeller.")
                for each in error.all
            ]
    return problems


def _problem(file: str, reason: str, advice: str) -> FileProblem:
    return FileProblem(
        file=file, problem=Problem(element_id="", element_name="", reason=reason, advice=advice)
    )


def _written(called: CalledModel) -> dict[str, Any]:
    return {
        "bpmn": b64encode(called.resources.bpmn).decode(),
        "decisions": [b64encode(content).decode() for content in called.resources.decisions],
        "forms": [b64encode(content).decode() for content in called.resources.forms],
        "calls": {process_id: _written(each) for process_id, each in called.calls.items()},
    }


def _read(written: Mapping[str, Any]) -> CalledModel:
    return CalledModel(
        resources=ModelResources(
            bpmn=b64decode(written["bpmn"]),
            decisions=tuple(b64decode(content) for content in written["decisions"]),
            forms=tuple(b64decode(content) for content in written["forms"]),
        ),
        calls={process_id: _read(each) for process_id, each in written["calls"].items()},
    )


def _main() -> None:
    """Check what comes on standard input, as :func:`lint_apart` sends it; answer on standard output."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    request = orjson.loads(sys.stdin.buffer.read())
    problems = lint(
        {name: b64decode(content) for name, content in request["files"].items()},
        service_types=frozenset(request["service_types"]),
        functions=[(signature, gives) for signature, gives in request["functions"]],
        deployed={process_id: _read(each) for process_id, each in request["deployed"].items()},
    )
    sys.stdout.buffer.write(orjson.dumps([problem.to_json() for problem in problems]))


if __name__ == "__main__":
    _main()
