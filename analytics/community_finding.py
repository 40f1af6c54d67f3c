"""A community as a finding: what holds it together, how sure that is, and why it accuses nobody.

Its score only puts communities in order, the larger first, and lies below that of every pattern: findings are ordered by what
speaks against somebody, and being in a group does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from vinculo.analytics.community_profile import name_of
from vinculo.analytics.community_report import Described
from vinculo.analytics.phrasing import counted, money, percent, sentence
from vinculo.analytics.typology import COMMUNITY, measured
from vinculo.graph.ids import make_id
from vinculo.graph.text import Text, text
from vinculo.graph.types import Entity, Finding

VERSION = "1"
#: Scores stay below this.
BELOW = 0.001
#: Members named in a finding, key members first.
NAMED = 500
#: Currencies told in its sentence.
CURRENCIES = 3
#: Above this share of its weight inside, a community holds together more than with the rest.
HALF = 0.5
KEY_MEMBER = "key_member"


def finding_of(told: Described, run: str) -> Finding:
    """A community as a finding.

    Parameters
    ----------
    told : Described
    run : str
        Name under which its division is kept.
    """
    c, p = told.community, told.profile
    leading = dict.fromkeys(p.key_members, KEY_MEMBER)
    rest = dict.fromkeys((m for m in c.members if m not in leading), "member")
    projection = str(c.projection.with_id()["id"])
    features: dict[str, dict[str, Any]] = {
        "members": measured(c.size, "count"),
        "linked_pairs": measured(p.links, "count"),
        "pairs_linked": measured(p.density, "share"),
        "weight_inside": measured(p.inside, "share"),
        "countries_inside": measured(len(p.countries), "count"),
        "seizures": measured(p.seizures, "count"),
        "resolution": measured(c.resolution, "count"),
        "seed": measured(c.seed, "count"),
        "method": _word(c.method, "method"),
        "projection": _word(c.projection.name, "projection"),
        "kept_as": _word(run, "name"),
    }
    if c.stability is not None:
        features["belongs"] = measured(c.stability, "probability")
    if told.made_up:
        features["made_up"] = _word(told.made_up, "made_up")
    if told.taint:
        features["taint"] = _word(told.taint, "taint")
    return Finding(
        id=make_id(f"finding:{COMMUNITY}:{VERSION}:", projection, c.method, *c.members) or "",
        typology=COMMUNITY,
        version=VERSION,
        score=round(BELOW * (1 - 1 / c.size), 7),
        entities=tuple((leading | rest).items())[:NAMED],
        links=told.evidence,
        window=told.window,
        features=dict(sorted(features.items())),
        reason=reason_of(told),
        lawful=tuple((text(f"lawful.{key}"), status) for key, status in _lawful(c.real).items()),
        settles=text(f"settles.{COMMUNITY}"),
    )


def reason_of(told: Described) -> Text:
    """What holds a community together and how sure it is, as sentences that name nobody.

    Names are told when it is read (:func:`vinculo.analytics.finding_told.told`): who is withdrawn, or called otherwise since,
    is not named by what was kept.
    """
    c, p = told.community, told.profile
    inside = [money(m.inside, m.inside, m.currency) for m in p.money if m.inside][:CURRENCIES]
    more = [sentence("community.money", amounts=", ".join(inside))] if inside else []
    if p.seizures:
        more.append(sentence("community.seized", seizures=counted(p.seizures, "seizure")))
    more.append(_sure(told))
    if told.made_up:
        more.append(text("community.made_up_all" if told.made_up == "all" else "community.made_up_some"))
    if told.taint:
        more.append(text("community.tainted"))
    members = counted(c.size, "member")
    return sentence(
        "community.reason",
        members=sentence("community.held", members=members) if p.inside > HALF else members,
        inside=percent(p.inside),
        pairs=percent(p.density) if p.density >= 0.01 else text("community.few_pairs"),
        more=Text(" ".join(m.en for m in more), " ".join(m.es for m in more)),
    )


def leading_of(finding: Finding) -> list[str]:
    """Ids of the key members by whom a community is called."""
    return [i for i, role in finding.entities if role == KEY_MEMBER][:2]


def with_name(finding: Finding, known: Mapping[str, Entity]) -> Finding:
    """A community called by its key members, as ``known`` names them; by nobody where none of them is known any more."""
    first = [known[i].name for i in leading_of(finding) if i in known]
    if not first:
        return finding
    name = name_of(first, int(finding.features["members"]["value"]))
    return replace(finding, reason=sentence("community.named", name=name, reason=finding.reason))


def _sure(told: Described) -> Text:
    c = told.community
    if c.stability is None:
        return sentence("community.sure.once", method=c.method)
    return sentence("community.sure.real" if c.real else "community.sure.not_real", probability=percent(c.stability))


def _lawful(real: bool | None) -> dict[str, str]:
    # one search cannot tell a group from chance
    chance = {"group_by_chance": "tested" if real else "not_testable"}
    return {"group_of_business": "not_testable", "watched_together": "not_testable"} | chance


def _word(value: str, unit: str) -> dict[str, Any]:
    return {"value": value, "unit": unit}
