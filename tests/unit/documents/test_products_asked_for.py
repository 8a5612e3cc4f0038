"""What is to come of a directive, by its words; who is told is no product."""

import pytest

from processes.documents.reading.products import products_in


@pytest.mark.parametrize(
    ("text", "products"),
    [
        ("Gửi báo cáo kết quả về Sở Y tế trước ngày 01/9.", ("báo cáo kết quả về Sở Y tế",)),
        ("Xây dựng kế hoạch, báo cáo Sở Y tế trước ngày 05/8.", ("kế hoạch",)),
        ("Tổng hợp, báo cáo UBND thành phố vào thứ Sáu.", ()),
        ("Rà soát, báo cáo.", ()),
        ("Gửi báo cáo tuần vào thứ Năm.", ("báo cáo tuần",)),
    ],
)
def test_papers_are_products_and_those_who_are_told_are_not(text: str, products: tuple[str, ...]) -> None:
    assert products_in(text) == products
