"""A bank statement in a plain template: the lines of one's own accounts, each with its counterparty as far as it is told.

What goes out and what comes in may stand in one column with a sign, in two columns, or beside a column that says which.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.text import Text
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.datasets import columns as c
from vinculo.ingest.datasets import payment_rules, payments
from vinculo.ingest.datasets.transfers import CURRENCIES, METHODS

AMOUNTS = ("amount", "debit", "credit")
#: How statements say that money leaves, and that it comes.
_OUT = (
    "d",
    "db",
    "dr",
    "debit",
    "debito",
    "cargo",
    "debe",
    "-",
    "s",
    "soll",
    "retiro",
    "withdrawal",
    "egreso",
    "salida",
    "out",
)
_IN = (
    "c",
    "cr",
    "credit",
    "credito",
    "abono",
    "haber",
    "+",
    "h",
    "haben",
    "deposito",
    "deposit",
    "ingreso",
    "entrada",
    "in",
)
_ZERO = r"^[^1-9]*$"
_NEGATIVE = r"^\s*[-\x{2212}(]|-\s*$|^[^\d]*[-\x{2212}]\d"


def _nonzero(table: pa.Table, name: str) -> pa.Array:
    """A sum; an empty cell, a dash and a zero are none."""
    texts = c.texts(table, name)
    return c.where(texts, pc.invert(pc.match_substring_regex(texts, _ZERO)))


def _bare(values: pa.Array) -> pa.Array:
    """A sum without its sign, whichever end that stands at."""
    return c.present(pc.utf8_trim_whitespace(pc.replace_substring_regex(values, r"[-\x{2212}+()]", "")))


def lines(table: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Lines with a sum as payments; lines with a balance alone (*opening balance*) as what is said of the account."""
    amount, debit, credit = (_nonzero(table, n) for n in AMOUNTS)
    words = c.through(c.texts(table, "direction"), lambda text: text.lower().strip(" ."))
    words = pc.coalesce(c.alike(words), words)
    out, into = (pc.is_in(words, value_set=pa.array(known)) for known in (_OUT, _IN))
    told = pc.if_else(pc.or_(out, into), out, pa.scalar(None, pa.bool_()))
    negative = pc.fill_null(pc.match_substring_regex(amount, _NEGATIVE), False)
    two = pc.and_(pc.is_valid(debit), pc.is_valid(credit))
    # a sum in both columns is none: it stays as it stands, to be rejected
    clash = c.where(c.joined([debit, credit], " / "), two)
    pays = pc.coalesce(pc.and_(pc.is_valid(debit), pc.is_null(amount)), False)
    pays = pc.if_else(pc.is_valid(amount), pc.coalesce(told, negative), pays)
    spent = pc.and_(pc.is_valid(amount), pc.is_valid(told))
    bare = pc.if_else(pc.fill_null(pc.match_substring_regex(amount, r"\d.*-\d"), False), amount, _bare(amount))
    made: dict[str, pa.Array] = {
        "amount": pc.coalesce(clash, bare),
        "debit": c.where(_bare(debit), pc.invert(pc.or_(two, pc.is_valid(amount)))),
        "credit": c.where(_bare(credit), pc.invert(pc.or_(two, pc.is_valid(amount)))),
    }
    own = {"account": "account", "bank": "bank", "name": "account_holder", "tax": "holder_tax_id"}
    other = {n: f"counterparty_{n}" for n in ("account", "bank", "country")} | {
        "name": "counterparty",
        "tax": "counterparty_tax_id",
    }
    for name in ("account", "bank", "name", "tax", "country"):
        mine, theirs = c.texts(table, own.get(name, "")), c.texts(table, other[name])
        made[f"originator {name}"] = pc.if_else(pays, mine, theirs)
        made[f"beneficiary {name}"] = pc.if_else(pays, theirs, mine)
    kind = c.texts(table, "type")
    method = c.renamed(kind, METHODS)
    currency = c.present(pc.utf8_upper(c.renamed(c.texts(table, "currency"), CURRENCIES)))
    said = [c.texts(table, n) for n in ("reference", "description", "balance", *AMOUNTS)]
    made |= {
        "currency": currency,
        "date": c.texts(table, "date"),
        "value_date": c.texts(table, "value_date"),
        "value date": c.texts(table, "value_date"),
        "end to end": c.texts(table, "end_to_end_id"),
        "reference": c.joined(said, "|"),
        "transaction number": c.texts(table, "reference"),
        "method": c.where(method, pc.is_in(method, value_set=pa.array(sorted(set(METHODS.values()))))),
        "transaction type": kind,
        "status": c.where(pa.array(["sign and direction differ"] * table.num_rows, pa.string()),
                          pc.and_(spent, pc.and_(negative, pc.invert(pc.fill_null(told, True))))),
        "purpose": c.texts(table, "description"),
        "description": c.marked("balance after: ", c.texts(table, "balance")),
        "placed": c.texts(table, "place"),
    }  # fmt: skip
    place = {"record": table.column("record"), "line": table.column("line")}
    moved = pc.is_valid(pc.coalesce(made["amount"], made["debit"], made["credit"]))
    alone = pc.and_(pc.invert(moved), pc.is_valid(c.texts(table, "balance")))
    return pa.table(made | place).filter(moved), _balances(table.filter(alone))


