"""Cuts FEEL text into tokens, including names that contain spaces.

FEEL cannot be cut without knowing which names there are: ``date and time`` is a name where it is called and an
``and`` elsewhere. The lexer knows the built-in names, the names that the caller passes, and the keys of the
contexts that it has seen; it takes the longest that fits.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from lark import Token

from engine.feel.errors import FeelSyntaxError
from engine.feel.names import INNER, WORD, Names, first_word, spaceless

KEYWORDS = frozenset(
    (
        *("and", "between", "else", "every", "external", "false", "for", "function", "if", "in"),
        *("instance", "null", "of", "or", "return", "satisfies", "some", "then", "true"),
    )
)
#: Types whose name contains spaces.
_SPACED_TYPES = ("days and time duration", "years and months duration", "date and time")
#: Properties of values whose name contains a space.
_SPACED_PROPERTIES = ("time offset", "start included", "end included")
#: Tokens after which an operand is complete, so that a bracket filters it.
_OPERAND_ENDS = frozenset(
    {
        *("NAME", "NUMBER", "STRING", "AT", "TRUE", "FALSE", "NULL"),
        *("RPAR", "RBRACKET", "RBRACE", "OPEN_END", "GENERIC_END"),
    }
)

_SPACE = re.compile(r"(?:[\s\u00a0\ufeff\u200b]+|//[^\n]*|/\*.*?\*/)+", re.DOTALL)
_NUMBER = re.compile(r"(?:\d+(?:\.(?!\.)\d+)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_KEY = re.compile(rf"{WORD}(?:(?:\s+|\s*[.+*'/-]\s*){INNER}+)*(?=\s*:)")
_ITERATOR = re.compile(rf"{WORD}(?:\s+(?!in\b){INNER}+)+?(?=\s+in\b)")
_COLON = re.compile(r"\s*:")
_GENERIC = re.compile(r"(list|context|range|function)\s*<")
_PUNCTUATION = (
    ("...", "ELLIPSIS"),
    ("..", "DOTS"),
    ("->", "ARROW"),
    ("**", "POWER"),
    ("<=", "LE"),
    (">=", "GE"),
    ("!=", "NE"),
    ("<", "LT"),
    (">", "GT"),
    ("=", "EQ"),
    ("+", "PLUS"),
    ("-", "MINUS"),
    ("*", "TIMES"),
    ("/", "DIVIDE"),
    ("(", "LPAR"),
    (")", "RPAR"),
    ("[", "LBRACKET"),
    ("]", "RBRACKET"),
    ("{", "LBRACE"),
    ("}", "RBRACE"),
    (",", "COMMA"),
    (":", "COLON"),
    (".", "DOT"),
)


@dataclass(slots=True)
class _Cutter:
    text: str
    #: Names that were told, those of functions, and those that the text itself brings.
    told: Names
    functions: Names
    own: Names
    position: int = 0
    previous: str = ""
    #: One entry for each open bracket: its token, and whether ``..`` was seen in it.
    open: list[list[str]] = field(default_factory=list)
    #: Whether the last token closed the parameters of a function, so that its body follows.
    ended_parameters: bool = False

    def tokens(self) -> Iterator[Token]:
        while True:
            space = _SPACE.match(self.text, self.position)
            if space is not None:
                self.position = space.end()
            if self.position >= len(self.text):
                return
            start = self.position
            kind, value, end = self._next()
            self.position = end
            self.previous = "PARAMETERS" if self.ended_parameters else kind
            self.ended_parameters = False
            yield Token(kind, value, start_pos=start, end_pos=end)

    def _next(self) -> tuple[str, str, int]:
        text, start = self.text, self.position
        character = text[start]
        if character == '"':
            return self._string(start, "STRING")
        if character == "@":
            space = _SPACE.match(text, start + 1)
            return self._string(space.end() if space else start + 1, "AT")
        if character.isdigit() or (
            character == "." and text[start + 1 : start + 2].isdigit() and self._operand()
        ):
            match = _NUMBER.match(text, start)
            if match is not None:
                return "NUMBER", match[0], match.end()
        if first_word(text, start) is not None:
            return self._word(start)
        for symbol, kind in _PUNCTUATION:
            if text.startswith(symbol, start):
                return self._punctuation(kind), symbol, start + len(symbol)
        raise FeelSyntaxError(f"Unexpected character {character!r}", start)

    def _operand(self) -> bool:
        return self.previous not in _OPERAND_ENDS

    def _string(self, start: int, kind: str) -> tuple[str, str, int]:
        match = _STRING.match(self.text, start)
        if match is None:
            raise FeelSyntaxError("Expected a text in quotation marks that ends", start)
        if self._expects_key() and _COLON.match(self.text, match.end()):
            self.own.add(spaceless(match[0][1:-1]))
        return kind, match[0], match.end()

    def _word(self, start: int) -> tuple[str, str, int]:
        text = self.text
        if self._expects_key():
            key = _KEY.match(text, start)
            if key is not None:
                name = spaceless(key[0])
                self.own.add(name)
                return "NAME", name, key.end()
        if self.previous in ("FOR", "SOME", "EVERY"):
            iterator = _ITERATOR.match(text, start)
            if iterator is not None:
                name = spaceless(iterator[0])
                self.own.add(name)
                return "NAME", name, iterator.end()
        after_type_mark = self.previous in ("OF", "COLON", "ARROW", "GENERIC") or (
            self.previous == "COMMA" and bool(self.open) and self.open[-1][0] == "GENERIC"
        )
        if after_type_mark:
            generic = _GENERIC.match(text, start)
            if generic is not None:
                self.open.append(["GENERIC", ""])
                return "GENERIC", generic[1], generic.end()
            for name in _SPACED_TYPES:
                match = re.compile(name.replace(" ", r"\s+") + r"\b").match(text, start)
                if match is not None:
                    return "NAME", name, match.end()
        word = first_word(text, start)
        assert word is not None
        for tables in ((self.told, self.own), (self.functions,)):
            found = [known for table in tables if (known := table.longest_at(text, start, word)) is not None]
            if found:
                return "NAME", *max(found, key=lambda known: known[1])
        end = start + len(word)
        if self.previous != "DOT" and word in KEYWORDS:
            return word.upper(), word, end
        return "NAME", word, end

    def _expects_key(self) -> bool:
        if not self.open or self.open[-1][0] not in ("LBRACE", "LPAR", "GENERIC"):
            return False
        return self.previous in ("LBRACE", "LPAR", "COMMA", "GENERIC")

    def _punctuation(self, kind: str) -> str:
        if kind == "DOTS" and self.open:
            self.open[-1][1] = "range"
        if kind in ("LPAR", "LBRACE"):
            self.open.append([kind, "parameters" if self.previous == "FUNCTION" else ""])
        elif kind in ("RPAR", "RBRACE"):
            self.ended_parameters = bool(self.open) and self.open[-1] == ["LPAR", "parameters"]
            self._close()
        elif kind == "GT" and self.open and self.open[-1][0] == "GENERIC":
            self._close()
            return "GENERIC_END"
        elif kind == "LBRACKET":
            if (
                self.open
                and self.open[-1][1] == "range"
                and not self._operand()
                and not self._starts_operand()
            ):
                self._close()
                return "OPEN_END"
            filters = not self._operand()
            self.open.append([kind, ""])
            return "FILTER" if filters else kind
        elif kind == "RBRACKET":
            if self._operand() and self.previous != "LBRACKET" and self.previous != "OPEN_START":
                self.open.append([kind, ""])
                return "OPEN_START"
            self._close()
        return kind

    def _close(self) -> None:
        if self.open:
            self.open.pop()

    def _starts_operand(self) -> bool:
        space = _SPACE.match(self.text, self.position + 1)
        at = space.end() if space else self.position + 1
        if at >= len(self.text) or self.text[at] in ")],}=!<>+*/":
            return False
        if self.text[at] == "." and not self.text[at + 1 : at + 2].isdigit():
            return False
        return first_word(self.text, at) not in (
            "and",
            "or",
            "then",
            "else",
            "return",
            "satisfies",
            "in",
            "instance",
        )


def cut(text: str, *, names: frozenset[str], functions: frozenset[str]) -> list[Token]:
    """Return the tokens of ``text``; ``names`` and ``functions`` may contain spaces.

    Raises:
        FeelSyntaxError: a character or text in quotation marks does not fit.
    """
    return list(_Cutter(text, _told(names), _functions(functions), Names()).tokens())


@lru_cache(maxsize=64)
def _told(names: frozenset[str]) -> Names:
    return Names((*names, *_SPACED_PROPERTIES))


@lru_cache(maxsize=64)
def _functions(names: frozenset[str]) -> Names:
    return Names(names, called=True)
