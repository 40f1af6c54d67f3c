"""Watching bias: how much of a score comes from how often a node was looked at.

Who is wiretapped, audited or opened more often has more records, so more ties, so a higher score, whatever his part in the
network is. **Expected** is the score that the number of records alone lets expect: the rising function of that number which is
nearest to the scores of all (:func:`vinculo.analytics.monotone.rising`). What a node has beyond it (``excess``) watching does not
explain. Where nobody else has as many records there is nobody to compare with: the most watched node then explains itself, and
its excess is 0. A node that truly has many ties must have many records as well; records alone cannot tell the two apart, so
the figure neither accuses nor clears: it says what else would explain the score.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from vinculo.analytics.columns import coded
from vinculo.analytics.monotone import rank_correlation, rising
from vinculo.analytics.projecting.part import Part, spread
from vinculo.graph.network import Codes, Floats, Ints, Network
from vinculo.graph.statements import flat, taken_apart, things_of
from vinculo.graph.store import Store

#: Records are numbered within their file; no file has more.
_RECORDS = 1 << 40


@dataclass(frozen=True, eq=False)
class Observations:
    """By node: how many records mention it, and how many files these are in."""

    records: Ints
    files: Ints


@dataclass(frozen=True, eq=False)
class Watching:
    """A score beside what watching alone lets expect.

    Attributes
    ----------
    correlation : float
        Spearman's rank correlation of records and score.
    expected, excess : float array
        By node.
    """

    correlation: float
    expected: Floats
    excess: Floats


def observations(store: Store, network: Network, part: Part | None = None) -> Observations:
    """Count the records that mention each node: those that tell of it and those that tell of a link at it, each once.

    Parameters
    ----------
    store : Store
    network : Network
        Of this store, whole.
    part : Part, optional
        Who stands for each node in a projection: what mentions an account then mentions who holds it.

    Examples
    --------
    >>> from vinculo.graph.stores import open_store
    >>> store = open_store("sqlite:///:memory:")
    >>> observations(store, Network.from_store(store)).records.tolist()
    []
    """
    nodes: list[Codes] = []
    records: list[Ints] = []
    known: dict[tuple[str, str], int] = {}
    for sort, table in store.statements():
        thing, told = _told(sort, table, known)
        for column in ("id",) if sort == "entity" else ("source", "target"):
            nodes.append(network.index(table[column])[thing])
            records.append(told)
    n = len(network)
    if not nodes:
        return Observations(np.zeros(n, np.int64), np.zeros(n, np.int64))
    node, record = np.concatenate(nodes), np.concatenate(records)
    if part is not None:
        at, place = spread(part.many[node])
        node, record = part.members[part.ptr[node[at]] + place], record[at]
    return Observations(_distinct(n, node, record), _distinct(n, node, record // _RECORDS))


def _told(sort: str, table: pa.Table, known: dict[tuple[str, str], int]) -> tuple[Ints, Ints]:
    """Pairs of a thing (its first row in the table) and a record, with its file, that is the first to say something of it.

    What several records of a file say alike counts for the first: that is all a store keeps, and stores spread it over rows as
    they like.
    """
    coded_things = things_of(sort, table).dictionary_encode()
    thing = coded_things.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    kinds, numbers, facts = (flat(table[c]) for c in ("kind", "record", "facts"))
    said = taken_apart(thing, kinds, numbers, facts, _files(table, known))
    which, file, record = (said[c].to_numpy() for c in ("thing", "source", "record"))
    first = np.zeros(len(coded_things.dictionary), np.int64)
    first[thing[::-1]] = np.arange(len(thing))[::-1]
    return first[which], file * _RECORDS + record


def _files(table: pa.Table, known: dict[tuple[str, str], int]) -> Ints:
    """The number of each row's file, in the order in which they turn up."""
    dataset, sha256 = coded(table["dataset"]), coded(table["sha256"])
    pair = dataset.codes.astype(np.int64) * len(sha256.values) + sha256.codes
    pairs, at = np.unique(pair, return_inverse=True)
    numbers = [
        known.setdefault((dataset.values[p // len(sha256.values)], sha256.values[p % len(sha256.values)]), len(known))
        for p in pairs.tolist()
    ]
    return np.array(numbers, np.int64)[at]


def _distinct(n: int, node: Codes, value: Ints) -> Ints:
    """How many different values each node has."""
    order = np.lexsort((value, node))
    node, value = node[order], value[order]
    new = np.ones(len(node), np.bool_)
    new[1:] = (node[1:] != node[:-1]) | (value[1:] != value[:-1])
    return np.bincount(node[new], minlength=n).astype(np.int64)


def watching(score: Floats, records: Ints) -> Watching:
    """What the number of records lets expect of a score.

    Parameters
    ----------
    score : float array
        One per node.
    records : int64 array
        Records that mention it.

    Examples
    --------
    >>> made = watching(np.array([0.0, 0.1, 0.9, 0.2]), np.array([1, 1, 1, 9]))
    >>> made.excess.round(3).tolist()
    [-0.3, -0.2, 0.6, -0.1]
    """
    expected = rising(records, score)
    return Watching(rank_correlation(records, score), expected, score - expected)
