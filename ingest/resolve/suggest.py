"""Suggest which parties are probably spellings of one another. Nothing is merged: a person says *same* or *not the same*.

Two parties are suggested where their names agree but for accents, punctuation, word order or legal form, or differ by a few
letters; in the same country or where one country is not known; not where both have tax numbers that differ, and not where
they already share a number. What else they share (a phone, an address) is said and raises the score.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from vinculo.graph.evidence import basis, note_suggesting, suggested_of
from vinculo.graph.store import Store
from vinculo.graph.text import LANGUAGES, Text, say
from vinculo.graph.types import Suggestion
from vinculo.ingest.resolve.names import Name
from vinculo.ingest.resolve.pairs import Pairs, candidate_pairs, letters_allowed
from vinculo.ingest.resolve.parties import SHARED, Known, known_of, named_parties

Progress = Callable[[str, int, int], None]
#: Least likeness (0 to 100, Indel) of names that are compared letter by letter.
LIKENESS = 88.0
#: Suggestions for one party at most, the best first.
MOST_EACH = 5
#: Of parties with the very same name, so many are compared with each other.
_MOST_ALIKE = 40
_PIECE = 200_000
#: Likeness of names that are the same but for the order of words or the spaces between them.
_SAME = 97.0


@dataclass(frozen=True)
class _Party:
    id: str
    name: str
    kind: str
    apart: Name
    known: Known


def suggest(store: Store, progress: Progress | None = None) -> int:
    """Find parties that are probably the same under another spelling, and save them as suggestions.

    Parameters
    ----------
    store : Store
        A pair that a person has judged keeps that judgement.
    progress : callable, optional
        ``progress(stage, done, total)``; may raise ``Cancelled``, then nothing is saved.

    Returns
    -------
    int
        Number of suggestions. The same store gives the same ones.

    Examples
    --------
    >>> from vinculo.graph.stores import open_store
    >>> suggest(open_store("sqlite:///:memory:"))
    0
    """
    tell: Progress = progress or (lambda stage, done, total: None)
    tell("names", 0, 0)
    parties = named_parties(store)
    alike = list(_alike(parties.apart, tell))
    known = known_of(store, parties, (at for _, a, b in alike for at in (a, b)))
    everybody = {
        at: _Party(parties.ids[at], parties.names[at], parties.kinds[at], parties.apart[at], known[at]) for at in known
    }
    scored = (
        (score, a, b) for likeness, a, b in alike if (score := _score(everybody[a], everybody[b], likeness)) is not None
    )
    suggestions = [_told(everybody[a], everybody[b], score) for score, a, b in _best(scored)]
    store.save_suggestions(suggestions)
    note_suggesting(store)
    return len(suggestions)


def suggest_anew(store: Store, progress: Progress | None = None) -> int | None:
    """Suggest, unless the store holds the very files it held when it was last looked.

    Parameters are those of :func:`suggest`. A load that was killed before it came to this is made good by the next one.

    Returns
    -------
    int or None
        Number of suggestions; ``None`` where there was nothing to look for.

    Examples
    --------
    >>> from vinculo.graph.stores import open_store
    >>> store = open_store("sqlite:///:memory:")
    >>> suggest_anew(store), suggest_anew(store)
    (0, None)
    """
    if suggested_of(store) == basis(store):
        return None
    return suggest(store, progress)


def _alike(apart: Sequence[Name], tell: Progress) -> Iterator[tuple[float, int, int]]:
    """Likeness and positions of every pair of names worth a look at their parties."""
    same: dict[str, list[int]] = defaultdict(list)
    squeezed: dict[str, list[int]] = defaultdict(list)
    for at, name in enumerate(apart):
        same[name.in_order].append(at)
        squeezed[name.squeezed].append(at)
    # two ways to be the same name: other word order, other spaces
    for groups in (same, squeezed):
        for group in groups.values():
            some = group[:_MOST_ALIKE]
            for place, a in enumerate(some):
                yield from ((_SAME, a, b) for b in some[place + 1 :])
    names = sorted(squeezed)
    pairs = candidate_pairs(names)
    for start in range(0, len(pairs), _PIECE):
        tell("compare", start, len(pairs))
        for likeness, left, right in _compared(names, pairs[start : start + _PIECE]):
            for a in squeezed[names[left]][:MOST_EACH]:
                for b in squeezed[names[right]][:MOST_EACH]:
                    if _same_words(apart[a].core, apart[b].core):
                        yield likeness, min(a, b), max(a, b)
    tell("compare", len(pairs), len(pairs))


def _compared(names: list[str], pairs: Pairs) -> Iterator[tuple[float, int, int]]:
    """Likeness of each pair of names that differ by a few letters only."""
    left = [names[i] for i in pairs[:, 0].tolist()]
    right = [names[i] for i in pairs[:, 1].tolist()]
    likeness = process.cpdist(left, right, scorer=fuzz.ratio, score_cutoff=LIKENESS)
    for at in np.flatnonzero(likeness).tolist():
        if _few_letters(left[at], right[at]):
            yield float(likeness[at]), int(pairs[at, 0]), int(pairs[at, 1])


def _few_letters(a: str, b: str) -> bool:
    """Whether a slip of the pen explains the difference: one letter in a short name, three in a long one, never a digit."""
    allowed = letters_allowed(min(len(a), len(b)))
    if [c for c in a if c.isdigit()] != [c for c in b if c.isdigit()]:
        return False
    return bool(OSA.distance(a, b, score_cutoff=allowed) <= allowed)


_ROMAN = re.compile(r"[ivx]+")


def _same_words(a: str, b: str) -> bool:
    """Whether words differ as misspelt ones do: few letters for their length, and not as numerals do.

    Names that are divided into words differently are taken letter by letter alone.
    """
    left, right = a.split(), b.split()
    if len(left) != len(right):
        return not any(_ROMAN.fullmatch(word) for word in set(left) ^ set(right))
    for one, other in zip(left, right, strict=True):
        if one == other:
            continue
        if _ROMAN.fullmatch(one) and _ROMAN.fullmatch(other):
            return False
        if OSA.distance(one, other) > max(1, min(len(one), len(other)) // 4):
            return False
    return True


def _score(a: _Party, b: _Party, likeness: float) -> float | None:
    """How alike two parties are, 0 to 1; ``None`` where something speaks against it or nothing is left to say."""
    if a.known.country and b.known.country and a.known.country != b.known.country:
        return None
    # one number of a kind in common, and they have met already; two different ones are two holders
    if {a.kind, b.kind} >= {"Person", "Company"} or any(
        a.known.numbers[t] and b.known.numbers[t] for t in set(a.known.numbers) & set(b.known.numbers)
    ):
        return None
    points = likeness + (1.0 if a.known.country and a.known.country == b.known.country else 0.0)
    points += 2.0 * sum(bool(a.known.shared[kind] & b.known.shared[kind]) for kind in SHARED)
    if a.apart.form and b.apart.form and a.apart.form != b.apart.form:
        points -= 6.0
    return round(min(points, 99.0) / 100, 4) if points >= LIKENESS else None


def _best(found: Iterable[tuple[float, int, int]]) -> list[tuple[float, int, int]]:
    """Each pair once with its best score, no party in more than ``MOST_EACH``."""
    best: dict[tuple[int, int], float] = {}
    for score, a, b in found:
        best[a, b] = max(score, best.get((a, b), 0.0))
    taken: dict[int, int] = defaultdict(int)
    kept = []
    for (a, b), score in sorted(best.items(), key=lambda item: (-item[1], item[0])):
        if taken[a] < MOST_EACH and taken[b] < MOST_EACH:
            taken[a] += 1
            taken[b] += 1
            kept.append((score, a, b))
    return kept


def _told(a: _Party, b: _Party, score: float) -> Suggestion:
    spoken = {language: _sentence(a, b, language) for language in LANGUAGES}
    return Suggestion(a.id, b.id, score, Text(**spoken))


def _sentence(a: _Party, b: _Party, language: str) -> str:
    names = {"left": a.name, "right": b.name}
    letters = OSA.distance(a.apart.squeezed, b.apart.squeezed)
    if names["left"] == names["right"]:
        parts = [say("suggestion.identical", language, **names)]
    elif letters == 0 or a.apart.in_order == b.apart.in_order:
        parts = [say("suggestion.same", language, **names)]
    else:
        key = "suggestion.one_letter" if letters == 1 else "suggestion.letters"
        parts = [say(key, language, letters=letters, **names)]
    if a.known.country and b.known.country:
        parts.append(say("suggestion.same_country", language, country=a.known.country.upper()))
    else:
        parts.append(say("suggestion.unknown_country", language))
    parts += [
        say(f"suggestion.shares_{word}", language)
        for kind, word in SHARED.items()
        if a.known.shared[kind] & b.known.shared[kind]
    ]
    if a.apart.form and b.apart.form and a.apart.form != b.apart.form:
        parts.append(say("suggestion.other_form", language, left_form=a.apart.form, right_form=b.apart.form))
    return "; ".join(parts) + "."
