"""Recall of the typologies on labelled output of third-party transaction simulators, beside baselines that need no graph.

Run ``python benchmarks/aml_recall.py [STEM ...]``; the data are looked for in ``VINCULO_SHARED_DATA`` (default
``../shared/data`` beside the repository), folder ``aml``. A finding hits a planted pattern when it names at least half of its
members, has no more than twice as many members plus two, and, for fans, has the planted hub as its hub.

The generators' artefacts flatter: most illicit transfers are on pairs of accounts that transact once, so the baseline that
only looks for such pairs is printed beside every figure, with degree rank and random order.
"""

from __future__ import annotations

import csv
import gzip
import os
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from vinculo.analytics.context import Context
from vinculo.analytics.kernels.compiled import warm
from vinculo.analytics.typology import merge_overlapping, typologies
from vinculo.graph.network import Network
from vinculo.graph.store import EDGE_SCHEMA, NODE_SCHEMA

#: Planted pattern to typology; the other planted kinds have none.
COUNTERPART = {"fan_in": "fan_in", "fan_out": "fan_out", "cycle": "round_trip"}
OUTSIDE = ("EXT_SINK", "EXT_SOURCE")
DATA = Path(os.environ.get("VINCULO_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data")) / "aml"

Rows = list[dict[str, str]]


