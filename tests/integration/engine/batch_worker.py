"""A process that runs batches until none is left; names each round on standard output."""

import sys

from engine.batches.run import run_batches
from engine.database import open_database
from engine.dispatch import Dispatcher
from engine.service_tasks import ServiceTaskHandlers


def main(url: str) -> None:
    """Run."""
    handlers = ServiceTaskHandlers()
    handlers.register("file", lambda _call: {})
    dispatcher = Dispatcher(open_database(url), handlers=handlers)
    while run_batches(dispatcher, limit=7).treated:
        print("round", flush=True)  # noqa: T201 - whoever started this process waits for it


if __name__ == "__main__":
    main(sys.argv[1])
