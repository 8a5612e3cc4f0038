"""What Word shows of a document is read, and nothing else."""

import pytest

from processes.documents import errors
from processes.documents.source.blocks import Line, SourceKind, SourceText, Table
from processes.documents.source.letterhead import is_letterhead
from processes.documents.source.read import read_source
from tests.office import (
    cell,
    docx,
    header,
    level,
    listed,
    lists,
    paragraph,
    relationships,
    row,
    run,
    style,
    styles,
    table,
)

EMBLEM = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"


def read(body: str, parts: dict[str, str | bytes] | None = None) -> SourceText:
    return read_source(docx(body, parts), "letter.docx")


def texts(source: SourceText) -> list[str]:
    return [line.text for line in source.lines]


def remarks(source: SourceText) -> dict[str, object]:
    return {remark.code: remark.params.get("count") for remark in source.remarks}


def rows(source: SourceText) -> list[list[str]]:
    found = next(block for block in source.blocks if isinstance(block, Table))
    return [[each.text for each in row] for row in found.rows]


def test_paragraphs_and_tables_come_in_order_with_their_numbers() -> None:
    source = read(
        table(("UBND THÀNH PHỐ", EMBLEM)) + paragraph("Kính gửi:") + paragraph() + paragraph("Nơi nhận:")
    )

    assert source.kind is SourceKind.DOCX
    assert [block.place.block for block in source.blocks if block.place] == [1, 2, 3]
    assert texts(source) == ["Kính gửi:", "Nơi nhận:"]
    assert rows(source) == [["UBND THÀNH PHỐ", EMBLEM]]


def test_a_table_of_one_column_is_its_paragraphs_and_the_tables_within() -> None:
    inner = table(("1", "Rà soát"), ("2", "Báo cáo"))
    source = read(table(row(cell(paragraph("Phụ lục"), inner))))

    assert texts(source) == ["Phụ lục"]
    assert rows(source) == [["1", "Rà soát"], ["2", "Báo cáo"]]


def test_merged_cells_stand_once_in_a_row_and_are_inherited_by_those_below() -> None:
    source = read(
        table(
            row(cell("TT"), cell("Tiến độ", properties='<w:gridSpan w:val="2"/>')),
            row(cell("1", properties='<w:vMerge w:val="restart"/>'), "a", "b"),
            row(cell("", properties="<w:vMerge/>"), "c", "d"),
            row(cell("2", properties='<w:vMerge w:val="restart"/>'), "e", "f"),
        )
    )
    found = source.blocks[0]

    assert isinstance(found, Table)
    assert [[each.text for each in row] for row in found.rows] == [
        ["TT", "Tiến độ"],
        ["1", "a", "b"],
        ["1", "c", "d"],
        ["2", "e", "f"],
    ]
    assert [each.columns for each in found.rows[0]] == [1, 2]
    assert [row[0].inherited for row in found.rows] == [False, False, True, False]
    place = found.rows[1][2].place
    assert place is not None
    assert (place.block, place.row, place.column) == (1, 2, 3)


def test_a_row_that_begins_further_right_keeps_its_columns() -> None:
    source = read(table(("1", "a", "b"), row("c", "d", properties='<w:gridBefore w:val="1"/>')))

    assert rows(source) == [["1", "a", "b"], ["", "c", "d"]]


def test_cells_merged_in_the_old_way_are_one() -> None:
    source = read(
        table(
            row(cell("a", properties='<w:hMerge w:val="restart"/>'), cell("", properties="<w:hMerge/>"), "b"),
            ("1", "2", "3"),
        )
    )

    assert rows(source)[0] == ["a", "b"]


def test_heading_rows_are_those_that_word_repeats() -> None:
    repeated = "<w:tblHeader/>"
    source = read(
        table(
            row("TT", "Nhiệm vụ", properties=repeated), row("1", "2", properties=repeated), ("1", "Rà soát")
        )
    )
    found = source.blocks[0]

    assert isinstance(found, Table)
    assert found.heading_rows == 2


def test_a_table_within_a_cell_is_its_cells_each_number_with_what_it_counts() -> None:
    inner = table(("1", "Rà soát"), ("2.", "Báo cáo"))
    source = read(table(row(cell("Việc", inner), "Sở Nội vụ")))

    assert rows(source) == [["Việc\n1. Rà soát\n2. Báo cáo", "Sở Nội vụ"]]


def test_rows_cells_and_paragraphs_are_found_within_content_controls() -> None:
    def control(content: str) -> str:
        return f"<w:sdt><w:sdtContent>{content}</w:sdtContent></w:sdt>"

    body = control(paragraph(control(run("Số: 5/UBND")))) + table(control(row("a", control(cell("b")))))

    assert texts(read(body)) == ["Số: 5/UBND"]
    assert rows(read(body)) == [["a", "b"]]


