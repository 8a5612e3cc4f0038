"""Reads regular expressions (those of XPath, as DMN 1.5 asks for) into a program for a matching machine.

Python's own engine takes exponential time on some patterns; the machine in ``pattern_matching`` never does. It
knows no references back to a group; a pattern with one is refused.
"""

from dataclasses import dataclass

from engine.feel.characters import (
    BLOCKS,
    SHORTHANDS,
    Test,
    any_case,
    anything,
    between,
    difference,
    of_category,
    one_of,
    opposite,
    same,
    within_line,
)

#: Instructions of the longest accepted program.
MAX_PROGRAM = 4_000
#: Longest accepted pattern, in characters.
MAX_PATTERN = 2_000
#: Deepest accepted nesting of groups.
_MAX_GROUPS = 40
_SPECIAL = frozenset("\\|.?*+(){}[]^$")
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t"}


class BadPattern(ValueError):
    """The text is no regular expression, or one that is too large."""


@dataclass(frozen=True, slots=True)
class Take:
    """Consume one character that passes a test."""

    test: Test


@dataclass(frozen=True, slots=True)
class Fork:
    """Go on in two places, the first one preferred."""

    first: int
    second: int


@dataclass(frozen=True, slots=True)
class Jump:
    """Go on elsewhere."""

    target: int


@dataclass(frozen=True, slots=True)
class Save:
    """Remember the position as the start or end of a group."""

    slot: int


@dataclass(frozen=True, slots=True)
class Border:
    """Go on only at the start (or end) of the text, or of a line."""

    at_start: bool
    of_line: bool


@dataclass(frozen=True, slots=True)
class Accept:
    """The pattern matches."""


