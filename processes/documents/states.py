"""Where a document and its directives stand, and where a directive comes from."""

from collections.abc import Mapping
from enum import StrEnum


class DocumentState(StrEnum):
    """How far a document is on its way to the units."""

    #: Dự thảo: it can be edited.
    DRAFT = "draft"
    #: Trình phê duyệt: a leader is asked.
    IN_REVIEW = "in_review"
    #: Đã phê duyệt: it can be issued.
    APPROVED = "approved"
    #: Bị từ chối: the leader does not want it issued.
    REFUSED = "refused"
    #: Đã giao: its assignments run.
    ISSUED = "issued"
    #: Đã thu hồi.
    WITHDRAWN = "withdrawn"
    #: Không có nội dung giao việc: a person has said that it directs nothing.
    NO_DIRECTIVE = "no_directive"


#: Which state may follow which.
TRANSITIONS: Mapping[DocumentState, frozenset[DocumentState]] = {
    DocumentState.DRAFT: frozenset(
        {
            DocumentState.IN_REVIEW,
            DocumentState.ISSUED,
            DocumentState.WITHDRAWN,
            DocumentState.NO_DIRECTIVE,
        }
    ),
    DocumentState.IN_REVIEW: frozenset(
        {DocumentState.APPROVED, DocumentState.DRAFT, DocumentState.REFUSED, DocumentState.WITHDRAWN}
    ),
    DocumentState.APPROVED: frozenset({DocumentState.ISSUED, DocumentState.DRAFT, DocumentState.WITHDRAWN}),
    DocumentState.REFUSED: frozenset({DocumentState.DRAFT, DocumentState.WITHDRAWN}),
    DocumentState.ISSUED: frozenset({DocumentState.APPROVED, DocumentState.DRAFT, DocumentState.WITHDRAWN}),
    DocumentState.WITHDRAWN: frozenset(),
    DocumentState.NO_DIRECTIVE: frozenset({DocumentState.DRAFT}),
}


class DirectiveState(StrEnum):
    """Whether a directive is given to units, or what took its place."""

    #: It is given.
    ACTIVE = "active"
    #: Its parts are given in its place.
    SPLIT = "split"
    #: It is given together with others, as a new one.
    MERGED = "merged"
    #: The coordinator has left it out.
    DROPPED = "dropped"
    #: What it was made of is given again in its place.
    SUPERSEDED = "superseded"
    #: It was given and taken back.
    WITHDRAWN = "withdrawn"


class Origin(StrEnum):
    """Where a directive comes from."""

    #: Read in the document.
    READ = "read"
    #: A part of another one.
    SPLIT = "split"
    #: Several others as one.
    MERGED = "merged"
    #: Written by the coordinator.
    ADDED = "added"


class ReportingPeriod(StrEnum):
    """How often a unit reports on a directive (kỳ báo cáo, DOMAIN §7.10 T1)."""

    #: Not at all.
    NONE = "none"
    #: Every week.
    WEEK = "week"
    #: Every two weeks.
    FORTNIGHT = "fortnight"
    #: Every month.
    MONTH = "month"
    #: Every quarter.
    QUARTER = "quarter"


class Nature(StrEnum):
    """Of what nature a directive is (loại, DOMAIN §7.10)."""

    #: Một lần.
    ONE_OFF = "one_off"
    #: Định kỳ.
    PERIODIC = "periodic"
    #: Thường xuyên.
    CONTINUOUS = "continuous"
    #: Chờ sự kiện: it waits for other documents.
    WAITS_FOR_EVENT = "waits_for_event"
    #: Đề nghị: it asks where others order.
    REQUEST = "request"
