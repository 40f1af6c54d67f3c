"""The Berka data (PKDD 1999): accounts, clients and transactions of a Czech bank, 1993 to 1998, in eight tables.

Real and anonymised. Every table is a dataset of its own; ids carry the same prefix, so that they meet in any order.
"""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.text import Text
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.datasets import columns as c
from vinculo.ingest.datasets import payment_rules, payments
from vinculo.ingest.datasets import rules as r
from vinculo.ingest.mapping import EntityRule, Key, LinkRule, Mapping, Value

_PREFIX = "berka"
_MISSING = ("?",)
_DATE = ("%y%m%d", "%y%m%d %H:%M:%S")
#: ``operation`` and ``k_symbol``: how money moved.
_METHODS = {
    "vklad": "cash_deposit",
    "vyber": "cash_withdrawal",
    "vyber kartou": "cash_withdrawal",
    "prevod z uctu": "wire",
    "prevod na ucet": "wire",
}
_STATISTICS = {
    "a4": "inhabitants", "a5": "towns below 500", "a6": "towns to 2,000", "a7": "towns to 10,000", "a8": "towns above 10,000",
    "a9": "cities", "a10": "urban %", "a11": "average salary", "a12": "unemployment 1995 %", "a13": "unemployment 1996 %",
    "a14": "entrepreneurs per 1,000", "a15": "crimes 1995", "a16": "crimes 1996",
}  # fmt: skip


def _day(name: str) -> Value:
    return Value(columns=(name,), clean="date", formats=_DATE)


def _account_key(table: pa.Table) -> pa.Table:
    key = c.marked(f"in {_PREFIX}|", c.texts(table, "account_id"))
    return c.with_columns(table, {"account key": key})


_ACCOUNT_KEY = Key(columns=("account key",), prefix="", literal="BankAccount")
_NAMED = {"accountNumber": r.column("account_id")}


def _account(properties: dict[str, Value] | None = None) -> EntityRule:
    return EntityRule("account", "BankAccount", _ACCOUNT_KEY, _NAMED | (properties or {}))


def _client(properties: dict[str, Value] | None = None) -> EntityRule:
    key = Key(columns=("client_id",), prefix=_PREFIX, literal="client")
    return EntityRule("client", "Person", key, {"idNumber": r.column("client_id")} | (properties or {}))


def _disposition(properties: dict[str, Value] | None = None) -> EntityRule:
    key = Key(columns=("disp_id",), prefix=_PREFIX, literal="disposition")
    return EntityRule("disposition", "UserAccount", key, {"username": r.column("disp_id")} | (properties or {}))


def accounts(table: pa.Table) -> dict[str, pa.Table]:
    """Accounts, with how often statements are made and the district of the branch."""
    return {"": c.with_columns(_account_key(table), {"district": c.marked("district ", c.texts(table, "district_id"))})}


def clients(table: pa.Table) -> dict[str, pa.Table]:
    """Clients. The birth number is ``YYMMDD``, all in the 1900s; women have 50 added to the month.

    Examples
    --------
    >>> made = clients(pa.table({"client_id": ["1", "2"], "birth_number": ["706213", "450204"], "district_id": ["18", "1"]}))[""]
    >>> made.column("born").to_pylist(), made.column("sex").to_pylist()
    (['1970-12-13', '1945-02-04'], ['female', 'male'])
    """
    number = c.texts(table, "birth_number")
    parts = pc.extract_regex(number, r"^(?P<y>\d\d)(?P<m>\d\d)(?P<d>\d\d)$")
    year, month, day = (pc.struct_field(parts, n) for n in "ymd")
    woman = pc.greater(pc.cast(month, pa.int64()), 50)
    plain = pc.cast(
        pc.if_else(woman, pc.subtract(pc.cast(month, pa.int64()), 50), pc.cast(month, pa.int64())), pa.string()
    )
    born = pc.binary_join_element_wise(c.marked("19", year), pc.utf8_lpad(plain, 2, "0"), day, "-")
    made = {
        # what is no birth number stays, to be kept as unreadable
        "born": pc.coalesce(born, number),
        "sex": pc.if_else(woman, pa.scalar("female"), pa.scalar("male")),
        "district": c.marked("district ", c.texts(table, "district_id")),
    }
    return {"": c.with_columns(table, made)}


def cards(table: pa.Table) -> dict[str, pa.Table]:
    """Cards; known by their number and kind."""
    name = c.joined([c.texts(table, "type"), c.marked("card ", c.texts(table, "card_id"))], " ")
    return {"": c.with_columns(table, {"card": name})}


def districts(table: pa.Table) -> dict[str, pa.Table]:
    """Districts with their statistics in words: context, no part of anybody's network."""
    told = [c.marked(f"{said}: ", c.without(c.texts(table, name), _MISSING)) for name, said in _STATISTICS.items()]
    region = c.marked("region: ", c.texts(table, "a3"))
    return {"": c.with_columns(table, {"told": c.joined([region, *told], "; ")})}


def loans(table: pa.Table) -> dict[str, pa.Table]:
    """Loans as contracts on an account."""
    months = pc.binary_join_element_wise(
        c.texts(table, "duration"), pa.scalar("months, each"), c.texts(table, "payments"), " "
    )
    title = c.marked("loan ", c.texts(table, "loan_id"))
    return {
        "": c.with_columns(_account_key(table), {"terms": months, "title": title, "currency": c.constant("CZK", title)})
    }


