"""Divides a document at its landmarks: heading, addressees, body, distribution list, signature, attachments."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from processes.documents.reading.columns import Grid
from processes.documents.reading.kinds import title_of
from processes.documents.reading.signature import ends_signed, is_signature, parted_signature
from processes.documents.reading.topics import Topic, topic_of
from processes.documents.source.blocks import Line
from processes.units.groups import groups_named
from processes.units.names import composed
from processes.units.registry import UnitRegistry

Flow = Sequence[Line | Grid]

_TO = re.compile(r"^Kính\s+gửi\s*:?\s*", re.IGNORECASE)
#: The addressees of a công điện: ``CHỦ TỊCH ỦY BAN NHÂN DÂN THÀNH PHỐ … điện:``.
_WIRED = re.compile(r"^(?P<who>.{0,120}?)\s*\b(?:điện|ĐIỆN)\s*:\s*(?P<rest>.*)$")
_CC = re.compile(r"^Nơi\s+nhận\s*:?\s*", re.IGNORECASE)
_BULLET = re.compile(r"^[-–—•+·*]\s*")
_SUBJECT = re.compile(r"^(?:V/v|Về việc)\b", re.IGNORECASE)
_BEGINS_BODY = re.compile(
    r"^(?:Căn cứ|Thực hiện|Theo|Triển khai|Nhằm|Để|Trên cơ sở|Xét|Ngày \d|Sáng|Chiều|Trong thời gian|Thời gian qua"
    r"|Vừa qua|Hiện nay|Qua\s|Tiếp theo|Sau khi|UBND|Ủy ban nhân dân|Uỷ ban nhân dân|Chủ tịch|[IVX]{1,4}\s*[.)]"
    r"|[A-D]\s*[.)]\s|\d{1,2}\s*[.)]|Điều \d|[-+]\s)"
)
#: What never names an addressee, but begins the body.
_BASES = re.compile(
    r"^(?:Căn cứ|Thực hiện|Theo|Xét|Để|Nhằm|Tiếp theo|Trên cơ sở|Triển khai|Trong (?:thời gian|những)|Ngày \d)\s"
)
_SECTION = re.compile(r"^(?:[IVX]{1,4}|[A-D]|\d{1,2})\s*[.)]\s*\S|^(?:Điều|Phần|PHẦN|Chương|CHƯƠNG)\s")
_DECIDES = re.compile(r"^(?:QUYẾT ĐỊNH|KẾT LUẬN|YÊU CẦU)\s*:?$")
_ATTACHED = re.compile(r"^(?:PHỤ LỤC|Phụ lục|BIỂU MẪU|DANH MỤC|BẢNG TỔNG HỢP)\b")
_ENCLOSED = re.compile(r"^\((?:Ban hành )?[Kk]èm theo\b")
_LONGEST_TITLE = 12
_LONGEST_SUBJECT_LINE = 30
#: How far down addressees are looked for.
_MOST_HEADING = 60
_LONGEST_ADDRESSEE = 30
#: So few lines without a body are a heading.
_FEW = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """What follows the signature under a title of its own.

    Attributes:
        title: its lines above the text: ``PHỤ LỤC I``, the subject, ``(Kèm theo …)``.
    """

    title: tuple[Line, ...]
    flow: tuple[Line | Grid, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The lines of a document, by where they stand.

    Attributes:
        addressed: it has ``Kính gửi``, or wires to somebody; ``wired_by`` is who does.
    """

    heading: tuple[Line, ...]
    recipients: tuple[Line, ...]
    body: tuple[Line | Grid, ...]
    cc: tuple[Line, ...]
    signature: tuple[Line, ...]
    addressed: bool
    attached: tuple[Attached, ...] = ()
    wired_by: Line | None = None

    @property
    def body_lines(self) -> tuple[Line, ...]:
        """The paragraphs of the body outside tables."""
        return tuple(block for block in self.body if isinstance(block, Line))


