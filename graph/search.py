"""Finding a name as a person types it: folding, trigrams, ranking. Shared by the stores, so that both answer alike."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable

from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler

from vinculo.graph.types import Hit

#: Candidates a store hands to :func:`ranked` at most.
CANDIDATES = 400
#: A name below this is not offered.
FLOOR = 0.62

_NOT_WORD = re.compile(r"[\W_]+")
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ß": "ss"})


@functools.lru_cache(maxsize=65_536)
def folded(text: str) -> str:
    """Lower case, no accents, punctuation as single spaces.

    Examples
    --------
    >>> folded("  Halcón, S.A. de C.V. ")
    'halcon s a de c v'
    """
    # compatibility forms first: only then does case folding see the plain letters
    spread = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold().translate(_PLAIN))
    return _NOT_WORD.sub(" ", "".join(c for c in spread if not unicodedata.combining(c))).strip()


def squeezed(text: str) -> str:
    """Letters and digits only: how identifiers are compared.

    Examples
    --------
    >>> squeezed("EAGN-760419-LC8")
    'eagn760419lc8'
    """
    return folded(text).replace(" ", "")


def indexed(kind: str, value: str) -> str:
    """What the index holds for a value of ``searched_properties``: names folded, identifiers squeezed."""
    return folded(value) if kind == "name" else squeezed(value)


def trigrams(text: str) -> list[str]:
    """The distinct trigrams of a folded text, in order, none across a blank; a text under three letters has none.

    Examples
    --------
    >>> trigrams("ana lopez")
    ['ana', 'lop', 'ope', 'pez']
    """
    found = [word[i : i + 3] for word in text.split() for i in range(len(word) - 2)]
    return list(dict.fromkeys(found))


def _word_by_word(query: str, held: str) -> float:
    """How well each word asked for stands somewhere in the name, long words counting more: typing errors in any of them."""
    there = held.split()
    total = found = 0.0
    for word in query.split():
        total += len(word)
        found += len(word) * max((JaroWinkler.similarity(word, other) for other in there), default=0.0)
    # Jaro-Winkler gives unrelated words about a half: stretch 0.7..1 over 0..1
    return max(0.0, (found / total - 0.7) / 0.3) if total else 0.0


def _score(query: str, squeezed_query: str, kind: str, held: str) -> float:
    if kind == "identifier":
        if held == squeezed_query:
            return 1.0
        if len(squeezed_query) >= 4 and squeezed_query in held:
            return 0.75 + 0.2 * len(squeezed_query) / len(held)
        return 0.9 * fuzz.ratio(held, squeezed_query) / 100 if len(squeezed_query) >= 6 else 0.0
    if held == query:
        return 1.0
    whole = fuzz.token_sort_ratio(query, held) / 100
    # every word asked for stands in a longer name: "halcon" for "transportes halcon del norte"
    part = 0.97 * fuzz.token_set_ratio(query, held) / 100 if len(query) >= 3 else 0.0
    words = 0.96 * _word_by_word(query, held)
    inside = 0.9 * fuzz.partial_ratio(query, held) / 100 if len(query) >= 4 and len(query) <= len(held) else 0.0
    return min(0.99, max(whole, part, words, inside))


def ranked(text: str, candidates: Iterable[tuple[str, str, str, str, str]], limit: int) -> list[Hit]:
    """Hits from candidates, best first; one per entity.

    Parameters
    ----------
    text : str
        What was typed.
    candidates : iterable of (id, kind, name, ``"name"`` or ``"identifier"``, value)
    limit : int
        Hits at most.
    """
    query, squeezed_query = folded(text), squeezed(text)
    best: dict[str, Hit] = {}
    for id, kind, name, sort, value in candidates:
        score = round(_score(query, squeezed_query, sort, indexed(sort, value)), 4)
        if score >= FLOOR and (id not in best or (-score, value) < (-best[id].score, best[id].matched)):
            best[id] = Hit(id, kind, name, score, value)
    return sorted(best.values(), key=lambda h: (-h.score, len(h.name), h.name, h.id))[:limit]
