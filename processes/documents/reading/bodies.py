"""Reads who stands at a place of a text: units, bodies beside them, and bodies that the registry does not have.

A body is known by how its name begins, and its name ends before what it does. One that the registry lacks is asked
about and never left to every recipient.
"""

import re
from dataclasses import dataclass

from processes.documents.reading.outside import DEMANDS, DOES, STATES, outside_at, shown
from processes.units.named import Name
from processes.units.names import CAPITALS
from processes.units.recognition import NameReader

_CAPITAL = rf"[{CAPITALS}\d]"
#: How names of bodies begin. ``named``: a capital has to follow, ``Bộ máy`` and ``Ban hành`` are none;
#: ``whole``: the words name somebody without any more.
_BODY = re.compile(
    r"(?:(?:Giám đốc|Thủ trưởng|Lãnh đạo|Người đứng đầu|Chủ tịch|Thường trực)\s+)?(?:"
    r"(?P<whole>(?:[Cc]ác|[Nn]hững)\s+(?:chủ đầu tư|doanh nghiệp|(?:tổng )?công ty|tập đoàn|bệnh viện|trường học"
    r"|nhà trường|trường|cơ sở|trung tâm|trạm y tế|phòng chuyên môn|phòng|ban quản lý|ban đảng|hội|tổ chức"
    r"|nhà mạng"
    r"|ngân hàng|nhà thầu|hộ|hợp tác xã|tổ công tác|đoàn kiểm tra|đơn vị (?:tư vấn|thi công|vận tải|sự nghiệp"
    r"|quản lý|vũ trang|chủ đầu tư|tại|có tên|nêu tại)|cơ quan (?:báo chí|nội chính|truyền thông)|huyện|quận"
    r"|khu phố|thôn|ấp|tổ dân phố)"
    r"|(?:UBND|(?:Ủy|Uỷ) ban nhân dân) (?:(?:các|cấp) )?(?:huyện|quận|thị xã|tỉnh|đặc khu)"
    r"|Tổ (?:công tác|chuyên gia|giúp việc|biên tập|liên ngành|thẩm định)|Ban (?:[Cc]hỉ đạo|[Cc]hỉ huy"
    r"|[Tt]ổ chức"
    r"|[Qq]uản lý|[Đđ]iều hành|[Gg]iám đốc|[Bb]iên tập)|Đoàn (?:kiểm tra|công tác|thanh tra|giám sát|liên ngành)"
    r"|Trưởng (?:các|ban|phòng|đoàn|trạm|khu phố|thôn|ấp|tổ)|Chủ đầu tư|Nhà thầu|Đơn vị (?:tư vấn|thi công)"
    r"|Báo và [Pp]hát thanh(?:\s*[,–-]\s*[Tt]ruyền hình)?|Hội đồng|Bộ phận (?:[Tt]iếp nhận|[Mm]ột cửa)"
    r"|Trường (?:[Đđ]ại học|[Cc]ao đẳng|THPT|THCS|[Tt]rung|[Tt]iểu"
    r"|[Mm]ầm non))(?!\w)"
    r"|(?P<named>(?:Sở|Ban|Bộ(?= Chỉ huy| Tư lệnh| CHQS)|Báo và|Bảo hiểm (?:xã hội|y tế)"
    r"|Thuế(?=\s+(?:các|cơ sở|tỉnh|thành phố|xã|phường|khu vực)\b)|Cục|Chi cục|Tổng cục|Trung tâm|Bệnh viện"
    r"|Văn phòng|Kho bạc|Công an"
    r"|Hải quan|Hội|Viện|Học viện|Trường|Quỹ|Đài|Phòng|Báo|(?:Tòa|Toà) án|Liên đoàn|Liên minh|Đoàn|Trạm|Tổ"
    r"|Đội|Hạt"
    r"|Ngân hàng|Bưu điện|Điện lực|(?:Tổng )?[Cc]ông ty|Tập đoàn|Doanh nghiệp|Đảng (?:ủy|uỷ)|Đảng bộ|Chi bộ"
    rf"|Hợp tác xã|Cảng vụ|Thành viên))(?=\s+(?:{_CAPITAL}|các\s|xã\b|phường\b|tỉnh\b|huyện\b|cấp\s"
    rf"|thành phố\b))"
    r"|(?P<free>(?:UBND|(?:Ủy|Uỷ) ban nhân dân) (?:xã|phường)"
    rf"|(?:Trung tâm|Bệnh viện|Công ty|Doanh nghiệp)(?=\s+[a-zđ]))(?=\s+\S)"
    r")"
)
_PERSON = re.compile(
    rf"(?:[Cc]ác\s+)?(?:[Đđ]ồng chí|[Đđ]/c|[Ôô]ng|[Bb]à)\s+(?=[{CAPITALS}])"
    r"|Phó (?:Chủ tịch|Giám đốc|Thủ tướng|Chánh|Trưởng)(?=\s)"
)
_ROLE = re.compile(r"\s*(?:Phó\s|Chủ tịch|Giám đốc|Trưởng|Chánh|Bí thư|(?:Ủy|Uỷ) viên|Thứ trưởng)")
_STOP = re.compile(
    rf"(?P<states>,?\s+(?={STATES}(?!\w)))|(?P<acts>\s+(?={DOES}(?!\w)))|(?P<colon>\s*:)|(?P<list>,|;"
    rf"|\s(?:và|cùng|hoặc)\s)|\s*[.()\n]|$"
)
#: Behind a comma: the name goes on with the same sort.
_SAME_SORT = re.compile(
    r"\s*(?:các\s+)?(?:xã|phường|đặc khu|thị trấn|thị xã|thành phố|huyện|trạm|trung tâm|bệnh viện|trường"
    r"|doanh nghiệp"
    r"|cơ sở|hội|đoàn thể|tổ chức|đơn vị|phòng|ban|tổ|đội|hợp tác xã|nhà thầu|tập đoàn|công ty|thôn|ấp"
    r"|khu phố)(?!\w)"
)
_BETWEEN = re.compile(r"\s*(?:[,;]\s*(?:(?:và|cùng)\s+)?|\s(?:và|cùng|hoặc)\s+)(?:cho\s+|đối với\s+)?(?=\S)")
_ACTS = re.compile(rf"\s*(?::|,?\s*{DOES}(?!\w))")
_DEMANDS = re.compile(rf"\s*,?\s*{DEMANDS}(?!\w)")
#: Words with capitals, one small one between or behind them: ``Trạm Y tế``.
_CAPITALS = re.compile(
    rf"\s+{_CAPITAL}\S*(?:\s+(?:{_CAPITAL}\S*|[^\s,;.:()]+(?=\s+{_CAPITAL})))*(?P<last>\s+[^\W\d_]+)?"
)
_TWO_CAPITALS = re.compile(rf"{_CAPITAL}\S*\s+{_CAPITAL}\S*$")
_GIVES = re.compile(r"(?:Giao|Đề nghị|Yêu cầu|Phân công)\s", re.IGNORECASE)
_HAS_DUTY = re.compile(
    r"\s*(?::|,?\s*(?:chủ trì|có trách nhiệm|chịu trách nhiệm|phối hợp|theo dõi|khẩn trương|tiếp tục|tập trung"
    r"|tăng cường|rà soát|đẩy mạnh|chủ động|hoàn thành|báo cáo|xây dựng|kiểm tra|tham mưu|đề xuất|bố trí"
    r"|nghiên cứu"
    r"|hướng dẫn|quan tâm)\b)"
)
_LONGEST = 18
_MOST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Bodies:
    """Who stands at a place of a text, joined by commas or *và*.

    Attributes:
        names: units and groups; ``exceptions`` are units named behind *trừ*.
        outside: bodies outside the registry that are known.
        unknown: bodies that the registry does not have, as written.
        end: where they end.
    """

    names: tuple[Name, ...]
    exceptions: tuple[Name, ...]
    outside: tuple[str, ...]
    unknown: tuple[str, ...]
    end: int


