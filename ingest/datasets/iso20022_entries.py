"""Entries of ISO 20022 statements (camt.052, 053, 054) as payments between this account and another."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.ingest.datasets import columns as c
from vinculo.ingest.datasets.iso20022_parties import account_of, agent_of, banks_said, day_of, first_of, party_of

#: Bank transaction codes (family and subfamily) that say how money moved.
_METHODS = {
    "CCRD": "card", "MCRD": "card", "ICHQ": "check", "RCHQ": "check", "CDPT": "cash_deposit", "CWDL": "cash_withdrawal",
    "ESCT": "ach", "ESDD": "ach", "SALA": "ach", "XBCT": "wire", "RPCR": "wire", "BOOK": "internal",
}  # fmt: skip


def statement_payments(table: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Entries of statements as payments between this account and another; statements as accounts."""
    is_statement = pc.equal(c.texts(table, "record kind"), "statement")
    return _entries(table.filter(pc.invert(is_statement))), _statements(table.filter(is_statement))


def _own(table: pa.Table) -> tuple[pa.Array, pa.Array]:
    """Whether this account pays, and whether it is the debtor among the parties: a reversal turns one against the other."""
    own = c.through(account_of(table, "account"), _compared)
    accounts = [c.through(account_of(table, f"{role} account"), _compared) for role in ("debtor", "creditor")]
    is_debtor, is_creditor = (pc.fill_null(pc.equal(own, a), False) for a in accounts)
    entry, said = c.texts(table, "entry sign"), first_of(table, "transaction sign", "entry sign")
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
        sides[role] = dict(party_of(table, role)) | dict(agent_of(table, f"{role} agent"))
        sides[role] |= {
            "account": account_of(table, f"{role} account"),
            "account type": c.texts(table, f"{role} account type"),
        }
        ultimate = dict(party_of(table, f"ultimate {role}"))
        sides[role] |= {f"ultimate {n}": ultimate[n] for n in ("name", "tax", "country")}
    own_bank = dict(agent_of(table, "servicer"))
    stated = pc.if_else(is_debtor, sides["debtor"]["account"], sides["creditor"]["account"])
    for name in sides["debtor"]:
        own = pc.if_else(is_debtor, sides["debtor"][name], sides["creditor"][name])
        other = pc.if_else(is_debtor, sides["creditor"][name], sides["debtor"][name])
        own = own_bank.get(name, own)
        if name == "account":
            own = pc.coalesce(account_of(table, "account"), own)
        if name == "name":
            own = pc.coalesce(own, c.texts(table, "owner name"))
        made[f"originator {name}"] = pc.if_else(pays, own, other)
        made[f"beneficiary {name}"] = pc.if_else(pays, other, own)
    account = account_of(table, "account")
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
        "date": day_of(first_of(table, "booked", "settled", "accepted", "value date")),
        "value date": day_of(first_of(table, "value date", "settled")),
        "status": _status(table),
        "transaction type": _code(table),
        "method": c.renamed(
            first_of(table, "subfamily", "entry subfamily"), {k.lower(): v for k, v in _METHODS.items()}
        ),
        "purpose": c.joined([c.texts(table, "purpose code"), text], ": "),
        "intermediary": banks_said(table, "intermediary 1", "intermediary 2", "intermediary 3"),
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
    made = {f"owner {name}": values for name, values in [*party_of(table, "owner"), *agent_of(table, "servicer")]}
    made |= {
        "owner account": account_of(table, "account"),
        "owner account type": c.texts(table, "account type"),
        "owner label": c.texts(table, "account label"),
        "currency": first_of(table, "account currency", "balance currency"),
        "balance": c.texts(table, "balance"),
        "balance date": day_of(c.texts(table, "balance date")),
        "balances": c.texts(table, "balances"),
    }
    return pa.table({**made, "record": table.column("record"), "line": table.column("line")})
