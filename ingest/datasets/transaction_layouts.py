"""Layouts of published synthetic transaction data, read as transfers. Labels of what is illicit in them are not loaded.

None of these files numbers its transfers (but AMLSim's): a transfer is known by its whole row.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.text import Text
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.datasets import columns as c
from vinculo.ingest.datasets import rules as r
from vinculo.ingest.datasets import transfers
from vinculo.ingest.mapping import EntityRule, Key, Mapping

_OUTSIDE = r"^EXT_(SINK|SOURCE)$"


def _renamed(table: pa.Table, names: dict[str, str]) -> pa.Table:
    return c.with_columns(table, {new: c.texts(table, old) for new, old in names.items()})


def _method(table: pa.Table, name: str) -> pa.Array:
    return c.renamed(c.texts(table, name), transfers.METHODS)


def _amlsim(table: pa.Table) -> pa.Table:
    """``EXT_SINK`` and ``EXT_SOURCE`` are the world outside the data, no accounts: a place."""
    source, target = c.texts(table, "src"), c.texts(table, "dst")
    out = [pc.match_substring_regex(end, _OUTSIDE) for end in (source, target)]
    place = pc.coalesce(c.where(source, out[0]), c.where(target, out[1]))
    table = _renamed(table, {"transfer_id": "tx_id", "date": "timestamp"})
    return c.with_columns(
        table,
        {
            "originator_account": c.where(source, pc.invert(out[0])),
            "beneficiary_account": c.where(target, pc.invert(out[1])),
            "place": place,
            "type": _method(table, "tx_type"),
        },
    )


def _amlsim_sample(table: pa.Table) -> pa.Table:
    """``time`` counts steps (days); they are put on a calendar that begins on 1 January 2017, as the simulator does."""
    table = _renamed(
        table, {"originator_account": "sourcenodeid", "beneficiary_account": "targetnodeid", "amount": "value"}
    )
    row = c.whole_row(table, ("sourcenodeid", "targetnodeid", "value", "time"))
    return c.with_columns(table, {"transfer_id": row, "date": _stepped(c.texts(table, "time"), 86_400)})


def _stepped(steps: pa.Array, seconds: int) -> pa.Array:
    whole = c.where(steps, pc.match_substring_regex(steps, r"^\d{1,6}$"))
    start = pa.scalar(1_483_228_800, pa.int64())  # 2017-01-01
    moments = pc.add(start, pc.multiply(pc.cast(whole, pa.int64()), seconds))
    made = pc.strftime(pc.cast(moments, pa.timestamp("s")), "%Y-%m-%d" if seconds == 86_400 else "%Y-%m-%dT%H:%M:%S")
    # what is no whole number stays, to be rejected with its own text
    return pc.coalesce(made, steps)


def _amlworld(table: pa.Table) -> pa.Table:
    """Two columns are called ``Account``; bank numbers keep their zeros; what was received stands beside what was paid."""
    names = {
        "date": "timestamp",
        "originator_bank": "from_bank",
        "originator_account": "account",
        "beneficiary_bank": "to_bank",
        "beneficiary_account": "account_2",
        "amount": "amount_paid",
        "currency": "payment_currency",
    }
    row = c.whole_row(table, (*names.values(), "amount_received", "receiving_currency", "payment_format"))
    names["currency_received"] = "receiving_currency"
    return c.with_columns(_renamed(table, names), {"transfer_id": row, "type": _method(table, "payment_format")})


def _saml_d(table: pa.Table) -> pa.Table:
    """Date and time stand apart; currencies and countries in words."""
    names = {
        "originator_account": "sender_account",
        "beneficiary_account": "receiver_account",
        "originator_country": "sender_bank_location",
        "beneficiary_country": "receiver_bank_location",
        "currency": "payment_currency",
    }
    row = c.whole_row(table, ("time", "date", *names.values(), "amount", "received_currency", "payment_type"))
    names["currency_received"] = "received_currency"
    date = c.joined([c.texts(table, "date"), c.texts(table, "time")], "T")
    made = {"transfer_id": row, "date": date, "type": _method(table, "payment_type")}
    return c.with_columns(_renamed(table, names), made)


def _paysim(table: pa.Table) -> pa.Table:
    """``step`` counts hours; they are put on a calendar that begins on 1 January 2017.

    In a ``CASH_IN`` the customer named first pays cash in at an agent: her balance grows, so money flows to her.
    """
    names = ("step", "type", "amount", "nameorig", "oldbalanceorg", "newbalanceorig", "namedest")
    row = c.whole_row(table, names)
    made = {"transfer_id": row, "date": _stepped(c.texts(table, "step"), 3_600), "type": _method(table, "type")}
    comes = pc.fill_null(pc.equal(pc.utf8_upper(c.texts(table, "type")), "CASH_IN"), False)
    first, second = c.texts(table, "nameorig"), c.texts(table, "namedest")
    made |= {
        "originator_account": pc.if_else(comes, second, first),
        "beneficiary_account": pc.if_else(comes, first, second),
    }
    return c.with_columns(table, made)


_ACCOUNT = EntityRule(
    "account",
    "BankAccount",
    Key(columns=("account key",), prefix="", literal="BankAccount"),
    {"accountNumber": r.column("account_id"), "balance": r.column("init_balance"), "bankName": r.column("bank_id")},
)
_BANK = EntityRule("bank", "Company", Key(columns=("bank key",), literal="bank"), {"name": r.column("bank_id")})


def _accounts(table: pa.Table) -> dict[str, pa.Table]:
    # the transfers name no bank, so their accounts are known by their number within the simulation
    number = pc.utf8_upper(pc.replace_substring_regex(c.texts(table, "account_id"), r"[\s-]+", ""))
    key = pc.binary_join_element_wise("in amlsim", number, "|")
    return {"": c.with_columns(table, {"account key": key, "bank key": c.alike(c.texts(table, "bank_id"))})}


DATASET = (
    transfers.layout(
        "amlsim",
        Text("AMLSim and AMLGentex transactions", "Operaciones de AMLSim y AMLGentex"),
        Text(
            "Simulated transfers (tx_id, timestamp, src, dst, amount, tx_type).",
            "Transferencias simuladas (tx_id, timestamp, src, dst, amount, tx_type).",
        ),
        ("tx_id", "timestamp", "src", "dst", "amount", "tx_type"),
        _amlsim,
        publisher="IBM AMLSim; AI Sweden AMLGentex",
        licence="Apache-2.0 (generators)",
        url="https://github.com/IBM/AMLSim",
    ),
    Dataset(
        name="amlsim_accounts",
        title=Text("AMLSim and AMLGentex accounts", "Cuentas de AMLSim y AMLGentex"),
        description=Text(
            "Accounts of the simulated transfers, with their bank.", "Cuentas de las transferencias simuladas, con su banco."
        ),
        publisher="IBM AMLSim; AI Sweden AMLGentex",
        licence="Apache-2.0 (generators)",
        url="https://github.com/IBM/AMLSim",
        format="table",
        columns=("account_id", "bank_id", "init_balance"),
        mappings={"": Mapping((_ACCOUNT, _BANK), (r.link("HELD_AT", "account", "bank"),))},
        synthetic=True,
        prepare=_accounts,
        fill_rates={": account key": 0.9},
    ),
    transfers.layout(
        "amlsim_sample",
        Text("AMLSim sample transactions", "Operaciones de muestra de AMLSim"),
        Text(
            "Transfers as shipped in AMLSim's sample folder (sourceNodeId, targetNodeId, value, time).",
            "Transferencias como vienen en la carpeta de muestra de AMLSim (sourceNodeId, targetNodeId, value, time).",
        ),
        ("sourcenodeid", "targetnodeid", "value", "time"),
        _amlsim_sample,
        publisher="IBM AMLSim",
        licence="Apache-2.0",
        url="https://github.com/IBM/AMLSim",
    ),
    transfers.layout(
        "amlworld",
        Text("AMLworld transactions (IBM)", "Operaciones de AMLworld (IBM)"),
        Text(
            "Simulated transfers between banks, several currencies.",
            "Transferencias simuladas entre bancos, en varias monedas.",
        ),
        ("timestamp", "from_bank", "account", "to_bank", "account_2", "amount_paid", "payment_currency", "payment_format"),
        _amlworld,
        publisher="IBM",
        licence="CDLA-Sharing-1.0",
        url="https://www.kaggle.com/datasets/ealtman2019/ibm-transactions-for-anti-money-laundering-aml",
        optional=("amount_received", "receiving_currency", "is_laundering"),
        aliases={"account 1": "account_2"},
    ),
    transfers.layout(
        "saml_d",
        Text("SAML-D transactions", "Operaciones de SAML-D"),
        Text("Simulated transfers with bank locations.", "Transferencias simuladas con ubicación de los bancos."),
        (
            "time", "date", "sender_account", "receiver_account", "amount", "payment_currency", "received_currency",
            "sender_bank_location", "receiver_bank_location", "payment_type",
        ),
        _saml_d,
        publisher="B. Oztas et al.",
        licence="CC BY-NC-SA 4.0",
        url="https://www.kaggle.com/datasets/berkanoztas/synthetic-transaction-monitoring-dataset-aml",
        optional=("is_laundering", "laundering_type"),
    ),
    transfers.layout(
        "paysim",
        Text("PaySim transactions", "Operaciones de PaySim"),
        Text("Simulated mobile payments; one step is an hour.", "Pagos móviles simulados; un paso es una hora."),
        ("step", "type", "amount", "nameorig", "oldbalanceorg", "newbalanceorig", "namedest"),
        _paysim,
        publisher="E. Lopez-Rojas",
        licence="CC BY-SA 4.0",
        url="https://www.kaggle.com/datasets/ealaxi/paysim1",
        optional=("oldbalancedest", "newbalancedest", "isfraud", "isflaggedfraud"),
    ),
)  # fmt: skip
