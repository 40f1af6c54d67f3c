"""What bank messages have in common, as one table of payments and one of statements; each dataset brings its own into this form.

A payment runs from one end to the other: an account; without one the party; without either the bank itself where banks pay
each other; else *somebody*, who is known only as what this account's statements leave unsaid. The last joins no two
accounts, and money that comes from nobody named never meets money that goes to nobody named.

A payment is known by its worldwide number (UETR); else by its end-to-end reference with amount and value date; else by what
the bank calls it; always together with both ends. The same payment in the statements of both banks, or in a message and a
statement, is one link with two sources, wherever both name the same two accounts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.ingest.clean.identifiers import NO_REFERENCE, iban_shaped, rfc
from vinculo.ingest.clean.numbers import amount
from vinculo.ingest.datasets import columns as c
from vinculo.ingest.datasets import rules as r
from vinculo.ingest.datasets.accounts import account_keys, bank_keys

Fields = dict[str, str]
#: In place of the dataset's name in ids: what one kind of message says is the same in another.
FAMILY = "bank"
SIDES = ("originator", "beneficiary")
ENDS = ("account", "party", "bank", "somebody")
#: How a note calls those who are not named.
_CALLED = {s: s for s in SIDES} | {f"{s} ultimate": f"ultimate {s}" for s in SIDES} | {"initiator": "initiating party"}
#: Columns of one side that a dataset may give, each with the side and a space in front.
GIVEN = (
    "account", "account type", "bic", "clearing", "bank", "name", "country", "street", "town", "tax", "number", "lei", "phone",
    "mobile", "email", "born", "birthplace", "birth country", "sort",
)  # fmt: skip


def payments(table: pa.Table, scope: str) -> pa.Table:
    """Add keys and ends to a table of payments.

    Parameters
    ----------
    table : pyarrow.Table
        Columns of each side (``GIVEN``), ``originator ultimate name``, ``initiator name`` and the payment's own: ``date``,
        ``value date``, ``amount`` (never negative), ``currency``, ``uetr``, ``end to end``, ``reference`` (what else it is
        known by), ``repeat`` (which of several that look the same), ``record``, ``line``.
    scope : str
        Where an account number without a bank is the same account.

    Returns
    -------
    pyarrow.Table
        For :mod:`vinculo.ingest.datasets.payment_rules`.
    """
    for side in SIDES:
        table = _side(table, side, scope)
        table = _ultimate(table, side)
    table = _ultimate(table, "initiator", "initiator")
    for side, other in (SIDES, SIDES[::-1]):
        known = pc.coalesce(c.texts(table, f"{other} account key"), c.texts(table, f"{other} key"))
        somebody = c.joined([known, c.texts(table, f"{side} bank key")], "|")
        table = c.with_columns(
            table,
            {
                f"{side} somebody key": c.marked(f"{side}|", c.if_any(known, somebody)),
                f"{side} somebody": c.marked(
                    "? ", pc.coalesce(c.texts(table, f"{other} account"), c.texts(table, f"{other} name"))
                ),
            },
        )
        named = (
            pc.is_valid(c.texts(table, f"{side} {n}"))
            for n in ("account key", "key", "institution key", "somebody key")
        )
        end = pc.case_when(pc.make_struct(*named), *ENDS)
        table = c.with_columns(table, {f"{side} end": end})
    return c.with_columns(table, {"payment key": _payment_keys(table), "nobody": r.unnamed(table, _CALLED)})


def _side(table: pa.Table, side: str, scope: str) -> pa.Table:
    """Keys of the account, the bank and the party of one side."""
    bic, clearing, bank = (c.texts(table, f"{side} {n}") for n in ("bic", "clearing", "bank"))
    bank_key = bank_keys(bic, clearing, bank)
    number = c.texts(table, f"{side} account")
    tax, tax_id = c.texts(table, f"{side} tax"), c.through(c.texts(table, f"{side} number"), rfc)
    table = c.with_columns(table, {f"{side} tax": pc.coalesce(tax, tax_id)})
    table = r.add_party(
        table,
        side,
        name=f"{side} name",
        tax_id=f"{side} tax",
        country=f"{side} country",
        street=(f"{side} street", f"{side} town"),
        phones=(f"{side} phone", f"{side} mobile"),
        emails=(f"{side} email",),
    )
    sort = c.texts(table, f"{side} sort")
    institution = pc.equal(pc.fill_null(sort, ""), "bank")
    return c.with_columns(
        table,
        {
            f"{side} key": c.where(c.texts(table, f"{side} key"), pc.invert(institution)),
            f"{side} kind": pc.coalesce(c.where(sort, pc.invert(institution)), c.texts(table, f"{side} kind")),
            f"{side} account key": account_keys(number, bank_key, scope),
            f"{side} account iban": c.through(number, iban_shaped),
            f"{side} bank key": bank_key,
            f"{side} bank name": bank,
            f"{side} bic type": c.constant("BIC", bic),
            f"{side} bic": c.present(pc.utf8_upper(bic)),
            f"{side} lei type": c.constant("LEI", c.texts(table, f"{side} lei")),
            f"{side} institution key": c.where(bank_key, institution),
            f"{side} bank of": c.constant(f"bank of the {side}", bank_key),
        },
    )


def _ultimate(table: pa.Table, side: str, role: str = "") -> pa.Table:
    """The party on whose behalf a side pays or receives: nobody where it is the side itself."""
    role = role or f"{side} ultimate"
    table = r.add_party(table, role, name=f"{role} name", tax_id=f"{role} tax", country=f"{role} country")
    key = c.texts(table, f"{role} key")
    own = c.texts(table, f"{SIDES[0] if role == side else side} key")
    other = pc.if_else(pc.fill_null(pc.equal(key, own), False), pa.scalar(None, pa.string()), key)
    said = "initiating party" if role == side else f"ultimate {side}"
    return c.with_columns(table, {f"{role} key": other, f"{role} role": c.constant(said, other)})


def _payment_keys(table: pa.Table) -> pa.Array:
    uetr, end_to_end = c.texts(table, "uetr"), c.texts(table, "end to end")
    refers = pc.invert(pc.is_in(pc.utf8_upper(end_to_end), value_set=pa.array(sorted(NO_REFERENCE))))
    day = pc.utf8_slice_codeunits(pc.coalesce(c.texts(table, "value date"), c.texts(table, "date")), 0, 10)
    # the same sum may be written 8.85 in one statement and 8.850 in another
    sums = c.through(c.texts(table, "amount"), lambda text: amount(text) or text)
    more = c.joined([sums, c.texts(table, "currency"), day], "|")
    end_to_end = c.where(end_to_end, refers)
    named = c.if_any(end_to_end, c.joined([end_to_end, more], "|"))
    reference = c.joined([c.texts(table, "reference"), more], "|")
    made = pc.coalesce(c.marked("uetr|", pc.utf8_lower(uetr)), c.marked("end|", named), c.marked("ref|", reference))
    return c.if_any(made, c.joined([made, c.texts(table, "repeat")], "|"))


def statements(table: pa.Table, scope: str) -> pa.Table:
    """Add keys to a table of statements: one account each (side ``owner``), its owner, its bank, its balance."""
    return _side(table, "owner", scope)


def prepared(
    made: Callable[[pa.Table], tuple[pa.Table, pa.Table]], scope: str
) -> Callable[[pa.Table], dict[str, pa.Table]]:
    """A dataset's ``prepare``, from what brings its records into the form of payments and statements."""

    def prepare(table: pa.Table) -> dict[str, pa.Table]:
        paid, said = made(table)
        return {"payments": payments(paid, scope), "statements": statements(said, scope)}

    return prepare


