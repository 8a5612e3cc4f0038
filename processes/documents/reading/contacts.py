"""Keeps the phone numbers and names of contact persons out of what every unit sees (DOMAIN §1.4, 19)."""

import re

from processes.units.names import CAPITALS

#: A number of a telephone: 0 or +84 and eight to ten more digits, in groups or not.
_PHONE = re.compile(r"(?<![\d/.,\-])(?:\(?\+84\)?|\(?0\d{0,3}\)?)(?:[ .\-]?\d){6,10}(?![\d/])(?![.,]\d)")
#: What else so many digits are: amounts, numbers of documents and accounts, codes.
_NO_PHONE_BEFORE = re.compile(
    r"(?:\bsố(?!\s*(?:điện thoại|đt|máy))|tài khoản|stk|mã(?:\s+số)?|cccd|cmnd|mst|kinh phí"
    r"|quyết định|văn bản)\s*:?\s*$",
    re.IGNORECASE,
)
_NO_PHONE_AFTER = re.compile(
    r"\s*(?:đồng|vnđ|vnd|triệu|tỷ|tỉ|usd|%|m2|m²|ha|hồ sơ|người|lượt|/[A-ZĐ])", re.IGNORECASE
)
_LEAST_DIGITS = 9
_MOST_DIGITS = 12
_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_MARK = "\ufffc"
#: A person whom one is told to contact, without a number: the same clause as with one.
_PERSON = rf"[{CAPITALS}]\w*(?:\s+[{CAPITALS}]\w*){{1,4}}"
_TITLE = r"(?:đồng chí|đ/c|ông|bà|anh|chị|cô|thầy)"
_ASKED = re.compile(
    rf"(?:liên hệ|liên lạc|đầu mối|vướng mắc|giải đáp)[^.;()]{{0,80}}?\b{_TITLE}\s+{_PERSON}",
    re.IGNORECASE,
)
_PERSON_CLAUSE = re.compile(rf"(?i:{_TITLE})\s*:?\s+{_PERSON}")
#: A remark in brackets, and the person before it whom it belongs to: ``qua bác sĩ Lê Thị B (ĐT: …)``.
_WITH_PERSON = re.compile(
    r"(?:\s*,?\s*(?:(?:qua|gặp|liên hệ|gửi cho|đầu mối:?)\s+)?"
    rf"(?i:{_TITLE}|bác sĩ|kỹ sư|chuyên viên|BS\.?|TS\.?|ThS\.?)"
    rf"\s+{_PERSON})?(?P<note>\s*\([^()]*\))"
)
_SENTENCE = re.compile(r"[^.;\n]*(?:\.(?=\S)[^.;\n]*)*(?:[.;]|$)\s*")
#: Words after which only the contact stands; the sentence before them stays.
_CONTACT_TITLES = r"(?:đồng chí|đ/c|ông|bà)"
_LEADS_TO = re.compile(
    r"\s*[,;–-]?\s*\(?(?:(?:mọi|nếu có)?\s*(?:khó khăn,?\s*)?"
    r"(?:vướng mắc|thông tin(?:\s+chi tiết)?)[^.;]{0,60}?(?:liên hệ|gửi|phản ánh)"
    r"|(?:chi tiết\s+)?(?:xin\s+|vui lòng\s+|đề nghị\s+)?liên hệ|(?:qua\s+)?(?:đầu mối|cán bộ|người|chuyên viên)"
    r"(?:\s+(?:đầu mối|phụ trách|theo dõi|tổng hợp)){0,3}(?:\s+liên hệ)?\s*:"
    rf"|thông qua\s+(?={_CONTACT_TITLES}\b)"
    rf"|qua\s+(?=(?:{_CONTACT_TITLES}|số điện thoại|điện thoại|email|thư điện tử|địa chỉ thư)\b)"
    rf"|(?<!\w)(?={_CONTACT_TITLES}\s))",
    re.IGNORECASE,
)
#: What announces a number or address, and the person before it; only they go where no clause can.
_LABEL = (
    r"(?:\(?\s*(?:(?:đồng thời|và)\s+)?(?:(?:gửi\s+)?(?:qua|theo|vào|về|tới|đến)\s+)?(?:địa chỉ\s+)?"
    r"(?:(?:hộp\s+)?thư(?:\s+(?:điện tử|công vụ))*|e-?mail|gmail|(?:số\s+)?(?:điện thoại|máy|đt|sđt)"
    r"|zalo|fax|di động|tel)(?:\s+(?:công vụ|liên hệ|di động|số))*\s*[:.]?\s*)"
)
_PERSON_BEFORE = (
    rf"(?:(?:(?:xin\s+)?liên hệ|gặp|thông qua|qua|đầu mối|người liên hệ)\s*:?\s+)?(?i:{_TITLE})\s*:?\s+{_PERSON}"
    rf"(?:\s*[,–-]\s*(?!\s)[^,;.(){_MARK}]{{1,80}})?\s*[,(–-]?\s*"
)
_BARE = re.compile(
    rf"[\s,;–-]*(?:{_PERSON_BEFORE})?(?i:{_LABEL})?\(?{_MARK}\)?(?:\s*[,;–-]?\s*(?i:{_LABEL})?{_MARK})*"
)
_NAMED = re.compile(rf"[\s,;–-]*(?i:liên hệ|gặp|thông qua|qua|đầu mối)\s*:?\s+(?i:{_TITLE})\s*:?\s+{_PERSON}")
_LEFT_OPEN = re.compile(r"\(\s*\)|\s+(?=[,.;)])|[,;]\s*(?=[.;])")
#: A sentence that only tells whom to ask.
_ONLY_ASKS = re.compile(
    r"^[\s\-+*(]*(?:(?:mọi|nếu có|khi có|trong quá trình)\b[^.;]{0,80}?)?"
    r"(?:khó khăn|vướng mắc|thông tin|chi tiết|đầu mối|(?:người )?liên hệ|cán bộ (?:đầu mối|phụ trách)"
    r"|điện thoại|email|địa chỉ)\b",
    re.IGNORECASE,
)
#: So few words say nothing of their own: before the contact, and behind it.
_A_SENTENCE = 3
_A_CLAUSE = 3
_ENDING = re.compile(r"[.;]?\s*$")
#: The office of a person, behind the name.
_OFFICE = re.compile(
    r"^\s*[,–-]?\s*(?:(?:phó\s+)?(?:trưởng|giám đốc|chánh|chuyên viên|cán bộ|công chức|nhân viên)|phòng|văn phòng)"
    r"\b[^,;.]*",
    re.IGNORECASE,
)


