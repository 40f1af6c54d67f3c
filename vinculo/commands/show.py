"""``show``: one entity or link, every value with its sources."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from vinculo.command import command
from vinculo.commands.look_json import link_json, properties_json, suggestion_json
from vinculo.commands.look_words import date_of, described, label, told_sources, verb
from vinculo.console import Console
from vinculo.graph.errors import UsageError
from vinculo.graph.evidence import still_there
from vinculo.graph.text import say
from vinculo.graph.types import Entity, Fact, Link, Provenance, Suggestion

if TYPE_CHECKING:
    from vinculo.graph.conversion import Conversion


@command
@click.argument("id", metavar="ID")
@click.option("--limit", type=click.IntRange(1), default=50)
def show(console: Console, id: str, limit: int) -> None:
    """Show one entity or link: every value with its sources, its links, what lists say."""
    from vinculo.graph.rates import conversions, rates_chosen
    from vinculo.graph.standing import standings

    with console.open() as store:
        found = store.entities([id]).get(id)
        rates = rates_chosen(store)
        if found is None:
            link = store.links([id]).get(id)
            if link is None:
                raise UsageError("unknown_entity", id=id)
            ends = store.entities([link.source, link.target])
            made = conversions(link, rates)
            console.emit(link_json(link) | _converted_json(made))
            _tell_link(console, link, ends)
            _tell_converted(console, made)
            return
        near = store.neighbours(id, limit=limit)
        told = standings(store, [id]).get(id, ())
        suggested = still_there(store, store.suggestions(id))
        others = {e.id: e for e in near.entities} | store.entities([_other(s, id) for s in suggested])
    made = conversions(found, rates)
    beside = {x.id: conversions(x, rates) for x in near.links}
    console.emit(
        {
            "id": found.id,
            "kind": found.kind,
            "name": found.name,
            "properties": properties_json(found.properties),
            "sources": [p.as_json() for p in found.sources],
            "links": [link_json(x) | _converted_json(beside[x.id]) for x in near.links],
            "links_total": near.totals,
            "truncated": near.truncated,
            "standings": [s.as_json() for s in told],
            "suggestions": [suggestion_json(s) for s in suggested],
            **_converted_json(made),
        }
    )
    if console.as_json:
        return
    console.line(f"{label(found.kind)}: {found.name}{_marks(found.sources)}")
    console.line(found.id)
    for standing in told:
        console.line(f"! {standing.sentence.into()}")
    console.line()
    _tell_facts(console, found.kind, found.properties)
    _tell_converted(console, made)
    _tell_links(console, found, near.links, {**others, id: found}, beside)
    for kind, total in sorted(near.totals.items()):
        shown = sum(x.kind == kind for x in near.links)
        if shown < total:
            console.say("cli.show.left", shown=f"{shown:,}", total=f"{total:,}", verb=verb(kind))
    if suggested:
        console.line()
        console.say("cli.show.suggestions")
        for s in suggested:
            other = _other(s, id)
            name = others[other].name if other in others else other
            console.line(f"  {s.score:.2f}  {name}  {s.why.into()}  {other}")


def _other(suggestion: Suggestion, id: str) -> str:
    return suggestion.right if suggestion.left == id else suggestion.left


def _marks(sources: Iterable[Provenance]) -> str:
    known = list(sources)
    marks = []
    if any(p.source.synthetic for p in known):
        marks.append(say("cli.synthetic"))
    if any(p.source.taint == "sar" for p in known):
        marks.append(say("cli.sar"))
    return f"  [{', '.join(marks)}]" if marks else ""


def _tell_facts(console: Console, kind: str, properties: dict[str, tuple[Fact, ...]]) -> None:
    from vinculo.graph.reference import meaning
    from vinculo.graph.schema import UNREADABLE, kinds, property_label, unread
    from vinculo.ingest.clean.check_digits import doubt

    known = kinds()[kind].properties if kind in kinds() else {}
    number_type = properties["type"][0].value if "type" in properties else ""
    rows = []
    for name, facts in properties.items():
        told = property_label(kind, name).into()
        unit = f" {known[name].unit}" if name in known and known[name].unit else ""
        for fact in facts:
            meant = meaning(kind, name, fact.value)
            value = unread(kind, fact.value).into() if name == UNREADABLE else fact.value
            value += unit + (f" ({meant.label})" if meant else "")
            if wrong := doubt(kind, name, fact.value, number_type):
                value += f" [{say(f'doubt.{wrong}')}]"
            rows.append((told, value, told_sources(fact.sources)))
    if rows:
        console.table(("property", "value", "source"), rows)


def _converted_json(made: Sequence[Conversion]) -> dict[str, Any]:
    return {"converted": [c.as_json() for c in made]} if made else {}


def _tell_converted(console: Console, made: Sequence[Conversion]) -> None:
    said = [(f"{c.amount} {c.currency}".strip(), c.told()) for c in made if c.told()]
    if said:
        console.line()
        console.say("cli.show.converted", code=made[0].target)
        for given, told in said:
            console.line(f"  {given}: {told}")


def _tell_links(
    console: Console,
    entity: Entity,
    links: Iterable[Link],
    ends: dict[str, Entity],
    converted: dict[str, list[Conversion]],
) -> None:
    rows = []
    chosen = any(converted.values())
    for x in links:
        outward = x.source == entity.id
        other = x.target if outward else x.source
        money = " ".join(t for t in (x.first("amount"), x.first("currency")) if t)
        name = described(ends[other]) if other in ends else other
        told = [_shortly(c) for c in converted[x.id][:1]] or [""]
        rows.append(("→" if outward else "←", verb(x.kind), name, date_of(x)[:10], money, *told[:chosen], other))
    if rows:
        console.line()
        headings = ("direction", "link", "name", "date", "amount", *("converted",) * chosen, "id")
        console.table(headings, rows, numbers=(4, 5) if chosen else (4,))


def _shortly(conversion: Conversion) -> str:
    """The other amount with the day of its rate, or that there is none."""
    if not conversion.rates:
        return say("cli.show.unconverted") if conversion.reason else ""
    return f"{conversion.shown} ({conversion.rates[0].date})"


def _tell_link(console: Console, link: Link, ends: dict[str, Entity]) -> None:
    names = [ends[i].name if i in ends else i for i in (link.source, link.target)]
    console.line(f"{names[0]}  {verb(link.kind)}  {names[1]}{_marks(link.sources)}")
    console.line(f"{link.source} → {link.target}")
    console.line(told_sources(link.sources))
    console.line()
    _tell_facts(console, link.kind, link.properties)
