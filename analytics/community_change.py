"""What became of communities between two dates.

Groups of two dates are matched by their members (Greene, Doyle and Cunningham, Tracking the evolution of communities in dynamic
social networks, ASONAM 2010). A group goes on in another when the Jaccard index of the two is high enough, or when at least
half of one of them lies in the other: a small group swallowed by a large one has a low Jaccard index and has still merged.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vinculo.analytics.phrasing import counted, percent, sentence
from vinculo.graph.network import Codes, Ints
from vinculo.graph.text import Text

KINDS = ("born", "died", "merged", "split", "grown", "shrunk", "same")


@dataclass(frozen=True)
class Change:
    """What became of one group, or of several.

    Attributes
    ----------
    kind : str
        ``born``, ``died``, ``merged`` (several became one), ``split`` (one became several), ``grown``, ``shrunk`` or ``same``.
    before, after : tuple of int
        Groups of the two dates.
    before_size, after_size : int
        Their members in all.
    shared : int
        Members who were there on both dates.
    """

    kind: str
    before: tuple[int, ...]
    after: tuple[int, ...]
    before_size: int
    after_size: int
    shared: int

    @property
    def jaccard(self) -> float:
        """Those who stayed as a share of all who were there on one of the dates."""
        return self.shared / (self.before_size + self.after_size - self.shared)

    @property
    def reason(self) -> Text:
        """The change as a sentence."""
        return sentence(
            f"community_change.{self.kind}",
            groups=counted(max(len(self.before), len(self.after)), "group"),
            before=counted(self.before_size, "member"),
            after=counted(self.after_size, "member"),
            shared=percent(self.jaccard),
        )


def changes(
    before: pa.Table, after: pa.Table, *, jaccard: float = 0.3, half: float = 0.5, smallest: int = 3, by: float = 0.1
) -> list[Change]:
    """Compare two divisions.

    Parameters
    ----------
    before, after : pyarrow.Table
        ``id`` and ``group`` (a whole number from 0), each id once. Who is in one table alone came or went.
    jaccard : float
        From which index two groups are one that goes on.
    half : float
        Or: share of one of the two that lies in the other.
    smallest : int
        Groups below that are not told of.
    by : float
        Change of size, as a share of the size before, up to which a group is the ``same``.

    Returns
    -------
    list of Change
        By kind, then the largest first. A group that split and whose part merged with another is told in both.

    Examples
    --------
    >>> before = pa.table({"id": list("abcdef"), "group": [0, 0, 0, 1, 1, 1]})
    >>> after = pa.table({"id": list("abcdef"), "group": [0, 0, 0, 0, 0, 0]})
    >>> [(c.kind, c.before, c.after) for c in changes(before, after)]
    [('merged', (0, 1), (0,))]
    """
    sizes = [np.bincount(_groups(t), minlength=1) for t in (before, after)]
    b, a, shared = _overlaps(before, after)
    keep = (sizes[0][b] >= smallest) & (sizes[1][a] >= smallest)
    b, a, shared = b[keep], a[keep], shared[keep]
    size_b, size_a = sizes[0][b], sizes[1][a]
    goes_on = shared / (size_b + size_a - shared) >= jaccard
    goes_on |= shared >= half * np.minimum(size_b, size_a)
    b, a, shared = b[goes_on], a[goes_on], shared[goes_on]
    ways_out, ways_in = np.bincount(b, minlength=len(sizes[0])), np.bincount(a, minlength=len(sizes[1]))
    made: list[Change] = []
    for group in np.flatnonzero((ways_out == 0) & (sizes[0] >= smallest)).tolist():
        made.append(Change("died", (group,), (), int(sizes[0][group]), 0, 0))
    for group in np.flatnonzero((ways_in == 0) & (sizes[1] >= smallest)).tolist():
        made.append(Change("born", (), (group,), 0, int(sizes[1][group]), 0))
    for group in np.flatnonzero(ways_in > 1).tolist():
        of = b[a == group]
        made.append(_change("merged", of, np.array([group]), sizes, int(shared[a == group].sum())))
    for group in np.flatnonzero(ways_out > 1).tolist():
        to = a[b == group]
        made.append(_change("split", np.array([group]), to, sizes, int(shared[b == group].sum())))
    for row in np.flatnonzero((ways_out[b] == 1) & (ways_in[a] == 1)).tolist():
        was, now = int(sizes[0][b[row]]), int(sizes[1][a[row]])
        kind = "same" if abs(now - was) <= by * was else "grown" if now > was else "shrunk"
        made.append(_change(kind, b[row : row + 1], a[row : row + 1], sizes, int(shared[row])))
    return sorted(made, key=lambda c: (KINDS.index(c.kind), -max(c.before_size, c.after_size), c.before, c.after))


def _groups(table: pa.Table) -> Ints:
    return np.asarray(table["group"].to_numpy(), np.int64)


def _overlaps(before: pa.Table, after: pa.Table) -> tuple[Ints, Ints, Ints]:
    """Pairs of groups that share members, and how many."""
    ids = [t["id"].cast(pa.string()) for t in (before, after)]
    at = pc.fill_null(pc.index_in(ids[0], value_set=ids[1]), -1).to_numpy()
    both = np.flatnonzero(at >= 0)
    b, a = _groups(before)[both], _groups(after)[at[both]]
    width = int(a.max(initial=0)) + 1
    key, shared = np.unique(b * width + a, return_counts=True)
    return key // width, key % width, shared


def _change(kind: str, before: Ints | Codes, after: Ints | Codes, sizes: list[Ints], shared: int) -> Change:
    return Change(
        kind,
        tuple(before.tolist()),
        tuple(after.tolist()),
        int(sizes[0][before].sum()),
        int(sizes[1][after].sum()),
        shared,
    )
