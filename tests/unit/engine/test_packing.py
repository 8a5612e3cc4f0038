"""What is stored for good: packed small, read back whole, and no bit of it changes unseen."""

import random
from hashlib import sha256
from importlib.resources import files

import pytest
import zstandard

from engine import packing
from engine.canonical import canonical_bytes
from engine.packing import Packing, Unreadable, pack, unpack

ENTRY = canonical_bytes(
    {
        "command": "complete_user_task.v1",
        "actor": {"key": "u:clerk"},
        "payload": {
            "task_id": "5a2e7c1e-6b0f-4f0e-9d53-0c4d8b6a7f11",
            "variables": {"note": "Đã hoàn thành"},
        },
        "events": [{"type": "user_task.completed.v1", "element_id": "work"}],
        "state_digest": sha256(b"state").hexdigest(),
    }
)

#: SHA-256 of what every stored byte is read with: a dictionary that changed would make it unreadable.
DICTIONARIES = {
    Packing.JOURNAL_1: "3def85d5585a45a54bbe4cc198e007ae98aecdb2d68b7b6748e9bc59edc7d0d1",
    Packing.STATE_1: "6776e213a83bee2477869f2dae37471c37dd7f548d77c0a48cb5ae0641043ea7",
}


@pytest.mark.parametrize("kind", Packing)
def test_what_is_packed_comes_back(kind: Packing) -> None:
    for content in (ENTRY, b"", b"[]", bytes(range(256)) * 40):
        stored = pack(content, kind)
        assert stored[0] == kind
        assert unpack(stored) == content


def test_an_entry_takes_less_than_two_thirds() -> None:
    assert len(pack(ENTRY, Packing.JOURNAL_1)) < len(ENTRY) / 1.5


@pytest.mark.parametrize("kind", Packing)
def test_the_dictionary_of_a_packing_never_changes(kind: Packing) -> None:
    content = files(packing).joinpath(f"{kind.name.lower()}.dictionary").read_bytes()
    assert sha256(content).hexdigest() == DICTIONARIES[kind]


@pytest.mark.parametrize("kind", Packing)
def test_every_changed_bit_is_seen(kind: Packing) -> None:
    stored = pack(ENTRY, kind)
    for position in range(len(stored)):
        for bit in range(8):
            changed = bytearray(stored)
            changed[position] ^= 1 << bit
            with pytest.raises(Unreadable):
                unpack(bytes(changed))


def test_bytes_cut_or_added_are_seen() -> None:
    stored = pack(ENTRY, Packing.JOURNAL_1)
    for damaged in (b"", stored[:1], stored[:5], stored[:-1], stored + b"\0", stored + stored):
        with pytest.raises(Unreadable):
            unpack(damaged)


def test_what_was_stored_before_packings_is_read() -> None:
    assert unpack(ENTRY) == ENTRY
    assert unpack(zstandard.compress(ENTRY)) == ENTRY


def test_a_frame_that_claims_too_much_is_refused_before_it_is_unpacked() -> None:
    bomb = zstandard.compress(bytes(packing.LONGEST + 1))
    assert len(bomb) < 10_000
    with pytest.raises(Unreadable, match="claim"):
        unpack(bomb)
    silent = zstandard.ZstdCompressor(write_content_size=False).compress(ENTRY)
    with pytest.raises(Unreadable, match="claim"):
        unpack(silent)


def test_a_frame_cannot_hold_more_than_it_claims() -> None:
    honest = bytearray(zstandard.compress(random.Random(1).randbytes(200)))
    honest[5] -= 1  # the size, one byte in a frame as short as this
    with pytest.raises(Unreadable):
        unpack(bytes(honest))


def test_what_is_too_long_to_pack_is_stored_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "LONGEST", 100)
    assert pack(ENTRY, Packing.JOURNAL_1) == ENTRY == unpack(ENTRY)
