"""What was read leaves the process, and is kept, as JSON without a loss."""

import orjson
from hypothesis import given
from hypothesis import strategies as st

from processes.documents.source.blocks import (
    Attachment,
    Cell,
    Line,
    Place,
    Remark,
    SourceKind,
    SourceText,
    Table,
)

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
numbers = st.integers(1, 10_000)
sizes = st.floats(0, 2000, allow_nan=False)
places = st.builds(
    Place,
    block=numbers,
    page=st.none() | numbers,
    box=st.none() | st.tuples(sizes, sizes, sizes, sizes),
    row=st.none() | numbers,
    column=st.none() | numbers,
    sheet=st.none() | texts,
    cell=st.none() | texts,
    part=st.none() | texts,
)
values = st.one_of(
    st.none(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False),
)
lines = st.builds(
    Line,
    text=texts,
    emphasised=st.booleans(),
    bold=st.booleans(),
    centred=st.booleans(),
    place=st.none() | places,
)
cells = st.builds(
    Cell,
    text=texts,
    place=st.none() | places,
    value=values,
    columns=st.integers(1, 9),
    inherited=st.booleans(),
)
tables = st.builds(
    Table,
    rows=st.lists(st.lists(cells, max_size=3).map(tuple), max_size=3).map(tuple),
    heading_rows=st.integers(0, 3),
    place=st.none() | places,
)
params = st.dictionaries(
    texts.filter(lambda name: name != "code"), texts | numbers | st.lists(texts), max_size=3
)
sources = st.builds(
    SourceText,
    kind=st.sampled_from(SourceKind),
    blocks=st.lists(lines | tables, max_size=5).map(tuple),
    remarks=st.lists(st.builds(Remark, code=texts, params=params), max_size=3).map(tuple),
    attachments=st.lists(
        st.builds(Attachment, filename=texts, content=st.binary(max_size=50)), max_size=2
    ).map(tuple),
    stated=params,
    pages=st.none() | numbers,
)


@given(sources)
def test_a_text_comes_back_from_json_as_it_was(source: SourceText) -> None:
    assert SourceText.from_json(orjson.loads(orjson.dumps(source.to_json()))) == source
