"""Mexican customs declarations (pedimentos) as brokers send them to SAAI M3.

A pedimento is known by year, customs office, patente and number, fifteen digits: the text file gives seven of them and the
rest elsewhere, invoices write them with spaces (``26  40  3999  6000001``).
"""

from __future__ import annotations

import re
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.text import Text
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.datasets import columns as c
from vinculo.ingest.datasets import rules as r
from vinculo.ingest.datasets.invoices import INVOICE, folio_fiscal, invoice_key
from vinculo.ingest.datasets.quantities import as_written
from vinculo.ingest.mapping import EntityRule, Key, LinkRule, Mapping, Value
from vinculo.ingest.trees import Branch, branched

#: The consignment of a pedimento, in whatever dataset it is named (:func:`pedimento_key`).
PEDIMENTO = Key(columns=("pedimento key",), prefix="", literal="Pedimento")
_SUPPLIER = {
    "date": "2", "invoice": "3", "incoterm": "4", "currency": "5", "amount": "6", "amount usd": "7", "country": "8",
    "state": "9", "tax": "10", "name": "11", "street": "12", "inside": "13", "outside": "14", "postcode": "15", "town": "16",
}  # fmt: skip
_HEAD = {
    "patente": "501/1", "number": "501/2", "office": "501/3", "operation": "501/4", "regime": "501/5", "rfc": "501/8",
    "weight": "501/16", "name": "501/21", "street": "501/22", "inside": "501/23", "outside": "501/24", "postcode": "501/25",
    "town": "501/26", "state": "501/27", "country": "501/28", "kinds of dates": "506/2[]", "dates": "506/3[]",
    "remarks": "511/3[]", "hs codes": "551/2[]", "goods": "551/5[]", "customs values": "551/7[]",
}  # fmt: skip
_LINE = {
    "hs code": "2", "place": "3", "nico": "4", "customs value": "7", "usd": "9", "quantity": "10", "unit": "11",
    "origin": "20", "seller": "21", "details": "558/4[]",
}  # fmt: skip
_branches = branched(
    {
        "pedimentos": Branch("", {f"head {name}": path for name, path in _HEAD.items()}),
        "suppliers": Branch("505", _SUPPLIER),
        "lines": Branch("551", _LINE),
    }
)
_SPACES, _FIFTEEN, _YEAR = re.compile(r"[\s-]+"), re.compile(r"[0-9]{15}"), re.compile(r"[0-9]{4}")
_SEVEN, _EIGHT, _PESOS = re.compile(r"[0-9]{7}"), re.compile(r"[0-9]{8}"), re.compile(r"[0-9]+(\.[0-9]+)?")
IMPORT, EXPORT = "1", "2"


def pedimento_key(text: str) -> str | None:
    """Fifteen digits of a pedimento's number in full, however it is spaced; ``None`` for anything else.

    Examples
    --------
    >>> pedimento_key("26  40  3999  6000001"), pedimento_key("6000001")
    ('264039996000001', None)
    """
    digits = _SPACES.sub("", text)
    return digits if _FIFTEEN.fullmatch(digits) else None


def _full_number(patente: str | None, number: str | None, office: str | None, year: str) -> str | None:
    """``YY  AA  PPPP  NNNNNNN``. The number begins with the last digit of its year, which may be before that of payment."""
    if not (patente and number and office and _YEAR.fullmatch(year) and _SEVEN.fullmatch(number)):
        return None
    told = int(year) - (int(year) - int(number[0])) % 10
    return f"{told % 100:02}  {office.zfill(3)[:2]}  {patente.zfill(4)}  {number}"


def _day(text: str) -> str:
    """``24072026`` as 2026-07-24; anything else as it stands."""
    return f"{text[4:]}-{text[2:4]}-{text[:2]}" if _EIGHT.fullmatch(text) else text


