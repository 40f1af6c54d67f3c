"""Which names to compare: not all with all, but those that share one of their rarest letter triples.

Names whose sets of letter triples overlap by the share ``OVERLAP`` must share one of their few rarest triples (prefix
filtering: Chaudhuri, Ganti, Kaushik, ICDE 2006), so only the blocks of these are looked at. Everything is sorted arrays; no
pair depends on the order in which names come.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Pairs = npt.NDArray[np.int64]
#: Part of the triples of two names (of all that either has) that both must have to be found for certain.
OVERLAP = 0.6
#: A triple that more names than this have among their rarest tells nothing; its block is left out.
LARGEST_BLOCK = 60


def candidate_pairs(names: Sequence[str]) -> Pairs:
    """Pairs of names that may be spellings of each other.

    Parameters
    ----------
    names : sequence of str
        Distinct names without spaces.

    Returns
    -------
    int64 array of shape (pairs, 2)
        Positions in ``names``, the smaller first, sorted.

    Examples
    --------
    >>> candidate_pairs(["frutasdelrio", "frutasdelrioo", "aceroynorte"]).tolist()
    [[0, 1]]
    """
    owner, triple = _triples(names)
    if not len(owner):
        return np.zeros((0, 2), np.int64)
    code, count = _by_rarity(triple)
    order = np.lexsort((code, count, owner))
    owner, code = owner[order], code[order]
    sizes = np.bincount(owner, minlength=len(names))
    starts = np.cumsum(sizes) - sizes
    place = np.arange(len(owner)) - starts[owner]
    rarest = sizes - np.ceil(OVERLAP * sizes).astype(np.int64) + 1
    keep = place < rarest[owner]
    owner, code = owner[keep], code[keep]
    return _in_blocks(owner, code, len(names))


def _triples(names: Sequence[str]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Every distinct letter triple of every name, as a number: (name, triple)."""
    lengths = np.array([len(n) for n in names], np.int64)
    letters = np.frombuffer("".join(names).encode("utf-32-le", "replace"), np.uint32).astype(np.int64)
    owner = np.repeat(np.arange(len(names)), lengths)
    if len(letters) < 3:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    whole = (owner[:-2] == owner[2:]).nonzero()[0]
    triple = (letters[whole] << 42) | (letters[whole + 1] << 21) | letters[whole + 2]
    both = np.unique(np.stack([owner[whole], triple], axis=1), axis=0)
    return both[:, 0], both[:, 1]


def _by_rarity(triple: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    _, code, counts = np.unique(triple, return_inverse=True, return_counts=True)
    return code.astype(np.int64), counts[code].astype(np.int64)


def _in_blocks(owner: npt.NDArray[np.int64], code: npt.NDArray[np.int64], names: int) -> Pairs:
    order = np.lexsort((owner, code))
    owner, code = owner[order], code[order]
    sizes = np.bincount(code)
    keep = sizes[code] <= LARGEST_BLOCK
    owner, code = owner[keep], code[keep]
    found = []
    for step in range(1, LARGEST_BLOCK):
        same = (code[step:] == code[:-step]).nonzero()[0]
        if not len(same):
            break
        # inside a block names stand in order, so the first is the smaller
        found.append(np.unique(owner[same] * names + owner[same + step]))
    joined = np.unique(np.concatenate(found)) if found else np.zeros(0, np.int64)
    return np.stack([joined // names, joined % names], axis=1)
