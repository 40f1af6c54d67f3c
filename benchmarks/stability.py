"""How far communities can be relied on, measured: ``python benchmarks/stability.py`` prints the tables of docs/communities.md.

With ``--fit`` the parameters in ``analytics/stability/calibration.json`` are made again (some minutes), from graphs of the family
``blocks`` alone; what is printed is measured on the family ``lfr``. Both are in ``tests/analytics/planted.py``.
"""

from __future__ import annotations

import itertools
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "analytics"))

# below the line that says where the planted graphs of the tests are found
from planted import blocks, lfr, right  # noqa: E402

from vinculo.analytics.kernels.community import leiden  # noqa: E402
from vinculo.analytics.kernels.compiled import warm  # noqa: E402
from vinculo.analytics.kernels.rewiring import SWAPS, rewire  # noqa: E402
from vinculo.analytics.stability import stability  # noqa: E402
from vinculo.analytics.stability.calibration import columns, terms  # noqa: E402
from vinculo.graph.network import Csr  # noqa: E402

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

KEPT = ROOT / "analytics" / "stability" / "calibration.json"
FIT_GRAPHS, FIT_SEED, TEST_SEED = 360, 40_000, 3_000_000
MIXINGS, DEGREES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6), (8, 12, 20)
NODES, SIZES = (1000, 3000), ((10, 50), (20, 100))


def fitting_graph(number: int) -> tuple[Csr, npt.NDArray[np.int32], bool]:
    """A graph to fit on: everything about it is drawn; one in eight has no groups at all."""
    rng = np.random.default_rng(FIT_SEED + number)

    def between(low: float, high: float) -> float:
        return float(np.exp(rng.uniform(np.log(low), np.log(high))))

    drawn: dict[str, Any] = {
        "nodes": int(between(200, 4000)),
        "degree": between(4, 25),
        "size": between(8, 80),
        "mixing": float(rng.uniform(0.05, 0.7)) if rng.random() > 1 / 8 else 1.0,
        "spread": float(rng.uniform(0, 0.8)),
        "hubs": float(rng.uniform(0, 1)),
        "least": float(rng.uniform(0, 0.6)),
        "weighted": bool(rng.random() < 0.5),
    }
    kind = rng.integers(3)
    drawn |= {"steady": bool(kind > 0), "own": float(rng.uniform(0.2, 1.2)) if kind == 2 else 0.0}
    graph, planted = blocks(**drawn, seed=FIT_SEED + number)
    return graph, planted, drawn["mixing"] < 1.0


def logistic(matrix: Floats, truth: Mask, weights: Floats, ridge: float = 50.0) -> Floats:
    """Intercept and weights of a logistic regression, by Newton's method."""
    x = np.column_stack([np.ones(len(matrix)), matrix])
    beta = np.zeros(x.shape[1])
    penalty = ridge * np.r_[0.0, np.ones(matrix.shape[1])]
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ beta))
        gradient = x.T @ (weights * (truth - p)) - penalty * beta
        hessian = (x * (weights * p * (1 - p))[:, None]).T @ x + np.diag(penalty)
        step = np.linalg.solve(hessian, gradient)
        beta += step
        if np.abs(step).max() < 1e-9:
            break
    return beta


def isotonic(score: Floats, truth: Mask, weights: Floats, pieces: int = 40) -> tuple[list[float], list[float]]:
    """A rising curve through means of pieces of equal weight (pool adjacent violators)."""
    order = np.argsort(score, kind="stable")
    mass = np.cumsum(weights[order])
    piece = np.minimum((mass / mass[-1] * pieces).astype(int), pieces - 1)
    w = np.bincount(piece, weights[order], pieces)
    s = np.bincount(piece, (weights * score)[order], pieces) / w
    p = np.bincount(piece, (weights * truth)[order], pieces) / w
    stack: list[list[float]] = []
    for at in range(pieces):
        stack.append([s[at] * w[at], p[at] * w[at], w[at]])
        while len(stack) > 1 and stack[-2][1] / stack[-2][2] >= stack[-1][1] / stack[-1][2]:
            last = stack.pop()
            stack[-1] = [x + y for x, y in zip(stack[-1], last, strict=True)]
    # nothing is beyond doubt
    return [round(a / c, 4) for a, _, c in stack], [min(round(b / c, 4), 0.9999) for _, b, c in stack]


def gather() -> tuple[list[str], Floats, Mask, Floats]:
    """What is seen of every node of the graphs to fit on, whether it is right, and what it counts."""
    matrices, truths, masses = [], [], []
    for number in range(FIT_GRAPHS):
        graph, planted, grouped = fitting_graph(number)
        found = stability(graph, seed=number)
        linked = found.features.linked
        seen = columns(found.features)
        matrices.append(np.column_stack(list(seen.values()))[linked])
        truths.append(right(found.labels, planted)[linked] & grouped)
        masses.append(np.full(int(linked.sum()), 1000 / linked.sum()))
        print(f"\r{number + 1} of {FIT_GRAPHS} graphs", end="", flush=True)
    print()
    return list(seen), np.concatenate(matrices), np.concatenate(truths), np.concatenate(masses)


