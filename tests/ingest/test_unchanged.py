"""A text that is said to be clean already is what its cleaner gives back, whatever the text."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vinculo.ingest import cells
from vinculo.ingest.clean import CLEANERS, cleaner, unchanged
from vinculo.ingest.clean.text import printable

FORMS = [(name, ftm) for name in sorted(CLEANERS) for ftm in (False, True) if unchanged(name, ftm=ftm)]
TRICKY = st.sampled_from(
    [
        "a  b",
        '"quoted"',
        "'q'",
        "1.10",
        "01",
        "-0",
        "2024-02-29",
        "2024-02-28",
        "x\ty",
        "x\ny",
        "é",
        "e\u0301",
        "a\u200bb",
    ]
)


@pytest.mark.parametrize(("name", "ftm"), FORMS)
def test_what_matches_is_clean(name: str, ftm: bool) -> None:
    form = unchanged(name, ftm=ftm)
    clean = cleaner(name, ftm=ftm)
    assert form is not None

    @settings(max_examples=200, deadline=None)
    @given(st.one_of(st.from_regex(form.removeprefix("(?s)").strip("^$"), fullmatch=True), st.text(), TRICKY))
    def same(text: str) -> None:
        made = printable(text.replace("\x00", ""))
        # a cleaner sees texts that are printable and not empty
        if made is not None and pc.match_substring_regex(pa.array([made]), form)[0].as_py():
            assert clean(made, "") == made

    same()


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(st.text(max_size=8), TRICKY, st.none()), min_size=1), st.sets(TRICKY, max_size=2))
def test_a_column_reads_as_its_texts_do(texts: list[str | None], missing: set[str]) -> None:
    column = pa.array([None if t is None else t.encode("utf-8", "ignore").decode() for t in texts], pa.string())
    read = cells.read(column, missing)

    def one(text: str | None) -> str | None:
        if text is None or text in missing:
            return None
        made = printable(text)
        return None if made in missing else made

    wanted = [one(t) for t in column.to_pylist()]
    assert read.spread(read.single).to_pylist() == wanted
    assert [read.options[c] if c >= 0 else () for c in read.codes.tolist()] == [(w,) if w else () for w in wanted]
    assert np.array_equal(read.present, [w is not None for w in wanted])
