"""What can go wrong with decisions."""

from engine.errors import SauroError


class DmnError(SauroError):
    """A decision model cannot be read, or a decision cannot be made.

    Attributes:
        element_id: the DMN element at fault, where it is known and has an id.
    """

    def __init__(self, message: str, element_id: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.element_id = element_id
