"""Keeps the table of assignments in step with the journal, inside each command's transaction.

It reads nothing but the events and the effective time, so it can be run again over old journals.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.engine import Connection

from engine import clock
from engine.dispatch import Recorded
from engine.errors import InvalidVariables
from processes.assignments.status import Lifecycle
from processes.assignments.tables import Assignment

#: The process whose instances are assignments.
PROCESS_KEY = "assignment"

Change = dict[str, Any]

_INSERT = insert(Assignment)
_UPDATE = update(Assignment).where(Assignment.id == bindparam("b_id"))


def project(recorded: Recorded) -> None:
    """Apply what a command did to its assignment's row."""
    if recorded.instance.process_key != PROCESS_KEY:
        return
    events = list(recorded.step.stored_events)
    apply_events(recorded.connection, recorded.instance.id, events, recorded.effective_at)


def apply_events(
    connection: Connection, assignment_id: UUID, events: Sequence[Mapping[str, Any]], effective_at: datetime
) -> None:
    """Apply a journal entry's events to the row of its assignment; create the row at the start."""
    first = events[0] if events else {}
    if first.get("type") == "process_instance.started.v1":
        values = _started(first["variables"], effective_at)
        for event in events[1:]:
            values |= _change(event, effective_at, values)
        connection.execute(_INSERT, {"id": assignment_id, **values})
        return
    known: Mapping[str, Any] = {}
    if any(event["type"] in _BUILDING_ON_THE_ROW for event in events):
        row = connection.execute(
            select(
                Assignment.status,
                Assignment.supplement_count,
                Assignment.escalation_level,
                Assignment.lead_unit,
                Assignment.former_unit,
            ).where(Assignment.id == assignment_id)
        ).one()
        known = dict(row._mapping)
    changes: Change = {}
    for event in events:
        changes |= _change(event, effective_at, {**known, **changes})
    if changes:
        connection.execute(_UPDATE, {"b_id": assignment_id, **changes, "updated_at": effective_at})


def _started(variables: Mapping[str, Any], effective_at: datetime) -> Change:
    deadline_on = variables.get("deadline_on")
    return {
        "document_id": UUID(variables["document_id"]),
        "directive_id": UUID(variables["directive_id"]),
        "lead_unit": variables["lead_unit"],
        "status": Lifecycle.ISSUED,
        "issued_on": date.fromisoformat(variables["issued_on"]),
        "deadline_on": _date(deadline_on),
        "baseline_deadline_on": _date(deadline_on),
        "deadline_source": variables["deadline_source"],
        "deadline_passed_on_receipt": bool(variables.get("deadline_passed_on_receipt")),
        "acknowledged_by_default": False,
        "supplement_count": 0,
        "escalation_level": 0,
        "issue_round": int(variables.get("issue_round") or 1),
        "updated_at": effective_at,
    }


def _change(event: Mapping[str, Any], effective_at: datetime, known: Mapping[str, Any]) -> Change:
    match event["type"]:
        case "user_task.completed.v1" if event["element_id"] in _USER_TASKS:
            return _USER_TASKS[event["element_id"]](event["variables"], effective_at)
        case "service_task.completed.v1" if event["element_id"] in _SERVICE_TASKS:
            return _SERVICE_TASKS[event["element_id"]](event["result"], effective_at, known)
        case "service_task.skipped.v1" if event["element_id"] in _SERVICE_TASKS:
            return _given(event, effective_at, known)
        case "message.correlated.v1" if event["element_id"] == "await_documents":
            return {"status": Lifecycle.ACKNOWLEDGED} | _deadline_given(event["variables"])
        case "variable.changed.v1" if event["name"] in _DEADLINE_VARIABLES and "scope_id" not in event:
            return _DEADLINE_VARIABLES[event["name"]](event.get("new"))
        case "decision.evaluated.v1" if event["element_id"] == "classify_result":
            result = event["result"]
            return {
                "status": Lifecycle.DONE,
                "completed_at": effective_at,
                "classification": result["label"],
                "points": result["points"],
                "outcome": result["outcome"],
            }
        case "process_instance.completed.v1":
            return {"end_event": event.get("end_event")}
        case "process_instance.cancelled.v1":
            done = known["status"] == Lifecycle.DONE  # what is cancelled is only what would have followed
            return {"end_event": "cancelled"} | ({} if done else {"status": Lifecycle.WITHDRAWN})
        case "variable.changed.v1" if event["name"] == "lead_unit" and "scope_id" not in event:
            return _given_over(event["new"], known)
    return {}


def _given_over(lead_unit: str, known: Mapping[str, Any]) -> Change:
    """Note another lead unit, and the one it was issued to for as long as that is another."""
    issued_to = known["former_unit"] or known["lead_unit"]
    return {"lead_unit": lead_unit, "former_unit": None if issued_to == lead_unit else issued_to}


