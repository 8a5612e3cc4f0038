"""``python -m tests.fuzz -max_total_time=600``: looks for crashes, hangs and escapes in FEEL with atheris.

Run by hand; ``pip install atheris`` first. Options are those of libFuzzer. Whatever is found becomes a line of
``tests/unit/feel/test_feel_findings.py``.
"""

import sys
from time import process_time
from typing import Any

import atheris

with atheris.instrument_imports(include=["engine.feel", "engine.dmn"]):
    from tests.fuzz.target import PIECES, check

#: An input that takes longer is a finding; the instrumentation makes everything several times slower.
LONGEST_SECONDS = 8.0


def one_input(data: bytes) -> None:
    """Make an expression of the bytes: raw text, or a row of pieces of the language."""
    provider = atheris.FuzzedDataProvider(data)
    unary, raw = provider.ConsumeBool(), provider.ConsumeIntInRange(0, 3) == 0
    if raw:
        text = provider.ConsumeUnicodeNoSurrogates(provider.remaining_bytes())
    else:
        parts: list[str] = []
        while provider.remaining_bytes() > 0 and len(parts) < 200:
            parts.append(PIECES[provider.ConsumeIntInRange(0, len(PIECES) - 1)])
        text = " ".join(parts)
    begun = process_time()
    check(text, unary=unary)
    if process_time() - begun > LONGEST_SECONDS:
        raise AssertionError(f"{text!r} took {process_time() - begun:.1f} s")


def main() -> Any:
    """Fuzz until the time is over or something is found."""
    atheris.Setup([sys.argv[0], "-timeout=30", "-max_len=600", *sys.argv[1:]], one_input)
    return atheris.Fuzz()


if __name__ == "__main__":
    main()
