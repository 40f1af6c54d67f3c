"""Records of one party on a path: two that share an official number which tells a single holder are one purse, as far as it does.

Which numbers do is what :mod:`vinculo.graph.taxpayers` says for every analysis: a tax number, not a passport, a phone or an
address. Nothing is merged, and where a person has said that two records are not the same, they are not taken for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from vinculo.analytics.phrasing import sentence
from vinculo.graph.network import Network
from vinculo.graph.schema import descendants
from vinculo.graph.store import Store
from vinculo.graph.taxpayers import MOST_HOLDERS, taxpayer
from vinculo.graph.text import Text, say
from vinculo.graph.types import Entity, Link

#: The link from a party to its number.
NUMBERED = "HAS_IDENTIFIER"


@dataclass(frozen=True)
class Numbers:
    """The numbers on some paths that tell a single holder.

    Attributes
    ----------
    holders : dict
        By the id of a number, the ids of the parties that have it.
    apart : frozenset
        Pairs of parties that a person said are not the same.
    """

    holders: Mapping[str, frozenset[str]]
    apart: frozenset[frozenset[str]]


def numbers_on(store: Store, network: Network, entities: Iterable[Entity]) -> Numbers:
    """Which of these entities are numbers that tell a single holder, and whose they are.

    Parameters
    ----------
    store : Store
    network : Network
        Of that store.
    entities : iterable of Entity
        Whatever stands on the paths.

    Examples
    --------
    >>> from vinculo.graph.stores import open_store
    >>> numbers_on(open_store("sqlite:///:memory:"), Network.from_links([]), []).holders
    {}
    """
    ids = [e.id for e in entities if e.kind == "Identifier" and _tells_one(e)]
    if not ids:
        return Numbers({}, frozenset())
    at = network.index(ids)
    is_party = network.of_kind(descendants("LegalEntity"))
    rows = np.flatnonzero(network.links_of_kind([NUMBERED]) & np.isin(network.target, at) & is_party[network.source])
    found = {}
    for id, node in zip(ids, at.tolist(), strict=True):
        parties = np.unique(network.source[rows[network.target[rows] == node]])
        if len(parties) <= MOST_HOLDERS:
            found[id] = frozenset(network.ids.take(parties).to_pylist())
    judged = (s for s in store.suggestions() if s.judgement == "not_same") if found else ()
    return Numbers(found, frozenset(frozenset((s.left, s.right)) for s in judged))


def _tells_one(number: Entity) -> bool:
    return taxpayer(number.first("type"), number.first("number"), number.first("country")) is not None


def one_party(numbers: Numbers, path: Sequence[Entity]) -> list[int]:
    """Where on a path stands a number by which the two beside it are one party: positions in ``path``.

    Examples
    --------
    >>> a, n, b = (Entity(i, "Thing", i) for i in "anb")
    >>> known = Numbers({"n": frozenset("ab")}, frozenset())
    >>> one_party(known, [a, n, b]), one_party(known, [n, b])
    ([1], [])
    """
    return [
        at
        for at in range(1, len(path) - 1)
        if {path[at - 1].id, path[at + 1].id} <= numbers.holders.get(path[at].id, frozenset())
        and frozenset((path[at - 1].id, path[at + 1].id)) not in numbers.apart
    ]


def told_one_party(path: Sequence[Entity], links: Sequence[Link], places: Iterable[int]) -> list[Text]:
    """A sentence for each number by which two records are taken for one party, with the file and record of either side."""
    pairs = list(pairwise(links))
    made = []
    for at in places:
        number, (left, right) = path[at], pairs[at - 1]
        known = taxpayer(number.first("type"), number.first("number"), number.first("country"))
        made.append(
            sentence(
                "way.one_party",
                type=known[0] if known else "",
                number=number.first("number"),
                a=path[at - 1].name,
                b=path[at + 1].name,
                a_source=_source(left),
                b_source=_source(right),
            )
        )
    return made


def _source(link: Link) -> Text:
    """The first record that says so; the others stand with the step."""
    first = link.sources[0]
    told = {"file": first.source.file, "record": f"{first.record:,}"}
    return Text(say("cli.show.source", "en", **told), say("cli.show.source", "es", **told))
