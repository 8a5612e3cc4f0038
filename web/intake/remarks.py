"""What was met while a file was taken apart, in sentences."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from web.language import gettext

_SENTENCES: Mapping[str, Callable[[], str]] = {
    "attachments_ignored": lambda: gettext("Files that are attached inside the file were left out."),
    "attachments_unreadable": lambda: gettext("Some files of the package cannot be read; they are kept."),
    "cells_with_errors": lambda: gettext("Some cells show errors instead of values."),
    "characters_unreadable": lambda: gettext("Some signs of the text cannot be read."),
    "comments_left_out": lambda: gettext("Comments were left out."),
    "contents_left_out": lambda: gettext("The table of contents was left out."),
    "dates_maybe_swapped": lambda: gettext("In some dates day and month may have changed places."),
    "deletions_left_out": lambda: gettext("Text that is marked as deleted was left out."),
    "encoding_guessed": lambda: gettext("The text is in an old encoding; look whether all signs are right."),
    "footnotes_left_out": lambda: gettext("Footnotes were left out."),
    "foreign_parts_left_out": lambda: gettext("Parts that another program put into the file were left out."),
    "formulas": lambda: gettext("The sheet holds formulas; what they gave when it was saved was read."),
    "formulas_without_value": lambda: gettext("Some formulas were saved without their values."),
    "header_put_first": lambda: gettext("Text of the page header was put first."),
    "hidden_columns_left_out": lambda: gettext("Hidden columns were left out."),
    "hidden_rows_left_out": lambda: gettext("Hidden rows were left out."),
    "hidden_sheets_left_out": lambda: gettext("Hidden sheets were left out."),
    "hidden_text_left_out": lambda: gettext("Hidden text was left out."),
    "insertions_kept": lambda: gettext("Text that is marked as inserted was kept."),
    "kind_differs": lambda: gettext(
        "The file is of another kind than its name says; it was read as what it is."
    ),
    "legacy_text": lambda: gettext("Parts of the text are written for old fonts; they may be wrong."),
    "macros_ignored": lambda: gettext("The file holds macros; they were not run."),
    "objects_ignored": lambda: gettext("Objects inside the file were left out."),
    "pages_without_text": lambda: gettext("Some pages are pictures without text; they were not read."),
    "pictures_left_out": lambda: gettext("Pictures were left out."),
    "scripts_ignored": lambda: gettext("The file holds scripts; they were not run."),
    "signature_stamp": lambda: gettext(
        "The file is signed; the stamp was taken out of the text. Whether the signature is valid was not checked."
    ),
    "text_box_put_first": lambda: gettext("Text of a text box was put first."),
    "text_boxes_read": lambda: gettext("Text boxes were read where they are anchored."),
    "text_doubtful": lambda: gettext(
        "The text of the file may be wrong in places; compare it with the original."
    ),
}


def remark_sentences(remarks: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the sentences, each once; a remark without one as its code."""
    codes = (str(remark["code"]) for remark in remarks)
    return list(
        dict.fromkeys(_SENTENCES[code]() if code in _SENTENCES else code.replace("_", " ") for code in codes)
    )
