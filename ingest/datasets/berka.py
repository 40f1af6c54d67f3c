"""The Berka data (PKDD 1999): accounts, clients and transactions of a Czech bank, 1993 to 1998, in eight tables.

Real and anonymised. Every table is a dataset of its own; ids carry the same prefix, so that they meet in any order.
"""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa

from vinculo.graph.text import Text
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.datasets import berka_rows as rows
from vinculo.ingest.datasets import payment_rules, payments
from vinculo.ingest.datasets import rules as r
from vinculo.ingest.datasets.berka_rows import MISSING, PREFIX
from vinculo.ingest.mapping import EntityRule, Key, LinkRule, Mapping, Value

_DATE = ("%y%m%d", "%y%m%d %H:%M:%S")


def _day(name: str) -> Value:
    return Value(columns=(name,), clean="date", formats=_DATE)


_ACCOUNT_KEY = Key(columns=("account key",), prefix="", literal="BankAccount")
_NAMED = {"accountNumber": r.column("account_id")}


def _account(properties: dict[str, Value] | None = None) -> EntityRule:
    return EntityRule("account", "BankAccount", _ACCOUNT_KEY, _NAMED | (properties or {}))


def _client(properties: dict[str, Value] | None = None) -> EntityRule:
    key = Key(columns=("client_id",), prefix=PREFIX, literal="client")
    return EntityRule("client", "Person", key, {"idNumber": r.column("client_id")} | (properties or {}))


def _disposition(properties: dict[str, Value] | None = None) -> EntityRule:
    key = Key(columns=("disp_id",), prefix=PREFIX, literal="disposition")
    return EntityRule("disposition", "UserAccount", key, {"username": r.column("disp_id")} | (properties or {}))


def _table(
    name: str,
    title: Text,
    description: Text,
    columns: tuple[str, ...],
    mappings: dict[str, Mapping],
    prepare: Callable[[pa.Table], dict[str, pa.Table]] | None,
    fill_rates: dict[str, float],
) -> Dataset:
    return Dataset(
        name=f"berka_{name}",
        title=title,
        description=description,
        publisher="P. Berka and M. Sochorova, PKDD'99 Discovery Challenge",
        licence="Free for research (as published)",
        url="https://sorry.vse.cz/~berka/challenge/pkdd1999/berka.htm",
        format="table",
        columns=columns,
        mappings=mappings,
        prepare=prepare,
        fill_rates=fill_rates,
    )


def _mapping(*entities: EntityRule, links: tuple[LinkRule, ...] = (), essential: tuple[str, ...] = ()) -> Mapping:
    return Mapping(entities, links, missing=MISSING, essential=essential)


_BORN = {"birthDate": r.column("born", "date"), "gender": r.column("sex"), "notes": r.column("district")}
_CARD = EntityRule(
    "card",
    "Asset",
    Key(columns=("card_id",), prefix=PREFIX, literal="card"),
    {"name": r.column("card"), "createdAt": _day("issued")},
)
_LOAN = EntityRule(
    "loan",
    "Contract",
    Key(columns=("loan_id",), prefix=PREFIX, literal="loan"),
    {
        "title": r.column("title"),
        "type": r.constant("loan"),
        "amount": r.column("amount", "amount"),
        "currency": r.column("currency"),
        "contractDate": _day("date"),
        "status": r.column("status"),
        "notes": r.column("terms"),
    },
)
_LENT = r.link("LINKED_TO", "account", "loan", {"role": r.constant("loan")})
_ORDER = {
    "role": r.constant("standing order"),
    "recordId": r.column("order_id"),
    "description": r.column("told"),
}
_OTHER = EntityRule(
    "other",
    "BankAccount",
    Key(columns=("other key",), prefix="", literal="BankAccount"),
    {"accountNumber": r.column("account_to"), "bankName": r.column("bank_to")},
)
_DISTRICT = EntityRule(
    "district",
    "Territory",
    Key(columns=("a1",), prefix=PREFIX, literal="district"),
    {
        "name": r.column("a2"),
        "territoryCode": r.column("a1"),
        "level": r.constant("district"),
        "country": r.constant("cz"),
        "notes": r.column("told"),
    },
)

