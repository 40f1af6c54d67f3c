"""Which companies use the same address, phone, e-mail or officer, each counted once however often it is written there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from vinculo.analytics.context import Context
from vinculo.graph.network import Mask
from vinculo.graph.schema import descendants
from vinculo.graph.search import squeezed

#: Attributes: link kind to its word in the catalogue (``shared.WORD``). Officers come by links of their own.
SHARED_KINDS = {"HAS_ADDRESS": "address", "HAS_PHONE": "phone", "HAS_EMAIL": "email"}
#: Letters and digits from which a name may be the beginning of a longer one: US manifests cut names at 35 characters.
CUT_NAME = 24

#: The users of one attribute: for each company the actors that are counted as it (itself among them), each with the rows of
#: the links that say so.
Users = dict[int, dict[int, list[int]]]


def attributes(context: Context, without: Mask | None = None) -> dict[tuple[str, int], Users]:
    """For each attribute (word, node) the companies that use it.

    A company counts once at an attribute, in however many datasets it stands: nodes joined by a shared tax number are one
    actor (see :mod:`vinculo.analytics.parties`), and actors of the same name (but for case, accents and signs) count as one:
    they are more likely one party without a tax number than two. So does a party without a tax number whose name is the
    beginning of another's, as a manifest cuts it. Carriers, brokers and banks are left out: their address stands on other
    people's papers.

    Parameters
    ----------
    context : Context
    without : bool array, optional
        By node, who is left out; ``context.intermediaries`` by default.

    Returns
    -------
    dict
        ``len`` of the users is the number of companies.

    Examples
    --------
    >>> from vinculo.graph.stores import open_store
    >>> attributes(Context.from_store(open_store("sqlite:///:memory:")))
    {}
    """
    network, of = context.network, context.actors.of
    names = network.nodes["name"].to_pylist()
    person = network.of_kind(descendants("Person"))
    company = context.actors.is_party & ~person
    skip = context.intermediaries if without is None else without
    rows: dict[tuple[str, int], dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    written: dict[tuple[str, int], dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for kind, word in SHARED_KINDS.items():
        for row in np.flatnonzero(network.links_of_kind([kind])).tolist():
            actor = int(of[network.source[row]])
            if company[network.source[row]] and not skip[actor]:
                key = (word, int(network.target[row]))
                rows[key][actor].append(row)
                written[key][actor].add(squeezed(names[network.source[row]] or ""))
    made: dict[tuple[str, int], Users] = {}
    for key, users in rows.items():
        counted_as = _one_party(written[key], context.actors.has_number)
        together: Users = defaultdict(dict)
        for actor, links in users.items():
            together[counted_as[actor]][actor] = links
        made[key] = dict(together)
    for row in np.flatnonzero(network.links_of_kind(["DIRECTS", "OWNS"])).tolist():
        officer, firm = int(network.source[row]), int(network.target[row])
        if person[officer] and company[firm]:
            actor = int(of[firm])
            users_of = made.setdefault(("officer", int(of[officer])), {})
            users_of.setdefault(actor, {actor: []})[actor].append(row)
    return made


def rows_of(user: Mapping[int, list[int]]) -> list[int]:
    """Rows of the links by which a company uses an attribute.

    Examples
    --------
    >>> rows_of({3: [10], 5: [11, 12]})
    [10, 11, 12]
    """
    return [row for rows in user.values() for row in rows]


def first_row(user: Mapping[int, list[int]]) -> int:
    """One link that shows the use.

    Examples
    --------
    >>> first_row({3: [10], 5: [11, 12]})
    10
    """
    return next(iter(user.values()))[0]


def _one_party(written: Mapping[int, set[str]], has_number: Mask) -> dict[int, int]:
    """For each actor at one attribute the one that it counts as: one with a tax number, if there is any."""
    root = {actor: actor for actor in written}

    def top(actor: int) -> int:
        while root[actor] != actor:
            actor = root[actor]
        return actor

    # what a name begins follows it at once in the order of texts
    ordered = sorted((name, actor) for actor, names in written.items() for name in names)
    for (name, actor), (longer, other) in pairwise(ordered):
        cut = len(name) >= CUT_NAME and longer.startswith(name) and not has_number[actor]
        if name == longer or cut:
            a, b = sorted((top(actor), top(other)), key=lambda x: (not has_number[x], x))
            root[b] = a
    return {actor: top(actor) for actor in written}
