"""Mexican *avisos* of vulnerable activities (LFPIORPI), in the XML of the anti-money-laundering portal.

Seventeen activities have a namespace each and one skeleton: who files, the persons of the aviso, beneficial owners, and the
transactions. What an activity adds is walked by shape, not by name: an element that holds ``persona_fisica``,
``persona_moral`` or ``fideicomiso`` is a party in the role of that element; one with ``tipo_inmueble`` is real estate; one
with ``numero_cuenta`` or ``clabe_destino`` an account.
"""

from __future__ import annotations

from collections.abc import Iterator

from vinculo.graph.text import Text
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.datasets.fiu_mapping import MAPPINGS
from vinculo.ingest.datasets.fiu_reports import Rows, fingerprint, prepared
from vinculo.ingest.datasets.fiu_texts import Node, day, moment, objects, sum_of, text, told
from vinculo.ingest.datasets.mx_pld_parties import AGENTS, PERSONS, persons_in, said_of

_STREET = ("calle", "numero_exterior", "numero_interior", "colonia", "codigo_postal")
_ROLES = {
    "persona_aviso": "person of the aviso",
    "dueno_beneficiario": "beneficial owner",
    "datos_contraparte": "counterparty",
    "datos_fideicomitente": "settlor",
    "datos_fideicomisario": "trust beneficiary",
    "datos_miembro_comite_tecnico": "member of the technical committee",
    "datos_accionista": "shareholder",
    "datos_socio": "partner",
    "datos_tercero": "third party",
    "datos_beneficiario": "beneficiary",
    "datos_ordenante": "originator",
    "datos_persona_aporta": "contributor",
}
#: Firms that an activity is about, told by elements of their own.
_FIRMS = {
    "datos_sociedad_mercantil": "company sold",
    "datos_fusionada": "company merged",
    "fusionante": "surviving company",
    "datos_escindente": "company divided",
    "datos_escindida": "company made by division",
    "constitucion_sociedades_mercantiles": "company founded",
    "constitucion_fideicomiso": "trust founded",
}
_SETTLED = ("datos_operacion_financiera", "datos_liquidacion")
#: The portal's catalogues: means of payment, and the currencies that cases mostly need; others keep their number.
_MEANS = {
    "1": "cash", "2": "credit card", "3": "debit card", "4": "prepaid card", "5": "check", "6": "cashier's check",
    "7": "traveller's check", "8": "interbank transfer", "9": "transfer inside the bank", "10": "international transfer",
    "11": "payment order", "12": "money order", "13": "gold or platinum coins", "14": "silver coins", "15": "precious metals",
    "16": "virtual assets",
}  # fmt: skip
_CURRENCIES = {"1": "MXN", "2": "USD", "3": "EUR"}
_AMOUNTS = ("monto_operacion", "monto_operacion_mn", "monto_total_patrimonio", "valor_pactado", "monto_aportacion")


def walk(tree: Node, raw: str, rows: Rows, seen: set[str]) -> None:
    """One aviso: who files it, its persons, its beneficial owners, its transactions."""
    head = next(iter(objects(tree, "^/informe")), {})
    filer = next(iter(objects(head, "sujeto_obligado")), {})
    rows.report = fingerprint(raw)
    activity, reference = text(filer, "clave_actividad"), text(tree, "referencia_aviso")
    rows.add(
        "reports",
        report_key=rows.report,
        name=" ".join(t for t in ("AVISO", activity, reference) if t),
        number=reference,
        type=" ".join(t for t in ("AVISO", activity) if t),
        filed=moment(text(head, "mes_reportado")),
        publisher=text(filer, "clave_sujeto_obligado"),
        prior=text(tree, "modificatorio/folio_modificacion"),
        narrative=text(tree, "modificatorio/descripcion_modificacion"),
        country="mx",
        indicators=[
            " ".join(t for n in ("tipo_alerta", "descripcion_alerta") if (t := text(a, n)))
            for a in objects(tree, "alerta")
        ],
        notes=[*told({"sujeto_obligado": filer}), *told({"prioridad": tree.get("prioridad")})],
    )
    _filer(rows, filer)
    clients = _persons(rows, tree, "persona_aviso")
    for owner in _persons(rows, tree, "dueno_beneficiario"):
        # the aviso says whose owner it is only where it has one person
        if len(clients) == 1:
            rows.add(
                "ties", source_key=owner, target_key=clients[0], link="LINKED_TO", role=_ROLES["dueno_beneficiario"]
            )
    for n, one in enumerate(objects(tree, "detalle_operaciones/datos_operacion"), 1):
        _operation(rows, one, f"{rows.report}|{n}")