def _identified(table: pa.Table) -> pa.Table:
    """Add the pedimento's number in full, its key, its dates: of payment (2), else of entry (1)."""
    numbers, dates = [], []
    names = ("head patente", "head number", "head office", "head kinds of dates", "head dates")
    for patente, number, office, kinds, days in zip(*(table.column(n).to_pylist() for n in names), strict=True):
        by_kind = dict(zip(reversed(kinds or []), reversed(days or []), strict=False))
        date = _day(by_kind.get("2") or by_kind.get("1") or next(iter(days or []), ""))
        dates.append(date or None)
        numbers.append(_full_number(patente, number, office, date[:4]))
    full = pa.array(numbers, pa.string())
    return c.with_columns(
        table,
        {
            "pedimento": full,
            "pedimento key": c.through(full, pedimento_key),
            "date": pa.array(dates, pa.string()),
        },
    )


def _total(values: list[str] | None) -> str | None:
    """Sum of the customs values of the lines, in pesos; nothing where one of them is no number."""
    if not values or not all(_PESOS.fullmatch(v) for v in values):
        return None
    return str(sum(Decimal(v) for v in values))


def _pedimentos(table: pa.Table) -> pa.Table:
    table = _identified(table)
    table = r.add_party(
        table,
        "trader",
        name="head name",
        tax_id="head rfc",
        country="head country",
        street=tuple(f"head {n}" for n in ("street", "outside", "inside", "postcode", "town", "state")),
    )
    table = r.add_place(table, "office", "no name", "head office")
    patente = c.texts(table, "head patente")
    joined = pa.array([" ".join(t) if t else None for t in table.column("head remarks").to_pylist()], pa.string())
    sums = pa.array([_total(v) for v in table.column("head customs values").to_pylist()], pa.string())
    return c.with_columns(
        table,
        {
            "remarks": joined,
            "value": sums,
            "weight text": as_written(c.texts(table, "head weight")),
            "currency": c.constant("MXN", sums),
            "broker name": c.marked("Patente ", patente),
            "broker type": c.constant("PATENTE", patente),
            "broker country": c.constant("mx", patente),
            "regime told": c.marked("clave de pedimento: ", c.texts(table, "head regime")),
        },
    )


def _headed(table: pa.Table, heads: pa.Table) -> pa.Table:
    """Add what tells the pedimento of each row; ``heads`` has one row for each record."""
    at = pc.index_in(table.column("record").combine_chunks(), value_set=heads.column("record").combine_chunks())
    names = ("head operation", "pedimento", "pedimento key", "date")
    return c.with_columns(table, {name: c.texts(heads, name).take(at) for name in names})


def _suppliers(table: pa.Table, heads: pa.Table) -> pa.Table:
    table = _headed(table, heads)
    street = ("street", "outside", "inside", "postcode", "town", "state")
    table = r.add_party(table, "supplier", name="name", tax_id="tax", country="country", street=street)
    dates = c.through(c.texts(table, "date_505"), _day)
    incoterm = c.marked("incoterm: ", c.texts(table, "incoterm"))
    usd = c.marked("USD ", c.texts(table, "amount usd"))
    number = c.texts(table, "invoice")
    described = c.joined([dates, c.texts(table, "amount"), c.texts(table, "supplier name")], "|")
    here = c.joined([c.texts(table, "pedimento key"), pc.coalesce(number, described)], "|")
    return c.with_columns(
        table,
        {
            "invoice date": dates,
            "invoice told": c.listed([incoterm, usd, r.unnamed(table, {"supplier": "supplier"})]),
            "invoice number": pc.coalesce(c.through(number, folio_fiscal), number),
            "invoice key": pc.coalesce(c.through(number, invoice_key), c.marked("pedimento|", here)),
        },
    )


def _lines(table: pa.Table, heads: pa.Table) -> pa.Table:
    table = _headed(table, heads)
    parts = (
        ("line ", "place"), ("", "hs code"), ("NICO ", "nico"), ("quantity ", "quantity"), ("unit ", "unit"),
        ("customs value MXN ", "customs value"), ("USD ", "usd"), ("origin ", "origin"), ("seller's country ", "seller"),
    )  # fmt: skip
    told = c.joined([c.marked(before, c.texts(table, name)) for before, name in parts], "; ")
    return c.with_columns(table, {"line told": told})


