"""``sauro letter draft`` and what follows: the acts on a letter that is kept, from the draft to the amendment."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import click
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import NotFound
from processes.calendar.store import load_calendar
from processes.directives.approval import Opinion
from processes.directives.drafting.add import add_directive
from processes.directives.drafting.amend import Amendment, amend
from processes.directives.drafting.approve import decide
from processes.directives.drafting.close import answer_no_directive, reopen
from processes.directives.drafting.deadlines import set_deadlines, set_reporting_period
from processes.directives.drafting.drop import drop_directive, restore_directive
from processes.directives.drafting.edit import edit_directive
from processes.directives.drafting.engine_acts import Reached
from processes.directives.drafting.envelope import set_envelope
from processes.directives.drafting.leads import set_leads
from processes.directives.drafting.link import link_document, set_awaited
from processes.directives.drafting.merge import merge_directives
from processes.directives.drafting.override import override_gap
from processes.directives.drafting.save import read_again, save_draft
from processes.directives.drafting.split import split_directive
from processes.directives.drafting.submit import submit
from processes.directives.drafting.undo import undo_issue
from processes.directives.drafting.view import DraftView, document_json, documents, draft_view
from processes.directives.drafting.withdraw import withdraw
from processes.directives.gaps import Gap
from processes.documents.reading.reader import understand
from processes.documents.source.apart import read_source_apart
from processes.documents.states import DocumentState, ReportingPeriod
from processes.documents.store import Original, directives_of, find_document
from processes.documents.tables import Document
from processes.units.store import load_registry
from processes.wiring import deploy_models
from web.cli.installation import Installation, open_installation, operator
from web.cli.letter import FILE, content_of, document_id_of, loaded_registry
from web.cli.output import print_json, print_table
from web.cli.preview import shortened
from web.language import gettext

Value = TypeVar("Value")
Command = Callable[..., None]

_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
_REASON = click.option("--reason", required=True, help="Why; it stays with the letter.")
_DEADLINE = click.option("--deadline", help="YYYY-MM-DD, 10d for ten working days from receipt, or ongoing.")


@click.command("draft")
@click.argument("file", type=FILE)
@click.option("--again", is_flag=True, help="Read a draft anew that nobody has edited.")
@_JSON
def draft_letter(file: Any, again: bool, as_json: bool) -> None:
    """Read the letter FILE and keep it as a draft; the same file again shows what was kept."""
    installation = open_installation()
    content = content_of(file)
    source = read_source_apart(content, file.name)
    registry = loaded_registry(installation)
    with installation.database.connect() as connection:
        calendar = load_calendar(connection)
    reading = understand(source, file.name, registry, calendar=calendar)
    original = Original.taken_apart(source, content=content, filename=file.name)
    with Session(installation.database) as session, session.begin():
        kept = find_document(session, content)
        if kept is not None and again:
            document_id, version = kept.id, kept.version
            read_again(session, document_id, reading, original, actor=operator(), version=version)
        else:
            document_id = save_draft(session, reading, original, actor=operator()).id
    _answer(installation, document_id, as_json)


@click.command("list")
@click.option("--state", "states", multiple=True, type=click.Choice([state.value for state in DocumentState]))
@_JSON
def list_letters(states: Sequence[str], as_json: bool) -> None:
    """List the letters that are kept, the newest first."""
    installation = open_installation()
    with Session(installation.database) as session:
        found = documents(session, states=[DocumentState(state) for state in states])
        if as_json:
            print_json([document_json(document) for document in found])
            return
        print_table(
            ["", gettext("State"), gettext("Letter"), gettext("Subject")],
            [
                [
                    str(document.id),
                    document.state,
                    document.number_no or gettext("(no number yet)"),
                    shortened(document.subject),
                ]
                for document in found
            ],
        )


@click.command("show")
@click.argument("document")
@_JSON
def show_letter(document: str, as_json: bool) -> None:
    """Show DOCUMENT (its identifier or number): what was read, what is set, what is missing, who changed what."""
    installation = open_installation()
    _answer(installation, document_id_of(installation, document), as_json)


@click.command("set")
@click.argument("document")
@click.argument("ordinal", required=False)
@click.option("--number", "number_no", help="5120, or in full 5120/UBND-HCC.")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="The letter's day, YYYY-MM-DD.")
@click.option("--subject")
@click.option("--issuer")
@click.option("--urgency", type=click.Choice(["normal", "urgent", "express"]))
@click.option("--summary", help="Of the directive; likewise the following.")
@click.option("--product")
@click.option("--criterion")
@click.option("--person")
@click.option("--nature")
@click.option("--lead", "leads", multiple=True, help="A code, a unit or a group; may be repeated.")
@click.option("--except", "exceptions", multiple=True, help="The code of a unit that does not lead.")
@click.option("--coordinate", "coordinating", multiple=True, help="The code of a unit that cooperates.")
@_DEADLINE
@click.option("--report", "period", type=click.Choice([period.value for period in ReportingPeriod]))
@click.option("--await", "titles", multiple=True, help="The title of a document that it waits for.")
@_JSON
def set_letter(
    document: str,
    ordinal: str | None,
    number_no: str | None,
    day: datetime | None,
    subject: str | None,
    issuer: str | None,
    urgency: str | None,
    summary: str | None,
    product: str | None,
    criterion: str | None,
    person: str | None,
    nature: str | None,
    leads: Sequence[str],
    exceptions: Sequence[str],
    coordinating: Sequence[str],
    deadline: str | None,
    period: str | None,
    titles: Sequence[str],
    as_json: bool,
) -> None:
    """Set fields of DOCUMENT, or of its directive ORDINAL, beside what was read."""
    envelope = _given(
        number_no=number_no,
        issued_on=None if day is None else day.date(),
        subject=subject,
        issuer=issuer,
        urgency=urgency,
    )
    fields = _given(summary=summary, product=product, criterion=criterion, person=person, nature=nature)
    if coordinating:
        fields["coordinating"] = list(coordinating)
    if ordinal is None and (fields or leads or exceptions or deadline or period or titles):
        raise click.UsageError(gettext("Name the directive whose fields are to be set."))
    installation = open_installation()
    registry = loaded_registry(installation)
    oldest_days = installation.process_settings.issue.oldest_days
    acts: list[Callable[[Session, UUID, dict[str, Any]], object]] = []
    if envelope:
        acts.append(lambda s, d, who: set_envelope(s, d, envelope, oldest_days=oldest_days, **who))
    if ordinal is not None:
        named = ordinal
        if fields:
            acts.append(
                lambda s, d, who: edit_directive(s, d, _of(s, d, named), fields, registry=registry, **who)
            )
        if leads or exceptions:
            acts.append(
                lambda s, d, who: set_leads(
                    s, d, [_of(s, d, named)], include=leads, exclude=exceptions, registry=registry, **who
                )
            )
        if deadline is not None:
            acts.append(lambda s, d, who: set_deadlines(s, d, {_of(s, d, named): _deadline(deadline)}, **who))
        if period is not None:
            acts.append(
                lambda s, d, who: set_reporting_period(
                    s, d, [_of(s, d, named)], ReportingPeriod(period), **who
                )
            )
        if titles:
            acts.append(lambda s, d, who: set_awaited(s, d, _of(s, d, named), titles, **who))
    if not acts:
        raise click.UsageError(gettext("Say what is to be set."))
    _do(installation, document, acts, as_json)


@click.command("split")
@click.argument("document")
@click.argument("ordinal")
@click.option(
    "--part", "parts", multiple=True, help="A part of its text, word for word; its paragraphs if none."
)
@_JSON
def split_letter(document: str, ordinal: str, parts: Sequence[str], as_json: bool) -> None:
    """Split directive ORDINAL of DOCUMENT: 4 becomes 4.1 and 4.2."""
    _do(
        open_installation(),
        document,
        [lambda s, d, who: split_directive(s, d, _of(s, d, ordinal), parts=parts or None, **who)],
        as_json,
    )


@click.command("merge")
@click.argument("document")
@click.argument("ordinals", nargs=-1, required=True)
@_JSON
def merge_letter(document: str, ordinals: Sequence[str], as_json: bool) -> None:
    """Merge directives ORDINALS of DOCUMENT into one."""
    _do(
        open_installation(),
        document,
        [lambda s, d, who: merge_directives(s, d, [_of(s, d, each) for each in ordinals], **who)],
        as_json,
    )


@click.command("add")
@click.argument("document")
@click.option("--text", required=True)
@click.option("--lead", "leads", multiple=True, help="A code, a unit or a group; may be repeated.")
@click.option("--below", help="The number of the directive that it hangs under.")
@_JSON
def add_to_letter(document: str, text: str, leads: Sequence[str], below: str | None, as_json: bool) -> None:
    """Add a directive to DOCUMENT by hand."""
    installation = open_installation()
    registry = loaded_registry(installation)
    _do(
        installation,
        document,
        [
            lambda s, d, who: add_directive(
                s,
                d,
                text=text,
                leads=leads,
                parent_id=None if below is None else _of(s, d, below),
                registry=registry,
                **who,
            )
        ],
        as_json,
    )


@click.command("drop")
@click.argument("document")
@click.argument("ordinal")
@_REASON
@_JSON
def drop_from_letter(document: str, ordinal: str, reason: str, as_json: bool) -> None:
    """Leave directive ORDINAL of DOCUMENT out."""
    _do(
        open_installation(),
        document,
        [lambda s, d, who: drop_directive(s, d, _of(s, d, ordinal), reason=reason, **who)],
        as_json,
    )


@click.command("restore")
@click.argument("document")
@click.argument("ordinal")
@_JSON
def restore_in_letter(document: str, ordinal: str, as_json: bool) -> None:
    """Take directive ORDINAL of DOCUMENT back in that was dropped, split or merged."""
    _do(
        open_installation(),
        document,
        [lambda s, d, who: restore_directive(s, d, _of(s, d, ordinal), **who)],
        as_json,
    )


@click.command("override")
@click.argument("document")
@click.argument("ordinal")
@click.argument("gap", type=click.Choice([gap.value for gap in Gap]))
@_REASON
@_JSON
def override_in_letter(document: str, ordinal: str, gap: str, reason: str, as_json: bool) -> None:
    """Let directive ORDINAL of DOCUMENT go out although GAP is missing."""
    _do(
        open_installation(),
        document,
        [lambda s, d, who: override_gap(s, d, _of(s, d, ordinal), Gap(gap), reason=reason, **who)],
        as_json,
    )


@click.command("none")
@click.argument("document")
@_REASON
@_JSON
def letter_without_directives(document: str, reason: str, as_json: bool) -> None:
    """Confirm that DOCUMENT directs nothing."""
    _do(
        open_installation(),
        document,
        [lambda s, d, who: answer_no_directive(s, d, reason=reason, **who)],
        as_json,
    )


@click.command("reopen")
@click.argument("document")
@_REASON
@_JSON
def reopen_letter(document: str, reason: str, as_json: bool) -> None:
    """Take DOCUMENT back to be edited; it has to be approved again."""
    _do(open_installation(), document, [lambda s, d, who: reopen(s, d, reason=reason, **who)], as_json)


@click.command("submit")
@click.argument("document")
@click.option("--note", default="", help="For the leader.")
@_JSON
def submit_letter(document: str, note: str, as_json: bool) -> None:
    """Submit DOCUMENT to the leaders for approval."""
    installation = open_installation()
    deploy_models(installation.dispatcher)
    document_id = document_id_of(installation, document)
    submit(
        installation.dispatcher,
        document_id,
        settings=installation.process_settings.issue,
        note=note,
        **_who(installation, document_id),
    )
    _answer(installation, document_id, as_json)


@click.command("approve")
@click.argument("document")
@click.option(
    "--opinion", type=click.Choice([opinion.value for opinion in Opinion]), default=Opinion.AGREE.value
)
@click.option("--note", default="", help="Required unless the opinion is agree.")
@_JSON
def approve_letter(document: str, opinion: str, note: str, as_json: bool) -> None:
    """Approve DOCUMENT, send it back (revise) or refuse it; not whoever submitted it or edited it last."""
    installation = open_installation()
    document_id = document_id_of(installation, document)
    decide(
        installation.dispatcher,
        document_id,
        Opinion(opinion),
        note=note,
        **_who(installation, document_id),
    )
    _answer(installation, document_id, as_json)


@click.command("undo")
@click.argument("document")
@_REASON
@_JSON
def undo_letter(document: str, reason: str, as_json: bool) -> None:
    """Take the whole issue of DOCUMENT back, until the first unit acknowledges."""
    installation = open_installation()
    document_id = document_id_of(installation, document)
    undone = undo_issue(
        installation.dispatcher, document_id, reason=reason, **_who(installation, document_id)
    )
    if as_json:
        print_json({"total": undone.total, "cancelled": undone.cancelled, "batch_id": _text(undone.batch_id)})
        return
    click.echo(
        gettext("%(done)s of %(total)s assignments taken back", done=undone.cancelled, total=undone.total)
    )


@click.command("withdraw")
@click.argument("document")
@click.argument("ordinals", nargs=-1)
@_REASON
@_JSON
def withdraw_letter(document: str, ordinals: Sequence[str], reason: str, as_json: bool) -> None:
    """Withdraw directives ORDINALS of DOCUMENT, or the whole of it; the units are told."""
    installation = open_installation()
    document_id = document_id_of(installation, document)
    with Session(installation.database) as session:
        chosen = [_of(session, document_id, each) for each in ordinals] or None
    _reached(
        withdraw(
            installation.dispatcher,
            document_id,
            chosen,
            reason=reason,
            **_who(installation, document_id),
        ),
        as_json,
    )


@click.command("amend")
@click.argument("document")
@click.argument("ordinal")
@click.option("--summary")
@click.option("--product")
@_DEADLINE
@_REASON
@_JSON
def amend_letter(
    document: str,
    ordinal: str,
    summary: str | None,
    product: str | None,
    deadline: str | None,
    reason: str,
    as_json: bool,
) -> None:
    """Amend directive ORDINAL of DOCUMENT; what is unfinished gets the new terms, and units are told."""
    installation = open_installation()
    document_id = document_id_of(installation, document)
    with Session(installation.database) as session:
        directive_id = _of(session, document_id, ordinal)
        calendar = load_calendar(session.connection())
    amendment = Amendment(
        summary=summary, product=product, deadline=None if deadline is None else _deadline(deadline)
    )
    _reached(
        amend(
            installation.dispatcher,
            document_id,
            directive_id,
            amendment,
            reason=reason,
            calendar=calendar,
            issue=installation.process_settings.issue,
            assignment=installation.process_settings.assignment,
            **_who(installation, document_id),
        ),
        as_json,
    )


@click.command("link")
@click.argument("document")
@click.argument("ordinal")
@click.argument("arrived")
@click.option("--position", default=1, help="Which of the documents that it waits for.")
@_JSON
def link_letter(document: str, ordinal: str, arrived: str, position: int, as_json: bool) -> None:
    """Say that ARRIVED is what directive ORDINAL of DOCUMENT waits for; what waited moves on."""
    installation = open_installation()
    document_id, linked_id = document_id_of(installation, document), document_id_of(installation, arrived)
    with Session(installation.database) as session:
        directive_id = _of(session, document_id, ordinal)
        calendar = load_calendar(session.connection())
    _reached(
        link_document(
            installation.dispatcher,
            document_id,
            directive_id,
            position,
            linked_id,
            calendar=calendar,
            settings=installation.process_settings.issue,
            **_who(installation, document_id),
        ),
        as_json,
    )


def _do(
    installation: Installation,
    document: str,
    acts: Sequence[Callable[[Session, UUID, dict[str, Any]], object]],
    as_json: bool,
) -> None:
    """Do several acts on a document in one transaction, all or none, and show it."""
    document_id = document_id_of(installation, document)
    with Session(installation.database) as session, session.begin():
        for act in acts:
            version = session.get_one(Document, document_id).version
            act(session, document_id, {"actor": operator(), "version": version})
    _answer(installation, document_id, as_json)


def _who(installation: Installation, document_id: UUID) -> dict[str, Any]:
    with Session(installation.database) as session:
        return {"actor": operator(), "version": session.get_one(Document, document_id).version}


def _of(session: Session, document_id: UUID, ordinal: str) -> UUID:
    """Return the identifier of a directive by its number.

    Raises:
        NotFound: there is none.
    """
    for directive in directives_of(session, document_id):
        if directive.ordinal == ordinal:
            return directive.id
    raise NotFound(f"Expected directive '{ordinal}' of the letter, but there is none")


def _given(**values: Value | None) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _deadline(word: str) -> Mapping[str, Any]:
    if word == "ongoing":
        return {"kind": "ongoing"}
    if word.endswith("d") and word[:-1].isdecimal():
        return {"kind": "working_days", "days": int(word[:-1])}
    return {"kind": "date", "date": word}


def _reached(reached: Reached, as_json: bool) -> None:
    if as_json:
        print_json({"total": reached.total, "reached": reached.reached, "refused": list(reached.refused)})
        return
    click.echo(
        gettext("%(done)s of %(total)s assignments reached", done=reached.reached, total=reached.total)
    )
    for key in reached.refused:
        click.echo(f"  ! {key}")


def _answer(installation: Installation, document_id: UUID, as_json: bool) -> None:
    with Session(installation.database) as session:
        view = draft_view(session, document_id, registry=load_registry(session.connection()))
        if as_json:
            print_json(view.to_json())
            return
        _show(view)


def _show(view: DraftView) -> None:
    document = view.document
    click.echo(f"{document.id}  {document.state}  v{document.version}")
    click.echo(f"{document.number_no or gettext('(no number yet)')}: {document.subject}")
    print_table(
        ["", gettext("State"), gettext("What is ordered"), gettext("Lead unit"), gettext("Missing")],
        [
            [
                each.directive.ordinal,
                each.directive.state,
                shortened(each.terms.summary.value),
                shortened("; ".join(each.terms.leads.value.include)),
                ", ".join(f"({gap.gap})" if gap.reason else gap.gap for gap in each.gaps),
            ]
            for each in view.directives
        ],
    )
    for row in view.trail:
        at = row.at.astimezone(clock.BUSINESS_ZONE)
        reason = "" if row.reason is None else f": {row.reason}"
        click.echo(f"v{row.version}  {at:%d/%m/%Y %H:%M}  {row.actor}  {row.act}{reason}")


def _text(identifier: UUID | None) -> str | None:
    return None if identifier is None else str(identifier)


#: What ``sauro letter`` has besides reading and issuing.
COMMANDS: tuple[click.Command, ...] = (
    draft_letter,
    list_letters,
    show_letter,
    set_letter,
    split_letter,
    merge_letter,
    add_to_letter,
    drop_from_letter,
    restore_in_letter,
    override_in_letter,
    letter_without_directives,
    reopen_letter,
    submit_letter,
    approve_letter,
    undo_letter,
    withdraw_letter,
    amend_letter,
    link_letter,
)
