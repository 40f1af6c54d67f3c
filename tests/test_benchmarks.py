"""The benchmarks run to their end on a small network, and make sure of results on the way."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (["networkx_backend.py", "600", "3000"], ["components", "PageRank, tol 1e-08", "Louvain", "closeness"]),
        (["peers.py", "200", "1000"], ["igraph", "200 nodes"]),
        (["scale.py", "1000", "4000"], ["both directions", "PageRank", "Leiden", "at most 1.25"]),
    ],
    ids=lambda value: value[0],
)
def test_a_benchmark_runs_to_its_end(call: list[str], told: list[str]) -> None:
    ran = subprocess.run(
        [sys.executable, str(BENCHMARKS / call[0]), *call[1:]], capture_output=True, text=True, timeout=300, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert [word for word in told if word not in ran.stdout] == []
