"""What can go wrong with decisions."""

from collections.abc import Sequence
from typing import Self

from engine.errors import SauroError


class DmnError(SauroError):
    """A decision model cannot be read, or a decision cannot be made.

    Attributes:
        element_id: the DMN element at fault, where it is known and has an id.
        also: what else is wrong with the same file.
    """

    def __init__(self, message: str, element_id: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.element_id = element_id
        self.also: tuple[DmnError, ...] = ()

    @property
    def all(self) -> "tuple[DmnError, ...]":
        """This error and those beside it."""
        return (self, *self.also)

    def beside(self, others: "Sequence[DmnError]") -> Self:
        """Return the error with others of the same file."""
        self.also = tuple(others)
        return self


class WrongType(DmnError):
    """A value from outside cannot be of the type that its place declares."""

    def __init__(self, place: str, wanted: str, value: str, element_id: str | None) -> None:
        """Say what was expected.

        Args:
            place: the input or column.
            wanted: its type in words.
            value: what was given, as FEEL writes it.
        """
        super().__init__(f"Expected {place} to be {wanted}, but got {value}", element_id)
        self._parts = (place, wanted, value)

    def within(self, decision_id: str) -> DmnError:
        """Return the error with the decision that needs the value."""
        place, wanted, value = self._parts
        return DmnError(
            f"Expected {place} of decision {decision_id!r} to be {wanted}, but got {value}",
            self.element_id or decision_id,
        )
