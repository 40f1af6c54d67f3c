"""The tables of the Berka data made ready for their mappings: births, sexes, ends of payments, statistics in words."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.ingest.datasets import columns as c
from vinculo.ingest.datasets import payments

PREFIX = "berka"
MISSING = ("?",)
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


def with_account_key(table: pa.Table) -> pa.Table:
    """Add what an account is known by: its number is the bank's own."""
    key = c.marked(f"in {PREFIX}|", c.texts(table, "account_id"))
    return c.with_columns(table, {"account key": key})


def accounts(table: pa.Table) -> dict[str, pa.Table]:
    """Accounts, with how often statements are made and the district of the branch."""
    return {
        "": c.with_columns(with_account_key(table), {"district": c.marked("district ", c.texts(table, "district_id"))})
    }


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
    told = [c.marked(f"{said}: ", c.without(c.texts(table, name), MISSING)) for name, said in _STATISTICS.items()]
    region = c.marked("region: ", c.texts(table, "a3"))
    return {"": c.with_columns(table, {"told": c.joined([region, *told], "; ")})}


def loans(table: pa.Table) -> dict[str, pa.Table]:
    """Loans as contracts on an account."""
    months = pc.binary_join_element_wise(
        c.texts(table, "duration"), pa.scalar("months, each"), c.texts(table, "payments"), " "
    )
    title = c.marked("loan ", c.texts(table, "loan_id"))
    return {
        "": c.with_columns(
            with_account_key(table), {"terms": months, "title": title, "currency": c.constant("CZK", title)}
        )
    }


def rights(table: pa.Table) -> dict[str, pa.Table]:
    """Who may use an account."""
    return {"": with_account_key(table)}


def orders(table: pa.Table) -> dict[str, pa.Table]:
    """Standing orders: what is to be paid again and again, no payment itself."""
    other = c.joined([c.alike(c.texts(table, "bank_to")), c.texts(table, "account_to")], "|")
    told = c.joined([c.marked("CZK ", c.texts(table, "amount")), c.texts(table, "k_symbol")])
    return {
        "": c.with_columns(
            with_account_key(table), {"other key": c.if_any(c.texts(table, "account_to"), other), "told": told}
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
