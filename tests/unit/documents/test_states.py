"""The states of a document: which may follow which."""

from processes.documents.states import TRANSITIONS, DocumentState


def test_every_state_is_in_the_table() -> None:
    assert set(TRANSITIONS) == set(DocumentState)


def test_what_is_withdrawn_stays_so_and_nothing_follows_itself() -> None:
    assert TRANSITIONS[DocumentState.WITHDRAWN] == frozenset()
    assert all(state not in following for state, following in TRANSITIONS.items())


def test_only_a_leader_or_an_operator_leads_to_the_units() -> None:
    before_issue = {state for state, following in TRANSITIONS.items() if DocumentState.ISSUED in following}
    assert before_issue == {DocumentState.APPROVED, DocumentState.DRAFT}
    before_approval = {
        state for state, following in TRANSITIONS.items() if DocumentState.APPROVED in following
    }
    assert before_approval == {DocumentState.IN_REVIEW, DocumentState.ISSUED}
