"""What provenance costs on Neo4j: ``python benchmarks/neo4j_provenance.py [neo4j://user:password@host:port] [--links N]``.

The same entities and payments are written by the store (every value and link with file and record, search index, manifest) and by
a plain script (native properties, the same constraints, UNWIND and MERGE, as many rows a transaction), in turns on one server,
which is emptied before each turn: give it one that may be. Without an address it starts the one the tests use. Where other
programs are at work too, the ratio of processor seconds (server and client together) says more than that of rates.
"""

from __future__ import annotations

import hashlib
import random
from typing import Any

import numpy as np
import pyarrow as pa
from neo4j_ground import Clock, asked, driver_of, emptied, server

from vinculo.graph import facts
from vinculo.graph.stores import open_store
from vinculo.graph.types import ENTITY_SCHEMA, FINGERPRINT, LINK_SCHEMA, Batch, Manifest, Source

PORTION = 10_000
NODES = """UNWIND $rows AS row MERGE (n:Entity {id: row.id}) SET n:BankAccount, n += row.properties"""
LINKS = """UNWIND $rows AS row MATCH (a:Entity {id: row.source}) MATCH (b:Entity {id: row.target})
  MERGE (a)-[r:PAID {id: row.id}]->(b) SET r += row.properties"""


def made_up(accounts: int, payments: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Accounts with four values each, payments with five, the same in every run."""
    draw = random.Random(3)

    def id(*parts: object) -> str:
        return hashlib.sha1(repr(parts).encode()).hexdigest()

    nodes = [
        {
            "id": id("account", n),
            "properties": {
                "name": f"Cuenta {draw.randrange(10**6)} Comercializadora {draw.randrange(10**6)} SA de CV",
                "accountNumber": f"{draw.randrange(10**17):018}",
                "country": draw.choice(["mx", "us", "gt"]),
                "currency": "USD",
            },
        }
        for n in range(accounts)
    ]
    links = [
        {
            "id": id("payment", n),
            "source": draw.choice(nodes)["id"],
            "target": draw.choice(nodes)["id"],
            "properties": {
                "date": f"2024-{draw.randrange(1, 13):02}-{draw.randrange(1, 29):02}",
                "amount": f"{draw.randrange(10**6) / 100:.2f}",
                "currency": "USD",
                "method": draw.choice(["wire", "cash_deposit", "ach"]),
                "purpose": f"invoice {draw.randrange(10**6)}",
            },
        }
        for n in range(payments)
    ]
    return nodes, links


def plain(
    url: str, nodes: list[dict[str, Any]], links: list[dict[str, Any]], clock: Clock
) -> tuple[np.ndarray, np.ndarray]:
    """Seconds for nodes and for links, by the plain script."""
    took = []
    with driver_of(url) as driver, driver.session() as session:
        for query, rows in ((NODES, nodes), (LINKS, links)):
            clock.lap()
            for start in range(0, len(rows), PORTION):
                some = rows[start : start + PORTION]
                session.execute_write(lambda tx, q=query, s=some: tx.run(q, rows=s).consume())
            took.append(clock.lap())
    return took[0], took[1]


def with_provenance(url: str, nodes: pa.Table, links: pa.Table, clock: Clock) -> tuple[np.ndarray, np.ndarray]:
    """Seconds for nodes and for links, by the store."""
    store = open_store(url)
    source = Source("benchmark", "0" * 64, "payments.csv")
    run, number, took = store.begin_run(source), 0, []
    for table in (nodes, links):
        clock.lap()
        for start in range(0, table.num_rows, PORTION):
            some = table.slice(start, PORTION)
            number += 1
            batch = Batch.make(*((some, None) if table is nodes else (None, some)))
            prints = pa.array([n.to_bytes(16, "big") for n in range(start, start + some.num_rows)], FINGERPRINT)
            store.write(batch, Manifest(source, run, number, some.num_rows, prints))
        if table is links:
            store.finish_run(run, "done", {})
        took.append(clock.lap())
    store.search("comercializadora")
    store.close()
    return took[0], took[1]


def main() -> None:
    """Print rates of both and their ratio, each turn and the median."""
    wanted = asked(__doc__.splitlines()[0], links=60_000, turns=3)
    nodes, links = made_up(wanted.links // 3, wanted.links)
    node_table = pa.table(
        [
            [n["id"] for n in nodes],
            ["BankAccount"] * len(nodes),
            list(range(1, len(nodes) + 1)),
            [facts.pack(n["properties"].items()) for n in nodes],
        ],
        schema=ENTITY_SCHEMA,
    )
    link_table = pa.table(
        [
            [x["id"] for x in links],
            ["PAID"] * len(links),
            [x["source"] for x in links],
            [x["target"] for x in links],
            list(range(1, len(links) + 1)),
            [facts.pack(x["properties"].items()) for x in links],
        ],
        schema=LINK_SCHEMA,
    )
    ratios: dict[str, list[np.ndarray]] = {"nodes": [], "links": [], "all": []}
    with server(wanted.url) as url:
        emptied(url)
        open_store(url).close()  # the constraints both work under
        clock = Clock(url)
        for turn in range(wanted.turns + 1):
            emptied(url)
            without = plain(url, nodes, links, clock)
            emptied(url)
            given = with_provenance(url, node_table, link_table, clock)
            # the first turn warms the server up
            for name, count, a, b in (
                ("nodes", len(nodes), without[0], given[0]),
                ("links", len(links), without[1], given[1]),
                ("all", len(nodes) + len(links), sum(without), sum(given)),
            ):
                if turn:
                    ratios[name].append(a / b)
                    print(
                        f"turn {turn} {name}: plain {count / a[0]:,.0f}/s, with provenance {count / b[0]:,.0f}/s, "
                        f"ratio {a[0] / b[0]:.2f}; of processor seconds {a[1] / b[1]:.2f}"
                    )
        for name, found in ratios.items():
            rate, cpu = np.median(found, axis=0)
            print(
                f"{name}: ratio {rate:.2f}, of processor seconds {cpu:.2f} (median of {len(found)}; goal for all: 0.80)"
            )


if __name__ == "__main__":
    main()
