"""Who ships with whom: parties to one consignment, with their roles; carriers and customs brokers are left out."""

from __future__ import annotations

from vinculo.analytics.projecting.definition import Hubs, Projection, Tie, Weight

GOODS = ("Consignment",)

PROJECTION = Projection(
    "who_ships_with_whom",
    (
        Tie("shipper_and_consignee", links=("SHIPPER",), to=("CONSIGNEE",), through=GOODS),
        Tie("shipper_and_notify_party", links=("SHIPPER",), to=("NOTIFY_PARTY",), through=GOODS),
        Tie("consignee_and_notify_party", links=("CONSIGNEE",), to=("NOTIFY_PARTY",), through=GOODS),
    ),
    nodes=("LegalEntity",),
    weight=Weight(parallel="log"),
    hubs=Hubs(generic="left_out"),
)
