"""What findings and suggestions rest on: without its evidence one is not shown, and one older than the contents says so."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from vinculo.graph.store import Store
from vinculo.graph.types import Finding, Suggestion

#: Collections of documents that say on which contents findings, by typology, and suggestions rest.
_DETECTION, _SUGGESTING, _LAST = "detection", "suggesting", "last"


def basis(store: Store) -> str:
    """A word for what the store holds: which files, how many records of each, and by which mapping of the user's.

    The same on any store with the same files.

    Examples
    --------
    >>> from vinculo.graph.stores import open_store
    >>> basis(open_store("sqlite:///:memory:")) == basis(open_store("sqlite:///:memory:"))
    True
    """
    held = []
    mappings = store.documents("mappings")
    for source in store.sources():
        records = sum(m.records for m in store.manifests(source))
        if records:
            file = f"{source.dataset} {source.sha256}"
            held.append(f"{file} {records} {mappings.get(file, {}).get('sha256', '')}")
    return hashlib.sha256("\n".join(sorted(held)).encode()).hexdigest()


def note_detection(store: Store, typologies: Iterable[str]) -> None:
    """Remember on what the findings of these typologies rest."""
    now = basis(store)
    for name in typologies:
        store.save_document(_DETECTION, name, {"basis": now})


def changed_since_detection(store: Store, typology: str | None = None) -> bool:
    """Whether files were loaded or withdrawn after findings were made: those of one typology, else of any."""
    kept = store.documents(_DETECTION)
    told = [kept[n].get("basis") for n in kept if typology in (None, n)]
    return bool(told) and set(told) != {basis(store)}


def note_suggesting(store: Store) -> None:
    """Remember on what the suggestions rest."""
    store.save_document(_SUGGESTING, _LAST, {"basis": basis(store)})


def suggested_of(store: Store) -> str:
    """The :func:`basis` the suggestions rest on; empty where none were looked for."""
    return str(store.documents(_SUGGESTING).get(_LAST, {}).get("basis", ""))


def changed_since_suggesting(store: Store) -> bool:
    """Whether files were loaded or withdrawn after the suggestions were made."""
    told = suggested_of(store)
    return bool(told) and told != basis(store)


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