Instruction = Take | Fork | Jump | Save | Border | Accept


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled pattern."""

    instructions: tuple[Instruction, ...]
    groups: int


def read_pattern(pattern: str, flags: str) -> Program:
    """Return the program of a pattern.

    Args:
        flags: ``s`` (a point takes line ends), ``m`` (lines have borders), ``i`` (capitals do not matter), ``x``
            (white space is left out), ``q`` (every character stands for itself), in any order.

    Raises:
        BadPattern: the pattern or a flag is none of XPath, refers back to a group, or is too large.
    """
    if len(pattern) > MAX_PATTERN:
        raise BadPattern(f"Expected a pattern of at most {MAX_PATTERN} characters")
    if set(flags) - set("smixq"):
        raise BadPattern(f"Unknown flags {flags!r}")
    if "x" in flags and "q" not in flags:
        pattern = _without_space(pattern)
    reader = _Reader(pattern, flags)
    body = reader.literal() if "q" in flags else reader.whole()
    code = [Save(0), *_placed(body, 1), Save(1), Accept()]
    return Program(tuple(code), reader.groups)


def _without_space(pattern: str) -> str:
    kept, depth, escaped = [], 0, False
    for character in pattern:
        depth += 0 if escaped else (character == "[") - (character == "]")
        escaped = character == "\\" and not escaped
        if depth > 0 or not character.isspace():
            kept.append(character)
    return "".join(kept)


class _Reader:
    """Reads by descent; the code of a piece is relative, so that it can be put anywhere."""

    def __init__(self, pattern: str, flags: str) -> None:
        self._pattern = pattern
        self._flags = flags
        self._at = 0
        self._depth = 0
        self.groups = 0

    def literal(self) -> list[Instruction]:
        return [Take(self._cased(same(character))) for character in self._pattern]

    def whole(self) -> list[Instruction]:
        code = self._alternatives()
        if self._at < len(self._pattern):
            raise BadPattern(f"Unexpected {self._pattern[self._at]!r}")
        return code

    def _peek(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _next(self) -> str:
        character = self._peek()
        if not character:
            raise BadPattern("The pattern ends too early")
        self._at += 1
        return character

    def _accept(self, text: str) -> bool:
        if self._pattern.startswith(text, self._at):
            self._at += len(text)
            return True
        return False

    def _cased(self, test: Test) -> Test:
        return any_case(test) if "i" in self._flags else test

    def _alternatives(self) -> list[Instruction]:
        branches = [self._sequence()]
        while self._accept("|"):
            branches.append(self._sequence())
        code = branches.pop()
        for branch in reversed(branches):
            first, second = _placed(branch, 1), _placed(code, len(branch) + 2)
            code = _checked([Fork(1, len(branch) + 2), *first, Jump(len(branch) + 2 + len(code)), *second])
        return code

    def _sequence(self) -> list[Instruction]:
        code: list[Instruction] = []
        while self._peek() not in ("", "|", ")"):
            piece = self._repeated(self._piece())
            code = _checked([*code, *_placed(piece, len(code))])
        return code

    def _piece(self) -> list[Instruction]:
        character = self._next()
        if character == "(":
            return self._group()
        if character == "[":
            return [Take(self._class())]
        if character == "\\":
            return [Take(self._escape())]
        if character == ".":
            return [Take(anything if "s" in self._flags else within_line)]
        if character in "^$":
            return [Border(character == "^", "m" in self._flags)]
        if character in _SPECIAL:
            raise BadPattern(f"Unexpected {character!r}")
        return [Take(self._cased(same(character)))]

    def _group(self) -> list[Instruction]:
        self._depth += 1
        if self._depth > _MAX_GROUPS:
            raise BadPattern("Groups are nested too deeply")
        number = 0
        if not self._accept("?:"):
            self.groups += 1
            number = self.groups
        body = self._alternatives()
        if not self._accept(")"):
            raise BadPattern("A group has no end")
        self._depth -= 1
        return body if number == 0 else [Save(2 * number), *_placed(body, 1), Save(2 * number + 1)]

    def _repeated(self, piece: list[Instruction]) -> list[Instruction]:
        least, most = 1, 1
        if self._accept("*"):
            least, most = 0, -1
        elif self._accept("+"):
            least, most = 1, -1
        elif self._accept("?"):
            least, most = 0, 1
        elif self._accept("{"):
            least, most = self._bounds()
        else:
            return piece
        return _copies(piece, least, most, lazy=self._accept("?"))

    def _bounds(self) -> tuple[int, int]:
        end = self._pattern.find("}", self._at)
        low, comma, high = self._pattern[self._at : end].partition(",")
        if end < 0 or not _is_count(low) or (high and not _is_count(high)):
            raise BadPattern("A count of repetitions is not one")
        self._at = end + 1
        least = int(low)
        most = least if not comma else (int(high) if high else -1)
        if -1 < most < least:
            raise BadPattern("A count of repetitions is upside down")
        return least, most

    def _escape(self) -> Test:
        character = self._next()
        if character in _CONTROLS:
            return self._cased(same(_CONTROLS[character]))
        if character in _SPECIAL or character == "-":
            return self._cased(same(character))
        if character.lower() == "p":
            return self._category(negated=character == "P")
        test = SHORTHANDS.get(character.lower())
        if test is None:
            raise BadPattern(f"Unknown escape {character!r}")
        return test if character.islower() else opposite(test)

    def _category(self, *, negated: bool) -> Test:
        end = self._pattern.find("}", self._at)
        name = self._pattern[self._at + 1 : end]
        test = BLOCKS.get(name)
        if test is None and name[:1] in set("LMNPZSC") and len(name) <= 2:
            test = of_category(name)
        if not self._accept("{") or end < 0 or test is None:
            raise BadPattern("Unknown category of characters")
        self._at = end + 1
        return opposite(test) if negated else test

    def _class(self) -> Test:
        negated = self._accept("^")
        tests: list[Test] = []
        without: Test | None = None
        while not (tests and self._peek() == "]"):
            if tests and self._accept("-["):
                without = self._class()
                break
            tests.append(self._class_item())
        if not self._accept("]"):
            raise BadPattern("A class of characters has no end")
        test = one_of(tests)
        test = opposite(test) if negated else test
        return test if without is None else difference(test, without)

    def _class_item(self) -> Test:
        character = self._next()
        if character == "\\":
            if self._peek() not in _SPECIAL and self._peek() not in _CONTROLS and self._peek() != "-":
                return self._escape()
            character = _CONTROLS.get(self._peek(), self._peek())
            self._at += 1
        elif character in "[]":
            raise BadPattern(f"Unexpected {character!r}")
        if self._peek() != "-" or self._pattern[self._at + 1 : self._at + 2] in ("]", "[", ""):
            return self._cased(same(character))
        self._at += 1
        last = self._next()
        if last == "\\":
            last = self._next()
            last = _CONTROLS.get(last, last)
        if last < character:
            raise BadPattern("A range of characters is upside down")
        return self._cased(between(character, last))


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 4


def _checked(code: list[Instruction]) -> list[Instruction]:
    if len(code) > MAX_PROGRAM:
        raise BadPattern("The pattern is too large")
    return code


def _placed(code: list[Instruction], by: int) -> list[Instruction]:
    """Return code whose targets are moved."""
    placed: list[Instruction] = []
    for instruction in code:
        match instruction:
            case Fork(first, second):
                placed.append(Fork(first + by, second + by))
            case Jump(target):
                placed.append(Jump(target + by))
            case _:
                placed.append(instruction)
    return placed


def _copies(piece: list[Instruction], least: int, most: int, *, lazy: bool) -> list[Instruction]:
    if len(piece) * max(least, most, 1) > MAX_PROGRAM:
        raise BadPattern("The pattern is too large")
    code: list[Instruction] = []
    for _ in range(least):
        code += _placed(piece, len(code))
    if most < 0:
        start, end = len(code), len(code) + len(piece) + 2
        fork = Fork(end, start + 1) if lazy else Fork(start + 1, end)
        return _checked([*code, fork, *_placed(piece, start + 1), Jump(start)])
    end = len(code) + (most - least) * (len(piece) + 1)
    for _ in range(most - least):
        inside = len(code) + 1
        code.append(Fork(end, inside) if lazy else Fork(inside, end))
        code += _placed(piece, inside)
    return _checked(code)
