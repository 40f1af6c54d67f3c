"""The company register, as FollowTheMoney entities (one JSON object a line): firms, directors, owners, addresses."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from vinculo.ingest.demo.draws import Draws
from vinculo.ingest.demo.world import Held, Party, World

_UNREGISTERED = ("bank", "person")


def fill_register(world: World, draws: Draws) -> None:
    """Every second firm is registered, with one director; some belong to another firm or to a person."""
    directed = {id(h.firm) for h in world.held}
    for party in world.parties:
        if party.sector in _UNREGISTERED:
            continue
        party.registered = party.registered or draws.chance(0.5)
        if not party.registered or id(party) in directed:
            continue
        role = (
            "Administrador único"
            if party.country == "MX"
            else "Representante legal"
            if party.country != "US"
            else "President"
        )
        director = world.officer(party.country)
        world.held.append(Held(director, party, role=role))
        if draws.chance(0.25):
            owner = director if draws.chance(0.7) else world.officer(party.country)
            world.held.append(Held(owner, party, percentage=draws.choice((25, 50, 51, 75, 100))))


def register_file(world: World, notice: str) -> bytes:
    """``company_register.ftm.json``; the first entities carry the notice."""
    firms = {id(p): p for p in world.parties if p.registered}
    held = [h for h in world.held if id(h.firm) in firms]
    people = {id(h.who): h.who for h in held if id(h.who) not in firms}
    seen: set[str] = set()
    lines = []
    for number, made in enumerate(_entities(list(firms.values()), list(people.values()), held)):
        if made["id"] in seen:
            continue
        seen.add(made["id"])
        if number < 3:
            made["properties"]["notes"] = [notice]
        lines.append(json.dumps(made, ensure_ascii=False))
    return ("\n".join(lines) + "\n").encode()


def _entities(firms: list[Party], people: list[Party], held: list[Held]) -> Iterator[dict[str, Any]]:
    for party in firms:
        address = {
            "full": [party.address],
            "street": [party.street],
            "city": [party.city],
            "region": [party.region],
            "postalCode": [party.postcode],
            "country": [party.country.lower()],
        }
        company = _common(party) | {
            "jurisdiction": [party.country.lower()],
            "incorporationDate": [party.founded],
            "addressEntity": [_id("address", party.address)],
            "phone": [party.phone],
            "email": [party.email],
        }
        yield _entity(party_id(party), "Company", company)
        yield _entity(_id("address", party.address), "Address", address)
    for party in people:
        name = party.person
        if name is None:
            continue
        person = _common(party) | {
            "firstName": [name.given],
            "lastName": [" ".join(p for p in name[1:] if p)],
            "birthDate": [party.founded],
        }
        yield _entity(party_id(party), "Person", person)
    for fact in held:
        key = f"{party_id(fact.who)} {party_id(fact.firm)}"
        if fact.role:
            ends = {"director": [party_id(fact.who)], "organization": [party_id(fact.firm)]}
            yield _entity(
                _id("directs", key), "Directorship", ends | {"role": [fact.role], "startDate": [fact.firm.founded]}
            )
        else:
            ends = {"owner": [party_id(fact.who)], "asset": [party_id(fact.firm)]}
            yield _entity(_id("owns", key), "Ownership", ends | {"percentage": [f"{fact.percentage}"]})


def _common(party: Party) -> dict[str, list[str]]:
    return {
        "name": [party.name],
        "country": [party.country.lower()],
        "taxNumber": [party.tax_id],
        "address": [party.address],
    }


def party_id(party: Party) -> str:
    """The id of a party in the register."""
    return _id("party", party.tax_id)


def _id(what: str, key: str) -> str:
    return "demo-" + hashlib.sha1(f"{what} {key}".encode()).hexdigest()


def _entity(id: str, schema: str, properties: dict[str, list[str]]) -> dict[str, Any]:
    return {"id": id, "schema": schema, "properties": properties}
