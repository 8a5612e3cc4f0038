"""``python -m tests.packing_dictionaries DATABASE_URL FOLDER``: trains dictionaries for a new packing.

The samples are entries and states of an installation (of the demo, say) and of the benchmarks' model. What is
trained becomes a packing under a number of its own in ``engine/packing``; those that are there never change.
"""

import random
import sys
import tempfile
from pathlib import Path

import zstandard
from sqlalchemy import select

from engine.database import open_database, reading
from engine.dispatch import Dispatcher
from engine.history.journal import read_documents
from engine.history.replay import replay
from engine.tables import process_instance
from processes.wiring import ProcessSettings, build_dispatcher
from tests.benchmarks.contenders import Ours

#: Bytes of a dictionary; more hardly makes anything smaller.
SIZES = {"journal": 32 * 1024, "state": 16 * 1024}

_INSTANCES, _SAMPLES, _PLAIN = 250, 3000, 60


def samples(dispatcher: Dispatcher) -> tuple[list[bytes], list[bytes]]:
    """Return entries and states of some instances."""
    entries, states = [], []
    with reading(dispatcher.database) as connection:
        ids = connection.scalars(select(process_instance.c.id).order_by(process_instance.c.id)).all()
        for instance_id in random.Random(1).sample(ids, min(_INSTANCES, len(ids))):
            entries += read_documents(connection, instance_id)
            states += [each.step.state for each in replay(connection, dispatcher.definitions, instance_id)]
    return entries, states


def main(address: str, folder: Path) -> None:
    """Train both dictionaries and write them."""
    with tempfile.TemporaryDirectory() as name:
        ours = Ours(open_database(f"sqlite:///{Path(name) / 'plain.db'}"))
        for instance_id in ours.start(20):
            for _ in range(10):
                ours.complete(instance_id)
        plain = samples(ours.dispatcher)
    lived = samples(build_dispatcher(open_database(address), ProcessSettings()))
    for kind, few, many in zip(SIZES, plain, lived, strict=True):
        chosen = random.Random(1).sample(many, min(_SAMPLES, len(many))) + few[:_PLAIN]
        content = zstandard.train_dictionary(SIZES[kind], chosen).as_bytes()
        (folder / f"{kind}.dictionary").write_bytes(content)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
