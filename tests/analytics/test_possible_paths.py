"""The cheapest paths are those NetworkX finds; in time order those a brute search finds; each obstacle is told for what it is."""

from __future__ import annotations

import itertools
import random

import networkx as nx
import numpy as np
import pyarrow as pa
import pytest

from vinculo.analytics.columns import UNDATED
from vinculo.analytics.ways.carried import Parcel, carried
from vinculo.analytics.ways.k_best import Way, k_best
from vinculo.analytics.ways.possible import PossiblePaths, possible_paths
from vinculo.analytics.ways.terrain import Moments, Terrain, moments, terrain
from vinculo.graph.errors import UsageError
from vinculo.graph.network import Network
from vinculo.graph.store import EDGE_SCHEMA, NODE_SCHEMA
from vinculo.graph.text import Text
from vinculo.graph.types import Suggestion

HOUR = 3_600
DAY = 86_400


def network_of(links: list[tuple[int, int, str, str | None]], n: int) -> Network:
    """Links (source, target, kind, date) between numbered nodes, all of which there are."""
    nodes = pa.table(
        {
            "code": range(n),
            "id": [f"{i:03}" for i in range(n)],
            "kind": ["Thing"] * n,
            "name": [f"n{i}" for i in range(n)],
        },
        schema=NODE_SCHEMA,
    )
    columns = {
        "id": [f"l{i:04}" for i in range(len(links))],
        "kind": [x[2] for x in links],
        "source": [x[0] for x in links],
        "target": [x[1] for x in links],
        "date": [x[3] for x in links],
        "amount": [1.0] * len(links),
        "currency": ["USD"] * len(links),
    }
    return Network.from_tables(nodes, pa.table(columns, schema=EDGE_SCHEMA))


@pytest.mark.parametrize("seed", range(60))
def test_cheapest_paths_are_those_of_networkx(seed: int) -> None:
    """Hub prices as NetworkX would have them on links, every path that there is asked for."""
    rng = random.Random(seed)
    n = rng.randint(3, 9)
    links = [(rng.randrange(n), rng.randrange(n), "LINKED_TO", None) for _ in range(rng.randint(2, 18))]
    ground = terrain(network_of(links, n), hub_from=2, hub_steps=rng.choice([0.0, 0.7, 1.0]))
    oracle = nx.DiGraph()
    oracle.add_nodes_from(range(n))
    for a, b, *_ in links:
        for x, y in ((a, b), (b, a)):
            if x != y:
                oracle.add_edge(x, y, price=1.0 if y in (0, n - 1) else float(ground.price[y]))
    every = list(nx.shortest_simple_paths(oracle, 0, n - 1, weight="price")) if nx.has_path(oracle, 0, n - 1) else []
    costs = [nx.path_weight(oracle, p, "price") for p in every]
    found, truncated = k_best(ground, 0, n - 1, k=1_000, max_hops=n)
    assert not truncated
    assert [w.cost for w in found] == pytest.approx(costs)
    assert {w.nodes for w in found} == {tuple(p) for p in every}
    assert found == sorted(found, key=lambda w: (w.cost, len(w.nodes), w.nodes))
    some, _ = k_best(ground, 0, n - 1, k=3, max_hops=n)
    assert [w.cost for w in some] == [w.cost for w in found[:3]]
    short, _ = k_best(ground, 0, n - 1, k=1_000, max_hops=3)
    assert {w.nodes for w in short} == {tuple(p) for p in every if len(p) <= 4}


def feasible(nodes: tuple[int, ...], links: list[tuple[int, int, int, int, bool]]) -> bool:
    """Whether some choice of links along these nodes keeps the dates in order; every choice is tried."""
    options = [
        [(lo, hi, flow) for a, b, lo, hi, flow in links if (a, b) == pair or (not flow and (b, a) == pair)]
        for pair in itertools.pairwise(nodes)
    ]
    for choice in itertools.product(*options):
        now = -(10**9)
        for lo, hi, flow in choice:
            if flow:
                if hi < now:
                    break
                now = max(now, lo)
        else:
            return True
    return False


