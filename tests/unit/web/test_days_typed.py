"""Days are typed and shown as an office writes them, whatever the browser's own language."""

import pytest
from werkzeug.datastructures import MultiDict

from engine.forms import load_form
from web.forms.submission import submitted_values
from web.typography import iso_day, typed_day


@pytest.mark.parametrize(
    ("typed", "iso"),
    [
        ("14/08/2026", "2026-08-14"),
        ("4/8/2026", "2026-08-04"),
        (" 14 / 8 / 2026 ", "2026-08-14"),
        ("14-8-2026", "2026-08-14"),
        ("14.8.2026", "2026-08-14"),
        ("2026-08-14", "2026-08-14"),
        ("31/02/2026", "2026-02-31"),  # the form says that there is no such day
        ("08/2026", "08/2026"),
        ("", ""),
    ],
)
def test_a_typed_day_becomes_iso(typed: str, iso: str) -> None:
    assert iso_day(typed) == iso


def test_a_day_is_shown_as_it_is_typed_and_a_wrong_one_as_it_was() -> None:
    assert [typed_day(value) for value in ("2026-08-14", "2026-02-31", "mai", "", None)] == [
        "14/08/2026",
        "2026-02-31",
        "mai",
        "",
        "",
    ]


def test_the_form_is_read_with_its_days() -> None:
    form = load_form(
        b'{"id": "f", "schemaVersion": 17, "type": "default", "components": '
        b'[{"type": "datetime", "subtype": "date", "key": "day", "id": "d", "dateLabel": "D"}]}'
    )
    assert submitted_values(form, MultiDict({"day": "14/08/2026"})) == {"day": "2026-08-14"}
