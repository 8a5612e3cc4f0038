"""Derives the domain's settings from the installation's; the site and the commands share it."""

from processes.assignments.handlers import AssignmentSettings
from processes.wiring import ProcessSettings
from web.settings import Settings


def process_settings(settings: Settings) -> ProcessSettings:
    """Return the domain's settings that follow from the installation's."""
    return ProcessSettings(assignment=AssignmentSettings(by_email=settings.mail.host is not None))
