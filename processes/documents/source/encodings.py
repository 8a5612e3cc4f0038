"""Finds out in which encoding Vietnamese text is written: by the words that every letter has.

TCVN3 (TCVN 5712, the fonts .VnTime) and VNI put their letters where Western ones are: such text can be decoded and
is garbage. It is told apart by how the commonest words look in it.
"""

import codecs
from collections.abc import Iterable, Mapping

from processes.documents.errors import LetterEncodingLegacy, LetterEncodingUnknown
from processes.documents.source.blocks import Remark
from processes.documents.source.characters import plain

#: Words with diacritics of which every letter has several.
_COMMON_WORDS = (
    "của và các được năm ngày tháng số thành phố việc nhiệm vụ thực hiện quyết định kế hoạch ủy hành chính "
    "cộng hòa chủ nghĩa việt độc lập hạnh phúc về đơn vị báo cáo triển tổ chức văn gửi kính nội sở xã phường "
    "tỉnh giám đốc chủ tịch phối hợp tại đến để những này là có không trên với quả tiếp kết luận"
)
_COMMON = frozenset(_COMMON_WORDS.split())
_LETTERS = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
_TCVN3 = "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\xadõøö÷ùúýûüþ"
_VNI = (
    "aø aù aû aõ aï aê aè aé aú aü aë aâ aà aá aå aã aä ñ eø eù eû eõ eï eâ eà eá eå eã eä ì í æ ó ò "
    "oø où oû oõ oï oâ oà oá oå oã oä ô ôø ôù ôû ôõ ôï uø uù uû uõ uï ö öø öù öû öõ öï yø yù yû yõ î"
)
#: Forms that are words themselves.
_MEANT = frozenset(("vô", "vò", "cã"))
#: So many words in a form make it that of the text.
_ENOUGH = 3
_PUNCTUATION = "()[]{},.;:!?\"'“”‘’–-/*_|#"
_BYTE_ORDER_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def _written_in(letters: Iterable[str]) -> frozenset[str]:
    table = str.maketrans(dict(zip(_LETTERS, letters, strict=True)))
    return frozenset(plain(word.translate(table)) for word in _COMMON) - _COMMON - _MEANT


_LEGACY: Mapping[str, frozenset[str]] = {"TCVN3 (ABC)": _written_in(_TCVN3), "VNI": _written_in(_VNI.split())}


def decoded(content: bytes) -> tuple[str, tuple[Remark, ...]]:
    """Return the text, with a remark if its encoding had to be guessed (``encoding_guessed``).

    Raises:
        LetterEncodingLegacy: it is TCVN3 or VNI.
        LetterEncodingUnknown: it is nothing that is known.
    """
    encoding = "utf-16" if content.startswith(_BYTE_ORDER_MARKS) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        return _guessed(content, error), (
            Remark(code="encoding_guessed", params={"encoding": "windows-1258"}),
        )
    if "\0" in text:
        raise LetterEncodingUnknown(
            "Expected UTF-8, or UTF-16 with a byte order mark, but the text holds zero characters; "
            "save the file again as UTF-8",
            position=text.index("\0"),
        )
    return text, ()


def _guessed(content: bytes, error: UnicodeDecodeError) -> str:
    refuse_legacy(content.decode("latin-1"))
    try:
        text = content.decode("cp1258")
    except UnicodeDecodeError:
        text = ""
    if _count(_words(text), _COMMON) < _ENOUGH:
        raise LetterEncodingUnknown(
            f"Expected UTF-8, or UTF-16 with a byte order mark, but byte {error.start} is neither; "
            "save the file again as UTF-8",
            position=error.start,
        ) from error
    return text


def refuse_legacy(text: str) -> Remark | None:
    """Refuse text that is written for old fonts; a remark (``legacy_text``) if that is so of a part of it.

    Raises:
        LetterEncodingLegacy: most of it is.
    """
    words = _words(text)
    found = {name: _count(words, forms) for name, forms in _LEGACY.items()}
    name = max(found, key=found.__getitem__)
    if found[name] < _ENOUGH:
        return None
    if found[name] > _count(words, _COMMON):
        raise LetterEncodingLegacy(
            f"Expected Unicode, but the text is written for fonts of {name}; convert it and save the file again",
            encoding=name,
        )
    return Remark(code="legacy_text", params={"encoding": name, "count": found[name]})


def _words(text: str) -> list[str]:
    return [word.strip(_PUNCTUATION).lower() for word in plain(text).split()]


def _count(words: Iterable[str], known: frozenset[str]) -> int:
    return sum(word in known for word in words)