def _balances(table: pa.Table) -> pa.Table:
    told = c.joined([c.texts(table, n) for n in ("description", "date", "balance", "currency")], " ")
    made = {
        "owner account": c.texts(table, "account"),
        "owner bank": c.texts(table, "bank"),
        "owner name": c.texts(table, "account_holder"),
        "owner tax": c.texts(table, "holder_tax_id"),
        "balances": told,
    }
    return pa.table({**made, "record": table.column("record"), "line": table.column("line")})


DATASET = Dataset(
    name="bank_statement",
    title=Text("Bank statement (template)", "Estado de cuenta (plantilla)"),
    description=Text(
        "The lines of an account: what came in and went out, with the counterparty.",
        "Movimientos de una cuenta: lo que entró y salió, con la contraparte.",
    ),
    publisher="",
    licence="",
    format="table",
    columns=("account", "date", "currency"),
    summed=(*AMOUNTS, "balance", "currency"),
    optional=(
        *AMOUNTS, "direction", "balance", "value_date", "description", "reference", "end_to_end_id", "type", "place",
        "account_holder", "holder_tax_id", "bank", "counterparty", "counterparty_account", "counterparty_bank",
        "counterparty_tax_id", "counterparty_country",
    ),
    aliases={
        "cuenta": "account",
        "numero de cuenta": "account",
        "titular": "account_holder",
        "rfc del titular": "holder_tax_id",
        "banco": "bank",
        "fecha": "date",
        "fecha de operacion": "date",
        "fecha valor": "value_date",
        "fecha de liquidacion": "value_date",
        "moneda": "currency",
        "divisa": "currency",
        "importe": "amount",
        "monto": "amount",
        "cargo": "debit",
        "cargos": "debit",
        "retiros": "debit",
        "debe": "debit",
        "debito": "debit",
        "withdrawals": "debit",
        "abono": "credit",
        "abonos": "credit",
        "depositos": "credit",
        "haber": "credit",
        "credito": "credit",
        "deposits": "credit",
        "signo": "direction",
        "naturaleza": "direction",
        "saldo": "balance",
        "concepto": "description",
        "descripcion": "description",
        "referencia": "reference",
        "clave de rastreo": "end_to_end_id",
        "tipo": "type",
        "sucursal": "place",
        "contraparte": "counterparty",
        "beneficiario u ordenante": "counterparty",
        "cuenta contraparte": "counterparty_account",
        "clabe contraparte": "counterparty_account",
        "banco contraparte": "counterparty_bank",
        "rfc contraparte": "counterparty_tax_id",
        "pais contraparte": "counterparty_country",
    },
    mappings={
        "payments": payment_rules.payment_mapping(AMOUNTS, value_date="value_date"),
        "statements": payment_rules.STATEMENTS,
    },
    prepare=payments.prepared(lines, "bank_statement"),
    fill_rates={"payments: date": 0.5, "payments: payment key": 0.5},
)  # fmt: skip
