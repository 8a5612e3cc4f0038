"""Messages and signals between instances: refused, kept for a stated time, or delivered after commit."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from engine import clock
from engine.actors import SYSTEM, Actor
from engine.commands import StartInstance
from engine.database import reading
from engine.definitions.resources import ModelResources
from engine.dispatch import Dispatcher
from engine.errors import MessageAmbiguous, MessageNotExpected, NotAuthorised
from engine.history.verify import verify_all
from engine.ids import new_id
from engine.instances.inspect import find_instance
from engine.messages.delivery import receivers
from engine.messages.publish import IfNobodyWaits, PublishMessage, publish
from engine.outbox import deliver_due
from engine.tables import kept_message
from tests.drawing import end, flows, io, message, model, node, start, user_task

MORNING = datetime(2026, 6, 12, 1, tzinfo=UTC)

#: Waits for an answer under its key.
ASKING = model(
    start(),
    '<bpmn:intermediateCatchEvent id="wait" name="wait"><bpmn:messageEventDefinition messageRef="answer"/>'
    "</bpmn:intermediateCatchEvent>",
    user_task("read"),
    end(),
    flows("begin", "wait", "read", "finish"),
    messages=message("answer", "answered", "key"),
    process="asking",
)

ASKING_TWICE = model(
    start(),
    *(
        f'<bpmn:intermediateCatchEvent id="{wait}" name="wait"><bpmn:messageEventDefinition messageRef="answer"/>'
        "</bpmn:intermediateCatchEvent>"
        for wait in ("wait", "wait_again")
    ),
    user_task("read"),
    end(),
    flows("begin", "wait", "wait_again", "read", "finish"),
    messages=message("answer", "answered", "key"),
    process="asking_twice",
)

#: Sends the answer, with what its input mapping says.
ANSWERING = model(
    start(),
    '<bpmn:intermediateThrowEvent id="tell" name="tell"><bpmn:extensionElements>'
    + io(inputs=[("text", "words")])
    + '</bpmn:extensionElements><bpmn:messageEventDefinition messageRef="answer"/></bpmn:intermediateThrowEvent>',
    end(),
    flows("begin", "tell", "finish"),
    messages=message("answer", "answered", "key"),
    process="answering",
)

_SIGNAL = '<bpmn:signal id="bell" name="bell_rung"/>'

LISTENING = model(
    start(),
    '<bpmn:intermediateCatchEvent id="hear" name="hear"><bpmn:signalEventDefinition signalRef="bell"/>'
    "</bpmn:intermediateCatchEvent>",
    end(),
    flows("begin", "hear", "finish"),
    messages=_SIGNAL,
    process="listening",
)

RINGING = model(
    start(),
    node("parallelGateway", "both"),
    '<bpmn:intermediateCatchEvent id="hear_too" name="hear"><bpmn:signalEventDefinition signalRef="bell"/>'
    "</bpmn:intermediateCatchEvent>",
    '<bpmn:endEvent id="ring" name="ring"><bpmn:signalEventDefinition signalRef="bell"/></bpmn:endEvent>',
    end(),
    flows("begin", "both", "ring"),
    flows("both", "hear_too", "finish"),
    messages=_SIGNAL,
    process="ringing",
)


class Post:
    """Starts instances and carries what is in the outbox."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self.dispatcher = dispatcher
        self.hashes = {
            name: dispatcher.deploy(ModelResources(bpmn=content), actor=SYSTEM)
            for name, content in {
                "asking": ASKING,
                "asking_twice": ASKING_TWICE,
                "answering": ANSWERING,
                "listening": LISTENING,
                "ringing": RINGING,
            }.items()
        }

    def start(self, name: str, **variables: Any) -> UUID:
        instance_id = new_id()
        self.dispatcher.execute(
            StartInstance(
                command_id=new_id(),
                actor=SYSTEM,
                instance_id=instance_id,
                definition_hash=self.hashes[name],
                business_key=name,
                variables=variables,
            )
        )
        return instance_id

    def carry(self) -> int:
        return deliver_due(self.dispatcher.database, receivers(self.dispatcher))

    def status(self, instance_id: UUID) -> str:
        with reading(self.dispatcher.database) as connection:
            return find_instance(connection, self.dispatcher.definitions, instance_id).status

    def variables(self, instance_id: UUID) -> Mapping[str, Any]:
        with reading(self.dispatcher.database) as connection:
            return find_instance(connection, self.dispatcher.definitions, instance_id).variables

    def active(self, instance_id: UUID) -> tuple[str, ...]:
        with reading(self.dispatcher.database) as connection:
            return find_instance(connection, self.dispatcher.definitions, instance_id).active_elements


