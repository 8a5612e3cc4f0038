"""Why a file cannot be read as an official letter."""

from typing import ClassVar

from engine.errors import Rejection


class LetterUnreadable(Rejection):
    """The file is no letter that can be read; subclasses say why."""

    code: ClassVar[str] = "letter_unreadable"


class LetterEmpty(LetterUnreadable):
    """The file holds no text."""

    code: ClassVar[str] = "letter_empty"


class LetterTooLarge(LetterUnreadable):
    """The file has more than ``params["limit"]`` bytes, or its text more characters; nothing was looked into."""

    code: ClassVar[str] = "letter_too_large"
    status: ClassVar[int] = 413


class LetterEncodingUnknown(LetterUnreadable):
    """The text is neither UTF-8 nor UTF-16 with a byte order mark."""

    code: ClassVar[str] = "letter_wrong_encoding"


class LetterNotDocx(LetterUnreadable):
    """The file is named .docx and is no Word document."""

    code: ClassVar[str] = "letter_not_docx"


class LetterZipBomb(LetterUnreadable):
    """The archive would unpack to far more than a letter."""

    code: ClassVar[str] = "letter_zip_bomb"


class LetterFormatUnknown(LetterUnreadable):
    """The name of the file ends in something other than .txt or .docx."""

    code: ClassVar[str] = "letter_unknown_format"
    status: ClassVar[int] = 415


class NoLetterFound(LetterUnreadable):
    """The text can be read and is no letter: no number, no addressee, no directive."""

    code: ClassVar[str] = "letter_not_found"
