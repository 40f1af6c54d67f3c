"""How time and memory grow with the network: ``python benchmarks/scale.py [LINKS ...]``; 5 and 20 million links, five minutes.

From the codes of both ends of each link, as a store gives them: the rows of both directions with the links' numbers (*both
directions*), the undirected graph without parallel links (*simple*), and on this components, cores, PageRank (1e-8) and Leiden
(two iterations). One process a size, one after the other. CPU seconds of one thread; memory is the largest that the process has
held during the job above what it held before it was given anything, kernels loaded: graph, arrays and all. Then by which power of
the number of links each grows from the smallest to the largest. Where there is no ``/proc`` (not Linux) memory is left out.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from vinculo.analytics.kernels import centrality, community, structure
from vinculo.analytics.kernels.compiled import warm
from vinculo.graph.network import Csr, csr, simple_csr

#: Nodes for each link, as in the other benchmarks.
NODES = 0.2
GROUP = 40
#: What is asked: seconds for both directions of 5 million links, GB for 20 million with Leiden, the two powers.
BUILT_S, HELD_GB, TIME_POWER, MEMORY_POWER = 1.0, 2.5, 1.25, 1.05
AT_BUILT, AT_HELD = 5_000_000, 20_000_000

Figures = dict[str, dict[str, float]]


def made_up(links: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Codes of both ends: some ends are hubs, seven links in ten stay in their group of forty, numbers tell nothing of groups."""
    rng = np.random.default_rng(seed)
    nodes = int(links * NODES)
    place = rng.permutation(nodes).astype(np.int32)
    ends = [np.empty(links, np.int32) for _ in range(2)]
    for start in range(0, links, 1_000_000):
        part = slice(start, min(links, start + 1_000_000))
        many = part.stop - part.start
        a = (nodes * rng.random(many) ** 1.5).astype(np.int64)
        near = np.minimum(a // GROUP * GROUP + rng.integers(0, GROUP, many), nodes - 1)
        b = np.where(rng.random(many) < 0.7, near, rng.integers(0, nodes, many))
        ends[0][part], ends[1][part] = place[a], place[b]
    return ends[0], ends[1]


def held_kb(field: str) -> int | None:
    """What this process holds (``VmRSS``), or the largest it has held (``VmHWM``)."""
    try:
        lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{field}:")), None)


def forget_largest() -> None:
    """Count the largest anew from what is held now."""
    try:
        Path("/proc/self/clear_refs").write_text("5", "utf-8")
    except OSError:
        return


def measured(job: Callable[[], Any], idle: int | None) -> tuple[dict[str, float], Any]:
    """CPU seconds and GB above the idle process of one run, and the result."""
    forget_largest()
    start = time.process_time()
    made = job()
    spent = {"s": time.process_time() - start}
    largest = held_kb("VmHWM")
    if largest is not None and idle is not None:
        spent["GB"] = (largest - idle) * 1024 / 1e9
    return spent, made


def both_directions(nodes: int, source: np.ndarray, target: np.ndarray) -> tuple[Csr, Csr]:
    """Every link where it begins and where it ends, with its number."""
    return csr(nodes, source, target), csr(nodes, target, source)


def simple(nodes: int, source: np.ndarray, target: np.ndarray) -> Csr:
    """The undirected graph."""
    keep = source != target
    low, high = np.minimum(source, target)[keep], np.maximum(source, target)[keep]
    return simple_csr(nodes, low, high, np.ones(len(low)))


JOBS: dict[str, Callable[[Csr], Any]] = {
    "components": lambda graph: structure.linked_labels(graph.ptr, graph.neighbours),
    "k-core": structure.core_number,
    "PageRank": lambda graph: centrality.pagerank(graph, tolerance=1e-8),
    "Leiden": lambda graph: community.leiden(graph, passes=2),
}


def of_size(file: Path) -> Figures:
    """All jobs on the codes in a file."""
    warm()
    small = made_up(1_000)
    for job in JOBS.values():  # compiled code is read at the first call
        job(simple(200, *small))
    idle = held_kb("VmRSS")
    found, graph = built(np.load(file), idle)
    for name, job in JOBS.items():
        found[name], _ = measured(lambda job=job: job(graph), idle)
    return found


def built(ends: np.ndarray, idle: int | None) -> tuple[Figures, Csr]:
    """The rows of both directions, then the graph that all other jobs are done on."""
    nodes = int(ends.max()) + 1
    found: Figures = {}
    found["both directions"], made = measured(lambda: both_directions(nodes, *ends), idle)
    check(*ends, *made)
    del made
    found["simple"], graph = measured(lambda: simple(nodes, *ends), idle)
    return found, graph


def check(source: np.ndarray, target: np.ndarray, out: Csr, into: Csr) -> None:
    """Every link stands in both directions, under its number."""
    for made, rows, ends in ((out, source, target), (into, target, source)):
        assert np.array_equal(np.repeat(np.arange(made.nodes, dtype=np.int32), made.degrees), rows[made.links])
        assert np.array_equal(made.neighbours, ends[made.links])


def told(ok: bool, asked: str) -> str:
    """What is asked, and whether it is so."""
    return f"{asked} {'met' if ok else 'NOT met'}"


def power(small: float, large: float, times: float) -> float:
    """By which power of the size it grows; no number where it was too little to be measured."""
    return math.log(large / small) / math.log(times) if small > 0 and large > 0 else math.nan


def report(found: dict[int, Figures]) -> None:
    """The table, the powers, and what is asked beside them."""
    small, large = min(found), max(found)
    print(f"{'':<18}" + "".join(f"{f'{n:,} links':>30}" for n in found) + f"{'power of s':>14}{'of GB':>8}")
    for name in found[small]:
        line, asked = f"{name:<18}", []
        for figures in found.values():
            one = figures[name]
            line += f"{one['s']:>19.2f} s{one.get('GB', math.nan):>6.2f} GB"
        if large > small:
            powers = [
                power(*(found[n][name].get(k, math.nan) for n in (small, large)), large / small) for k in ("s", "GB")
            ]
            line += f"{powers[0]:>14.2f}{powers[1]:>8.2f}"
            bounds = zip(powers, (TIME_POWER, MEMORY_POWER), strict=True)
            asked += [told(p <= most, f"at most {most}") for p, most in bounds if not math.isnan(p)]
        if name == "both directions" and AT_BUILT in found:
            asked.append(told(found[AT_BUILT][name]["s"] <= BUILT_S, f"5 million in {BUILT_S:g} s"))
        if name == "Leiden" and "GB" in found.get(AT_HELD, {}).get(name, {}):
            most = max(f["GB"] for f in found[AT_HELD].values())
            asked.append(told(most <= HELD_GB, f"20 million, building included ({most:.2f}), in {HELD_GB} GB"))
        print(f"{line}  {'; '.join(asked)}")


def main() -> None:
    """One child a size, smallest first."""
    if sys.argv[1:2] == ["--codes"]:
        print(json.dumps(of_size(Path(sys.argv[2]))))
        return
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for links in sorted(int(n) for n in sys.argv[1:] or ("5000000", "20000000")):
            file = Path(folder) / "codes.npy"
            np.save(file, np.stack(made_up(links)))
            ran = subprocess.run([sys.executable, __file__, "--codes", str(file)], check=True, stdout=subprocess.PIPE)
            found[links] = json.loads(ran.stdout)
    report(found)


if __name__ == "__main__":
    main()
