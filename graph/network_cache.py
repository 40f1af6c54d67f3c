"""The network of a store, kept beside the store's other caches so that the next analysis need not read everything again.

One file a store: the tables of the network as Arrow streams, which are mapped into memory, so that several processes share
them. It is named by what stands in the store (its version, and every run with its times: a file that was put back from a copy
counts on from an older version), and written whole or not at all, for its owner alone. One that is damaged or of another
format is passed over, as is a folder that cannot be written.
"""

from __future__ import annotations

import hashlib
import json
import struct
import threading
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

import numpy as np
import pyarrow as pa

from vinculo.graph.network import Network
from vinculo.graph.settings import load_settings
from vinculo.graph.store import Store
from vinculo.graph.whole import whole

#: Raised whenever what is written here, or how a network is made, changes.
FORMAT = 1
#: Below this many links a store is read as fast as a cache.
WORTH = 50_000
#: Stores whose networks are kept; the one that was written longest ago goes first.
STORES = 8
_MAGIC = b"VNET"
#: Lengths of the two streams, sum of both, mark.
_END = struct.Struct("<QQI4s")
_ALIGNED = 64
_one_writes = threading.Lock()


def network_of(store: Store) -> Network:
    """The network of a store, from its cache where that is of what the store holds now.

    Examples
    --------
    >>> from vinculo.graph.stores import open_store
    >>> len(network_of(open_store("sqlite:///:memory:")))
    0
    """
    if _in_memory(store):
        return Network.from_store(store)
    path = _file(store)
    kept = _read(path)
    if kept is not None:
        return kept
    made = Network.from_store(store)
    # not where somebody wrote meanwhile: what was read may be of either moment
    if made.links.num_rows >= WORTH and _file(store) == path:
        with suppress(OSError), _one_writes:
            _write(path, made)
    return made


def forget(store: Store) -> None:
    """Take away what is kept of a store, as when a file is withdrawn from it."""
    if not _in_memory(store):
        for path in _kept(_place(store)):
            with suppress(OSError):
                path.unlink()


def _folder() -> Path:
    return load_settings().cache_folder / "networks"


def _kept(place: str = "") -> Iterator[Path]:
    return _folder().glob(f"{place}*.vnet")


def _in_memory(store: Store) -> bool:
    return store.url.partition(":///")[2] in ("", ":memory:") and store.url.startswith("sqlite:")


def _place(store: Store) -> str:
    """Where the store is, as a sum: an address may hold a password."""
    parts = urlsplit(store.url)
    if parts.scheme == "sqlite":
        where = str(Path(store.url.partition(":///")[2]).absolute())
    else:
        where = f"{parts.hostname}:{parts.port}{parts.path}"
    return hashlib.sha256(f"{parts.scheme}:{where}".encode()).hexdigest()[:16]


def _file(store: Store) -> Path:
    runs = [(r.number, *r.source.key, r.started, r.finished, r.status) for r in store.runs()]
    held = json.dumps([FORMAT, pa.__version__, store.version(), runs])
    return _folder() / f"{_place(store)}-{hashlib.sha256(held.encode()).hexdigest()[:32]}.vnet"


def _write(path: Path, network: Network) -> None:
    ends = {"source": pa.array(network.source), "target": pa.array(network.target)}
    links = network.links
    for name, column in ends.items():
        links = links.append_column(name, column)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with whole(path) as part:
        part.touch(mode=0o600)
        with part.open("wb") as file:
            summed = _Summed(file)
            sizes = [summed.stream(table) for table in (network.nodes, links)]
            file.write(_END.pack(*sizes, summed.total, _MAGIC))
    _tidy(path)


def _tidy(newest: Path) -> None:
    """Take away what the newest file replaces, and the oldest of too many stores."""
    others = sorted((p for p in _kept() if p != newest), key=lambda p: p.stat().st_mtime, reverse=True)
    own = newest.name.partition("-")[0]
    replaced = [p for p in others if p.name.startswith(own)]
    for old in (*replaced, *[p for p in others if p not in replaced][STORES - 1 :]):
        with suppress(OSError):
            old.unlink()


class _Summed:
    """A file, and the sum of what was written into it; to Arrow, a file."""

    closed = False

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.total = 0

    def stream(self, table: pa.Table) -> int:
        """Write a table and fill up; how long it has become."""
        start = self._file.tell()
        with pa.ipc.new_stream(self, table.schema) as stream:
            stream.write_table(table.combine_chunks())
        self.write(b"\0" * (-self._file.tell() % _ALIGNED))
        return self._file.tell() - start

    def write(self, some: bytes) -> int:
        """What Arrow calls."""
        self.total = zlib.crc32(some, self.total)
        return self._file.write(some)

    def flush(self) -> None:
        """As a file has it."""


def _read(path: Path) -> Network | None:
    """What is kept there; nothing where there is none or it is damaged."""
    try:
        with pa.memory_map(str(path)) as file:
            body = file.read_buffer()
        first, second, total, mark = _END.unpack(body.slice(max(0, body.size - _END.size)).to_pybytes())
        if (
            mark != _MAGIC
            or first + second + _END.size != body.size
            or zlib.crc32(body.slice(0, first + second)) != total
        ):
            return None
        nodes, links = (
            pa.ipc.open_stream(body.slice(at, size)).read_all() for at, size in ((0, first), (first, second))
        )
        # compiled code for arrays that may be written is there already
        ends = [np.array(links[name].to_numpy(), np.int32) for name in ("source", "target")]
        return Network(nodes, links.drop_columns(["source", "target"]), *ends)
    except (OSError, struct.error, pa.ArrowException, KeyError, ValueError):
        return None
