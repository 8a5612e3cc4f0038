"""Packs what is stored for good: a byte that names the packing, a checksum, and compressed content.

``| number | CRC-32 of the rest | zstd frame, without its magic number |``

The frame is compressed with a dictionary of words that our own states and entries are full of; the dictionary lies
beside this module under the packing's number. A packing never changes: another dictionary is a new number, and
the old one stays to read what was written. The checksum is over the compressed bytes, so that no bit of them can
change unseen, not even one that decompresses to the same. JSON text, as entries were stored before there were
packings, begins with ``{``, and states with zstd's own magic number; both are read as they are.
"""

import threading
from enum import IntEnum
from functools import cache
from importlib.resources import files
from typing import Any
from zlib import crc32

import zstandard

#: Content beyond it, in bytes, is stored as it is; a frame that claims more is refused before it is unpacked.
LONGEST = 64 * 1024 * 1024

#: Higher levels cost more time than they save at a few kilobytes.
_LEVEL = 3

_CHECKSUM_SIZE = 4

#: How a frame begins that was written before packings had numbers.
_PLAIN_FRAME = b"\x28\xb5\x2f\xfd"

#: Each thread's own compressors; making one costs as much as using it.
_threads = threading.local()


class Packing(IntEnum):
    """The ways of packing, by the number they are stored under."""

    #: Entries of the journal.
    JOURNAL_1 = 1
    #: States of instances.
    STATE_1 = 2


class Unreadable(ValueError):
    """Signals bytes that no packing wrote."""


def pack(content: bytes, packing: Packing) -> bytes:
    """Compress content for storage; what is longer than :data:`LONGEST` comes back as it is."""
    if len(content) > LONGEST:
        return content
    frame = _compressor(packing).compress(content)
    return bytes((packing,)) + crc32(frame).to_bytes(_CHECKSUM_SIZE, "big") + frame


def unpack(stored: bytes) -> bytes:
    """Return what was packed.

    Raises:
        Unreadable: the bytes were changed, or come from a later version.
    """
    if stored[:1] in (b"{", b"["):
        return stored
    if stored[:4] == _PLAIN_FRAME:
        return _decompressed(stored, None)
    try:
        packing = Packing(stored[0])
    except (ValueError, IndexError) as error:
        raise Unreadable("the bytes are packed in no way that is known here") from error
    checksum, frame = stored[1 : 1 + _CHECKSUM_SIZE], stored[1 + _CHECKSUM_SIZE :]
    if crc32(frame).to_bytes(_CHECKSUM_SIZE, "big") != checksum:
        raise Unreadable("the packed bytes do not have the checksum before them")
    return _decompressed(frame, packing)


def _decompressed(frame: bytes, packing: Packing | None) -> bytes:
    shape = zstandard.FORMAT_ZSTD1 if packing is None else zstandard.FORMAT_ZSTD1_MAGICLESS
    try:
        size = zstandard.get_frame_parameters(frame, format=shape).content_size
        if size > LONGEST:
            raise Unreadable(
                f"the packed bytes claim to hold more than {LONGEST} bytes, or do not say how many"
            )
        content: bytes = _decompressor(packing).decompress(frame, allow_extra_data=False)
    except zstandard.ZstdError as error:
        raise Unreadable(f"the packed bytes cannot be unpacked: {error}") from error
    return content


@cache
def _dictionary(packing: Packing) -> zstandard.ZstdCompressionDict:
    content = files(__package__).joinpath(f"{packing.name.lower()}.dictionary").read_bytes()
    dictionary = zstandard.ZstdCompressionDict(content)
    dictionary.precompute_compress(level=_LEVEL)
    return dictionary


def _compressor(packing: Packing) -> zstandard.ZstdCompressor:
    made = _of_this_thread("compressors")
    if packing not in made:
        parameters = zstandard.ZstdCompressionParameters.from_level(
            _LEVEL,
            format=zstandard.FORMAT_ZSTD1_MAGICLESS,
            write_content_size=True,
            write_checksum=False,
            write_dict_id=False,
        )
        made[packing] = zstandard.ZstdCompressor(
            dict_data=_dictionary(packing), compression_params=parameters
        )
    compressor: zstandard.ZstdCompressor = made[packing]
    return compressor


def _decompressor(packing: Packing | None) -> zstandard.ZstdDecompressor:
    made = _of_this_thread("decompressors")
    if packing not in made:
        made[packing] = (
            zstandard.ZstdDecompressor()
            if packing is None
            else zstandard.ZstdDecompressor(
                dict_data=_dictionary(packing), format=zstandard.FORMAT_ZSTD1_MAGICLESS
            )
        )
    decompressor: zstandard.ZstdDecompressor = made[packing]
    return decompressor


def _of_this_thread(name: str) -> dict[Packing | None, Any]:
    kept: dict[Packing | None, Any] = _threads.__dict__.setdefault(name, {})
    return kept
