"""Finding a name as a person types it: folding, trigrams, candidates, ranking. Shared by the stores, so that both answer alike.

A store looks for candidates in three ways, each with a bound behind a total order that does not depend on the store: values
that are what was asked for (:attr:`Question.whole`), by id; where what was asked for has no trigram, values that begin with it
(:attr:`Question.beginning`), by value and id; and values that share enough trigrams, most shared first, then the shortest,
then by value and id. Only the first ``WHOLE`` letters of a value count in this choice; the ranking sees all of it.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz, process
from rapidfuzz.distance import JaroWinkler

from vinculo.graph.types import Hit

#: Candidates a store takes in each way at most: (entity, value) pairs.
CANDIDATES = 400
#: Letters of a value that the choice of candidates looks at; an index cuts longer terms.
WHOLE = 200
#: Trigrams of a question that are looked for at most.
MOST_TRIGRAMS = 64
#: Part of them that a value must share.
SHARED_PART = 0.4
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
    if text.isascii():
        return _NOT_WORD.sub(" ", text.lower()).strip()
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


@dataclass(frozen=True)
class Question:
    """What a store looks for when a text was typed.

    Attributes
    ----------
    whole : tuple of str
        Held values that are exactly this, as a name and as an identifier, at most ``WHOLE`` letters of each.
    beginning : str
        Held values that begin like this; empty where ``trigrams`` finds them.
    trigrams : tuple of str
        Held values that contain at least ``least`` of these.
    least : int
    """

    whole: tuple[str, ...]
    beginning: str
    trigrams: tuple[str, ...]
    least: int

    @classmethod
    def of(cls, text: str) -> Question:
        """Take a typed text apart.

        Examples
        --------
        >>> Question.of("Ana López")
        Question(whole=('ana lopez', 'analopez'), beginning='', trigrams=('ana', 'lop', 'ope', 'pez'), least=1)
        >>> Question.of("Li").beginning
        'li'
        """
        query, squeezed_query = folded(text)[:WHOLE], squeezed(text)[:WHOLE]
        grams, together = trigrams(query), trigrams(squeezed_query)
        if 2 * len(grams) < len(together):
            # mostly short pieces, as a number read out in pairs: what stands across the blanks matters
            grams = list(dict.fromkeys([*grams, *together]))
        grams = grams[:MOST_TRIGRAMS]
        whole = tuple(dict.fromkeys(t for t in (query, squeezed_query) if t))
        begins = "" if trigrams(query) else query
        return cls(whole, begins, tuple(grams), max(1, int(SHARED_PART * len(grams))))


def chosen_values(
    rows: Iterable[tuple[str, str, str, str, str]], chosen: Collection[tuple[str, str]]
) -> Iterator[tuple[str, str, str, str, str]]:
    """Rows as :func:`ranked` takes them, of the (id, first ``WHOLE`` letters of the held value) pairs that were chosen."""
    for row in rows:
        if (row[0], indexed(row[3], row[4])[:WHOLE]) in chosen:
            yield row


class _Words:
    """How well each word asked for stands somewhere in a name, long words counting more: typing errors in any of them.

    Measured once for all the words of all the candidates: many names share theirs.
    """

    def __init__(self, query: str, names: Iterable[str]) -> None:
        asked = query.split()
        there = list(dict.fromkeys(word for name in names for word in name.split()))
        self._place = {word: n for n, word in enumerate(there)}
        self._weight = np.array([len(word) for word in asked], np.float64)
        self._alike = process.cdist(asked, there, scorer=JaroWinkler.similarity, dtype=np.float64)

    def measure(self, query: str, held: str) -> float:
        """0 to 1; Jaro-Winkler gives unrelated words about a half: 0.7..1 is stretched over 0..1."""
        words = [self._place[word] for word in held.split()]
        if not words or not len(self._weight):
            return 0.0
        found = float(self._weight @ self._alike[:, words].max(axis=1))
        return max(0.0, (found / float(self._weight.sum()) - 0.7) / 0.3)


def _score(query: str, squeezed_query: str, words: _Words, kind: str, held: str) -> float:
    if kind == "identifier":
        if held == squeezed_query:
            return 1.0
        if len(squeezed_query) >= 4 and squeezed_query in held:
            return 0.75 + 0.2 * len(squeezed_query) / len(held)
        return 0.9 * fuzz.ratio(held, squeezed_query) / 100 if len(squeezed_query) >= 6 else 0.0
    if held == query:
        return 1.0
    best = fuzz.token_sort_ratio(query, held) / 100
    # each measure is asked only where it could say more than the ones before it
    for most, measure in ((0.97, _part), (0.9, _inside), (0.96, words.measure)):
        if best < most:
            best = max(best, most * measure(query, held))
    return min(0.99, best)


def _part(query: str, held: str) -> float:
    """Every word asked for stands in a longer name: "halcon" for "transportes halcon del norte"."""
    return fuzz.token_set_ratio(query, held) / 100 if len(query) >= 3 else 0.0


def _inside(query: str, held: str) -> float:
    """What was asked for stands somewhere in the name."""
    return fuzz.partial_ratio(query, held) / 100 if 4 <= len(query) <= len(held) else 0.0


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
    held = [(id, kind, name, sort, value, indexed(sort, value)) for id, kind, name, sort, value in candidates]
    words = _Words(query, (h[5] for h in held if h[3] == "name"))
    best: dict[str, Hit] = {}
    for id, kind, name, sort, value, plain in held:
        score = round(_score(query, squeezed_query, words, sort, plain), 4)
        if score >= FLOOR and (id not in best or (-score, value) < (-best[id].score, best[id].matched)):
            best[id] = Hit(id, kind, name, score, value)
    return sorted(best.values(), key=lambda h: (-h.score, len(h.name), h.name, h.id))[:limit]
