"""Nested records as tables: which nodes of an XML element or a JSON object are rows, which paths from them are columns.

A path is steps with ``/`` between: a child by name, ``*`` any child, ``@name`` an attribute, ``..`` the node above, ``.`` the
node's own text, ``name()`` its name, ``position()`` its place among its like, from 1. A path that begins with ``/`` starts at
what the elements above the record said (``/Stmt/Acct/Id/IBAN``). ``a|b`` takes the first of several paths that has a text;
``[]`` at the end takes all texts there are, as a list.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa


@dataclass(frozen=True)
class Branch:
    """One table out of nested records.

    Attributes
    ----------
    path : str
        Where its rows are, from the record down; ``""`` is the record itself. ``a|b``: at either, in this order.
    columns : mapping
        Path from the row by the name of the column.
    """

    path: str
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Node:
    value: Any
    name: str
    position: int
    above: _Node | None


Finds = Callable[[_Node], Iterator[_Node]]


def branched(branches: Mapping[str, Branch]) -> Callable[[pa.Table], dict[str, pa.Table]]:
    """What a dataset's ``prepare`` does with a column ``tree``: a table for each branch, with ``record`` and ``line``.

    Examples
    --------
    >>> tree = '{"no": "7", "leg": [{"to": "MX"}, {"to": "US", "via": "SV"}]}'
    >>> table = pa.table({"tree": [tree], "record": [1], "line": [0]})
    >>> legs = branched({"legs": Branch("leg", {"no": "../no", "to": "to", "leg": "position()", "via": "via"})})(table)
    >>> legs["legs"].to_pylist()[1]
    {'no': '7', 'to': 'US', 'leg': '2', 'via': 'SV', 'record': 1, 'line': 0}
    """
    compiled = {
        name: (_paths(branch.path), {column: _column(path) for column, path in branch.columns.items()})
        for name, branch in branches.items()
    }

    def prepare(table: pa.Table) -> dict[str, pa.Table]:
        roots = [_Node(json.loads(t), "", 1, None) for t in table.column("tree").to_pylist()]
        numbers, lines = table.column("record").to_pylist(), table.column("line").to_pylist()
        made = {}
        for name, (finds, columns) in compiled.items():
            rows: list[_Node] = []
            at: list[int] = []
            for place, root in enumerate(roots):
                some = [node for find in finds for node in find(root)]
                rows += some
                at += [place] * len(some)
            arrays = [takes(rows) for takes in columns.values()]
            arrays += [pa.array([numbers[n] for n in at], pa.int64()), pa.array([lines[n] for n in at], pa.int64())]
            made[name] = pa.table(arrays, names=[*columns, "record", "line"])
        return made

    return prepare


def _paths(path: str) -> list[Finds]:
    return [_walk(one) for one in path.split("|")]


def _column(path: str) -> Callable[[Sequence[_Node]], pa.Array]:
    every = path.endswith("[]")
    finds = _paths(path.removesuffix("[]"))

    def texts(row: _Node) -> list[str]:
        for find in finds:
            if found := [text for node in find(row) if (text := _text(node.value))]:
                return found
        return []

    if every:
        return lambda rows: pa.array([texts(row) or None for row in rows], pa.list_(pa.string()))
    return lambda rows: pa.array([next(iter(texts(row)), None) for row in rows], pa.string())


def _walk(path: str) -> Finds:
    finds: Finds = _itself
    if path.startswith("/"):
        finds, path = _then(_root, "^"), path[1:]
    for step in filter(None, path.split("/")):
        finds = _then(finds, step)
    return finds


def _itself(node: _Node) -> Iterator[_Node]:
    yield node


def _root(node: _Node) -> Iterator[_Node]:
    while node.above is not None:
        node = node.above
    yield node


def _then(before: Finds, step: str) -> Finds:
    def finds(node: _Node) -> Iterator[_Node]:
        for found in before(node):
            yield from _step(found, step)

    return finds


def _step(node: _Node, step: str) -> Iterator[_Node]:
    if step == "..":
        if node.above is not None:
            yield node.above
    elif step == ".":
        yield node
    elif step == "name()":
        yield _Node(node.name, "", 1, node)
    elif step == "position()":
        yield _Node(str(node.position), "", 1, node)
    elif isinstance(node.value, dict):
        names = [k for k in node.value if k[0] not in "@#^"] if step == "*" else [step]
        for name in names:
            value = node.value.get(name)
            for position, one in enumerate(_members(value), 1):
                yield _Node(one, name, position, node)


def _members(value: Any) -> Iterator[Any]:
    if isinstance(value, list):  # also lists in lists: documents made from XML have them
        for one in value:
            yield from _members(one)
    elif value is not None:
        yield value


def _text(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("#text", "")
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else ""
