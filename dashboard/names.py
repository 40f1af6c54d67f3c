"""Names as the case has them now, and as they may go into a file.

A kept answer has the names of its day in it. A file that was withdrawn since takes its names along, also of things that other
files know by another one; so whatever is kept is told by its ids.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import streamlit as st
from rapidfuzz.fuzz import ratio

from vinculo.dashboard import cases
from vinculo.dashboard.wording import t
from vinculo.graph.exports.choice import orphans
from vinculo.graph.search import folded
from vinculo.graph.store import Store
from vinculo.graph.taint import without

#: Of a hundred, how alike two words are that may be one word.
ALIKE = 80


def names_of(store: Store, ids: Iterable[str]) -> dict[str, str]:
    """What the case calls each of these now; who was withdrawn is not among them.

    Examples
    --------
    >>> from vinculo.graph.stores import open_store
    >>> names_of(open_store("sqlite:///:memory:"), ["gone"])
    {}
    """
    return {i: e.name for i, e in store.entities(list(dict.fromkeys(ids))).items()}


def shareable(ids: Iterable[str], taints: Collection[str] = ()) -> dict[str, str]:
    """The same as a file may have them: without names, and things, that only suspicious-activity reports tell of.

    Parameters
    ----------
    ids : iterable of str
    taints : collection of str
        Taints that may go out (``"sar"``).
    """
    store = cases.store()
    held = store.entities(list(dict.fromkeys(ids)))
    hidden = frozenset(s.key for s in store.sources() if s.taint and s.taint not in taints)
    if not hidden:
        return {i: e.name for i, e in held.items()}
    tainted = {i for i, taint in cases.taints().items() if taint not in taints}
    lost = tainted | orphans(store, held.values(), tainted)
    return {i: without(e, hidden).name for i, e in held.items() if i not in lost}


def asked_taints(key: str) -> tuple[str, ...]:
    """Taints a person lets into the files of a page, by a box that is shown only where the case holds any."""
    if cases.has_reports() and st.checkbox(t("chart.with_sar"), key=key):
        return ("sar",)
    return ()


def alike(a: str, b: str) -> bool:
    """Whether two names may be one written twice: word by word, but for accents, letters of legal forms and slips of the pen.

    Examples
    --------
    >>> alike("Línea Blanca Norte, S.A. de C.V.", "LINEA BLANAC NORTE SA DE")
    True
    >>> alike("Línea Blanca Norte", "Línea Blanca Sur")
    False
    """
    left, right = ([word for word in folded(name).split() if len(word) > 2] for name in (a, b))
    return 0 < len(left) == len(right) and all(ratio(x, y) >= ALIKE for x, y in zip(left, right, strict=True))
