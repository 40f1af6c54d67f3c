"""Load files into a store: every record ends in exactly one disposition, and running it again changes nothing.

A record is known again by its fingerprint. What this file has written before is *already there* and left alone; what another
file of the dataset has written is *already there* too, and written again so that this file is added as its source. A chunk and
its manifest commit together, so a run cut off at any instant goes on from what is written.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from vinculo.graph.errors import InputError, UsageError
from vinculo.graph.store import Store
from vinculo.graph.stores import open_store
from vinculo.ingest.cells import no_collecting
from vinculo.ingest.context import ContextTable, context_tables
from vinculo.ingest.context.keeping import context_of, keep
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.formats import Format
from vinculo.ingest.formats.opened import OpenedFile, open_file
from vinculo.ingest.gathering import Found, gathered
from vinculo.ingest.loading import Loading
from vinculo.ingest.recognise import Recognised, recognise
from vinculo.ingest.report import FileReport, Progress
from vinculo.ingest.user_mapping import load_yaml, read_mapping


def ingest(
    paths: str | Path | Iterable[str | Path],
    store: Store | str,
    *,
    dataset: str | Dataset | None = None,
    mapping: str | Path | None = None,
    synthetic: bool = False,
    progress: Progress | None = None,
) -> list[FileReport]:
    """Load files into a store.

    Parameters
    ----------
    paths : path or several
        Files, each alone or packed by gzip; folders, patterns (``*.csv``) and zip archives, read within limits.
    store : Store or str
        An open store, or the address of one.
    dataset : str or Dataset, optional
        What the files are; recognised from their contents by default.
    mapping : path, optional
        A FollowTheMoney mapping file, or a mapping of a spreadsheet's own columns to a template.
    synthetic : bool
        Mark the files as made up, whether they say so or not.
    progress : callable, optional
        ``progress(stage, done, total)``, called between chunks; may raise ``Cancelled``.

    Returns
    -------
    list of FileReport
        One for each file.

    Raises
    ------
    UsageError, InputError, StoreError, EnvironmentProblem, Cancelled
        Each with one sentence. What was written before stays; running again goes on from there.

    Examples
    --------
    >>> from vinculo.graph.errors import InputError
    >>> try:
    ...     ingest("no-such-file.csv", "sqlite:///:memory:")
    ... except InputError as error:
    ...     print(error.code)
    no_file
    """
    return list(ingest_each(paths, store, dataset=dataset, mapping=mapping, synthetic=synthetic, progress=progress))


def ingest_each(
    paths: str | Path | Found | Iterable[str | Path | Found],
    store: Store | str,
    *,
    dataset: str | Dataset | None = None,
    mapping: str | Path | None = None,
    synthetic: bool = False,
    progress: Progress | None = None,
) -> Iterator[FileReport]:
    """Like :func:`ingest`, giving each report as soon as its file is done."""
    several: Sequence[str | Path | Found] = [paths] if isinstance(paths, str | Path | Found) else list(paths)
    opened = open_store(store) if isinstance(store, str) else store
    try:
        for found in _found(several):
            started = time.monotonic()
            file = open_file(found.path, progress, found.shown if found.shown != found.path else None)
            figures, known = _meant(file, dataset, mapping)
            if figures is not None:
                report = keep(opened, file, *figures, synthetic=synthetic or file.synthetic, progress=progress)
                report.seconds = round(time.monotonic() - started, 3)
                yield report
            for recognised in known:
                _keep_mapping(opened, file, recognised.dataset.name, mapping)
                loading = Loading(opened, file, recognised, synthetic or file.synthetic, progress)
                with no_collecting():
                    report = loading.run()
                report.seconds = round(time.monotonic() - started, 3)
                yield report
    finally:
        if isinstance(store, str):
            opened.close()


def _keep_mapping(store: Store, file: OpenedFile, dataset: str, mapping: str | Path | None) -> None:
    """Remember what a file was mapped by; its records are known by their texts, which another mapping does not change.

    Raises
    ------
    UsageError
        ``other_mapping`` where the file is there by another one: its records would end as *already there*, unchanged.
    """
    made = json.dumps(load_yaml(mapping), sort_keys=True, default=str) if mapping is not None else ""
    digest = hashlib.sha256(made.encode()).hexdigest() if made else ""
    name = f"{dataset} {file.sha256}"
    kept = store.documents("mappings").get(name)
    there = any(
        r.status != "withdrawn" and (r.source.dataset, r.source.sha256) == (dataset, file.sha256) for r in store.runs()
    )
    before = kept.get("sha256") if kept is not None else ""
    if there and before != digest:
        raise UsageError("other_mapping", file=str(file.path), sha256=file.sha256[:12])
    if before != digest:
        store.save_document("mappings", name, {"sha256": digest})


def _found(paths: Sequence[str | Path | Found]) -> Iterator[Found]:
    for path in paths:
        if isinstance(path, Found):
            yield path
            continue
        with gathered([path]) as files:
            for found in files:
                if isinstance(found, InputError):
                    raise found
                yield found


def _meant(
    file: OpenedFile, dataset: str | Dataset | None, mapping: str | Path | None
) -> tuple[tuple[ContextTable, Format] | None, list[Recognised]]:
    """The context table a file is one of, or else its datasets."""
    if isinstance(dataset, str) and mapping is None and dataset in context_tables():
        return context_of(file, dataset), []
    try:
        return None, _recognised(file, dataset, mapping)
    except InputError as problem:
        figures = context_of(file) if problem.code == "unknown_file" else None
        if figures is None:
            raise
        return figures, []


def _recognised(file: OpenedFile, dataset: str | Dataset | None, mapping: str | Path | None) -> list[Recognised]:
    if mapping is not None:
        return read_mapping(mapping, file, dataset)
    return [recognise(file, dataset)]