#: Events whose effect depends on how the row stands.
_BUILDING_ON_THE_ROW = frozenset(
    {
        "process_instance.cancelled.v1",
        "service_task.completed.v1",
        "service_task.skipped.v1",
        "variable.changed.v1",
    }
)


def _acknowledged(variables: Mapping[str, Any], at: datetime) -> Change:
    if variables["acknowledgement"] == "return":
        return {"status": Lifecycle.RETURNED}
    return {"status": Lifecycle.ACKNOWLEDGED, "acknowledged_at": at}


def _return_resolved(variables: Mapping[str, Any], at: datetime) -> Change:
    if variables["return_resolution"] == "keep":
        return {"status": Lifecycle.ACKNOWLEDGED, "acknowledged_at": at}
    return {"status": Lifecycle.WITHDRAWN}


def _progressed(_variables: Mapping[str, Any], _at: datetime) -> Change:
    return {"status": Lifecycle.IN_PROGRESS}


def _accountability_decided(variables: Mapping[str, Any], _at: datetime) -> Change:
    return {"accountability_decision": variables["accountability_decision"]}


_USER_TASKS: dict[str, Callable[[Mapping[str, Any], datetime], Change]] = {
    "acknowledge_assignment": _acknowledged,
    "resolve_return": _return_resolved,
    "execute_assignment": _progressed,
    "decide_accountability": _accountability_decided,
}


def _deadline_given(variables: Mapping[str, Any]) -> Change:
    """Return the deadline of an assignment that waited; it is its baseline from now on."""
    if "deadline_on" not in variables:
        return {}
    deadline_on = _date(variables["deadline_on"])
    return {
        "deadline_on": deadline_on,
        "baseline_deadline_on": deadline_on,
        "deadline_source": variables["deadline_source"],
    }


#: Variables of the deadline that are set by command; the baseline is among them only where there was none.
_DEADLINE_VARIABLES: dict[str, Callable[[Any], Change]] = {
    "deadline_on": lambda new: {"deadline_on": _date(new)},
    "deadline_source": lambda new: {"deadline_source": new},
    "baseline_deadline_on": lambda new: {"baseline_deadline_on": _date(new)},
}


def _acknowledged_by_default(_result: Mapping[str, Any], at: datetime, _known: Mapping[str, Any]) -> Change:
    return {"status": Lifecycle.ACKNOWLEDGED, "acknowledged_at": at, "acknowledged_by_default": True}


def _waits(_result: Mapping[str, Any], _at: datetime, _known: Mapping[str, Any]) -> Change:
    return {"status": Lifecycle.WAITING}


def _recalled(_result: Mapping[str, Any], _at: datetime, _known: Mapping[str, Any]) -> Change:
    return {"status": Lifecycle.WITHDRAWN}


def _registered(result: Mapping[str, Any], _at: datetime, _known: Mapping[str, Any]) -> Change:
    return {
        "status": Lifecycle.AWAITING_APPRAISAL,
        "submitted_at": clock.from_text(result["submitted_at"]),
    }


def _supplement_requested(_result: Mapping[str, Any], _at: datetime, known: Mapping[str, Any]) -> Change:
    return {
        "status": Lifecycle.SUPPLEMENT_REQUESTED,
        "submitted_at": None,
        "supplement_count": known["supplement_count"] + 1,
    }


def _measured(result: Mapping[str, Any], _at: datetime, _known: Mapping[str, Any]) -> Change:
    return {"late_working_days": result["late_working_days"]}


def _escalated(result: Mapping[str, Any], _at: datetime, known: Mapping[str, Any]) -> Change:
    return {"escalation_level": max(known["escalation_level"], result.get("escalation_level") or 0)}


def _accountability_opened(_result: Mapping[str, Any], at: datetime, _known: Mapping[str, Any]) -> Change:
    return {"accountability_opened_at": at}


def _commended(_result: Mapping[str, Any], at: datetime, _known: Mapping[str, Any]) -> Change:
    return {"commended_at": at}


_SERVICE_TASKS: dict[str, Callable[[Mapping[str, Any], datetime, Mapping[str, Any]], Change]] = {
    "acknowledge_by_default": _acknowledged_by_default,
    "announce_waiting": _waits,
    "announce_recall": _recalled,
    "register_result": _registered,
    "request_supplement": _supplement_requested,
    "measure_result": _measured,
    "send_escalation": _escalated,
    "open_accountability": _accountability_opened,
    "announce_commendation": _commended,
}


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _given(event: Mapping[str, Any], at: datetime, known: Mapping[str, Any]) -> Change:
    """Apply what a person gave in place of a service task; it must hold what the row takes from that.

    Raises:
        InvalidVariables: it does not.
    """
    try:
        return _SERVICE_TASKS[event["element_id"]](event["result"], at, known)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InvalidVariables(
            f"Expected an output with all that service task '{event['element_id']}' gives, but {error!r}",
            errors=[{"key": "output", "code": "incomplete"}],
        ) from error