def without_contacts(text: str) -> str:
    """Return a text without the brackets and clauses that hold a telephone number, an e-mail address, or a person
    to be contacted.

    Amounts, numbers of documents and of accounts stay. Of a sentence that also says what to do, that part stays.
    """
    marked = _ADDRESS.sub(_MARK, _PHONE.sub(_marked_phone, text))
    if _MARK not in marked and _ASKED.search(text) is None:
        return text
    kept = _WITH_PERSON.sub(_without_note, marked)
    kept = "\n".join(_without_clauses(line) for line in kept.split("\n"))
    return kept.strip() if _MARK not in kept and any(map(str.isalnum, kept)) else ""


def without_personal_data(text: str) -> str:
    """Return a text without telephone numbers, e-mail addresses and the persons they belong to; the rest stays.

    For what must be shown although it only tells whom to ask.
    """
    return _bare(_ADDRESS.sub(_MARK, _PHONE.sub(_marked_phone, text))).strip()


def _without_note(match: re.Match[str]) -> str:
    """Return what stays of a remark in brackets and of the person before it; who begins a sentence acts in it."""
    if not _is_contact(match["note"]):
        return match[0]
    return match[0][: match.start("note") - match.start()] if match.start() == 0 else ""


def _bare(sentence: str) -> str:
    return _LEFT_OPEN.sub("", _NAMED.sub("", _BARE.sub("", sentence)))


def _marked_phone(match: re.Match[str]) -> str:
    digits = sum(character.isdigit() for character in match[0])
    before, after = match.string[max(0, match.start() - 40) : match.start()], match.string[match.end() :]
    is_phone = _LEAST_DIGITS <= digits <= _MOST_DIGITS
    if not is_phone or _NO_PHONE_BEFORE.search(before) or _NO_PHONE_AFTER.match(after):
        return match[0]
    return _MARK


def _is_contact(words: str) -> bool:
    return _MARK in words or _ASKED.search(words) is not None


def _without_clauses(line: str) -> str:
    if not _is_contact(line):
        return line
    kept = [
        _without_contact(sentence[0]) if _is_contact(sentence[0]) else sentence[0]
        for sentence in _SENTENCE.finditer(line)
        if sentence[0]
    ]
    return "".join(kept).strip()


def _without_contact(sentence: str) -> str:
    """Return what a sentence says before and after the contact; empty if that is all it says."""
    person = _PERSON_CLAUSE.search(sentence)
    first = min((at for at in (sentence.find(_MARK), person.start() if person else -1) if at >= 0), default=0)
    leading = [match.start() for match in _LEADS_TO.finditer(sentence) if match.start() <= first]
    before = sentence[: leading[0]].rstrip(" ,;-–(") if leading else ""
    if len(before.split()) < _A_SENTENCE or before.endswith(":"):
        rest = "" if _ONLY_ASKS.match(sentence) else _bare(sentence)
        says_something = len(rest.split()) >= _A_SENTENCE and not rest.rstrip(" .;").endswith(":")
        return rest if says_something else ""
    last = sentence.rfind(_MARK) + 1
    if not last and person is not None:
        last = person.end()
    ending = _ENDING.search(sentence)
    after = _OFFICE.sub("", sentence[last : ending.start() if ending else None]).rstrip(" )")
    kept = before + (after if len(after.split()) >= _A_CLAUSE else "")
    return kept + (ending[0] if ending is not None else "")
