"""Plays a process of blocks with a small interpreter that knows neither BPMN nor tokens.

It shares nothing with the engine but the blocks, so that a difference between the two is an error in one of them.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.property.blocks import Block

#: What can be done to a process: complete a user task or fire an event, with its copy's number.
Act = tuple[str, int]


@dataclass
class Play:
    """A process being played.

    Attributes:
        choices: what decides at gateways.
        ends: how often each end event has been passed.
    """

    choices: Mapping[str, Any]
    ends: Counter[str] = field(default_factory=Counter)


class Path:
    """A part of a process in progress: what can be done, and what comes when it is done."""

    def __init__(self, play: Play, scope: "Around", done: Callable[[], None], copy: int = 0) -> None:
        self.play, self.scope, self.done, self.copy = play, scope, done, copy

    def begin(self, block: Block) -> None:
        """Enter a block; ``done`` is called when it is left."""
        name = block.id
        match block.kind:
            case "user":
                self.wait(name, lambda _: self.done())
            case "script":
                self.done()
            case "seq":
                self._follow(block.parts)
            case "xor":
                self.begin(block.parts[self.play.choices[name]])
            case "par":
                self._side_by_side(block.parts)
            case "incl":
                taken = [part for n, part in enumerate(block.parts[:-1]) if self.play.choices[f"{name}_{n}"]]
                self._side_by_side(taken or block.parts[-1:])
            case "loop":
                self._loop(block)
            case "sub":
                self._inside(block.parts[0], f"{name}_end", self.done, self.copy)
            case "many":
                self._many(block)
            case "guard":
                self._guard(block)
            case "race":
                self._race(name)
            case _:
                self._risk(name)

    def wait(self, name: str, then: Callable[[bool], None]) -> Act:
        """Let something be done, once."""
        act = (name, self.copy)
        self.scope.waiting.append((act, then))
        return act

    def _fresh(self, done: Callable[[], None]) -> "Path":
        return Path(self.play, self.scope, done, self.copy)

    def _follow(self, blocks: tuple[Block, ...]) -> None:
        if blocks:
            self._fresh(lambda: self._follow(blocks[1:])).begin(blocks[0])
        else:
            self.done()

    def _side_by_side(self, blocks: Any) -> None:
        left = [len(blocks)]

        def one_done() -> None:
            left[0] -= 1
            if left[0] == 0:
                self.done()

        for block in blocks:
            self._fresh(one_done).begin(block)

    def _loop(self, block: Block) -> None:
        def asked(again: bool) -> None:
            if again:
                self._loop(block)
            else:
                self.done()

        ask = self._fresh(lambda: None)
        self._fresh(lambda: ask.wait(f"{block.id}_ask", asked) and None).begin(block.parts[0])

    def _inside(self, block: Block, end_event: str, done: Callable[[], None], copy: int) -> "Around":
        around = Around(self.play, self.scope, done)
        around.run(lambda finished: Path(self.play, around, finished, copy).begin(block), end_event)
        return around

    def _many(self, block: Block) -> None:
        left = [block.number]

        def next_one(number: int) -> None:
            self._inside(block.parts[0], f"{block.id}_end", one_done, number)

        def one_done() -> None:
            left[0] -= 1
            if left[0] == 0:
                self.done()
            elif block.sequential:
                next_one(block.number - left[0] + 1)

        if not block.number:
            self.done()
        for number in range(1, 2 if block.sequential else block.number + 1):
            if number <= block.number:
                next_one(number)

    def _guard(self, block: Block) -> None:
        name, scope = block.id, self.scope

        def completed(_: bool) -> None:
            scope.withdraw(late)
            self.done()

        def fired(_: bool) -> None:
            if block.number:
                scope.withdraw(work)
                self.wait(f"{name}_react", lambda _: self.done())
            else:
                scope.at_work += 1
                self.wait(f"{name}_react", lambda _: scope.ended(f"{name}_side"))

        work = self.wait(name, completed)
        late = self.wait(f"{name}_late", fired)

    def _race(self, name: str) -> None:
        def won(_: bool) -> None:
            for act in rivals:
                self.scope.withdraw(act)
            self.done()

        rivals = [self.wait(f"{name}_late", won), self.wait(f"{name}_told", won)]

    def _risk(self, name: str) -> None:
        around = Around(self.play, self.scope, self.done)

        def judged(bad: bool) -> None:
            if not bad:
                around.ended(f"{name}_fine")
                return
            self.play.ends[f"{name}_bad"] += 1
            self.scope.inner.remove(around)
            self.wait(f"{name}_mend", lambda _: self.done())

        inside = Path(self.play, around, lambda: None, self.copy)
        around.at_work = 2
        inside.wait(f"{name}_work", lambda _: around.ended(f"{name}_done"))
        inside.wait(f"{name}_judge", judged)


class Around:
    """A scope in progress: it is done when nothing is at work in it."""

    def __init__(self, play: Play, outer: "Around | None", done: Callable[[], None]) -> None:
        self.play, self.outer, self.done = play, outer, done
        self.waiting: list[tuple[Act, Callable[[bool], None]]] = []
        self.inner: list[Around] = []
        self.at_work = 0
        if outer is not None:
            outer.inner.append(self)

    def run(self, begin: Callable[[Callable[[], None]], None], end_event: str) -> None:
        """Run the scope's main path to its end event."""
        self.at_work += 1
        begin(lambda: self.ended(end_event))

    def ended(self, end_event: str) -> None:
        """One path has come to an end event."""
        self.play.ends[end_event] += 1
        self.at_work -= 1
        if self.at_work == 0:
            if self.outer is not None:
                self.outer.inner.remove(self)
            self.done()

    def withdraw(self, act: Act) -> None:
        self.waiting = [each for each in self.waiting if each[0] != act]

    def acts(self) -> list[Act]:
        """Return what can be done now, here and inside."""
        return [act for act, _ in self.waiting] + [act for scope in self.inner for act in scope.acts()]

    def do(self, act: Act, value: bool) -> bool:
        """Do it; say whether it was there to be done."""
        for place, (known, then) in enumerate(self.waiting):
            if known == act:
                del self.waiting[place]
                then(value)
                return True
        return any(scope.do(act, value) for scope in list(self.inner))


def played(block: Block, choices: Mapping[str, Any]) -> tuple[Play, Around]:
    """Begin to play a process."""
    play = Play(choices)
    process = Around(play, None, lambda: None)
    process.run(lambda finished: Path(play, process, finished).begin(block), "finish")
    return play, process
