"""An archived instance still has its page; it says where the history went and shows it from there."""

from pathlib import Path
from uuid import UUID

import pytest

from engine import clock
from engine.actors import SYSTEM
from engine.archive.folder import ArchiveFolder
from engine.archive.policies import set_policy
from engine.archive.run import archive_due
from engine.archive.verify import Archive
from engine.commands import CancelInstance
from engine.ids import new_id
from processes.assignments.projection import PROCESS_KEY
from tests.integration.web.site import Site
from web.settings import Settings


@pytest.fixture
def archived(site: Site) -> tuple[Site, UUID, Path]:
    """The assignment of STC, withdrawn and archived; and the file."""
    instance_id = site.instance_of["STC"]
    site.dispatcher.execute(
        CancelInstance(command_id=new_id(), actor=SYSTEM, instance_id=instance_id, reason="số sai")
    )
    with site.database.begin() as connection:
        set_policy(connection, PROCESS_KEY, "PT1S", reason="a test", actor=SYSTEM)
    settings: Settings = site.app.extensions["sauro_settings"]
    folder = ArchiveFolder(settings.archive_folder)
    with clock.frozen_at(clock.now().replace(year=clock.now().year + 1)):
        done = archive_due(Archive(folder=folder, dispatcher=site.dispatcher), actor=SYSTEM)
    assert done.archived == 1
    return site, instance_id, folder.path_of(done.files[0])


@pytest.mark.parametrize("username", ["coordinator", "head.stc", "auditor"])
def test_the_page_of_an_archived_instance_shows_its_history_from_the_file(
    archived: tuple[Site, UUID, Path], username: str
) -> None:
    site, instance_id, file = archived
    visitor = site.sign_in(username, "en")
    page = visitor.get(f"/instances/{instance_id}")
    assert page.status_code == 200
    assert "This history was archived on" in page.text
    assert file.name in page.text
    assert "số sai" in page.text
    assert "issued the assignment" in page.text
    assert visitor.get(f"/instances/{instance_id}/diagram.bpmn").status_code == 200


def test_the_page_says_so_when_the_file_cannot_be_read(archived: tuple[Site, UUID, Path]) -> None:
    site, instance_id, file = archived
    file.unlink()
    page = site.sign_in("coordinator", "en").get(f"/instances/{instance_id}")
    assert page.status_code == 200
    assert "cannot be read now" in page.text
    assert "issued the assignment" not in page.text


def test_other_pages_still_know_the_assignment(archived: tuple[Site, UUID, Path]) -> None:
    site, instance_id, _ = archived
    visitor = site.sign_in("coordinator")
    for path in ("/", "/letters", f"/letters/{site.document_id}", "/notifications"):
        assert visitor.get(path).status_code == 200, path
    assert str(instance_id) in visitor.get(f"/letters/{site.document_id}").text
    assert site.sign_in("head.snv").get(f"/instances/{instance_id}").status_code == 404
