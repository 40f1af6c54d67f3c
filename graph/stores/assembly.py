"""What every store makes of its rows in the same way: facts with their sources, neighbourhoods, paths, tables, records.

A store brings rows; nothing here knows where they came from.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.facts import UNIT
from vinculo.graph.paths import Adjacent, Names, in_time, shortest
from vinculo.graph.schema import descendants, kind
from vinculo.graph.text import Text
from vinculo.graph.types import FINGERPRINT, Entity, Fact, Finding, Link, Path, Provenance, Run, Source, Suggestion

Positions = npt.NDArray[np.int64]
#: A node as a store addresses it: a number, or its id.
Node = TypeVar("Node", int, str)


class Told(NamedTuple):
    """What is said of a thing, ready for :class:`vinculo.graph.types.Entity` and ``Link``."""

    properties: dict[str, tuple[Fact, ...]]
    sources: tuple[Provenance, ...]
    kinds: tuple[Fact, ...]


#: What is said of a thing that nothing describes.
NOTHING = Told({}, (), ())


def told(statements: Iterable[tuple[str, int, int]], sources: Mapping[int, Source]) -> Told:
    """Statements (pair, number of the source, record) of one thing, put together.

    A pair is ``property<US>value``; the kind has an empty property. Each value has its sources, the smallest record in each.
    """
    values: dict[str, dict[int, int]] = {}
    own: dict[int, int] = {}
    for pair, source, record in statements:
        known = values.setdefault(pair, {})
        known[source] = min(record, known.get(source, record))
        own[source] = min(record, own.get(source, record))

    def provenance(known: dict[int, int]) -> tuple[Provenance, ...]:
        made = (Provenance(sources[s], r) for s, r in known.items())
        return tuple(sorted(made, key=lambda p: (p.source.key, p.record)))

    found: dict[str, list[Fact]] = {}
    for (name, value), known in sorted((tuple(pair.split(UNIT, 1)), known) for pair, known in values.items()):
        found.setdefault(name, []).append(Fact(value, provenance(known)))
    kinds = tuple(found.pop("", ()))
    return Told({name: tuple(facts) for name, facts in found.items()}, provenance(own), kinds)


def entity(id: str, kind: str, name: str, said: Told) -> Entity:
    """An entity and all that is said of it."""
    return Entity(id, kind, name, said.properties, said.sources, said.kinds)


def link(id: str, kind: str, source: str, target: str, said: Told) -> Link:
    """A link and all that is said of it."""
    return Link(id, kind, source, target, said.properties, said.sources)


class Around(NamedTuple):
    """Links found around a node, in the order they were found, and the other nodes they lead to."""

    links: list[Any]
    nodes: list[Any]
    truncated: bool


def around(
    centre: Node,
    near: Callable[[list[Node], int], Iterable[tuple[Any, Node, Node]]],
    *,
    hops: int,
    limit: int,
) -> Around:
    """Walk outwards, hop by hop, until there are more than ``limit`` links.

    Parameters
    ----------
    near : callable
        Links (key, source, target) at nodes, node by node and each in its order, at most so many of each.
    """
    links: dict[Any, None] = {}
    seen, front = {centre: None}, [centre]
    for _ in range(hops):
        grown: list[Node] = []
        for key, source, target in near(front, limit + 1) if front else ():
            if key in links:
                continue
            if len(links) >= limit:
                return Around(list(links), sorted(seen.keys() - {centre}), True)
            links[key] = None
            for end in (source, target):
                if end not in seen:
                    seen[end] = None
                    grown.append(end)
        front = grown
    return Around(list(links), sorted(seen.keys() - {centre}), False)


def between(
    adjacent: Adjacent,
    start: Any,
    end: Any,
    *,
    max_hops: int,
    time_ordered: bool,
    limit: int,
    names: Names,
    entities: Callable[[list[Any]], dict[Any, Entity]],
    links: Callable[[list[Any]], dict[Any, Link]],
) -> list[Path]:
    """Paths between two nodes; ``entities`` and ``links`` fetch things by node and by the steps' own keys."""
    search = in_time if time_ordered else shortest
    found = search(adjacent, start, end, max_hops=max_hops, limit=limit, names=names)
    nodes = entities(sorted({n for way, _ in found for n in way}))
    steps = links([key for _, chain in found for key in chain])
    return [Path(tuple(nodes[n] for n in way), tuple(steps[key] for key in chain)) for way, chain in found]


# -- kinds ---------------------------------------------------------------------------------------------------------------
def spread(kinds: Sequence[str] | None) -> list[str] | None:
    """These kinds of entities and all that extend them, checked against the schema."""
    return None if kinds is None else sorted({d for k in kinds for d in descendants(kind(k).name)})


