"""What the engine tells whoever measures it; how it is measured is not the engine's affair."""

from datetime import timedelta
from typing import Protocol


class Instruments(Protocol):
    """Hears of what happens, after it has happened. Must not fail, and must not take long."""

    def command_applied(self, tag: str, seconds: float, *, repeated: bool) -> None:
        """A command was answered and committed.

        Args:
            seconds: from the question to the commit; the commands of a batch share its time equally.
            repeated: it had been applied before.
        """

    def command_refused(self, tag: str, code: str) -> None:
        """A command was refused, and nothing was written."""

    def command_failed(self, tag: str) -> None:
        """An element failed, and an incident was written."""

    def timer_fired(self, lag: timedelta) -> None:
        """A timer fired, so long after it was due."""

    def clockwork_round(self, *, failed: bool) -> None:
        """The clockwork finished a round."""


class _Deaf:
    """Hears nothing: for tests, for commands that end at once, for whoever is not measured."""

    def command_applied(self, tag: str, seconds: float, *, repeated: bool) -> None: ...

    def command_refused(self, tag: str, code: str) -> None: ...

    def command_failed(self, tag: str) -> None: ...

    def timer_fired(self, lag: timedelta) -> None: ...

    def clockwork_round(self, *, failed: bool) -> None: ...


#: Measures nothing.
NO_INSTRUMENTS: Instruments = _Deaf()
