"""Whom a finding is about, and what a community among the findings is called."""

from __future__ import annotations

from collections.abc import Sequence

from vinculo.analytics.community_finding import KEY_MEMBER
from vinculo.analytics.typology import COMMUNITY
from vinculo.dashboard import cases
from vinculo.dashboard.community_view import name_of
from vinculo.dashboard.wording import into, seen
from vinculo.graph.schema import is_a, kind
from vinculo.graph.types import Finding

#: Members looked at to say whom a finding is about.
LOOKED_AT = 8


def subjects(found: Sequence[Finding]) -> list[str]:
    """Whom each finding is about: its first member, with the first party beside it where that is an account or a shipment.

    A community is about nobody in particular.
    """
    held = cases.store().entities(list(dict.fromkeys(i for f in found for i, _ in f.entities[:LOOKED_AT])))
    made = []
    for f in found:
        members = [held[i] for i, _ in f.entities[:LOOKED_AT] if i in held]
        if not members or f.typology == COMMUNITY:
            made.append("")
            continue
        first = members[0]
        party = next((e for e in members if is_a(e.kind, "LegalEntity")), None)
        if party is None:
            made.append(f"{into(kind(first.kind).label)} {seen(first.name)}")
        else:
            made.append(seen(first.name) if party is first else f"{seen(party.name)} · {seen(first.name)}")
    return made


def group_name(finding: Finding) -> str:
    """What a community is called: by its first members, as the case names them now, and how many there are."""
    first = [i for i, role in finding.entities if role == KEY_MEMBER] or [i for i, _ in finding.entities]
    size = finding.features["members"]["value"]
    return name_of({"key_members": first[:2], "size": size}, cases.store().entities(first[:2]))
