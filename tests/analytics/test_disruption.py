"""Flow, efficiency and components are NetworkX'; recovery does what its models say; comparisons keep their promises."""

from __future__ import annotations

import csv
import random
from dataclasses import replace

import networkx as nx
import numpy as np
import pytest

from vinculo.analytics.disruption.actions import Action, candidates
from vinculo.analytics.disruption.compare import compare
from vinculo.analytics.disruption.comparison import Comparison
from vinculo.analytics.disruption.effects import parties_beside, spoken_of, unmentioned
from vinculo.analytics.disruption.group import group_of
from vinculo.analytics.disruption.measures import Pipes, efficiency, flow, largest_component, without
from vinculo.analytics.disruption.recovery import Recovery, recovery
from vinculo.analytics.disruption.telling import keep, kept, told, write_csv
from vinculo.graph.errors import UsageError
from vinculo.graph.network import Network


def random_links(seed: int, n: int, m: int) -> list[tuple[str, str]]:
    rng = random.Random(seed)
    links = [(f"{rng.randrange(n):03}", f"{rng.randrange(n):03}") for _ in range(m)]
    return [*links, *((f"{i:03}", f"{i:03}") for i in range(n))]


@pytest.mark.parametrize("seed", range(25))
def test_efficiency_and_components_are_those_of_networkx(seed: int) -> None:
    """Whole, and with three nodes gone."""
    network = Network.from_links(random_links(seed, 14, 16 + seed))
    graph = network.simple()
    oracle = nx.Graph(nx.Graph(network.to_networkx()))
    oracle.remove_edges_from(list(nx.selfloop_edges(oracle)))
    everyone = np.arange(len(network), dtype=np.int32)
    gone = np.zeros(len(network), np.bool_)
    for removed in ([], [1, 5, 9]):
        gone[removed] = True
        left = without(graph, gone)
        ids = [network.ids[i].as_py() for i in removed]
        kept_back = oracle.copy()
        # the removed stay in the mean: as isolates
        kept_back.remove_edges_from([e for e in oracle.edges if e[0] in ids or e[1] in ids])
        assert efficiency(left, everyone) == pytest.approx(nx.global_efficiency(kept_back))
        kept_back.remove_nodes_from(ids)
        assert largest_component(left, ~gone) == max(map(len, nx.connected_components(kept_back)))


def test_sampled_efficiency_is_near_that_of_other_sources() -> None:
    network = Network.from_links(random_links(3, 2_400, 6_000))
    graph = network.simple()
    everyone = np.arange(len(network), dtype=np.int32)
    sampled = np.mean([efficiency(graph, everyone, seed=s) for s in range(3)])
    oracle = nx.Graph(network.to_networkx())
    some = random.Random(1).sample(sorted(oracle), 200)
    total = sum(1 / d for s in some for d in nx.single_source_shortest_path_length(oracle, s).values() if d)
    assert sampled == pytest.approx(total / (200 * (len(network) - 1)), rel=0.1)
    assert efficiency(graph, everyone, seed=1) == efficiency(graph, everyone, seed=1)


@pytest.mark.parametrize("seed", range(40))
def test_flow_is_the_maximum_flow_of_networkx(seed: int) -> None:
    """Several sources and sinks, unbounded arcs, some nodes gone."""
    rng = random.Random(seed)
    n = rng.randint(4, 12)
    arcs = [
        (rng.randrange(n), rng.randrange(n), rng.choice([*range(1, 20), np.inf])) for _ in range(rng.randint(3, 40))
    ]
    sources, sinks, gone = [0, 1], [n - 2, n - 1], np.zeros(n, np.bool_)
    gone[2:3] = seed % 2 == 1
    # of several unbounded arcs from a source to a sink the flow would be, too
    arcs = [(a, b, c) if np.isfinite(c) or not (a in sources or b in sinks) else (a, b, 7) for a, b, c in arcs]
    graph = nx.DiGraph()
    graph.add_nodes_from(["s", "t", *range(n)])
    for x in sources:
        graph.add_edge("s", x)
    for x in sinks:
        graph.add_edge(x, "t")
    for a, b, c in arcs:
        if not gone[a] and not gone[b] and a != b:
            before = graph[a][b].get("capacity", np.inf) if graph.has_edge(a, b) else 0
            graph.add_edge(a, b, capacity=before + c)
    wanted = 0 if set(sources) & set(sinks) else nx.maximum_flow_value(graph, "s", "t")
    columns = [np.array([x[i] for x in arcs], np.int32) for i in (0, 1)]
    pipes = Pipes(n, np.arange(n, dtype=np.int32), *columns, np.array([x[2] for x in arcs], float), "USD", 0)
    found, gave_up = flow(pipes, np.array(sources, np.int32), np.array(sinks, np.int32), gone)
    assert not gave_up and found == pytest.approx(wanted)