@pytest.mark.parametrize("seed", range(60))
def test_time_order_is_that_of_a_brute_search(seed: int) -> None:
    """Flows with a moment or a whole day, one in eight undated, and ties that hold at any time."""
    rng = random.Random(seed)
    n = rng.randint(3, 7)
    rows, links, begins, ends = [], [], [], []
    for _ in range(rng.randint(3, 16)):
        a, b, flow = rng.randrange(n), rng.randrange(n), rng.random() < 0.8
        lo = rng.randrange(6) * DAY
        hi = lo + DAY - 1
        if rng.random() < 0.5:
            lo = hi = lo + rng.randrange(24) * HOUR
        undated = flow and rng.random() < 0.125
        rows.append((a, b, "PAID" if flow else "HOLDS", None))
        begins.append(UNDATED if undated else lo)
        ends.append(UNDATED if undated else hi)
        if a != b and not undated:
            links.append((a, b, lo, hi, flow))
    when = Moments(np.array(begins, np.int64), np.array(ends, np.int64))
    ground = terrain(network_of(rows, n), when, time_ordered=True, hub_from=2)
    found, _ = k_best(ground, 0, n - 1, k=10_000, max_hops=n)
    middle = range(1, n - 1)
    tried = [(0, *p, n - 1) for size in range(n - 1) for p in itertools.permutations(middle, size)]
    assert {w.nodes for w in found} == {p for p in tried if feasible(p, links)}
    assert [w.cost for w in found] == sorted(w.cost for w in found)


def test_a_search_without_work_left_says_so() -> None:
    ground = terrain(Network.from_links([(f"{a:02}", f"{b:02}") for a in range(12) for b in range(a)]))
    assert k_best(ground, 0, 11, k=50, work=10)[1]
    assert not k_best(ground, 0, 11, k=2)[1]


@pytest.mark.parametrize("seed", range(30))
def test_what_is_carried_is_a_maximum_flow_in_time(seed: int) -> None:
    """Against a flow over (node, moment): money waits where it is, a payment moves it at its moment."""
    rng = random.Random(seed)
    hops = [
        [(rng.randrange(8), float(rng.randint(1, 9))) for _ in range(rng.randint(1, 6))]
        for _ in range(rng.randint(1, 4))
    ]
    graph = nx.DiGraph()
    for node in range(len(hops) + 1):
        for t in range(8):
            graph.add_edge((node, t), (node, t + 1))
    for i, hop in enumerate(hops):
        for number, (t, amount) in enumerate(hop):
            # through a node of its own, so that equal payments stay apart
            graph.add_edge((i, t), ("paid", i, number), capacity=amount)
            graph.add_edge(("paid", i, number), (i + 1, t), capacity=amount)
    wanted = nx.maximum_flow_value(graph, (0, 0), (len(hops), 8))
    assert carried([[Parcel(t, t, a) for t, a in hop] for hop in hops]) == pytest.approx(wanted)


def test_a_payment_of_an_unknown_hour_takes_what_nothing_else_could_take() -> None:
    """What came at 0 must go by the day's payment to catch the one at 3; what came at 5 by that at 10."""
    day = Parcel(0, DAY - 1, 100)
    first, last = [Parcel(0, 0, 100), Parcel(5, 5, 100)], [Parcel(3, 3, 100), Parcel(20, 20, 100)]
    assert carried([first, [Parcel(10, 10, 100), day], last]) == 200.0
    # what came after the last had gone takes no part, whatever the day between would allow
    assert carried([[Parcel(5, 5, 100)], [day], [Parcel(3, 3, 100)]]) == 0.0


@pytest.mark.parametrize("seed", range(20))
def test_days_and_hours_together_are_never_told_too_low(seed: int) -> None:
    """Whatever moment of its window each payment is made at, no more goes through than was told."""
    rng = random.Random(seed)
    windows = [(0, 3), (4, 7), *((t, t) for t in range(8))]
    hops = [[Parcel(*rng.choice(windows), float(rng.randint(1, 9))) for _ in range(4)] for _ in range(4)]
    found = carried(hops)
    for _ in range(50):
        times = [[rng.randint(p.begins, p.ends) for p in hop] for hop in hops]
        fixed = [
            [Parcel(t, t, p.amount) for p, t in zip(hop, at, strict=True)] for hop, at in zip(hops, times, strict=True)
        ]
        assert carried(fixed) <= found <= min(sum(p.amount for p in hop) for hop in hops)


