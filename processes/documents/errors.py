"""Why a file cannot be read as an official letter."""

from typing import ClassVar

from engine.errors import Rejection


class LetterUnreadable(Rejection):
    """The file is no letter that can be read; subclasses say why. ``params["cause"]`` where none of them does."""

    code: ClassVar[str] = "letter_unreadable"


class LetterEmpty(LetterUnreadable):
    """The file holds no text."""

    code: ClassVar[str] = "letter_empty"


class LetterScanned(LetterUnreadable):
    """The file holds pictures of pages and no text."""

    code: ClassVar[str] = "letter_scanned"


class LetterTooLarge(LetterUnreadable):
    """The file has more than ``params["limit"]`` bytes, or its text more characters; nothing was looked into."""

    code: ClassVar[str] = "letter_too_large"
    status: ClassVar[int] = 413


class LetterTooLong(LetterUnreadable):
    """The file has more than ``params["limit"]`` paragraphs, cells, rows or files (``params["of"]``)."""

    code: ClassVar[str] = "letter_too_long"
    status: ClassVar[int] = 413


class LetterTooManyPages(LetterUnreadable):
    """The file has ``params["pages"]`` pages, more than ``params["limit"]``."""

    code: ClassVar[str] = "letter_too_many_pages"
    status: ClassVar[int] = 413


class LetterTookTooLong(LetterUnreadable):
    """Taking the file apart was stopped after ``params["limit"]`` seconds."""

    code: ClassVar[str] = "letter_took_too_long"


class LetterEncrypted(LetterUnreadable):
    """The file opens with a password only."""

    code: ClassVar[str] = "letter_encrypted"


class LetterDamaged(LetterUnreadable):
    """The file begins as its kind does and cannot be taken apart."""

    code: ClassVar[str] = "letter_damaged"


class LetterZipBomb(LetterUnreadable):
    """The archive would unpack to far more than a letter."""

    code: ClassVar[str] = "letter_zip_bomb"


class LetterDeclaresEntities(LetterUnreadable):
    """XML in the file declares a document type; no file of an office program does, entities come from there."""

    code: ClassVar[str] = "letter_declares_entities"


class LetterEncodingUnknown(LetterUnreadable):
    """The text is neither UTF-8 nor UTF-16 with a byte order mark, and no Vietnamese in Windows-1258."""

    code: ClassVar[str] = "letter_wrong_encoding"


class LetterEncodingLegacy(LetterUnreadable):
    """The text is written for the fonts of ``params["encoding"]``: TCVN3 (ABC) or VNI."""

    code: ClassVar[str] = "letter_legacy_encoding"


class LetterNotDocx(LetterUnreadable):
    """The file is named .docx and is no Word document."""

    code: ClassVar[str] = "letter_not_docx"


class LetterNotWorkbook(LetterUnreadable):
    """The file is named .xlsx and is no Excel workbook."""

    code: ClassVar[str] = "letter_not_xlsx"


class LetterNotPdf(LetterUnreadable):
    """The file is named .pdf and is no PDF, or so damaged that its pages cannot be found."""

    code: ClassVar[str] = "letter_not_pdf"


class LetterTextBroken(LetterUnreadable):
    """The file shows letters without saying which they are: its fonts lack the table that tells."""

    code: ClassVar[str] = "letter_text_broken"


class LetterNotPackage(LetterUnreadable):
    """The XML or the archive is no package of the document exchange axis."""

    code: ClassVar[str] = "letter_not_edxml"


class LetterNotAttached(LetterUnreadable):
    """The package of the document exchange axis holds no document."""

    code: ClassVar[str] = "letter_not_attached"


class LetterOldWord(LetterUnreadable):
    """The file is a binary .doc of Word 97-2003."""

    code: ClassVar[str] = "letter_old_word"
    status: ClassVar[int] = 415


class LetterOldExcel(LetterUnreadable):
    """The file is a binary .xls of Excel 97-2003, or a binary .xlsb."""

    code: ClassVar[str] = "letter_old_excel"
    status: ClassVar[int] = 415


class LetterOtherProgram(LetterUnreadable):
    """The file is a document of another kind: ``params["format"]`` is ``rtf``, ``odt``, ``html``, ``pptx``, …"""

    code: ClassVar[str] = "letter_other_program"
    status: ClassVar[int] = 415


class LetterPicture(LetterUnreadable):
    """The file is a picture: ``params["format"]`` is ``png``, ``jpeg``, ``tiff``, …"""

    code: ClassVar[str] = "letter_picture"
    status: ClassVar[int] = 415


class LetterFormatUnknown(LetterUnreadable):
    """Neither the content nor the name of the file is of a kind that is read."""

    code: ClassVar[str] = "letter_unknown_format"
    status: ClassVar[int] = 415


class NoLetterFound(LetterUnreadable):
    """The text can be read and is no letter: no number, no addressee, no directive."""

    code: ClassVar[str] = "letter_not_found"
