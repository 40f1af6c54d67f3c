"""The compact set of fingerprints says what a Python set says."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vinculo.ingest.marks import Marks, as_arrow, halves, halves_of

# few different halves, so that equal first halves with other second ones are common
HALF = st.sampled_from([b"\0" * 8, b"\xff" * 8, b"a" * 8, b"a" * 7 + b"b", b"\0" * 7 + b"a"]) | st.binary(
    min_size=8, max_size=8
)
MARK = st.tuples(HALF, HALF).map(b"".join)


@pytest.mark.parametrize("few", [0, 10, 1 << 17])
@settings(max_examples=40, deadline=None)
@given(batches=st.lists(st.lists(MARK, max_size=40), max_size=12))
def test_it_is_a_set(few: int, batches: list[list[bytes]]) -> None:
    with patch("vinculo.ingest.marks._FEW", few):
        _like_a_set(batches)


def _like_a_set(batches: list[list[bytes]]) -> None:
    marks, known = Marks(), set[bytes]()
    for batch in batches:
        assert marks.known(halves(batch)).tolist() == [m in known for m in batch]
        first = []
        for mark in batch:
            first.append(mark not in known)
            known.add(mark)
        assert marks.firsts(halves(batch)).tolist() == first
        assert len(marks) == len(known)
    assert {m.tobytes() for m in marks.all()} == known


@given(st.lists(MARK, max_size=20), st.integers(0, 20))
def test_arrow_gives_them_back(batch: list[bytes], start: int) -> None:
    column = as_arrow(halves(batch))
    assert column.to_pylist() == batch
    assert [m.tobytes() for m in halves_of(column.slice(start))] == batch[start:]
