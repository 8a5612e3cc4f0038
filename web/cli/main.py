"""The root of the command line; every group is a module beside this one."""

import click

from web import logs
from web.cli import drafts
from web.cli.archive import archive
from web.cli.batches import batches
from web.cli.bench import bench
from web.cli.calendar import calendar
from web.cli.db import db
from web.cli.decisions import decisions
from web.cli.definitions import definitions
from web.cli.demo import demo
from web.cli.feel import feel
from web.cli.history import history
from web.cli.holds import holds
from web.cli.incidents import incidents
from web.cli.instances import instances
from web.cli.letter import letter
from web.cli.migration import migrate
from web.cli.output import RefusingGroup
from web.cli.retention import retention
from web.cli.serve import serve, worker
from web.cli.substitutions import substitutions
from web.cli.tasks import tasks
from web.cli.timers import timers
from web.cli.units import units
from web.cli.users import users
from web.cli.versions import diff, list_


@click.group(cls=RefusingGroup)
@click.version_option(package_name="sauro", prog_name="sauro")
def main() -> None:
    """Sáu Rõ: from a directive document to running, provable processes.

    State lives under SAURO_HOME (default ./var), in the database of SAURO_DATABASE_URL (default SQLite there).
    """
    logs.configure(logs.LogSettings.from_environment())


for _command in (
    archive,
    batches,
    calendar,
    bench,
    db,
    decisions,
    definitions,
    demo,
    feel,
    history,
    holds,
    incidents,
    instances,
    letter,
    retention,
    serve,
    substitutions,
    tasks,
    timers,
    units,
    users,
    worker,
):
    main.add_command(_command)
for _command in drafts.COMMANDS:
    letter.add_command(_command)
for _command in (diff, list_, migrate):
    definitions.add_command(_command)
