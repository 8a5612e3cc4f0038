"""Runs the program of a regular expression over a text, in time proportional to both.

All ways through the program advance together, one character at a time, in the order of preference (Pike's
machine); no way is tried twice at the same place.
"""

from collections.abc import Iterator

from engine.feel.bounds import Account
from engine.feel.patterns import Accept, Border, Fork, Jump, Program, Save, Take

#: Where a match and its groups start and end; -1 for a group that took no part.
Slots = tuple[int, ...]
Thread = tuple[int, Slots]


def search(program: Program, text: str, start: int, account: Account) -> Slots | None:
    """Return where the first match at or after ``start`` lies.

    Raises:
        TooManySteps: the evaluation has used up its steps.
    """
    empty: Slots = (-1,) * (2 * program.groups + 2)
    threads: list[Thread] = []
    found: Slots | None = None
    for position in range(start, len(text) + 1):
        seen: set[int] = set()
        current: list[Thread] = []
        for pc, slots in threads:
            _follow(program, text, position, (pc, slots), seen, current)
        if found is None:
            _follow(program, text, position, (0, empty), seen, current)
        account.spend(len(seen) + 1)
        threads = []
        for pc, slots in current:
            instruction = program.instructions[pc]
            if isinstance(instruction, Accept):
                found = slots
                break
            if isinstance(instruction, Take) and position < len(text) and instruction.test(text[position]):
                threads.append((pc + 1, slots))
        if found is not None and not threads:
            return found
    return found


def _follow(
    program: Program, text: str, position: int, thread: Thread, seen: set[int], threads: list[Thread]
) -> None:
    """Add the places that a thread reaches without taking a character, the preferred ones first."""
    stack = [thread]
    while stack:
        pc, slots = stack.pop()
        if pc in seen:
            continue
        seen.add(pc)
        match program.instructions[pc]:
            case Jump(target):
                stack.append((target, slots))
            case Fork(first, second):
                stack += [(second, slots), (first, slots)]
            case Save(slot):
                stack.append((pc + 1, (*slots[:slot], position, *slots[slot + 1 :])))
            case Border() as border:
                if _at_border(border, text, position):
                    stack.append((pc + 1, slots))
            case _:
                threads.append((pc, slots))


def _at_border(border: Border, text: str, position: int) -> bool:
    if border.at_start:
        return position == 0 or (border.of_line and text[position - 1] == "\n")
    return position == len(text) or (border.of_line and text[position] == "\n")


def matches(program: Program, text: str, account: Account) -> Iterator[Slots]:
    """Yield all matches that do not overlap, from left to right.

    Raises:
        TooManySteps: the evaluation has used up its steps.
    """
    position = 0
    while position <= len(text):
        found = search(program, text, position, account)
        if found is None:
            return
        yield found
        position = found[1] if found[1] > found[0] else found[1] + 1
