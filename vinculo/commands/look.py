"""Chapter *look*: search, show, path."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from vinculo.command import command
from vinculo.console import Console
from vinculo.graph.errors import UsageError
from vinculo.graph.evidence import still_there
from vinculo.graph.text import has, say
from vinculo.graph.types import Entity, Fact, Link, Path, Provenance, Suggestion

if TYPE_CHECKING:
    from vinculo.graph.conversion import Conversion


@command
@click.argument("text", nargs=-1, required=True, metavar="TEXT...")
@click.option("--kind", "kinds", multiple=True, metavar="KIND")
@click.option("--limit", type=click.IntRange(1), default=20)
def search(console: Console, text: tuple[str, ...], kinds: tuple[str, ...], limit: int) -> None:
    """Find entities by name or number."""
    _known_kinds(kinds)
    with console.open() as store:
        hits = store.search(" ".join(text), kinds=kinds or None, limit=limit)
        found = store.entities([h.id for h in hits])
    datasets = {id: list(dict.fromkeys(p.source.dataset for p in e.sources)) for id, e in found.items()}
    apart = {id: _apart(e) for id, e in found.items()}
    for h in hits:
        told = {"id": h.id, "kind": h.kind, "name": h.name, "score": h.score, "matched": h.matched}
        console.emit(told | {"datasets": datasets.get(h.id, []), "told_apart_by": apart.get(h.id, "")})
    if hits:
        rows = [
            (
                h.score,
                label(h.kind),
                h.name,
                h.matched if h.matched != h.name else "",
                apart.get(h.id, ""),
                ", ".join(datasets.get(h.id, ())),
                h.id,
            )
            for h in hits
        ]
        console.table(("score", "kind", "name", "matched", "told_apart_by", "dataset", "id"), rows, numbers=(0,))
    else:
        console.say("cli.search.none")


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


@command
@click.argument("from_id", metavar="FROM")
@click.argument("to_id", metavar="TO")
@click.option("--max-hops", type=click.IntRange(1, 12), default=6)
@click.option("--kind", "kinds", multiple=True, metavar="KIND")
@click.option("--time-ordered", is_flag=True)
@click.option("--likely", is_flag=True)
@click.option("--avoid", multiple=True, metavar="ID")
@click.option("--avoid-kind", "avoid_kinds", multiple=True, metavar="KIND")
@click.option("--hub-steps", type=click.FloatRange(0), default=None)
@click.option("--hub-from", type=click.IntRange(1), default=None)
@click.option("--limit", type=click.IntRange(1), default=5)
def path(
    console: Console,
    from_id: str,
    to_id: str,
    max_hops: int,
    kinds: tuple[str, ...],
    time_ordered: bool,
    likely: bool,
    limit: int,
    **price: Any,
) -> None:
    """Show the shortest paths between two entities, with the evidence of each hop."""
    _known_kinds(kinds)
    given = {name: value for name, value in price.items() if value not in (None, ())}
    if given.get("avoid_kinds") == ("none",):
        given["avoid_kinds"] = ()
    if likely or given:
        common = {"max_hops": max_hops, "kinds": kinds or None, "time_ordered": time_ordered, "k": limit}
        _likely(console, from_id, to_id, **common, **given)
        return
    with console.open() as store:
        found = store.paths(
            from_id, to_id, max_hops=max_hops, kinds=kinds or None, time_ordered=time_ordered, limit=limit
        )
    for each in found:
        console.emit(_path_json(each))
        _tell_path(console, each)
    if not found:
        console.say("cli.path.none", hops=max_hops)


def _likely(console: Console, a: str, b: str, **choice: Any) -> None:
    from vinculo.analytics.ways.possible import possible_paths

    with console.open() as store:
        found = possible_paths(store, a, b, progress=console.progress, **choice)
    for each in found.paths:
        hops = [h.link for h in each.hops]
        told = {"cost": each.cost, "carried": each.carried, "told": each.told._asdict()}
        usable = [{"links": h.usable, "first": h.first, "last": h.last} for h in each.hops]
        console.emit(_path_json(Path(each.entities, tuple(hops))) | told | {"usable": usable})
        console.line(each.told.into())
        _tell_steps(console, Path(each.entities, tuple(hops)))
    for ruled in found.ruled_out:
        console.emit({"ruled_out": ruled.as_json()})
        console.line("- " + ruled.reason.into())
    if not found.paths:
        console.say("cli.path.none", hops=choice["max_hops"])
    if found.truncated:
        console.emit({"truncated": True})
        console.warn(say("cli.path.truncated"))


# -- JSON --------------------------------------------------------------------------------------------------------
def properties_json(properties: dict[str, tuple[Fact, ...]]) -> dict[str, Any]:
    """Every value with the files that assert it."""
    return {
        name: [{"value": f.value, "sources": [p.as_json() for p in f.sources]} for f in facts]
        for name, facts in properties.items()
    }


def link_json(link: Link) -> dict[str, Any]:
    """A link as ``show`` and ``path`` print it."""
    return {
        "id": link.id,
        "kind": link.kind,
        "source": link.source,
        "target": link.target,
        "properties": properties_json(link.properties),
        "sources": [p.as_json() for p in link.sources],
    }


def suggestion_json(suggestion: Suggestion) -> dict[str, Any]:
    """A suggestion as ``show`` and ``suggestions`` print it."""
    return {
        "left": suggestion.left,
        "right": suggestion.right,
        "score": suggestion.score,
        "why": suggestion.why._asdict(),
        "judgement": suggestion.judgement,
    }


def _path_json(path: Path) -> dict[str, Any]:
    return {
        "hops": len(path.links),
        "entities": [{"id": e.id, "kind": e.kind, "name": e.name} for e in path.entities],
        "links": [link_json(x) for x in path.links],
    }


# -- for people --------------------------------------------------------------------------------------------------
def label(kind: str) -> str:
    """The kind's name in the reader's language."""
    from vinculo.graph.schema import kinds

    return kinds()[kind].label.into() if kind in kinds() else kind


def verb(kind: str) -> str:
    """The link's verb in the reader's language."""
    from vinculo.graph.schema import kinds

    return kinds()[kind].verb.into() if kind in kinds() else kind


_COUNTRY_CODE = 2
#: Letters of a description of goods that a list has room for.
_MOST = 60
#: What tells things of a kind apart better than their number does.
_TELLING = {"Inspection": ("inspectionKind", "result"), "Seizure": ("commodity",), "Consignment": ("goods",)}


def _about(entity: Entity) -> str:
    said = []
    for name in _TELLING.get(entity.kind, ()):
        if value := entity.first(name):
            key = f"dashboard.value.{name}.{value}"
            said.append(say(key) if has(key) else value)
    return ", ".join(said)


def _described(entity: Entity) -> str:
    """The name, and for what has a number for one, what it is about."""
    about = _about(entity)
    return f"{entity.name} ({about})" if about else entity.name


#: Where somebody is, and the numbers that nobody else has: the first that is there of each.
_PLACES = ("country", "jurisdiction", "nationality", "city")
_NUMBERS = ("taxNumber", "registrationNumber", "idNumber", "passportNumber", "leiCode", "imoNumber", "accountNumber")


def _apart(entity: Entity) -> str:
    """What tells this entity from others of the same name: what it is about, else its country and a number of its own."""
    if entity.kind in _TELLING:
        about = _about(entity)
        return about if len(about) <= _MOST else about[: _MOST - 1] + "…"
    firsts = (next((v for n in names if (v := entity.first(n))), "") for names in (_PLACES, _NUMBERS))
    place, number = firsts
    place = place.upper() if len(place) == _COUNTRY_CODE else place
    return ", ".join(t for t in (place, number) if t and t != entity.name)


def _known_kinds(names: Iterable[str]) -> None:
    from vinculo.graph.schema import kind

    for name in names:
        kind(name)


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


def _told_sources(sources: Iterable[Provenance]) -> str:
    return "; ".join(say("cli.show.source", file=p.source.file, record=f"{p.record:,}") for p in sources)


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
            rows.append((told, value, _told_sources(fact.sources)))
    if rows:
        console.table(("property", "value", "source"), rows)


def _date(link: Link) -> str:
    return link.first("date") or link.first("startDate")


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
        name = _described(ends[other]) if other in ends else other
        told = [_shortly(c) for c in converted[x.id][:1]] or [""]
        rows.append(("→" if outward else "←", verb(x.kind), name, _date(x)[:10], money, *told[:chosen], other))
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
    console.line(_told_sources(link.sources))
    console.line()
    _tell_facts(console, link.kind, link.properties)


def _tell_path(console: Console, path: Path) -> None:
    if console.as_json:
        return
    hops = Counter(x.kind for x in path.links)
    console.say("cli.path.heading", hops=len(path.links), kinds=", ".join(verb(k) for k in sorted(hops)))
    _tell_steps(console, path)


def _tell_steps(console: Console, path: Path) -> None:
    console.line(f"  {label(path.entities[0].kind)}: {path.entities[0].name}")
    for link, before, after in zip(path.links, path.entities, path.entities[1:], strict=False):
        arrow = "→" if link.source == before.id else "←"
        date = f" {_date(link)[:10]}" if _date(link) else ""
        console.line(f"    {arrow} {verb(link.kind)}{date}  [{_told_sources(link.sources)}]")
        console.line(f"  {label(after.kind)}: {after.name}")
    console.line()
