"""A ranking that says how sure it is, and how far watching alone explains it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from vinculo.analytics.generic_parties import Generic
from vinculo.analytics.generic_parties import told as told_generic
from vinculo.analytics.kernels.compiled import Progress, warm
from vinculo.analytics.key_players import (
    EXACT_UP_TO,
    MEASURES,
    SAME,
    KeyPlayer,
    generic_seen,
    key_players_of,
    measures_of,
    rated,
    steps_down,
)
from vinculo.analytics.phrasing import counted, sentence
from vinculo.analytics.projecting.definition import Projection
from vinculo.analytics.projecting.projected import Projected
from vinculo.analytics.projecting.seeing import projected
from vinculo.analytics.rank_intervals import RankIntervals, rank_intervals
from vinculo.analytics.watching import Observations, Watching, observations, watching
from vinculo.graph.errors import UsageError
from vinculo.graph.network import Codes, Csr, Floats, Mask
from vinculo.graph.store import Store
from vinculo.graph.text import Text, say_both, text

#: Sources of betweenness in each repeated run of a large network.
RUN_SAMPLES = 64
#: What a value must have beyond the expected one for its records not to explain it, as a share of that.
BEYOND = 0.1
#: Rank correlation of records and score from which the ranking says that it follows the records.
FOLLOWS = 0.3


@dataclass(frozen=True)
class Ranked:
    """One place of a ranking.

    Attributes
    ----------
    player : KeyPlayer
    value : float
        By the measure asked for.
    low, high : float
        Between these lie nine tenths of the values in repeated runs.
    among_first : int
        In how many runs it was one of the first ``Ranking.places``.
    records, files : int
        How many records mention it, of how many files.
    expected, excess : float
        The value that the number of records alone lets expect, and what it has beyond that.
    excess_place : int
        Its place, from 1, were the ranking by the excess.
    watched : Text
        The same in a sentence.
    """

    player: KeyPlayer
    value: float
    low: float
    high: float
    among_first: int
    records: int
    files: int
    expected: float
    excess: float
    excess_place: int
    watched: Text

    def as_json(self) -> dict[str, Any]:
        """One line of a table: the player's fields, then these."""
        own = {k: v for k, v in vars(self).items() if k not in ("player", "watched")}
        return self.player.as_json() | own | {"watched": self.watched._asdict()}


@dataclass(frozen=True)
class Ranking:
    """A ranking with how sure it is.

    Attributes
    ----------
    by : str
        The measure.
    players : tuple of Ranked
        Highest first.
    runs : int
        How often the network was measured again, each time with a share ``drop`` of its ties dropped and, where betweenness is
        sampled, from new sources.
    drop : float
    places : int
        How many are the first.
    correlation : float
        Spearman's rank correlation of records and value, over everybody ranked.
    watched : Text
        What that means.
    convention : Text
        How ties were counted and weighed.
    seed : int
    projection : Projection
    generic : Generic
        Who stands between many by trade and is not listed; highest first.
    """

    by: str
    players: tuple[Ranked, ...]
    runs: int
    drop: float
    places: int
    correlation: float
    watched: Text
    convention: Text
    seed: int
    projection: Projection
    generic: Generic

    def as_json(self) -> list[dict[str, Any]]:
        """As ``key-players --json`` prints it: a line per place."""
        shared = {
            "by": self.by,
            "runs": self.runs,
            "drop": self.drop,
            "places": self.places,
            "correlation": self.correlation,
            "watching": self.watched._asdict(),
            "convention": self.convention._asdict(),
            "seed": self.seed,
            **self.generic.as_json(),
        }
        return [p.as_json() | shared for p in self.players]


def ranking(
    store: Store,
    *,
    by: str = "betweenness",
    kind: str | None = None,
    top: int = 50,
    runs: int = 100,
    drop: float = 0.1,
    places: int = 5,
    seed: int = 0,
    generic: bool = False,
    projection: Projection | str = "everything",
    progress: Progress | None = None,
) -> Ranking:
    """Rank the entities of a store, and say how sure that is.

    Parameters
    ----------
    store : Store
    by, kind, top, seed, generic, projection
        As :func:`vinculo.analytics.key_players.key_players`.
    runs : int
        How often to measure again.
    drop : float
        Share of ties that each of these runs does without.
    places : int
        How many are the first.
    progress : callable, optional
        Told the stage; may raise to stop.

    Raises
    ------
    UsageError, InputError
        As :func:`vinculo.analytics.key_players.key_players`.

    Examples
    --------
    >>> from vinculo.graph.stores import open_store
    >>> ranking(open_store("sqlite:///:memory:")).players
    ()
    """
    warm(progress)
    seen = projected(store, projection, progress)
    return ranking_of(
        store,
        seen,
        by=by,
        kind=kind,
        top=top,
        runs=runs,
        drop=drop,
        places=places,
        seed=seed,
        generic=generic,
        progress=progress,
    )