def tabled(table: pa.Table, rows: Mapping[str, Callable[[Fields], Fields]]) -> tuple[pa.Table, pa.Table]:
    """Records as payments and statements, each made by the function for its ``record kind``."""
    made: dict[bool, list[tuple[Fields, int, int]]] = {True: [], False: []}
    names = [n for n in table.column_names if n not in ("record", "line")]
    places = (table.column(n).to_pylist() for n in ("record", "line"))
    columns = (table.column(n).to_pylist() for n in names)
    for record, line, *texts in zip(*places, *columns, strict=True):
        row = {name: text for name, text in zip(names, texts, strict=True) if text}
        kind = row["record kind"]
        made[kind == "statement"].append((rows[kind](row), record, line))
    return _tabled(made[False]), _tabled(made[True])


def _tabled(rows: list[tuple[Fields, int, int]]) -> pa.Table:
    names: dict[str, None] = {}
    for row, _, _ in rows:
        if not row.keys() <= names.keys():
            names |= dict.fromkeys(row)
    columns = [pa.array([row.get(n) or None for row, _, _ in rows], pa.string()) for n in names]
    places = [pa.array([r[1] for r in rows], pa.int64()), pa.array([r[2] for r in rows], pa.int64())]
    return pa.table([*columns, *places], names=[*names, "record", "line"])


def renamed(table: pa.Table, names: dict[str, str]) -> pa.Table:
    """These columns under other names (new: old), and the place of the record; what the table lacks is empty."""
    columns = {new: c.texts(table, old) for new, old in names.items()}
    return pa.table({**columns, "record": table.column("record"), "line": table.column("line")})
