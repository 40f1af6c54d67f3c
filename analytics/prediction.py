"""Links that may be missing from the records: hypotheses, never links.

The network is a projection of the case (a firm and the consignment it ships are no two parties), such as who ships with
whom. A pair is scored by the neighbours it has in common:

``adamic_adar``
    sum of 1 / ln(neighbours) of each (Adamic and Adar 2003)
``resource_allocation``
    sum of 1 / neighbours of each (Zhou, Lü and Zhang 2009): a hub in common says less still
``preferential_attachment``
    the links that chance would give the pair, by their own numbers of neighbours alone (Barabási and Albert 1999)

**Chance** is the configuration model: links shuffled with everybody keeping their number of neighbours. A pair with k and l
neighbours in a network of m linked pairs is linked with probability k l / 2m, and has a score of (k l / (2m)^2) times the sum
over all nodes of d (d - 1) times the node's worth; both hold where links are few. ``lift`` is the score as a multiple of that.

How good such guesses are is measured on the network itself, by hiding known links (:mod:`vinculo.analytics.prediction_check`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from vinculo.analytics.kernels.compiled import Progress, warm
from vinculo.analytics.kernels.neighbourhood import best_pairs, pair_scores
from vinculo.analytics.kernels.watched import heard, was_cut, watching
from vinculo.analytics.phrasing import counted, sentence
from vinculo.analytics.projecting.projected import Projected
from vinculo.graph.errors import UsageError
from vinculo.graph.network import Codes, Csr, Floats, Mask, simple_csr
from vinculo.graph.schema import descendants
from vinculo.graph.text import Text

METHODS = ("adamic_adar", "resource_allocation", "preferential_attachment")
#: Links that a search for pairs may look at.
WORK = 2_000_000_000
#: Common neighbours that a hypothesis names.
NAMED = 5


@dataclass(frozen=True)
class Hypothesis:
    """A link that may be missing; no record says that it is there.

    Attributes
    ----------
    a, b, a_name, b_name : str
        The pair.
    method : str
    score, expected, lift : float
        What was measured, what chance would give, and the one over the other.
    common : int
        Neighbours in common.
    through : tuple of (id, name)
        Those of them with the fewest neighbours.
    told : Text
        One sentence.
    taint : str
        ``sar`` where a tie of the two, or of a neighbour in common, rests on suspicious-activity reports alone; else empty.
    """

    a: str
    b: str
    a_name: str
    b_name: str
    method: str
    score: float
    expected: float
    lift: float
    common: int
    through: tuple[tuple[str, str], ...]
    told: Text
    taint: str = ""

    def as_json(self) -> dict[str, Any]:
        """As ``predict --json`` prints it: ``hypothesis`` says what it is."""
        told = {k: v for k, v in vars(self).items() if k not in ("through", "told", "taint")}
        return {
            "hypothesis": True,
            **told,
            "through": [{"id": i, "name": n} for i, n in self.through],
            "told": self.told._asdict(),
            **({"taint": self.taint} if self.taint else {}),
        }


class Ranked(NamedTuple):
    """Pairs, best first.

    ``pairs`` counts all that had a neighbour in common; ``truncated`` says that the search stopped at its work budget.
    """

    a: Codes
    b: Codes
    score: Floats
    expected: Floats
    pairs: int
    truncated: bool


def worth(graph: Csr, method: str, *, hub_from: int | None = None) -> Floats:
    """What a common neighbour is worth by a method; 0 for one with more than ``hub_from`` neighbours.

    Raises
    ------
    UsageError
        ``unknown_prediction``.
    """
    if method not in METHODS:
        raise UsageError("unknown_prediction", method=method, known=", ".join(METHODS))
    degree = graph.degrees
    made = np.zeros(graph.nodes)
    counts = degree >= 2
    if hub_from is not None:
        counts &= degree <= hub_from
    d = degree[counts].astype(np.float64)
    made[counts] = {"adamic_adar": 1.0 / np.log(d), "resource_allocation": 1.0 / d}.get(method, np.ones(len(d)))
    return made


def ranked(
    graph: Csr,
    *,
    method: str = "resource_allocation",
    by_lift: bool = False,
    top: int = 20,
    wanted: Mask | None = None,
    hub_from: int | None = None,
    work: int = WORK,
) -> Ranked:
    """The best pairs that no link joins and that have a neighbour in common.

    Parameters
    ----------
    graph : Csr
        Simple and undirected, neighbours in order (:meth:`Network.simple`).
    method : str
    by_lift : bool
        Rank by the multiple of what chance would give, which favours those with few links.
    top : int
        How many.
    wanted : bool array, optional
        Nodes a pair may be made of; all by default.
    hub_from : int, optional
        Nodes with more neighbours join nobody.
    work : int
        Links looked at, after which the search stops with what it has.

    Examples
    --------
    >>> from vinculo.graph.network import Network
    >>> square = Network.from_links([("a", "b"), ("b", "c"), ("c", "d"), ("d", "a")]).simple()
    >>> found = ranked(square)
    >>> list(zip(found.a.tolist(), found.b.tolist(), found.score.tolist()))
    [(0, 2, 1.0), (1, 3, 1.0)]
    """
    values = worth(graph, method, hub_from=hub_from)
    wanted = np.ones(graph.nodes, np.bool_) if wanted is None else wanted
    degree = np.maximum(graph.degrees, 1).astype(np.float64)
    summed = method != "preferential_attachment"
    even = 1.0 / degree if by_lift else np.ones(graph.nodes)
    factor = even if summed else degree
    watch = watching(work)
    arguments = (graph.ptr, graph.neighbours, values, factor, wanted, summed, top)
    a, b, score, pairs = heard(lambda flags: best_pairs(*arguments, flags), links=_steps(graph), watch=watch)
    order = np.lexsort((b, a, -score))
    a, b = a[order], b[order]
    expected = _expected(graph, values, a, b)
    if summed:
        score = pair_scores(graph.ptr, graph.neighbours, values, a, b)
    else:
        score = degree[a] * degree[b] / max(len(graph.neighbours), 1)
        expected = score.copy()
    return Ranked(a, b, score, expected, int(pairs), was_cut(watch))


def _steps(graph: Csr) -> int:
    return int((graph.degrees.astype(np.int64) ** 2).sum())


def _expected(graph: Csr, values: Floats, a: Codes, b: Codes) -> Floats:
    degree = graph.degrees.astype(np.float64)
    ends = float(len(graph.neighbours)) or 1.0
    chance: Floats = degree[a] * degree[b] / ends**2 * float((degree * (degree - 1) * values).sum())
    return chance


def undirected(seen: Projected) -> Csr:
    """The graph of a projection without direction, every tie once."""
    graph = seen.graph
    if not seen.projection.directed:
        return graph
    rows = np.repeat(np.arange(graph.nodes, dtype=np.int32), graph.degrees)
    low, high = np.minimum(rows, graph.neighbours), np.maximum(rows, graph.neighbours)
    return simple_csr(graph.nodes, low, high, graph.weights)


def predict(
    seen: Projected,
    *,
    method: str = "resource_allocation",
    by_lift: bool = False,
    kind: str = "LegalEntity",
    top: int = 20,
    hub_from: int | None = 100,
    on_reports: Codes | None = None,
    progress: Progress | None = None,
) -> tuple[list[Hypothesis], bool]:
    """Hypotheses on missing links between entities of a kind; they are told, never stored as links.

    Parameters
    ----------
    seen : Projected
        A store through a projection, see :func:`vinculo.analytics.projecting.seeing.projected`.
    method, by_lift, top, hub_from
        As :func:`ranked`.
    kind : str
        Kind of both ends, with its descendants; the neighbours in common may be anything.
    on_reports : int32 array, optional
        Nodes of whose ties some rest on suspicious-activity reports alone (:func:`vinculo.analytics.resting.resting`), by which
        hypotheses are marked.
    progress : callable, optional
        Told the stage; may raise to stop.

    Returns
    -------
    hypotheses, truncated
        Best first; whether the search stopped at its work budget.

    Examples
    --------
    >>> from vinculo.analytics.projecting.seeing import projected
    >>> from vinculo.graph.stores import open_store
    >>> predict(projected(open_store("sqlite:///:memory:"), "who_pays_whom"))
    ([], False)
    """
    warm(progress)
    graph = undirected(seen)
    wanted = of_kind(seen, kind)
    found = ranked(graph, method=method, by_lift=by_lift, top=top, wanted=wanted, hub_from=hub_from)
    marked = np.zeros(len(seen), np.bool_) if on_reports is None else np.isin(seen.nodes, on_reports)
    return [_hypothesis(seen, graph, method, found, i, marked) for i in range(len(found.a))], found.truncated


def of_kind(seen: Projected, kind: str) -> Mask:
    """Which nodes of a projection are of a kind or one of its descendants."""
    mask: Mask = seen.source.of_kind(descendants(kind))[seen.nodes]
    return mask


def _hypothesis(seen: Projected, graph: Csr, method: str, found: Ranked, i: int, marked: Mask) -> Hypothesis:
    a, b = int(found.a[i]), int(found.b[i])
    near_a, near_b = (graph.neighbours[graph.ptr[n] : graph.ptr[n + 1]] for n in (a, b))
    common = np.intersect1d(near_a, near_b)
    nearest = common[np.lexsort((common, graph.degrees[common]))][:NAMED]
    (a_id, a_name), (b_id, b_name), *through = _called(seen, [a, b, *nearest.tolist()])
    score, expected = float(found.score[i]), float(found.expected[i])
    lift = round(score / expected, 3) if expected else 0.0
    told = told_of(method, lift, len(common), a_name, b_name, [n for _, n in through])
    numbers = round(score, 6), round(expected, 9), lift
    # how many neighbours each has is in the score, so all of their ties count
    taint = "sar" if marked[[a, b, *common.tolist()]].any() else ""
    return Hypothesis(a_id, b_id, a_name, b_name, method, *numbers, len(common), tuple(through), told, taint)


def told_of(method: str, lift: float, common: int, a: str, b: str, through: Sequence[str]) -> Text:
    """The sentence of a hypothesis, from its figures and the names of the two and of those they share.

    Examples
    --------
    >>> told_of("preferential_attachment", 1.0, 1, "North", "South", ["East"]).en
    'Hypothesis, not a link: North and South have 1 neighbour in common (East).'
    """
    return sentence(
        _phrase(method, lift),
        a=a,
        b=b,
        common=counted(common, "neighbour"),
        names=", ".join(through),
        lift=f"{lift:.1f}" if lift >= 1 else f"{lift:.2f}",
    )


def _phrase(method: str, lift: float) -> str:
    """Preferential attachment is chance itself, and so no multiple of it."""
    if method == "preferential_attachment" or not lift:
        return "prediction.told.common"
    return "prediction.told" if lift > 1 else "prediction.told.by_chance"


def _called(seen: Projected, nodes: Sequence[int]) -> list[tuple[str, str]]:
    rows = seen.source.nodes.take(seen.nodes[np.asarray(nodes, np.int64)].astype(np.int64)).to_pylist()
    return [(r["id"], r["name"] or r["id"]) for r in rows]


def scores_of(graph: Csr, values: Floats, method: str, by_lift: bool, a: Codes, b: Codes) -> Floats:
    """Scores of these pairs that put them in the order of :func:`ranked`."""
    degree = graph.degrees.astype(np.float64)
    if method == "preferential_attachment":
        return degree[a] * degree[b]
    made = pair_scores(graph.ptr, graph.neighbours, values, a, b)
    return made / np.maximum(degree[a] * degree[b], 1.0) if by_lift else made
