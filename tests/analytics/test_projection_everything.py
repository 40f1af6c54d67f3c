"""The default projection is the graph in which communities have always been sought, to the byte."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vinculo.analytics.communities import projection
from vinculo.analytics.projecting.known import projections
from vinculo.analytics.projecting.project import project
from vinculo.analytics.projections.everything import LEFT_OUT, VALUE_KINDS
from vinculo.graph.network import Csr, Network
from vinculo.graph.schema import descendants, kinds
from vinculo.graph.store import EDGE_SCHEMA, NODE_SCHEMA

NODES = ("Person", "Company", "Address", "Phone", "Passport", "Identifier", "Consignment", "BankAccount", "Listing")
LINKS = ("PAID", "HAS_ADDRESS", "HAS_PHONE", "CARRIER", "LADEN_AT", "SHIPPER", "OWNS")


def before(network: Network) -> Csr:
    """How it was made before there were projections."""
    taking_part = ~network.links_of_kind(LEFT_OUT)
    valued = network.of_kind([k for v in VALUE_KINDS for k in descendants(v)])
    graph = network.simple(links=taking_part)
    if len(graph.weights) == 0:
        return graph
    rows = np.repeat(np.arange(graph.nodes), graph.degrees)
    degree = graph.degrees
    damping = np.where(valued, 1.0 / np.log2(1.0 + np.maximum(degree, 1)), 1.0)
    weights = (1.0 + np.log(graph.weights)) * np.minimum(damping[rows], damping[graph.neighbours])
    return graph._replace(weights=weights)


def made_up(kinds_of_nodes: list[str], links: list[tuple[int, int, str]]) -> Network:
    """Nodes of these kinds, links between their numbers."""
    many = len(kinds_of_nodes)
    ids = [f"n{i:04d}" for i in range(many)]
    nodes = pa.table({"code": range(many), "id": ids, "kind": kinds_of_nodes, "name": ids}, schema=NODE_SCHEMA)
    columns = {
        "id": [f"l{i:05d}" for i in range(len(links))],
        "kind": [k for _, _, k in links],
        "source": [a for a, _, _ in links],
        "target": [b for _, b, _ in links],
        **{name: [None] * len(links) for name in ("date", "amount", "currency")},
    }
    return Network.from_tables(nodes, pa.table(columns, schema=EDGE_SCHEMA))


@given(st.data())
def test_the_same_arrays_as_before(data: st.DataObject) -> None:
    nodes = data.draw(st.lists(st.sampled_from(NODES), min_size=1, max_size=12))
    end = st.integers(0, len(nodes) - 1)
    network = made_up(nodes, data.draw(st.lists(st.tuples(end, end, st.sampled_from(LINKS)), max_size=60)))
    seen = project(network, "everything")
    for own, other in zip(seen.graph, before(network), strict=True):
        assert own.dtype == other.dtype and own.tobytes() == other.tobytes()
    assert seen.nodes.tolist() == list(range(len(nodes)))
    assert projection(network).weights.tobytes() == seen.graph.weights.tobytes()


@pytest.mark.parametrize("name", projections())
def test_kinds_of_the_projections_are_of_the_schema(name: str) -> None:
    """And a projection that names one says it both ways."""
    made = projections()[name]
    nodes = {*made.nodes, *made.held.kinds, *made.hubs.kinds, *(k for t in made.ties for k in t.through)}
    links = {*made.held.by, *(k for t in made.ties for k in (*t.links, *t.all_but, *t.to))}
    assert not any(kinds()[k].is_link for k in nodes) and all(kinds()[k].is_link for k in links)
    assert made.words().en != made.words().es and made.name == name
