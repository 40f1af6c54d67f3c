"""Assertions taken apart and put together again say the same."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from vinculo.graph import facts
from vinculo.graph.statements import flat, put_together, taken_apart

ASSERTIONS = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from(["Person", "Company", "Thing"]),
        st.integers(1, 6),
        st.lists(st.tuples(st.sampled_from(["name", "alias"]), st.sampled_from(["A", "B", "A B", "ñ"])), max_size=3),
        st.integers(0, 2),
    ),
    max_size=25,
)


@settings(max_examples=150, deadline=None)
@given(ASSERTIONS)
def test_taken_apart_and_put_together(rows: list[tuple[int, str, int, list[tuple[str, str]], int]]) -> None:
    import numpy as np
    import pyarrow as pa

    def apart(table: Sequence[tuple[int, str, int, str, int]]) -> pa.Table:
        return taken_apart(
            np.array([r[0] for r in table], np.int64),
            pa.array([r[1] for r in table], pa.string()),
            pa.array([r[2] for r in table], pa.int64()),
            pa.array([r[3] for r in table], pa.string()),
            np.array([r[4] for r in table], np.int64),
        )

    made = apart([(t, k, r, facts.pack(f), s) for t, k, r, f, s in rows])
    expected: dict[tuple[int, str, int], int] = {}
    for thing, kind, record, values, source in rows:
        for pair in [f"\x1f{kind}", *(f"{p}\x1f{v}" for p, v in values)]:
            expected[thing, pair, source] = min(record, expected.get((thing, pair, source), record))
    assert [(r["thing"], r["pair"], r["source"], r["record"]) for r in made.to_pylist()] == [
        (*key, record) for key, record in sorted(expected.items())
    ]
    whole = put_together(made)
    columns = [flat(whole.column(c)).to_pylist() for c in ("thing", "kind", "record", "facts", "source")]
    assert apart(list(zip(*columns, strict=True))).equals(made)
