"""The rule of each role; :mod:`vinculo.analytics.roles` says what a role is and holds the thresholds."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

import numpy as np

from vinculo.analytics.attributes import Users, attributes, rows_of
from vinculo.analytics.context import Context
from vinculo.analytics.kernels.brokerage import constraint, participation
from vinculo.analytics.kernels.player_sets import falls_apart
from vinculo.analytics.kernels.structure import component_labels
from vinculo.analytics.monotone import rising
from vinculo.analytics.phrasing import counted, number, percent
from vinculo.analytics.role_places import Places
from vinculo.analytics.roles import Role
from vinculo.analytics.typologies.pass_through import PassThrough
from vinculo.analytics.typology import measured
from vinculo.graph.network import Mask
from vinculo.graph.schema import descendants
from vinculo.graph.text import Text, text

#: So many peers are enough for the median of a figure that is dear to compute.
_PEERS = 2_000


def hubs(places: Places) -> Iterator[Role]:
    """Who has more ties than nearly all peers."""
    p, degrees = places.thresholds.hub, places.degrees
    peers = np.sort(degrees[places.rated])
    for row in places.rated.tolist():
        fewer, as_many = (int(np.searchsorted(peers, degrees[row], side=s)) for s in ("left", "right"))
        if degrees[row] < p.degree_min or fewer < p.above_share * len(peers):
            continue
        yield places.role(
            "hub",
            int(places.actors.node[row]),
            degrees[row],
            {"degree": measured(degrees[row], "count", places.median(degrees))},
            {
                "ties": counted(int(degrees[row]), "tie"),
                "more": number(len(peers) - as_many),
                "peers": number(len(peers)),
                "usual": number(places.median(degrees)),
            },
            {"intermediary": "tested", "many_customers": "not_testable"},
        )


def brokers(places: Places) -> Iterator[Role]:
    """Who lies on more ways than its ties let expect."""
    p, degrees, rated = places.thresholds.broker, places.degrees, places.rated
    if not len(rated):
        return
    expected = np.zeros(len(degrees))
    expected[rated] = rising(degrees[rated], places.betweenness[rated])
    most = float(np.quantile(degrees[rated], 1.0 - p.degree_max_share))
    for row in rated.tolist():
        found, usual = float(places.betweenness[row]), float(expected[row])
        if found < p.betweenness_min or found < p.times_expected * usual or degrees[row] > most:
            continue
        yield places.role(
            "broker",
            int(places.actors.node[row]),
            found - usual,
            {
                "betweenness": measured(found, "share", places.median(places.betweenness)),
                "betweenness_by_ties": measured(usual, "share"),
                "degree": measured(degrees[row], "count", places.median(degrees)),
            },
            {
                "share": _share(found),
                "ties": counted(int(degrees[row]), "tie"),
                "expected": _share(usual),
            },
            {"intermediary": "tested", "go_between_by_trade": "not_testable", "ways_not_recorded": "not_testable"},
        )


def gatekeepers(places: Places) -> Iterator[Role]:
    """Without whom parties and accounts would be cut off from the rest."""
    p, graph = places.thresholds.gatekeeper, places.actors.graph
    counts = (places.actors.is_party | places.actors.is_account).astype(np.int32)
    largest, parts = falls_apart(graph, counts)
    rows = np.repeat(np.arange(graph.nodes, dtype=np.int32), graph.degrees)
    label = component_labels(graph.nodes, rows, graph.neighbours)
    whole = np.bincount(label, weights=counts, minlength=graph.nodes)[label]
    cut = np.where(parts > 1, whole - counts - largest, 0.0)
    for row in places.rated[cut[places.rated] >= p.cut_off_min].tolist():
        yield places.role(
            "gatekeeper",
            int(places.actors.node[row]),
            cut[row],
            {
                "cut_off": measured(cut[row], "count", places.median(cut)),
                "parts": measured(int(parts[row]), "count", places.median(parts.astype(np.float64))),
            },
            {"cut": number(cut[row]), "whole": number(whole[row]), "parts": number(parts[row])},
            {"intermediary": "tested", "ways_not_recorded": "not_testable"},
        )


def connectors(places: Places) -> Iterator[Role]:
    """Whose ties are spread over communities."""
    p, graph, labels = places.thresholds.connector, places.actors.graph, places.labels
    spread, z = participation(graph, labels)
    limit = np.where(z >= p.hub_z_min, p.hub_participation_min, p.participation_min)
    found = places.rated[(spread > limit)[places.rated] & (places.degrees >= p.degree_min)[places.rated]]
    some = places.rated[:: max(1, len(places.rated) // _PEERS)]
    usual = float(np.nanmedian(constraint(graph, some))) if len(some) else 0.0
    for row, tied in zip(found.tolist(), constraint(graph, found).tolist(), strict=True):
        near = labels[graph.neighbours[graph.ptr[row] : graph.ptr[row + 1]]]
        ties = np.unique(near, return_counts=True)[1]
        if len(ties) < p.communities_min:
            continue
        yield places.role(
            "connector",
            int(places.actors.node[row]),
            spread[row],
            {
                "participation": measured(spread[row], "share", places.median(spread)),
                "communities": measured(len(ties), "count"),
                "constraint": measured(tied, "share", usual),
                "degree": measured(places.degrees[row], "count", places.median(places.degrees)),
            },
            {
                "ties": counted(int(places.degrees[row]), "tie"),
                "communities": number(len(ties)),
                "most": percent(float(ties.max()) / places.degrees[row]),
            },
            {"intermediary": "tested", "go_between_by_trade": "not_testable"},
        )


def money_mules(places: Places) -> Iterator[Role]:
    """Whose money leaves as it comes; the rule and its lawful exceptions are pass-through's."""
    context = places.context
    parties = set(descendants("LegalEntity"))
    for finding in PassThrough(parameters=places.thresholds.money_mule).find(context):
        conduits = [i for i, role in finding.entities if role == "conduit"]
        nodes = context.network.index(conduits).tolist()
        kinds = context.network.nodes["kind"].take(nodes).to_pylist()
        node = next((n for n, kind in zip(nodes, kinds, strict=True) if kind in parties), nodes[0])
        share = finding.features["passed_on"]
        yield places.role(
            "money_mule",
            node,
            finding.features["times"]["value"],
            finding.features | {"kept": measured(1.0 - share["value"], "share", 1.0 - share["peers"])},
            {
                "passed": percent(min(share["value"], 1.0)),
                "days": counted(round(places.thresholds.money_mule.window_hours / 24), "day"),
                "times": counted(int(finding.features["times"]["value"]), "deposit_any"),
                "peers": percent(share["peers"]),
            },
            {
                "treasury": "tested",
                "settlement": "tested",
                "monthly_payee": "tested",
                "client_money": "not_testable",
                "used_unknowingly": "not_testable",
            },
            finding.links,
        )


