"""What a community is made of, in a case counted by hand."""

from __future__ import annotations

import json

import numpy as np
import pytest

from vinculo.analytics.communities import projection
from vinculo.analytics.community_profile import Goods, Money, profiles
from vinculo.analytics.context import Context


@pytest.fixture
def described(case):
    """Three companies that pay and ship among themselves, and one outside."""
    a, b, c = (case.company(f"{n} SA", country="mx") for n in "ABC")
    outside = case.company("Outside {0} <b>Ltd", country="us")
    case.pay(a, b, 1, 100)
    case.pay(b, c, 2, 50)
    case.pay(c, a, 3, 7, currency="MXN")
    case.pay(a, outside, 4, 30)
    case.pay(outside, b, 5, 20)
    inner = case.consignment("BL-1", a, b, 1, hsCode="080450", grossWeightKg=1000)
    crossing = case.consignment("BL-2", a, outside, 2, hsCode="080450", grossWeightKg=500)
    case.consignment("BL-3", b, outside, 2, hsCode="220300")
    taken = case.entity("Seizure", "S-1", seizureNumber="S-1")
    case.link("SEIZED_FROM", taken, a)
    case.link("SEIZED_FROM", taken, inner)
    context = Context.from_store(case.store())
    labels = np.full(len(context.network), -1, np.int32)
    labels[context.network.index([a, b, c, inner, crossing])] = 0
    labels[context.network.index([outside])] = 1
    return context, labels, (a, b, c)


def test_a_community_is_described_by_what_can_be_counted(described):
    context, labels, (a, b, c) = described
    [made] = profiles(context, projection(context.network), labels)
    assert (made.group, made.size) == (0, 5)
    assert made.kinds == {"Company": 3, "Consignment": 2}
    assert made.countries == {"mx": 3}
    # a-b, b-c, c-a; a and b at the first consignment, a at the second
    assert (made.links, made.density) == (6, 0.6)
    assert made.money == (Money("MXN", 1, 7.0, 0.0, 0.0), Money("USD", 4, 150.0, 20.0, 30.0))
    assert made.goods == (Goods("080450", 1, 1, 1000.0, 500.0), Goods("220300", 0, 1, 0.0, 0.0))
    assert made.seizures == 1
    assert made.key_members[0] == a and set(made.key_members) == {a, b, c}
    assert made.name.en == "A SA, B SA and 3 more" and made.name.es == "A SA, B SA y 3 más"
    assert json.loads(json.dumps(made.as_json()))["size"] == 5


def test_names_from_data_are_not_read_as_patterns(described):
    context, labels, _ = described
    found = profiles(context, projection(context.network), labels, smallest=1)
    assert [p.size for p in found] == [5, 1]
    assert found[1].name.en == "Outside {0} <b>Ltd"
    [money] = found[1].money
    assert money == Money("USD", 2, 0.0, 30.0, 20.0)
    assert found[1].goods[0].across == 1 and found[1].density == 0.0


def test_shares_inside_are_of_the_weights_of_links(described):
    context, labels, _ = described
    graph = projection(context.network)
    [made] = profiles(context, graph, labels)
    rows = np.repeat(np.arange(graph.nodes), graph.degrees)
    of = labels[rows] == 0
    inside = of & (labels[graph.neighbours] == 0)
    assert made.inside == pytest.approx(graph.weights[inside].sum() / graph.weights[of].sum())


def test_nothing_to_describe(case):
    context = Context.from_store(case.store())
    assert profiles(context, projection(context.network), np.zeros(0, np.int32)) == []
