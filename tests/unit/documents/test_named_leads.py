"""Who is told to carry out a directive; a wrong guess would reach every unit of the city."""

from datetime import date

import pytest

from processes.documents.reading.leads import find_executors, find_leads
from processes.documents.reading.letter import DirectiveReading, LetterReading, UnknownName
from processes.documents.reading.naming import units_in
from processes.documents.reading.reader import read_letter
from processes.samples import sample_registry
from processes.units.office_groups import OfficeGroup
from processes.units.registry import UnitRegistry
from processes.units.units_csv import read_units_csv

DAY = date(2026, 8, 14)
REGISTRY = UnitRegistry(read_units_csv(sample_registry()))
HEADING = (
    "Số: 12/UBND-TH\n\nSông Vàng, ngày 5 tháng 8 năm 2026\n\nV/v thử\n\nKính gửi: Các sở, ban, ngành.\n\n"
)


def read(body: str) -> LetterReading:
    return read_letter((HEADING + body).encode(), "letter.txt", REGISTRY)


def only(text: str) -> DirectiveReading:
    return read(f"1. {text}").directives[0]


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        ("Sở Nội vụ: rà soát.", "SNV"),
        ("Sở Tài chính có trách nhiệm cấp kinh phí.", "STC"),
        ("Giao Giám đốc Sở Nội vụ, Giám đốc Sở Tài chính rà soát.", ["SNV", "STC"]),
        ("Chánh Văn phòng UBND thành phố theo dõi.", "VPUB"),
        (
            "Giao UBND các phường: Bến Vàng, Bến Lụa và Cầu Trầm rà soát.",
            "UBND các phường: Bến Vàng, Bến Lụa và Cầu Trầm",
        ),
        ("UBND các xã, phường: rà soát.", "UBND các xã, phường (each)"),
        ("Giao các sở, ngành liên quan rà soát.", "Sở, ban, ngành (each)"),
        ("Đề nghị các đơn vị quan tâm.", "every recipient"),
        ("Giao nhiệm vụ cụ thể cho từng công chức.", "every recipient"),
        ("Người đứng đầu chịu trách nhiệm.", "every recipient (head)"),
    ],
)
def test_the_lead_is_whom_the_text_names(text: str, lead: str | list[str]) -> None:
    assert only(text).to_json()["lead"] == lead


@pytest.mark.parametrize(
    ("text", "unknown", "nearest"),
    [
        ("Giao Sở Nội vu chủ trì rà soát.", "Sở Nội vu", "Sở Nội vụ"),
        (
            "Giao đồng chí Lê Văn Mẫu, Phó Chủ tịch UBND thành phố trực tiếp chỉ đạo.",
            "đồng chí Lê Văn Mẫu, Phó Chủ tịch UBND thành phố",
            None,
        ),
        ("Giao Sở Tài chín rà soát.", "Sở Tài chín", "Sở Tài chính"),
    ],
)
def test_an_unknown_lead_is_named_and_not_taken_for_everybody(
    text: str, unknown: str, nearest: str | None
) -> None:
    directive = only(text)

    assert directive.unknown is not None
    assert directive.unknown.text == unknown
    assert nearest is None or nearest in directive.unknown.nearest
    assert directive.to_json()["lead"] is None
    assert read(f"1. {text}").unknown_names == (directive.unknown,)


