"""A small case, written by hand, for what reads stores: lists, trade, payments, and one suspicious-activity report."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pyarrow as pa
import pytest

from vinculo.graph import facts
from vinculo.graph.store import Store
from vinculo.graph.stores import open_store
from vinculo.graph.types import ENTITY_SCHEMA, FINGERPRINT, LINK_SCHEMA, Batch, Manifest, Source

Facts = dict[str, Any]
EntityRow = tuple[str, str, int, Facts]
LinkRow = tuple[str, str, str, str, int, Facts]
Write = Callable[..., Source]


def packed(values: Facts) -> str:
    """Facts as a store takes them; a value may be a list of values."""
    return facts.pack((p, v) for p, vs in values.items() for v in (vs if isinstance(vs, list) else [vs]))


def write(
    store: Store,
    dataset: str,
    entities: Sequence[EntityRow] = (),
    links: Sequence[LinkRow] = (),
    *,
    synthetic: bool = False,
    taint: str = "",
    file: str = "",
) -> Source:
    """Write rows as one file of a dataset."""
    sha256 = hashlib.sha256(repr((dataset, entities, links)).encode("utf-8", "replace")).hexdigest()
    source = Source(dataset, sha256, file or f"{dataset}.csv", synthetic, taint)
    nodes = [(i, k, r, packed(f)) for i, k, r, f in entities]
    edges = [(i, k, s, t, r, packed(f)) for i, k, s, t, r, f in links]
    batch = Batch.make(
        pa.Table.from_arrays(
            [pa.array(c, f.type) for c, f in zip(_columns(nodes, 4), ENTITY_SCHEMA, strict=True)], schema=ENTITY_SCHEMA
        ),
        pa.Table.from_arrays(
            [pa.array(c, f.type) for c, f in zip(_columns(edges, 6), LINK_SCHEMA, strict=True)], schema=LINK_SCHEMA
        ),
    )
    run = store.begin_run(source)
    store.write(batch, Manifest(source, run, 1, len(nodes), pa.array([], FINGERPRINT)))
    store.finish_run(run, "done", {"read": len(nodes), "loaded": len(nodes)})
    return source


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[list[Any]]:
    return [list(c) for c in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]


@pytest.fixture
def store() -> Iterator[Store]:
    opened = open_store("sqlite:///:memory:")
    yield opened
    opened.close()


@pytest.fixture
def rows() -> Write:
    """The function that writes rows into a store as one file."""
    return write


@pytest.fixture
def case(store: Store) -> Store:
    """Halcón sells, Ana owns it; one party is on 69-B, another cleared; a bank report knows more than may be shared."""
    write(
        store,
        "trade",
        [
            (
                "halcon",
                "Company",
                1,
                {"name": "Halcón del Norte, S.A. de C.V.", "taxNumber": "HNO010203AB1", "country": "mx"},
            ),
            ("twin", "Company", 2, {"name": "Halcon d. Norte", "phone": "+525512345678"}),
            ("ana", "Person", 1, {"name": "Ana Ruiz", "birthDate": "1980-02-03"}),
            (
                "bl1",
                "Consignment",
                1,
                {
                    "billNumber": "BL1",
                    "goods": "limones",
                    "grossWeightKg": "-5.2",
                    "date": "2024-03-01",
                    "declaredValue": "1200.50",
                    "currency": "USD",
                },
            ),
            ("rfc", "Identifier", 1, {"type": "RFC", "number": "HNO010203AB1"}),
            ("tel", "Phone", 2, {"number": "+525512345678"}),
            ("acc", "BankAccount", 3, {"accountNumber": "0123", "bankName": "Banco Uno"}),
        ],
        [
            ("l1", "SHIPPER", "halcon", "bl1", 1, {"date": "2024-03-01"}),
            ("l2", "OWNS", "ana", "halcon", 1, {"percentage": "51"}),
            ("l3", "HAS_IDENTIFIER", "halcon", "rfc", 1, {}),
            ("l4", "HAS_IDENTIFIER", "twin", "rfc", 2, {}),
            ("l5", "HAS_PHONE", "twin", "tel", 2, {}),
            ("l6", "PAID", "acc", "halcon", 3, {"amount": "9500", "currency": "USD", "date": "2024-04-01"}),
            ("l7", "PAID", "acc", "halcon", 4, {"amount": "9700", "currency": "USD", "date": "2024-04-02"}),
            ("l8", "CONSIGNEE", "nobody", "bl1", 1, {}),
        ],
        synthetic=True,
        file="bills.csv",
    )
    write(
        store,
        "sat_69b",
        [
            ("halcon", "Company", 7, {"name": "HALCON DEL NORTE SA DE CV"}),
            (
                "list1",
                "Listing",
                7,
                {"program": "SAT 69-B", "status": "Definitivo", "standing": "listed", "date": "2018-05-01"},
            ),
            ("lucky", "Company", 8, {"name": "Comercial Limpia"}),
            ("list2", "Listing", 8, {"program": "SAT 69-B", "status": "Sentencia Favorable", "standing": "cleared"}),
        ],
        [("s1", "LISTED", "halcon", "list1", 7, {}), ("s2", "LISTED", "lucky", "list2", 8, {})],
        file="69b.csv",
    )
    write(
        store,
        "bank_sars",
        [
            ("halcon", "Company", 1, {"name": "Halcon secret name of the report", "notes": "told to the police"}),
            ("secretbank", "Company", 1, {"name": "Secret Bank"}),
        ],
        [
            ("r1", "PAID", "secretbank", "halcon", 1, {"amount": "1", "currency": "USD"}),
            ("r2", "PAID", "phantom-7731", "halcon", 2, {"amount": "2"}),
        ],
        taint="sar",
        file="filed_sars.csv",
    )
    return store
