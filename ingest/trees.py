"""Nested records as tables: which nodes of an XML element or a JSON object are rows, which paths from them are columns.

A path is steps with ``/`` between: a child by name, ``*`` any child, ``@name`` an attribute, ``..`` the node above, ``.`` the
node's own text, ``name()`` its name, ``position()`` its place among its like, from 1. A path that begins with ``/`` starts at
what the elements above the record said (``/Stmt/Acct/Id/IBAN``). ``a|b`` takes the first of several paths that has a text;
``[]`` at the end takes all texts there are, as a list.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
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


@dataclass(slots=True)
class _Node:
    value: Any
    name: str
    position: int
    above: _Node | None


Finds = Callable[[_Node], list[_Node]]


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
            here = _Rows(rows)
            arrays = [takes(here) for takes in columns.values()]
            arrays += [pa.array([numbers[n] for n in at], pa.int64()), pa.array([lines[n] for n in at], pa.int64())]
            made[name] = pa.table(arrays, names=[*columns, "record", "line"])
        return made

    return prepare


def _paths(path: str) -> list[Finds]:
    return [_walk(one) for one in path.split("|")]


def _column(path: str) -> Callable[[_Rows], pa.Array]:
    every = path.endswith("[]")
    ways = [_way(one, every) for one in path.removesuffix("[]").split("|")]
    type = pa.list_(pa.string()) if every else pa.string()

    def column(rows: _Rows) -> pa.Array:
        found = [way(rows) for way in ways]
        if len(found) == 1:
            return pa.array(found[0], type)
        # the first of them that has a text
        return pa.array([next(filter(None, each), None) for each in zip(*found, strict=True)], type)

    return column


#: One text, all texts there are, or nothing.
Found = str | list[str] | None


def _way(path: str, every: bool) -> Callable[[_Rows], list[Any]]:
    """What follows a path for all rows at once; mostly it is some steps up and then down by names, which needs no nodes."""
    told = re.fullmatch(r"((?:\.\./)*)(name|position)\(\)", path)
    if told and not every:
        ups, what = told[1].count(".."), told[2]
        return lambda rows: [str(getattr(n, what)) or None if n else None for n in rows.above(False, ups)]
    plain = re.fullmatch(r"(/?)((?:\.\.(?:/|$))*)((?:[^./()][^/()]*(?:/|$))*)(\.?)", path)
    if plain is None or (plain[1] and plain[2]):
        finds = _walk(path)
        return lambda rows: [_kept((_text(node.value) for node in finds(row)), every) for row in rows.nodes]
    from_root, ups = bool(plain[1]), plain[2].count("..")
    names = tuple(step for step in plain[3].split("/") if step)
    if from_root:
        names = ("^", *names)
    return lambda rows: rows.below(from_root, ups, names, every)


def _kept(texts: Iterator[str], every: bool) -> Found:
    some = filter(None, texts)
    return list(some) or None if every else next(some, None)


class _Rows:
    """The rows of one branch; what several of its columns pass on their way is looked up once."""

    def __init__(self, nodes: list[_Node]) -> None:
        self.nodes = nodes
        self._above: dict[tuple[bool, int], list[_Node | None]] = {}
        self._passed: dict[tuple[bool, int, tuple[str, ...]], list[Any]] = {}

    def above(self, from_root: bool, ups: int) -> list[_Node | None]:
        """For each row the node so many steps up, or the first of all."""
        if (from_root, ups) not in self._above:
            if from_root:
                made: list[_Node | None] = list(map(_root, self.nodes))
            elif ups:
                made = [node and node.above for node in self.above(False, ups - 1)]
            else:
                made = list(self.nodes)
            self._above[from_root, ups] = made
        return self._above[from_root, ups]

    def below(self, from_root: bool, ups: int, names: tuple[str, ...], every: bool) -> list[Found]:
        """What these names lead to from there."""
        if "*" in names:
            at = names.index("*")
            return [_kept(_texts(v, names[at:]), every) for v in self._reached(from_root, ups, names[:at])]
        values = self._reached(from_root, ups, names)
        if every:
            return [_kept(map(_text, _members(value)), True) for value in values]
        return [value or None if value.__class__ is str else _first(value) for value in values]

    def _reached(self, from_root: bool, ups: int, names: tuple[str, ...]) -> list[Any]:
        """The values that names lead to; a list where there are several."""
        key = from_root, ups, names
        if key not in self._passed:
            if names:
                name = names[-1]
                before = self._reached(from_root, ups, names[:-1])
                made = [
                    value.get(name) if value.__class__ is dict else _among(value, name) if value else None
                    for value in before
                ]
            else:
                made = [node and node.value for node in self.above(from_root, ups)]
            if list in set(map(type, made)):
                # mostly lists of one: what may repeat does not
                made = [v[0] if v.__class__ is list and len(v) == 1 else v for v in made]
            self._passed[key] = made
        return self._passed[key]


def _among(value: Any, name: str) -> list[Any] | None:
    """What a name leads to from each member of a list."""
    if value.__class__ is not list:
        return None
    return [one[name] for one in _members(value) if one.__class__ is dict and name in one]


def _first(value: Any) -> str | None:
    return next(filter(None, map(_text, _members(value))), None)


def _texts(value: Any, names: tuple[str, ...]) -> Iterator[str]:
    """Every text that these names lead to from a value, or from the members of a list."""
    for one in _members(value):
        if not names:
            yield _text(one)
        elif one.__class__ is dict:
            below = [one[k] for k in _children(one)] if names[0] == "*" else one.get(names[0])
            yield from _texts(below, names[1:])


def _walk(path: str) -> Finds:
    steps = [step for step in path.split("/") if step]

    def finds(node: _Node) -> list[_Node]:
        found = [_root(node)] if path.startswith("/") else [node]
        for step in ["^", *steps] if path.startswith("/") else steps:
            found = [below for one in found for below in _step(one, step)]
        return found

    return finds


def _root(node: _Node) -> _Node:
    while node.above is not None:
        node = node.above
    return node


def _children(value: dict[str, Any]) -> list[str]:
    return [k for k in value if not k.startswith(("@", "#", "^"))]


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
    elif node.value.__class__ is dict:
        names = _children(node.value) if step == "*" else [step]
        for name in names:
            value = node.value.get(name)
            for position, one in enumerate(_members(value), 1):
                yield _Node(one, name, position, node)


def _members(value: Any) -> Iterator[Any]:
    if value.__class__ is list:  # also lists in lists: documents made from XML have them
        for one in value:
            yield from _members(one)
    elif value is not None:
        yield value


def _text(value: Any) -> str:
    if value.__class__ is dict:
        value = value.get("#text", "")
    if value.__class__ is bool:
        return "true" if value else "false"
    return value if value.__class__ is str else ""
