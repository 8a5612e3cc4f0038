"""Intake: a document is dropped in, shown beside what was understood of it, made clear, approved and issued."""

from web.intake import arriving, beside, editing, issuing, proposals, reading, several
from web.intake.area import blueprint

__all__ = ["arriving", "beside", "blueprint", "editing", "issuing", "proposals", "reading", "several"]
