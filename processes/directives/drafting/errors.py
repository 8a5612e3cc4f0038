"""Why a draft is not changed, submitted or issued."""

from typing import ClassVar

from engine.errors import Rejection


class DraftChanged(Rejection):
    """Somebody changed the document since; ``params["changes"]`` says who, what and when."""

    code: ClassVar[str] = "draft_changed"
    status: ClassVar[int] = 409


class DocumentStateWrong(Rejection):
    """The document is not in a state in which this can be done."""

    code: ClassVar[str] = "document_state_wrong"
    status: ClassVar[int] = 409


class DirectiveStateWrong(Rejection):
    """The directive was split, merged, dropped or withdrawn, or is not."""

    code: ClassVar[str] = "directive_state_wrong"
    status: ClassVar[int] = 409


class DraftInvalid(Rejection):
    """A value is none that can be set; ``params["field"]`` names it."""

    code: ClassVar[str] = "draft_invalid"


class PartsNotOfText(Rejection):
    """A part of a directive that is to be split is not in its text."""

    code: ClassVar[str] = "parts_not_of_text"


class ReasonRequired(Rejection):
    """The act needs a reason."""

    code: ClassVar[str] = "reason_required"


class DirectivesUnclear(Rejection):
    """Directives lack what they need before they go out; ``params["problems"]`` names each gap."""

    code: ClassVar[str] = "directives_unclear"
    status: ClassVar[int] = 409


class WarningUnanswered(Rejection):
    """No directive was found, and nobody has said that there is none."""

    code: ClassVar[str] = "warning_unanswered"
    status: ClassVar[int] = 409


class ApproverInvolved(Rejection):
    """Who approves has submitted the document, or edited it last."""

    code: ClassVar[str] = "approver_involved"
    status: ClassVar[int] = 403


class DocumentUndone(Rejection):
    """The issue of the document was undone, so that its assignments are being cancelled."""

    code: ClassVar[str] = "document_undone"
    status: ClassVar[int] = 409


class AlreadyAcknowledged(Rejection):
    """A unit has acknowledged; ``params["unit"]`` was the first."""

    code: ClassVar[str] = "already_acknowledged"
    status: ClassVar[int] = 409


class NotAwaited(Rejection):
    """The directive does not wait for such a document, or it has come already."""

    code: ClassVar[str] = "not_awaited"
    status: ClassVar[int] = 409
