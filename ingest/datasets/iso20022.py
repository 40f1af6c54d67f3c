"""ISO 20022 messages about payments: statements (camt.052, 053, 054) and transfers between banks (pacs.008, 009)."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.text import Text
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.datasets import columns as c
from vinculo.ingest.datasets import payments

SIDES = (("originator", "debtor"), ("beneficiary", "creditor"))
_PARTY = ("name", "phone", "mobile", "email", "lei", "born", "birthplace", "birth country")
#: What the issuer of a number says it is, where that is a tax number.
_TAX_SCHEMES = ("TXID", "TAX", "VAT", "RFC", "NIT", "CUIT", "CNPJ", "CPF")
#: Bank transaction codes (family and subfamily) that say how money moved.
_METHODS = {
    "CCRD": "card", "MCRD": "card", "ICHQ": "check", "RCHQ": "check", "CDPT": "cash_deposit", "CWDL": "cash_withdrawal",
    "ESCT": "ach", "ESDD": "ach", "SALA": "ach", "XBCT": "wire", "RPCR": "wire", "BOOK": "internal",
}  # fmt: skip
_PLAIN_DAY = r"^(\d{4}-\d\d-\d\d)(?:Z|[+-]\d\d:\d\d)$"


def _first(table: pa.Table, *names: str) -> pa.Array:
    return pc.coalesce(*(c.texts(table, n) for n in names))


def _day(values: pa.Array) -> pa.Array:
    """A day may carry a zone (xs:date); it is that day, wherever it was."""
    return pc.replace_substring_regex(values, _PLAIN_DAY, r"\1")


def _party(table: pa.Table, role: str) -> Iterator[tuple[str, pa.Array]]:
    """The columns of a party as the payments table names them."""
    yield from ((name, c.texts(table, f"{role} {name}")) for name in _PARTY)
    yield "name", _first(table, f"{role} name", f"{role} institution name")
    yield "country", _first(table, f"{role} country", f"{role} residence", f"{role} institution country")
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


def _account(table: pa.Table, role: str) -> pa.Array:
    return _first(table, f"{role} iban", f"{role} number")


def _agent(table: pa.Table, role: str) -> Iterator[tuple[str, pa.Array]]:
    yield "bic", c.texts(table, f"{role} bic")
    yield "clearing", _first(table, f"{role} clearing", f"{role} other")
    yield "bank", c.texts(table, f"{role} name")


def _said(table: pa.Table, *roles: str) -> pa.Array:
    """Banks on the way as texts: they pass on the money of everybody, and would join everybody as nodes."""
    return c.joined([c.joined([c.texts(table, f"{r} bic"), c.texts(table, f"{r} name")], " ") for r in roles], "; ")


def statement_payments(table: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Entries of statements as payments between this account and another; statements as accounts."""
    is_statement = pc.equal(c.texts(table, "record kind"), "statement")
    return _entries(table.filter(pc.invert(is_statement))), _statements(table.filter(is_statement))


def _own(table: pa.Table) -> tuple[pa.Array, pa.Array]:
    """Whether this account pays, and whether it is the debtor among the parties: a reversal turns one against the other."""
    own = c.through(_account(table, "account"), _compared)
    accounts = [c.through(_account(table, f"{role} account"), _compared) for role in ("debtor", "creditor")]
    is_debtor, is_creditor = (pc.fill_null(pc.equal(own, a), False) for a in accounts)
    entry, said = c.texts(table, "entry sign"), _first(table, "transaction sign", "entry sign")
    told = pc.xor(is_debtor, is_creditor)
    # a transaction that contradicts its entry is believed unless its own accounts say otherwise
    pays = pc.fill_null(pc.equal(pc.if_else(told, pc.coalesce(entry, said), said), "DBIT"), False)
    reversed_ = pc.is_in(pc.utf8_lower(c.texts(table, "reversal")), value_set=pa.array(["true", "1"]))
    return pays, pc.if_else(told, is_debtor, pc.xor(pays, reversed_))


