"""goAML reports (UNODC), schema 4.x and 5.x: transactions, activities with parties and goods, each party in its role.

A report is read piece by piece: each transaction, the activity and the indicators are records that know the head of their
report. Element names vary by version (``ssn``, ``id_number``; ``signatory``, ``account_related_person``; ``director_id``,
``entity_related_person``) and by whether a party is a client of the one who reports (``..._my_client``): all of them are read.
"""

from __future__ import annotations

from vinculo.graph.text import Text
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.datasets.fiu_mapping import MAPPINGS
from vinculo.ingest.datasets.fiu_reports import Cells, Rows, fingerprint, prepared
from vinculo.ingest.datasets.fiu_texts import Node, moment, objects, sum_of, text, texts, told
from vinculo.ingest.datasets.goaml_parties import address_of, own_texts, party_or_account, person_of

#: Children of ``report`` that stand before its first transaction.
_HEAD = (
    "schema_version", "rentity_id", "rentity_branch", "submission_code", "report_code", "entity_reference", "fiu_ref_number",
    "prev_rejected_ref_number", "submission_date", "report_date", "currency_code_local", "reporting_person",
    "reporting_user_code", "location", "reason", "action",
)  # fmt: skip
_CASH = ("CASH",)
_PARTY = (
    ("person", ""),
    ("entity", ""),
    ("account", ""),
    ("person", "_my_client"),
    ("entity", "_my_client"),
    ("account", "_my_client"),
)
_PAID = (
    "transactionnumber", "date_transaction", "amount_local", "transaction_description", "transmode_code",
    "transaction_location", "transaction_status", "value_date",
)  # fmt: skip
_DETAILS = ("t_from", "t_from_my_client", "t_to", "t_to_my_client", "involved_parties", "goods_services")


def walk(tree: Node, raw: str, rows: Rows, seen: set[str]) -> None:
    """A transaction, an activity or the indicators of a report."""
    head = next(iter(objects(tree, "^/report")), {})
    names = ("report_code", "entity_reference", "submission_date", "report_date")
    rows.report = "|".join((*_who(head), *(text(head, n) for n in names)))
    if rows.report not in seen:
        seen.add(rows.report)
        _report(rows, head)
    if indicators := own_texts(tree, "indicator"):
        rows.add("reports", report_key=rows.report, indicators=indicators)
    at = fingerprint(raw)
    if "report_parties" in tree or ("goods_services" in tree and "date_transaction" not in tree):
        for n, one in enumerate(objects(tree, "report_parties/report_party"), 1):
            _reported(rows, one, f"{at}|{n}", head)
        _goods(rows, tree, at, "")
    elif any(n not in ("^", "indicator") for n in tree):
        _transaction(rows, tree, head, at)
    else:
        # an element without contents: it says that its report exists
        rows.add("reports", report_key=rows.report)


def _who(head: Node) -> tuple[str, str]:
    """Who reports: the numbers that units give begin at 1 in each country, and the currency tells countries apart."""
    return text(head, "currency_code_local"), text(head, "rentity_id")


def _report(rows: Rows, head: Node) -> None:
    kind, number, filed = (
        text(head, "report_code"),
        text(head, "entity_reference"),
        text(head, "submission_date", "report_date"),
    )
    person = next(iter(objects(head, "reporting_person")), {})
    rows.add(
        "reports",
        report_key=rows.report,
        name=" ".join(t for t in (kind, number or filed[:10]) if t),
        number=number,
        type=kind,
        filed=moment(filed),
        publisher=" ".join(t for t in (text(head, "rentity_id"), text(head, "rentity_branch")) if t),
        prior=text(head, "prev_rejected_ref_number"),
        narrative=text(head, "reason"),
        notes=told(
            head, ("reporting_person", "reason", "report_code", "entity_reference", "submission_date", "report_date")
        ),
    )
    if person:
        rows.party(person_of(person), "reporting person", "reporting person")
    if identity := text(head, "rentity_id"):
        # the unit's own number of who reports; what it is called stands in no report
        said = {
            "kind": "Company",
            "name": text(head, "rentity_branch"),
            "registration": identity,
            "key": "|".join(("rentity", *_who(head))),
        }
        place = [address_of(a) for a in objects(head, "location")]
        rows.party(said | {"addresses": place}, "reporting entity", "")


