"""Several resolutions at once, one inside the other."""

from __future__ import annotations

import numpy as np
import pytest
from planted import blocks, built, right

from vinculo.analytics.kernels.levels import connected_parts
from vinculo.analytics.stability.resolutions import layers, usual_density


@pytest.mark.parametrize("weighted", [False, True])
def test_every_group_lies_whole_in_one_of_the_layer_before(weighted):
    graph, _ = blocks(600, 10, 20, 0.3, 1, weighted=weighted)
    found = layers(graph)
    resolutions = [layer.resolution for layer in found.nested]
    groups = [layer.groups for layer in found.nested]
    assert resolutions == sorted(resolutions) and groups == sorted(groups) and groups[0] < groups[-1]
    for coarse, fine in zip(found.nested, found.nested[1:], strict=False):
        parents = np.unique(np.column_stack([fine.labels, coarse.labels]), axis=0)
        assert len(parents) == fine.groups
    for layer in (*found.nested, found.fine):
        assert layer.groups == len(set(layer.labels.tolist()))
        assert (connected_parts(graph.ptr, graph.neighbours, layer.labels)[0] == layer.labels).all()


def test_the_middle_layer_is_nearly_as_good_as_a_search_of_its_own():
    from vinculo.analytics.kernels.community import leiden, modularity

    graph, _ = blocks(2000, 10, 40, 0.3, 1)
    [plain] = [layer for layer in layers(graph).nested if layer.resolution == 1.0]
    assert plain.modularity > modularity(graph, leiden(graph)) - 0.01


def test_the_fine_groups_are_as_dense_as_is_said():
    """Of each group of the constant Potts model: no part of it could leave at a gain, so its density is at least that."""
    graph, planted = blocks(2000, 14, 20, 0.2, 1)
    fine = layers(graph).fine
    rows = np.repeat(np.arange(graph.nodes), graph.degrees)
    inside = fine.labels[rows] == fine.labels[graph.neighbours]
    weight = np.bincount(fine.labels[rows[inside]], graph.weights[inside], fine.groups) / 2
    sizes = np.bincount(fine.labels)
    pairs = sizes * (sizes - 1) / 2
    assert (weight[pairs > 0] >= fine.resolution * pairs[pairs > 0]).all()
    assert fine.resolution == usual_density(graph)
    assert right(fine.labels, planted).mean() > 0.8


def test_no_links_no_groups():
    found = layers(built(3, np.zeros(0, np.int64), np.zeros(0, np.int64)))
    assert {layer.groups for layer in (*found.nested, found.fine)} == {3}
