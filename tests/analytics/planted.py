"""Graphs whose groups are known, of two families that share nothing but that.

``blocks``: every link is drawn by itself; ends have weights of their own (Karrer and Newman 2011), sizes are lognormal.
``lfr``: degrees and sizes follow power laws and every node keeps its share of links outside (Lancichinetti, Fortunato,
Radicchi 2008), wired by pairing stubs.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from vinculo.analytics.kernels.rewiring import rewire
from vinculo.graph.network import Codes, Csr, simple_csr

Array = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def built(nodes: int, a: Array, b: Array, weights: npt.NDArray[np.float64] | None = None) -> Csr:
    """A simple graph from pairs; equal ones are added up."""
    keep = a != b
    low, high = np.minimum(a, b)[keep].astype(np.int32), np.maximum(a, b)[keep].astype(np.int32)
    return simple_csr(nodes, low, high, np.ones(len(low)) if weights is None else weights[keep])


def blocks(
    nodes: int,
    degree: float,
    size: float,
    mixing: float,
    seed: int,
    *,
    spread: float = 0.4,
    hubs: float = 0.6,
    least: float = 0.0,
    weighted: bool = False,
    steady: bool = False,
    own: float = 0.0,
) -> tuple[Csr, Codes]:
    """Degree-corrected planted partition; with a mixing of 1 there are no groups at all.

    ``degree`` and ``size`` are means; ``spread`` and ``hubs`` the lognormal deviations of sizes and of the nodes' weights,
    of which each has a share ``least`` of the mean for sure. A share ``mixing`` of links ends anywhere, by chance, so that some
    nodes belong elsewhere by their links; with ``steady`` it is the same share of every node's, or one that deviates by ``own``
    in log odds. Weights are lognormal and know nothing of the groups.
    """
    rng = np.random.default_rng(seed)
    shares = rng.lognormal(0, spread, max(2, round(nodes / size)))
    group = np.sort(rng.choice(len(shares), nodes, p=shares / shares.sum()))
    pull = rng.lognormal(0, hubs, nodes)
    pull = least * pull.mean() + (1 - least) * pull
    links = int(nodes * degree / 2)
    if steady:
        a, b = _steadily(group, pull, links, _owned(mixing, own, nodes, rng), rng)
    else:
        a, b = _freely(group, pull, links, mixing, rng)
    weights = rng.lognormal(0, 0.5, len(a)) if weighted else None
    order = rng.permutation(nodes)
    return built(nodes, order[a], order[b], weights), group[np.argsort(order)].astype(np.int32)


def _freely(group: Array, pull: Floats, links: int, mixing: float, rng: np.random.Generator) -> tuple[Array, Array]:
    """Each link by itself: one end anywhere, the other in its group or anywhere."""
    reach = np.concatenate([[0.0], np.cumsum(pull)])

    def draw(low: Array | int, high: Array | int) -> Array:
        at = reach[low] + rng.random(links) * (reach[high] - reach[low])
        return np.minimum(np.searchsorted(reach, at, side="right") - 1, len(group) - 1)

    a = draw(0, len(group))
    start = np.searchsorted(group, np.arange(group.max() + 2))
    inside = draw(start[group[a]], start[group[a] + 1])
    return a, np.where(rng.random(links) < mixing, draw(0, len(group)), inside)


def _owned(mixing: float, own: float, nodes: int, rng: np.random.Generator) -> Floats:
    """Each node's share of links outside."""
    if own == 0 or not 0 < mixing < 1:
        return np.full(nodes, mixing)
    return 1 / (1 + np.exp(-np.log(mixing / (1 - mixing)) - own * rng.standard_normal(nodes)))