def _reported(rows: Rows, node: Node, at: str, head: Node) -> None:
    """A party of an activity: a person, an entity or an account, client or not."""
    role = " ".join(t for t in ("reported party", text(node, "role")) if t)
    suspected = text(node, "is_suspected").lower() in ("true", "1")
    facts = texts(node, ("significance", "comments", "country"))
    facts += ["suspected"] if suspected else []
    for kind, client in _PARTY:
        for n, one in enumerate(objects(node, kind + client), 1):
            party_or_account(rows, one, kind, role, f"{at}|{kind}|{n}", "", head, (text(node, "reason"), facts, client))


def _transaction(rows: Rows, tree: Node, head: Node, at: str) -> None:
    """A payment where both ends are told; else a transaction that parties take part in."""
    directed = all(_end_of(tree, side) for side in ("from", "to"))
    operation = "" if directed else f"{rows.report}|{at}"
    if operation:
        _operation(rows, tree, head, operation)
    sides = {side: _side(rows, tree, side, f"{at}|{side}", operation, head) for side in ("from", "to")}
    for n, one in enumerate(objects(tree, "involved_parties/party"), 1):
        _involved(rows, one, f"{at}|{n}", operation, head)
    _goods(rows, tree, at, operation)
    if directed:
        _payment(rows, tree, head, sides, at)


def _end_of(tree: Node, side: str) -> Node:
    paths = (
        f"t_{side}{client}/{side}_{kind}" for client in ("", "_my_client") for kind in ("account", "person", "entity")
    )
    return next((one for path in paths for one in objects(tree, path)), {})


def _operation(rows: Rows, tree: Node, head: Node, key: str) -> None:
    number, date = text(tree, "transactionnumber"), text(tree, "date_transaction")
    mode = " ".join(t for n in ("transmode_code", "transaction_type_code") if (t := text(tree, n)))
    rows.add(
        "operations",
        report_key=rows.report,
        operation_key=key,
        name=" ".join(t for t in (number, date[:10]) if t) or "transaction",
        number=number,
        type=mode,
        date=moment(date),
        amount=sum_of(text(tree, "amount_local")),
        currency=text(head, "currency_code_local"),
        text=text(tree, "transaction_description"),
        notes=told(tree, _DETAILS),
    )


def _payment(rows: Rows, tree: Node, head: Node, sides: dict[str, Node], at: str) -> None:
    number, date = text(tree, "transactionnumber"), text(tree, "date_transaction")
    amount, mode = text(tree, "amount_local"), text(tree, "transmode_code")
    given, got = (next(iter(objects(s, "currency")), {}) for s in sides.values())
    funds = [text(s, "funds") for s in sides.values()]
    method = "cash_deposit" if funds[0] in _CASH else "cash_withdrawal" if funds[1] in _CASH else ""
    rows.add(
        "payments",
        payment_key="|".join((*_who(head), number, date, amount, mode, "" if number else at)),
        date=moment(date),
        value_date=text(tree, "value_date"),
        amount=sum_of(amount),
        currency=text(head, "currency_code_local"),
        instructed_amount=sum_of(text(given, "foreign_amount")),
        instructed_currency=text(given, "foreign_currency_code"),
        received_amount=sum_of(text(got, "foreign_amount")),
        received_currency=text(got, "foreign_currency_code"),
        rate=text(given, "foreign_exchange_rate") or text(got, "foreign_exchange_rate"),
        method=method,
        transaction_type=" ".join(t for t in (mode, *funds) if t),
        purpose=text(tree, "transaction_description"),
        place=text(tree, "transaction_location"),
        number=number,
        report_number=text(head, "entity_reference"),
        status=text(tree, "transaction_status"),
        description="; ".join(told(tree, (*_DETAILS, *_PAID))),
        **{f"originator {n}": v for n, v in sides["from"].items() if isinstance(v, str)},
        **{f"beneficiary {n}": v for n, v in sides["to"].items() if isinstance(v, str)},
    )


