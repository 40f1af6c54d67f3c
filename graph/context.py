"""Published figures beside the graph: tables that are kept and read whole, and never become entities or links.

A file's rows are kept as texts, each with its record and line, in numbered parts. A part is an Arrow stream with a sum behind its
end, where Arrow readers do not look; part 0 holds the rejected records and says what the file is and how its records ended.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from vinculo.graph.errors import StoreError
from vinculo.graph.types import REJECT_SCHEMA, Source
from vinculo.graph.verifying import Difference

if TYPE_CHECKING:
    from vinculo.graph.snapshot import Snapshot
    from vinculo.graph.store import Store

#: Rows of a part: of a few megabytes, so that a server takes one in a transaction.
ROWS = 50_000
_SUM = 16
_TOLD = b"vinculo"


@dataclass(frozen=True)
class Kept:
    """A file that is kept as a context table.

    Attributes
    ----------
    source : Source
        Its ``dataset`` is the name of the table.
    rates : bool
        Its rows are exchange rates (see :mod:`vinculo.graph.rates`).
    counts : dict
        How its records ended: ``read``, ``loaded``, ``duplicate_in_file``, ``already_there``, ``rejected``.
    notes : dict
        What was found out about the file: encoding, delimiter, header line.
    parts : int
        Parts that hold rows.
    """

    source: Source
    rates: bool = False
    counts: dict[str, int] = field(default_factory=dict, compare=False)
    notes: dict[str, str] = field(default_factory=dict, compare=False)
    parts: int = 0


def packed(table: pa.Table) -> bytes:
    """A table as one part: an Arrow stream, and behind it the sum of its bytes."""
    out = pa.BufferOutputStream()
    with pa.ipc.new_stream(out, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as stream:
        stream.write_table(table)
    body: bytes = out.getvalue().to_pybytes()
    return body + hashlib.blake2b(body, digest_size=_SUM).digest()


def whole(body: bytes) -> bool:
    """Whether a part is as it was written.

    Examples
    --------
    >>> whole(packed(pa.table({"a": ["1"]}))), whole(b"")
    (True, False)
    """
    return len(body) > _SUM and hashlib.blake2b(body[:-_SUM], digest_size=_SUM).digest() == body[-_SUM:]


def unpacked(body: bytes) -> pa.Table:
    """The table of a part.

    Raises
    ------
    StoreError
        ``context_damaged``.
    """
    if not whole(body):
        raise StoreError("context_damaged")
    with pa.ipc.open_stream(body) as stream:
        return stream.read_all()


def bodies(kept: Kept, rows: Iterable[pa.Table], rejects: pa.Table) -> list[bytes]:
    """All parts of a table, from pieces of its rows."""
    parts = [packed(rows) for rows in _portioned(rows)]
    told = {**asdict(kept), "parts": len(parts)}
    head = rejects.cast(REJECT_SCHEMA).replace_schema_metadata({_TOLD: json.dumps(told, sort_keys=True)})
    return [packed(head), *parts]


def _portioned(rows: Iterable[pa.Table]) -> Iterator[pa.Table]:
    for piece in rows:
        for start in range(0, piece.num_rows, ROWS):
            yield piece.slice(start, ROWS)


def told(head: bytes) -> Kept:
    """What part 0 says of its table."""
    made: dict[str, Any] = json.loads(unpacked(head).schema.metadata[_TOLD])
    return Kept(**{**made, "source": Source(**made["source"])})


def kept_tables(store: Store | Snapshot, dataset: str | None = None) -> list[Kept]:
    """Every context table, or those of one name, in the order in which they were loaded."""
    # one that was taken out and loaded again is of its last load
    loaded = {run.source.key: run.number for run in store.runs() if run.status != "withdrawn"}
    made = [told(head) for (name, _), head in store.contexts().items() if dataset in (None, name)]
    return sorted(made, key=lambda k: (loaded.get(k.source.key, 0), k.source.key))


def rows_of(store: Store, source: Source) -> pa.Table:
    """The rows of one table: ``record``, ``line`` and the columns of its file, as texts."""
    tables = [unpacked(body) for body in store.context(source)[1:]]
    return pa.concat_tables(tables, promote_options="default") if tables else pa.table({})


def rejects_of(store: Store, source: Source) -> pa.Table:
    """Records of the file that were rejected, as ``REJECT_SCHEMA``."""
    parts = store.context(source)
    return unpacked(parts[0]).replace_schema_metadata(None) if parts else REJECT_SCHEMA.empty_table()


def spoiled(parts: Iterable[tuple[str, str, int, bytes]]) -> Iterator[Difference]:
    """What is not as it was written, of the (dataset, sha256, number, body) of every part."""
    found: dict[tuple[str, str], set[int]] = {}
    wanted: dict[tuple[str, str], Kept] = {}
    for dataset, sha256, number, body in parts:
        if not whole(body):
            yield Difference("context", sha256, dataset=dataset, batch=number)
        elif number == 0:
            wanted[dataset, sha256] = told(body)
        found.setdefault((dataset, sha256), set()).add(number)
    for (dataset, sha256), numbers in found.items():
        kept = wanted.get((dataset, sha256))
        if 0 not in numbers or (
            kept and (numbers != set(range(kept.parts + 1)) or kept.source.key != (dataset, sha256))
        ):
            yield Difference("context", sha256, dataset=dataset)


def numbered(bodies: Sequence[bytes], source: Source) -> list[tuple[str, str, int, bytes]]:
    """Parts as a store keeps them: dataset, sha256, number, body."""
    return [(*source.key, number, body) for number, body in enumerate(bodies)]