def broken(links: list[tuple[str, str]], removed: str, **choice) -> tuple[int, object]:
    network = Network.from_links(links)
    graph = network.simple()
    gone = np.zeros(len(network), np.bool_)
    gone[network.index([removed])] = True
    return len(network), recovery(graph, gone, largest_before=len(network), lost_of_largest=1, **choice)


def test_a_broken_star_needs_at_least_a_tie_for_each_ray_but_one() -> None:
    """Nine rays hold together again with eight ties and not with fewer; random ones that repeat need more."""
    rays = [("hub", f"r{i}") for i in range(9)]
    for model in ("random", "preferential", "distance"):
        _, made = broken(rays, "hub", model=model, share=1.0)
        assert made.recovered == 1.0 and 8 <= made.low <= made.median <= made.high
    _, nothing = broken(rays, "hub", most=7, share=1.0)
    assert (nothing.recovered, nothing.median) == (0.0, None)
    assert broken(rays, "hub", seed=5) == broken(rays, "hub", seed=5)


def test_nearness_finds_the_other_half_of_a_broken_bridge() -> None:
    """Two crowds that only one broker joins: who looks near him finds the other crowd at once, random ones seldom miss it."""
    crowd = [(f"{side}{i}", f"{side}{j}") for side in "ab" for i in range(30) for j in range(i)]
    bridge = [("a0", "x"), ("x", "b0")]
    _, near = broken([*crowd, *bridge], "x", model="distance", share=1.0, runs=400)
    _, anybody = broken([*crowd, *bridge], "x", model="random", share=1.0, runs=400)
    # from a0 two links away: only b0 (over x); three away: b's crowd
    assert near.median == 1.0 and near.recovered == 1.0
    # 30 of the 59 others stand on the other side: the number of ties is geometric, its 95th percentile 5
    assert anybody.low == 1.0 and anybody.median in (1.0, 2.0) and 4.0 <= anybody.high <= 6.0


def test_what_holds_together_needs_no_tie() -> None:
    ring = [(f"n{i}", f"n{(i + 1) % 8}") for i in range(8)]
    _, made = broken(ring, "n0")
    assert (made.low, made.median, made.high, made.recovered) == (0.0, 0.0, 0.0, 1.0)


@pytest.fixture
def ring(case):
    """A seller and a buyer, money over two accounts of one broker, goods of two bills; neighbours of several standings."""
    seller, buyer, broker = case.company("Vende SA"), case.company("Compra SA"), case.company("Corredor SA")
    clean, named, listed, cleared = (
        case.company(n) for n in ("Limpia SA", "Mencionada SA", "Listada SA", "Aclarada SA")
    )
    for other in (clean, named, listed, cleared):
        case.link("LINKED_TO", broker, other)
    accounts = [case.account(n) for n in ("S-1", "K-1", "K-2", "B-1")]
    case.link("HOLDS", seller, accounts[0])
    case.link("HOLDS", broker, accounts[1])
    case.link("HOLDS", broker, accounts[2])
    case.link("HOLDS", buyer, accounts[3])
    case.pay(accounts[3], accounts[1], 1, 700)
    case.pay(accounts[3], accounts[2], 2, 300)
    case.pay(accounts[1], accounts[0], 3, 650)
    case.pay(accounts[2], accounts[0], 30, 400)
    case.pay(accounts[2], accounts[0], 30, 400, currency="MXN")
    case.consignment("BL1", seller, buyer, 5, grossWeightKg=1_000)
    case.consignment("BL2", seller, buyer, 6, grossWeightKg=2_500)
    case.consignment("BL3", seller, buyer, 7)
    for party, standing in ((listed, "listed"), (cleared, "cleared")):
        listing = case.entity("Listing", f"69-B {standing}", standing=standing, program="SAT 69-B")
        case.link("LISTED", party, listing)
    names = {"seller": seller, "buyer": buyer, "broker": broker, "clean": clean, "named": named, "listed": listed}
    names |= {"cleared": cleared, "K-1": accounts[1], "K-2": accounts[2], "S-1": accounts[0]}
    return case, names


