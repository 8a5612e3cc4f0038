"""Takes a file apart in a process of its own, whose time and memory are bounded: no file can harm the site.

The child gets the file over its standard input and answers with JSON over its standard output; it inherits neither
settings nor secrets, writes no file, and is killed when its time is over.
"""

import logging
import math
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from processes.documents.errors import LetterTookTooLong, LetterTooLarge, LetterUnreadable
from processes.documents.source.blocks import SourceText
from processes.documents.source.limits import LARGEST_FILE, LONGEST_READING, MOST_MEMORY
from processes.documents.source.read import read_source

try:
    import resource
except ImportError:  # Windows: the time is bounded by the parent, the memory is not
    resource = None  # type: ignore[assignment]  # it is asked for before use

_log = logging.getLogger(__name__)
#: With which status the child ends that had not enough memory.
_OUT_OF_MEMORY = 3
#: What of the environment the child needs to start.
_ENVIRONMENT = ("PATH", "SYSTEMROOT", "LANG", "LC_ALL", "LD_LIBRARY_PATH")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a file may take: seconds, and bytes of memory."""

    seconds: float = LONGEST_READING
    memory: int = MOST_MEMORY


def read_source_apart(content: bytes, filename: str, *, bounds: Bounds | None = None) -> SourceText:
    """Return what ``read_source`` does, from a process of its own.

    Raises:
        LetterTookTooLong: the time was over.
        LetterUnreadable: one of its kinds; itself if the process ran out of memory or crashed
            (``params["cause"]`` is ``memory`` or ``crash``).
    """
    bounds = bounds or Bounds()
    if len(content) > LARGEST_FILE:
        raise LetterTooLarge(
            f"Expected a letter of at most {LARGEST_FILE // (1024 * 1024)} MB, but the file is larger",
            limit=LARGEST_FILE,
        )
    asked = orjson.dumps(
        {"filename": _encodable(filename), "seconds": bounds.seconds, "memory": bounds.memory}
    )
    # -P: nothing is imported from the directory it happens to run in; -B: it writes no file
    command = [sys.executable, "-P", "-B", "-m", "processes.documents.source.apart"]
    with subprocess.Popen(
        command,
        env=_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as child:
        try:
            answer, _ = child.communicate(asked + b"\n" + content, timeout=bounds.seconds)
        except subprocess.TimeoutExpired as error:
            child.kill()
            raise LetterTookTooLong(
                f"Expected a letter that can be read in {bounds.seconds:g} seconds, but it takes longer",
                limit=bounds.seconds,
            ) from error
        except BaseException:
            child.kill()
            raise
    if child.returncode == 0:
        return _understood(answer)
    _log.warning("a file could not be taken apart", extra={"status": child.returncode, "bytes": len(content)})
    cause = "memory" if child.returncode == _OUT_OF_MEMORY else "crash"
    raise LetterUnreadable(
        f"Expected a letter, but taking the file apart failed ({cause})", cause=cause, filename=filename
    )


def _environment() -> dict[str, str]:
    """Return what the child starts with: the modules of this process, none of its settings."""
    kept = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    return {**kept, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONIOENCODING": "utf-8"}


def _encodable(filename: str) -> str:
    """Return a name without what a file system may have in it and UTF-8 has not."""
    return filename.encode("utf-8", "replace").decode("utf-8")


def _understood(answer: bytes) -> SourceText:
    found = orjson.loads(answer)
    refused = found.get("refused")
    if refused is None:
        return SourceText.from_json(found["source"])
    kinds = {kind.code: kind for kind in _kinds(LetterUnreadable)}
    raise kinds[refused["code"]](refused["message"], **refused["params"])


def _kinds(kind: type[LetterUnreadable]) -> Iterator[type[LetterUnreadable]]:
    yield kind
    for narrower in kind.__subclasses__():
        yield from _kinds(narrower)


def _main() -> int:
    """Be the child: read a file from standard input, answer on standard output."""
    asked = orjson.loads(sys.stdin.buffer.readline())
    if resource is not None:
        _bound(asked["seconds"], asked["memory"])
    try:
        answer = orjson.dumps(_answer(sys.stdin.buffer.read(), asked["filename"]))
    except MemoryError:
        return _OUT_OF_MEMORY
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()
    return 0


def _answer(content: bytes, filename: str) -> dict[str, Any]:
    try:
        return {"source": read_source(content, filename).to_json()}
    except LetterUnreadable as error:
        return {"refused": {"code": error.code, "message": error.message, "params": dict(error.params)}}


def _bound(seconds: float, memory: int) -> None:
    """Take away from this process what a parser does not need; the time counts if the parent is no more."""
    whole = max(1, math.ceil(seconds))
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, whole),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        _, allowed = resource.getrlimit(what)
        resource.setrlimit(what, (most if allowed == resource.RLIM_INFINITY else min(most, allowed), allowed))


if __name__ == "__main__":
    sys.exit(_main())
