"""The only place that reads the clock.

Everything else asks :func:`now`. A test, a replay or a simulation sets the instant for a stretch of code
with :func:`frozen_at`; a moving simulation nests such stretches.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

#: Business days begin and end here (DOMAIN §4 rule 8); Vietnam has no daylight saving time.
BUSINESS_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")

_frozen: ContextVar[datetime | None] = ContextVar("sauro_frozen_clock", default=None)


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    frozen = _frozen.get()
    return datetime.now(UTC) if frozen is None else frozen


def today() -> date:
    """Return the present calendar day in the business time zone."""
    return now().astimezone(BUSINESS_ZONE).date()


@contextmanager
def frozen_at(instant: datetime) -> Iterator[None]:
    """Make :func:`now` answer ``instant`` within the block, in this thread and context only.

    Raises:
        ValueError: ``instant`` has no time zone.
    """
    token = _frozen.set(require_aware(instant))
    try:
        yield
    finally:
        _frozen.reset(token)


def require_aware(instant: datetime) -> datetime:
    """Return ``instant`` in UTC; refuse an instant without a time zone with ``ValueError``."""
    if instant.tzinfo is None:
        raise ValueError(f"Expected an instant with a time zone, but got {instant.isoformat()}")
    return instant.astimezone(UTC)


def to_text(instant: datetime) -> str:
    """Write an instant as RFC 3339 in UTC with microseconds, the one form that the journal uses."""
    return require_aware(instant).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def from_text(text: str) -> datetime:
    """Read what :func:`to_text` wrote (any RFC 3339 instant with an offset is accepted)."""
    return require_aware(datetime.fromisoformat(text))
