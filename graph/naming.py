"""What to call a thing: one rule for every store, so that both show the same name."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.facts import RECORD, UNIT

#: Properties that can name a thing, best first. Kinds without a name (a bill, a container, an account) go by their number.
NAMING = (
    "name",
    "alias",
    "weakAlias",
    "previousName",
    "abbreviation",
    "title",
    "billNumber",
    "seizureNumber",
    "inspectionNumber",
    "iban",
    "accountNumber",
    "number",
    "full",
    "address",
    "code",
    "registrationNumber",
    "imoNumber",
    "publicKey",
    "program",
    "recordId",
    "authority",
    "caption",
)
RANKS = {name: rank for rank, name in enumerate(NAMING)}
UNNAMED = len(NAMING)

#: (rank of the property, minus length, value): the smallest is the name.
Candidate = tuple[int, int, str]


def candidate(property_name: str, value: str) -> Candidate:
    """How good a value is as a name: the better property, then the longer value, then the alphabet.

    Examples
    --------
    >>> min(candidate("alias", "Ana María"), candidate("name", "Ana"), candidate("name", "Ana M."))[2]
    'Ana M.'
    """
    return (RANKS.get(property_name, UNNAMED), -len(value), value)


def unnamed(id: str) -> Candidate:
    """The candidate of a thing that nothing names."""
    return (UNNAMED, 0, id)


def exploded(facts: pa.Array | pa.ChunkedArray) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Packed facts as three columns: row number in ``facts``, property, value."""
    flat = facts.combine_chunks() if isinstance(facts, pa.ChunkedArray) else facts
    lists = pc.split_pattern(flat, RECORD)
    rows, pairs = pc.list_parent_indices(lists), pc.list_flatten(lists)
    present = pc.match_substring(pairs, UNIT)
    rows, pairs = rows.filter(present), pairs.filter(present)
    halves = pc.split_pattern(pairs, UNIT, max_splits=1)
    return rows, pc.list_element(halves, 0), pc.list_element(halves, 1)
