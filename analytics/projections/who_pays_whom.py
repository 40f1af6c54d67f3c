"""Who pays whom: parties, directly and through the accounts they hold; an account of unknown holder stands for itself."""

from __future__ import annotations

from vinculo.analytics.projecting.crowds import ACCOUNTS
from vinculo.analytics.projecting.definition import Hubs, Projection, Tie, Weight

PROJECTION = Projection(
    "who_pays_whom",
    (Tie("payment", links=("PAID",)),),
    nodes=("LegalEntity", *ACCOUNTS.kinds),
    held=ACCOUNTS,
    directed=True,
    weight=Weight(parallel="log"),
    hubs=Hubs(generic="left_out"),
)
