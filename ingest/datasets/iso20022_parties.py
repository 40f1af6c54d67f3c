"""Who stands in an ISO 20022 message: parties, their accounts and their banks, as the table of payments names them."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.ingest.datasets import columns as c

_PARTY = ("name", "phone", "mobile", "email", "lei", "born", "birthplace", "birth country")
#: What the issuer of a number says it is, where that is a tax number.
_TAX_SCHEMES = ("TXID", "TAX", "VAT", "RFC", "NIT", "CUIT", "CNPJ", "CPF")
_PLAIN_DAY = r"^(\d{4}-\d\d-\d\d)(?:Z|[+-]\d\d:\d\d)$"


def first_of(table: pa.Table, *names: str) -> pa.Array:
    """The first of these columns that has a text."""
    return pc.coalesce(*(c.texts(table, n) for n in names))


def day_of(values: pa.Array) -> pa.Array:
    """A day may carry a zone (xs:date); it is that day, wherever it was."""
    return pc.replace_substring_regex(values, _PLAIN_DAY, r"\1")


def party_of(table: pa.Table, role: str) -> Iterator[tuple[str, pa.Array]]:
    """The columns of a party as the payments table names them."""
    yield from ((name, c.texts(table, f"{role} {name}")) for name in _PARTY)
    yield "name", first_of(table, f"{role} name", f"{role} institution name")
    yield "country", first_of(table, f"{role} country", f"{role} residence", f"{role} institution country")
    house = c.joined([c.texts(table, f"{role} street"), c.texts(table, f"{role} building")], " ")
    yield "street", pc.coalesce(house, c.texts(table, f"{role} address"))
    lines = c.if_any(house, c.texts(table, f"{role} address"))
    yield "town", c.joined([*(c.texts(table, f"{role} {n}") for n in ("postcode", "town", "region")), lines])
    number, scheme = c.texts(table, f"{role} number"), c.texts(table, f"{role} scheme")
    is_tax = pc.is_in(pc.utf8_upper(scheme), value_set=pa.array(_TAX_SCHEMES))
    yield "tax", pc.coalesce(c.texts(table, f"{role} tax"), c.where(number, is_tax))
    yield "number", pc.coalesce(number, c.texts(table, f"{role} bic"))
    born = pc.is_valid(c.texts(table, f"{role} born"))
    yield "sort", c.where(pa.array(["Person"] * table.num_rows, pa.string()), born)


def account_of(table: pa.Table, role: str) -> pa.Array:
    """The number of an account as it stands: its IBAN, else any other."""
    return first_of(table, f"{role} iban", f"{role} number")


def agent_of(table: pa.Table, role: str) -> Iterator[tuple[str, pa.Array]]:
    """The columns of a bank as the payments table names them."""
    yield "bic", c.texts(table, f"{role} bic")
    yield "clearing", first_of(table, f"{role} clearing", f"{role} other")
    yield "bank", c.texts(table, f"{role} name")


def banks_said(table: pa.Table, *roles: str) -> pa.Array:
    """Banks on the way as texts: they pass on the money of everybody, and would join everybody as nodes."""
    return c.joined([c.joined([c.texts(table, f"{r} bic"), c.texts(table, f"{r} name")], " ") for r in roles], "; ")
