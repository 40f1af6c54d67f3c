"""Who pays whom: parties, directly and through the accounts they hold; an account of unknown holder stands for itself."""

from __future__ import annotations

from vinculo.analytics.projecting.definition import Held, Hubs, Projection, Tie, Weight

ACCOUNTS = ("BankAccount", "CryptoWallet")

PROJECTION = Projection(
    "who_pays_whom",
    (Tie("payment", links=("PAID",)),),
    nodes=("LegalEntity", *ACCOUNTS),
    held=Held(ACCOUNTS, ("HOLDS", "OWNS")),
    directed=True,
    weight=Weight(parallel="log"),
    hubs=Hubs(generic="left_out"),
)