def test_revised_text_is_read_as_if_every_revision_was_accepted() -> None:
    source = read(
        paragraph(
            run("trước ngày "),
            f"<w:del>{run('30/8').replace('w:t', 'w:delText')}</w:del>",
            f"<w:moveFrom>{run('x')}</w:moveFrom>",
            f"<w:ins>{run('15/9')}</w:ins>",
        )
        + table(("a", "b"), row("c", "d", properties="<w:del/>"))
    )

    assert texts(source) == ["trước ngày 15/9"]
    assert rows(source) == [["a", "b"]]
    assert remarks(source) == {"insertions_kept": 1, "deletions_left_out": 3}


def test_a_paragraph_whose_end_was_taken_out_goes_on_in_the_next() -> None:
    source = read(paragraph("Rà soát ", properties="<w:rPr><w:del/></w:rPr>") + paragraph("thủ tục."))

    assert texts(source) == ["Rà soát thủ tục."]


def test_text_that_stands_in_two_dialects_is_read_once() -> None:
    box = "<w:txbxContent>{}</w:txbxContent>".format(paragraph("DỰ THẢO"))
    alternatives = (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps">'
        f"<w:drawing><wps:wsp><wps:txbx>{box}</wps:txbx></wps:wsp></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:shape><v:textbox>{box}</v:textbox></v:shape></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )
    source = read(paragraph("Kính gửi:") + paragraph(alternatives, run("Rà soát")))

    assert texts(source) == ["Kính gửi:", "DỰ THẢO", "Rà soát"]
    assert remarks(source) == {"text_boxes_read": 1}


def test_a_text_box_with_the_head_of_the_letter_comes_first() -> None:
    box = f"<w:r><w:pict><v:textbox><w:txbxContent>{paragraph(EMBLEM)}</w:txbxContent></v:textbox></w:pict></w:r>"
    source = read(paragraph("Kính gửi:") + paragraph(box))

    assert texts(source) == [EMBLEM, "Kính gửi:"]
    assert "text_box_put_first" in remarks(source)


@pytest.mark.parametrize(
    ("text", "is_head"),
    [
        ("Cộng hoà xã hội chủ nghĩa Việt Nam", True),
        ("ĐẢNG CỘNG SẢN VIỆT NAM", True),
        ("Số:       /UBND-HCC", True),
        ("Số 05-NQ/TU", True),
        ("Số: ……/CT-UBND", True),
        ("Số/ký hiệu văn bản: ……", False),
        ("HỎA TỐC", False),
        ("Số: 12 Lê Lợi", False),
    ],
)
def test_the_head_of_a_letter_is_known_by_emblem_or_number(text: str, is_head: bool) -> None:
    assert is_letterhead([Line(text=text)]) is is_head


@pytest.mark.parametrize("kind", ["default", "first"])
def test_the_header_of_the_first_page_comes_first_if_it_is_the_letters(kind: str) -> None:
    section = (
        f'<w:sectPr><w:headerReference w:type="{kind}" r:id="rId7"/>'
        + ("<w:titlePg/>" if kind == "first" else "")
        + "</w:sectPr>"
    )
    parts: dict[str, str | bytes] = {
        "word/_rels/document.xml.rels": relationships({"rId7": ("header", "header1.xml")}),
        "word/header1.xml": header(table(("UBND TỈNH", EMBLEM))),
    }
    source = read(paragraph("Kính gửi:") + section, parts)
    without = read(paragraph("Kính gửi:") + section, parts | {"word/header1.xml": header(paragraph("2"))})

    assert [type(block) for block in source.blocks] == [Table, Line]
    assert remarks(source) == {"header_put_first": 1}
    assert texts(without) == ["Kính gửi:"]


def test_notes_comments_hidden_text_pictures_and_contents_are_left_out_and_counted() -> None:
    picture = "<w:r><w:drawing><a:blip/></w:drawing></w:r>"
    source = read(
        paragraph(run("Rà soát"), '<w:r><w:footnoteReference w:id="1"/><w:commentReference w:id="2"/></w:r>')
        + paragraph(run("bí mật", "<w:vanish/>"), picture)
        + paragraph("I. MỤC ĐÍCH 3", properties='<w:pStyle w:val="M"/>'),
        {
            "word/styles.xml": styles(
                '<w:style w:styleId="M" w:type="paragraph"><w:name w:val="TOC 1"/></w:style>'
            )
        },
    )

    assert texts(source) == ["Rà soát"]
    assert remarks(source) == {
        "hidden_text_left_out": 1,
        "footnotes_left_out": 1,
        "comments_left_out": 1,
        "contents_left_out": 1,
        "pictures_left_out": 1,
    }


def test_macros_and_embedded_files_are_not_looked_into_and_said() -> None:
    content = docx(
        paragraph("Rà soát"), {"word/vbaProject.bin": b"\0", "word/embeddings/oleObject1.bin": b"\0"}
    )
    source = read_source(content, "letter.docm")

    assert remarks(source) == {"macros_ignored": None, "objects_ignored": 1}


def test_the_result_of_a_field_is_read_and_not_its_instruction() -> None:
    def part(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    instruction = "<w:r><w:instrText>DATE</w:instrText></w:r>"
    source = read(
        paragraph(
            run("ngày "),
            part("begin"),
            instruction,
            run("IF"),
            part("separate"),
            run("5/8/2026"),
            part("end"),
            f'<w:fldSimple w:instr="PAGE">{run(" trang")}</w:fldSimple>',
            f"<w:hyperlink>{run(' Cổng')}</w:hyperlink>",
        )
        + paragraph(part("begin"), run("hỏng"))
        + paragraph("Rà soát")
    )

    assert texts(source) == ["ngày 5/8/2026 trang Cổng", "Rà soát"]


def test_signs_hyphens_tabs_and_formulas_are_what_they_show() -> None:
    source = read(
        paragraph(
            '<w:r><w:sym w:font="Symbol" w:char="F0B3"/><w:t> 98%</w:t></w:r>',
            "<w:r><w:tab/><w:t>văn</w:t><w:softHyphen/><w:t> hóa</w:t><w:noBreakHyphen/><w:t>xã hội</w:t></w:r>",
            '<w:r><w:rPr><w:rFonts w:ascii="Wingdings"/></w:rPr><w:t> \uf0fe x</w:t></w:r>',
            "<m:oMath><m:r><m:t>=a/b</m:t></m:r></m:oMath>",
        )
    )

    assert texts(source) == ["≥ 98% văn hóa-xã hội ☑ x=a/b"]


def test_a_line_break_parts_a_paragraph_where_its_sentence_does_not_go_on() -> None:
    broken = "<w:r><w:t>V/v nâng cao</w:t><w:br/><w:t>chất lượng</w:t><w:br/><w:t>Kính gửi:</w:t></w:r>"

    assert texts(read(paragraph(broken))) == ["V/v nâng cao chất lượng", "Kính gửi:"]


def test_two_columns_set_with_tabs_are_two_lines() -> None:
    source = read(
        paragraph(f"<w:r><w:t>UBND TỈNH</w:t><w:tab/><w:tab/><w:t>{EMBLEM}</w:t></w:r>")
        + paragraph("Số:      /UBND-TH          Sông Vàng, ngày      tháng 8 năm 2026")
        + paragraph("Mục tiêu:     đạt 98%")
    )

    assert texts(source) == [
        "UBND TỈNH",
        EMBLEM,
        "Số: /UBND-TH",
        "Sông Vàng, ngày tháng 8 năm 2026",
        "Mục tiêu: đạt 98%",
    ]


def test_bold_and_centred_are_told_of_whole_paragraphs_direct_or_by_style() -> None:
    part = styles(
        "<w:docDefaults><w:rPrDefault><w:rPr/></w:rPrDefault></w:docDefaults>"
        + style("A", '<w:pPr><w:jc w:val="center"/></w:pPr><w:rPr><w:b/></w:rPr>')
        + style("B", '<w:basedOn w:val="A"/>')
        + style("C", "<w:rPr><w:b/></w:rPr>", "character")
    )
    source = read(
        paragraph("CHỈ THỊ", properties='<w:pStyle w:val="B"/>')
        + paragraph(run("x", '<w:b w:val="0"/>'), properties='<w:pStyle w:val="B"/><w:jc w:val="both"/>')
        + paragraph(run("a", "<w:b/>"), run(" "), run("b", '<w:rStyle w:val="C"/>'))
        + paragraph(run("a", "<w:b/>"), run("b")),
        {"word/styles.xml": part},
    )

    assert [(line.bold, line.centred) for line in source.lines] == [
        (True, True),
        (False, False),
        (True, False),
        (False, False),
    ]


def test_text_that_is_shown_in_capitals_is_read_so() -> None:
    part = styles(style("A", "<w:rPr><w:caps/></w:rPr>"))
    source = read(
        paragraph(run("Chỉ thị", "<w:caps/>"), run(" số"))
        + paragraph(run("Kế hoạch"), run(" năm", '<w:caps w:val="0"/>'), properties='<w:pStyle w:val="A"/>'),
        {"word/styles.xml": part},
    )

    assert texts(source) == ["CHỈ THỊ số", "KẾ HOẠCH năm"]


def test_text_for_old_fonts_is_refused() -> None:
    with pytest.raises(errors.LetterEncodingLegacy):
        read(paragraph("KÝnh göi: C¸c së, ban, ngµnh thµnh phè."))


def test_lists_are_numbered_as_word_prints_them() -> None:
    numbering = lists(
        level(0, "upperRoman", "%1.")
        + level(1, "decimal", "%1.%2.", "<w:isLgl/>")
        + level(2, "lowerLetter", "%3)")
        + level(3, "bullet", "\uf0b7")
        + level(4, "bullet", "+"),
        level(0, "lowerLetter", "đ)") + level(1, "decimalZero", "%2."),
    )
    body = "".join(
        (
            *(listed("A"), listed("B", 1), listed("C", 2), listed("D", 2), listed("E", 3), listed("F", 4)),
            *(listed("G"), listed("H", 1), listed("I", 2)),
            *(listed("K", 0, 2), listed("L", 1, 2), listed("M", 0, 0), listed("N", 7, 1)),
        )
    )

    assert texts(read(body, {"word/numbering.xml": numbering})) == [
        *("I. A", "1.1. B", "a) C", "b) D", "- E", "+ F"),
        *("II. G", "2.1. H", "a) I"),
        *("đ) K", "01. L", "M", "N"),
    ]


def test_a_list_begins_again_where_a_number_of_its_own_says_so_and_goes_on_elsewhere() -> None:
    numbers = (
        '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'
        '<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
        '<w:num w:numId="3"><w:abstractNumId w:val="1"/>'
        '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>'
        '<w:num w:numId="4"><w:abstractNumId w:val="1"/>'
        f'<w:lvlOverride w:ilvl="0">{level(0, "upperLetter", "%1/")}</w:lvlOverride></w:num>'
    )
    numbering = lists(
        level(0, "decimal", "%1.") + level(1, "decimal", "%2)", '<w:lvlRestart w:val="0"/>'), numbers=numbers
    )
    body = "".join(
        (
            *(listed("a"), listed("b", 0, 2), listed("c", 0, 3), listed("d", 0, 3), listed("e", 0, 4)),
            *(listed("f", 1), listed("g", 0), listed("h", 1)),
        )
    )

    assert texts(read(body, {"word/numbering.xml": numbering})) == [
        *("1. a", "2. b", "5. c", "6. d", "G/ e"),
        *("1) f", "8. g", "2) h"),
    ]


def test_styles_put_paragraphs_on_lists() -> None:
    numbering = lists(
        level(0, "decimal", "Điều %1.", '<w:pStyle w:val="Article"/>')
        + level(1, "lowerLetter", "%2)", '<w:pStyle w:val="Point"/>')
    )
    on_list = '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'
    part = styles(
        style("Article", on_list)
        + style("Point", on_list)
        + style("Own", '<w:basedOn w:val="Article"/>')
        + style("None", f'<w:basedOn w:val="Article"/>{on_list.replace("1", "0")}')
    )

    def styled(text: str, style: str) -> str:
        return paragraph(text, properties=f'<w:pStyle w:val="{style}"/>')

    body = styled("A", "Article") + styled("B", "Point") + styled("C", "Own") + styled("D", "None")

    assert texts(read(body, {"word/numbering.xml": numbering, "word/styles.xml": part})) == [
        *("Điều 1. A", "a) B", "Điều 2. C", "D"),
    ]


def test_a_list_may_be_defined_by_a_style() -> None:
    numbering = lists(level(0, "decimal", "%1)"), '<w:numStyleLink w:val="S"/>')
    part = styles(style("S", '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>', "numbering"))

    assert texts(read(listed("A", 0, 2), {"word/numbering.xml": numbering, "word/styles.xml": part})) == [
        "1) A"
    ]


def test_a_column_of_automatic_numbers_has_them_and_an_empty_item_of_the_text_is_nothing() -> None:
    numbering = {"word/numbering.xml": lists(level(0, "decimal", "%1."))}
    source = read(
        table(row(cell(listed("")), "Rà soát"), row(cell(listed("")), "Báo cáo")) + listed(""), numbering
    )

    assert rows(source) == [["1.", "Rà soát"], ["2.", "Báo cáo"]]
    assert texts(source) == []


def test_a_document_in_strict_open_xml_is_read() -> None:
    strict = "http://purl.oclc.org/ooxml/wordprocessingml/main"
    body = f'<w:document xmlns:w="{strict}"><w:body>{paragraph("Rà soát")}</w:body></w:document>'
    source = read("", {"word/document.xml": body})

    assert texts(source) == ["Rà soát"]


def test_a_web_page_within_a_document_is_not_read_and_said() -> None:
    page = '<w:altChunk r:id="rId5"/>'

    assert remarks(read(paragraph("Rà soát") + page)) == {"foreign_parts_left_out": 1}
    with pytest.raises(errors.LetterOtherProgram):
        read(page)


def test_a_document_of_pictures_only_is_a_scan() -> None:
    with pytest.raises(errors.LetterScanned):
        read(paragraph("<w:r><w:drawing><a:blip/></w:drawing></w:r>"))