DATASET = (
    _table(
        "account",
        Text("Berka: accounts", "Berka: cuentas"),
        Text("Accounts with the day they were opened.", "Cuentas con su fecha de apertura."),
        ("account_id", "district_id", "frequency", "date"),
        {"": _mapping(_account({"openingDate": _day("date"), "notes": Value(columns=("frequency", "district"))}))},
        rows.accounts,
        {": account_id": 0.9, ": date": 0.9},
    ),
    _table(
        "card",
        Text("Berka: cards", "Berka: tarjetas"),
        Text("Cards, each on a right to an account.", "Tarjetas, cada una sobre el derecho a una cuenta."),
        ("card_id", "disp_id", "type", "issued"),
        {"": _mapping(_CARD, _disposition(), links=(r.link("LINKED_TO", "card", "disposition", {"role": r.constant("card")}),))},
        rows.cards,
        {": card_id": 0.9, ": issued": 0.9},
    ),
    _table(
        "client",
        Text("Berka: clients", "Berka: clientes"),
        Text("Clients with birth and sex.", "Clientes con nacimiento y sexo."),
        ("client_id", "birth_number", "district_id"),
        {"": _mapping(_client(_BORN))},
        rows.clients,
        {": born": 0.9, ": sex": 0.9},
    ),
    _table(
        "disp",
        Text("Berka: rights to accounts", "Berka: derechos sobre cuentas"),
        Text("Who owns an account and who may use it.", "Quién es titular de una cuenta y quién puede usarla."),
        ("disp_id", "client_id", "account_id", "type"),
        {
            "": _mapping(
                _client(),
                _account(),
                _disposition({"service": r.column("type")}),
                links=(
                    r.link("HOLDS", "client", "account", {"role": r.column("type")}, record=("disp_id",)),
                    r.link("LINKED_TO", "client", "disposition", {"role": r.column("type")}),
                ),
            )
        },
        rows.rights,
        {": client_id": 0.9, ": account_id": 0.9, ": type": 0.9},
    ),
    _table(
        "district",
        Text("Berka: districts", "Berka: distritos"),
        Text("Districts with statistics, linked to nobody.", "Distritos con estadísticas, sin vínculos."),
        tuple(f"a{n}" for n in range(1, 17)),
        {"": _mapping(_DISTRICT)},
        rows.districts,
        {": a2": 0.9},
    ),
    _table(
        "loan",
        Text("Berka: loans", "Berka: préstamos"),
        Text("Loans on accounts and how they went.", "Préstamos sobre cuentas y cómo resultaron."),
        ("loan_id", "account_id", "date", "amount", "duration", "payments", "status"),
        {"": _mapping(_LOAN, _account(), links=(_LENT,), essential=("date", "amount"))},
        rows.loans,
        {": amount": 0.9, ": status": 0.9},
    ),
    _table(
        "order",
        Text("Berka: standing orders", "Berka: pagos programados"),
        Text("What an account is to pay to another, again and again.", "Lo que una cuenta debe pagar a otra cada cierto tiempo."),
        ("order_id", "account_id", "bank_to", "account_to", "amount", "k_symbol"),
        {"": _mapping(_account(), _OTHER, links=(r.link("LINKED_TO", "account", "other", _ORDER, record=("order_id",)),))},
        rows.orders,
        {": account_to": 0.9, ": amount": 0.9},
    ),
    _table(
        "trans",
        Text("Berka: transactions", "Berka: operaciones"),
        Text("Payments in and out of the accounts.", "Pagos que entran y salen de las cuentas."),
        ("trans_id", "account_id", "date", "type", "operation", "amount", "balance", "k_symbol", "bank", "account"),
        payment_rules.MAPPINGS,
        payments.prepared(rows.transactions, PREFIX),
        {"payments: amount": 0.9, "payments: date": 0.9},
    ),
)  # fmt: skip
