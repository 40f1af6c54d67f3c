"""A store as a folder of Parquet files that any later reader understands: the road from one store to another, and the backup."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from vinculo.graph import context
from vinculo.graph.errors import EnvironmentProblem, InputError, StoreBusy, UsageError
from vinculo.graph.leftovers import clear, part_of
from vinculo.graph.statements import flat, put_together, taken_apart, things_of
from vinculo.graph.store import Store
from vinculo.graph.text import Text
from vinculo.graph.types import (
    ENTITY_SCHEMA,
    FINGERPRINT,
    LINK_SCHEMA,
    REJECT_SCHEMA,
    Finding,
    Manifest,
    Run,
    Source,
    Suggestion,
)
from vinculo.graph.whole import on_disk

if TYPE_CHECKING:
    from vinculo.graph.transfer import Digest

SNAPSHOT_VERSION = 1
#: So often is a snapshot begun anew.
TRIES = 4
#: Rows of one row group.
ROWS = 50_000
ORIGIN = [("dataset", pa.string()), ("sha256", pa.string())]
SCHEMAS = {"entity": pa.schema([*ENTITY_SCHEMA, *ORIGIN]), "link": pa.schema([*LINK_SCHEMA, *ORIGIN])}
FILES = {"entity": "entities.parquet", "link": "links.parquet"}
MANIFESTS = pa.schema(
    [*ORIGIN, ("run", pa.int64()), ("number", pa.int64()), ("records", pa.int64()), ("fingerprints", pa.binary())]
)
#: Published figures: the bodies are Arrow streams (see :mod:`vinculo.graph.context`).
CONTEXT = pa.schema([*ORIGIN, ("part", pa.int64()), ("body", pa.large_binary())])
REJECTS = pa.schema([*ORIGIN, *REJECT_SCHEMA])


def write_snapshot(
    store: Store, folder: Path, digest: Callable[[], Digest], progress: Callable[[str, int, int], None] | None
) -> dict[str, Any]:
    """Write ``folder``; see :func:`vinculo.graph.transfer.snapshot`."""
    if folder.exists():
        raise UsageError("snapshot_exists", folder=folder)
    clear(folder.absolute().parent)
    part = part_of(folder)
    try:
        part.mkdir(parents=True)
        told = _unchanged(store, part, digest, progress)
        for path in sorted(part.iterdir()):
            on_disk(path)
        on_disk(part)
        part.rename(folder)
        on_disk(folder.parent)
    except OSError as problem:
        shutil.rmtree(part, ignore_errors=True)
        raise EnvironmentProblem("snapshot_unwritable", folder=folder, reason=problem.strerror or "") from problem
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return told


def _unchanged(
    store: Store, part: Path, digest: Callable[[], Digest], progress: Callable[[str, int, int], None] | None
) -> dict[str, Any]:
    """Write again where a file was published or withdrawn meanwhile: half of two states is none.

    Raises
    ------
    StoreBusy
        There is no quiet moment.
    """
    for _ in range(TRIES):
        before = store.version()
        told = _write(store, part, digest(), progress)
        if store.version() == before:
            return told
    raise StoreBusy("store_changing", tries=TRIES)


def _write(
    store: Store, part: Path, digest: Digest, progress: Callable[[str, int, int], None] | None
) -> dict[str, Any]:
    counted = {sort: sum(kinds.values()) for sort, kinds in store.counts().items()}
    total, done = sum(counted.values()), 0
    writers: dict[str, Any] = {}
    kept = {sort: schema.empty_table() for sort, schema in SCHEMAS.items()}
    try:
        for sort, name in FILES.items():
            writers[sort] = pq.ParquetWriter(part / name, SCHEMAS[sort], compression="zstd")
        for sort, chunk in store.statements():
            digest.add(sort, chunk)
            kept[sort] = pa.concat_tables([kept[sort], canonical(sort, chunk)])
            while kept[sort].num_rows >= ROWS:
                writers[sort].write_table(kept[sort].slice(0, ROWS), row_group_size=ROWS)
                kept[sort] = kept[sort].slice(ROWS)
            done += len(set(chunk.column("id").to_pylist()))
            if progress:
                progress("snapshot", done, total)
        for sort, rest in kept.items():
            writers[sort].write_table(rest, row_group_size=ROWS)
    finally:
        _close(writers.values())
    sources = store.sources()
    manifests = [m for s in sources for m in store.manifests(s)]
    columns = [
        [m.source.dataset for m in manifests],
        [m.source.sha256 for m in manifests],
        [m.run for m in manifests],
        [m.number for m in manifests],
        [m.records for m in manifests],
        [b"".join(m.fingerprints.to_pylist()) for m in manifests],
    ]
    pq.write_table(_table(columns, MANIFESTS), part / "manifests.parquet", compression="zstd")
    rejects = [REJECTS.empty_table()]
    for s in sources:
        own = store.rejects(s)
        origin = [[s.dataset] * own.num_rows, [s.sha256] * own.num_rows]
        rejects.append(_table([*origin, *own.columns], REJECTS))
    pq.write_table(pa.concat_tables(rejects), part / "rejects.parquet", compression="zstd")
    contexts = _write_contexts(store, part)
    told = {**digest.sums(), **counted, "values": digest.values}
    document = {
        "snapshot": SNAPSHOT_VERSION,
        "contents": told,
        "counts": store.counts(),
        "sources": [asdict(s) for s in sources],
        "runs": [asdict(r) for r in store.runs()],
        "context": contexts,
        "findings": [f.as_json() for f in store.findings()],
        "suggestions": [asdict(s) | {"why": s.why._asdict()} for s in store.suggestions()],
        "documents": {c: store.documents(c) for c in store.collections()},
    }
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1)
    (part / "snapshot.json").write_text(text, encoding="utf-8")
    return told


def _write_contexts(store: Store, part: Path) -> list[list[str]]:
    """Write the tables of published figures, one after the other; returns what is there."""
    heads = store.contexts()
    writer = pq.ParquetWriter(part / "context.parquet", CONTEXT, compression="none")
    try:
        for head in heads.values():
            source = context.told(head).source
            rows = zip(*context.numbered(store.context(source), source), strict=True)
            writer.write_table(_table(rows, CONTEXT))
    finally:
        _close([writer])
    return [list(key) for key in sorted(heads)]


def _close(writers: Iterable[Any]) -> None:
    """Close them all. Arrow would try once more when one that could not be closed is collected, and complain aloud."""
    problems = []
    for writer in writers:
        try:
            writer.close()
        except OSError as problem:
            problems.append(problem)
        finally:
            writer.is_open = False
    if problems:
        raise problems[0]


def _table(columns: Iterable[Any], schema: pa.Schema) -> pa.Table:
    made = [
        c if isinstance(c, (pa.Array, pa.ChunkedArray)) else pa.array(c, f.type)
        for c, f in zip(columns, schema, strict=True)
    ]
    return pa.table(made, schema=schema)


def canonical(sort: str, chunk: pa.Table) -> pa.Table:
    """A chunk of statements as the fewest rows that say the same, in one fixed order."""
    ids = things_of(sort, chunk).dictionary_encode()
    origin = pa.table({"d": flat(chunk.column("dataset")), "s": flat(chunk.column("sha256"))})
    distinct = origin.group_by(["d", "s"]).aggregate([]).sort_by([("d", "ascending"), ("s", "ascending")])
    places = {key: n for n, key in enumerate(zip(*(c.to_pylist() for c in distinct.columns), strict=True))}
    sources = np.array([places[k] for k in zip(*(c.to_pylist() for c in origin.columns), strict=True)], np.int64)
    kinds, records, facts = (flat(chunk.column(c)) for c in ("kind", "record", "facts"))
    things = ids.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    rows = put_together(taken_apart(things, kinds, records, facts, sources))
    at = flat(rows.column("thing"))
    first = np.full(len(ids.dictionary), -1, np.int64)
    first[things[::-1]] = np.arange(len(things))[::-1]
    heads = {
        name: flat(chunk.column(name)).take(pa.array(first)).take(at)
        for name in (("id", "source", "target") if sort == "link" else ("id",))
    }
    made = {
        **{c: flat(rows.column(c)) for c in ("kind", "record", "facts")},
        **heads,
        "dataset": flat(distinct.column("d")).take(flat(rows.column("source"))),
        "sha256": flat(distinct.column("s")).take(flat(rows.column("source"))),
    }
    return pa.table([made[f.name] for f in SCHEMAS[sort]], schema=SCHEMAS[sort])


class Snapshot:
    """A snapshot's folder, read like a store."""

    def __init__(self, folder: Path) -> None:
        self.url = f"snapshot:{folder}"
        self._folder = folder
        if not (folder / "snapshot.json").is_file():
            raise InputError("snapshot_missing", folder=folder)
        try:
            self._document = json.loads((folder / "snapshot.json").read_text(encoding="utf-8"))
            found = self._document["snapshot"]
        except (ValueError, KeyError, TypeError) as problem:
            raise InputError("snapshot_damaged", folder=folder, reason="snapshot.json") from problem
        if found != SNAPSHOT_VERSION:
            raise InputError("snapshot_version", folder=folder, found=found, wanted=SNAPSHOT_VERSION)

    def check(self, contents: dict[str, Any]) -> None:
        """Refuse files whose contents are not those that were written."""
        told = self._document.get("contents")
        # an older snapshot has no sum over values alone, one of a later version may have further ones
        known = {k: v for k, v in told.items() if k in contents} if isinstance(told, dict) else {}
        if "digest" not in known or any(contents[k] != v for k, v in known.items()):
            raise InputError("snapshot_damaged", folder=self._folder, reason="digest")
        parts = [tuple(r.values()) for r in self._contexts.to_pylist()]
        keys = [tuple(key) for key in self._document.get("context", [])]
        if any(context.spoiled(parts)) or sorted({(dataset, sha256) for dataset, sha256, *_ in parts}) != keys:
            raise InputError("snapshot_damaged", folder=self._folder, reason="context.parquet")

    def _read(self, name: str) -> pa.Table:
        try:
            return pq.read_table(self._folder / name)
        except (OSError, ValueError, pa.ArrowException) as problem:
            raise InputError("snapshot_damaged", folder=self._folder, reason=name) from problem

    def statements(self, source: Source | None = None) -> Iterator[tuple[str, pa.Table]]:
        """As :meth:`vinculo.graph.store.Store.statements`."""
        for sort, name in FILES.items():
            kept = SCHEMAS[sort].empty_table()
            try:
                with pq.ParquetFile(self._folder / name) as file:
                    for batch in file.iter_batches(ROWS):
                        kept = pa.concat_tables([kept, pa.Table.from_batches([batch]).cast(SCHEMAS[sort])])
                        ids = kept.column("id")
                        # rows of the last id may go on in the next portion
                        end = ids.index(ids[-1]).as_py() if kept.num_rows else 0
                        if end:
                            yield from _of(sort, kept.slice(0, end), source)
                            kept = kept.slice(end)
            except (OSError, ValueError, pa.ArrowException) as problem:
                raise InputError("snapshot_damaged", folder=self._folder, reason=name) from problem
            yield from _of(sort, kept, source)

    def counts(self) -> dict[str, dict[str, int]]:
        """As in the store it was made from."""
        counts: dict[str, dict[str, int]] = self._document["counts"]
        return counts

    def sources(self) -> list[Source]:
        """As :meth:`vinculo.graph.store.Store.sources`."""
        return [Source(**s) for s in self._document["sources"]]

    def runs(self) -> list[Run]:
        """As :meth:`vinculo.graph.store.Store.runs`."""
        return [Run(**{**r, "source": Source(**r["source"])}) for r in self._document["runs"]]

    def manifests(self, source: Source) -> list[Manifest]:
        """As :meth:`vinculo.graph.store.Store.manifests`."""
        found = []
        for m in self._read("manifests.parquet").to_pylist():
            if (m["dataset"], m["sha256"]) == source.key:
                some = m["fingerprints"]
                prints = pa.Array.from_buffers(FINGERPRINT, len(some) // 16, [None, pa.py_buffer(some)])
                found.append(Manifest(source, m["run"], m["number"], m["records"], prints))
        return found

    def rejects(self, source: Source) -> pa.Table:
        """As :meth:`vinculo.graph.store.Store.rejects`."""
        rows = self._read("rejects.parquet").to_pylist()
        own = [{n: r[n] for n in REJECT_SCHEMA.names} for r in rows if (r["dataset"], r["sha256"]) == source.key]
        return pa.Table.from_pylist(own, schema=REJECT_SCHEMA)

    @property
    def _contexts(self) -> pa.Table:
        return self._read("context.parquet") if self._document.get("context") else CONTEXT.empty_table()

    def contexts(self) -> dict[tuple[str, str], bytes]:
        """As :meth:`vinculo.graph.store.Store.contexts`."""
        rows = self._contexts.to_pylist()
        return {(r["dataset"], r["sha256"]): r["body"] for r in rows if r["part"] == 0}

    def context(self, source: Source) -> list[bytes]:
        """As :meth:`vinculo.graph.store.Store.context`."""
        return [r["body"] for r in self._contexts.to_pylist() if (r["dataset"], r["sha256"]) == source.key]

    def findings(self) -> list[Finding]:
        """As :meth:`vinculo.graph.store.Store.findings`."""
        return [Finding.from_json(f) for f in self._document["findings"]]

    def suggestions(self) -> list[Suggestion]:
        """As :meth:`vinculo.graph.store.Store.suggestions`."""
        return [Suggestion(**{**s, "why": Text(**s["why"])}) for s in self._document["suggestions"]]

    def collections(self) -> list[str]:
        """As :meth:`vinculo.graph.store.Store.collections`."""
        return sorted(self._document["documents"])

    def documents(self, collection: str) -> dict[str, dict[str, Any]]:
        """As :meth:`vinculo.graph.store.Store.documents`."""
        found: dict[str, dict[str, Any]] = self._document["documents"].get(collection, {})
        return dict(sorted(found.items()))


def _of(sort: str, table: pa.Table, source: Source | None) -> Iterator[tuple[str, pa.Table]]:
    if source is not None:
        keys = zip(table.column("dataset").to_pylist(), table.column("sha256").to_pylist(), strict=True)
        table = table.filter(pa.array([k == source.key for k in keys], pa.bool_()))
    if table.num_rows:
        yield sort, table