@pytest.mark.parametrize(
    ("text", "lead", "unknown"),
    [
        ("UBND các phường: Lạ Lùng, Bến Lụa rà soát.", "UBND các phường: Lạ Lùng, Bến Lụa", "Lạ Lùng"),
        ("Sở Tài chính, UBND phường Lạ Lùng rà soát.", "STC", "UBND phường Lạ Lùng"),
        ("Cục Đường thủy và Sở Tài chính rà soát.", "STC", "Cục Đường thủy"),
        ("Sở Y tế, Báo và Đài địa phương: tuyên truyền.", "SYT", "Báo và Đài địa phương"),
    ],
)
def test_who_is_known_in_a_list_leads_and_who_is_not_is_asked_about(
    text: str, lead: str, unknown: str
) -> None:
    directive = only(text)

    assert directive.to_json()["lead"] == lead
    assert directive.unknown is not None
    assert directive.unknown.text == unknown


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("Cục Hải quan tăng cường kiểm tra.", "Cục Hải quan"),
        ("Ban Quản lý rừng phòng hộ Xanh Thẳm xây dựng phương án.", "Ban Quản lý rừng phòng hộ Xanh Thẳm"),
        ("Các chủ đầu tư khẩn trương giải ngân.", "Các chủ đầu tư"),
        ("Phòng Kinh tế rà soát hồ sơ.", "Phòng Kinh tế"),
        ("Trưởng các khu phố vận động nhân dân.", "Trưởng các khu phố"),
        ("Các doanh nghiệp viễn thông bảo đảm thông tin.", "Các doanh nghiệp viễn thông"),
        ("Ban Chỉ đạo chuyển đổi số họp định kỳ.", "Ban Chỉ đạo chuyển đổi số"),
        ("Tổ công tác kiểm tra thực địa.", "Tổ công tác"),
        ("UBND đặc khu Xa Xôi rà soát.", "UBND đặc khu Xa Xôi"),
        ("UBND các huyện có tên nêu trên báo cáo.", "UBND các huyện có tên nêu trên"),
        ("Bộ Chỉ huy Bộ đội Biên phòng tỉnh tuần tra.", "Bộ Chỉ huy Bộ đội Biên phòng tỉnh"),
        ("Trạm Y tế phun thuốc diệt muỗi.", "Trạm Y tế"),
        ("Các trường học tổ chức dạy bù.", "Các trường học"),
        ("Báo và phát thanh, truyền hình Xa Xôi đưa tin.", "Báo và phát thanh, truyền hình Xa Xôi"),
        ("Trung tâm điều hành thông minh: xây dựng phương án.", "Trung tâm điều hành thông minh"),
        (
            "Giao đồng chí Phó Chủ tịch UBND thành phố Lê Văn Mẫu trực tiếp chỉ đạo.",
            "đồng chí Phó Chủ tịch UBND thành phố Lê Văn Mẫu",
        ),
    ],
)
def test_a_body_that_the_registry_lacks_is_asked_about_and_is_not_every_recipient(
    text: str, unknown: str
) -> None:
    directive = only(text)

    assert directive.unknown is not None
    assert directive.unknown.text == unknown
    assert directive.to_json()["lead"] is None


@pytest.mark.parametrize(
    ("text", "outside"),
    [
        ("Công ty Điện lực Sông Vàng bảo đảm cấp điện.", "Công ty Điện lực Sông Vàng"),
        ("Viện Kiểm sát nhân dân thành phố phối hợp xử lý.", "Viện Kiểm sát nhân dân thành phố"),
        ("Hội Nông dân thành phố tuyên truyền hội viên.", "Hội Nông dân thành phố"),
        ("Đề nghị Hội Nông dân thành phố tuyên truyền.", "Hội Nông dân thành phố"),
        ("Liên đoàn Lao động thành phố vận động đoàn viên.", "Liên đoàn Lao động thành phố"),
        ("Đảng ủy các xã, phường lãnh đạo thực hiện.", "Đảng ủy các xã, phường"),
    ],
)
def test_a_body_outside_that_acts_is_asked_by_its_name_alone(text: str, outside: str) -> None:
    assert only(text).outside == outside


@pytest.mark.parametrize(
    "text",
    [
        "Trường hợp vướng mắc, các đơn vị báo cáo.",
        "Tổ chức tuyên truyền sâu rộng.",
        "Ban hành kế hoạch thực hiện.",
        "Báo cáo kết quả thực hiện.",
        "Phòng, chống dịch bệnh hiệu quả.",
        "Hội nghị tổng kết tổ chức trong tháng 12/2026.",
        "Các nhiệm vụ được giao phải hoàn thành đúng hạn.",
        "Văn phòng phẩm phải tiết kiệm.",
        "Bộ máy phải tinh gọn.",
        "Ban Chỉ đạo yêu cầu các đơn vị báo cáo.",
    ],
)
def test_a_sentence_that_begins_like_a_body_names_nobody(text: str) -> None:
    assert only(text).to_json()["lead"] == "every recipient"


def test_units_concerned_but_not_named_do_not_coordinate() -> None:
    text = "Giao Sở Nội vụ chủ trì, phối hợp các sở, ban, ngành liên quan và Văn phòng UBND thành phố làm."

    assert only(text).coordinate == ("VPUB",)


