"""Transfers between accounts in a plain template, and the layouts of published synthetic data sets.

Who pays: the originator's account; without one the originator by name; without either the place (cash at a counter). The
same on the other side. A record that leaves one end open is rejected: a payment from nobody is no payment.
"""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.text import Text
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.datasets import columns as c
from vinculo.ingest.datasets import rules as r
from vinculo.ingest.datasets.accounts import account_keys
from vinculo.ingest.mapping import EntityRule, Key, LinkRule, Mapping

ENDS = ("account", "party", "place")
SIDES = ("originator", "beneficiary")
#: How published files write currencies and means of payment.
CURRENCIES = {
    "us dollar": "USD", "us dollars": "USD", "dollar": "USD", "uk pounds": "GBP", "uk pound": "GBP", "euro": "EUR",
    "yuan": "CNY", "yen": "JPY", "ruble": "RUB", "rupee": "INR", "indian rupee": "INR", "swiss franc": "CHF",
    "canadian dollar": "CAD", "australian dollar": "AUD", "mexican peso": "MXN", "mexican pesos": "MXN", "peso": "MXN",
    "brazil real": "BRL", "saudi riyal": "SAR", "shekel": "ILS", "bitcoin": "XBT", "turkish lira": "TRY", "dirham": "AED",
    "moroccan dirham": "MAD", "naira": "NGN", "pakistani rupee": "PKR", "albanian lek": "ALL",
}  # fmt: skip
METHODS = {
    "cash out": "cash_withdrawal",
    "cash in": "cash_deposit",
    "cash withdrawal": "cash_withdrawal",
    "cash deposit": "cash_deposit",
    "cash": "cash",
    "wire transfer": "wire",
    "wire": "wire",
    "cross border": "wire",
    "transfer": "internal",
    "payment": "card",
    "debit": "card",
    "debit card": "card",
    "credit card": "card",
    "cheque": "check",
    "check": "check",
    "ach": "ach",
    "reinvestment": "internal",
}


def prepare(table: pa.Table, scope: str = "transfers") -> dict[str, pa.Table]:
    """Add keys, and put records with the same kinds of ends into one table each.

    An account number without its bank says little: it is the same account only within ``scope``, its own dataset.
    """
    read = table.column_names
    for side in SIDES:
        table = r.add_party(table, side, name=f"{side}_name", tax_id=f"{side}_tax_id", country=f"{side}_country")
        table = _add_account(table, side, scope)
    table = r.add_place(table, "place", "place")
    for name in ("currency", "currency_received"):
        code = c.present(pc.utf8_upper(c.renamed(c.texts(table, name), CURRENCIES)))
        table = c.with_columns(table, {name: code})
    table = c.with_columns(table, {"nobody": r.unnamed(table, {s: f"{s}_name" for s in SIDES})})
    ends = [_end(table, side) for side in SIDES]
    known = pc.is_valid(c.texts(table, "transfer_id"))
    way = pc.if_else(known, pc.binary_join_element_wise(*ends, " to "), pa.scalar(None, pa.string()))
    way = pc.if_else(pc.is_in(way, value_set=pa.array(list(MAPPINGS))), way, pa.scalar("open"))
    found = {name: table.filter(pc.equal(way, name)) for name in pc.unique(way).to_pylist()}
    return {name: rows.select(read) if name == "open" else rows for name, rows in found.items()}


def _add_account(table: pa.Table, side: str, scope: str) -> pa.Table:
    bank = c.alike(c.texts(table, f"{side}_bank"))
    key = account_keys(c.texts(table, f"{side}_account"), bank, scope)
    return c.with_columns(table, {f"{side} account key": key, f"{side} bank key": bank})


def _end(table: pa.Table, side: str) -> pa.Array:
    account, party, place = (c.texts(table, f"{name} key") for name in (f"{side} account", side, "place"))
    return pc.coalesce(c.constant("account", account), c.constant("party", party), c.constant("place", place))