def divide(flow: Flow, registry: UnitRegistry) -> Parts:
    """Divide a document; every part may be missing."""
    end = _first(flow, _CC)
    attached_at = _attached_at(flow, 0 if end is None else end)
    main, rest = flow[:attached_at], flow[attached_at:]
    last = len(main) if end is None else end
    body_end = _signed_before(main, last)
    cc, signature = _tail(main, body_end, last)
    head = main[:body_end]
    to = _first(head[:_MOST_HEADING], _TO)
    wired = None if to is not None else _wired(head[:_MOST_HEADING])
    wired_by: Line | None = None
    if to is not None:
        first, recipients, after = _addressees(head, to, _TO.sub("", _text(head[to])), registry)
    elif wired is not None:
        at, match = wired
        line = head[at]
        assert isinstance(line, Line)
        wired_by = replace(line, text=match["who"].strip()) if match["who"].strip() else None
        first, recipients, after = _addressees(head, at, match["rest"].strip(), registry)
    else:
        first = after = _first_of_body(head)
        recipients = ()
    return Parts(
        heading=tuple(block for block in head[:first] if isinstance(block, Line)),
        recipients=recipients,
        body=tuple(block for block in head[after:] if not _DECIDES.match(_text(block))),
        cc=cc,
        signature=signature,
        addressed=to is not None or wired is not None,
        attached=tuple(_attachments(rest)),
        wired_by=wired_by,
    )


def _text(block: Line | Grid) -> str:
    return block.text if isinstance(block, Line) else ""


def _first(flow: Flow, pattern: re.Pattern[str]) -> int | None:
    return next((at for at, block in enumerate(flow) if pattern.match(_text(block))), None)


def _wired(head: Flow) -> tuple[int, re.Match[str]] | None:
    for at, block in enumerate(head):
        match = _WIRED.match(_text(block))
        if match is not None and (match["who"].isupper() or not match["who"]):
            return at, match
    return None


def _addressees(head: Flow, to: int, named: str, registry: UnitRegistry) -> tuple[int, tuple[Line, ...], int]:
    """Return where the heading ends, the lines of the addressees, and where the body begins."""
    line = head[to]
    assert isinstance(line, Line)
    own = (replace(line, text=named),) if named else ()
    after = to + 1
    while after < len(head) and _goes_on(head, after, registry, is_first=not own and after == to + 1):
        after += 1
    listed = tuple(block for block in head[to + 1 : after] if isinstance(block, Line))
    return to, (*own, *listed), after


def _goes_on(head: Flow, at: int, registry: UnitRegistry, *, is_first: bool) -> bool:
    text = _text(head[at])
    if not text or title_of_text(head[at]):
        return False
    name = _BULLET.sub("", text).strip(" .,;")
    is_known = bool(groups_named(name)) or registry.find(name) is not None
    if not is_first and _BASES.match(text):
        return False
    if is_first or is_known:
        return True
    if _BULLET.match(text):
        return not _text(head[at - 1]).endswith(".")
    if len(text.split()) > _LONGEST_ADDRESSEE:
        return False
    before = _text(head[at - 1])
    return text.endswith(";") or (
        before.endswith(";") and not _BEGINS_BODY.match(text) and text.endswith(".")
    )


def title_of_text(block: Line | Grid) -> bool:
    """Say whether a block is a title of a kind of document."""
    return isinstance(block, Line) and title_of(block) is not None


def _first_of_body(head: Flow) -> int:
    """Return where the body of a document without addressees begins."""
    named = next((at for at, block in enumerate(head) if title_of_text(block)), None)
    if named is None:
        begins = (at for at, block in enumerate(head) if _is_body(block))
        return next(begins, len(head) if len(head) <= _FEW else 0)
    block = head[named]
    title = title_of(block) if isinstance(block, Line) else None
    has_subject = title is not None and bool(title[1])
    at = named + 1
    while at < len(head) and at <= named + 6:
        text = _text(head[at])
        is_body = _is_body(head[at]) and not _SUBJECT.match(text) and not text.isupper()
        is_sentence = len(text.split()) > _LONGEST_SUBJECT_LINE or text[-1:] in (".", ";", ",", ":")
        if isinstance(head[at], Grid) or _is_section(text) or _is_topic(text):
            break
        if at > named + 1 and (is_body or is_sentence):
            break
        is_subject = at == named + 1 and text[-1:] not in (".", ";", ",", ":") and not has_subject
        if at == named + 1 and is_body and is_sentence and not is_subject:
            break
        at += 1
    return at


