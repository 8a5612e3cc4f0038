"""The engine's basic values: clock, identifiers, canonical JSON, commands and their payloads."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest

from engine import clock
from engine.actors import SYSTEM, Actor
from engine.canonical import canonical_bytes, normalised, sha256_hex
from engine.commands import COMMANDS, CompleteUserTask, FireTimer, StartInstance, command_from, payload_of
from engine.ids import derived_id, new_id
from engine.instances.modules import MODULES

NOON = datetime(2026, 6, 12, 12, 0, tzinfo=UTC)


def test_frozen_clock_answers_the_instant_and_is_released_afterwards() -> None:
    with clock.frozen_at(NOON):
        assert clock.now() == NOON
        with clock.frozen_at(NOON + timedelta(days=1)):
            assert clock.now() == NOON + timedelta(days=1)
        assert clock.now() == NOON
    assert clock.now() > NOON


def test_business_day_begins_at_midnight_in_vietnam() -> None:
    with clock.frozen_at(datetime(2026, 6, 12, 17, 30, tzinfo=UTC)):
        assert clock.today().isoformat() == "2026-06-13"


def test_instant_without_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        clock.require_aware(datetime(2026, 6, 12))  # noqa: DTZ001 - a naive instant is what is tested


def test_instants_are_written_in_one_form_and_read_back() -> None:
    local = datetime(2026, 6, 12, 19, 0, tzinfo=timezone(timedelta(hours=7)))
    assert clock.to_text(local) == "2026-06-12T12:00:00.000000Z"
    assert clock.from_text(clock.to_text(local)) == local


def test_derived_identifiers_are_the_same_for_the_same_parts_and_differ_otherwise() -> None:
    assert derived_id("issue", 1, "SNV") == derived_id("issue", 1, "SNV")
    assert derived_id("a", "bc") != derived_id("ab", "c")
    assert new_id() != new_id()


def test_canonical_json_does_not_depend_on_the_order_of_keys() -> None:
    assert canonical_bytes({"b": 1, "a": [True, None]}) == b'{"a":[true,null],"b":1}'
    assert list(normalised({"b": 1, "a": 2})) == ["a", "b"]
    assert sha256_hex(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("value", [{1, 2}, object(), float("nan"), 2**60, {1: "a"}])
def test_what_json_cannot_carry_is_refused(value: object) -> None:
    with pytest.raises(ValueError):
        canonical_bytes({"value": value})


def test_every_command_is_rebuilt_from_its_payload() -> None:
    commands = [
        StartInstance(
            command_id=new_id(),
            actor=SYSTEM,
            instance_id=new_id(),
            definition_hash="0" * 64,
            business_key="k",
            variables={"a": 1},
        ),
        CompleteUserTask(command_id=new_id(), actor=SYSTEM, task_id=new_id(), variables={"b": [1]}),
        FireTimer(command_id=new_id(), timer_id=UUID(int=7), due_at=NOON),
    ]
    for command in commands:
        rebuilt = command_from(
            command.tag, command.command_id, command.actor, normalised(payload_of(command))
        )
        assert rebuilt == command


def test_command_tags_are_unique_and_versioned() -> None:
    assert COMMANDS.keys() == MODULES.keys()
    assert all(tag.endswith(".v1") for tag in COMMANDS)


def test_an_actor_needs_a_key() -> None:
    with pytest.raises(ValueError, match="key"):
        Actor(key="")
