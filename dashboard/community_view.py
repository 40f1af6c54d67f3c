"""Communities as rows and as one profile: names, money by currency, goods, what became of it, who stands between."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from vinculo.dashboard import cases, downloads
from vinculo.dashboard.names import shareable
from vinculo.dashboard.wording import exact, facts_table, into, language, number, remark, seen, t, value_said
from vinculo.graph.schema import kind
from vinculo.graph.taint import without
from vinculo.graph.text import Text, say
from vinculo.graph.types import Entity

#: Of kinds, countries, currencies and codes of goods so many are told in a row; the profile has them all.
TOLD = 3
Row = Mapping[str, Any]


def named(groups: Iterable[Row]) -> dict[str, Entity]:
    """Whoever is to be named in these rows, of those who are still there."""
    wanted: dict[str, None] = {}
    for g in groups:
        wanted |= dict.fromkeys(g.get("key_members", ()))
        wanted |= dict.fromkeys(b["id"] for b in g.get("brokers", ()))
        wanted |= dict.fromkeys(i for c in g.get("changes", ()) for b in c["before"] for i in b["key_members"])
    return cases.store().entities(list(wanted))


def openly(known: Mapping[str, Entity], taints: Collection[str]) -> dict[str, Entity]:
    """The same as a file may have them: without what only suspicious-activity reports tell, unless that is asked for."""
    hidden = frozenset(s.key for s in cases.store().sources() if s.taint and s.taint not in taints)
    return {i: without(known[i], hidden) for i in shareable(known, taints)}


def may_go_out(group: Row, taints: Collection[str]) -> bool:
    """Whether a file may tell of a group: nothing of it is known from reports alone, or they were asked for."""
    return not group.get("taint") or group["taint"] in taints


def name_of(group: Row, known: Mapping[str, Entity]) -> str:
    """A name for a group, from its first members who are still there."""
    first = [known[i].name for i in group["key_members"] if i in known][:2]
    left = int(group["size"]) - len(first)
    if not first:
        return t("communities.nameless", size=number(int(group["size"])))
    if left < 1:
        key = "community.name.two" if len(first) > 1 else "community.name.one"
    else:
        key = "community.name.more" if len(first) > 1 else "community.name.one"
    return seen(say(key, language(), a=first[0], b=first[-1], n=number(left)) if left or len(first) > 1 else first[0])


def share(value: Any) -> str:
    """A share in per cent; one that is there is never told as none."""
    if not isinstance(value, int | float):
        return ""
    return f"{value:.0%}" if value >= 0.1 else f"{value:.1%}" if value >= 0.001 or not value else "< 0.1%"


def _counted(values: Iterable[tuple[str, int]], most: int | None) -> str:
    # a command's JSON has them by name
    values = sorted(values, key=lambda v: (-v[1], v[0]))
    told = [f"{seen(name)} {number(n)}" for name, n in values[:most]]
    return " · ".join(told) + (" · …" if most and len(values) > most else "")


def kinds(group: Row, most: int | None = TOLD) -> str:
    """Its kinds, most first."""
    return _counted(((into(kind(k).label), n) for k, n in group["kinds"].items()), most)


def countries(group: Row, most: int | None = TOLD) -> str:
    """Its countries by their names, most first."""
    return _counted(((value_said("Company", "country", c), n) for c, n in group["countries"].items()), most)


def money(group: Row, side: str, most: int | None = TOLD) -> str:
    """Sums on one side of its border, each currency by itself."""
    told = [f"{exact(m[side])} {m['currency']}".strip() for m in group["money"] if m[side]]
    return " · ".join(told[:most]) + (" · …" if most and len(told) > most else "")


def goods(group: Row, most: int | None = TOLD) -> str:
    """Its goods: code, consignments inside and across."""
    return _counted(((g["hs_code"], g["inside"] + g["across"]) for g in group["goods"]), most)


def became(group: Row) -> str:
    """What became of it since the run it is compared with, in a word."""
    told = [say(f"community_change.word.{c['kind']}", language()) for c in group.get("changes", ())]
    return ", ".join(dict.fromkeys(told))


def rows(groups: Sequence[Row], known: Mapping[str, Entity]) -> list[dict[str, Any]]:
    """The list of communities."""
    return [
        {
            t("rank"): place,
            t("communities.name"): name_of(g, known),
            t("size"): int(g["size"]),
            t("communities.belongs"): g.get("stability"),
            t("communities.change"): became(g),
            t("communities.inside"): g["inside"],
            t("communities.density"): g["density"],
            t("communities.seizures"): int(g["seizures"]) or None,
            t("communities.kinds"): kinds(g),
            t("communities.countries"): countries(g),
            t("communities.paid_inside"): money(g, "inside"),
            t("communities.paid_into"): money(g, "into"),
            t("communities.paid_out"): money(g, "out"),
            t("communities.goods"): goods(g),
            t("communities.key_members"): " · ".join(seen(known[i].name) for i in g["key_members"] if i in known),
            t("communities.between"): " · ".join(seen(known[b["id"]].name) for b in g["brokers"] if b["id"] in known),
            t("communities.marks"): marks(g),
            "id": g["id"],
        }
        for place, g in enumerate(groups, 1)
    ]


def marks(group: Row) -> str:
    """What must be said of what it rests on."""
    told = [t("tainted")] if group.get("taint") else []
    invented = {"all": "synthetic", "some": "synthetic.some"}.get(str(group.get("made_up", "")))
    return " · ".join([*told, *([t(invented)] if invented else [])])


def profile(group: Row, places: Mapping[str, int], known: Mapping[str, Entity], taints: Collection[str] = ()) -> None:
    """One community whole: facts, money, goods, what became of it, who stands between it and others."""
    out = may_go_out(group, taints)
    facts = [
        (t("communities.kinds"), kinds(group, None)),
        (t("communities.countries"), countries(group, None)),
        (t("communities.belongs"), share(group.get("stability"))),
        (t("communities.inside"), share(group["inside"])),
        (t("communities.density"), f"{share(group['density'])} ({number(group['links'])})"),
        (t("communities.seizures"), number(group["seizures"])),
        (t("communities.key_members"), " · ".join(seen(known[i].name) for i in group["key_members"] if i in known)),
        (t("communities.marks"), marks(group)),
    ]
    facts_table([(label, value, ()) for label, value in facts if value])
    for c in group.get("changes", ()):
        was = "; ".join(
            " · ".join(seen(known[i].name) for i in b["key_members"][:2] if i in known) for b in c["before"]
        )
        reason = into(Text(**c["reason"]))
        remark(t("communities.since", run=c["since"], reason=reason) + (f" ({was})" if was.strip("; ") else ""))
    _money(group, out)
    _goods(group, out)
    if between := _between(group, places, known):
        remark(t("communities.between_about"))
        shared = _between(group, places, openly(known, taints)) if out else []
        downloads.table(between, "community-between", key="community-between", hidden=("id",), shared=shared)


def _money(group: Row, out: bool) -> None:
    told = [
        {
            t("communities.currency"): m["currency"] or t("communities.no_currency"),
            t("communities.payments"): m["payments"],
            **{t(f"communities.paid_{side}"): float(m[side]) for side in ("inside", "into", "out")},
        }
        for m in group["money"]
    ]
    if told:
        downloads.table(told, "community-money", key="community-money", shared=told if out else [])


def _goods(group: Row, out: bool) -> None:
    told = [
        {
            t("communities.hs"): g["hs_code"],
            t("communities.goods_inside"): g["inside"],
            t("communities.goods_across"): g["across"],
            t("communities.kg_inside"): float(g["inside_kg"]),
            t("communities.kg_across"): float(g["across_kg"]),
        }
        for g in group["goods"]
    ]
    if told:
        downloads.table(told, "community-goods", key="community-goods", shared=told if out else [])


def _between(group: Row, places: Mapping[str, int], known: Mapping[str, Entity]) -> list[dict[str, Any]]:
    """Whom some of the searches put elsewhere; one row for each other community."""
    return [
        {
            t("name"): seen(known[b["id"]].name),
            t("communities.also_in"): t("communities.nth", place=number(places[o["community"]]))
            if o["community"] in places
            else t("communities.smaller"),
            t("communities.share_of_searches"): share(o["share"]),
            "id": b["id"],
        }
        for b in group["brokers"]
        if b["id"] in known
        for o in b["others"]
    ]


def gone_rows(gone: Sequence[Row], known: Mapping[str, Entity]) -> list[dict[str, Any]]:
    """Groups of the run before that are no longer there."""
    return [
        {
            t("communities.change"): into(Text(**c["reason"])),
            t("communities.key_members"): "; ".join(
                " · ".join(seen(known[i].name) for i in b["key_members"] if i in known) for b in c["before"]
            ),
        }
        for c in gone
    ]


def layer_rows(groups: Sequence[Row], known: Mapping[str, Entity]) -> list[dict[str, Any]]:
    """Groups of one resolution."""
    return [
        {
            t("rank"): g["place"],
            t("communities.name"): name_of(g, known),
            t("size"): g["size"],
            t("communities.shared"): g.get("shared"),
            t("communities.within"): t("communities.nth", place=number(g["within"])) if g["within"] else "",
            "id": g["id"],
        }
        for g in groups
    ]


def member_rows(held: Mapping[str, Entity], ids: Sequence[str], key: Sequence[str]) -> list[dict[str, Any]]:
    """Members who are still there, key members marked."""
    return [
        {
            t("name"): seen(e.name),
            t("kind"): into(kind(e.kind).label),
            t("communities.key_member"): "✓" if i in key else "",
            "id": i,
        }
        for i, e in ((i, held[i]) for i in ids if i in held)
    ]


def verdict(groups: Sequence[Row]) -> tuple[str, bool]:
    """Whether the split is real, and whether that is a warning; one search alone cannot tell."""
    if not groups or "real" not in groups[0]:
        return t("communities.unsure"), False
    if groups[0]["real"]:
        return say("cli.communities.real", language()), False
    return say("cli.communities.not_real", language()), True
