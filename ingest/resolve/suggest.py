"""Suggest which parties are probably spellings of one another. Nothing is merged: a person says *same* or *not the same*.

Two parties are suggested where their names agree but for accents, punctuation, word order or legal form, or differ by a few
letters; in the same country or where one country is not known; not where both have tax numbers that differ, and not where
they already share a number. What else they share (a phone, an address) is said and raises the score.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from vinculo.graph.schema import descendants
from vinculo.graph.store import Store
from vinculo.graph.text import LANGUAGES, Text, say
from vinculo.graph.types import Suggestion
from vinculo.ingest.resolve.names import Name, taken_apart
from vinculo.ingest.resolve.pairs import candidate_pairs

Progress = Callable[[str, int, int], None]
#: Least likeness (0 to 100, Indel) of names that are compared letter by letter.
LIKENESS = 88.0
#: Suggestions for one party at most, the best first.
MOST_EACH = 5
#: A value that more parties than this share says nothing about two of them.
MOST_HOLDERS = 20
#: Of parties with the very same name, so many are compared with each other.
_MOST_ALIKE = 40
_PIECE = 200_000
_SHARED = {"HAS_PHONE": "phone", "HAS_EMAIL": "email", "HAS_ADDRESS": "address"}


@dataclass
class _Party:
    id: str
    name: str
    kind: str
    country: str
    apart: Name
    numbers: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    shared: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))


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
    parties = _parties(store)
    found = _best(_alike(parties, tell))
    suggestions = [_told(parties[a], parties[b], score) for score, a, b in found]
    store.save_suggestions(suggestions)
    return len(suggestions)


def _parties(store: Store) -> list[_Party]:
    nodes = store.nodes()
    kinds = set(descendants("LegalEntity"))
    told = store.table("LegalEntity", ["country"])
    country = dict(zip(told.column("id").to_pylist(), told.column("country").to_pylist(), strict=True))
    rows = [
        row
        for row in zip(*(nodes.column(c).to_pylist() for c in ("code", "id", "kind", "name")), strict=True)
        if row[2] in kinds and row[3] and row[3] != row[1]
    ]
    apart = taken_apart([name for _, _, _, name in rows])
    by_code = {
        code: _Party(id, name, kind, country.get(id) or "", made)
        for (code, id, kind, name), made in zip(rows, apart, strict=True)
        if made.core
    }
    types = store.table("Identifier", ["type"])
    type_of = dict(zip(types.column("id").to_pylist(), types.column("type").to_pylist(), strict=True))
    id_of = dict(zip(nodes.column("code").to_pylist(), nodes.column("id").to_pylist(), strict=True))
    links = store.edges(["HAS_IDENTIFIER", *_SHARED])
    for kind, source, target in zip(*(links.column(c).to_pylist() for c in ("kind", "source", "target")), strict=True):
        party = by_code.get(source)
        if party is None:
            continue
        if kind == "HAS_IDENTIFIER":
            party.numbers[type_of.get(id_of[target]) or ""].add(target)
        else:
            party.shared[kind].add(target)
    holders: dict[int, int] = defaultdict(int)
    for party in by_code.values():
        for values in party.shared.values():
            for value in values:
                holders[value] += 1
    for party in by_code.values():
        for values in party.shared.values():
            values -= {v for v in values if holders[v] > MOST_HOLDERS}
    return sorted(by_code.values(), key=lambda p: p.id)


def _alike(parties: list[_Party], tell: Progress) -> Iterator[tuple[float, int, int]]:
    """Score and positions of every pair worth a person's look."""
    same: dict[str, list[int]] = defaultdict(list)
    squeezed: dict[str, list[int]] = defaultdict(list)
    for at, party in enumerate(parties):
        same[party.apart.in_order].append(at)
        squeezed[party.apart.squeezed].append(at)
    # two ways to be the same name: other word order, other spaces
    for groups in (same, squeezed):
        for group in groups.values():
            some = group[:_MOST_ALIKE]
            for place, a in enumerate(some):
                for b in some[place + 1 :]:
                    if (score := _score(parties[a], parties[b], 97.0)) is not None:
                        yield score, a, b
    names = sorted(squeezed)
    pairs = candidate_pairs(names)
    for start in range(0, len(pairs), _PIECE):
        tell("compare", start, len(pairs))
        for likeness, left, right in _compared(names, pairs[start : start + _PIECE]):
            for a in squeezed[names[left]][:MOST_EACH]:
                for b in squeezed[names[right]][:MOST_EACH]:
                    if not _same_words(parties[a].apart.core, parties[b].apart.core):
                        continue
                    if (score := _score(parties[a], parties[b], likeness)) is not None:
                        yield score, min(a, b), max(a, b)
    tell("compare", len(pairs), len(pairs))


def _compared(
    names: list[str], pairs: np.ndarray[tuple[int, int], np.dtype[np.int64]]
) -> Iterator[tuple[float, int, int]]:
    """Likeness of each pair of names that differ by a few letters only."""
    left = [names[i] for i in pairs[:, 0].tolist()]
    right = [names[i] for i in pairs[:, 1].tolist()]
    likeness = process.cpdist(left, right, scorer=fuzz.ratio, score_cutoff=LIKENESS)
    for at in np.flatnonzero(likeness).tolist():
        if _few_letters(left[at], right[at]):
            yield float(likeness[at]), int(pairs[at, 0]), int(pairs[at, 1])


def _few_letters(a: str, b: str) -> bool:
    """Whether a slip of the pen explains the difference: one letter in a short name, three in a long one, never a digit."""
    length = min(len(a), len(b))
    allowed = 0 if length < 6 else 1 if length < 12 else 2 if length < 20 else 3
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
    if a.country and b.country and a.country != b.country:
        return None
    # one number of a kind in common, and they have met already; two different ones are two holders
    if {a.kind, b.kind} >= {"Person", "Company"} or any(
        a.numbers[t] and b.numbers[t] for t in set(a.numbers) & set(b.numbers)
    ):
        return None
    points = likeness + (1.0 if a.country and a.country == b.country else 0.0)
    points += 2.0 * sum(bool(a.shared[kind] & b.shared[kind]) for kind in _SHARED)
    if a.apart.form and b.apart.form and a.apart.form != b.apart.form:
        points -= 6.0
    return round(min(points, 99.0) / 100, 4) if points >= LIKENESS else None


def _best(found: Iterator[tuple[float, int, int]]) -> list[tuple[float, int, int]]:
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
    if a.country and b.country:
        parts.append(say("suggestion.same_country", language, country=a.country.upper()))
    else:
        parts.append(say("suggestion.unknown_country", language))
    parts += [
        say(f"suggestion.shares_{word}", language) for kind, word in _SHARED.items() if a.shared[kind] & b.shared[kind]
    ]
    if a.apart.form and b.apart.form and a.apart.form != b.apart.form:
        parts.append(say("suggestion.other_form", language, left_form=a.apart.form, right_form=b.apart.form))
    return "; ".join(parts) + "."