def _filer(rows: Rows, filer: Node) -> None:
    if number := text(filer, "clave_sujeto_obligado"):
        kind = "Company" if len(number) == 12 else "Person" if len(number) == 13 else ""
        rows.party({"tax": number, "tax country": "mx", "kind": kind}, "filer", "filer")
    if number := text(filer, "clave_entidad_colegiada"):
        rows.party({"tax": number, "tax country": "mx", "kind": "Company"}, "collegiate body of the filer", "body")


def _persons(rows: Rows, tree: Node, name: str) -> list[str]:
    """Keys of the persons that stand in elements of this name."""
    found = enumerate(objects(tree, name), 1)
    return [key for n, one in found for key in persons_in(rows, one, _ROLES[name], f"{name} {n}", "")]


def _operation(rows: Rows, node: Node, key: str) -> None:
    date = day(text(node, "fecha_operacion"))
    activity = next((n for one in objects(node, "tipo_actividad") for n in one if n[0] not in "@#"), "")
    activity = activity or next((n for n, v in node.items() if isinstance(v, dict) and n not in _SETTLED), "")
    kind = " ".join(
        t
        for t in (activity.replace("_", " "), text(node, "tipo_operacion", f"tipo_actividad/{activity}/tipo_operacion"))
        if t
    )
    settled = [s for _, name, s in _below(node, "") if name in _SETTLED]
    sums = [(text(s, "monto_operacion"), text(s, "moneda")) for s in settled]
    whole = _whole(node, activity, sums)
    rows.add(
        "operations",
        report_key=rows.report,
        operation_key=key,
        name=" ".join(t for t in (kind, date) if t) or "operación",
        type=kind,
        date=moment(date),
        amount=sum_of(whole[0]),
        currency=_CURRENCIES.get(whole[1], f"UIF {whole[1]}" if whole[1] else ""),
        method=", ".join(dict.fromkeys(_MEANS.get(m, m) for s in settled if (m := text(s, "instrumento_monetario")))),
        notes=[*(_settlement(s) for s in settled), *told(node, (*_SETTLED, *PERSONS, *AGENTS))],
    )
    # the persons of an aviso take part in each of its transactions
    client = _ROLES["persona_aviso"]
    parties = rows.tables["parties"]
    parties += [row | {"operation key": key} for row in parties if row["role"] == client and not row["operation key"]]
    _walk(rows, node, key)


def _whole(node: Node, activity: str, sums: list[tuple[str, str]]) -> tuple[str, str]:
    """The sum that the transaction is about, and its currency; several settlements in several currencies have none."""
    agreed = next((t for n in _AMOUNTS if (t := text(node, n, f"tipo_actividad/{activity}/{n}"))), "")
    if agreed:
        return agreed, text(node, "moneda", f"tipo_actividad/{activity}/moneda") or "1"
    return sums[0] if len(sums) == 1 else ("", "")


def _settlement(node: Node) -> str:
    amount, currency = text(node, "monto_operacion"), text(node, "moneda")
    means = text(node, "instrumento_monetario")
    parts = (
        day(text(node, "fecha_pago")),
        amount and f"{amount} {_CURRENCIES.get(currency, f'UIF {currency}' if currency else '')}".strip(),
        _MEANS.get(means, means),
        "; ".join(told(node, ("fecha_pago", "monto_operacion", "moneda", "instrumento_monetario"))),
    )
    return ", ".join(p for p in parts if p)


def _below(node: Node, above: str) -> Iterator[tuple[str, str, Node]]:
    """Every element with children below a node: the name of the one above, its own, itself."""
    for name in node:
        if name[0] not in "@#^":
            for one in objects(node, name):
                yield above, name, one
                if name not in PERSONS:
                    yield from _below(one, name)


