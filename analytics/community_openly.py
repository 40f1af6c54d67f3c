"""The case as its other files know it: without the values, names and kinds that only suspicious-activity reports tell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vinculo.analytics.context import Context
from vinculo.graph.network import Codes, Network
from vinculo.graph.schema import is_a
from vinculo.graph.schema import kind as kind_of
from vinculo.graph.store import Store
from vinculo.graph.taint import Hidden, link_without, without
from vinculo.graph.types import Entity, Fact


@dataclass(frozen=True, eq=False)
class Openly:
    """What the other files know.

    Attributes
    ----------
    context : Context
        The network and its columns without what only reports say.
    entities : dict
        Entities of which a report alone says something, as the other files know them.
    nodes, links : int32 arrays
        These entities, and the links of which a report alone says something.
    """

    context: Context
    entities: dict[str, Entity]
    nodes: Codes
    links: Codes


def hidden_sources(store: Store) -> Hidden:
    """Keys of the sources that are suspicious-activity reports."""
    return frozenset(s.key for s in store.sources() if s.taint)


def openly(store: Store, context: Context) -> Openly | None:
    """The case without what only reports say; nothing where they say nothing that others do not.

    Examples
    --------
    >>> from vinculo.graph.stores import open_store
    >>> store = open_store("sqlite:///:memory:")
    >>> openly(store, Context.from_store(store)) is None
    True
    """
    hidden = hidden_sources(store)
    spoken: dict[str, dict[str, None]] = {"entity": {}, "link": {}}
    for source in store.sources():
        if source.key in hidden:
            for sort, table in store.statements(source):
                spoken[sort] |= dict.fromkeys(pc.unique(table["id"]).to_pylist())
    if not any(spoken.values()):
        return None
    network = context.network
    entities = {}
    for id, entity in store.entities(list(spoken["entity"])).items():
        known = without(entity, hidden)
        if (entity.kind, entity.name, _values(entity.properties)) != (
            known.kind,
            known.name,
            _values(known.properties),
        ):
            entities[id] = known
    links = [
        id
        for id, link in store.links(list(spoken["link"])).items()
        if _values(link.properties) != _values(link_without(link, hidden).properties)
    ]
    seen = Context(_renamed(network, entities), _reading(context.properties, entities), context.store, context.progress)
    return Openly(seen, entities, network.index(list(entities)), network.link_index(pa.array(links, pa.string())))


def _values(properties: dict[str, tuple[Fact, ...]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(f.value for f in facts) for name, facts in properties.items()}


def _renamed(network: Network, entities: dict[str, Entity]) -> Network:
    nodes = network.nodes
    at = network.index(list(entities))
    told = sorted((i, e) for i, e in zip(at.tolist(), entities.values(), strict=True) if i >= 0)
    mask = np.zeros(len(network), np.bool_)
    mask[[i for i, _ in told]] = True
    for column in ("kind", "name"):
        made = pa.array([getattr(e, column) for _, e in told], pa.string())
        nodes = _with(nodes, column, mask, made)
    return replace(network, nodes=nodes)


def _reading(
    properties: Callable[[str, Sequence[str]], pa.Table], entities: dict[str, Entity]
) -> Callable[[str, Sequence[str]], pa.Table]:
    """Columns as a store gives them, of these entities what is left."""
    ids = pa.array(list(entities), pa.string())

    def table(kind: str, names: Sequence[str]) -> pa.Table:
        found = properties(kind, names)
        if kind_of(kind).is_link:
            return found
        mask = pc.is_in(found["id"], value_set=ids).to_numpy()
        told = [entities[i] for i in found["id"].filter(pa.array(mask)).to_pylist()]
        for name in names:
            if name != "id":
                found = _with(found, name, mask, pa.array([e.first(name) or None for e in told], pa.string()))
        stays = np.ones(len(mask), np.bool_)
        stays[mask] = [is_a(e.kind, kind) for e in told]
        return found.filter(pa.array(stays))

    return table


def _with(table: pa.Table, column: str, mask: np.ndarray, values: pa.Array) -> pa.Table:
    old = table[column].combine_chunks()
    whole = old if isinstance(old, pa.Array) else pa.concat_arrays(old.chunks)
    made = pc.replace_with_mask(whole.cast(pa.string()), pa.array(mask), values)
    return table.set_column(table.column_names.index(column), column, made)