def test_a_body_outside_the_registry_is_asked_and_known_by_its_name() -> None:
    directive = only("Đề nghị Ban Thường trực Ủy ban Mặt trận Tổ quốc Việt Nam thành phố giám sát.")

    assert (directive.outside, directive.is_request) == (
        "Ban Thường trực Ủy ban MTTQ Việt Nam thành phố",
        True,
    )


def test_numbers_left_out_are_a_warning_and_no_item_is_swallowed() -> None:
    reading = read("1. Rà soát.\n\n3. Báo cáo.\n\n6. Kiểm tra.")

    assert [each.ordinal for each in reading.directives] == ["1", "3", "6"]
    assert {"item 2 missing before 3", "item 4, 5 missing before 6"} <= set(reading.warnings)


def test_decimal_numbers_are_points_of_their_item() -> None:
    reading = read("1. Nhiệm vụ\n\n1.1. Rà soát.\n\n1.2. Báo cáo.\n\n2. Chi 2.5 tỷ đồng.")

    assert [(each.ordinal, each.heading) for each in reading.directives] == [
        ("1.1", "Nhiệm vụ"),
        ("1.2", "Nhiệm vụ"),
        ("2", None),
    ]


def test_letters_left_out_are_a_warning_and_the_point_is_kept() -> None:
    reading = read("1. Sở Nội vụ\n\na) Rà soát.\n\nb) Báo cáo.\n\nđ) Kiểm tra.")

    assert [each.ordinal for each in reading.directives] == ["1.a", "1.b", "1.đ"]
    assert reading.directives[2].gap == "letter gap b) -> đ): c), d) missing"


def test_number_and_day_on_one_line_are_both_read() -> None:
    content = (
        "Số: 45/UBND-TH   Sông Vàng, ngày 3 tháng 8 năm 2026\nV/v thử\nKính gửi: Sở Nội vụ.\n1. Rà soát."
    )
    reading = read_letter(content.encode(), "letter.txt", REGISTRY)

    assert (reading.number, str(reading.issued_on), reading.place) == (
        "45/UBND-TH",
        "2026-08-03",
        "Sông Vàng",
    )


def test_every_authority_line_of_the_signature_is_kept() -> None:
    signature = "TM. ỦY BAN NHÂN DÂN\nKT. CHỦ TỊCH\nPHÓ CHỦ TỊCH\n\nLê Văn Mẫu"
    signer = read(f"1. Rà soát.\n\nNơi nhận:\n- Như trên.\n\n{signature}").signer

    assert signer is not None
    assert signer.authority == "TM. ỦY BAN NHÂN DÂN, KT. CHỦ TỊCH"


@pytest.mark.parametrize(
    ("written", "month", "day"),
    [("ngày 31 tháng 2", 2, None), ("ngày 99 tháng 8", 8, None), ("ngày 5 tháng 13", None, 5)],
)
def test_a_day_that_cannot_be_is_missing(written: str, month: int | None, day: int | None) -> None:
    content = HEADING.replace("ngày 5 tháng 8", written) + "1. Rà soát."
    reading = read_letter(content.encode(), "letter.txt", REGISTRY)

    assert (reading.issued_on, reading.date.month, reading.date.day) == (None, month, day)
    assert {"missing day", "missing month"} & set(reading.warnings)


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        ("Rà soát, tổng hợp kết quả gửi về Sở Nội vụ trước ngày 30/9/2026.", "every recipient"),
        ("Báo cáo UBND thành phố (qua Sở Nội vụ) trước ngày 15/12.", "every recipient"),
        ("Triển khai Kế hoạch của Sở Nội vụ.", "every recipient"),
        ("Các cơ quan, đơn vị, địa phương rà soát; gửi Sở Nội vụ tổng hợp.", "every recipient"),
        ("Trong tháng 9/2026, Sở Nội vụ ban hành hướng dẫn.", "SNV"),
        ("Trước ngày 15 hằng tháng, Sở Nội vụ đề xuất, báo cáo.", "SNV"),
        ("Theo đề nghị của Sở Nội vụ, Sở Tài chính bố trí kinh phí.", "STC"),
        ("Căn cứ ý kiến của Sở Nội vụ và Sở Tài chính, giao Sở Tư pháp thẩm định.", "STP"),
        ("Về dự án cầu: giao Sở Xây dựng thẩm định; Sở Tài chính bố trí vốn.", "SXD"),
        ("Công tác giải phóng mặt bằng do UBND phường Bến Vàng chủ trì.", "P01"),
        ("Ban hành kế hoạch đào tạo (Sở Nội vụ).", "SNV"),
        ("Ban hành kế hoạch đào tạo (Sở Nội vụ chủ trì).", "SNV"),
        ("Rà soát quy trình. Đơn vị chủ trì: Sở KH&CN. Đơn vị phối hợp: Sở Nội vụ.", "SKHCN"),
        ("Phân công Sở Nội vụ, Tài chính và Tư pháp theo dõi.", ["SNV", "STC", "STP"]),
        ("Sở Nội vụ phối hợp với Sở Tài chính tham mưu.", "SNV"),
        ("Giao BQL các KCN chủ trì.", "BQLKCN"),
        ("Thống kê, hỗ trợ người chăn nuôi bị thiệt hại.", "every recipient"),
        ("Kiểm tra an ninh quanh trường học (Công an thành phố; Quý I/2027).", "CATP"),
        ("Đối với dự án cầu: Sở Xây dựng phối hợp UBND phường Bến Vàng hoàn thành.", "SXD"),
        ("Chủ tịch UBND thành phố giao Giám đốc Sở Tư pháp chủ trì tham mưu.", "STP"),
        ("Sở Nội vụ là cơ quan thường trực, chủ trì theo dõi.", "SNV"),
        ("Các sở, ban, ngành (trừ Sở Y tế) rà soát.", "Các sở, ban, ngành (trừ Sở Y tế) (each)"),
    ],
)
def test_the_lead_is_who_acts_and_not_who_receives(text: str, lead: str | list[str]) -> None:
    assert only(text).to_json()["lead"] == lead


