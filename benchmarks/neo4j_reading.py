"""Reading every link of Neo4j into Arrow: ``python benchmarks/neo4j_reading.py [neo4j://user:password@host:port] [--links N]``.

The store's ``edges()`` against the driver's own ``execute_query(...).to_df()`` for the same columns, in turns on one server,
which is emptied and filled first: give it one that may be. Without an address it starts the one the tests use. Where other
programs are at work too, the ratio of processor seconds (server and client together) says more than that of the clock. Both run
on the driver's Rust extension where it is installed (``pip install vinculo[neo4j-fast]``).
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable

import numpy as np
from neo4j import Driver, RoutingControl
from neo4j_ground import Clock, asked, driver_of, emptied, server

from vinculo.graph.stores import open_store

PORTION = 20_000
ID = "left(replace(randomUUID() + randomUUID(), '-', ''), 40)"
#: Accounts and payments as the store writes them, made on the server itself.
NODES = f"""UNWIND range($start, $end - 1) AS i CREATE (n:Entity:BankAccount {{id: {ID}, code: i, kind: 'BankAccount',
  name: 'Cuenta ' + i, terms: '', facts: ['\x1fBankAccount\x1f1:' + i, 'accountNumber\x1f' + (10^12 + i) + '\x1f1:' + i]}})"""
LINKS = f"""MATCH (n:BankAccount) WITH collect(n) AS ns UNWIND range($start, $end - 1) AS i
  WITH i, ns[toInteger(rand() * size(ns))] AS a, ns[toInteger(rand() * size(ns))] AS b,
  toString(toInteger(rand() * 1000000) / 100.0) AS amount, '2024-0' + (1 + i % 9) + '-1' + (i % 10) AS date
  CREATE (a)-[r:PAID {{id: {ID}, date: date, amount: toFloat(amount), currency: 'USD', facts: ['\x1fPAID\x1f1:' + i,
  'amount\x1f' + amount + '\x1f1:' + i, 'currency\x1fUSD\x1f1:' + i, 'date\x1f' + date + '\x1f1:' + i]}}]->(b)"""
PLAIN = """MATCH (a)-[r:PAID]->(b) RETURN r.id AS id, type(r) AS kind, a.code AS source, b.code AS target, r.date AS date,
  r.amount AS amount, r.currency AS currency"""


def filled(driver: Driver, accounts: int, links: int) -> None:
    """Put accounts and payments between them on the server."""
    for query, count in ((NODES, accounts), (LINKS, links)):
        for start in range(0, count, PORTION):
            driver.execute_query(query, start=start, end=min(count, start + PORTION))


def plain(driver: Driver) -> int:
    """As many links as the driver's own way gives."""
    frame = driver.execute_query(PLAIN, routing_=RoutingControl.READ, result_transformer_=lambda result: result.to_df())
    return len(frame)


def main() -> None:
    """Print rates of both and their ratio, each turn and the median."""
    wanted = asked(__doc__.splitlines()[0], links=1_000_000, turns=2)
    print("driver:", "with its Rust extension" if importlib.util.find_spec("neo4j._rust") else "plain Python")
    with server(wanted.url) as url:
        emptied(url)
        store = open_store(url)
        clock = Clock(url)
        with driver_of(url) as driver:
            filled(driver, wanted.links // 10, wanted.links)
            ways: dict[str, Callable[[], int]] = {
                "to_df": lambda: plain(driver),
                "edges": lambda: store.edges().num_rows,
            }
            ratios = []
            for turn in range(1, wanted.turns + 1):
                took = {}
                for name, way in ways.items():
                    clock.lap()
                    count = way()
                    took[name] = clock.lap()
                    assert count == wanted.links
                    print(
                        f"turn {turn} {name}: {count / took[name][0]:,.0f}/s, processor {took[name][1]:.1f} s",
                        flush=True,
                    )
                ratios.append(took["to_df"] / took["edges"])
            rate, cpu = np.median(ratios, axis=0)
            print(f"edges() against to_df(): {rate:.1f} times as fast, of processor seconds {cpu:.1f} (goal: 2.0)")
        store.close()


if __name__ == "__main__":
    main()
