"""What the server holds of a thing, made from its statements: columns in, columns out.

``facts`` of a node or link is a list of strings ``property<US>value<US>source number:record``, one per statement, sorted; the
kind asserted is one of them, with an empty property. Server and driver take such lists at full speed; nested values they refuse.
Everything else on a node or link (kind, name, date, amount, currency, search terms) is derived from them here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.facts import RECORD, UNIT
from vinculo.graph.naming import NAMING
from vinculo.graph.schema import merged_kind, searched_properties
from vinculo.graph.search import WHOLE, indexed, trigrams
from vinculo.graph.statements import flat, halves, joined_by, once, order_of, taken_apart, things_of

Numbers = npt.NDArray[np.int64]


def numbered(ids: pa.Array) -> tuple[Numbers, list[str]]:
    """A number for each id, and the distinct ids by number."""
    coded = ids.dictionary_encode()
    return coded.indices.to_numpy(zero_copy_only=False).astype(np.int64), coded.dictionary.to_pylist()


def asserted(sort: str, table: pa.Table, source: int) -> tuple[pa.Table, list[str]]:
    """A batch's assertions as statements of this source, and what tells its things apart, in order of appearance."""
    things, ids = numbered(things_of(sort, table))
    origin = np.full(len(things), source, np.int64)
    kinds, records, facts = (flat(table.column(c)) for c in ("kind", "record", "facts"))
    return taken_apart(things, kinds, records, facts, origin), ids


def held(lists: Sequence[Sequence[str]]) -> pa.Table:
    """What the server holds, as statements; things are numbered by their place in ``lists``."""
    things = np.repeat(np.arange(len(lists)), [len(x) for x in lists]).astype(np.int64)
    return read(things, pa.array([f for x in lists for f in x], pa.string()))


def read(things: Numbers, strings: pa.Array) -> pa.Table:
    """Statements from the server's strings."""
    if not len(strings):
        return once(things, pa.array([], pa.string()), things, things)
    parts = pc.split_pattern(strings, UNIT, max_splits=1, reverse=True)
    origin = pc.split_pattern(pc.list_element(parts, 1), ":", max_splits=1)
    source, record = (pc.cast(pc.list_element(origin, n), pa.int64()).to_numpy() for n in (0, 1))
    return once(things, pc.list_element(parts, 0), source, record)


def strings(statements: pa.Table) -> pa.Array:
    """The server's strings, in the order of the statements."""
    origin = pc.binary_join_element_wise(
        *(pc.cast(flat(statements.column(c)), pa.string()) for c in ("source", "record")), ":"
    )
    return pc.binary_join_element_wise(flat(statements.column("pair")), origin, UNIT)


def together(statements: pa.Table, count: int) -> list[str]:
    """Per thing its strings in one, for the server to split: a text travels faster than a list."""
    things = flat(statements.column("thing")).to_numpy()
    starts, joined = joined_by(things, strings(statements))
    made: list[str] = joined.to_pylist()
    if len(made) == count:
        return made
    texts = [""] * count
    for thing, text in zip(things[starts].tolist(), made, strict=True):
        texts[thing] = text
    return texts


def merged_kinds(statements: pa.Table, count: int) -> list[str]:
    """Per thing the kind that all its sources together give it; that of a bare end where none says."""
    pairs = flat(statements.column("pair"))
    kind = pc.starts_with(pairs, UNIT)
    things = flat(statements.column("thing")).filter(kind).to_pylist()
    names: list[set[str]] = [set() for _ in range(count)]
    for thing, name in zip(things, halves(pairs.filter(kind))[1].to_pylist(), strict=True):
        names[thing].add(name)
    return [merged_kind(frozenset(n)) if n else "Thing" for n in names]


def display_names(statements: pa.Table, ids: Sequence[str]) -> list[str]:
    """Per thing what to call it: see :mod:`vinculo.graph.naming`; its id where nothing names it."""
    names = list(ids)
    things, properties, values = _chosen(statements, NAMING)
    if not len(things):
        return names
    rank = pc.index_in(properties, pa.array(NAMING)).to_numpy(zero_copy_only=False).astype(np.int64)
    length = pc.utf8_length(values).to_numpy(zero_copy_only=False).astype(np.int64)
    order = np.lexsort((order_of(values), -length, rank, things))
    best = order[np.flatnonzero(np.r_[True, things[order][1:] != things[order][:-1]])]
    for thing, name in zip(things[best].tolist(), values.take(pa.array(best)).to_pylist(), strict=True):
        names[thing] = name
    return names


def search_terms(statements: pa.Table, count: int) -> list[str]:
    """Per thing the terms it is found by, blanks between."""
    sorts = searched_properties()
    terms: list[dict[str, None]] = [{} for _ in range(count)]
    things, properties, values = _chosen(statements, list(sorts))
    for thing, name, value in zip(things.tolist(), properties.to_pylist(), values.to_pylist(), strict=True):
        text = indexed(sorts[name], value)
        terms[thing] |= dict.fromkeys([*trigrams(text), whole_term(text)] if text else ())
    return [" ".join(t) for t in terms]


def whole_term(held: str) -> str:
    """The term that stands for a whole value, or its first ``WHOLE`` letters. Folded texts have no ``_``: no trigram does."""
    return "__" + held[:WHOLE].replace(" ", "_")


def link_columns(statements: pa.Table, count: int) -> tuple[list[Any], list[Any], list[Any]]:
    """Per link its date (else start date), amount and currency: of several the smallest, ``None`` where it has none."""
    dates: list[Any] = _smallest(statements, "date", count)
    starts = _smallest(statements, "startDate", count)
    dates = [d if d is not None else s for d, s in zip(dates, starts, strict=True)]
    amounts: list[Any] = [None] * count
    things, _, values = _chosen(statements, ["amount"])
    readable = pc.match_substring_regex(values, r"^[+-]?\d+(\.\d+)?$")
    kept = things[readable.to_numpy(zero_copy_only=False)] if len(things) else things
    for thing, value in zip(kept.tolist(), values.filter(readable).to_pylist(), strict=True):
        number = float(value)
        if amounts[thing] is None or number < amounts[thing]:
            amounts[thing] = number
    return dates, amounts, _smallest(statements, "currency", count)


def _smallest(statements: pa.Table, name: str, count: int) -> list[Any]:
    found: list[Any] = [None] * count
    things, _, values = _chosen(statements, [name])
    # statements are sorted by thing and pair: the first is the smallest
    for thing, value in zip(reversed(things.tolist()), reversed(values.to_pylist()), strict=True):
        found[thing] = value
    return found


def _chosen(statements: pa.Table, names: Sequence[str]) -> tuple[Numbers, pa.Array, pa.Array]:
    """Things, properties and values of the statements about these properties."""
    properties, values = halves(flat(statements.column("pair")))
    which = pc.is_in(properties, pa.array(list(names), pa.string()))
    things = flat(statements.column("thing")).filter(which).to_numpy()
    return things, properties.filter(which), values.filter(which)


def split_text(text: str) -> list[str]:
    """The inverse of :func:`together` for one thing."""
    return text.split(RECORD) if text else []
