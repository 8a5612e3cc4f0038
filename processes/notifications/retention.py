"""Removes notifications that were read long ago, unless their instance is held."""

from collections.abc import Callable
from datetime import timedelta
from typing import cast

from sqlalchemy import Engine, Table

from engine import clock
from engine.archive.byproducts import remove
from processes.notifications.tables import Notification


def remove_read(database: Engine, *, older_than: timedelta, go_on: Callable[[], bool] = lambda: True) -> int:
    """Remove notifications that were read before; return how many went. What nobody has read stays."""
    table = cast(Table, Notification.__table__)
    before = clock.now() - older_than
    return remove(database, table, table.c.read_at < before, of_instance=table.c.instance_id, go_on=go_on)
