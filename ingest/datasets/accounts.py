"""Bank accounts as nodes that datasets share: an IBAN alone tells an account, another number only with its bank."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.ingest.clean.identifiers import iban_shaped
from vinculo.ingest.datasets import columns as c
from vinculo.ingest.datasets import rules as r
from vinculo.ingest.mapping import EntityRule, Key, Value


def account_keys(numbers: pa.Array, banks: pa.Array, scope: str) -> pa.Array:
    """What accounts are known by.

    Parameters
    ----------
    numbers : array of str
        As they stand.
    banks : array of str
        The bank's key, in the same words wherever it is meant.
    scope : str
        Where a number without a bank is the same account: inside one dataset.

    Examples
    --------
    >>> numbers = pa.array(["GB82 WEST 1234 5698 7654 32", "00-7", "00-7", None])
    >>> account_keys(numbers, pa.array(["b", "b", None, "b"]), "x").to_pylist()
    ['GB82WEST12345698765432', 'b|007', 'in x|007', None]
    """
    compared = c.present(pc.utf8_upper(pc.replace_substring_regex(numbers, r"[\s-]+", "")))
    alone = c.through(compared, iban_shaped)
    held_at = pc.coalesce(banks, pa.scalar(f"in {scope}"))
    both = pc.if_else(pc.is_valid(compared), c.joined([held_at, compared], "|"), compared)
    return pc.coalesce(alone, both)


def bank_keys(bic: pa.Array, clearing: pa.Array, name: pa.Array) -> pa.Array:
    """What banks are known by: the first eight characters of the BIC (a branch is the same bank), a clearing number, a name.

    Examples
    --------
    >>> nothing = pa.array([None, None], pa.string())
    >>> bank_keys(pa.array(["BANKMXMMXXX", None]), nothing, pa.array(["Banco", "Banco del Norte, S.A."])).to_pylist()
    ['BANKMXMM', 'banco del norte s a']
    """
    compared = pc.utf8_upper(pc.replace_substring_regex(bic, r"\s+", ""))
    whole = c.where(compared, pc.match_substring_regex(compared, r"^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$"))
    known = pc.utf8_slice_codeunits(whole, 0, 8)
    return pc.coalesce(known, pc.utf8_upper(clearing), c.alike(name))


def account_rule(role: str, more: dict[str, Value] | None = None) -> EntityRule:
    """The account of a role: ``account``, ``account key``, ``account iban``, ``bank name``, ``bic``, ``account type``."""
    return EntityRule(
        f"{role} account",
        "BankAccount",
        Key(columns=(f"{role} account key",), prefix="", literal="BankAccount"),
        {
            "accountNumber": r.column(f"{role} account"),
            # one whose check digits fail is kept as unreadable, beside the number as it stands
            "iban": r.column(f"{role} account iban", "iban"),
            "bic": r.column(f"{role} bic"),
            "bankName": r.column(f"{role} bank name"),
            "accountType": r.column(f"{role} account type"),
            **(more or {}),
        },
    )
