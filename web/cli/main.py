"""The root of the command line; every group is a module beside this one."""

import logging

import click

from web.cli.bench import bench
from web.cli.db import db
from web.cli.decisions import decisions
from web.cli.definitions import definitions
from web.cli.demo import demo
from web.cli.feel import feel
from web.cli.history import history
from web.cli.letter import letter
from web.cli.output import RefusingGroup
from web.cli.serve import serve, worker
from web.cli.substitutions import substitutions
from web.cli.timers import timers
from web.cli.units import units
from web.cli.users import users


@click.group(cls=RefusingGroup)
@click.version_option(package_name="sauro", prog_name="sauro")
def main() -> None:
    """Sáu Rõ: from a directive document to running, provable processes.

    State lives under SAURO_HOME (default ./var), in the database of SAURO_DATABASE_URL (default SQLite there).
    """
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")


for _command in (
    bench,
    db,
    decisions,
    definitions,
    demo,
    feel,
    history,
    letter,
    serve,
    substitutions,
    timers,
    units,
    users,
    worker,
):
    main.add_command(_command)