def solve(names: list[str], matrix: Floats, truth: Mask, mass: Floats) -> dict[str, Any]:
    """Weights by logistic regression, then a rising curve from score to probability."""
    mean = np.average(matrix, axis=0, weights=mass)
    deviation = np.sqrt(np.average((matrix - mean) ** 2, axis=0, weights=mass))
    scale = {n: [round(m, 5), round(d, 5)] for n, m, d in zip(names, mean.tolist(), deviation.tolist(), strict=True)}
    weighed = terms(dict(zip(names, matrix.T, strict=True)), scale)
    terms_of = np.column_stack(list(weighed.values()))
    beta = np.round(logistic(terms_of, truth, mass), 5)
    scores, likely = isotonic(beta[0] + terms_of @ beta[1:], truth, mass)
    return {
        "made_by": "python benchmarks/stability.py --fit",
        "family": f"{FIT_GRAPHS} graphs of planted.blocks, 200 to 4,000 nodes, mean degree 4 to 25, mean size 8 to 80, "
        "mixing 0.05 to 0.7, one in eight without groups, half of them weighted; the share of links outside of a third the "
        "same for every node, of a third by chance for each link, of a third one for each node; each graph counts the same",
        "runs": 100,
        "drop": 0.1,
        "intercept": float(beta[0]),
        "scale": scale,
        "weights": dict(zip(weighed, beta[1:].tolist(), strict=True)),
        "shape": {"score": scores, "probability": likely},
    }


def fit() -> None:
    """Make the parameters again."""
    KEPT.write_text(json.dumps(solve(*gather()), indent=2) + "\n", encoding="utf-8")


def error(likely: Floats, truth: Mask) -> float:
    """Expected calibration error over ten bins of equal width."""
    piece = np.minimum((likely * 10).astype(int), 9)
    gaps = np.abs(np.bincount(piece, likely, 10) - np.bincount(piece, truth, 10))
    return float(gaps.sum() / len(likely))


def said(likely: Floats, truth: Mask, low: float, high: float) -> str:
    """Share right of those said to be between, and how many they are."""
    inside = (likely >= low) & (likely < high)
    return f"{truth[inside].mean():.3f} of {int(inside.sum()):>6,}" if inside.any() else "none"


def calibration_table(seeds: int = 1) -> None:
    """Print what was said and what was right, for each mixing, for each mean degree and in all."""
    print(f"LFR graphs of {NODES} nodes, mean degree {DEGREES}, at most 50, groups of {SIZES}; {seeds} of each")
    print("         nodes   right  mean said  error  said .85-.95: right    raw .85-.95: right     raw error")
    made: dict[tuple[float, int], list[list[npt.NDArray[Any]]]] = {}
    for mixing, degree, nodes, sizes, seed in itertools.product(MIXINGS, DEGREES, NODES, SIZES, range(seeds)):
        number = TEST_SEED + round(mixing * 10) * 10_000 + degree * 100 + nodes // 100 + sizes[0] + 100_000 * seed
        graph, planted = lfr(nodes, degree, 50, sizes, mixing, number)
        found = stability(graph, seed=number)
        linked = found.features.linked
        told = [x[linked] for x in (found.probability, found.confidence, right(found.labels, planted))]
        made.setdefault((mixing, degree), []).append(told)
    for mixing in MIXINGS:
        line(f"mixing {mixing}", [x for d in DEGREES for x in made[mixing, d]])
    for degree in DEGREES:
        line(f"degree {degree}", [x for m in MIXINGS for x in made[m, degree]])
    everything = [x for found in made.values() for x in found]
    line("all", everything)
    likely, _, truth = (np.concatenate(x) for x in zip(*everything, strict=True))
    for low in np.arange(10) / 10:
        print(f"said {low:.1f} to {low + 0.1:.1f}: right {said(likely, truth, low, low + 0.1 + (low == 0.9))}")


def line(name: str, found: list[list[npt.NDArray[Any]]]) -> None:
    """One row of the table."""
    likely, raw, truth = (np.concatenate(x) for x in zip(*found, strict=True))
    print(
        f"{name:<10}{len(likely):>7,}{truth.mean():>8.3f}{likely.mean():>11.3f}{error(likely, truth):>7.3f}"
        f"  {said(likely, truth, 0.85, 0.95):<22}{said(raw, truth, 0.85, 0.95):<22}{error(raw, truth):>7.3f}",
        flush=True,
    )


def rewired(graph: Csr, seed: int) -> Csr:
    """The same numbers of links, otherwise by chance."""
    bound = np.zeros(graph.nodes, np.int32)
    neighbours, weights = rewire(graph.ptr, graph.neighbours, graph.weights, bound, 1, np.uint64(seed), SWAPS)
    rows = np.repeat(np.arange(graph.nodes), graph.degrees)
    order = np.lexsort((neighbours, rows))
    return graph._replace(neighbours=neighbours[order], weights=weights[order])


def chance_table() -> None:
    """Print what is said of graphs by chance."""
    print("\nrewired graphs: nodes said .9 or more, highest probability, z of modularity, verdict")
    for mixing in (0.1, 0.3, 0.6):
        for seed in range(4):
            graph, _ = lfr(1000, 20 if seed % 2 else 8, 50, (10, 50), mixing, TEST_SEED + seed)
            found = stability(rewired(graph, seed), seed=seed)
            share, z = float((found.probability >= 0.9).mean()), found.z
            print(f"{mixing:<6}{share:>8.4f}{found.probability.max():>8.3f}{z:>8.2f}  {found.is_real}")


def speed() -> None:
    """Print how long 100 runs take."""
    graph, _ = blocks(20_000, 10, 40, 0.3, 1)
    start = time.perf_counter()
    leiden(graph)
    print(f"\n{graph.nodes:,} nodes, {len(graph.weights) // 2:,} links: Leiden {time.perf_counter() - start:.3f} s")
    for threads in (1, 2):
        start, busy = time.perf_counter(), time.process_time()
        stability(graph, threads=threads)
        took, used = time.perf_counter() - start, time.process_time() - busy
        print(f"100 runs, {threads} thread(s): {took:.2f} s, {used:.2f} s of processor")


if __name__ == "__main__":
    warm()
    if "--fit" in sys.argv:
        fit()
        sys.exit()
    if "--speed" not in sys.argv:
        calibration_table()
        chance_table()
    speed()