def both(case, names: dict[str, str], **more) -> Comparison:
    store = case.store()
    group = group_of(Network.from_store(store))
    bills = store.search("BL1")[0].id
    actions = [
        Action("freeze", (names["K-1"], names["K-2"]), cost=10.0),
        Action("close", (names["broker"],), cost=50.0),
        Action("seize", (bills,)),
        Action("wait", (names["broker"],)),
    ]
    return compare(group, actions, store=store, sources=[names["buyer"]], sinks=[names["seller"]], runs=20, **more)


def test_flow_of_money_and_goods_by_hand(ring) -> None:
    """Money: 1,000 come in and 1,050 could leave; the broker, who holds both accounts, may shift between them."""
    made = both(*ring)
    assert made.before.money == 1_000.0
    assert made.question["money_unit"] == "USD" and made.question["payments_in_other_currencies"] == 1
    freeze, close, seize, wait = (points for _, points in made.curves)
    assert [p.money for p in freeze] == [300.0, 0.0] and [p.cost for p in freeze] == [10.0, 20.0]
    # without the holder each account passes on what it got itself
    assert close[0].money == 650.0 + 300.0
    assert wait[0].money == 1_000.0
    # buyers do not ship: goods run from the seller
    assert made.before.goods == 0.0 and seize[0].goods == 0.0


def test_goods_are_weighed_once(ring) -> None:
    case, names = ring
    store = case.store()
    group = group_of(Network.from_store(store))
    bill = store.search("BL2")[0].id
    made = compare(
        group, [Action("seize", (bill,))], store=store, sources=[names["seller"]], sinks=[names["buyer"]], runs=5
    )
    assert made.before.goods == 3_500.0 and made.curves[0][1][0].goods == 1_000.0
    assert made.question["consignments_left_out"] == 1


def test_unmentioned_parties_are_those_nothing_speaks_of(ring) -> None:
    """Beside the broker: the clean and the cleared one, and those at the other end of his accounts' payments are accounts."""
    case, names = ring
    store = case.store()
    network = Network.from_store(store)
    beside = parties_beside(network, network.simple(), network.index([names["broker"]]))
    named = np.zeros(len(network), np.bool_)
    named[network.index([names["named"]])] = True
    free = {network.nodes["name"][int(i)].as_py() for i in unmentioned(store, network, beside, named)}
    assert free == {"Limpia SA", "Aclarada SA"}
    assert not spoken_of(store, network).any()


def test_records_that_stop_and_records_that_keep_coming(ring) -> None:
    made = both(*ring)
    _, close, _, wait = (points[-1] for _, points in made.curves)
    assert wait.records_lost == 0.0 and wait.unmentioned == 0 and wait.largest == made.before.largest
    assert close.records_kept == 0.0
    freeze = made.curves[0][1][-1]
    # five payments touch the two accounts, in the thirty days the case lasts
    assert freeze.records_lost == pytest.approx(5 / 30 * 30)
    # nobody but the broker knows the clean one; the listed have their listings
    assert close.out_of_sight == 2


def test_the_same_question_gives_the_same_answer(ring) -> None:
    case, names = ring
    one, two = both(case, names), both(case, names)
    assert one.as_json() == two.as_json()
    assert one.as_json() != both(case, names, seed=1).as_json()


