"""ICIJ's FinCEN Files: banks named in suspicious-activity reports, and sums paid between them.

The published bank ids do not join: originators and beneficiaries share seven. Banks are joined on name and country. A row is
an *aggregate* of payments between two dates; all facts carry the taint of suspicious-activity reports.
"""

from __future__ import annotations

import re
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.text import Text
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.datasets import columns as c
from vinculo.ingest.datasets import rules as r
from vinculo.ingest.mapping import EntityRule, Key, LinkRule, Mapping

_DATES = ("%b %d, %Y",)
_PREFIX = "fincen_files"


def bank_name_key(name: str) -> str:
    """A bank's name in the form in which the two sides are joined.

    Examples
    --------
    >>> bank_name_key("UniCredit Bank Austria Ag, ")
    'unicredit bank austria ag'
    """
    return re.sub(r"[\W_]+", " ", name.casefold()).strip()


def _bank_keys(table: pa.Table, name: str, iso: str) -> pa.Array:
    names = c.present(c.through(c.texts(table, name), bank_name_key))
    return pc.if_else(pc.is_valid(names), c.joined([names, pc.utf8_upper(c.texts(table, iso))], "|"), names)


def _bank(side: str, name: str, country: str, iso: str = "") -> EntityRule:
    properties = {"name": r.column(name)}
    if country:
        properties["country"] = r.column(country, "country")
    key = Key(columns=(f"{side} key",), prefix=_PREFIX, literal="bank")
    return EntityRule(side, "Company", key, properties)


def prepare_transactions(table: pa.Table) -> dict[str, pa.Table]:
    """Add the keys of both banks, and say who reported."""
    reported = c.joined([c.texts(table, "filer_org_name"), c.marked("SAR ", c.texts(table, "icij_sar_id"))], ", ")
    made = {
        "originator key": _bank_keys(table, "originator_bank", "originator_iso"),
        "beneficiary key": _bank_keys(table, "beneficiary_bank", "beneficiary_iso"),
        "reported": c.marked("Reported by ", reported),
        "currency": c.constant("USD", c.texts(table, "amount_transactions")),
    }
    return {"": c.with_columns(table, made)}


def prepare_connections(table: pa.Table) -> dict[str, pa.Table]:
    """Add the keys of the bank that reported and the one it named; the file does not say where the first is."""
    made = {
        "filer key": _bank_keys(table, "filer_org_name", ""),
        "named key": _bank_keys(table, "entity_b", "entity_b_iso_code"),
    }
    return {"": c.with_columns(table, made)}


def _transactions() -> Mapping:
    paid = LinkRule(
        "PAID",
        "originator",
        "beneficiary",
        Key(columns=("id",), prefix=_PREFIX, literal="PAID", needs=("id",)),
        {
            "date": r.column("begin_date", "date", formats=_DATES),
            "endDate": r.column("end_date", "date", formats=_DATES),
            "amount": r.column("amount_transactions", "amount"),
            "amountUsd": r.column("amount_transactions", "amount"),
            "currency": r.column("currency"),
            "count": r.column("number_transactions"),
            "recordId": r.column("icij_sar_id"),
            "transactionNumber": r.column("id"),
            "description": r.column("reported"),
        },
    )
    banks = (
        _bank("originator", "originator_bank", "originator_bank_country"),
        _bank("beneficiary", "beneficiary_bank", "beneficiary_bank_country"),
    )
    return Mapping(banks, (paid,), essential=("amount_transactions",))


def _connections() -> Mapping:
    banks = (_bank("filer", "filer_org_name", ""), _bank("named", "entity_b", "entity_b_country"))
    role = {"role": r.constant("named in a report of suspicious activity"), "recordId": r.column("icij_sar_id")}
    return Mapping(banks, (r.link("LINKED_TO", "filer", "named", role, ("icij_sar_id",)),))


_ABOUT: dict[str, Any] = {
    "publisher": "International Consortium of Investigative Journalists (ICIJ)",
    "licence": "Open Database License (ODbL); contents CC BY-SA",
    "url": "https://www.icij.org/investigations/fincen-files/download-fincen-files-transaction-data/",
}
DATASET = (
    Dataset(
        name="fincen_files",
        title=Text("FinCEN Files: payments between banks", "FinCEN Files: pagos entre bancos"),
        description=Text(
            "Sums that banks reported as suspicious, from bank to bank, with number of payments and first and last day.",
            "Sumas que los bancos reportaron como inusuales, de banco a banco, con número de pagos y primer y último día.",
        ),
        format="table",
        columns=(
            "id", "icij_sar_id", "filer_org_name", "begin_date", "end_date", "originator_bank", "originator_iso",
            "beneficiary_bank", "beneficiary_iso", "amount_transactions",
        ),
        optional=(
            "filer_org_name_id", "originator_bank_id", "originator_bank_country", "beneficiary_bank_id",
            "beneficiary_bank_country", "number_transactions",
        ),
        mappings={"": _transactions()},
        prepare=prepare_transactions,
        suspicious_activity=True,
        # 4,507 are published
        minimum_records=2_700,
        fill_rates={": originator key": 0.9, ": beneficiary key": 0.9, ": amount_transactions": 0.9},
        **_ABOUT,
    ),
    Dataset(
        name="fincen_connections",
        title=Text("FinCEN Files: banks named in reports", "FinCEN Files: bancos mencionados en reportes"),
        description=Text(
            "Which bank named which other in a report of suspicious activity.",
            "Qué banco mencionó a cuál otro en un reporte de operaciones inusuales.",
        ),
        format="table",
        columns=("icij_sar_id", "filer_org_name", "entity_b", "entity_b_country", "entity_b_iso_code"),
        optional=("filer_org_name_id", "entity_b_id"),
        mappings={"": _connections()},
        prepare=prepare_connections,
        suspicious_activity=True,
        # 5,498 are published
        minimum_records=3_300,
        fill_rates={": filer key": 0.9, ": named key": 0.9},
        **_ABOUT,
    ),
)  # fmt: skip
