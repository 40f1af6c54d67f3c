"""Which accounts move money to which: transfers between accounts, whoever holds them."""

from __future__ import annotations

from vinculo.analytics.projecting.definition import Projection, Tie, Weight

PROJECTION = Projection(
    "accounts",
    (Tie("transfer", links=("PAID",)),),
    nodes=("BankAccount", "CryptoWallet"),
    directed=True,
    weight=Weight(parallel="log"),
)