def _walk(rows: Rows, node: Node, key: str) -> None:
    """Parties, firms, real estate and accounts of a transaction, wherever its activity puts them."""
    firm = ""
    for n, (_, name, one) in enumerate(_below(node, "")):
        if name in _FIRMS and (text(one, "denominacion_razon") or text(one, "rfc")):
            kind = "fideicomiso" if name == "constitucion_fideicomiso" else "persona_moral"
            firm = rows.party(said_of(kind, one), _FIRMS[name], f"{key}|{n}", key)
        if name not in PERSONS and not name.startswith("tipo_persona") and _holds_persons(one):
            role = _ROLES.get(name, name.replace("_", " "))
            for person in persons_in(rows, one, role, f"{key}|{n}", key):
                _shares(rows, name, one, person, firm)
        if "tipo_inmueble" in one:
            _real_estate(rows, one, f"{key}|{n}", key)
        if account := text(one, "numero_cuenta", "clabe_destino"):
            _account(rows, one, account, name, key)


def _holds_persons(node: Node) -> bool:
    return any(n in PERSONS or n.startswith("tipo_persona") for n in node)


def _shares(rows: Rows, name: str, node: Node, person: str, firm: str) -> None:
    if firm and name in ("datos_accionista", "datos_socio"):
        role = " ".join(t for t in ("shareholder", text(node, "cargo_accionista")) if t)
        rows.add(
            "ties", source_key=person, target_key=firm, link="OWNS", role=role, shares=text(node, "numero_acciones")
        )
    elif firm and name in ("datos_fideicomitente", "datos_fideicomisario", "datos_miembro_comite_tecnico"):
        rows.add("ties", source_key=person, target_key=firm, link="LINKED_TO", role=_ROLES[name])


def _real_estate(rows: Rows, node: Node, key: str, operation: str) -> None:
    number, code = text(node, "folio_real"), text(node, "codigo_postal")
    value = text(node, "valor_referencia", "valor_pactado", "importe_garantia", "valor_aportacion")
    rows.add(
        "goods",
        report_key=rows.report,
        operation_key=operation,
        goods_key=key,
        kind="RealEstate",
        name=" ".join(t for t in ("inmueble", number or code) if t),
        text=", ".join(t for n in _STREET if (t := text(node, n))),
        amount=sum_of(value),
        currency="MXN" if value else "",
        number=number,
        country="mx",
        notes=told(node),
    )  # fmt: skip


def _account(rows: Rows, node: Node, number: str, name: str, operation: str) -> None:
    rows.add(
        "accounts",
        report_key=rows.report,
        operation_key=operation,
        role=name.replace("_", " "),
        account=number,
        bank=text(node, "nombre_institucion", "nombre_banco"),
        clearing="" if text(node, "nombre_institucion", "nombre_banco") else text(node, "clave_institucion_financiera"),
        currency=_CURRENCIES.get(text(node, "moneda"), ""),
        balance=text(node, "saldo"),
        notes=told(node, ("numero_cuenta", "nombre_institucion", "nombre_banco", *PERSONS)),
    )


DATASET = Dataset(
    name="mx_pld",
    title=Text("Avisos of vulnerable activities (Mexico)", "Avisos de actividades vulnerables (México)"),
    description=Text(
        "What notaries, dealers, casinos and others file with SAT and UIF, in XML. Exported only when asked for.",
        "Lo que notarios, comerciantes, casinos y otros presentan al SAT y a la UIF, en XML. Se exportan solo si se pide.",
    ),
    publisher="Whoever carries out a vulnerable activity; the form is UIF's and SAT's",
    licence="Confidential: LFPIORPI, article 38",
    url="https://sppld.sat.gob.mx/",
    format="xml",
    columns=("archivo", "informe", "mes_reportado", "sujeto_obligado"),
    elements=("aviso",),
    context=("mes_reportado", "sujeto_obligado"),
    tree=True,
    mappings=MAPPINGS,
    prepare=prepared("mx_pld", walk),
    suspicious_activity=True,
    fill_rates={"reports: number": 0.5, "reports: filed": 0.5, "parties: role": 0.5},
)
