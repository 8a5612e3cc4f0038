"""Sorts the files of a deployment: each process with the decisions and forms that it refers to."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.definitions.resources import ModelResources
from engine.spiff import decision_ids_of, form_ids_of, process_id_of, references_of


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSet:
    """The files of one process, with the names under which they were given.

    Attributes:
        name: the BPMN file's.
        process_id: its executable process; ``None`` if it has none to be read.
        decision_files: the names of its DMN files, in the order of the resources.
        form_files: the names of its form files, in the order of the resources.
    """

    name: str
    process_id: str | None
    resources: ModelResources
    decision_files: tuple[str, ...] = ()
    form_files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SortedFiles:
    """What a set of files comes to; ``unused`` are decisions and forms that no process refers to."""

    sets: tuple[FileSet, ...]
    unused: Mapping[str, bytes]
    unknown: tuple[str, ...]


def sort_files(files: Mapping[str, bytes]) -> SortedFiles:
    """Sort files by their names' endings: ``.bpmn``, ``.dmn``, ``.form``.

    A process takes the files that hold a decision or form it refers to; so an unrelated file beside it does not
    make it another definition.
    """
    decisions = {name: (content, decision_ids_of(content)) for name, content in _with_ending(files, ".dmn")}
    forms = {name: (content, form_ids_of(content)) for name, content in _with_ending(files, ".form")}
    sets: list[FileSet] = []
    used: set[str] = set()
    for name, content in _with_ending(files, ".bpmn"):
        decision_ids, form_ids = references_of(content)
        mine = [each for each, (_, ids) in decisions.items() if ids & decision_ids]
        mine_too = [each for each, (_, ids) in forms.items() if ids & form_ids]
        used |= {*mine, *mine_too}
        sets.append(
            FileSet(
                name=name,
                process_id=process_id_of(content),
                resources=ModelResources(
                    bpmn=content,
                    decisions=tuple(decisions[each][0] for each in mine),
                    forms=tuple(forms[each][0] for each in mine_too),
                ),
                decision_files=tuple(mine),
                form_files=tuple(mine_too),
            )
        )
    rest = {**{name: each[0] for name, each in decisions.items()}, **{n: e[0] for n, e in forms.items()}}
    return SortedFiles(
        sets=tuple(sets),
        unused={name: content for name, content in rest.items() if name not in used},
        unknown=tuple(name for name in files if not name.endswith((".bpmn", ".dmn", ".form"))),
    )


def _with_ending(files: Mapping[str, bytes], ending: str) -> list[tuple[str, bytes]]:
    return [(name, content) for name, content in files.items() if name.endswith(ending)]
