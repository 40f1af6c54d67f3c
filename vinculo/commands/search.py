"""``search``: find entities, and what tells those of one name apart."""

from __future__ import annotations

import click

from vinculo.command import command
from vinculo.commands.look_words import TELLING, about, label
from vinculo.console import Console
from vinculo.graph.types import Entity

_COUNTRY_CODE = 2
#: Letters of a description of goods that a list has room for.
_MOST = 60
#: Where somebody is, and the numbers that nobody else has: the first that is there of each.
_PLACES = ("country", "jurisdiction", "nationality", "city")
_NUMBERS = ("taxNumber", "registrationNumber", "idNumber", "passportNumber", "leiCode", "imoNumber", "accountNumber")


@command
@click.argument("text", nargs=-1, required=True, metavar="TEXT...")
@click.option("--kind", "kinds", multiple=True, metavar="KIND")
@click.option("--limit", type=click.IntRange(1), default=20)
def search(console: Console, text: tuple[str, ...], kinds: tuple[str, ...], limit: int) -> None:
    """Find entities by name or number."""
    from vinculo.graph.schema import kind

    for name in kinds:
        kind(name)
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


def _apart(entity: Entity) -> str:
    """What tells this entity from others of the same name: what it is about, else its country and a number of its own."""
    if entity.kind in TELLING:
        said = about(entity)
        return said if len(said) <= _MOST else said[: _MOST - 1] + "…"
    firsts = (next((v for n in names if (v := entity.first(n))), "") for names in (_PLACES, _NUMBERS))
    place, number = firsts
    place = place.upper() if len(place) == _COUNTRY_CODE else place
    return ", ".join(t for t in (place, number) if t and t != entity.name)
