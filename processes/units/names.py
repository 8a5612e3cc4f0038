"""Compares names as people write them: any Unicode form, old or new tone placement, any case or spacing."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

#: Capital letters of Vietnamese, for character classes.
CAPITALS = "A-ZÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝĂĐĨŨƠƯẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸ"
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_WORD = re.compile(r"\w+|&")
_NOTE = re.compile(r"\s*\([^()]*\)\s*$")
#: Spellings of one word that official papers mix.
_SAME = {"đăk": "đak", "đắk": "đak", "đắc": "đak", "&": "và"}
#: Abbreviations of official names; either way of writing finds the unit.
_SHORT = (
    ("văn phòng", "vp"),
    ("ban quản lý", "bql"),
    ("ban quản lý", "ban ql"),
    ("trung tâm", "tt"),
    ("khu công nghiệp", "kcn"),
    ("khu kinh tế", "kkt"),
    ("dự án", "da"),
    ("quản lý dự án", "qlda"),
    ("ban quản lý dự án", "bqlda"),
    ("phục vụ hành chính công", "pvhcc"),
    ("bảo hiểm xã hội", "bhxh"),
    ("bộ chỉ huy quân sự", "bộ chqs"),
    ("bộ chỉ huy quân sự", "bchqs"),
    ("kho bạc nhà nước", "kbnn"),
    ("ngân hàng nhà nước", "nhnn"),
    ("thi hành án dân sự", "thads"),
    ("đầu tư xây dựng", "đtxd"),
    ("phát triển quỹ đất", "ptqđ"),
    ("thanh tra", "ttr"),
)
#: Two letters, as of ``Sở NV``.
_SHORTEST_ACRONYM = 2
_ABBREVIATED = (("ủy ban nhân dân", "ubnd"), ("thành phố", "tp"))


@dataclass(frozen=True, slots=True)
class Word:
    """A word as names are compared, and where it stands."""

    key: str
    start: int
    end: int


def composed(text: str) -> str:
    """Return text in Unicode form NFC, without invisible characters, with every run of spaces as one space."""
    visible = "".join(character for character in text if unicodedata.category(character) != "Cf")
    return " ".join(unicodedata.normalize("NFC", visible).split())


@lru_cache(maxsize=8192)
def folded(text: str) -> str:
    """Return the form under which two spellings of one name are equal.

    >>> folded("Các Sở, ban ngành") == folded("các sở, ban, ngành")
    True
    >>> folded("Uỷ ban nhân dân xã Xuân Hoà") == folded("UBND xã Xuân Hòa")
    True
    """
    words = _WORD.findall(composed(text).casefold())
    joined = " ".join(_syllable(_SAME.get(word, word)) for word in words)
    for full, short in _FOLDED_ABBREVIATIONS:
        joined = joined.replace(full, short)
    return joined


def bare(text: str) -> str:
    """Return the folded form without diacritics: for guessing what may be meant, never for equality.

    >>> bare("Sở Nội vụ")
    'so noi vu'
    """
    decomposed = unicodedata.normalize("NFD", folded(text).replace("đ", "d"))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def without_note(text: str) -> str:
    """Return a name without a remark in brackets at its end."""
    return _NOTE.sub("", text).strip()


def words_of(text: str) -> "list[Word]":
    """Return the words of a text, folded, each with its place; ``Ủy ban nhân dân`` is one, so is ``thành phố``.

    Args:
        text: in Unicode form NFC; places count its characters.
    """
    found = [
        Word(_syllable(_SAME.get(match[0].casefold(), match[0].casefold())), match.start(), match.end())
        for match in _WORD.finditer(text)
    ]
    joined: list[Word] = []
    at = 0
    while at < len(found):
        for full, short in _FOLDED_WORDS:
            if tuple(word.key for word in found[at : at + len(full)]) == full:
                joined.append(Word(short, found[at].start, found[at + len(full) - 1].end))
                at += len(full)
                break
        else:
            word = found[at]
            if joined and joined[-1].key == _COMMITTEE and word.key in _KIND_LETTERS:
                word = Word(_KIND_LETTERS[word.key], word.start, word.end)
            joined.append(word)
            at += 1
    return joined


def sort_of(key: str) -> str | None:
    """Return what sort of body a folded name says to be of; ``None`` if its first words say none.

    >>> sort_of(folded("Phường Bến Lụa")) == sort_of(folded("UBND xã Suối Chàm"))
    True
    """
    return next((sort for word, sort in _SORTS if f"{key} ".startswith(f"{word} ")), None)


def shortened(key: str) -> set[str]:
    """Return a folded name with its usual words abbreviated, one or several of them."""
    spellings = {key}
    for full, short in _FOLDED_SHORT:
        spellings |= {
            f" {spelling} ".replace(f" {full} ", f" {short} ").strip()
            for spelling in spellings
            if f" {full} " in f" {spelling} "
        }
    return spellings - {key}


def acronyms(name: str) -> set[str]:
    """Return the folded acronyms of a department: ``Sở NN và MT``, ``Sở NNMT``, ``SNNMT``.

    >>> sorted(acronyms("Sở Khoa học và Công nghệ"))
    ['skh và cn', 'skhcn', 'sở kh cn', 'sở kh và cn', 'sở khcn']
    """
    first, _, rest = composed(name).partition(" ")
    if first.casefold() not in ("sở", "so") or not rest:
        return set()
    parts = [part for part in re.split(r"\s*,\s*|\s+và\s+", rest) if part]
    initials = ["".join(word[0] for word in part.split()).casefold() for part in parts]
    if len("".join(initials)) < _SHORTEST_ACRONYM:
        return set()
    joined, spaced = "".join(initials), " ".join(initials)
    with_and = joined if len(parts) == 1 else f"{''.join(initials[:-1])} và {initials[-1]}"
    spaced_with_and = joined if len(parts) == 1 else f"{' '.join(initials[:-1])} và {initials[-1]}"
    tails = {joined, spaced, with_and, spaced_with_and}
    return {folded(f"sở {tail}") for tail in tails} | {folded(f"s{tail}") for tail in (joined, with_and)}


def _syllable(word: str) -> str:
    """Move the tone to the end of the syllable, where its place in the vowels no longer matters."""
    decomposed = unicodedata.normalize("NFD", word)
    tones = "".join(character for character in decomposed if character in _TONES)
    rest = "".join(character for character in decomposed if character not in _TONES)
    return unicodedata.normalize("NFC", rest) + tones


_FOLDED_ABBREVIATIONS = tuple(
    (" ".join(_syllable(word) for word in full.split()), short) for full, short in _ABBREVIATED
)
_FOLDED_WORDS = tuple((tuple(full.split()), short) for full, short in _FOLDED_ABBREVIATIONS)
_FOLDED_SHORT = tuple(
    (" ".join(_syllable(word) for word in full.split()), " ".join(_syllable(word) for word in short.split()))
    for full, short in _SHORT
)
_COMMITTEE = "ubnd"
#: ``UBND P. Bến Lụa``, ``UBND X. Suối Chàm``.
_KIND_LETTERS = {"p": _syllable("phường"), "x": _syllable("xã")}
#: Words with which names of bodies begin; those of one sort count as one.
_SORTS = tuple(
    (" ".join(_syllable(word) for word in name.split()), sort)
    for sort, names in (
        ("commune", "ubnd xã phường thị_trấn đặc_khu huyện x p"),
        ("board", "ban bql"),
        ("office", "văn_phòng vp"),
        ("centre", "trung_tâm tt"),
        ("command", "bộ"),
        ("newspaper", "báo đài"),
        ("inspectorate", "thanh_tra ttr"),
        ("central", "cục chi_cục thuế hải_quan kho_bạc thi_hành thống_kê"),
        *((name, name) for name in ("sở", "công_an", "phòng", "tổ", "đội", "trạm")),
        *(
            (name, name)
            for name in ("trường", "bệnh_viện", "viện", "hội", "đoàn", "quỹ", "công_ty", "tòa_án")
        ),
        *((name, name) for name in ("liên_đoàn", "liên_minh", "hạt", "doanh_nghiệp", "ngân_hàng")),
        *((name, name) for name in ("bảo_hiểm", "đồng_chí", "trưởng")),
    )
    for name in (each.replace("_", " ") for each in names.split())
)
