"""From a store to stored communities, stage by stage: ``python benchmarks/communities.py [LINKS] [--projection NAME]``.

Parties pay and ship among made-up groups and share phones and addresses; loading the store is not timed. Times are of one
run, wall and processor, kernels compiled before.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa

from vinculo.analytics.communities import communities_of
from vinculo.analytics.kernels.compiled import warm
from vinculo.analytics.projecting.known import projections
from vinculo.analytics.projecting.project import project
from vinculo.graph.facts import pack
from vinculo.graph.network_cache import forget, network_of
from vinculo.graph.store import Store
from vinculo.graph.stores import open_store
from vinculo.graph.types import ENTITY_SCHEMA, FINGERPRINT, LINK_SCHEMA, Batch, Manifest, Source

GROUP = 40
BATCH = 100_000


def ids(prefix: str, many: int) -> list[str]:
    """Ids as records give them: sums of a key."""
    return [hashlib.sha1(f"{prefix}{i}".encode()).hexdigest() for i in range(many)]


def made_up(links: int, seed: int = 1) -> tuple[pa.Table, pa.Table]:
    """Entities and links: of ten links six are payments, two roles in consignments, one a phone, one an address."""
    rng = np.random.default_rng(seed)
    parties, goods, phones, places = links // 5, links // 10, links // 20, links // 50
    known = {
        "Company": ids("c", parties),
        "Consignment": ids("g", goods),
        "Phone": ids("p", phones),
        "Address": ids("a", places),
    }
    entities = [
        (i, kind, n, pack([("name", f"{kind} {n}")])) for kind, own in known.items() for n, i in enumerate(own, 1)
    ]
    group = np.arange(parties) // GROUP

    def beside(party: np.ndarray) -> np.ndarray:
        """Mostly somebody of the same group."""
        near = np.minimum(group[party] * GROUP + rng.integers(0, GROUP, len(party)), parties - 1)
        return np.where(rng.random(len(party)) < 0.7, near, rng.integers(0, parties, len(party)))

    rows: list[tuple[str, str, str, str, str]] = []

    def add(kind: str, sources: list[str], targets: list[str], facts: list[str]) -> None:
        names = ids(f"{kind}{len(rows)}:", len(sources))
        rows.extend(zip(names, [kind] * len(sources), sources, targets, facts, strict=True))

    payer = (parties * rng.random(links * 6 // 10) ** 1.5).astype(np.int64)
    company = known["Company"]
    days = np.datetime64("2022-01-01") + rng.integers(0, 900, len(payer))
    amounts = np.round(rng.lognormal(7, 1, len(payer)), 2)
    facts = [
        pack([("date", d), ("amount", a), ("currency", "USD")])
        for d, a in zip(days.astype(str).tolist(), amounts.astype(str).tolist(), strict=True)
    ]
    add("PAID", [company[i] for i in payer], [company[i] for i in beside(payer)], facts)
    shipper = rng.integers(0, parties, goods)
    dated = [pack([("date", d)]) for d in days[:goods].astype(str).tolist()]
    add("SHIPPER", [company[i] for i in shipper], known["Consignment"], dated)
    add("CONSIGNEE", [company[i] for i in beside(shipper)], known["Consignment"], dated)
    for kind, shared in (("HAS_PHONE", known["Phone"]), ("HAS_ADDRESS", known["Address"])):
        who = rng.integers(0, parties, links // 10)
        add(kind, [company[i] for i in who], [shared[i] for i in who // 4 % len(shared)], [""] * len(who))
    made = pa.table(dict(zip(("id", "kind", "record", "facts"), zip(*entities, strict=True), strict=True)))
    columns = dict(zip(("id", "kind", "source", "target", "facts"), zip(*rows, strict=True), strict=True))
    linked = pa.table(columns | {"record": range(1, len(rows) + 1)})
    return made.select(ENTITY_SCHEMA.names).cast(ENTITY_SCHEMA), linked.select(LINK_SCHEMA.names).cast(LINK_SCHEMA)


def load(store: Store, entities: pa.Table, links: pa.Table) -> None:
    """Into a new store, in batches."""
    source = Source("made_up", "0" * 64, "made_up.csv", synthetic=True)
    run = store.begin_run(source)
    parts = [(entities.slice(i, BATCH), LINK_SCHEMA.empty_table()) for i in range(0, entities.num_rows, BATCH)]
    parts += [(ENTITY_SCHEMA.empty_table(), links.slice(i, BATCH)) for i in range(0, links.num_rows, BATCH)]
    for number, part in enumerate(parts, 1):
        mark = pa.array([hashlib.md5(str(number).encode()).digest()], FINGERPRINT)
        store.write(Batch.make(*part), Manifest(source, run, number, 1, mark))
    store.finish_run(run, "done", {})


@contextmanager
def timed(stage: str) -> Iterator[None]:
    """Print how long a stage took."""
    start, used = time.perf_counter(), time.process_time()
    yield
    wall, cpu = time.perf_counter() - start, time.process_time() - used
    print(f"  {stage:<40}{wall:>8.2f} s{cpu:>8.2f} s", flush=True)


def once(store: Store, name: str) -> None:
    """Store to stored communities."""
    with timed("all of it"):
        with timed("  network"):
            network = network_of(store)
        with timed("  projection"):
            seen = project(network, name, store.table)
        with timed("  Leiden and members"):
            found = communities_of(seen)
        with timed("  store them"):
            kept = [c.as_json() | {"projection": c.projection.id} for c in found]
            about = {"projection": seen.as_json(), "communities": kept, "version": store.version()}
            store.save_document("communities", name, about)
    many = (len(network), network.links.num_rows, len(seen.ties.a), len(found))
    print("  {:,} nodes, {:,} links -> {:,} ties, {:,} communities".format(*many))


def main() -> None:
    """Run it."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("links", type=int, nargs="?", default=1_000_000)
    asked.add_argument("--store", help="a store that is already filled, instead of one made up")
    asked.add_argument("--projection", action="append")
    given = asked.parse_args()
    warm()
    with tempfile.TemporaryDirectory() as folder:
        url = given.store or f"sqlite:///{Path(folder) / 'made_up.db'}"
        store = open_store(url)
        if not store.runs():
            with timed("made up and loaded"):
                load(store, *made_up(given.links))
        print(f"{'':<42}{'wall':>10}{'cpu':>10}")
        for name in given.projection or projections():
            for kept in ("read anew", "its network kept from before"):
                print(f"{name}, {kept}")
                if kept == "read anew":
                    forget(store)
                once(store, name)
        store.close()


if __name__ == "__main__":
    main()