# -- tables --------------------------------------------------------------------------------------------------------------
def table_of(columns: Iterable[Sequence[Any]], schema: pa.Schema) -> pa.Table:
    """Columns as a table; no columns at all are no rows."""
    whole = list(columns) or [()] * len(schema)
    return pa.table([pa.array(c, f.type) for c, f in zip(whole, schema, strict=True)], schema=schema)


def by_id(chunks: Iterable[pa.Table], schema: pa.Schema) -> pa.Table:
    """Chunks as one table in the order of its ids, then kinds."""
    table = pa.concat_tables([schema.empty_table(), *chunks]).combine_chunks()
    table = table.take(text_order(table.column("id").combine_chunks()))
    ids = table.column("id")
    if pc.any(pc.equal(ids.slice(1), ids.slice(0, max(0, len(ids) - 1)))).as_py():
        # rarely: one id under two kinds
        table = table.take(pc.sort_indices(table, [("id", "ascending"), ("kind", "ascending")]))
    return table


def text_order(texts: pa.StringArray) -> Positions:
    """What puts texts in order of their bytes, equal ones in the order they stand.

    Examples
    --------
    >>> text_order(pa.array(["b", "", "abcdefghi", "abcdefgh", "b"])).tolist()
    [1, 3, 2, 0, 4]
    """
    if not len(texts):
        return np.zeros(0, np.int64)
    starts, letters = (np.frombuffer(b, t) for b, t in zip(texts.buffers()[1:], (np.int32, np.uint8), strict=True))
    starts = starts[texts.offset : texts.offset + len(texts) + 1]
    # the first eight letters as one number, which is sorted many times as fast as a text
    padded = np.concatenate([letters[: starts[-1]], np.zeros(8, np.uint8)])
    heads = np.zeros((len(texts), 8), np.uint8)
    for at in range(8):
        heads[:, at] = np.where(np.diff(starts) > at, padded[starts[:-1] + at], 0)
    head = heads.view(">u8")[:, 0].astype(np.uint64)
    order = np.argsort(head, kind="stable")
    same = head[order[1:]] == head[order[:-1]]
    if same.any():
        tied = np.concatenate([same, [False]]) | np.concatenate([[False], same])
        order[tied] = order[tied][pc.sort_indices(texts.take(pa.array(order[tied]))).to_numpy()]
    return order


def fixed(some: bytes) -> pa.Array:
    """Fingerprints from their bytes."""
    return pa.Array.from_buffers(FINGERPRINT, len(some) // 16, [None, pa.py_buffer(some)])


def fingerprints(rows: Iterable[tuple[str, bytes]]) -> dict[str, pa.Array]:
    """Fingerprints by sha256, from those of each batch in order."""
    joined: dict[str, bytearray] = {}
    for sha256, some in rows:
        joined.setdefault(sha256, bytearray()).extend(some)
    return {sha256: fixed(bytes(some)) for sha256, some in joined.items()}


# -- records -------------------------------------------------------------------------------------------------------------
def now() -> str:
    """This moment, as runs keep it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def sources_by_number(rows: Iterable[tuple[Any, ...]]) -> dict[int, Source]:
    """Sources from rows (number, dataset, sha256, file, synthetic, taint)."""
    return {no: Source(d, s, f, bool(y), t) for no, d, s, f, y, t in rows}


def runs(rows: Iterable[tuple[Any, ...]], sources: Mapping[int, Source]) -> list[Run]:
    """Runs from rows (number, source, started, finished, status, counts as JSON)."""
    return [Run(no, sources[s], began, ended, status, json.loads(c)) for no, s, began, ended, status, c in rows]


def finding_row(finding: Finding) -> list[Any]:
    """A finding as a store keeps it: id, typology, score, body."""
    return [finding.id, finding.typology, finding.score, packed(finding.as_json())]


def findings(bodies: Iterable[tuple[str]]) -> list[Finding]:
    """Findings from their bodies."""
    return [Finding.from_json(json.loads(body)) for (body,) in bodies]


def suggestion_row(suggestion: Suggestion) -> list[Any]:
    """A suggestion as a store keeps it: the pair in order, score, why in both languages, judgement."""
    s = suggestion
    return [*sorted((s.left, s.right)), s.score, s.why.en, s.why.es, s.judgement]


def suggestions(rows: Iterable[tuple[Any, ...]]) -> list[Suggestion]:
    """Suggestions from rows as :func:`suggestion_row` makes them."""
    return [Suggestion(left, right, score, Text(en, es), judged) for left, right, score, en, es, judged in rows]


def packed(document: dict[str, Any]) -> str:
    """A document as JSON text, the same for equal documents."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True)


def documents(rows: Iterable[tuple[str, str]]) -> dict[str, dict[str, Any]]:
    """Documents by name, from rows (name, body)."""
    return {name: json.loads(body) for name, body in rows}


def portions(rows: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """Rows in portions that one statement takes."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