@pytest.mark.parametrize("linked", [False, True])
def test_a_step_carries_its_payments_whatever_else_links_it(case, linked: bool) -> None:
    a, b, c = (case.account(x) for x in "ABC")
    case.pay(a, b, 1, 1_000)
    case.pay(b, c, 2, 5)
    if linked:
        case.link("LINKED_TO", b, c)
    store = case.store()
    for in_time in (True, False):
        assert possible_paths(store, a, c, time_ordered=in_time).paths[0].carried == {"USD": 5.0}


def test_a_step_without_payments_in_its_direction_carries_nothing_and_says_so(case) -> None:
    a, b, c, d = (case.account(x) for x in "ABCD")
    case.pay(a, b, 1, 1_000)
    case.pay(c, b, 2, 5)
    case.link("LINKED_TO", b, d)
    case.pay(b, a, 1, 7, currency="MXN")
    store = case.store()
    for end, name in ((c, "C"), (d, "D")):
        [path] = possible_paths(store, a, end, k=1).paths
        assert path.carried == {} and f"goes from B to {name}" in path.told.en and f"va de B a {name}" in path.told.es
    [mixed] = possible_paths(store, c, a, k=1).paths
    assert mixed.carried == {} and "currencies and dates" in mixed.told.en
    [plain] = possible_paths(store, b, d, k=1).paths
    assert "payment" not in plain.told.en


def two_records(case, number: str) -> tuple[str, str, str]:
    """Somebody pays a firm; a firm of the same number in another list pays on, from its account."""
    payer, last = case.account("A"), case.account("Z")
    one, other = case.company("Aurora SA"), case.company("AURORA, S.A.")
    for firm in (one, other):
        case.link("HAS_IDENTIFIER", firm, number)
    case.pay(payer, one, 1, 1_000)
    case.pay(case.account("M", other), last, 2, 400)
    return payer, last, other


@pytest.mark.parametrize("in_time", [False, True])
@pytest.mark.parametrize(
    ("type_", "number", "country", "one"),
    [
        ("RFC", "AUR010101AB1", "", True),
        ("LEI", "5493001KJTIIGC8Y1R12", "", True),
        ("TAX", "900111222", "co", True),
        ("TAX", "900111222", "", False),
        ("RFC", "XAXX010101000", "", False),
        ("PASSPORT", "G12345678", "mx", False),
        ("REGISTRATION", "900111222", "mx", False),
    ],
)
def test_records_with_one_tax_number_are_one_purse(case, type_, number, country, one: bool, in_time: bool) -> None:
    """As in every other analysis: a number of one taxpayer joins; what several hold, or a document, does not."""
    shared = case.entity("Identifier", number, number=number, type=type_, country=country)
    payer, last, _ = two_records(case, shared)
    store = case.store()
    [path] = possible_paths(store, payer, last, time_ordered=in_time).paths
    assert [e.name for e in path.entities] == ["A", "Aurora SA", number, "AURORA, S.A.", "M", "Z"]
    assert path.carried == ({"USD": 400.0} if one else {})
    told = f"({type_} {number}): Aurora SA (case.csv, record 1) and AURORA, S.A. (case.csv, record 1) are taken for one"
    assert (told in path.told.en, "se toman por una misma parte" in path.told.es) == (one, one)
    assert ("no payment of a known amount goes from Aurora SA" in path.told.en) is not one
    # a number by itself is nobody's other record
    [half] = possible_paths(store, payer, shared, k=1).paths
    assert half.carried == {} and "taken for one" not in half.told.en
    # the same the other way round, where nothing was paid
    [back] = possible_paths(store, last, payer, k=1).paths
    assert back.carried == {}


@pytest.mark.parametrize("kind", ["Phone", "Address"])
def test_a_shared_phone_or_address_makes_nobody_one_party(case, kind: str) -> None:
    a, b, c, d = case.account("A"), case.company("B SA"), case.company("C SA"), case.account("D")
    shared = case.entity(kind, "+52 55 5555 0100")
    case.pay(a, b, 1, 10)
    case.pay(c, d, 2, 10)
    for firm in (b, c):
        case.link(f"HAS_{kind.upper()}", firm, shared)
    [path] = possible_paths(case.store(), a, d).paths
    assert path.carried == {} and "taken for one" not in path.told.en


