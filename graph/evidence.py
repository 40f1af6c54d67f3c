"""What findings and suggestions rest on: without its evidence one is not shown, and one older than the contents says so."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from vinculo.graph.store import Store
from vinculo.graph.types import Finding, Suggestion

_WHERE = ("detection", "last")


def basis(store: Store) -> str:
    """A word for what the store holds: which files, and how many records of each. The same on any store with the same files.

    Examples
    --------
    >>> from vinculo.graph.stores import open_store
    >>> basis(open_store("sqlite:///:memory:")) == basis(open_store("sqlite:///:memory:"))
    True
    """
    held = []
    for source in store.sources():
        records = sum(m.records for m in store.manifests(source))
        if records:
            held.append(f"{source.dataset} {source.sha256} {records}")
    return hashlib.sha256("\n".join(sorted(held)).encode()).hexdigest()


def note_detection(store: Store) -> None:
    """Remember on what the findings now in the store rest."""
    store.save_document(*_WHERE, {"basis": basis(store)})


def changed_since_detection(store: Store) -> bool:
    """Whether files were loaded or withdrawn after the findings were made."""
    kept = store.documents(_WHERE[0]).get(_WHERE[1])
    return kept is not None and kept.get("basis") != basis(store)


def grounded(store: Store, findings: Sequence[Finding]) -> list[Finding]:
    """The findings whose every entity and link is still there, in their order.

    A withdrawn file takes its facts with it; what was concluded from them goes too.
    """
    entities = store.entities(list(dict.fromkeys(i for f in findings for i, _ in f.entities)))
    links = store.links(list(dict.fromkeys(i for f in findings for i in f.links)))
    return [f for f in findings if all(i in entities for i, _ in f.entities) and all(i in links for i in f.links)]


def still_there(store: Store, suggestions: Sequence[Suggestion]) -> list[Suggestion]:
    """The suggestions both of whose parties are still there."""
    known = store.entities(list(dict.fromkeys(i for s in suggestions for i in (s.left, s.right))))
    return [s for s in suggestions if s.left in known and s.right in known]
