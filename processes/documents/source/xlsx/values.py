"""Turns what the cells of a workbook store into what they mean: shared texts, dates, how they are set."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

from processes.documents.source.collecting import too_long
from processes.documents.source.limits import MOST_CELLS
from processes.documents.source.xlsx.scan import S, Stored, text_of

_GENERAL = "General"
_OFF = ("0", "false", "off")
#: Serial numbers of days beyond the year 9999 are numbers.
_LAST_DAY = 2_958_466


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """How cells of one style are set."""

    number_format: str = _GENERAL
    bold: bool = False
    centred: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """What a cell means: its value, the format in which it is shown, how it is set, whether it is an error."""

    value: object
    number_format: str
    bold: bool
    centred: bool
    is_error: bool = False


class Values:
    """The shared texts and styles of a workbook.

    Args:
        strings, styles: the parts that hold them; ``None`` when the workbook has none.
        from_1904: its days are counted as the first Excel for Macintosh did.

    Raises:
        LetterTooLong: there are more texts than twice ``MOST_CELLS``.
    """

    def __init__(
        self, strings: etree._Element | None, styles: etree._Element | None, *, from_1904: bool
    ) -> None:
        self._epoch = MAC_EPOCH if from_1904 else WINDOWS_EPOCH
        self._strings: list[str] = []
        for each in () if strings is None else strings.iterchildren(f"{S}si"):
            self._strings.append(text_of(each))
            if len(self._strings) > 2 * MOST_CELLS:
                raise too_long("texts", 2 * MOST_CELLS)
        self._looks = [] if styles is None else list(_looks(styles))

    def of(self, stored: Stored) -> Meant:
        """Return what a cell means.

        Raises:
            ValueError: it is no number where it should be one, or refers to no text.
        """
        look = self._looks[stored.style] if 0 <= stored.style < len(self._looks) else _Look()
        value: object
        match stored.kind:
            case "s":
                at = int(stored.text)
                if not 0 <= at < len(self._strings):
                    raise ValueError(f"no text {at}")
                value = self._strings[at]
            case "b":
                value = stored.text not in _OFF
            case "d":
                value = dt.datetime.fromisoformat(stored.text)
            case "n":
                value = self._number(stored.text, look.number_format)
            case _:
                value = stored.text
        return Meant(
            value=value,
            number_format=look.number_format,
            bold=look.bold,
            centred=look.centred,
            is_error=stored.kind == "e",
        )

    def _number(self, text: str, number_format: str) -> object:
        number = float(text)
        if not 0 <= number < _LAST_DAY or not is_date_format(number_format):
            return int(number) if number.is_integer() and abs(number) < 1e15 else number
        return from_excel(number, self._epoch, timedelta=is_timedelta_format(number_format))


def _looks(styles: etree._Element) -> Iterator[_Look]:
    formats: Mapping[str, str] = {str(key): form for key, form in BUILTIN_FORMATS.items()} | {
        each.get("numFmtId", ""): each.get("formatCode", _GENERAL) for each in styles.iter(f"{S}numFmt")
    }
    fonts = [_is_on(each.find(f"{S}b")) for each in styles.iterfind(f"{S}fonts/{S}font")]
    for each in styles.iterfind(f"{S}cellXfs/{S}xf"):
        font = each.get("fontId", "")
        alignment = each.find(f"{S}alignment")
        yield _Look(
            number_format=formats.get(each.get("numFmtId", ""), _GENERAL),
            bold=font.isdecimal() and len(font) < 9 and int(font) < len(fonts) and fonts[int(font)],
            centred=alignment is not None and alignment.get("horizontal", "").startswith("center"),
        )


def _is_on(switch: etree._Element | None) -> bool:
    return switch is not None and switch.get("val") not in _OFF