@pytest.fixture
def post(dispatcher: Dispatcher) -> Iterator[Post]:
    """Four small processes; whatever a test does with them is verified by execution."""
    with clock.frozen_at(MORNING):
        opened = Post(dispatcher)
        yield opened
        with reading(dispatcher.database) as connection:
            for verified in verify_all(connection, dispatcher.definitions):
                assert verified.difference is None


def answer(key: str, *, message_id: UUID | None = None, **options: Any) -> PublishMessage:
    return PublishMessage(
        message_id=message_id or new_id(),
        actor=SYSTEM,
        message_name="answered",
        correlation_key=key,
        variables={"words": "yes"},
        **options,
    )


def test_a_message_for_nobody_is_refused_unless_it_is_to_be_kept(post: Post) -> None:
    with pytest.raises(MessageNotExpected):
        publish(post.dispatcher, answer("A"))
    kept = publish(
        post.dispatcher,
        answer("A", if_nobody_waits=IfNobodyWaits.KEEP, keep_for=timedelta(hours=2)),
    )
    assert kept.answer is None
    assert kept.kept_until == MORNING + timedelta(hours=2)


def test_a_kept_message_reaches_the_first_who_begins_to_wait(post: Post) -> None:
    publish(post.dispatcher, answer("A", if_nobody_waits=IfNobodyWaits.KEEP))
    other, first, second = (post.start("asking", key=key) for key in ("B", "A", "A"))
    post.carry()
    assert post.active(first) == ("read",)
    assert post.variables(first)["words"] == "yes"
    assert post.active(second) == post.active(other) == ("wait",)


def test_kept_messages_are_delivered_one_after_the_other_in_their_order(post: Post) -> None:
    for minute, words in enumerate(("first", "second", "third")):
        with clock.frozen_at(MORNING + timedelta(minutes=minute)):
            publish(
                post.dispatcher,
                PublishMessage(
                    message_id=new_id(),
                    actor=SYSTEM,
                    message_name="answered",
                    correlation_key="A",
                    variables={"words": words},
                    if_nobody_waits=IfNobodyWaits.KEEP,
                ),
            )
    twice = post.start("asking_twice", key="A")
    while post.carry():
        pass
    assert post.active(twice) == ("read",)
    assert post.variables(twice)["words"] == "second"
    once = post.start("asking", key="A")
    post.carry()
    assert post.variables(once)["words"] == "third"


def test_a_new_message_does_not_overtake_those_that_are_kept(post: Post) -> None:
    def say(words: str) -> PublishMessage:
        return replace(answer("A", if_nobody_waits=IfNobodyWaits.KEEP), variables={"words": words})

    for minute, words in enumerate(("first", "second")):
        with clock.frozen_at(MORNING + timedelta(minutes=minute)):
            publish(post.dispatcher, say(words))
    with clock.frozen_at(MORNING + timedelta(hours=1)):
        twice = post.start("asking_twice", key="A")
        third = publish(post.dispatcher, say("third"))
        assert third.answer is None, "it is kept: two that came before it have been taken"
        assert post.active(twice) == ("read",)
        assert post.variables(twice)["words"] == "second"
        post.carry()
        once = post.start("asking", key="A")
        post.carry()
    assert post.variables(once)["words"] == "third"


