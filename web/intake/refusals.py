"""What to do about a refusal of intake: the sentence says what is wrong, the advice what helps."""

from collections.abc import Callable, Mapping

from web.language import gettext


def advice_of(code: str) -> str:
    """Return what helps against a refusal; empty if the sentence says it all."""
    words = _ADVICE.get(code)
    return "" if words is None else words()


def _ask_again() -> str:
    return gettext("Ask the sender for the file again, and check that it opens on your computer.")


def _part() -> str:
    return gettext("Take the part that holds the directives, save it as a file of its own, and drop that.")


#: For refusals whose own sentence does not say it.
_ADVICE: Mapping[str, Callable[[], str]] = {
    "letter_empty": _ask_again,
    "letter_not_docx": _ask_again,
    "letter_not_edxml": _ask_again,
    "letter_not_found": lambda: gettext(
        "Check that it is the right file. A letter has a number, an addressee, or items with numbers."
    ),
    "letter_not_pdf": _ask_again,
    "letter_not_xlsx": _ask_again,
    "letter_too_large": lambda: gettext(
        "A file may have 25 MB. Leave out appendices that direct nothing, or save it with smaller pictures."
    ),
    "letter_too_long": _part,
    "letter_too_many_pages": _part,
    "letter_unreadable": _ask_again,
    "letter_zip_bomb": _ask_again,
}
