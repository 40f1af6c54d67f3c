"""Key players of a store as sets: actors, not nodes; generic parties left out; names, costs, bytes."""

from __future__ import annotations

import json

import pytest

from vinculo.analytics.player_sets import player_sets
from vinculo.graph.errors import UsageError


@pytest.fixture
def two_stars(case):
    """Two payers with eight payees each, joined by one who pays both."""
    hubs = [case.company("One"), case.company("Two")]
    joint = case.entity("Person", "Joint")
    for hub in hubs:
        case.pay(joint, hub, 1, 500)
        for k in range(8):
            case.pay(hub, case.company(f"Payee {hub[:6]} {k}"), k, 1_000)
    return case


def test_whom_to_take_out_and_whom_to_know(two_stars):
    store = two_stars.store()
    apart = player_sets(store, "fragment", size_max=2)
    assert (apart.before, apart.actors, apart.candidates, apart.generic.count) == (0.0, 19, 19, 0)
    first, both = ({m.name for m in members} for _, members in apart.sets)
    assert first < both == {"One", "Two"}
    (one, _), (two, _) = apart.sets
    # without one hub: ten together of 18; without both nobody reaches anybody
    assert one.value == pytest.approx(1 - 10 * 9 / (18 * 17)) and two.value == 1.0
    assert two.gain == pytest.approx(1.0 - one.value) and one.exact and two.exact
    reach = player_sets(store, "reach", size_max=2, steps=1)
    assert [s.value for s, _ in reach.sets] == pytest.approx([10 / 19, 1.0])


def test_an_actor_is_named_once_and_may_be_left_out(two_stars):
    store = two_stars.store()
    ids = {row["name"]: row["id"] for row in store.nodes().to_pylist()}
    found = player_sets(store, size_max=2, without=[ids["One"]])
    assert found.sets[0][1][0].name == "Two" and found.candidates == 18
    assert all(m.name != "One" for _, members in found.sets for m in members)
    people = player_sets(store, size_max=2, kind="Person")
    assert [len(members) for _, members in people.sets] == [1] and people.sets[0][1][0].name == "Joint"
    with pytest.raises(UsageError) as problem:
        player_sets(store, without=["nobody"])
    assert problem.value.code == "unknown_entity"


def test_banks_and_brokers_count_and_are_not_chosen_unless_let_in(two_stars):
    agent = two_stars.company("Agent")
    for k in range(12):
        two_stars.link("DECLARANT", agent, two_stars.entity("Consignment", f"B{k}"))
        two_stars.link("LINKED_TO", agent, two_stars.company(f"Served {k}"))
    store = two_stars.store()
    found = player_sets(store, "reach", size_max=1, steps=1)
    assert (
        found.generic.count == 1 and found.generic.first[0]["name"] == "Agent" and found.sets[0][1][0].name != "Agent"
    )
    let_in = player_sets(store, "reach", size_max=1, steps=1, generic=True)
    assert let_in.generic.count == 0 and let_in.sets[0][1][0].name == "Agent"


def test_costs_are_by_entity(two_stars):
    store = two_stars.store()
    ids = {row["name"]: row["id"] for row in store.nodes().to_pylist()}
    dear = {ids["One"]: 10.0, ids["Two"]: 10.0}
    found = player_sets(store, size_max=3, costs=dear, cost_max=11.0)
    names = [{m.name for m in members} for _, members in found.sets]
    assert all(not {"One", "Two"} <= n for n in names) and found.sets[0][0].cost == 10.0


def test_the_same_case_gives_the_same_bytes_in_any_order_of_writing(two_stars):
    for goal in ("fragment", "distance_reach"):
        made = [json.dumps(player_sets(two_stars.store(reverse=r), goal).as_json()) for r in (False, True)]
        assert made[0] == made[1]
        first = json.loads(made[0])[0]
        assert first["projection"]["name"] == "everything" and "without direction" in first["convention"]["en"]