def rows_of(stem: str, part: str) -> Rows:
    """Records of one of a stem's files."""
    with gzip.open(DATA / f"{stem}_{part}.csv.gz", "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def context_of(transfers: Rows) -> Context:
    """Transfers as typologies read them; only the day of their time is real."""
    accounts = sorted({r[end] for r in transfers for end in ("src", "dst")})
    code = {a: i for i, a in enumerate(accounts)}
    nodes = pa.table(
        {"code": range(len(accounts)), "id": accounts, "kind": ["BankAccount"] * len(accounts), "name": accounts},
        schema=NODE_SCHEMA,
    )
    edges = pa.table(
        {
            "id": [f"{int(r['tx_id']):09d}" for r in transfers],
            "kind": ["PAID"] * len(transfers),
            "source": [code[r["src"]] for r in transfers],
            "target": [code[r["dst"]] for r in transfers],
            "date": [r["timestamp"][:10] for r in transfers],
            "amount": [float(r["amount"]) for r in transfers],
            "currency": ["USD"] * len(transfers),
        },
        schema=EDGE_SCHEMA,
    )
    methods = {f"{int(r['tx_id']):09d}": r["tx_type"].lower() for r in transfers}

    def properties(kind: str, columns: Sequence[str]) -> pa.Table:
        ids = sorted(methods) if kind == "PAID" else []
        made = {c: pa.array([methods[i] if c == "method" else None for i in ids], pa.string()) for c in columns}
        return pa.table({"id": pa.array(ids, pa.string()), **made})

    return Context(Network.from_tables(nodes, edges), properties)


def hit(members: set[str], hub: str, found: dict[str, set[str]], needs_hub: bool) -> bool:
    """Whether a finding (role to accounts) is the planted pattern."""
    named = set().union(*found.values())
    if needs_hub and hub not in found.get("hub", ()):
        return False
    return len(members & named) >= 0.5 * len(members) and len(named) <= 2 * len(members) + 2


def average_precision(order: Sequence[int], relevant: set[int]) -> float:
    """Mean precision at each relevant item of a ranking."""
    found, total = 0, 0.0
    for position, item in enumerate(order, 1):
        if item in relevant:
            found += 1
            total += found / position
    return total / len(relevant)


def report(stem: str) -> None:
    """Print one stem's figures."""
    transfers = [r for r in rows_of(stem, "transactions") if r["src"] not in OUTSIDE and r["dst"] not in OUTSIDE]
    planted: dict[str, dict[str, tuple[set[str], str]]] = defaultdict(dict)
    for r in rows_of(stem, "pattern_members"):
        if r["transacted"] == "True" and r["account_id"] not in OUTSIDE:
            members, hub = planted[r["pattern"]].get(r["pattern_id"], (set(), ""))
            members.add(r["account_id"])
            planted[r["pattern"]][r["pattern_id"]] = (members, r["account_id"] if r["is_main"] == "True" else hub)
    illicit = {int(r["tx_id"]) for r in rows_of(stem, "tx_labels")}
    context = context_of(transfers)
    print(
        f"\n{stem}: {len(transfers):,} transfers between accounts, "
        f"{len(illicit & {int(r['tx_id']) for r in transfers}):,} illicit"
    )
    print(
        f"{'pattern':<10}{'planted':>8}{'found':>7}{'recall':>8}{'findings':>10}{'hits':>6}{'degree':>9}{'random':>8}{'s':>7}"
    )
    every: set[str] = set()
    for pattern, name in COUNTERPART.items():
        start = time.perf_counter()
        findings = merge_overlapping(typologies()[name].find(context))
        seconds = time.perf_counter() - start
        named = []
        for f in findings:
            by_role: dict[str, set[str]] = defaultdict(set)
            for i, role in f.entities:
                by_role[role].add(i)
            named.append(by_role)
            every |= set(f.links)
        cases = planted.get(pattern, {})
        fan = pattern.startswith("fan")
        found = {c for c, (m, hub) in cases.items() if any(hit(m, hub, n, fan) for n in named)}
        hits = sum(any(hit(m, hub, n, fan) for m, hub in cases.values()) for n in named)
        degree, random = _baselines(transfers, cases, pattern, len(findings)) if fan else ("-", "-")
        print(
            f"{pattern:<10}{len(cases):>8}{len(found):>7}{len(found) / max(1, len(cases)):>8.2f}{len(findings):>10}{hits:>6}"
            f"{degree:>9}{random:>8}{seconds:>7.2f}"
        )
    ids = [int(r["tx_id"]) for r in transfers]
    relevant = illicit & set(ids)
    pairs = Counter((r["src"], r["dst"]) for r in transfers)
    once = sorted(ids, key=dict(zip(ids, (pairs[r["src"], r["dst"]] for r in transfers), strict=True)).__getitem__)
    shuffled = np.random.default_rng(0).permutation(ids).tolist()
    flagged = {int(i) for i in every}
    print(
        f"transfers in findings: precision {len(flagged & relevant) / max(1, len(flagged)):.2f}, "
        f"recall {len(flagged & relevant) / len(relevant):.2f}; average precision of 'pair seen once' "
        f"{average_precision(once, relevant):.3f}, of random order {average_precision(shuffled, relevant):.3f} "
        f"(base rate {len(relevant) / len(ids):.3f})"
    )


def _baselines(transfers: Rows, cases: dict[str, tuple[set[str], str]], pattern: str, budget: int) -> tuple[str, str]:
    """Share of planted hubs among as many accounts as there are findings: by degree, and at random."""
    hub, other = ("dst", "src") if pattern == "fan_in" else ("src", "dst")
    near: dict[str, set[str]] = defaultdict(set)
    for r in transfers:
        near[r[hub]].add(r[other])
    ranked = sorted(near, key=lambda a: (-len(near[a]), a))[:budget]
    hubs = [h for _, h in cases.values()]
    by_degree = sum(h in ranked for h in hubs) / max(1, len(hubs))
    return f"{by_degree:.2f}", f"{min(1.0, budget / len(near)):.2f}"


if __name__ == "__main__":
    if not DATA.is_dir():
        sys.exit(f"no data at {DATA}: set VINCULO_SHARED_DATA")
    warm(lambda stage, done, total: print(f"{stage} {done}/{total}", file=sys.stderr))
    for stem in sys.argv[1:] or ["amlsim_dev", "amlgentex_dev"]:
        report(stem)
