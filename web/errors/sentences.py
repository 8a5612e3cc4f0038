"""The sentence of each refusal, chosen by its code, in the reader's language."""

from collections.abc import Callable, Mapping

from engine.errors import Rejection
from web.language import gettext


def sentence(refused: Rejection) -> str | None:
    """Return what the reader is told about a refusal; ``None`` for a code without a sentence."""
    words = SENTENCES.get(refused.code)
    return None if words is None else words()


#: One for every code of a rejection; a test compares them with the error classes.
SENTENCES: Mapping[str, Callable[[], str]] = {
    "rejected": lambda: gettext("This was not accepted. Check what you entered and try again."),
    "not_found": lambda: gettext("What you asked for is not here, or it belongs to another unit."),
    "not_authorised": lambda: gettext("Your role does not allow this."),
    "task_already_completed": lambda: gettext("This task is done already."),
    "task_not_open": lambda: gettext("This task is no longer open."),
    "task_already_claimed": lambda: gettext("Somebody else has taken this task."),
    "task_delegated": lambda: gettext("This task is delegated; it has to be returned first."),
    "task_not_delegated": lambda: gettext("This task is not delegated, so there is nothing to return."),
    "candidate_groups_missing": lambda: gettext("This task has no groups that it could be given back to."),
    "instance_not_active": lambda: gettext("This process has ended; nothing more can happen in it."),
    "instance_archived": lambda: gettext("This process has ended, and its history is in the archive."),
    "instance_suspended": lambda: gettext("This process is suspended; it has to be resumed first."),
    "instance_not_suspended": lambda: gettext("This process is not suspended."),
    "nothing_to_change": lambda: gettext("Everything is already as you want it; nothing was changed."),
    "element_not_waiting": lambda: gettext("No element of this name waits for a time."),
    "scope_not_open": lambda: gettext("The part of the process whose values these were is over."),
    "not_skippable": lambda: gettext("What failed is no service task that could be skipped."),
    "move_refused": lambda: gettext("The process cannot go on from there; choose another element."),
    "busy": lambda: gettext(
        "The system could not take this now. Send it again in a minute; what was saved already is "
        "not saved twice."
    ),
    "instance_already_exists": lambda: gettext("This process was started before."),
    "message_not_expected": lambda: gettext("No process waits for this message."),
    "message_ambiguous": lambda: gettext("Several processes wait for this message; name one of them."),
    "signal_not_expected": lambda: gettext("No element of this process waits for this signal."),
    "start_event_missing": lambda: gettext("This process does not start in this way."),
    "timer_not_due": lambda: gettext("This timer is not due, or it has fired."),
    "command_conflict": lambda: gettext("This was sent before with other contents; the first was kept."),
    "empty_selection": lambda: gettext("Nothing matches what was asked for."),
    "too_many_subjects": lambda: gettext("That is too many at once; narrow it down."),
    "batch_not_running": lambda: gettext("This batch has ended."),
    "invalid_variables": lambda: gettext("Some values are missing or not right."),
    "migration_refused": lambda: gettext("This process cannot go on under the other version of its model."),
    "definition_refused": lambda: gettext("The model would not run as it is drawn."),
    "retention_refused": lambda: gettext("A hold or a retention policy cannot be as it was asked for."),
    "four_eyes_required": lambda: gettext("Nobody judges their own work: somebody else has to do this."),
    "substitute_refused": lambda: gettext(
        "This person cannot stand in here: it has to be a colleague whose role may do the work."
    ),
    "substitution_circular": lambda: gettext(
        "On some of these days the two would stand in for each other; nobody would be there."
    ),
    "substitution_days_refused": lambda: gettext(
        "The days must begin today or later, end after they begin, and be no more than a year."
    ),
    "substitution_overlaps": lambda: gettext(
        "There is a substitute on some of these days already. End that substitution first, or choose other days."
    ),
    "substitution_over": lambda: gettext("This substitution is over already."),
    "substitution_reason_refused": lambda: gettext("Give a reason of at most 300 characters."),
    "calendar_refused": lambda: gettext("The file is no working-day calendar that can be taken."),
    "user_invalid": lambda: gettext("The account does not meet the rules for names, passwords and roles."),
    "username_taken": lambda: gettext("Somebody else signs in under this name."),
    "unknown_unit": lambda: gettext("The registry has no unit of this name or code."),
    "registry_refused": lambda: gettext("The file is no registry of units that can be taken."),
    "unit_act_refused": lambda: gettext("This does not agree with the registry; nothing was changed."),
    "unit_group_refused": lambda: gettext("The group cannot be kept so; nothing was changed."),
    "following_refused": lambda: gettext("Some of these decisions cannot be carried out; none was kept."),
    "people_refused": lambda: gettext("Some of these accounts cannot be moved; none was."),
    "calendar_change_refused": lambda: gettext("The calendar cannot be changed so; nothing was changed."),
    "nothing_to_issue": lambda: gettext("The letter holds nothing that could be issued to a unit."),
    "document_already_issued": lambda: gettext(
        "The letter was issued under another number or day. Both are evidence and stay; if they were wrong, "
        "issue a letter of correction."
    ),
    "document_number_refused": lambda: gettext("This cannot be the number of the letter."),
    "document_day_refused": lambda: gettext("This cannot be the day of the letter."),
    "deadlines_already_passed": lambda: gettext(
        "Deadlines in the letter have passed already. Agree on new ones, or issue them as they are on purpose."
    ),
    "draft_changed": lambda: gettext(
        "Somebody else has changed the letter since you opened it. Look at what they changed, then "
        "enter yours again."
    ),
    "document_state_wrong": lambda: gettext("The letter is at another stage, where this cannot be done."),
    "directive_state_wrong": lambda: gettext(
        "The directive was split, merged, dropped or withdrawn meanwhile, or it is not."
    ),
    "draft_invalid": lambda: gettext("One of the values cannot be set like this. Check it and try again."),
    "parts_not_of_text": lambda: gettext(
        "A part is not in the text of the directive. Parts are taken from the original word for word."
    ),
    "reason_required": lambda: gettext("Give a reason; it stays with the letter."),
    "directives_unclear": lambda: gettext(
        "Directives are not clear yet: work, lead unit, time or result is missing. Set what is "
        "missing, or override it with a reason."
    ),
    "warning_unanswered": lambda: gettext(
        "No directive was found. Add directives by hand, or confirm with a reason that there is none."
    ),
    "approver_involved": lambda: gettext(
        "You have edited or submitted this letter, so somebody else has to approve it."
    ),
    "document_undone": lambda: gettext(
        "The issue of this letter was undone; its assignments are being cancelled."
    ),
    "already_acknowledged": lambda: gettext(
        "A unit has acknowledged already, so the issue cannot be undone as a whole. Withdraw or "
        "amend directives instead."
    ),
    "not_awaited": lambda: gettext(
        "The directive does not wait for such a document, or it has come already."
    ),
    "letter_unreadable": lambda: gettext("The file cannot be read as a letter."),
    "letter_empty": lambda: gettext("The file holds no text."),
    "letter_scanned": lambda: gettext(
        "The file holds pictures of pages and no text. Ask for the Word file, or recognise its text first."
    ),
    "letter_too_large": lambda: gettext("The file is larger than a letter can be."),
    "letter_too_long": lambda: gettext("The file has more paragraphs, rows or parts than a letter can have."),
    "letter_too_many_pages": lambda: gettext("The file has more pages than a letter can have."),
    "letter_took_too_long": lambda: gettext(
        "Reading the file took too long and was stopped. Save it again, or take out what is not needed."
    ),
    "letter_encrypted": lambda: gettext(
        "The file is protected by a password. Take the password off and try again."
    ),
    "letter_damaged": lambda: gettext(
        "The file is damaged. Open it in its program, save it again, and try once more."
    ),
    "letter_zip_bomb": lambda: gettext("The file would unpack to far more than a letter."),
    "letter_declares_entities": lambda: gettext(
        "The file holds XML with a document type, which is not accepted. Save it again in its program."
    ),
    "letter_wrong_encoding": lambda: gettext("The text is not written in UTF-8; save it again."),
    "letter_legacy_encoding": lambda: gettext(
        "The text is written for old fonts (TCVN3 or VNI). Convert it to Unicode and save it again."
    ),
    "letter_not_docx": lambda: gettext("The file is named .docx and is no Word document."),
    "letter_not_xlsx": lambda: gettext("The file is named .xlsx and is no Excel workbook."),
    "letter_not_pdf": lambda: gettext("The file is named .pdf and is no PDF that can be opened."),
    "letter_text_broken": lambda: gettext(
        "The file shows letters without saying which they are. Ask for the Word file, or recognise its text first."
    ),
    "letter_not_edxml": lambda: gettext(
        "The XML or the archive is no package of the document exchange axis."
    ),
    "letter_not_attached": lambda: gettext(
        "The package of the document exchange axis holds no document that can be read."
    ),
    "letter_old_word": lambda: gettext(
        "The file is in the old format .doc. Open it in Word and save it as .docx."
    ),
    "letter_old_excel": lambda: gettext(
        "The file is in the format .xls or .xlsb. Open it in Excel and save it as .xlsx."
    ),
    "letter_other_program": lambda: gettext(
        "Files of this program are not read. Save the document as .docx or .pdf."
    ),
    "letter_picture": lambda: gettext(
        "The file is a picture. Ask for the Word file, or for a PDF whose text can be selected."
    ),
    "letter_unknown_format": lambda: gettext(
        "Only .docx, .pdf, .xlsx, .txt, .md and .edxml files can be read."
    ),
    "letter_not_found": lambda: gettext("The text is no letter: it has no number, no addressee and no item."),
}