def _side(rows: Rows, tree: Node, side: str, at: str, operation: str, head: Node) -> Node:
    """One end of a transaction, with who conducted it."""
    for client in ("", "_my_client"):
        for node in objects(tree, f"t_{side}{client}"):
            made: Cells = {}
            suspected = text(node, f"{side}_is_suspected").lower() in ("true", "1")
            notes = ["suspected"] if suspected else []
            for kind in ("account", "person", "entity"):
                for one in objects(node, f"{side}_{kind}"):
                    role = {"from": "originator", "to": "beneficiary"}[side]
                    made = made or party_or_account(rows, one, kind, role, at, operation, head, ("", notes, client))
            for n, one in enumerate(objects(node, "t_conductor"), 1):
                key = rows.party(person_of(one), "conductor", f"{at}|c{n}", operation)
                _conducts(rows, key, made, text(tree, "date_transaction"))
            if made:
                more = {"funds": text(node, f"{side}_funds_code"), "currency": node.get(f"{side}_foreign_currency")}
                return made | more
    return {}


def _conducts(rows: Rows, key: str, end: Cells, date: str) -> None:
    """Who came to the counter is told on the link to the end for which they came."""
    if "party key" in end:
        rows.add(
            "ties", source_key=key, target_key=end["party key"], link="LINKED_TO", role="conductor", date=moment(date)
        )
    elif end:
        rows.add("holders", party_key=key, link="LINKED_TO", role="conductor", **end)


def _involved(rows: Rows, node: Node, at: str, operation: str, head: Node) -> None:
    """A party of a transaction of which no direction is told."""
    role = " ".join(t for t in ("party", text(node, "role")) if t)
    names = ("funds_code", "significance", "comments", "country")
    notes = texts(node, names)
    for kind, client in _PARTY:
        for one in objects(node, kind + client):
            party_or_account(
                rows, one, kind, role, f"{at}|{kind}", operation, head, (text(node, "reason"), notes, client)
            )


def _goods(rows: Rows, tree: Node, at: str, operation: str) -> None:
    for n, one in enumerate(objects(tree, "goods_services/item"), 1):
        said = text(one, "item_type")
        kind = {"VEHICLE": "Vehicle", "CAR": "Vehicle", "PROPERTY": "RealEstate", "RELST": "RealEstate"}.get(
            said.upper(), "Asset"
        )
        number = text(one, "registration_number", "identification_number")
        rows.add(
            "goods",
            report_key=rows.report,
            operation_key=operation,
            goods_key=f"{rows.report}|{at}|{n}",
            kind=kind,
            name=" ".join(t for t in (said, text(one, "item_make")) if t) or "goods",
            text=text(one, "description"),
            amount=sum_of(text(one, "disposed_value", "estimated_value")),
            currency=text(one, "currency_code"),
            number=number if kind != "Asset" else "",
            notes=told(one, ("item_type", "item_make", "description")),
        )


DATASET = Dataset(
    name="goaml",
    title=Text("goAML reports", "Reportes goAML"),
    description=Text(
        "Reports of transactions and activities in XML, as many units receive them. Exported only when asked for.",
        "Reportes de operaciones y actividades en XML, como los reciben muchas unidades. Se exportan solo si se pide.",
    ),
    publisher="Reporting entities; the form is UNODC's",
    licence="Confidential: the tipping-off rule of the country that received it",
    url="https://unite.un.org/goaml/",
    format="xml",
    columns=("report", "rentity_id", "submission_code", "report_code"),
    elements=("transaction", "activity", "report_indicators"),
    context=_HEAD,
    tree=True,
    mappings=MAPPINGS,
    prepare=prepared("goaml", walk),
    suspicious_activity=True,
    fill_rates={"reports: report key": 0.5, "parties: role": 0.5},
)