def ranking_of(
    store: Store,
    seen: Projected,
    *,
    by: str = "betweenness",
    kind: str | None = None,
    top: int = 50,
    runs: int = 100,
    drop: float = 0.1,
    places: int = 5,
    seed: int = 0,
    generic: bool = False,
    progress: Progress | None = None,
) -> Ranking:
    """Rank what a projection shows of a store; parameters and errors as :func:`ranking`."""
    if by not in MEASURES:
        raise UsageError("unknown_method", method=by, known=", ".join(MEASURES))
    measures = measures_of(seen, seed=seed, progress=progress)
    without = np.zeros(len(seen), np.bool_) if generic else generic_seen(store, seen)
    players = key_players_of(seen, by=by, kind=kind, top=top, measures=measures, without=without)
    graph, value = _graph_of(seen, by), measures[by].astype(np.float64)
    nodes = seen.network.index([p.id for p in players]) if players else np.zeros(0, np.int32)
    among = rated(seen, kind, without)
    gone = np.flatnonzero(rated(seen, kind) & without).astype(np.int32)
    large = graph.nodes > EXACT_UP_TO
    again = RUN_SAMPLES if large else None
    sure = rank_intervals(
        graph, by, nodes, among=among, places=places, runs=runs, drop=drop, samples=again, seed=seed, progress=progress
    )
    told = observations(store, seen.source, seen.part)
    told = Observations(told.records[seen.nodes], told.files[seen.nodes])
    bias = _bias(value, told, among)
    return Ranking(
        by=by,
        players=_ranked(players, nodes, among, value, sure, told, bias),
        runs=runs,
        drop=drop,
        places=places,
        correlation=round(bias.correlation, 4),
        watched=say_both(
            "watched.much" if bias.correlation >= FOLLOWS else "watched.little", correlation=f"{bias.correlation:.2f}"
        ),
        convention=text("convention.ranking_directed" if seen.projection.directed else "convention.ranking"),
        seed=seed,
        projection=seen.projection,
        generic=told_generic(seen.network, gone[np.argsort(steps_down(value[gone]), kind="stable")]),
    )


def _graph_of(seen: Projected, by: str) -> Csr:
    if by == "betweenness":
        return seen.graph
    return seen.into if by == "pagerank" else seen.undirected


def _bias(value: Floats, told: Observations, among: Mask) -> Watching:
    """By node; whoever is not ranked is nobody's peer and has an excess of 0."""
    made = watching(value[among], told.records[among])
    expected, excess = value.copy(), np.zeros(len(value))
    expected[among], excess[among] = made.expected, made.excess
    return Watching(made.correlation, expected, excess)


def _ranked(
    players: list[KeyPlayer],
    nodes: Codes,
    among: Mask,
    value: Floats,
    sure: RankIntervals,
    told: Observations,
    bias: Watching,
) -> tuple[Ranked, ...]:
    by_excess = np.sort(bias.excess[among])
    # an excess is a difference: what is rounding in it goes by the values
    slack = SAME * float(np.abs(value[among]).max(initial=0.0))
    return tuple(
        Ranked(
            player=player,
            value=round(float(value[i]), 9),
            low=round(float(sure.low[k]), 9),
            high=round(float(sure.high[k]), 9),
            among_first=int(sure.among_first[k]),
            records=int(told.records[i]),
            files=int(told.files[i]),
            expected=round(float(bias.expected[i]), 9),
            excess=round(float(bias.excess[i]), 9),
            excess_place=_place(by_excess, float(bias.excess[i]) + slack),
            watched=_sentence(float(value[i]), float(bias.expected[i]), int(told.records[i]), int(told.files[i])),
        )
        for k, (i, player) in enumerate(zip(nodes.tolist(), players, strict=True))
    )


def _place(ascending: Floats, value: float) -> int:
    """Place from 1 when the highest comes first; equals share the best."""
    return len(ascending) - int(np.searchsorted(ascending, value, side="right")) + 1


def _sentence(value: float, expected: float, records: int, files: int) -> Text:
    key = "watched.beyond" if value > expected * (1.0 + BEYOND) else "watched.explained"
    return sentence(
        key,
        records=counted(records, "mention"),
        files=counted(files, "file"),
        expected=f"{expected:.3g}",
        score=f"{value:.3g}",
    )