def _compared(text: str) -> str:
    return "".join(text.split()).upper()


def _entries(table: pa.Table) -> pa.Table:
    pays, is_debtor = _own(table)
    made: dict[str, pa.Array] = {}
    sides = {}
    for role in ("debtor", "creditor"):
        sides[role] = dict(_party(table, role)) | dict(_agent(table, f"{role} agent"))
        sides[role] |= {
            "account": _account(table, f"{role} account"),
            "account type": c.texts(table, f"{role} account type"),
        }
        ultimate = dict(_party(table, f"ultimate {role}"))
        sides[role] |= {f"ultimate {n}": ultimate[n] for n in ("name", "tax", "country")}
    own_bank = dict(_agent(table, "servicer"))
    stated = pc.if_else(is_debtor, sides["debtor"]["account"], sides["creditor"]["account"])
    for name in sides["debtor"]:
        own = pc.if_else(is_debtor, sides["debtor"][name], sides["creditor"][name])
        other = pc.if_else(is_debtor, sides["creditor"][name], sides["debtor"][name])
        own = own_bank.get(name, own)
        if name == "account":
            own = pc.coalesce(_account(table, "account"), own)
        if name == "name":
            own = pc.coalesce(own, c.texts(table, "owner name"))
        made[f"originator {name}"] = pc.if_else(pays, own, other)
        made[f"beneficiary {name}"] = pc.if_else(pays, other, own)
    account = _account(table, "account")
    other_own = pc.and_(
        pc.is_valid(stated), pc.not_equal(c.through(stated, _compared), pc.fill_null(c.through(account, _compared), ""))
    )
    alone = pc.is_null(c.texts(table, "batch"))
    entry_only = [c.where(c.texts(table, n), alone) for n in ("servicer reference", "entry reference")]
    texts = ("text", "creditor reference", "document", "transaction text", "entry text", "return text")
    text = c.joined([c.texts(table, n) for n in texts], "; ")
    reference = pc.coalesce(
        c.texts(table, "AcctSvcrRef"), c.texts(table, "TxId"), c.texts(table, "InstrId"), *entry_only
    )
    whole = c.joined([c.texts(table, "servicer reference"), c.texts(table, "booked"), text], "|")
    made |= {
        **_sums(table),
        "uetr": c.texts(table, "UETR"),
        "end to end": c.texts(table, "EndToEndId"),
        "reference": pc.coalesce(reference, whole),
        "transaction number": reference,
        "repeat": c.texts(table, "repeat"),
        "date": _day(_first(table, "booked", "settled", "accepted", "value date")),
        "value date": _day(_first(table, "value date", "settled")),
        "status": _status(table),
        "transaction type": _code(table),
        "method": c.renamed(_first(table, "subfamily", "entry subfamily"), {k.lower(): v for k, v in _METHODS.items()}),
        "purpose": c.joined([c.texts(table, "purpose code"), text], ": "),
        "intermediary": _said(table, "intermediary 1", "intermediary 2", "intermediary 3"),
        "count": c.where(c.texts(table, "batch count"), alone),
        "statement": c.texts(table, "statement id"),
        "initiator name": c.texts(table, "initiator name"),
        # a virtual number in front of the account that was booked
        "description": c.marked("account stated: ", c.where(stated, other_own)),
    }
    known = pa.array(_METHODS.values())
    made["method"] = c.where(made["method"], pc.is_in(made["method"], value_set=known))
    return pa.table({**made, "record": table.column("record"), "line": table.column("line")})


def _status(table: pa.Table) -> pa.Array:
    reversal = pc.is_in(pc.utf8_lower(c.texts(table, "reversal")), value_set=pa.array(["true", "1"]))
    word = c.where(pa.array(["reversal"] * table.num_rows, pa.string()), reversal)
    return c.joined([c.texts(table, "status"), word, c.texts(table, "return reason")], ", ")


