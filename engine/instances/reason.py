"""Why somebody does what others will ask about: present where it must be, and no longer than can be read."""

from engine.errors import InvalidVariables

#: Characters of a reason.
LONGEST_REASON = 2_000


def require_reason(reason: str) -> None:
    """Refuse a reason that is blank or too long with ``InvalidVariables``."""
    if not reason.strip():
        raise InvalidVariables(
            "Expected a reason, but it is empty", errors=[{"key": "reason", "code": "required"}]
        )
    accept_reason(reason)


def accept_reason(reason: str) -> None:
    """Refuse a reason that is too long with ``InvalidVariables``; none at all is fine."""
    if len(reason) > LONGEST_REASON:
        raise InvalidVariables(
            f"Expected a reason of up to {LONGEST_REASON} characters, but it has {len(reason)}",
            errors=[{"key": "reason", "code": "too_long", "most": LONGEST_REASON}],
        )
