"""Which names to compare: not all with all, but those that share one of their rarest letter triples.

Names whose sets of letter triples overlap by the share ``OVERLAP`` must share one of their few rarest triples (prefix
filtering: Chaudhuri, Ganti, Kaushik, ICDE 2006), so only the blocks of these are looked at. Everything is sorted arrays; no
pair depends on the order in which names come.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Pairs = Numbers
#: Part of the triples of two names (of all that either has) that both must have to be found for certain.
OVERLAP = 0.6
#: A triple that more names than this have among their rarest tells nothing; its block is left out.
LARGEST_BLOCK = 60
#: From these lengths on, one letter more may differ.
_LONG_ENOUGH = (6, 12, 20)


def candidate_pairs(names: Sequence[str]) -> Pairs:
    """Pairs of names that may be spellings of each other.

    Parameters
    ----------
    names : sequence of str
        Distinct names without spaces.

    Returns
    -------
    int64 array of shape (pairs, 2)
        Positions in ``names``, the smaller first, sorted. Names whose lengths differ by more than a slip of the pen explains
        (:func:`letters_allowed`) are no pair.

    Examples
    --------
    >>> candidate_pairs(["frutasdelrio", "frutasdelrioo", "aceroynorte"]).tolist()
    [[0, 1]]
    """
    lengths = np.array([len(n) for n in names], np.int64)
    owner, code = _rarest_first(*_triples(names, lengths))
    if not len(owner):
        return np.zeros((0, 2), np.int64)
    sizes = np.bincount(owner, minlength=len(names))
    starts = np.cumsum(sizes) - sizes
    place = np.arange(len(owner)) - starts[owner]
    rarest = sizes - np.ceil(OVERLAP * sizes).astype(np.int64) + 1
    keep = place < rarest[owner]
    return _in_blocks(owner[keep], code[keep], lengths)


def letters_allowed(length: int) -> int:
    """How many letters a slip of the pen changes: one in a short name, three in a long one.

    Parameters
    ----------
    length : int
        Of the shorter of two names.

    Examples
    --------
    >>> [letters_allowed(n) for n in (5, 6, 12, 20)]
    [0, 1, 2, 3]
    """
    return bisect_right(_LONG_ENOUGH, length)


def _triples(names: Sequence[str], lengths: Numbers) -> tuple[Numbers, Numbers]:
    """Every distinct letter triple of every name, as a number in the order of the letters: (name, triple)."""
    letters = np.frombuffer("".join(names).encode("utf-32-le", "replace"), np.uint32).astype(np.int64)
    owner = np.repeat(np.arange(len(names)), lengths)
    if len(letters) < 3:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    whole = (owner[:-2] == owner[2:]).nonzero()[0]
    known, triple = _numbered((letters[whole] << 42) | (letters[whole + 1] << 21) | letters[whole + 2])
    both = _distinct(owner[whole] * known + triple)
    return both // known, both % known


def _numbered(values: Numbers) -> tuple[int, Numbers]:
    """How many different values there are, and the place of each in their order."""
    order = np.argsort(values)
    ordered = values[order]
    places = np.cumsum(np.concatenate([[0], ordered[1:] != ordered[:-1]])) if len(values) else values
    made = np.empty(len(values), np.int64)
    made[order] = places
    return int(places[-1]) + 1 if len(values) else 1, made


def _distinct(values: Numbers) -> Numbers:
    """Values once each, sorted. NumPy's own ``unique`` hashes first, which is several times slower here."""
    values = np.sort(values)
    return values[np.concatenate([[True], values[1:] != values[:-1]])] if len(values) else values


def _rarest_first(owner: Numbers, triple: Numbers) -> tuple[Numbers, Numbers]:
    """The same, with triples numbered from the rarest on, by name and then by rarity."""
    if not len(owner):
        return owner, triple
    counts = np.bincount(triple)
    rank = np.empty(len(counts), np.int64)
    rank[np.argsort(counts, kind="stable")] = np.arange(len(counts))
    both = np.sort(owner * len(counts) + rank[triple])
    return both // len(counts), both % len(counts)


def _in_blocks(owner: Numbers, code: Numbers, lengths: Numbers) -> Pairs:
    names = len(lengths)
    both = np.sort(code * names + owner)
    code, owner = both // names, both % names
    keep = np.bincount(code)[code] <= LARGEST_BLOCK
    owner, code = owner[keep], code[keep]
    long = lengths[owner]
    allowed = np.array([letters_allowed(n) for n in range(int(lengths.max()) + 1)])
    found = [np.zeros(0, np.int64)]
    for step in range(1, LARGEST_BLOCK):
        same = (code[step:] == code[:-step]).nonzero()[0]
        if not len(same):
            break
        shorter = np.minimum(long[same], long[same + step])
        near = np.abs(long[same] - long[same + step]) <= allowed[shorter]
        # inside a block names stand in order, so the first is the smaller
        found.append((owner[same] * names + owner[same + step])[near])
    joined = _distinct(np.concatenate(found))
    return np.stack([joined // names, joined % names], axis=1)