@pytest.mark.parametrize(
    ("text", "lead", "coordinate"),
    [
        ("Sở Nội vụ chủ trì; Văn phòng UBND thành phố phối hợp theo dõi.", ("SNV",), ("VPUB",)),
        ("Giao Sở Nội vụ chủ trì, phối hợp với các Sở: Tài chính, Tư pháp làm.", ("SNV",), ("STC", "STP")),
        (
            "Sở Y tế chủ trì phối hợp Sở Nội vụ, UBND các phường và các cơ quan, đơn vị có liên quan kiểm tra.",
            ("SYT",),
            ("SNV", *(f"P{number:02}" for number in range(1, 34))),
        ),
        (
            "Rà soát. Đơn vị chủ trì: Sở Y tế; đơn vị phối hợp: Sở Nội vụ và các đơn vị liên quan.",
            ("SYT",),
            ("SNV",),
        ),
    ],
)
def test_who_cooperates_is_named_in_several_ways(
    text: str, lead: tuple[str, ...], coordinate: tuple[str, ...]
) -> None:
    leads = find_leads(text, REGISTRY, on=DAY)

    assert (leads.lead_codes, leads.coordinate) == (lead, coordinate)


def test_who_is_only_concerned_is_kept_in_words() -> None:
    leads = find_leads("Giao Sở Nội vụ chủ trì, phối hợp các đơn vị liên quan rà soát.", REGISTRY, on=DAY)

    assert (leads.coordinate, leads.concerned) == ((), ("các đơn vị liên quan",))


def test_what_leads_is_worded_so_that_it_can_be_resolved() -> None:
    for text in (
        "UBND các phường Bến Vàng, Bến Lụa và xã Suối Chàm rà soát.",
        "Các sở, ban, ngành (trừ Sở Y tế) rà soát.",
        "Giám đốc các Sở: Nội vụ, Tài chính rà soát.",
    ):
        leads = find_leads(text, REGISTRY, on=DAY)
        units = [unit.code for wording in leads.leads for unit in REGISTRY.resolve(wording, on=DAY)]
        assert units == [unit.code for unit in units_in(text[:-9], REGISTRY, on=DAY).units]


@pytest.mark.parametrize(
    ("heading", "lead"),
    [
        ("Đối với UBND các xã, phường:", "UBND các xã, phường (each)"),
        ("Trách nhiệm của Sở Nội vụ", "SNV"),
    ],
)
def test_a_heading_that_speaks_to_somebody_names_the_executor(heading: str, lead: str) -> None:
    found = find_executors(heading, REGISTRY, on=DAY)

    assert found is not None
    assert found.lead_shown == (lead,)


