"""Persons of Mexican avisos: *físicas*, *morales*, *fideicomisos*, with address, phone and whoever represents them."""

from __future__ import annotations

from vinculo.ingest.datasets.fiu_reports import Cells, Rows
from vinculo.ingest.datasets.fiu_texts import Node, birth, day, objects, text

PERSONS = ("persona_fisica", "persona_moral", "fideicomiso")
_KEPT = ("actividad_economica", "giro_mercantil", "identificador_fideicomiso")
AGENTS = ("representante_apoderado", "apoderado_delegado")


def persons_in(rows: Rows, node: Node, role: str, at: str, operation: str) -> list[str]:
    """The persons of an element, wrapped in ``tipo_persona`` or not, with its address and phone."""
    made = []
    holders = [node, *(w for n in node if n.startswith("tipo_persona") for w in objects(node, n))]
    for holder in holders:
        for kind in PERSONS:
            for n, one in enumerate(objects(holder, kind), 1):
                said = said_of(kind, one) | _contacts(node)
                key = rows.party(said, role, f"{at}|{kind}|{n}", operation)
                made.append(key)
                _agents(rows, one, key, f"{at}|{kind}|{n}")
    return made


def _agents(rows: Rows, node: Node, key: str, at: str) -> None:
    for name in AGENTS:
        for n, agent in enumerate(objects(node, name), 1):
            role = "legal representative" if name == AGENTS[0] else "trustee's delegate"
            other = rows.party(said_of("persona_fisica", agent), role, f"{at}|{name}|{n}")
            rows.add("ties", source_key=other, target_key=key, link="REPRESENTS", role=role)


def said_of(kind: str, node: Node) -> Cells:
    """The columns of a person of this kind; a firm that an activity tells of in elements of its own is a ``persona_moral``."""
    tax, curp = text(node, "rfc", "rfc_socio"), text(node, "curp")
    numbers = [{"type": "CURP", "number": curp, "other": curp, "country": ""}] if curp else []
    document = next(iter(objects(node, "documento_identificacion")), {})
    shown = text(document, "numero_identificacion") or text(node, "numero_identificacion")
    common: Cells = {
        "tax": tax,
        "tax country": "mx",
        "nationality": [text(node, "pais_nacionalidad")] if kind == "persona_fisica" else [],
        "country": text(node, "pais_nacionalidad") if kind == "persona_moral" else "",
        "phone country": "mx",
        "numbers": numbers,
        "notes": [f"{n}: {said}" for n in _KEPT if (said := text(node, n))]
        + ([f"document: {text(document, 'tipo_identificacion')} {shown}".strip()] if shown else []),
    }
    if kind != "persona_fisica":
        made = {"name": text(node, "denominacion_razon"), "incorporated": day(text(node, "fecha_constitucion"))}
        trust = kind == "fideicomiso"
        form = {"kind": "LegalEntity" if trust else "Company", "legal form": "fideicomiso" if trust else ""}
        return common | made | form | {"registration": text(node, "folio_mercantil")}
    first, father, mother = (text(node, n) for n in ("nombre", "apellido_paterno", "apellido_materno"))
    # a person without a second surname is filed with XXXX
    mother = "" if mother.strip("X") == "" else mother
    return common | {
        "kind": "Person",
        "name": " ".join(t for t in (first, father, mother) if t),
        "first": first,
        "father": father,
        "mother": mother,
        "last": " ".join(t for t in (father, mother) if t),
        "born": birth(day(text(node, "fecha_nacimiento"))),
    }


def _contacts(node: Node) -> Cells:
    places = [p for n in node if n.startswith("tipo_domicilio") for p in objects(node, n)]
    made: Cells = {
        "addresses": [
            a for p in places for n in ("nacional", "extranjero") for o in objects(p, n) if (a := _address(o, n))
        ]
    }
    for phone in objects(node, "telefono"):
        made |= {"phones": [text(phone, "numero_telefono")], "emails": [text(phone, "correo_electronico")]}
        if country := text(phone, "clave_pais"):
            made["phone country"] = country
    return made


def _address(node: Node, where: str) -> Cells:
    inside = text(node, "numero_interior")
    street = " ".join(t for n in ("calle", "numero_exterior") if (t := text(node, n)))
    parts = {
        "street": ", ".join(t for t in (street, inside and f"int. {inside}", text(node, "colonia")) if t),
        "city": text(node, "ciudad_poblacion"),
        "state": text(node, "estado_provincia"),
        "zip": text(node, "codigo_postal"),
        "country": "MX" if where == "nacional" else text(node, "pais"),
    }
    return {n: said for n, said in parts.items() if said}
