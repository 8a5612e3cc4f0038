"""What can go wrong with FEEL: text that is no expression, or an evaluation that costs too much.

An operation on values of the wrong type is not an error: the DMN specification makes it ``null``.
"""

from engine.errors import SauroError


class FeelError(SauroError):
    """The root of the errors of the expression language."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class FeelSyntaxError(FeelError):
    """The text is not a FEEL expression.

    Attributes:
        position: offset in characters, from 0, of the first character that does not fit.
    """

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


class BoundExceeded(FeelError):
    """An evaluation was stopped because it passed one of its bounds."""


class TooManySteps(BoundExceeded):
    """The evaluation took more steps than allowed."""


class TooDeep(BoundExceeded):
    """Expressions or functions are nested deeper than allowed."""


class TooLarge(BoundExceeded):
    """A text, list or number grew larger than allowed."""


class TooSlow(BoundExceeded):
    """The evaluation took longer than allowed."""


class HostFunctionFailed(FeelError):
    """A function that the host offers refused its arguments."""