def test_a_number_that_too_many_have_or_a_person_ruled_out_joins_nobody(case) -> None:
    number = case.entity("Identifier", "AUR010101AB1", number="AUR010101AB1", type="RFC")
    payer, last, other = two_records(case, number)
    store = case.store()
    one = possible_paths(store, payer, last).paths[0].entities[1].id
    for judgement, amounts in (("unsure", {"USD": 400.0}), ("not_same", {}), ("same", {"USD": 400.0})):
        store.save_suggestions([Suggestion(one, other, 0.9, Text("alike", "parecidos"), judgement)])
        assert possible_paths(store, payer, last).paths[0].carried == amounts
    for i in range(19):
        case.link("HAS_IDENTIFIER", case.company(f"Otra {i}"), number)
    assert possible_paths(case.store(), payer, last, hub_steps=0).paths[0].carried == {}


def test_the_use_of_the_number_is_the_evidence_whatever_else_links_the_two(case) -> None:
    number = case.entity("Identifier", "AUR010101AB1", number="AUR010101AB1", type="RFC")
    payer, last, other = two_records(case, number)
    for _ in range(20):
        case.link("LINKED_TO", number, other)
    [path] = possible_paths(case.store(), payer, last).paths
    assert [h.link.kind for h in path.hops[1:3]] == ["HAS_IDENTIFIER"] * 2 and path.hops[2].usable == 21


def test_a_bank_is_a_long_way_round(case) -> None:
    """The short path through a bank that everybody uses gives way to one through a common director, and says so."""
    a, b, bank = case.company("Aurora SA"), case.company("Boreal SA"), case.company("Banco Uno")
    for other in (a, b, *(case.company(f"Cliente {i}") for i in range(400))):
        case.link("LINKED_TO", other, bank)
    ana = case.entity("Person", "Ana Cruz")
    middle = case.company("Centro SA")
    case.link("DIRECTS", ana, a)
    case.link("DIRECTS", ana, middle)
    case.link("OWNS", middle, b)
    found = possible_paths(case.store(), a, b, k=2)
    assert [e.name for e in found.paths[0].entities] == ["Aurora SA", "Ana Cruz", "Centro SA", "Boreal SA"]
    assert found.paths[0].cost == 3.0
    assert [e.name for e in found.paths[1].entities] == ["Aurora SA", "Banco Uno", "Boreal SA"]
    assert found.paths[1].cost == pytest.approx(2 + np.log2(402 / 10), abs=1e-3)
    [only] = possible_paths(case.store(), a, b, k=1).ruled_out
    assert (only.code, len(only.entities)) == ("hub", 3)
    assert "Banco Uno, which is tied to 402 others" in only.reason.en
    assert "Banco Uno, que tiene vínculos con otros 402" in only.reason.es


def money(case) -> tuple[str, str, dict[str, str]]:
    """Two companies with accounts, and three ways for money between them, two of which time does not allow."""
    a, b = case.company("Aurora SA"), case.company("Boreal SA")
    at = {n: case.account(n) for n in ("A", "B", "M", "N", "O")}
    case.link("HOLDS", a, at["A"])
    case.link("HOLDS", b, at["B"])
    case.pay(at["A"], at["M"], 10, 500)
    case.pay(at["M"], at["B"], 5, 500)
    case.pay(at["B"], at["A"], 7, 900)
    case.pay(at["A"], at["N"], 10, 500)
    case.pay(at["A"], at["N"], 14, 700)
    case.pay(at["N"], at["O"], 12, 450)
    case.pay(at["N"], at["O"], 20, 300)
    case.pay(at["O"], at["B"], 21, 1_000)
    return a, b, at