def _code(table: pa.Table) -> pa.Array:
    own = c.joined([c.texts(table, n) for n in ("domain", "family", "subfamily", "code")], "/")
    return pc.coalesce(
        own, c.joined([c.texts(table, f"entry {n}") for n in ("domain", "family", "subfamily", "code")], "/")
    )


def _sums(table: pa.Table) -> dict[str, pa.Array]:
    """What moved: the transaction's own sum, in a batch at the latest what it was instructed to be; alone, the entry's."""
    alone = pc.is_null(c.texts(table, "batch"))
    sums = [
        (c.texts(table, f"{n} amount"), c.texts(table, f"{n} currency"))
        for n in ("transaction", "detailed", "instructed")
    ]
    booked = (c.texts(table, "entry amount"), c.texts(table, "entry currency"))
    order = [(c.where(booked[0], alone), c.where(booked[1], alone)), *sums]
    at = pc.coalesce(
        *(pc.if_else(pc.is_valid(a), pa.scalar(n), pa.scalar(None, pa.int64())) for n, (a, _) in enumerate(order))
    )
    picked = [pc.choose(pc.fill_null(at, 0), *(pair[part] for pair in order)) for part in (0, 1)]
    return {
        "amount": picked[0],
        "currency": picked[1],
        "instructed amount": c.texts(table, "instructed amount"),
        "instructed currency": c.texts(table, "instructed currency"),
        "rate": c.texts(table, "rate"),
    }


def _statements(table: pa.Table) -> pa.Table:
    made = {f"owner {name}": values for name, values in [*_party(table, "owner"), *_agent(table, "servicer")]}
    made |= {
        "owner account": _account(table, "account"),
        "owner account type": c.texts(table, "account type"),
        "owner label": c.texts(table, "account label"),
        "currency": _first(table, "account currency", "balance currency"),
        "balance": c.texts(table, "balance"),
        "balance date": _day(c.texts(table, "balance date")),
        "balances": c.texts(table, "balances"),
    }
    return pa.table({**made, "record": table.column("record"), "line": table.column("line")})


def transfer_payments(table: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Transfers between banks; the transfer that a cover payment (pacs.009 COV) covers is a payment of its own."""
    paid = _transfers(table, "")
    covers = pc.is_valid(
        _first(table, *(f"underlying {r} {n}" for r in ("debtor", "creditor") for n in ("name", "account iban")))
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
        party, agent = dict(_party(table, below + role)), dict(_agent(table, f"{below}{role} agent"))
        itself = dict(_agent(table, f"{role} institution"))
        made |= {f"{side} {n}": v for n, v in (party | agent).items()}
        made |= {f"{side} {n}": pc.if_else(between_banks, itself[n], agent[n]) for n in itself}
        account = _account(table, f"{below}{role} account")
        made[f"{side} account"] = pc.if_else(between_banks, nothing, account)
        made[f"{side} sort"] = pc.coalesce(bank, party["sort"])
        ultimate = dict(_party(table, f"{below}ultimate {role}"))
        made |= {f"{side} ultimate {n}": ultimate[n] for n in ("name", "tax", "country")}
        # a bank's own account with another bank: said, no end of the payment
        made[f"{side} agent said"] = pc.if_else(
            between_banks, c.joined([_said(table, f"{role} agent"), account], " account "), nothing
        )
    text = c.joined([c.texts(table, below + n) for n in ("text", "creditor reference", "document")], "; ")
    reference = _first(table, "TxId", "InstrId", "ClrSysRef")
    on_the_way = ("instructing", "group instructing", "intermediary 1", "intermediary 2", "intermediary 3", "previous",
                  "instructed by", "group instructed by")  # fmt: skip
    said = c.joined([_said(table, *on_the_way), *(made.pop(f"{s} agent said") for s, _ in SIDES)], "; ")
    settled = _day(_first(table, "settled", "group settled", "accepted"))
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
        mappings=payments.MAPPINGS,
        prepare=payments.prepared(statement_payments if statement else transfer_payments, "iso20022"),
        fill_rates=payments.FILLED,
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
