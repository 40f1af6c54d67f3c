"""Look for every typology in a store and keep what is found there."""

from __future__ import annotations

from collections.abc import Sequence

from vinculo.analytics.context import Context
from vinculo.analytics.kernels.compiled import Progress, warm
from vinculo.analytics.typology import Typology, merge_overlapping, typologies
from vinculo.graph.errors import UsageError
from vinculo.graph.evidence import note_detection
from vinculo.graph.store import Store
from vinculo.graph.types import Finding


def detect(store: Store, *, typologies: Sequence[str] | None = None, progress: Progress | None = None) -> list[Finding]:
    """Look for typologies and save the findings in the store, replacing earlier ones of the same typologies.

    The same contents give the same findings, byte by byte, on any store.

    Parameters
    ----------
    store : Store
        Read, then given the findings.
    typologies : sequence of str, optional
        Names; all by default.
    progress : callable, optional
        Told ``("compile", done, total)`` while kernels are compiled (first run only), then ``(typology, done, total)``.
        It may raise :class:`vinculo.graph.errors.Cancelled`: then nothing was saved.

    Returns
    -------
    list of Finding
        By typology, then best first.

    Raises
    ------
    UsageError
        ``unknown_typology``.

    Examples
    --------
    >>> from vinculo.graph.stores import open_store
    >>> detect(open_store("sqlite:///:memory:"))
    []
    """
    wanted = chosen(typologies)
    warm(progress)
    if progress:
        progress("read", 0, 0)
    context = Context.from_store(store, progress)
    found: dict[str, list[Finding]] = {}
    for done, typology in enumerate(wanted):
        if progress:
            progress(typology.name, done, len(wanted))
        found[typology.name] = merge_overlapping(typology.find(context))
    for name, findings in found.items():
        store.save_findings(name, findings)
    note_detection(store, found)
    if progress:
        progress("done", len(wanted), len(wanted))
    return [f for findings in found.values() for f in findings]


def chosen(names: Sequence[str] | None = None) -> list[Typology]:
    """Typologies of these names, sorted; all by default."""
    known = typologies()
    unknown = sorted(set(names or ()) - set(known))
    if unknown:
        raise UsageError("unknown_typology", typology=unknown[0], known=", ".join(known))
    return [t for name, t in known.items() if names is None or name in names]
