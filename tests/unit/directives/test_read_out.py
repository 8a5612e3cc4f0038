"""A reading told with the 6 rõ check of every directive."""

from datetime import date

from processes.calendar.working_days import WorkingCalendar
from processes.directives.read_out import clarities_of, read_out
from tests.unit.documents.structure.reading import SIGNED, heading, read

CALENDAR = WorkingCalendar({})
LETTER = (
    heading("10/UBND-TH")
    + "Kính gửi: Các sở, ban, ngành\nChủ tịch UBND thành phố yêu cầu:\n"
    + "1. Sở Y tế ban hành kế hoạch tiêm chủng, hoàn thành trước ngày 30/9/2026.\n2. Tăng cường tuyên truyền.\n"
    + SIGNED
)


def test_every_directive_has_its_check() -> None:
    told = read_out(read(LETTER), calendar=CALENDAR)["directives"]
    assert [each["clarity"]["can_be_activated"] for each in told] == [True, False]
    assert told[1]["clarity"]["blocking"] == ["lead", "time", "result"]


def test_what_is_proposed_counts_from_receipt() -> None:
    (_, early), (_, late) = (
        clarities_of(read(LETTER), calendar=CALENDAR, received_on=day) for day in (None, date(2026, 10, 1))
    )
    days = [
        each["proposal"]["date"] for each in (early.to_json()["findings"][3], late.to_json()["findings"][3])
    ]
    assert days == ["2026-09-04", "2026-11-02"]


def test_the_labels_are_those_of_the_letter() -> None:
    labelled = LETTER.replace(
        "2. Tăng", "2. Phân công bảo đảm “3 rõ” (rõ việc, rõ người chịu trách nhiệm, rõ thời hạn). Tăng"
    )
    reading = read(labelled)
    assert reading.six_clear_labels
    (first, *_) = clarities_of(reading, calendar=CALENDAR)
    assert [each.label for each in first.findings] == list(reading.six_clear_labels)