def test_dates_run_forward_and_amounts_with_them(case) -> None:
    """Through accounts, whose holding has no date; what could be carried is what had arrived before."""
    a, b, _ = money(case)
    found = possible_paths(case.store(), a, b, time_ordered=True)
    [path] = found.paths
    assert [e.name for e in path.entities] == ["Aurora SA", "A", "N", "O", "B", "Boreal SA"]
    assert path.carried == {"USD": 750.0}
    assert [(h.usable, h.first, h.last) for h in path.hops[1:4]] == [
        (2, "2024-01-11", "2024-01-15"),
        (2, "2024-01-13", "2024-01-21"),
        (1, "2024-01-22", "2024-01-22"),
    ]
    assert all(h.link.sources for h in path.hops)
    told = {r.code: r for r in found.ruled_out}
    assert set(told) == {"direction", "backwards"}
    assert "before 2024-01-11" in told["backwards"].reason.en and "2024-01-06" in told["backwards"].reason.en
    plain = possible_paths(case.store(), a, b, k=1)
    assert [e.name for e in plain.paths[0].entities] == ["Aurora SA", "A", "B", "Boreal SA"]
    assert plain.paths[0].carried == {}


def test_kinds_and_entities_can_be_left_out(case) -> None:
    a, b, at = money(case)
    store = case.store()
    [rule] = possible_paths(store, a, b, kinds=["HOLDS"]).ruled_out
    assert rule.code == "kind" and "paid" in rule.reason.en
    found = possible_paths(store, a, b, avoid=[at["N"]], time_ordered=True)
    assert not found.paths
    assert "avoided" in {r.code for r in found.ruled_out}
    with pytest.raises(UsageError, match="Nothing in this store has the id nobody"):
        possible_paths(store, a, "nobody")
    with pytest.raises(UsageError):
        possible_paths(store, a, b, kinds=["NO_KIND"])


def test_nobody_is_linked_by_a_place(case) -> None:
    """Cash of one was paid out, and cash of another paid in, at the same branch."""
    a, b, branch = case.account("A"), case.account("B"), case.entity("Location", "Sucursal Centro")
    case.pay(a, branch, 1, 900)
    case.pay(branch, b, 2, 900)
    store = case.store()
    found = possible_paths(store, a, b, time_ordered=True)
    assert not found.paths and [r.code for r in found.ruled_out] == ["passing"]
    assert "Sucursal Centro" in found.ruled_out[0].reason.es
    assert len(possible_paths(store, a, b, avoid_kinds=()).paths) == 1
    assert len(possible_paths(store, a, branch).paths) == 1


def test_undated_payments_are_in_no_order(case) -> None:
    a, b = case.account("A"), case.account("B")
    case.link("PAID", a, b, amount=5, currency="USD")
    found = possible_paths(case.store(), a, b, time_ordered=True)
    assert not found.paths and [r.code for r in found.ruled_out] == ["undated"]
    assert possible_paths(case.store(), a, b).paths[0].carried == {"USD": 5.0}


def test_goods_move_at_the_date_of_their_consignment(case) -> None:
    """From shipper to consignee and on; the other way round nothing moves."""
    a, b, c = (case.company(n) for n in ("A SA", "B SA", "C SA"))
    case.consignment("BL1", a, b, 10)
    case.consignment("BL2", b, c, 12)
    case.consignment("BL3", b, c, 5)
    store = case.store()
    [path] = possible_paths(store, a, c, time_ordered=True).paths
    assert [e.name for e in path.entities] == ["A SA", "BL1", "B SA", "BL2", "C SA"]
    back = possible_paths(store, c, a, time_ordered=True)
    assert not back.paths and {r.code for r in back.ruled_out} == {"direction"}


def test_the_order_of_writing_does_not_matter(case) -> None:
    a, b, _ = money(case)
    made: list[PossiblePaths] = [possible_paths(case.store(reverse=r), a, b) for r in (False, True)]
    assert made[0] == made[1]


def test_moments_of_days_and_hours() -> None:
    network = network_of(
        [(0, 1, "PAID", "2024-01-01"), (0, 1, "PAID", "2024-01-01T10:00:00"), (0, 1, "PAID", "2024")], 2
    )
    when = moments(network)
    assert (when.ends - when.begins).tolist()[:2] == [DAY - 1, 0]
    assert when.begins[2] == UNDATED
    ground: Terrain = terrain(network, when, time_ordered=True)
    assert len(ground.links(0, 1)) == 2 and not len(ground.links(1, 0))
    assert k_best(ground, 0, 0)[0] == [Way(0.0, (0,))]
