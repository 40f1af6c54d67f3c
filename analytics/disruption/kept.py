"""A comparison as it was kept, read back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vinculo.analytics.disruption.actions import Action
from vinculo.analytics.disruption.comparison import Comparison, Point
from vinculo.analytics.disruption.recovery import Recovery


def comparison_of(document: Mapping[str, Any]) -> Comparison:
    """The comparison that ``as_json`` was made of.

    Examples
    --------
    >>> from vinculo.analytics.disruption.compare import compare
    >>> from vinculo.analytics.disruption.group import group_of
    >>> from vinculo.graph.network import Network
    >>> made = compare(group_of(Network.from_links([("hub", x) for x in "abcd"])), [Action("arrest", ("hub",))], runs=5)
    >>> comparison_of(made.as_json()) == made
    True
    """
    curves = tuple(
        (Action(a["action"], tuple(a["targets"]), a["cost"]), tuple(map(_point, a["curve"])))
        for a in document["actions"]
    )
    return Comparison(document["question"], _point(document["before"]), curves)


def _point(told: Mapping[str, Any]) -> Point:
    recovery = tuple(Recovery(**r) for r in told["recovery"])
    named = tuple((x["id"], x["name"]) for x in told["unmentioned_named"])
    return Point(**{**told, "recovery": recovery, "unmentioned_named": named})