def prepare(table: pa.Table) -> dict[str, pa.Table]:
    """Pedimentos, the other side of the trade with its invoice, and tariff lines."""
    made = _branches(table)
    suppliers = made["suppliers"].rename_columns(
        ["date_505" if name == "date" else name for name in made["suppliers"].column_names]
    )
    heads = _pedimentos(made["pedimentos"])
    return {"": heads, "suppliers": _suppliers(suppliers, heads), "lines": _lines(made["lines"], heads)}


def consignment_rule(properties: dict[str, Value] | None = None) -> EntityRule:
    """The consignment of a pedimento, by the columns ``pedimento key`` and ``pedimento``."""
    return EntityRule(
        "consignment", "Consignment", PEDIMENTO, {"billNumber": r.column("pedimento"), **(properties or {})}
    )


def _sided(role: str, when_import: str, when_export: str) -> tuple[LinkRule, ...]:
    """The same party is consignee of an import and shipper of an export."""
    date = {"date": r.column("date")}
    return tuple(
        LinkRule(kind, role, "consignment", Key(literal=kind), date, where={"head operation": (operation,)})
        for kind, operation in ((when_import, IMPORT), (when_export, EXPORT))
    )


def _head_mapping() -> Mapping:
    consignment = consignment_rule(
        {
            "date": r.column("date"),
            "description": r.column("remarks"),
            "goods": r.column("head goods"),
            "hsCode": r.column("head hs codes"),
            "grossWeightKg": r.column("head weight"),
            "grossWeightText": r.column("weight text"),
            "declaredValue": r.column("value", "amount"),
            "currency": r.column("currency"),
            "notes": Value(columns=("regime told", "trader nobody")),
        }
    )
    broker = EntityRule(
        "broker",
        "LegalEntity",
        Key(columns=("head patente",), literal="patente"),
        {"name": r.column("broker name"), "country": r.column("broker country")},
    )
    number = r.identifier_rule("broker number", "broker type", "head patente", "broker country")
    entities, links = r.party_rules("trader")
    date = {"date": r.column("date")}
    office = tuple(
        LinkRule(kind, "consignment", "office", Key(literal=kind), date, where={"head operation": (operation,)})
        for kind, operation in (("UNLADEN_AT", IMPORT), ("LADEN_AT", EXPORT))
    )
    more = (
        *_sided("trader", "CONSIGNEE", "SHIPPER"),
        *office,
        r.link("DECLARANT", "broker", "consignment", date | {"summary": r.constant("agente aduanal")}),
        r.link("HAS_IDENTIFIER", "broker", "broker number"),
    )
    return Mapping(
        (consignment, broker, number, r.place_rule("office"), *entities), (*links, *more), essential=("pedimento key",)
    )


def _supplier_mapping() -> Mapping:
    invoice = EntityRule(
        "invoice",
        "Invoice",
        INVOICE,
        {
            "number": r.column("invoice number"),
            "date": r.column("invoice date"),
            "amount": r.column("amount", "amount"),
            "currency": r.column("currency"),
            "notes": r.column("invoice told"),
        },
    )
    entities, links = r.party_rules("supplier")
    more = (
        *_sided("supplier", "SHIPPER", "CONSIGNEE"),
        r.link("INVOICED", "invoice", "consignment", {"date": r.column("invoice date")}),
    )
    return Mapping((consignment_rule(), invoice, *entities), (*links, *more))


DATASET = Dataset(
    name="mx_pedimento",
    title=Text("Pedimentos (Mexico, SAAI M3)", "Pedimentos (México, SAAI M3)"),
    description=Text(
        "Mexican customs declarations with importer, supplier, invoices, customs broker and tariff lines.",
        "Pedimentos con importador, proveedor, facturas, agente aduanal y partidas.",
    ),
    publisher="Customs brokers; the layout is that of Mexico's customs (ANAM, SAT)",
    licence="As the broker or authority that gave the file says",
    url="https://www.anam.gob.mx",
    format="saai_m3",
    columns=("SAAI M3",),
    mappings={
        "": _head_mapping(),
        "suppliers": _supplier_mapping(),
        "lines": Mapping((consignment_rule({"notes": r.column("line told")}),)),
    },
    prepare=prepare,
    fill_rates={": pedimento key": 0.5, "lines: hs code": 0.5},
)
