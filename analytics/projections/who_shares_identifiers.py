"""Who shares a phone, an e-mail, an address or an official number, unless a crowd does."""

from __future__ import annotations

from vinculo.analytics.projecting.definition import Hubs, Projection, Tie

PROJECTION = Projection(
    "who_shares_identifiers",
    (
        Tie("same_address", links=("HAS_ADDRESS",), through=("Address",)),
        Tie("same_email", links=("HAS_EMAIL",), through=("EmailAddress",)),
        Tie("same_number", links=("HAS_IDENTIFIER",), through=("Identifier",)),
        Tie("same_phone", links=("HAS_PHONE",), through=("Phone",)),
    ),
    nodes=("LegalEntity",),
    hubs=Hubs(generic="left_out"),
)
