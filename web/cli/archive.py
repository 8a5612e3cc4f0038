"""``sauro archive``: move what has ended to files, and prove what lies there."""

from itertools import groupby
from pathlib import Path
from typing import Any

import click

from engine import clock
from engine.archive.folder import ArchiveFolder
from engine.archive.reading import ArchivedInstance, find_archived
from engine.archive.run import archive_due, outlook
from engine.archive.verify import archived_instances, unrecorded_files, verify_archived
from engine.database import reading
from engine.errors import NotFound
from web.cli.history import DIFFERS, find_instance_id, report
from web.cli.installation import Installation, open_installation, operator
from web.cli.output import local_time, print_json, print_table
from web.language import gettext

_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@click.group()
def archive() -> None:
    """Move what has ended to archive files, and prove what lies there.

    It is also done every night, by `sauro serve` or `sauro worker`.
    """


@archive.command()
@click.option("--dry-run", is_flag=True, help="Only say what would be archived, and what would not.")
@_JSON
def run(dry_run: bool, as_json: bool) -> None:
    """Archive every instance that its process's policy no longer keeps, and that is not held.

    Exit status 1 when a history does not hold: it is named and stays where it is.
    """
    installation = open_installation()
    if dry_run:
        _show_outlook(installation, as_json=as_json)
        return
    done = archive_due(installation.archive, actor=operator())
    if as_json:
        print_json(
            {
                "archived": done.archived,
                "files": list(done.files),
                "refused": [
                    {
                        "instance_id": str(found.instance_id),
                        "sequence": found.sequence,
                        "kind": found.kind,
                        "detail": found.detail,
                    }
                    for found in done.refused
                ],
            }
        )
    else:
        for found in done.refused:
            click.echo(f"{found.instance_id} entry {found.sequence}: {found.kind}: {found.detail}")
        click.echo(
            gettext(
                "%(instances)s instances archived to %(files)s files",
                instances=done.archived,
                files=len(done.files),
            )
        )
    if done.refused:
        raise SystemExit(DIFFERS)


@archive.command(name="list")
@_JSON
def list_(as_json: bool) -> None:
    """List the archive files, and those in the folder that nothing was archived to."""
    installation = open_installation()
    with reading(installation.database) as connection:
        archived = archived_instances(connection)
        unrecorded = unrecorded_files(connection, installation.archive.folder)
    files = [_file_json(list(group)) for _, group in groupby(archived, key=lambda each: each.file)]
    if as_json:
        print_json({"files": files, "unrecorded": unrecorded})
        return
    print_table(
        [gettext("File"), gettext("Instances"), gettext("Entries"), gettext("Archived at"), gettext("By")],
        [
            [
                file["path"],
                str(file["instances"]),
                str(file["entries"]),
                local_time(clock.from_text(file["archived_at"])),
                file["archived_by"],
            ]
            for file in files
        ],
    )
    for path in unrecorded:
        click.echo(gettext("in the folder, and nothing was archived to it: %(file)s", file=path))


@archive.command()
@click.argument("file", required=False)
@click.option("--all", "everything", is_flag=True, help="Verify every archive file.")
@_JSON
def verify(file: str | None, everything: bool, as_json: bool) -> None:
    """Compare FILE (or --all) with its SHA-256, and execute every history in it again from the file alone.

    Exit status 0 when all holds, 1 when something differs or is missing; the instance is named.
    """
    if (file is None) == (not everything):
        raise click.UsageError("name a FILE, or say --all")
    installation = open_installation()
    path = None if file is None else _within(installation.archive.folder, file)
    with reading(installation.database) as connection:
        results = list(verify_archived(connection, installation.archive, path=path))
    report(results, as_json=as_json)


@archive.command()
@click.argument("instance")
@_JSON
def show(instance: str, as_json: bool) -> None:
    """Say where INSTANCE (identifier or business key) was archived to; `sauro history show` reads it there."""
    installation = open_installation()
    with reading(installation.database) as connection:
        archived = find_archived(connection, find_instance_id(connection, instance))
    if archived is None:
        raise NotFound(f"Expected process instance '{instance}' to be archived, but it is not")
    told = _instance_json(archived)
    if as_json:
        print_json(told)
        return
    for name, value in told.items():
        click.echo(f"{name.replace('_', ' '):<15} {value}")


def _show_outlook(installation: Installation, *, as_json: bool) -> None:
    with reading(installation.database) as connection:
        found = outlook(connection)
    if as_json:
        print_json(
            [
                {
                    "process_key": each.process_key,
                    "keep_for": each.keep_for,
                    "due": each.due,
                    "held": each.held,
                    "unsettled": each.unsettled,
                }
                for each in found
            ]
        )
        return
    if not found:
        click.echo(gettext("No process has a retention policy; everything is kept for ever."))
        return
    print_table(
        [
            gettext("Process"),
            gettext("Kept for"),
            gettext("To archive"),
            gettext("Held"),
            gettext("Unsettled"),
        ],
        [
            [each.process_key, each.keep_for, str(each.due), str(each.held), str(each.unsettled)]
            for each in found
        ],
    )


def _within(folder: ArchiveFolder, file: str) -> str:
    """Return the path of a file within the folder, however it was named."""
    absolute = Path(file).resolve()
    root = folder.root.resolve()
    return absolute.relative_to(root).as_posix() if absolute.is_relative_to(root) else file


def _file_json(archived: list[ArchivedInstance]) -> dict[str, Any]:
    first = archived[0]
    return {
        "path": first.archive_path,
        "sha256": first.archive_sha256,
        "instances": len(archived),
        "entries": sum(each.entries for each in archived),
        "archived_at": clock.to_text(first.archived_at),
        "archived_by": first.archived_by,
    }


def _instance_json(archived: ArchivedInstance) -> dict[str, Any]:
    return {
        **archived.facts.to_json(),
        "archive_sha256": archived.archive_sha256,
        "archive_path": archived.archive_path,
        "archived_at": clock.to_text(archived.archived_at),
        "archived_by": archived.archived_by,
        "policy": archived.policy,
    }
