"""Keeps the phone numbers and names of contact persons out of what every unit sees (DOMAIN §1.4, 19)."""

import re

_PHONE = re.compile(r"(?<!\d)(?:\+84|0)(?:[ .\-]?\d){8,10}(?!\d)")
_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_MARK = "\ufffc"
_BRACKETED = re.compile(rf"\s*\([^()]*{_MARK}[^()]*\)")
_CLAUSE = re.compile(rf"(?:^|(?<=[.;]))[^.;]*{_MARK}[^.;]*(?:[.;]|$)")


def without_contacts(text: str) -> str:
    """Return a text without the brackets and clauses that hold a phone number or an e-mail address."""
    marked = _ADDRESS.sub(_MARK, _PHONE.sub(_MARK, text))
    if _MARK not in marked:
        return text
    return _CLAUSE.sub("", _BRACKETED.sub("", marked)).strip()
