"""The tests of single characters that regular expressions are made of."""

import unicodedata
from collections.abc import Callable

Test = Callable[[str], bool]


def of_category(name: str) -> Test:
    """Return the test for a general category of Unicode, such as ``L`` or ``Lu``."""
    return lambda character: unicodedata.category(character).startswith(name)


def anything(_: str) -> bool:
    """Accept every character."""
    return True


def within_line(character: str) -> bool:
    """Accept every character but those that end a line."""
    return character not in "\n\r"


def same(wanted: str) -> Test:
    """Return the test for one character."""
    return lambda character: character == wanted


def between(first: str, last: str) -> Test:
    """Return the test for a range of characters."""
    return lambda character: first <= character <= last


def one_of(tests: list[Test]) -> Test:
    """Return the test that one of the tests passes."""
    return lambda character: any(test(character) for test in tests)


def opposite(test: Test) -> Test:
    """Return the test that passes where another fails."""
    return lambda character: not test(character)


def difference(test: Test, without: Test) -> Test:
    """Return the test that one test passes and another fails."""
    return lambda character: test(character) and not without(character)


def any_case(test: Test) -> Test:
    """Return the test that the character, its small or its capital letter passes."""
    return lambda character: test(character) or test(character.lower()) or test(character.upper())


#: Blocks of Unicode, by the names that XML Schema gives them; those that letters in Latin script may need.
BLOCKS: dict[str, Test] = {
    "IsBasicLatin": between("\u0000", "\u007f"),
    "IsLatin-1Supplement": between("\u0080", "\u00ff"),
    "IsLatinExtended-A": between("\u0100", "\u017f"),
    "IsLatinExtended-B": between("\u0180", "\u024f"),
    "IsCombiningDiacriticalMarks": between("\u0300", "\u036f"),
    "IsGreek": between("\u0370", "\u03ff"),
    "IsCyrillic": between("\u0400", "\u04ff"),
    "IsLatinExtendedAdditional": between("\u1e00", "\u1eff"),
    "IsGeneralPunctuation": between("\u2000", "\u206f"),
    "IsCJKUnifiedIdeographs": between("\u4e00", "\u9fff"),
}
#: The escapes that stand for a class; their capitals for the opposite.
SHORTHANDS: dict[str, Test] = {
    "d": lambda character: unicodedata.category(character) == "Nd",
    "s": lambda character: character in " \t\n\r",
    "w": lambda character: unicodedata.category(character)[0] not in "PZC",
    "i": lambda character: character.isalpha() or character in "_:",
    "c": lambda character: character.isalnum() or character in "_:.-",
}