def orders(table: pa.Table) -> dict[str, pa.Table]:
    """Standing orders: what is to be paid again and again, no payment itself."""
    other = c.joined([c.alike(c.texts(table, "bank_to")), c.texts(table, "account_to")], "|")
    told = c.joined([c.marked("CZK ", c.texts(table, "amount")), c.texts(table, "k_symbol")])
    return {
        "": c.with_columns(
            _account_key(table), {"other key": c.if_any(c.texts(table, "account_to"), other), "told": told}
        )
    }


def transactions(table: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Transactions as payments between the account and its partner, or somebody."""
    kind = c.texts(table, "type")
    comes = pc.equal(kind, "PRIJEM")
    own, nothing = c.texts(table, "account_id"), pa.nulls(table.num_rows, pa.string())
    bank, other = c.texts(table, "bank"), c.without(c.texts(table, "account"), ("0",))
    number = c.texts(table, "trans_id")
    symbol = c.texts(table, "k_symbol")
    method = c.renamed(c.texts(table, "operation"), _METHODS)
    made = {
        "originator account": pc.if_else(comes, other, own),
        "originator bank": pc.if_else(comes, bank, nothing),
        "beneficiary account": pc.if_else(comes, own, other),
        "beneficiary bank": pc.if_else(comes, nothing, bank),
        "amount": c.texts(table, "amount"),
        "currency": c.constant("CZK", number),
        "date": pc.replace_substring_regex(c.texts(table, "date"), r"^(\d\d)(\d\d)(\d\d)$", r"19\1-\2-\3"),
        "reference": number,
        "transaction number": number,
        "method": c.where(method, pc.is_in(method, value_set=pa.array(sorted(set(_METHODS.values()))))),
        "transaction type": c.joined([kind, c.texts(table, "operation")], " "),
        "purpose": symbol,
        "description": c.marked("balance after: ", c.texts(table, "balance")),
    }
    paid = pa.table({**made, "record": table.column("record"), "line": table.column("line")})
    return paid, payments.renamed(table.slice(0, 0), {"owner account": ""})


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
    return Mapping(entities, links, missing=_MISSING, essential=essential)


_BORN = {"birthDate": r.column("born", "date"), "gender": r.column("sex"), "notes": r.column("district")}
_CARD = EntityRule(
    "card",
    "Asset",
    Key(columns=("card_id",), prefix=_PREFIX, literal="card"),
    {"name": r.column("card"), "createdAt": _day("issued")},
)
_LOAN = EntityRule(
    "loan",
    "Contract",
    Key(columns=("loan_id",), prefix=_PREFIX, literal="loan"),
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
    Key(columns=("a1",), prefix=_PREFIX, literal="district"),
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
        accounts,
        {": account_id": 0.9, ": date": 0.9},
    ),
    _table(
        "card",
        Text("Berka: cards", "Berka: tarjetas"),
        Text("Cards, each on a right to an account.", "Tarjetas, cada una sobre el derecho a una cuenta."),
        ("card_id", "disp_id", "type", "issued"),
        {"": _mapping(_CARD, _disposition(), links=(r.link("LINKED_TO", "card", "disposition", {"role": r.constant("card")}),))},
        cards,
        {": card_id": 0.9, ": issued": 0.9},
    ),
    _table(
        "client",
        Text("Berka: clients", "Berka: clientes"),
        Text("Clients with birth and sex.", "Clientes con nacimiento y sexo."),
        ("client_id", "birth_number", "district_id"),
        {"": _mapping(_client(_BORN))},
        clients,
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
        lambda table: {"": _account_key(table)},
        {": client_id": 0.9, ": account_id": 0.9, ": type": 0.9},
    ),
    _table(
        "district",
        Text("Berka: districts", "Berka: distritos"),
        Text("Districts with statistics, linked to nobody.", "Distritos con estadísticas, sin vínculos."),
        tuple(f"a{n}" for n in range(1, 17)),
        {"": _mapping(_DISTRICT)},
        districts,
        {": a2": 0.9},
    ),
    _table(
        "loan",
        Text("Berka: loans", "Berka: préstamos"),
        Text("Loans on accounts and how they went.", "Préstamos sobre cuentas y cómo resultaron."),
        ("loan_id", "account_id", "date", "amount", "duration", "payments", "status"),
        {"": _mapping(_LOAN, _account(), links=(_LENT,), essential=("date", "amount"))},
        loans,
        {": amount": 0.9, ": status": 0.9},
    ),
    _table(
        "order",
        Text("Berka: standing orders", "Berka: órdenes permanentes"),
        Text("What an account is to pay to another, again and again.", "Lo que una cuenta ha de pagar a otra una y otra vez."),
        ("order_id", "account_id", "bank_to", "account_to", "amount", "k_symbol"),
        {"": _mapping(_account(), _OTHER, links=(r.link("LINKED_TO", "account", "other", _ORDER, record=("order_id",)),))},
        orders,
        {": account_to": 0.9, ": amount": 0.9},
    ),
    _table(
        "trans",
        Text("Berka: transactions", "Berka: operaciones"),
        Text("Payments in and out of the accounts.", "Pagos que entran y salen de las cuentas."),
        ("trans_id", "account_id", "date", "type", "operation", "amount", "balance", "k_symbol", "bank", "account"),
        payment_rules.MAPPINGS,
        payments.prepared(transactions, _PREFIX),
        {"payments: amount": 0.9, "payments: date": 0.9},
    ),
)  # fmt: skip
