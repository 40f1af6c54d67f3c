"""ISO 20022 messages about payments: statements (camt.052, 053, 054) and transfers between banks (pacs.008, 009)."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.text import Text
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.datasets import columns as c
from vinculo.ingest.datasets import payment_rules, payments
from vinculo.ingest.datasets.iso20022_entries import statement_payments
from vinculo.ingest.datasets.iso20022_parties import account_of, agent_of, banks_said, day_of, first_of, party_of

SIDES = (("originator", "debtor"), ("beneficiary", "creditor"))


def transfer_payments(table: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Transfers between banks; the transfer that a cover payment (pacs.009 COV) covers is a payment of its own."""
    paid = _transfers(table, "")
    covers = pc.is_valid(
        first_of(table, *(f"underlying {r} {n}" for r in ("debtor", "creditor") for n in ("name", "account iban")))
    )
    if pc.any(covers).as_py():
        paid = pa.concat_tables([paid, _transfers(table.filter(covers), "underlying ")], promote_options="default")
    return paid, payments.renamed(table.slice(0, 0), {"owner account": ""})


def _transfers(table: pa.Table, below: str) -> pa.Table:
    made: dict[str, pa.Array] = {}
    between_banks = pc.and_(pc.equal(c.texts(table, "message"), "FICdtTrf"), not below)
    bank = c.where(pa.array(["bank"] * table.num_rows, pa.string()), between_banks)
    nothing = pa.nulls(table.num_rows, pa.string())
    for side, role in SIDES:
        party, agent = dict(party_of(table, below + role)), dict(agent_of(table, f"{below}{role} agent"))
        itself = dict(agent_of(table, f"{role} institution"))
        made |= {f"{side} {n}": v for n, v in (party | agent).items()}
        made |= {f"{side} {n}": pc.if_else(between_banks, itself[n], agent[n]) for n in itself}
        account = account_of(table, f"{below}{role} account")
        made[f"{side} account"] = pc.if_else(between_banks, nothing, account)
        made[f"{side} sort"] = pc.coalesce(bank, party["sort"])
        ultimate = dict(party_of(table, f"{below}ultimate {role}"))
        made |= {f"{side} ultimate {n}": ultimate[n] for n in ("name", "tax", "country")}
        # a bank's own account with another bank: said, no end of the payment
        made[f"{side} agent said"] = pc.if_else(
            between_banks, c.joined([banks_said(table, f"{role} agent"), account], " account "), nothing
        )
    text = c.joined([c.texts(table, below + n) for n in ("text", "creditor reference", "document")], "; ")
    reference = first_of(table, "TxId", "InstrId", "ClrSysRef")
    on_the_way = ("instructing", "group instructing", "intermediary 1", "intermediary 2", "intermediary 3", "previous",
                  "instructed by", "group instructed by")  # fmt: skip
    said = c.joined([banks_said(table, *on_the_way), *(made.pop(f"{s} agent said") for s, _ in SIDES)], "; ")
    settled = day_of(first_of(table, "settled", "group settled", "accepted"))
    underlying = [c.texts(table, f"underlying instructed {n}") for n in ("amount", "currency")]
    made |= {
        "amount": pc.coalesce(underlying[0] if below else nothing, c.texts(table, "transaction amount")),
        "currency": pc.coalesce(underlying[1] if below else nothing, c.texts(table, "transaction currency")),
        "instructed amount": nothing if below else c.texts(table, "instructed amount"),
        "instructed currency": nothing if below else c.texts(table, "instructed currency"),
        "rate": c.texts(table, "rate"),
        "charges": c.joined([c.texts(table, n) for n in ("charge bearer", "charges amount", "charges currency")], " "),
        "uetr": c.texts(table, "UETR"),
        "end to end": c.texts(table, "EndToEndId"),
        "reference": pc.coalesce(reference, c.texts(table, "message id")),
        "repeat": c.texts(table, "repeat"),
        "transaction number": reference,
        "date": settled,
        "value date": settled,
        "method": c.constant("wire", c.texts(table, "message")),
        "purpose": c.joined([c.texts(table, f"{below}purpose code"), text], ": "),
        "intermediary": said,
        "statement": c.texts(table, "message id"),
        "initiator name": c.texts(table, f"{below}initiator name"),
    }
    return pa.table({**made, "record": table.column("record"), "line": table.column("line")})


def _message(name: str, root: str, title: Text, description: Text, statement: bool) -> Dataset:
    return Dataset(
        name=name,
        title=title,
        description=description,
        publisher="Banks; the standard is ISO's",
        licence="As the bank that sent it says",
        url="https://www.iso20022.org/iso-20022-message-definitions",
        format="iso20022",
        columns=(root,),
        mappings=payment_rules.MAPPINGS,
        prepare=payments.prepared(statement_payments if statement else transfer_payments, "iso20022"),
        fill_rates=payment_rules.FILLED,
    )


DATASET = (
    _message(
        "camt_052",
        "BkToCstmrAcctRpt",
        Text("Account report (camt.052)", "Reporte intradía de cuenta (camt.052)"),
        Text("What has been booked on an account during the day.", "Movimientos de una cuenta durante el día."),
        True,
    ),
    _message(
        "camt_053",
        "BkToCstmrStmt",
        Text("Account statement (camt.053)", "Estado de cuenta (camt.053)"),
        Text(
            "Balances and entries of an account, with the parties.",
            "Saldos y movimientos de una cuenta, con las partes.",
        ),
        True,
    ),
    _message(
        "camt_054",
        "BkToCstmrDbtCdtNtfctn",
        Text("Notice of debits and credits (camt.054)", "Aviso de cargos y abonos (camt.054)"),
        Text("Single entries, batches in detail.", "Movimientos sueltos; lotes en detalle."),
        True,
    ),
    _message(
        "pacs_008",
        "FIToFICstmrCdtTrf",
        Text("Customer transfer between banks (pacs.008)", "Transferencia de clientes entre bancos (pacs.008)"),
        Text(
            "Transfers that banks send each other for customers.",
            "Transferencias que los bancos se envían por sus clientes.",
        ),
        False,
    ),
    _message(
        "pacs_009",
        "FICdtTrf",
        Text("Transfer between banks (pacs.009)", "Transferencia entre bancos (pacs.009)"),
        Text("Banks pay each other; cover payments.", "Los bancos se pagan entre sí; pagos de cobertura."),
        False,
    ),
)