def _is_topic(text: str) -> bool:
    """Say whether a line in capitals heads a section: ``MỤC ĐÍCH, YÊU CẦU``."""
    return text.isupper() and len(text.split()) <= 6 and topic_of(text, among_tasks=False) is not Topic.OPEN


def _is_section(text: str) -> bool:
    return (
        re.match(r"^(?:[IVX]{1,4}|[A-D]|\d{1,2})\s*[.)]\s*\S|^(?:Điều|Phần|PHẦN|Chương|CHƯƠNG)\s", text)
        is not None
    )


def _is_body(block: Line | Grid) -> bool:
    return isinstance(block, Grid) or _BEGINS_BODY.match(block.text) is not None


def _attached_at(flow: Flow, end: int) -> int:
    """Return where the attachments begin: under a title of theirs, or with a table behind the signature."""
    has_end = end > 0
    for at in range(end + 1 if has_end else 0, len(flow)):
        block = flow[at]
        if isinstance(block, Grid):
            if has_end:
                return at
            continue
        is_short = len(block.text.split()) <= _LONGEST_TITLE
        if is_short and _ATTACHED.match(block.text) and block.text[-1] not in ".;,":
            return at
        if has_end and at > end + 1 and is_short and title_of(block) is not None:
            return at
    return len(flow)


def _signed_before(main: Flow, last: int) -> int:
    """Return where the body ends: at the signature, if that stands above ``Nơi nhận`` or there is none of it."""
    at = last
    while at > 0 and last - at < 8 and isinstance(main[at - 1], Line) and is_signature(_text(main[at - 1])):
        at -= 1
    if at == last and last == len(main):
        return ends_signed([_text(block) for block in main])
    return at if ends_signed([_text(block) for block in main[at:last]]) == 0 else last


def _tail(main: Flow, body_end: int, last: int) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """Part the distribution list from the signature, also where both stand on one line."""
    cc: list[Line] = []
    signature = [block for block in main[body_end:last] if isinstance(block, Line)]
    listed = [block for block in main[last:] if isinstance(block, Line)]
    signing = False
    for line in listed:
        text = _CC.sub("", line.text)
        left, right = ("", text) if is_signature(text) else parted_signature(text)
        signing = signing or (not left and bool(right))
        if right:
            signature.append(replace(line, text=right))
        if left and signing and not _BULLET.match(left):
            signature.append(replace(line, text=left))
        elif left:
            cc.append(replace(line, text=left))
    return tuple(cc), tuple(signature)


def _attachments(flow: Flow) -> Iterator[Attached]:
    """Yield the attachments, each from its title to the next."""
    starts = [at for at, block in enumerate(flow) if at == 0 or _begins_attachment(flow, at)]
    for start, end in pairwise([*starts, len(flow)]):
        piece = flow[start:end]
        title: list[Line] = []
        for block in piece:
            if isinstance(block, Grid) or (title and _ends_title(block, title)):
                break
            title.append(block)
        yield Attached(title=tuple(title), flow=tuple(piece[len(title) :]))


def _begins_attachment(flow: Flow, at: int) -> bool:
    block = flow[at]
    if isinstance(block, Grid) or not _ATTACHED.match(block.text) or block.text[-1] in ".;,":
        return False
    before = flow[at - 1]
    is_in_title = isinstance(before, Line) and (_ATTACHED.match(before.text) or _ENCLOSED.match(before.text))
    return len(composed(block.text).split()) <= _LONGEST_TITLE and not is_in_title


def _ends_title(line: Line, title: Sequence[Line]) -> bool:
    if _ENCLOSED.match(line.text):
        return False
    return (
        _is_section(line.text)
        or len(title) >= 6
        or _ENCLOSED.match(title[-1].text) is not None
        or (
            not line.text.isupper()
            and (len(line.text.split()) > _LONGEST_SUBJECT_LINE or line.text[-1] in ".;:,")
        )
    )
