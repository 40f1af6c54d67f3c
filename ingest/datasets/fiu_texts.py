"""Texts out of the nested records of reports: what stands at a path, dates and sums as they can be, and all that is left."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

Node = dict[str, Any]
#: Nobody made a payment or filed a report before this; a sum beyond this is not in anybody's books.
_FIRST_YEAR, _FIRST_BIRTH, _LARGEST = 1900, 1850, 13
_IMPLAUSIBLE = " (implausible)"


def several(node: Any, path: str) -> list[Any]:
    """All there is at a path (``a/b``) below a node, in order.

    Examples
    --------
    >>> several({"a": [{"b": "1"}, {"b": ["2", "3"]}]}, "a/b")
    ['1', '2', '3']
    """
    found = [node]
    for step in path.split("/"):
        below: list[Any] = []
        for one in found:
            value = one.get(step) if isinstance(one, dict) else None
            if isinstance(value, list):
                below += value
            elif value is not None:
                below.append(value)
        found = below
    return found


def text(node: Node, *paths: str) -> str:
    """The first text at one of these paths, trimmed; empty where there is none."""
    for path in paths:
        value = node.get(path)
        if isinstance(value, str):
            if said := value.strip():
                return said
        elif value is not None or ("/" in path and path.partition("/")[0] in node):
            for found in several(node, path):
                said = found.get("#text", "") if isinstance(found, dict) else found
                if said := said.strip():
                    return str(said)
    return ""


def texts(node: Node, names: Sequence[str]) -> list[str]:
    """``name: text`` of each of these children that has one.

    Examples
    --------
    >>> texts({"a": "1", "c": {"d": "2"}}, ("c", "b", "a", "c/d"))
    ['a: 1', 'c/d: 2']
    """
    return [f"{name}: {said}" for name in names if (said := text(node, name))]


def objects(node: Node, path: str) -> list[Node]:
    """What has children at a path."""
    first, mark, _ = path.partition("/")
    value = node.get(first)
    if value is None:
        return []
    if not mark and isinstance(value, dict):
        return [value]
    return [found for found in several(node, path) if isinstance(found, dict)]


def day(said: str) -> str:
    """``YYYYMMDD`` in ISO form with the precision it has; other texts as they are.

    Examples
    --------
    >>> day("19801025"), day("19800000"), day("202108"), day("2020-01-02")
    ('1980-10-25', '1980', '2021-08', '2020-01-02')
    """
    found = re.fullmatch(r"(\d{4})(\d\d)(\d\d)?", said)
    if not found:
        return said
    year, month, number = found.groups()
    if month == "00":
        return year
    return f"{year}-{month}" + (f"-{number}" if number and number != "00" else "")


def moment(said: str, first: int = _FIRST_YEAR) -> str:
    """A date; one of a year in which nobody filed reports is marked, so that it is kept as unreadable."""
    made = day(said)
    return made + _IMPLAUSIBLE if made[:4].isdigit() and int(made[:4]) < first else made


def birth(said: str) -> str:
    """A date of birth, marked where nobody alive can have it."""
    return moment(said, _FIRST_BIRTH)


def sum_of(said: str) -> str:
    """A sum of money; a negative or impossible one is marked, so that it is kept as unreadable.

    Examples
    --------
    >>> sum_of("9500.00"), sum_of("-7900000000000000.0")
    ('9500.00', '-7900000000000000.0 (implausible)')
    """
    whole = said.partition(".")[0].replace(",", "")
    return said + _IMPLAUSIBLE if whole.startswith("-") or len(whole) > _LARGEST else said


def told(node: Any, without: tuple[str, ...] = ()) -> list[str]:
    """Everything below a node as ``name: text``, but for these elements: what no column takes is still said.

    Examples
    --------
    >>> told({"a": "1", "b": {"c": ["2", "3"]}, "@d": "4"}, ("a",))
    ['b/c: 2', 'b/c: 3']
    """
    return [f"{path}: {said}" for path, said in _leaves(node, "", without)]


def _leaves(node: Any, path: str, without: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if isinstance(node, list):
        for one in node:
            yield from _leaves(one, path, without)
    elif isinstance(node, dict):
        for name, value in node.items():
            if name not in without and name[0] not in "@^":
                yield from _leaves(value, path if name == "#text" else f"{path}/{name}".lstrip("/"), without)
    elif node:
        yield path, node
