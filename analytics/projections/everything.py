"""What has to do with what: every link counts, but for those to what stands next to everybody."""

from __future__ import annotations

from vinculo.analytics.projecting.definition import Hubs, Projection, Tie, Weight

#: Places, vessels and vehicles, banks as such, carriers and customs brokers in that role, derived references.
LEFT_OUT = ("LADEN_AT", "UNLADEN_AT", "OCCURRED_AT", "CARRIED_BY", "HELD_AT", "CARRIER", "DECLARANT", "REFERS_TO")
#: Nodes that are values shared by parties.
VALUE_KINDS = ("Address", "Phone", "EmailAddress", "Identifier", "Mention", "Listing", "Sanction")

PROJECTION = Projection(
    "everything",
    (Tie("link", all_but=LEFT_OUT),),
    weight=Weight(parallel="log"),
    # a value that two share already counts less: a registered agent's address does not hold a thousand firms together
    hubs=Hubs(crowded="damped", more_than=1, kinds=VALUE_KINDS),
)