def _steadily(group: Array, pull: Floats, links: int, mixing: Floats, rng: np.random.Generator) -> tuple[Array, Array]:
    """Ends are dealt to nodes first, a share of each node's for inside, and then paired."""
    ends = np.maximum(1, np.floor(pull / pull.sum() * 2 * links + rng.random(len(group)))).astype(np.int64)
    inner = np.floor(ends * (1 - mixing) + rng.random(len(group))).astype(np.int64)
    inside = rng.permutation(np.repeat(np.arange(len(group)), inner))
    inside = inside[np.argsort(group[inside], kind="stable")]
    anywhere = rng.permutation(np.repeat(np.arange(len(group)), ends - inner))
    pairs = [x[: len(x) // 2 * 2].reshape(-1, 2) for x in (inside, anywhere)]
    # where a group has an odd number of ends, one is left for the next group: no link
    pairs[0] = pairs[0][group[pairs[0][:, 0]] == group[pairs[0][:, 1]]]
    a, b = np.concatenate(pairs).T
    return a, b


def lfr(nodes: int, degree: float, most: int, sizes: tuple[int, int], mixing: float, seed: int) -> tuple[Csr, Codes]:
    """LFR benchmark: exponents 2 for degrees and 1 for sizes, which are the first published ones."""
    rng = np.random.default_rng(seed)
    degrees = _degrees(nodes, degree, most, rng)
    inner = np.floor(degrees * (1 - mixing) + rng.random(nodes)).astype(np.int64)
    group, count = _housed(inner, sizes, rng)
    inside = [_joined(np.flatnonzero(group == g), inner) for g in range(count)]
    a, b = (np.concatenate([pairs[end] for pairs in inside]) for end in (0, 1))
    dense = built(nodes, a, b)
    # joined by a rule, then shuffled inside each group
    mixed, _ = rewire(dense.ptr, dense.neighbours, dense.weights, group.astype(np.int32), count, np.uint64(seed), 20)
    rows = np.repeat(np.arange(nodes), dense.degrees)
    once = rows < mixed
    pairs = _paired(np.repeat(np.arange(nodes), degrees - inner), rng, group)
    graph = built(nodes, np.concatenate([rows[once], pairs[0]]), np.concatenate([mixed[once], pairs[1]]))
    return graph._replace(weights=np.ones(len(graph.weights))), group.astype(np.int32)


def _joined(members: Array, wanted: Array) -> tuple[Array, Array]:
    """A simple graph in which each member has so many links, as far as there is one (Havel 1955, Hakimi 1962)."""
    left = wanted[members].copy()
    a, b = [], []
    while left.any():
        i = int(np.argmax(left))
        others = np.argsort(-left, kind="stable")
        others = others[(others != i) & (left[others] > 0)][: left[i]]
        a.append(np.full(len(others), members[i]))
        b.append(members[others])
        left[others] -= 1
        left[i] = 0
    none = np.zeros(0, np.int64)
    return np.concatenate([none, *a]), np.concatenate([none, *b])


def _degrees(nodes: int, mean: float, most: int, rng: np.random.Generator) -> Array:
    """From a power law with exponent 2 up to ``most``, its lower end chosen so that the mean is as wanted."""

    def law(least: float) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        k = np.arange(max(1, int(least)), most + 1).astype(np.float64)
        p = k**-2.0
        # the lowest degree takes part to a fraction, so that the mean moves evenly
        p[0] *= 1 - (least - int(least))
        return k, p / p.sum()

    low, high = 1.0, float(most)
    for _ in range(60):
        middle = (low + high) / 2
        k, p = law(middle)
        low, high = (middle, high) if float(k @ p) < mean else (low, middle)
    k, p = law(high)
    return rng.choice(k, nodes, p=p).astype(np.int64)


def _housed(inner: Array, sizes: tuple[int, int], rng: np.random.Generator) -> tuple[Array, int]:
    """Group of each node: sizes with p(s) ~ 1/s, and no node in a group too small for its inner links."""
    drawn: list[int] = []
    s = np.arange(sizes[0], sizes[1] + 1)
    while sum(drawn) < len(inner):
        drawn.append(int(rng.choice(s, p=(1 / s) / (1 / s).sum())))
    drawn.sort(reverse=True)
    room = np.array(drawn)
    group = np.full(len(inner), -1, np.int64)
    inner[:] = np.minimum(inner, room[0] - 1)
    for i in np.argsort(-inner, kind="stable").tolist():
        fit = (np.array(drawn) > inner[i]) & (room > 0)
        if not fit.any():
            fit = room > 0
        p = np.where(fit, room, 0)
        g = int(rng.choice(len(room), p=p / p.sum()))
        group[i] = g
        room[g] -= 1
        inner[i] = min(inner[i], drawn[g] - 1)
    _, group = np.unique(group, return_inverse=True)
    return group, int(group.max()) + 1


def _paired(stubs: Array, rng: np.random.Generator, apart: Array) -> tuple[Array, Array]:
    """Pair stubs at random; pairs that are doubles or inside a group are paired anew with others."""
    stubs = rng.permutation(stubs)[: len(stubs) // 2 * 2]
    a, b = stubs[0::2].copy(), stubs[1::2].copy()
    for _ in range(200):
        key = np.minimum(a, b) * (stubs.max(initial=0) + 1) + np.maximum(a, b)
        bad = np.ones(len(a), np.bool_)
        bad[np.unique(key, return_index=True)[1]] = False
        bad |= apart[a] == apart[b]
        if not bad.any():
            break
        # as many good ones are opened again, so that the bad find partners
        again = bad | (rng.random(len(a)) < min(1.0, 2 * bad.mean()))
        mixed = rng.permutation(np.concatenate([a[again], b[again]]))
        a[again], b[again] = mixed[: len(mixed) // 2], mixed[len(mixed) // 2 :]
    keep = apart[a] != apart[b]
    return a[keep], b[keep]


def right(found: Codes, planted: Codes) -> npt.NDArray[np.bool_]:
    """Which nodes are where they belong: their group and the planted group are one another's best match (Jaccard).

    Merging two planted groups makes the smaller one wrong, splitting one makes its smaller part wrong.
    """
    pairs, at, shared = np.unique(
        found.astype(np.int64) * (planted.max() + 1) + planted, return_inverse=True, return_counts=True
    )
    f, p = pairs // (planted.max() + 1), pairs % (planted.max() + 1)
    jaccard = shared / (np.bincount(found)[f] + np.bincount(planted)[p] - shared)
    best_f, best_p = np.full(f.max() + 1, -1.0), np.full(p.max() + 1, -1.0)
    np.maximum.at(best_f, f, jaccard)
    np.maximum.at(best_p, p, jaccard)
    return ((jaccard >= best_f[f]) & (jaccard >= best_p[p]))[at]
