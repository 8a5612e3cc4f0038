"""Texts are compared by their words, not by how they are typed."""

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from processes.directives.likeness import DUPLICATE, alike, runs_of

TEXT = (
    "Rà soát, lập danh mục hồ sơ đất đai quá hạn trên địa bàn, xác định rõ nguyên nhân và người chịu trách nhiệm; "
    "giải quyết dứt điểm hồ sơ tồn đọng của người dân và doanh nghiệp."
)
OTHER = "Tổ chức hội nghị tập huấn kỹ năng số cho cán bộ, công chức các xã, phường trong quý IV năm 2026."
PIECES = ("rà", "soát", "hồ", "sơ", "đất", "đai", "quá", "hạn", "ban", "hành", "kế", "hoạch")
WORDS = st.lists(st.sampled_from(PIECES), max_size=40)


def ratio(one: str, other: str) -> float:
    return next((like.ratio for like in alike([one], [("kept", other)], at_least=0.0)), 0.0)


def test_the_same_text_is_the_same_however_it_is_typed() -> None:
    for typed in (
        TEXT.upper(),
        unicodedata.normalize("NFD", TEXT),
        TEXT.replace(", ", " - "),
        TEXT.replace(" ", "\n"),
    ):
        assert ratio(TEXT, typed) == 1.0
    assert ratio("hoà giải, thuỷ lợi, uỷ quyền", "hòa giải, thủy lợi, ủy quyền") == 1.0


def test_another_deadline_or_a_word_more_leaves_texts_alike() -> None:
    assert ratio(TEXT, TEXT.replace("giải quyết", "khẩn trương giải quyết")) >= DUPLICATE
    assert ratio(TEXT, TEXT + " Hoàn thành trước ngày 30/9/2026.") >= DUPLICATE
    assert ratio(TEXT, OTHER) == 0.0


def test_a_text_within_a_longer_one_is_found() -> None:
    long = f"{OTHER} {TEXT} {OTHER.replace('xã', 'sở')}"

    assert ratio(TEXT, long) == 0.9
    assert ratio("Rà soát, lập danh mục.", long) < 0.5


def test_each_of_several_texts_finds_its_own() -> None:
    kept = [("a", TEXT), ("b", OTHER), ("c", "Không liên quan gì đến nội dung khác.")]

    assert [(like.wanted, like.key) for like in alike([OTHER, TEXT, "Rà soát."], kept)] == [
        (1, "a"),
        (0, "b"),
    ]


@settings(deadline=None)
@given(WORDS, WORDS)
def test_likeness_is_the_same_from_both_sides_and_between_0_and_1(one: list[str], other: list[str]) -> None:
    first, second = " ".join(one), " ".join(other)

    assert ratio(first, second) == ratio(second, first)
    assert 0.0 <= ratio(first, second) <= 1.0
    if runs_of(first):
        assert ratio(first, first) == 1.0