def test_told_kept_and_taken_along(ring, tmp_path) -> None:
    """Both languages; the store knows whether its contents changed; the table has a row per point."""
    case, names = ring
    store = case.store()
    made = both(case, names)
    for action, points in made.curves:
        sentence = told(made, action, points)
        assert sentence.en and sentence.es and sentence.en != sentence.es
    keep(store, "mine", made)
    document, old = kept(store, "mine")
    assert document is not None and not old and document["actions"][0]["curve"][1]["size"] == 2
    assert kept(store, "other") == (None, False)
    write_csv(made, tmp_path / "table.csv")
    with (tmp_path / "table.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [r["action"] for r in rows] == ["freeze", "freeze", "close", "seize", "wait"]
    assert made.table().num_rows == 5 and "ties_distance_median" in rows[0]


def test_nobody_and_nothing(case) -> None:
    """An empty case, a group of one: no fault, and a table with all its columns."""
    store = case.store()
    group = group_of(Network.from_store(store))
    made = compare(group, [], store=store)
    assert (made.before.size, made.before.largest, made.table().num_rows) == (0, 0, 0)
    assert {"action", "ties_random_median"} <= set(made.table().column_names)
    assert candidates(group.network, group.members, group.graph, "wait", size=3) == ()
    alone = group_of(Network.from_links([("a", "a")]))
    last = compare(alone, [Action("arrest", ("a",))], runs=2).curves[0][1][0]
    assert (last.largest, last.efficiency, last.recovery[0].median) == (0, 0.0, 0.0)


def test_names_are_no_formulas(case, tmp_path) -> None:
    hostile = case.company("=HYPERLINK(1)")
    other = case.company("Otra SA")
    case.link("LINKED_TO", hostile, other)
    store = case.store()
    made = compare(group_of(Network.from_store(store)), [Action("close", (hostile,))], store=store, runs=2)
    write_csv(made, tmp_path / "table.csv")
    assert "'=HYPERLINK(1)" in (tmp_path / "table.csv").read_text(encoding="utf-8-sig")


def test_wrong_questions_are_told(ring) -> None:
    case, names = ring
    network = Network.from_store(case.store())
    group = group_of(network)
    for action, code in (
        (Action("arrest", (names["K-1"],)), "action_unfit"),
        (Action("invite", (names["K-1"],)), "unknown_action"),
        (Action("freeze", ("nobody",)), "unknown_entity"),
    ):
        with pytest.raises(UsageError) as problem:
            compare(group, [action])
        assert problem.value.code == code
    with pytest.raises(UsageError) as problem:
        compare(group, [], models=["magic"])
    assert problem.value.code == "unknown_model"
    near = group_of(network, [names["clean"]], hops=1)
    with pytest.raises(UsageError) as problem:
        compare(near, [Action("freeze", (names["K-1"],))])
    assert problem.value.code == "outside_group"


def test_candidates_are_those_between_others(ring) -> None:
    case, names = ring
    network = Network.from_store(case.store())
    group = group_of(network)
    assert candidates(network, group.members, group.graph, "close", size=1) == (names["broker"],)
    assert set(candidates(network, group.members, group.graph, "freeze", size=9)) >= {names["K-1"], names["K-2"]}


def pair(case) -> tuple[str, str]:
    a, b = case.account("A", case.company("Aurora SA")), case.account("B", case.company("Boreal SA"))
    for on in (1, 10, 20, 30):
        case.pay(a, b, on, 100)
    return a, b


@pytest.mark.parametrize("far", ["2034-01-01", "1834-01-01"])
def test_a_far_date_or_a_later_listing_does_not_end_the_records(case, far: str) -> None:
    a, b = pair(case)
    action = [Action("freeze", (a,))]
    store = case.store()
    wanted = compare(group_of(Network.from_store(store)), action, store=store, runs=2).curves[0][1][0].records_lost
    assert wanted == pytest.approx(4.0)
    case.link("LISTED", a, case.entity("Listing", "L", program="SAT 69-B"), date="2026-06-01")
    case.pay(b, a, 0, 5, date=far)
    store = case.store()
    made = compare(group_of(Network.from_store(store)), action, store=store, runs=2)
    assert made.curves[0][1][0].records_lost == wanted


def test_nobody_is_at_both_ends(case) -> None:
    """Neither oneself nor a party and its account; an account of both bounds nothing."""
    firm, other = case.company("Aurora SA"), case.company("Boreal SA")
    own, joint = case.account("A", firm), case.account("J", firm)
    case.link("HOLDS", other, joint)
    case.pay(own, joint, 1, 100)
    store = case.store()
    group = group_of(Network.from_store(store))
    for sources, sinks in (([firm], [firm]), ([firm], [own]), ([own], [firm])):
        with pytest.raises(UsageError) as problem:
            compare(group, [], store=store, sources=sources, sinks=sinks)
        assert problem.value.code == "ends_overlap"
    made = compare(group, [Action("freeze", (joint,))], store=store, sources=[firm], sinks=[other], runs=2)
    assert made.before.money is None and made.curves[0][1][0].money == 0.0


def test_the_currency_of_most_payments_counts(case) -> None:
    a, b = case.account("A"), case.account("B")
    case.pay(a, b, 1, 900, currency="COP")
    case.pay(a, b, 2, 60)
    case.pay(a, b, 3, 40)
    for on in range(4, 9):
        case.pay(a, b, on, 5_000, currency="")
    store = case.store()
    group = group_of(Network.from_store(store))
    for asked, unit, money in ((None, "USD", 100.0), ("cop", "COP", 900.0)):
        made = compare(group, [], store=store, sources=[a], sinks=[b], currency=asked)
        assert (made.question["money_unit"], made.before.money) == (unit, money)
        assert made.question["payments_left_out"] == 5
        assert made.question["payments_in_other_currencies"] == (1 if asked is None else 2)


def test_the_question_says_what_was_asked(case) -> None:
    a, b = pair(case)
    store = case.store()
    network = Network.from_store(store)
    actions = [Action("freeze", (a,), 3.0)]
    near = compare(group_of(network, [a], hops=2), actions, store=store, currency="MXN", runs=2).question
    assert (near["entities"], near["hops"], near["currency"]) == ([a], 2, "MXN")
    assert near["actions"] == [{"action": "freeze", "targets": [a], "cost": 3.0}]
    assert compare(group_of(network), actions, store=store, runs=2).question["entities"] is None
    assert near != compare(group_of(network, [b], hops=2), actions, store=store, currency="MXN", runs=2).question


def test_what_never_mends_is_said_in_the_sentence() -> None:
    """A bridge between crowds mends by one tie; where a model has none left to give, the sentence says so."""
    two = group_of(Network.from_links([("a", "x"), ("x", "b")]))
    made = compare(two, [Action("arrest", ("x",)), Action("arrest", ("a", "b", "x")), Action("wait", ())], runs=5)
    points = made.curves[0][1]
    mixed = replace(points[0], recovery=(Recovery("random", 1, 1, 1, 1.0), Recovery("distance", None, None, None, 0.0)))
    said = told(made, made.curves[0][0], [mixed])
    assert "in 1 of 2 models 1,000 new ties were not enough" in said.en and "en 1 de 2 modelos" in said.es
    assert "after 1 new tie (" in said.en and "tras 1 vínculo nuevo (" in said.es
    gone = told(made, *made.curves[1])
    assert "nothing is left" in gone.en and "no queda nada" in gone.es and "hold together as it is" not in gone.en
    assert told(made, *made.curves[2]).en == "No target was named."


def test_a_party_to_a_seized_consignment_is_spoken_of(case) -> None:
    shipper, buyer = case.company("Vende SA"), case.company("Compra SA")
    taken = case.consignment("BL1", shipper, buyer, 1)
    case.link("SEIZED_FROM", case.entity("Seizure", "S-1"), taken)
    other = case.company("Tercera SA")
    case.link("OWNS", shipper, other)
    network = Network.from_store(store := case.store())
    spoken = spoken_of(store, network)
    assert spoken[network.index([shipper, buyer, taken])].all() and not spoken[network.index([other])].any()


def test_nobody_closes_a_public_body(case) -> None:
    office, firm = case.entity("PublicBody", "Aduana Uno"), case.company("Aurora SA")
    case.link("LINKED_TO", office, firm)
    group = group_of(Network.from_store(case.store()))
    with pytest.raises(UsageError) as problem:
        compare(group, [Action("close", (office,))])
    assert problem.value.code == "action_unfit"
    assert len(compare(group, [Action("close", (firm,))], runs=2).curves) == 1
