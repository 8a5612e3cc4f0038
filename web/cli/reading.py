"""How a letter that was read is shown on a terminal: what was concluded is marked, what is doubtful is said."""

from collections.abc import Iterator, Mapping, Sequence

import click

from processes.directives.clarity import Clarity
from processes.documents.deadlines import Deadline
from processes.documents.reading.directive import DirectiveReading
from processes.documents.reading.letter import LetterReading, PartialDate
from web.cli.output import print_table
from web.cli.preview import shortened
from web.intake.remarks import remark_sentences
from web.intake.understanding import warning_sentences
from web.language import gettext
from web.typography import day


def show_reading(reading: LetterReading, clarities: Sequence[Clarity]) -> None:
    """Print the envelope, the directives with who, until when and how clear, and what has to be looked at."""
    click.echo(f"{reading.doc_type} {reading.number or gettext('(no number yet)')}")
    for label, value in _envelope(reading):
        click.echo(f"{label}: {value}")
    print_table(
        ["", gettext("What is ordered"), gettext("Lead unit"), gettext("Deadline"), gettext("6 rõ")],
        [
            [
                directive.ordinal,
                shortened(" ".join(directive.paragraphs)),
                _lead(directive),
                _time(directive.deadline),
                f"{clarity.filled}/{len(clarity.findings)}",
            ]
            for directive, clarity in zip(reading.directives, clarities, strict=True)
        ],
    )
    for sentence in (*warning_sentences(reading.warnings), *remark_sentences(reading.source_remarks)):
        click.echo(f"! {sentence}")


def _envelope(reading: LetterReading) -> Iterator[tuple[str, str]]:
    signer, proposed = reading.signer, reading.proposed_number
    signed = "" if signer is None else ", ".join(filter(None, (signer.authority, signer.title, signer.name)))
    number = reading.number or (f"{proposed}?" if proposed else reading.suffix or "")
    to = "; ".join(addressee.text for addressee in reading.recipients)
    fields: Mapping[str, tuple[str, str]] = {
        "number": (gettext("Number"), number),
        "date": (gettext("Day of issue"), _day(reading)),
        "issuer": (gettext("Issuer"), reading.issuer or ""),
        "signer": (gettext("Signed by"), signed),
        "subject": (gettext("What it is about"), reading.subject or ""),
        "recipients": (gettext("To"), to),
    }
    for name, (label, value) in fields.items():
        found = reading.evidence.get(name)
        is_concluded = bool(value) and found is not None and found.inferred
        yield label, value + (" (" + gettext("inferred") + ")" if is_concluded else "") or "–"


def _day(reading: LetterReading) -> str:
    if reading.issued_on is not None:
        return day(reading.issued_on)
    written, proposed = reading.date, reading.proposed or PartialDate()
    parts = (
        written.day or proposed.day,
        written.month or proposed.month,
        written.year or proposed.year,
    )
    return "" if not any(parts) else "/".join(f"{part:02}" if part else "…" for part in parts) + "?"


def _lead(directive: DirectiveReading) -> str:
    if directive.unknown is not None:
        return f"{directive.unknown.text}?"
    return directive.outside or "; ".join(directive.leads) or gettext("every recipient")


def _time(deadline: Deadline | None) -> str:
    if deadline is None:
        return "–"
    words = shortened(deadline.text)
    if deadline.date is None:
        return words or "–"
    return f"{words} = {day(deadline.date)}" if day(deadline.date) not in words else words
