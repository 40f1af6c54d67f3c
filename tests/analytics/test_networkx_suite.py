"""NetworkX' own tests of the functions Vinculo runs, with Vinculo running them.

A backend that never runs passes them all where NetworkX may step in. So every kernel is counted, and a second run in which
every kernel gives a wrong result must fail, for each kernel in a test that calls no other.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import networkx
import pytest

from vinculo.analytics.networkx_backend.info import FUNCTIONS

HERE = Path(__file__).parent
SUITES = (
    "components.tests.test_connected",
    "components.tests.test_weakly_connected",
    "components.tests.test_strongly_connected",
    "components.tests.test_biconnected",
    "tests.test_core",
    "tests.test_cluster",
    "tests.test_bridges",
    "link_analysis.tests.test_pagerank",
    "centrality.tests.test_betweenness_centrality",
    "centrality.tests.test_closeness_centrality",
    "centrality.tests.test_eigenvector_centrality",
    "centrality.tests.test_harmonic_centrality",
    "shortest_paths.tests.test_unweighted",
    "shortest_paths.tests.test_weighted",
    "shortest_paths.tests.test_generic",
    "link_analysis.tests.test_hits",
    "tests.test_cycles",
    "community.tests.test_louvain",
    "community.tests.test_leiden",
    "community.tests.test_label_propagation",
)
KERNELS = {
    "accumulate_unweighted", "accumulate_weighted", "add_reach", "by_length", "by_links", "closed_ways", "core_numbers",
    "directed_partition", "eigenvector_scores", "hits_scores", "linked_labels", "low_points", "pagerank_scores",
    "partition", "propagate", "strong_labels", "triangle_counts",
}  # fmt: skip
#: NetworkX 3.7 runs these itself, see backend.can_run.
MAY_REST = {"leiden_partitions"}


def run(folder: Path, *, broken: bool) -> tuple[subprocess.CompletedProcess[str], dict]:
    """The run and what was counted in it."""
    told = folder / "kernels.json"
    env = os.environ | {
        "NETWORKX_TEST_BACKEND": "vinculo",
        "NETWORKX_FALLBACK_TO_NX": "1",
        "VINCULO_KERNELS_TO": str(told),
        "VINCULO_KERNELS_BROKEN": str(int(broken)),
        "PYTHONPATH": os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep),
    }
    root = Path(networkx.__file__).parents[1]
    options = ["-q", "-rs", f"--tb={'no' if broken else 'short'}", f"--rootdir={root}"]
    options += ["-p", "networkx_plugin", "-p", "no:cacheprovider", "--pyargs"]
    suites = [f"networkx.algorithms.{name}" for name in SUITES]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *suites], env=env, cwd=folder, capture_output=True, text=True
    )
    return done, json.loads(told.read_text(encoding="utf-8")) if told.exists() else {}


def test_networkx_own_tests_pass_and_every_kernel_was_called(tmp_path: Path) -> None:
    done, told = run(tmp_path, broken=False)
    assert done.returncode == pytest.ExitCode.OK, done.stdout[-4000:] + done.stderr[-2000:]
    assert "skipped" not in done.stdout, done.stdout[-2000:]
    calls: Counter[str] = Counter()
    for counted in told["calls"].values():
        calls.update(counted)
    assert set(calls) == KERNELS
    assert set(FUNCTIONS) - set(told["functions"]) <= MAY_REST


@pytest.mark.slow
def test_a_kernel_with_a_mistake_fails_networkx_own_tests(tmp_path: Path) -> None:
    done, told = run(tmp_path, broken=True)
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout[-4000:] + done.stderr[-2000:]
    alone = {name: next(iter(calls)) for name, calls in told["calls"].items() if len(calls) == 1}
    assert {alone[name] for name in told["failed"] if name in alone} == KERNELS
