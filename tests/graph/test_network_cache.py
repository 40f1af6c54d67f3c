"""The kept network of a store: the same as a fresh one, never an older one, and gone when it should be."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pytest

from vinculo.graph import network_cache
from vinculo.graph.facts import pack
from vinculo.graph.network import Network
from vinculo.graph.network_cache import network_of
from vinculo.graph.store import Store
from vinculo.graph.stores import open_store
from vinculo.graph.types import ENTITY_SCHEMA, FINGERPRINT, LINK_SCHEMA, Batch, Manifest, Source


@pytest.fixture(autouse=True)
def always_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small stores too."""
    monkeypatch.setattr(network_cache, "WORTH", 0)


@pytest.fixture
def folder(own_home: Path) -> Path:
    """Where it is kept."""
    return own_home / "cache" / "networks"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A case with one file."""
    made = open_store(f"sqlite:///{tmp_path / 'case.db'}")
    load(made, "a")
    yield made
    made.close()


def load(store: Store, name: str, links: int = 20) -> Source:
    """One file: a chain of payments among parties of this name."""
    source = Source("by_hand", name * 64, f"{name}.csv")
    ids = [f"{name}{i:03d}" for i in range(links + 1)]
    facts = [pack([("name", i)]) for i in ids]
    paid = pack([("date", "2024-01-01"), ("amount", "7"), ("currency", "USD")])
    entities = pa.table([ids, ["Person"] * len(ids), [1] * len(ids), facts], ENTITY_SCHEMA.names).cast(ENTITY_SCHEMA)
    columns = [[f"p{i}" for i in ids[1:]], ["PAID"] * links, ids[:-1], ids[1:], [1] * links, [paid] * links]
    run = store.begin_run(source)
    batch = Batch.make(entities, pa.table(columns, LINK_SCHEMA.names).cast(LINK_SCHEMA))
    store.write(batch, Manifest(source, run, 1, 1, pa.array([b"0" * 16], FINGERPRINT)))
    store.finish_run(run, "done", {})
    return source


def same(a: Network, b: Network) -> bool:
    """Tables and ends, with their types."""
    ends = [(a.source, b.source), (a.target, b.target)]
    tables = a.nodes.equals(b.nodes) and a.links.equals(b.links)
    return tables and all(x.dtype == y.dtype and x.tobytes() == y.tobytes() for x, y in ends)


def forbid_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what is kept may answer."""
    monkeypatch.setattr(Network, "from_store", lambda *_: pytest.fail("the store was read again"))


def test_the_second_time_nothing_is_read(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = network_of(store)
    [file] = folder.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    forbid_reading(monkeypatch)
    kept = network_of(store)
    assert same(kept, fresh) and kept.source.flags.writeable


def test_a_write_makes_it_new_and_takes_the_old_away(store: Store, folder: Path) -> None:
    before = network_of(store)
    [old] = folder.iterdir()
    load(store, "b")
    after = network_of(store)
    assert same(after, Network.from_store(store)) and len(after) == 2 * len(before)
    [new] = folder.iterdir()
    assert new != old and not old.exists()


def test_what_is_not_published_is_not_kept_and_then_is(store: Store) -> None:
    many = len(network_of(store))
    source = Source("by_hand", "c" * 64, "c.csv")
    run = store.begin_run(source)
    entities = pa.table([["c1"], ["Person"], [1], [""]], ENTITY_SCHEMA.names).cast(ENTITY_SCHEMA)
    manifest = Manifest(source, run, 1, 1, pa.array([b"0" * 16], FINGERPRINT))
    store.write(Batch.make(entities, LINK_SCHEMA.empty_table()), manifest)
    assert len(network_of(store)) == many
    store.finish_run(run, "done", {})
    assert len(network_of(store)) == many + 1
    store.withdraw(source)
    assert len(network_of(store)) == many


def test_a_file_put_back_from_a_copy_is_not_taken_for_the_one_it_was(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "case.db"
    store.close()
    shutil.copy(path, tmp_path / "copy.db")
    found = []
    for name in ("b", "c"):
        shutil.copy(tmp_path / "copy.db", path)
        case = open_store(f"sqlite:///{path}")
        load(case, name)
        found.append((case.version(), network_of(case).ids.to_pylist()[-1][0]))
        case.close()
    # the version is the same, what stands there is not
    assert found[0][0] == found[1][0] and [f for _, f in found] == ["b", "c"]


@pytest.mark.parametrize("where", [0, 100, 0.5, -30, -3])
def test_a_changed_byte_is_noticed_and_mended(store: Store, folder: Path, where: float) -> None:
    fresh = network_of(store)
    [file] = folder.iterdir()
    whole = file.read_bytes()
    at = int(len(whole) * where) if isinstance(where, float) else where
    spoiled = bytearray(whole)
    spoiled[at] ^= 1
    file.write_bytes(spoiled)
    assert same(network_of(store), fresh) and file.read_bytes() == whole


@pytest.mark.parametrize("left", [0, 1, 23, 24, 1000])
def test_a_cut_file_is_noticed_and_mended(store: Store, folder: Path, left: int) -> None:
    fresh = network_of(store)
    [file] = folder.iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[:left])
    assert same(network_of(store), fresh) and file.read_bytes() == whole


def test_a_folder_that_cannot_be_written_does_no_harm(store: Store, folder: Path) -> None:
    folder.parent.mkdir(parents=True)
    folder.write_text("a file is in the way")
    assert same(network_of(store), Network.from_store(store))


def test_small_stores_and_those_in_memory_keep_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, store: Store
) -> None:
    case = open_store("sqlite:///:memory:")
    load(case, "a")
    assert same(network_of(case), Network.from_store(case))
    monkeypatch.setattr(network_cache, "WORTH", 1000)
    network_of(store)
    assert not folder.exists()
    case.close()


def test_only_so_many_stores_are_kept(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network_cache, "STORES", 2)
    for name in "abc":
        case = open_store(f"sqlite:///{tmp_path / name}.db")
        load(case, name)
        network_of(case)
        case.close()
    assert len(list(folder.iterdir())) == 2


def test_several_threads_and_a_process_at_once(store: Store, tmp_path: Path, folder: Path) -> None:
    code = (
        "import sys; from vinculo.graph import network_cache as c; from vinculo.graph.stores import open_store; c.WORTH = 0; "
        "[c.network_of(open_store(sys.argv[1])) for _ in range(20)]"
    )
    process = subprocess.Popen([sys.executable, "-c", code, store.url])
    expected = Network.from_store(store)
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: network_of(store), range(40)))
    assert process.wait() == 0
    assert all(same(f, expected) for f in found) and len(list(folder.iterdir())) == 1


def test_withdrawing_a_file_takes_the_copy_along(store: Store, folder: Path) -> None:
    network_of(store)
    assert list(folder.iterdir())
    done = subprocess.run(
        [sys.executable, "-m", "vinculo", "withdraw", "a.csv", "--yes", "--store", store.url], capture_output=True
    )
    assert done.returncode == 0 and not list(folder.iterdir())


def test_withdrawing_from_python_leaves_no_stale_answer(store: Store) -> None:
    """The copy itself goes with the next network that is kept; it is named by the contents, so it is not read before."""
    load(store, "b")
    before = network_of(store)
    store.withdraw(Source("by_hand", "a" * 64))
    after = network_of(store)
    assert same(after, Network.from_store(store)) and 2 * len(after) == len(before)