def _mapping(ends: tuple[str, str]) -> Mapping:
    rules = [_side_rules(side, end) for side, end in zip(SIDES, ends, strict=True)]
    places = (r.place_rule("place"),) if "place" in ends else ()
    names = [
        end if end == "place" else side if end == "party" else f"{side} account"
        for side, end in zip(SIDES, ends, strict=True)
    ]
    paid = LinkRule(
        "PAID",
        names[0],
        names[1],
        Key(columns=("transfer_id",), literal="PAID"),
        {
            "date": r.column("date"),
            "amount": r.column("amount", "amount"),
            "currency": r.column("currency"),
            "amountUsd": r.column("amount_usd", "amount"),
            "receivedAmount": r.column("amount_received", "amount"),
            "receivedCurrency": r.column("currency_received"),
            "method": r.column("type"),
            "place": r.column("place"),
            "placeRegion": r.column("place_region"),
            "purpose": r.column("purpose"),
            "summary": r.column("nobody"),
            "transactionNumber": r.column("transfer_id"),
        },
    )
    entities, links = r.put_together(*rules)
    return Mapping((*entities, *places), (*links, paid), essential=("date", "amount"))


def _side_rules(side: str, end: str) -> r.Rules:
    parties = r.party_rules(side)
    if end != "account":
        return parties
    account = EntityRule(
        f"{side} account",
        "BankAccount",
        Key(columns=(f"{side} account key",), prefix="", literal="BankAccount"),
        {
            "accountNumber": r.column(f"{side}_account"),
            "bankName": r.column(f"{side}_bank"),
            "country": r.column(f"{side}_country"),
        },
    )
    bank = EntityRule(
        f"{side} bank",
        "Company",
        Key(columns=(f"{side} bank key",), literal="bank"),
        {"name": r.column(f"{side}_bank")},
    )
    links = (r.link("HOLDS", side, f"{side} account"), r.link("HELD_AT", f"{side} account", f"{side} bank"))
    return r.put_together(parties, ((account, bank), links))


#: A mapping for each pair of ends; ``open`` takes records with an open end, and makes nothing of them.
MAPPINGS = {f"{a} to {b}": _mapping((a, b)) for a in ENDS for b in ENDS} | {"open": Mapping(())}
#: Of users' files, which may be short: half of what must be there tells a layout that was misread.
FILLED = {f"{table}: {column}": 0.5 for table in MAPPINGS if table != "open" for column in ("date", "amount")}


def layout(
    name: str,
    title: Text,
    description: Text,
    columns: tuple[str, ...],
    change: Callable[[pa.Table], pa.Table],
    *,
    publisher: str = "",
    licence: str = "",
    url: str = "",
    optional: tuple[str, ...] = (),
    aliases: dict[str, str] | None = None,
    scope: str = "",
) -> Dataset:
    """A simulator's dataset, whose columns ``change`` turns into those of the template."""
    return Dataset(
        synthetic=True,
        name=name,
        title=title,
        description=description,
        publisher=publisher,
        licence=licence,
        url=url,
        format="table",
        columns=columns,
        optional=optional,
        aliases=aliases or {},
        mappings=MAPPINGS,
        prepare=lambda table: prepare(change(table), scope or name),
        fill_rates=FILLED,
    )


OPTIONAL = (
    "amount_usd", "amount_received", "currency_received", "type",
    "originator_account", "originator_name", "originator_tax_id", "originator_bank", "originator_country",
    "beneficiary_account", "beneficiary_name", "beneficiary_tax_id", "beneficiary_bank", "beneficiary_country", "place",
    "place_region", "purpose",
)  # fmt: skip
DATASET = Dataset(
    name="transfers",
    title=Text("Transfers (template)", "Transferencias (plantilla)"),
    description=Text(
        "Payments between accounts, parties and counters, one row each.",
        "Pagos entre cuentas, personas y ventanillas; una fila por operación.",
    ),
    publisher="",
    licence="",
    format="table",
    columns=("transfer_id", "date", "amount", "currency"),
    optional=OPTIONAL,
    aliases={
        "numero de operacion": "transfer_id",
        "fecha": "date",
        "monto": "amount",
        "importe": "amount",
        "moneda": "currency",
        "cuenta ordenante": "originator_account",
        "ordenante": "originator_name",
        "banco ordenante": "originator_bank",
        "cuenta beneficiaria": "beneficiary_account",
        "cuenta beneficiario": "beneficiary_account",
        "beneficiario": "beneficiary_name",
        "banco beneficiario": "beneficiary_bank",
        "lugar": "place",
        "concepto": "purpose",
    },
    mappings=MAPPINGS,
    prepare=prepare,
    summed=("amount", "currency", "amount_usd", "amount_received", "currency_received"),
    fill_rates=FILLED,
)