def test_a_heading_of_a_body_that_the_registry_lacks_names_it_as_unknown() -> None:
    found = find_executors("Sở Du lịch", REGISTRY, on=DAY)

    assert found is not None
    assert (found.leads, found.unknown) == ((), UnknownName(text="Sở Du lịch"))


@pytest.mark.parametrize("heading", ["Về đầu tư công", "Các cơ quan, đơn vị, địa phương"])
def test_a_heading_of_a_topic_or_of_everybody_names_nobody(heading: str) -> None:
    assert find_executors(heading, REGISTRY, on=DAY) is None


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        ("Thứ nhất, Sở Y tế chuẩn bị thuốc.", "SYT"),
        ("Đồng thời, Sở Tài chính thẩm định.", "STC"),
        ("Trước ngày 20/9/2026, các sở, ban, ngành gửi báo cáo.", "Sở, ban, ngành (each)"),
        ("Đối với UBND các xã, phường: tổ chức tuyên truyền.", "UBND các xã, phường (each)"),
        (
            "Đối với các sở, ban, ngành còn lại và UBND các xã, phường: thực hiện báo cáo.",
            ["Sở, ban, ngành (each)", "UBND các xã, phường (each)"],
        ),
    ],
)
def test_what_stands_before_the_executor_does_not_hide_it(text: str, lead: str | list[str]) -> None:
    assert only(text).to_json()["lead"] == lead


@pytest.mark.parametrize(
    ("text", "unknown", "nearest"),
    [
        ("Công an phường tăng cường tuần tra.", "Công an phường", ("Công an thành phố",)),
        ("UBND các xã biên giới tổ chức tuần tra.", "UBND các xã biên giới", ()),
        ("UBND các xã, phường có rừng trực cháy.", "UBND các xã, phường có rừng", ()),
        ("Phòng Nghiệp vụ Y báo cáo.", "Phòng Nghiệp vụ Y", ()),
    ],
)
def test_another_level_or_a_part_of_a_group_is_not_taken_for_the_whole(
    text: str, unknown: str, nearest: tuple[str, ...]
) -> None:
    directive = only(text)

    assert directive.leads == ()
    assert directive.unknown is not None
    assert directive.unknown.text == unknown
    assert directive.unknown.nearest[: len(nearest)] == nearest
    assert nearest or directive.unknown.nearest == ()


def test_a_bullet_that_only_names_an_executor_heads_the_bullets_below_it() -> None:
    opening = "Chủ tịch UBND thành phố yêu cầu:\n"
    bullets = "* Sở Y tế\n- Chuẩn bị thuốc.\n* UBND các xã, phường\n- Diệt lăng quăng.\n- Báo cáo."
    reading = read(opening + bullets)

    assert [(each.ordinal, each.text, each.to_json()["lead"]) for each in reading.directives] == [
        ("-1.-1", "Chuẩn bị thuốc.", "SYT"),
        ("-2.-1", "Diệt lăng quăng.", "UBND các xã, phường (each)"),
        ("-2.-2", "Báo cáo.", "UBND các xã, phường (each)"),
    ]


def test_a_group_that_the_office_defines_leads_heads_and_is_addressed() -> None:
    group = OfficeGroup(
        code="CDT", name="các chủ đầu tư", members=("SXD", "SYT"), valid_from=date(2026, 1, 1)
    )
    registry = UnitRegistry(REGISTRY.units, (group,))
    heading = HEADING.replace("Các sở, ban, ngành.", "Các chủ đầu tư.")
    body = (
        "1. Các chủ đầu tư khẩn trương giải ngân.\n2. Các chủ đầu tư liên quan báo cáo.\n3. Các chủ đầu tư\n"
    )
    reading = read_letter(f"{heading}{body}- Lập kế hoạch.".encode(), "letter.txt", registry)

    assert [each.kind for each in reading.recipients] == ["group"]
    assert [each.to_json()["lead"] for each in reading.directives] == [
        "Các chủ đầu tư (each)",
        "Các chủ đầu tư (each)",
        "Các chủ đầu tư (each)",
    ]
    assert reading.unknown_names == ()


def test_a_sentence_that_only_tells_of_a_body_gives_it_no_task() -> None:
    directive = only("Liên minh Mẫu là tổ chức xã hội.")

    assert (directive.unknown, directive.outside) == (None, None)
