"""A small case built by hand, in the embedded store."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from vinculo.graph.facts import pack
from vinculo.graph.ids import make_id
from vinculo.graph.store import Store
from vinculo.graph.stores import open_store
from vinculo.graph.types import ENTITY_SCHEMA, FINGERPRINT, LINK_SCHEMA, Batch, Manifest, Source

# graphs with known groups, in planted.py, are also what benchmarks measure
sys.path.insert(0, str(Path(__file__).parent))


class Case:
    """Entities and links by hand; :meth:`store` writes them into a new store in memory."""

    def __init__(self) -> None:
        self.entities: list[tuple[str, str, str]] = []
        self.links: list[tuple[str, str, str, str, str]] = []
        self._opened: list[Store] = []

    def entity(self, kind: str, name: str, **properties: str | float) -> str:
        """One entity; its id is made from kind and name."""
        id = make_id(f"{kind}:", name) or ""
        shown = {"name": name, **{k: str(v) for k, v in properties.items()}}
        self.entities.append((id, kind, pack(shown.items())))
        return id

    def link(self, kind: str, source: str, target: str, **properties: str | float) -> str:
        """One link; its id is made from its number, so parallel ones stay apart."""
        id = make_id(f"{kind}:{len(self.links):06d}:", source, target) or ""
        self.links.append((id, kind, source, target, pack((k, str(v)) for k, v in properties.items())))
        return id

    def company(self, name: str, tax: str = "", **properties: str | float) -> str:
        """A company, with a tax number where one is given."""
        id = self.entity("Company", name, **properties)
        if tax:
            number = self.entity("Identifier", tax, number=tax, type="RFC")
            self.link("HAS_IDENTIFIER", id, number)
        return id

    def account(self, number: str, holder: str = "") -> str:
        """A bank account, held by somebody where that is known."""
        id = self.entity("BankAccount", number, accountNumber=number)
        if holder:
            self.link("HOLDS", holder, id)
        return id

    def pay(self, payer: str, payee: str, day: int, amount: float, *, hour: int = 12, **more: str) -> str:
        """A payment so many days after the first of January 2024."""
        date = (dt.datetime(2024, 1, 1, hour) + dt.timedelta(days=day)).isoformat()
        return self.link("PAID", payer, payee, **({"date": date, "amount": amount, "currency": "USD"} | more))

    def deposit(self, payee: str, day: int, amount: float, place: str = "Branch 1", region: str = "TX") -> str:
        """Cash over the counter."""
        return self.pay(
            self.entity("Location", place), payee, day, amount, method="cash_deposit", place=place, placeRegion=region
        )

    def consignment(
        self, bill: str, shipper: str, consignee: str, day: int, *, notify: str = "", **properties: str | float
    ) -> str:
        """A consignment with its parties."""
        date = (dt.date(2024, 1, 1) + dt.timedelta(days=day)).isoformat()
        id = self.entity("Consignment", bill, **({"date": date, "hsCode": "080450", "currency": "USD"} | properties))
        self.link("SHIPPER", shipper, id)
        self.link("CONSIGNEE", consignee, id)
        if notify:
            self.link("NOTIFY_PARTY", notify, id)
        return id

    def store(self, *, reverse: bool = False) -> Store:
        """Everything in a new store, written in this order or the other way round."""
        step = -1 if reverse else 1
        entities = [(*e[:2], 1, e[2]) for e in self.entities[::step]]
        links = [(*x[:4], 1, x[4]) for x in self.links[::step]]
        made = open_store("sqlite:///:memory:")
        self._opened.append(made)
        source = Source("by_hand", "0" * 64, "case.csv", synthetic=True)
        run = made.begin_run(source)
        batch = Batch.make(_table(entities, ENTITY_SCHEMA), _table(links, LINK_SCHEMA))
        made.write(batch, Manifest(source, run, 1, 1, pa.array([b"0" * 16], FINGERPRINT)))
        made.finish_run(run, "done", {})
        return made

    def close(self) -> None:
        """Close every store opened."""
        for store in self._opened:
            store.close()


def _table(rows: list[tuple[str | int, ...]], schema: pa.Schema) -> pa.Table:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    return pa.table([pa.array(list(c), f.type) for c, f in zip(columns, schema, strict=True)], schema=schema)


@pytest.fixture
def case() -> Iterator[Case]:
    """An empty case."""
    made = Case()
    yield made
    made.close()
