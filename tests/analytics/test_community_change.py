"""What became of groups, in cases that can be counted by hand."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from vinculo.analytics.community_change import KINDS, changes


def division(*groups: str) -> pa.Table:
    """Each text is a group, each letter a member."""
    rows = [(member, at) for at, group in enumerate(groups) for member in group]
    return pa.table({"id": [r[0] for r in rows], "group": [r[1] for r in rows]})


def told(before: pa.Table, after: pa.Table) -> list[tuple[str, tuple[int, ...], tuple[int, ...], int]]:
    return [(c.kind, c.before, c.after, c.shared) for c in changes(before, after)]


@pytest.mark.parametrize(
    "before, after, expected",
    [
        (("abcd",), ("abcd",), ("same", (0,), (0,), 4)),
        (("abcd",), ("abcdef",), ("grown", (0,), (0,), 4)),
        (("abcdef",), ("abcd",), ("shrunk", (0,), (0,), 4)),
        ((), ("abcd",), ("born", (), (0,), 0)),
        (("abcd",), (), ("died", (0,), (), 0)),
        (("abcd", "efgh"), ("abcdefgh",), ("merged", (0, 1), (0,), 8)),
        (("abcdefgh",), ("abcd", "efgh"), ("split", (0,), (0, 1), 8)),
        # a small one swallowed by a large one has a Jaccard index of 3/20 and has merged all the same
        (("abc", "defghijklmnopqrst"), ("abcdefghijklmnopqrst",), ("merged", (0, 1), (0,), 20)),
    ],
)
def test_each_kind_of_change(before, after, expected):
    assert told(division(*before), division(*after)) == [expected]


def test_a_group_whose_members_scattered_is_gone_and_its_heirs_are_new():
    before = division("abcdefghijkl")
    after = division("abXYZUVW", "cdMNOPQR", "efGHIJKL", "ghSTABCD")
    assert [c[0] for c in told(before, after)] == ["born"] * 4 + ["died"]


def test_groups_below_the_smallest_are_not_told_of():
    assert told(division("ab", "cdef"), division("ab", "cdef")) == [("same", (1,), (1,), 4)]


def test_backwards_everything_is_its_opposite():
    """On random divisions: born and died, merged and split, grown and shrunk change places."""
    opposite = {"born": "died", "died": "born", "merged": "split", "split": "merged", "same": "same"}
    for seed in range(20):
        rng = np.random.default_rng(seed)
        made = []
        for _ in range(2):
            ids = np.flatnonzero(rng.random(60) < 0.8)
            made.append(pa.table({"id": [f"p{i}" for i in ids], "group": rng.integers(0, 6, len(ids))}))
        forth = {
            (opposite[c.kind], c.after, c.before) for c in changes(*made) if c.kind in opposite and c.kind != "same"
        }
        back = {
            (c.kind, c.before, c.after) for c in changes(*reversed(made)) if c.kind in opposite and c.kind != "same"
        }
        assert forth == back


def test_the_order_of_rows_does_not_matter_and_every_change_is_a_sentence():
    rng = np.random.default_rng(1)
    before = pa.table({"id": [f"p{i}" for i in range(80)], "group": rng.integers(0, 7, 80)})
    after = pa.table(
        {"id": [f"p{i}" for i in range(10, 90)], "group": np.r_[before["group"][10:50], rng.integers(0, 7, 40)]}
    )
    made = changes(before, after)
    assert made == changes(before.take(rng.permutation(80)), after.take(rng.permutation(80)))
    assert len({c.reason for c in made}) > 1
    for change in made:
        assert change.kind in KINDS and "{" not in change.reason.en + change.reason.es
        assert 0 <= change.jaccard <= 1
