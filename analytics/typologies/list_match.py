"""List match: a party at work in the data that shares its tax number with one on a list."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np

from vinculo.analytics.context import Context
from vinculo.analytics.phrasing import both, counted, sentence
from vinculo.analytics.typology import make_finding, measured
from vinculo.graph.schema import descendants, is_a
from vinculo.graph.text import Text, text
from vinculo.graph.types import Entity, Finding

#: Links that show a party at work. What lists say of one another's entries (owners, relatives, addresses) is not work.
WORKING_KINDS = (
    "PAID",
    "SHIPPER",
    "CONSIGNEE",
    "NOTIFY_PARTY",
    "DECLARANT",
    "CARRIER",
    "INVOICED",
    "SEIZED_FROM",
    "INSPECTED",
)
#: Role of a listing in a finding.
LISTING = "listing"


@dataclass(frozen=True)
class ListMatchParameters:
    """How much a listing weighs.

    Attributes
    ----------
    weight_by_standing : tuple of (str, float)
        Score by the standing of the listing. A listing that was cleared weighs nothing: it is told, so that nobody takes
        the name on the list for an accusation. Where nothing is told but that two lists of different nature name one party,
        the weaker of the two counts: a listing that was cleared adds nothing to a sanction.
    """

    weight_by_standing: tuple[tuple[str, float], ...] = (("listed", 0.9), ("presumed", 0.6), ("cleared", 0.0))


@dataclass(frozen=True)
class ListMatch:
    """Parties whose tax number is on a list."""

    name: ClassVar[str] = "list_match"
    version: ClassVar[str] = "1"
    title: ClassVar[Text] = Text("Tax number on a list", "RFC o clave fiscal en una lista")
    stage: ClassVar[str] = "identity"
    reference: ClassVar[str] = "Código Fiscal de la Federación, art. 69-B; OFAC and UN consolidated lists"
    parameters: ListMatchParameters = field(default_factory=ListMatchParameters)

    def find(self, context: Context) -> Iterator[Finding]:
        """One finding per taxpayer with a listing that appears elsewhere, at work, or on a list of another nature."""
        network, actors = context.network, context.actors
        rows = np.flatnonzero(network.links_of_kind(["LISTED"]))
        by_actor: dict[int, list[int]] = defaultdict(list)
        for row in rows.tolist():
            by_actor[int(actors.of[network.source[row]])].append(row)
        active = np.zeros(len(network), np.bool_)
        busy = network.links_of_kind(WORKING_KINDS)
        active[network.source[busy]] = True
        active[network.target[busy]] = True
        listings = self._listings(context)
        sanction = network.of_kind(descendants("Sanction"))
        identifiers: dict[int, list[int]] = defaultdict(list)
        for row in actors.joined_by.tolist():
            identifiers[int(actors.of[network.source[row]])].append(row)
        for actor, listed in sorted(by_actor.items()):
            parties = actors.parties(actor).tolist()
            named = {int(network.source[r]) for r in listed}
            others = [n for n in parties if n not in named]
            at_work = [n for n in actors.members(actor).tolist() if active[n]]
            # The UN's entries stand on OFAC's list too; a sanction beside a tax listing is news.
            both_kinds = len({bool(sanction[network.target[r]]) for r in listed}) == 2
            if others or at_work or both_kinds:
                seen = bool(others or at_work)
                yield self._finding(context, actor, listed, named, others, identifiers[actor], listings, seen)

    @staticmethod
    def _listings(context: Context) -> dict[int, tuple[str, str]]:
        """Standing and date of every listing."""
        made: dict[int, tuple[str, str]] = {}
        for kind, columns in (("Listing", ["standing", "publicationDate"]), ("Sanction", ["listingDate"])):
            table = context.properties(kind, columns)
            at = context.network.index(table["id"]).tolist()
            for i, *values in zip(at, *(table[c].to_pylist() for c in columns), strict=True):
                *standing, date = (v or "" for v in values)
                made[i] = ("".join(standing) or "listed", date)
        return made

    def _finding(
        self,
        context: Context,
        actor: int,
        listed: list[int],
        named: set[int],
        others: list[int],
        joined_by: list[int],
        listings: dict[int, tuple[str, str]],
        seen: bool,
    ) -> Finding:
        network = context.network
        told = [listings.get(int(network.target[r]), ("listed", "")) for r in listed]
        score = self._score(context, listed, told, seen)
        cleared = all(standing == "cleared" for standing, _ in told)
        # who is cleared on the list that names him is cleared, whatever another list says of another entry
        standing = {int(network.source[r]) for r, (s, _) in zip(listed, told, strict=True) if s != "cleared"}
        entities = [(i, "listed_party") for i in context.ids(sorted(named & standing))]
        entities += [(i, "cleared_party") for i in context.ids(sorted(named - standing))]
        entities += [(i, "same_tax_number") for i in context.ids(others)]
        listed_as = context.ids(sorted({int(network.target[r]) for r in listed}))
        entities += [(i, LISTING) for i in listed_as]
        dates = sorted({date[:10] for _, date in told if date})
        return make_finding(
            self,
            score=score,
            entities=entities,
            links=context.link_ids([*listed, *joined_by]),
            window=(dates[0], dates[-1]) if dates else ("", ""),
            features={
                "listings": measured(len(listed), "count"),
                "cleared": measured(sum(s == "cleared" for s, _ in told), "count", len(told)),
                "records_with_this_number": measured(len(others) + len(named), "count"),
            },
            reason_key=_reason_key(cleared=cleared, others=len(others)),
            # by the ids of the listings; what they say is looked up when the finding is read
            reason={"lists": "; ".join(listed_as), "others": counted(len(others), "record")},
            lawful={"cleared_since": "tested", "number_misread": "not_testable"},
        )

    def _score(self, context: Context, listed: list[int], told: list[tuple[str, str]], seen: bool) -> float:
        """The weightiest listing; of a party seen on lists alone, the weightiest of the kind of list that weighs less."""
        weight = dict(self.parameters.weight_by_standing)
        sanction = context.network.of_kind(descendants("Sanction"))
        best: dict[bool, float] = {}
        for row, (standing, _) in zip(listed, told, strict=True):
            kind = bool(sanction[context.network.target[row]])
            best[kind] = max(best.get(kind, 0.0), weight.get(standing, weight["listed"]))
        return max(best.values()) if seen else min(best.values())


def listings_of(finding: Finding) -> list[str]:
    """Ids of the listings that a finding is about."""
    return [i for i, role in finding.entities if role == LISTING]


def with_lists(finding: Finding, known: Mapping[str, Entity]) -> Finding:
    """A list match in whose sentence the listings say what ``known`` has of them; the rest is as it was found."""
    roles = Counter(role for _, role in finding.entities)
    words = sorted({_said(i, known.get(i)) for i in listings_of(finding)})
    others = roles["same_tax_number"]
    reason = sentence(
        _reason_key(cleared=not roles["listed_party"], others=others),
        lists=Text("; ".join(w.en for w in words), "; ".join(w.es for w in words)),
        others=counted(others, "record"),
    )
    return replace(finding, reason=reason)


def _reason_key(*, cleared: bool, others: int) -> str:
    return f"finding.list_match.{'cleared' if cleared else 'listed'}.{'shared' if others else 'own'}"


def _said(id: str, listing: Entity | None) -> Text:
    """A listing in its list's own words; by its id where no source says any more which list it is."""
    if listing is None:
        return sentence("list_match.unstated", id=id)
    sanction = is_a(listing.kind, "Sanction")
    program = listing.first("program") or (listing.first("authority") if sanction else "")
    status = listing.first("status")
    if not program and not status:
        return sentence("list_match.unstated", id=id)
    quoted = ": ".join(t for t in (program, status) if t)
    if not sanction and listing.first("standing") == "cleared":
        suffix = text("standing.word.cleared")
        return Text(f"{quoted} ({suffix.en.lower()})", f"{quoted} ({suffix.es.lower()})")
    return both(quoted)


TYPOLOGY = ListMatch()
