"""A small made-up case for the dashboard's tests, written straight into a store."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from vinculo.graph.facts import pack
from vinculo.graph.ids import make_id
from vinculo.graph.store import Store
from vinculo.graph.stores import open_store
from vinculo.graph.text import Text
from vinculo.graph.types import (
    ENTITY_SCHEMA,
    FINGERPRINT,
    LINK_SCHEMA,
    REJECT_SCHEMA,
    Batch,
    Finding,
    Manifest,
    Source,
    Suggestion,
)

Entities = Sequence[tuple[str, str, dict[str, str]]]
Links = Sequence[tuple[str, str, str, str, dict[str, str]]]
LISTED, CLEARED = "Aceros del Bajío SA de CV", "Maderas de Sonora SA de CV"


def of(name: str) -> str:
    """The id of a thing of the small case."""
    return make_id("small", name) or ""


def write(
    store: Store,
    source: Source,
    entities: Entities,
    links: Links,
    rejects: pa.Table | None = None,
    *,
    status: str = "done",
) -> None:
    """One file's assertions, as a run that is done, or ends otherwise; with an empty status it does not end."""
    run = store.begin_run(source)
    rows = [(id, kind, n + 1, pack(facts.items())) for n, (id, kind, facts) in enumerate(entities)]
    lines = [(id, kind, a, b, n + 1, pack(facts.items())) for n, (id, kind, a, b, facts) in enumerate(links)]

    def table(made: list[tuple[object, ...]], schema: pa.Schema) -> pa.Table:
        columns = list(zip(*made, strict=True)) if made else [()] * len(schema)
        return pa.table([pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema=schema)

    prints = pa.array(
        [hashlib.blake2b(f"{source.key}{n}".encode(), digest_size=16).digest() for n in range(len(rows))], FINGERPRINT
    )
    batch = Batch.make(table(rows, ENTITY_SCHEMA), table(lines, LINK_SCHEMA), rejects)
    store.write(batch, Manifest(source, run, 1, len(rows), prints))
    rejected = rejects.num_rows if rejects is not None else 0
    counts = {"read": len(rows) + rejected, "loaded": len(rows), "duplicate_in_file": 0, "already_there": 0}
    if status:
        store.finish_run(run, status, counts | {"rejected": rejected, "entities": len(rows), "links": len(lines)})


def fill(store: Store) -> None:
    """A firm with a director, consignments, a seizure, payments, lists, a finding, a suggestion."""
    bills = Source("bills_of_lading", "a" * 64, "bills.csv", synthetic=True)
    entities = [
        (
            of("firm"),
            "Company",
            {"name": "Comercializadora Halcón SA de CV", "country": "mx", "taxNumber": "CHA010101AA1"},
        ),
        (of("ana"), "Person", {"name": "Ana María López Peña", "birthDate": "1980-02-03"}),
        (of("listed"), "Company", {"name": LISTED}),
        (of("cleared"), "Company", {"name": CLEARED}),
        (of("twin"), "Company", {"name": "Comercializadora Alcón S.A. de C.V."}),
        (of("account"), "BankAccount", {"accountNumber": "0123456789", "bankName": "Banco del Norte"}),
        (of("phone"), "Phone", {"number": "+526561234567"}),
        (of("seizure"), "Seizure", {"seizureNumber": "D-1", "date": "2025-03-10", "commodity": "methamphetamine"}),
        (
            of("listing"),
            "Listing",
            {"program": "SAT 69-B", "status": "Definitivo", "standing": "listed", "date": "2024-05-01"},
        ),
        (of("clearing"), "Listing", {"program": "SAT 69-B", "status": "Sentencia Favorable", "standing": "cleared"}),
        *(
            (
                of(f"bill{n}"),
                "Consignment",
                {"billNumber": f"BOL{n:04d}", "date": f"2025-0{1 + n % 9}-15", "goods": "avocado"},
            )
            for n in range(12)
        ),
    ]
    links = [
        (of("l1"), "DIRECTS", of("ana"), of("firm"), {"role": "administradora única"}),
        (of("l2"), "HOLDS", of("firm"), of("account"), {}),
        (of("l3"), "HAS_PHONE", of("firm"), of("phone"), {}),
        (of("l4"), "HAS_PHONE", of("listed"), of("phone"), {}),
        (of("l5"), "LISTED", of("listed"), of("listing"), {}),
        (of("l6"), "LISTED", of("cleared"), of("clearing"), {}),
        (of("l7"), "SEIZED_FROM", of("seizure"), of("bill0"), {}),
        *((of(f"s{n}"), "SHIPPER", of("firm"), of(f"bill{n}"), {"date": f"2025-0{1 + n % 9}-15"}) for n in range(12)),
        *((of(f"c{n}"), "CONSIGNEE", of("cleared"), of(f"bill{n}"), {}) for n in range(4)),
        *(
            (
                of(f"p{n}"),
                "PAID",
                of("account"),
                of("listed"),
                {"date": f"2025-02-{n + 1:02d}", "amount": "9500", "currency": "USD"},
            )
            for n in range(7)
        ),
    ]
    rejects = pa.Table.from_pylist(
        [
            {
                "record": 23,
                "line": 24,
                "column": "date",
                "raw": "31/02/2025",
                "code": "bad_date",
                "en": "No such date.",
                "es": "No existe esa fecha.",
            }
        ],
        schema=REJECT_SCHEMA,
    )
    write(store, bills, entities, links, rejects)
    # a second file that disagrees
    write(
        store,
        Source("register", "b" * 64, "register.csv"),
        [(of("ana"), "Person", {"name": "Ana María López Peña", "birthDate": "1980-03-02"})],
        [],
    )
    store.save_findings("structuring", [finding()])
    store.save_suggestions(
        [
            Suggestion(
                of("firm"),
                of("twin"),
                0.91,
                Text("The names differ by one letter.", "Los nombres difieren en una letra."),
            )
        ]
    )


def ship_together(url: str) -> None:
    """Add four firms: two ship, each to the same two others; nobody ships between the first two."""
    names = ("north", "south", "east", "west")
    firms = [(of(n), "Company", {"name": f"{n} [x](http://evil.test)"}) for n in names]
    bills = [(of(f"way{n}"), "Consignment", {"billNumber": f"W{n}", "date": f"2025-0{1 + n}-01"}) for n in range(4)]
    roles = []
    pairs = (("north", "east"), ("north", "west"), ("south", "east"), ("south", "west"))
    for n, (shipper, consignee) in enumerate(pairs):
        roles += [(of(f"ws{n}"), "SHIPPER", of(shipper), of(f"way{n}"), {})]
        roles += [(of(f"wc{n}"), "CONSIGNEE", of(consignee), of(f"way{n}"), {})]
    store = open_store(url)
    write(store, Source("ways", "d" * 64, "ways.csv"), [*firms, *bills], roles)
    store.close()


def suspect(url: str, *ids: str) -> None:
    """A suspicious-activity report that alone calls these by a name; it is longer, and so comes before their own."""
    store = open_store(url)
    named: Entities = [(i, "LegalEntity", {"name": f"Suspect as only the report has it {i[:4]}"}) for i in ids]
    write(store, Source("reports", "e" * 64, "reports.csv", taint="sar"), named, [])
    store.close()


def finding() -> Finding:
    """Seven payments to one beneficiary."""
    return Finding(
        id="f" * 40,
        typology="structuring",
        version="1",
        score=0.87,
        entities=((of("listed"), "beneficiary"), (of("account"), "originator")),
        links=tuple(of(f"p{n}") for n in range(7)),
        window=("2025-02-01", "2025-02-07"),
        features={"deposits": {"value": 7, "peers": 1.2, "unit": "count"}},
        reason=Text(
            "7 deposits of 9,500 USD in 7 days, one beneficiary.",
            "7 depósitos de 9,500 USD en 7 días, un beneficiario.",
        ),
        lawful=(
            (Text("Takings of a shop.", "Ingresos de una tienda."), "tested"),
            (Text("Rent.", "Renta."), "not_testable"),
        ),
        settles=Text("The deposit slips.", "Las fichas de depósito."),
    )


def make(folder: Path, *, filled: bool = True) -> str:
    """A store in a folder; returns its address."""
    url = f"sqlite:///{folder / 'small.db'}"
    store = open_store(url)
    if filled:
        fill(store)
    store.close()
    return url
