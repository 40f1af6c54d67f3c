"""Sums over what a source asserts on the server: each batch keeps by how much it made its source's sum grow.

A thing's number changes with every bit of its id, its ends and what the source says of it; a look through the store adds up anew.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence

from vinculo.graph.facts import RECORD, UNIT
from vinculo.graph.stores.checksum import row_sum
from vinculo.graph.stores.neo4j_read import source_of


def link_key(id: str, kind: str, source: str, target: str) -> str:
    """What a link's number is made of beside its facts."""
    return UNIT.join((id, kind, source, target))


def own_text(facts: Sequence[str], source: int) -> str:
    """What one source says of a thing, of the server's strings about it."""
    own = str(source)
    return RECORD.join(f for f in facts if source_of(f) == own)


def sum_of(keys: Iterable[str], texts: Iterable[str]) -> int:
    """Sum over things; one of which nothing is said adds nothing.

    Examples
    --------
    >>> sum_of(["a", "b"], ["x", ""]) == sum_of(["a"], ["x"]) != sum_of(["b"], ["x"])
    True
    """
    some = [(key, _number(text)) for key, text in zip(keys, texts, strict=True) if text]
    return row_sum(*zip(*some, strict=True)) if some else 0


def sums_of(keys: Sequence[str], facts: Sequence[Sequence[str] | None]) -> dict[int, int]:
    """Sums over the server's strings about things, by source; strings that cannot be taken apart count for none."""
    texts: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for key, some in zip(keys, facts, strict=True):
        by_source: dict[str, list[str]] = defaultdict(list)
        for fact in some or ():
            by_source[source_of(fact)].append(fact)
        for number, own in by_source.items():
            texts[number][0].append(key)
            texts[number][1].append(RECORD.join(own))
    return {int(number): sum_of(*told) for number, told in texts.items() if number.isdecimal()}


def _number(text: str) -> int:
    made = hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=8).digest()
    return int.from_bytes(made, "big", signed=True)