def test_a_delivery_that_was_applied_and_not_noted_is_not_applied_to_another(post: Post) -> None:
    publish(post.dispatcher, answer("A", if_nobody_waits=IfNobodyWaits.KEEP))
    first = post.start("asking", key="A")
    post.carry()
    with post.dispatcher.database.begin() as connection:
        connection.execute(update(kept_message).values(delivered_at=None))
    second = post.start("asking", key="A")
    post.carry()
    assert (post.active(first), post.active(second)) == (("read",), ("wait",))


def test_a_kept_message_expires(post: Post) -> None:
    publish(post.dispatcher, answer("A", if_nobody_waits=IfNobodyWaits.KEEP, keep_for=timedelta(hours=2)))
    with clock.frozen_at(MORNING + timedelta(hours=2)):
        late = post.start("asking", key="A")
        post.carry()
        assert post.active(late) == ("wait",)


def test_a_message_kept_or_delivered_once_stays_so_however_often_it_is_sent(post: Post) -> None:
    message_id = new_id()
    for _ in range(2):
        publish(post.dispatcher, answer("A", message_id=message_id, if_nobody_waits=IfNobodyWaits.KEEP))
    first = post.start("asking", key="A")
    post.carry()
    second = post.start("asking", key="A")
    publish(post.dispatcher, answer("A", message_id=message_id, if_nobody_waits=IfNobodyWaits.KEEP))
    post.carry()
    assert post.active(first) == ("read",)
    assert post.active(second) == ("wait",)
    with reading(post.dispatcher.database) as connection:
        (row,) = connection.execute(select(kept_message)).all()
        assert row.delivered_at == MORNING


def test_a_message_that_two_wait_for_is_refused_and_reaches_neither(post: Post) -> None:
    waiting = [post.start("asking", key="A") for _ in range(2)]
    with pytest.raises(MessageAmbiguous):
        publish(post.dispatcher, answer("A", if_nobody_waits=IfNobodyWaits.KEEP))
    assert [post.active(each) for each in waiting] == [("wait",), ("wait",)]


def test_only_who_may_correlate_may_have_a_message_kept(post: Post) -> None:
    stranger = PublishMessage(
        message_id=new_id(),
        actor=Actor(key="u:stranger"),
        message_name="answered",
        correlation_key="A",
        if_nobody_waits=IfNobodyWaits.KEEP,
    )
    with pytest.raises(NotAuthorised):
        publish(post.dispatcher, stranger)


def test_a_message_is_not_kept_for_ever() -> None:
    with pytest.raises(ValueError, match="366 days"):
        answer("A", if_nobody_waits=IfNobodyWaits.KEEP, keep_for=timedelta(days=400))


def test_a_thrown_message_reaches_the_instance_that_waits_under_its_key(post: Post) -> None:
    mine, other = post.start("asking", key="A"), post.start("asking", key="B")
    sender = post.start("answering", key="A", words="go ahead")
    assert post.status(sender) == "completed"
    assert post.active(mine) == ("wait",)
    post.carry()
    assert post.active(mine) == ("read",)
    assert post.variables(mine)["text"] == "go ahead"
    assert post.active(other) == ("wait",)


def test_a_thrown_message_waits_a_day_for_its_receiver(post: Post) -> None:
    post.start("answering", key="A", words="early")
    post.carry()
    mine = post.start("asking", key="A")
    post.carry()
    assert post.variables(mine)["text"] == "early"


def test_a_signal_reaches_everybody_who_waits_in_every_instance(post: Post) -> None:
    listeners = [post.start("listening") for _ in range(3)]
    ringing = post.start("ringing")
    assert post.status(ringing) == "completed"  # it hears itself at once
    assert [post.status(each) for each in listeners] == ["active"] * 3
    post.carry()
    assert [post.status(each) for each in listeners] == ["completed"] * 3


def test_who_begins_to_listen_later_does_not_hear_an_old_signal(post: Post) -> None:
    post.start("ringing")
    with clock.frozen_at(MORNING + timedelta(minutes=1)):
        late = post.start("listening")
        post.carry()
        assert post.status(late) == "active"