def bodies_at(
    reader: NameReader, start: int, *, is_told: bool = False, is_heading: bool = False
) -> Bodies | None:
    """Return who stands at a place of a text and acts; ``None`` if nobody does.

    Args:
        is_told: ``Giao`` stands before, so somebody stands there; else what follows has to say that they act.
        is_heading: the text is a heading: whom it names need do nothing.
    """
    text = reader.text
    names: list[Name] = []
    exceptions: list[Name] = []
    outside: list[str] = []
    unknown: list[str] = []
    position = end = start
    for _ in range(_MOST):
        run = reader.run_from(position)
        if run is not None and run.start == position:
            names += run.names
            exceptions += run.exceptions
            unknown += [each.wording if each.wording in text else each.text for each in run.unlisted]
            end = run.end
        elif (body := outside_at(text, position)) is not None:
            outside.append(body)
            end = position + len(body)
        elif (stop := _end_of_body(reader, position, is_told=is_told, is_heading=is_heading)) is not None:
            unknown.append(text[position:stop].strip(" ,;:."))
            end = stop
        else:
            break
        between = _BETWEEN.match(text, end)
        if between is None:
            break
        position = between.end()
    if end == start:
        return None
    if not is_told and not _stand(text[end:], unknown=bool(unknown), is_heading=is_heading):
        return None
    return Bodies(
        names=tuple(names),
        exceptions=tuple(exceptions),
        outside=tuple(dict.fromkeys(outside)),
        unknown=tuple(dict.fromkeys(each for each in unknown if each)),
        end=end,
    )