def fronts(places: Places) -> Iterator[Role]:
    """Companies that share much, trade nothing and yet have payments; none where no trade is in the records at all."""
    context, p = places.context, places.thresholds.front
    n = len(context.network)
    trades = np.zeros(n, np.bool_)
    trades[context.trade.actor] = True
    if not trades.any():
        return
    payments = np.bincount(context.transfers.payer, minlength=n) + np.bincount(context.transfers.payee, minlength=n)
    agents = _agents(context)
    shared: dict[int, dict[tuple[str, int], int]] = defaultdict(dict)
    evidence: dict[int, list[int]] = defaultdict(list)
    agents_known: set[int] = set()
    for key, users in sorted(attributes(context, places.generic).items()):
        if not 2 <= len(users) <= p.users_max or _is_an_agents(users, agents):
            continue
        represented = any(actor in agents for user in users.values() for actor in user)
        for user in users.values():
            for actor in user:
                shared[actor][key] = len(users) - 1
                evidence[actor] += rows_of({actor: user[actor]})
                if represented:
                    agents_known.add(actor)
    usual = _median_count(places, shared)
    for actor, values in sorted(shared.items()):
        if len(values) < p.shared_min or trades[actor] or payments[actor] < p.payments_min:
            continue
        words = [text(f"shared.{w}") for w in sorted({word for word, _ in values})]
        yield places.role(
            "front",
            actor,
            len(values),
            {
                "attributes_shared": measured(len(values), "count", usual),
                "consignments": measured(0, "count", _median_trade(places)),
                "payments": measured(int(payments[actor]), "count"),
            },
            {
                "shared": Text(" + ".join(w.en for w in words), " + ".join(w.es for w in words)),
                "companies": counted(max(values.values()), "company"),
                "payments": counted(int(payments[actor]), "payment"),
            },
            {
                "intermediary": "tested",
                # who has no agent in these records may have one all the same
                "registered_agent": "tested" if actor in agents_known else "not_testable",
                "services_only": "not_testable",
                "declared_group": "not_testable",
            },
            tuple(context.link_ids(sorted(set(evidence[actor])))),
        )


#: Role to its rule.
RULES = {
    "hub": hubs,
    "broker": brokers,
    "gatekeeper": gatekeepers,
    "connector": connectors,
    "money_mule": money_mules,
    "front": fronts,
}


def _agents(context: Context) -> dict[int, set[int]]:
    """For each actor that somebody represents, the agents, and for each agent itself."""
    network, of = context.network, context.actors.of
    rows = np.flatnonzero(network.links_of_kind(["REPRESENTS"]))
    made: dict[int, set[int]] = defaultdict(set)
    for agent, client in zip(of[network.source[rows]].tolist(), of[network.target[rows]].tolist(), strict=True):
        made[client].add(agent)
        made[agent].add(agent)
    return made


def _is_an_agents(users: Users, agents: Mapping[int, set[int]]) -> bool:
    """Whether half or more of those who use an attribute, two at least, are one agent and whom it represents."""
    clients = Counter(a for user in users.values() for a in {a for actor in user for a in agents.get(actor, ())})
    most = max(clients.values(), default=0)
    return most >= 2 and 2 * most >= len(users)


def _companies(places: Places) -> Mask:
    context = places.context
    company = context.actors.is_party & ~context.network.of_kind(descendants("Person")) & ~places.generic
    return np.asarray(company & (context.actors.of == np.arange(len(company))), np.bool_)


def _median_count(places: Places, shared: Mapping[int, Mapping[tuple[str, int], int]]) -> float:
    """Attributes in common with others, of the middle company."""
    counts = np.zeros(len(places.context.network))
    for actor, values in shared.items():
        counts[actor] = len(values)
    companies = counts[_companies(places)]
    return float(np.median(companies)) if len(companies) else 0.0


def _median_trade(places: Places) -> float:
    """Consignments of the middle company that has any."""
    counts = np.bincount(places.context.trade.actor, minlength=len(places.context.network))
    counts = counts[_companies(places) & (counts > 0)]
    return float(np.median(counts)) if len(counts) else 0.0


def _share(value: float) -> str:
    """A share that may be far below one hundredth."""
    return f"{value * 100:.2g}%"
