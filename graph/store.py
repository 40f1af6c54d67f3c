"""The store's narrow interface. Two stores keep it, one contract test holds them to it.

No transaction object: one :meth:`Store.write` is one idempotent batch, so a retry is always safe. No text from outside ever
becomes part of a query.

**What a store holds** is a set of statements: (thing, property, value, source) with the smallest record number that asserts it.
The kind of a thing is a statement too. Everything else (merged kind, display name, date and amount of a link, the search
index) is derived from the statements, so that withdrawing a source leaves exactly what the others assert.

**What readers see** is what published sources assert. A source is published by the first of its runs that is finished as
``done``, at once and whole; until then every question below is answered as if nothing of it were there, but for those about the
source itself (:meth:`Store.statements` of it, ``manifests``, ``rejects``, ``fingerprints``, ``runs``, ``unpublished``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

import pyarrow as pa

from vinculo.graph.types import (
    Added,
    Batch,
    Entity,
    Finding,
    Hit,
    Link,
    Manifest,
    Neighbourhood,
    Path,
    Run,
    Source,
    Suggestion,
)
from vinculo.graph.verifying import Difference, Progress

#: Columns of :meth:`Store.edges`: ``source`` and ``target`` are the ``code`` of :meth:`Store.nodes`.
EDGE_SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("kind", pa.string()),
        ("source", pa.int64()),
        ("target", pa.int64()),
        ("date", pa.string()),
        ("amount", pa.float64()),
        ("currency", pa.string()),
    ]
)
#: Columns of :meth:`Store.links_at`: ``source`` and ``target`` are ids of entities.
AT_SCHEMA = pa.schema([(f.name, pa.string() if f.name in ("source", "target") else f.type) for f in EDGE_SCHEMA])
#: Columns of :meth:`Store.nodes`.
NODE_SCHEMA = pa.schema([("code", pa.int64()), ("id", pa.string()), ("kind", pa.string()), ("name", pa.string())])


class Store(Protocol):
    """A property graph with its provenance. Open one with ``vinculo.graph.stores.open_store(url)``."""

    url: str
    batch_rows: int  #: rows (entities and links) that one write should hold at most

    def close(self) -> None:
        """Release the file or the connection."""

    # -- writing -------------------------------------------------------------------------------------------------
    def begin_run(self, source: Source, *, at: str = "") -> int:
        """Start a run for a file and return its number; ``at`` is an ISO time, now by default (a copy keeps the origin's)."""

    def write(self, batch: Batch, manifest: Manifest) -> Added | None:
        """Write one batch and its manifest in one transaction; writing it again adds nothing.

        An end of a link that nothing describes yet becomes a bare entity of kind ``Thing``.

        Returns
        -------
        Added or None
            What is new with this batch. ``None``: nothing was written, for another run has written a batch of this number for
            this source.

        Raises
        ------
        StoreBusy, StoreUnreachable, EnvironmentProblem
            Nothing of this batch was written.
        StoreError
            ``run_withdrawn``: somebody has taken the file out since the run began.
        """

    def finish_run(self, run: int, status: str, counts: dict[str, int], *, at: str = "") -> None:
        """Close a run with its counts; ``at`` as in :meth:`begin_run`.

        ``done`` publishes the source; ``interrupted`` (cut short) and ``held`` (not what was expected of it) leave it as it is.
        A run that is done stays so.

        Raises
        ------
        StoreError
            ``run_withdrawn``, as :meth:`write`.
        """

    def withdraw(self, source: Source) -> dict[str, int]:
        """Remove exactly what only this source asserts; its runs stay, marked ``withdrawn``.

        Returns
        -------
        dict
            ``entities``, ``links``, ``values`` that went.
        """

    # -- reading a few -------------------------------------------------------------------------------------------
    def entities(self, ids: Sequence[str]) -> dict[str, Entity]:
        """Entities with all facts, by id; unknown ids are absent."""

    def links(self, ids: Sequence[str]) -> dict[str, Link]:
        """Links with all facts, by id; unknown ids are absent.

        Where one id stands under several kinds, these are several links, and this gives the first by the alphabet of the kinds;
        every other question gives each of them.
        """

    def neighbours(
        self, id: str, *, hops: int = 1, kinds: Sequence[str] | None = None, limit: int = 50
    ) -> Neighbourhood:
        """What is linked to an entity, in a fixed order (link kind, then id); says how much there is in all.

        Raises
        ------
        UsageError
            ``unknown_entity``.
        """

    def links_at(
        self,
        ids: Sequence[str],
        *,
        among: Sequence[str] | None = None,
        kinds: Sequence[str] | None = None,
        limit: int = 20_000,
    ) -> pa.Table:
        """Links that touch one of these entities, as ``AT_SCHEMA``, without their facts; by kind, then id.

        Parameters
        ----------
        ids : sequence of str
            Unknown ones are passed over.
        among : sequence of str, optional
            Only links whose other end is one of these (or of ``ids``).
        kinds : sequence of str, optional
            Only these kinds of links.
        limit : int
            At most so many.
        """

    def paths(
        self,
        a: str,
        b: str,
        *,
        max_hops: int = 6,
        kinds: Sequence[str] | None = None,
        time_ordered: bool = False,
        limit: int = 5,
    ) -> list[Path]:
        """The shortest paths between two entities regardless of direction, at most ``limit``, in a fixed order.

        ``time_ordered`` follows links forward only, each dated no earlier than the one before.
        """

    def search(self, text: str, *, kinds: Sequence[str] | None = None, limit: int = 20) -> list[Hit]:
        """Names (typing errors, accents, word order forgiven) and identifiers, best first.

        Equal contents give equal lists on every store: :mod:`vinculo.graph.search` says which candidates are looked at.
        """

    # -- reading in bulk -----------------------------------------------------------------------------------------
    def nodes(self) -> pa.Table:
        """Every entity as ``NODE_SCHEMA``, by id."""

    def edges(self, kinds: Sequence[str] | None = None) -> pa.Table:
        """Every link (of these kinds) as ``EDGE_SCHEMA``, by id, then kind."""

    def table(self, kind: str, properties: Sequence[str]) -> pa.Table:
        """Entities of this kind and its descendants, or links of this kind: ``id`` and a text column per property.

        Where a property has several values, the first in sorted order; null where it has none. By id.
        """

    def statements(self, source: Source | None = None) -> Iterator[tuple[str, pa.Table]]:
        """Everything, for digests, exports and copies: ``("entity" | "link", table)`` chunks sorted by id, then kind of link.

        Of one source, published or not, where it is given. Columns as ``ENTITY_SCHEMA`` / ``LINK_SCHEMA`` plus ``dataset``
        and ``sha256``. Rows of one thing stay together in one chunk; how values are spread over rows of one (thing, dataset,
        sha256) may differ between stores.
        """

    def taints(self) -> dict[str, str]:
        """Ids of entities and links that only tainted sources assert, with the taint.

        An id that stands under two kinds of links is tainted where one of them is.
        """

    # -- the record of what was loaded -----------------------------------------------------------------------------
    def sources(self) -> list[Source]:
        """Every published source that has a batch, by dataset, then sha256."""

    def unpublished(self) -> list[Source]:
        """Every other source that has a batch, in the same order."""

    def runs(self) -> list[Run]:
        """Every run, oldest first."""

    def fingerprints(self, dataset: str) -> dict[str, pa.Array]:
        """Per sha256 of this dataset's sources: fingerprints of the records already written."""

    def manifests(self, source: Source) -> list[Manifest]:
        """The batches of a source, by number."""

    def rejects(self, source: Source) -> pa.Table:
        """Records of a source that were rejected, as ``REJECT_SCHEMA``."""

    def version(self) -> str:
        """Changes whenever what readers see changes; a key for caches."""

    def counts(self) -> dict[str, dict[str, int]]:
        """``{"entities": {kind: n}, "links": {kind: n}}``, without reading everything twice."""

    def verify(self, progress: Progress | None = None) -> list[Difference]:
        """Look through everything for what is not as it was written; empty where all is well. Nothing is changed.

        Structure, hashes and sums as far as the store keeps them, numbers that nothing stands behind, what is derived from
        assertions, manifests. ``progress`` is called with (``"verify"``, parts done, parts in all).
        """

    # -- published figures beside the graph (see vinculo.graph.context) ---------------------------------------------
    def save_context(self, source: Source, bodies: Sequence[bytes]) -> None:
        """Keep a table in numbered parts, all of them or none; what was kept of this source before is replaced."""

    def contexts(self) -> dict[tuple[str, str], bytes]:
        """Part 0 of every table that is kept, by dataset and sha256, sorted."""

    def context(self, source: Source) -> list[bytes]:
        """All parts of a table by number; none where it is not kept. :meth:`withdraw` takes it out."""

    # -- what people and analytics add -------------------------------------------------------------------------
    def save_findings(self, typology: str, findings: Iterable[Finding]) -> None:
        """Replace all findings of one typology."""

    def findings(self, typology: str | None = None) -> list[Finding]:
        """Findings, best first: by score down, then id."""

    def save_suggestions(self, suggestions: Iterable[Suggestion]) -> None:
        """Add suggestions; a pair that a person has judged keeps that judgement."""

    def suggestions(self, id: str | None = None) -> list[Suggestion]:
        """Suggestions (about one entity), best first."""

    def save_document(self, collection: str, name: str, document: dict[str, Any]) -> None:
        """Keep a JSON document, e.g. a chart; replaces the one of that name."""

    def collections(self) -> list[str]:
        """Names of the collections that hold a document, sorted."""

    def documents(self, collection: str) -> dict[str, dict[str, Any]]:
        """All documents of a collection by name, sorted."""

    def delete_document(self, collection: str, name: str) -> None:
        """Remove a document; an absent one is no error."""