def is_charged(text: str, name: str) -> bool:
    """Say whether a text surely charges a body with a duty, rather than tells what it does."""
    text = shown(text)
    at = text.find(name)
    return _GIVES.match(text) is not None or (at >= 0 and _HAS_DUTY.match(text, at + len(name)) is not None)


def begins_like_body(text: str) -> bool:
    """Say whether a text begins as names of bodies do."""
    return _BODY.match(text) is not None


def _stand(rest: str, *, unknown: bool, is_heading: bool) -> bool:
    """Say whether those before the rest of a text act; who demands something of others does not."""
    if _DEMANDS.match(rest):
        return False
    return unknown or _ACTS.match(rest) is not None or (is_heading and not rest.strip(" :."))


def _end_of_body(reader: NameReader, position: int, *, is_told: bool, is_heading: bool) -> int | None:
    """Return where the name of a body ends that begins at a place; ``None`` if none begins there."""
    text = reader.text
    head = _BODY.match(text, position)
    if head is None:
        person = _PERSON.match(text, position)
        found = None if person is None else _before_act(reader, position, person.end(), is_person=True)
        return found[0] if found is not None and (found[1] or is_told) else None
    is_whole = head["whole"] is not None
    found = _before_act(reader, position, head.end(), is_whole=is_whole)
    if found is None:
        return None
    end, acts = found
    if acts or is_heading:
        return end if len(text[position:end].split()) <= _LONGEST else None
    if head["free"] is not None:
        return None
    named = _CAPITALS.match(text, head.end())
    if named is not None:
        written = text[head.end() : named.start("last")] if named["last"] else ""
        return named.start("last") if written and _TWO_CAPITALS.search(written) else named.end()
    return head.end() if is_whole else None


def _before_act(
    reader: NameReader, position: int, start: int, *, is_whole: bool = False, is_person: bool = False
) -> tuple[int, bool] | None:
    """Return where a name ends that goes on from a place, and whether what follows says that it acts.

    ``None`` if what follows only tells of it.
    """
    text = reader.text
    for stop in _STOP.finditer(text, start):
        if len(text[position : stop.start()].split()) > _LONGEST:
            break
        if stop["states"] is not None:
            return None
        if stop["acts"] is not None:
            if stop.start() == start and not is_whole:
                continue
            return stop.start(), True
        if stop["list"] is not None:
            if is_person and _ROLE.match(text, stop.end()):
                continue
            following = _behind(text, stop.end())
            if _begins(reader, following):
                return stop.start(), True
            if stop["list"] in ",;" and not _SAME_SORT.match(text, stop.end()):
                return stop.start(), _ACTS.match(text, stop.end()) is not None
            continue
        return stop.start(), stop["colon"] is not None
    return len(text), False


def _behind(text: str, position: int) -> int:
    while position < len(text) and text[position] == " ":
        position += 1
    return position


def _begins(reader: NameReader, position: int) -> bool:
    if position >= len(reader.text) or reader.text[position].islower():
        return False
    run = reader.run_from(position)
    if run is not None and run.start == position:
        return True
    return _BODY.match(reader.text, position) is not None or outside_at(reader.text, position) is not None
