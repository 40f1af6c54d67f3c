"""FinCEN's BSA E-Filing batches in XML: suspicious activity, currency transactions, form 8300, exemptions, foreign accounts.

All forms share one skeleton: an ``Activity`` with parties, whose ``ActivityPartyTypeCode`` says who is subject and who filed.
The form is told by ``FormTypeCode``, which stands before the activities or behind them; behind, by what the activity holds.
"""

from __future__ import annotations

from itertools import count
from typing import Any

from vinculo.graph.text import Text
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.datasets import fincen_codes as codes
from vinculo.ingest.datasets.fincen_parties import associations, party_of, yes
from vinculo.ingest.datasets.fiu_mapping import MAPPINGS
from vinculo.ingest.datasets.fiu_reports import Cells, Rows, fingerprint, prepared
from vinculo.ingest.datasets.fiu_texts import Node, day, moment, objects, sum_of, text, told

_FORMS = (
    ("SuspiciousActivity", "SAR"),
    ("ForeignAccountActivity", "FBAR"),
    ("DesignationExemptActivity", "DOEP"),
    ("CurrencyTransactionActivity", "CTR"),
)
_CLASS = ("SuspiciousActivityTypeID", "SuspiciousActivitySubtypeID", "OtherSuspiciousActivityTypeText")
_BEGINS = ("SuspiciousActivityFromDateText", "TransactionDateText", "ExemptEffectiveBeginDateText")
_SEEN = ("Party", "ActivityNarrativeInformation", "FilingDateText", "Account", "SuspiciousActivity")
_OWNERS = ("42", "43", "44")


def walk(tree: Node, raw: str, rows: Rows, seen: set[str]) -> None:
    """One activity: a report with its parties, accounts and cash."""
    rows.report = fingerprint(raw)
    form = _form(tree)
    parties = [party_of(rows, p, f"party {n}", form) for n, p in enumerate(objects(tree, "Party"), 1)]
    filer = next((p for code in ("30", "45", "4", "15", "34") for p in parties if p["code"] == code), {})
    place = next((p for code in ("34", "30", "4", "45") for p in parties if p["code"] == code), filer)
    _report(rows, tree, form, filer.get("name", ""))
    for party in parties:
        associations(rows, party)
        _accounts(rows, party, party, place)
    _foreign_accounts(rows, tree, filer)
    if activity := next(iter(objects(tree, "CurrencyTransactionActivity")), None):
        _cash(rows, activity, form, parties, place)


def _form(tree: Node) -> str:
    said = text(tree, "^/EFilingBatchXML/FormTypeCode").removesuffix("X")
    made = said or next((form for element, form in _FORMS if element in tree), "")
    # both report cash: only form 8300 has a business that received it
    cash = {text(p, "ActivityPartyTypeCode") for p in objects(tree, "Party")}
    return "8300" if not said and made == "CTR" and cash & {"4", "16"} else made


def _report(rows: Rows, tree: Node, form: str, filer: str) -> None:
    activity = next((o for element, _ in _FORMS for o in objects(tree, element)), {})
    filed = day(text(tree, "FilingDateText", "ApprovalOfficialSignatureDateText"))
    narrative = sorted(
        objects(tree, "ActivityNarrativeInformation"),
        key=lambda n: text(n, "ActivityNarrativeSequenceNumber").rjust(4),
    )
    kinds = [
        "/".join(t for n in _CLASS if (t := text(o, n))) for o in objects(activity, "SuspiciousActivityClassification")
    ]
    year = text(activity, "ReportCalendarYearText")
    amount = text(activity, "TotalSuspiciousAmountText", "CumulativeTotalViolationAmountText")
    rows.add(
        "reports",
        report_key=rows.report,
        name=" ".join(t for t in (form, filed, filer) if t),
        type=form,
        filed=moment(filed),
        begins=moment(day(text(activity, *_BEGINS)) or year),
        ends=day(text(activity, "SuspiciousActivityToDateText", "TransactionDateText")) or year,
        publisher=filer,
        amount=sum_of(amount),
        currency="USD" if amount else "",
        prior=text(tree, "EFilingPriorDocumentNumber").strip("0") and text(tree, "EFilingPriorDocumentNumber"),
        narrative="\n".join(text(n, "ActivityNarrativeText") for n in narrative),
        country="us",
        indicators=[k for k in kinds if k],
        notes=[
            *told(tree, (*_SEEN, "SuspiciousActivityClassification", "CurrencyTransactionActivity")),
            *told(activity),
        ],
    )


def _accounts(rows: Rows, party: Cells, owner: Cells, place: Cells) -> None:
    """Accounts of a party: with the institution that holds them (suspicious activity), or at the place of the transaction."""
    for n, one in enumerate(objects(party["node"], "PartyAccountAssociation"), 1):
        for m, held_at in enumerate(objects(one, "Party"), 1):
            if any(c.isdigit() for c in text(held_at, "PartyIdentification/PartyIdentificationNumberText")) or objects(
                held_at, "Account"
            ):
                bank = party_of(rows, held_at, f"{party['at']}|held at {n}|{m}", "")
                for account in objects(held_at, "Account"):
                    _account(rows, account, bank, owner)  # fmt: skip
    for account in objects(party["node"], "Account"):
        _account(rows, account, place, owner)


def _account(rows: Rows, node: Node, bank: Cells, owner: Cells) -> Cells:
    kind = text(node, "PartyAccountAssociation/PartyAccountAssociationTypeCode")
    role = {"8": "account affected, cash in", "9": "account affected, cash out"}.get(kind, "account affected")
    cells = {"account": text(node, "AccountNumberText"), "clearing": bank.get("tax", ""), "bank": bank.get("name", "")}
    if not cells["account"]:
        return {}
    closed = ["closed"] if yes(node, "AccountClosedIndicator") else []
    rows.add("accounts", report_key=rows.report, role=role, bank_party_key=bank.get("key"), notes=closed, **cells)
    if owner:
        rows.add("holders", party_key=owner["key"], link="LINKED_TO", role=role, **cells)
    return cells | {"kind": kind}


def _foreign_accounts(rows: Rows, tree: Node, filer: Cells) -> None:
    for n, node in enumerate(objects(tree, "Account"), 1):
        nested = [party_of(rows, p, f"account {n}|{m}", "FBAR") for m, p in enumerate(objects(node, "Party"), 1)]
        bank = next((p for p in nested if p["code"] == "41"), {})
        cells = {
            "account": text(node, "AccountNumberText"),
            "clearing": bank.get("tax", ""),
            "bank": bank.get("name", ""),
        }
        if not cells["account"]:
            continue
        kind = text(node, "EFilingAccountTypeCode")
        highest = text(node, "AccountMaximumValueAmountText")
        said = codes.ACCOUNT_TYPES.get(kind, kind)
        rows.add(
            "accounts",
            report_key=rows.report,
            role="foreign account",
            bank_party_key=bank.get("key"),
            highest=highest,
            currency="USD" if highest else "",
            type=text(node, "OtherAccountTypeText") or text(node, "AccountTypeCode"),
            notes=[f"ownership: {said}"] if said else [],
            **cells,
        )
        held = kind in ("", "141", "142")
        owners = [(filer, "HOLDS" if held else "LINKED_TO"), *((p, "HOLDS") for p in nested if p["code"] in _OWNERS)]
        for owner, link in owners:
            if owner:
                role = codes.ROLES.get(owner["code"], "owner")
                rows.add("holders", party_key=owner["key"], link=link, role=role, **cells)


def _cash(rows: Rows, activity: Node, form: str, parties: list[Cells], place: Cells) -> None:
    """The transaction as one; and a payment for each person whose money it was, where its sum is given."""
    date = day(text(activity, "TransactionDateText"))
    key = f"{rows.report}|cash"
    names = codes.CASH if form == "CTR" else codes.BOUGHT
    sums = {way: text(activity, f"TotalCash{n}AmountText") for way, n in (("in", "InReceive"), ("out", "Out"))}
    details = objects(activity, "CurrencyTransactionActivityDetail")
    kinds = [text(d, "CurrencyTransactionActivityDetailTypeCode") for d in details]
    amount = sums["in"] or sums["out"]
    rows.add(
        "operations",
        report_key=rows.report,
        operation_key=key,
        name=" ".join(t for t in (form, date, amount and f"{amount} USD") if t),
        type=", ".join(dict.fromkeys(names.get(k, k) for k in kinds if k)),
        date=moment(date),
        amount=sum_of(amount),
        currency="USD" if amount else "",
        method="cash",
        text=", ".join(f"cash {way}: {said} USD" for way, said in sums.items() if said),
        notes=told(activity),
    )
    owners = [p for p in parties if p["code"] in ("50", "23")] or [p for p in parties if p["code"] == "16"]
    for number, party in zip(count(1), owners, strict=False):
        for way, column in (("in", "IndividualEntityCashInAmountText"), ("out", "IndividualEntityCashOutAmountText")):
            said = text(party["node"], column)
            if form == "8300" and way == "in" and len(owners) == 1:
                said = sums["in"]
            if said and place:
                _payment(rows, party, place, way, said, date, f"{key}|{number}|{way}")
    for row in rows.tables["parties"]:
        if row["role"] in (codes.ROLES[c] for c in ("50", "17", "23", "16", "58", "34", "4")):
            row["operation key"] = key


def _payment(rows: Rows, party: Cells, place: Cells, way: str, said: str, date: str, key: str) -> None:
    wanted = {"in": "8", "out": "9"}[way]
    own = [
        a for a in objects(party["node"], "Account")
        if text(a, "PartyAccountAssociation/PartyAccountAssociationTypeCode") == wanted
    ]  # fmt: skip
    institution = {"party key": place["key"]}
    if len(own) == 1:
        institution = {"account": text(own[0], "AccountNumberText"), "clearing": place["tax"], "bank": place["name"]}
    sides = ("originator", "beneficiary") if way == "in" else ("beneficiary", "originator")
    ends = {f"{sides[0]} party key": party["key"]} | {f"{sides[1]} {n}": v for n, v in institution.items()}
    rows.add(
        "payments",
        payment_key=key,
        date=moment(date),
        amount=sum_of(said),
        currency="USD",
        method="cash_deposit" if way == "in" else "cash_withdrawal",
        transaction_type=f"cash {way}",
        **ends,
    )


_ABOUT: dict[str, Any] = {
    "publisher": "Financial institutions that file; the form is FinCEN's (US Treasury)",
    "licence": "Confidential: 31 USC 5318(g)(2)",
    "url": "https://bsaefiling.fincen.treas.gov/",
    "format": "xml",
    "suspicious_activity": True,
}
DATASET = (
    Dataset(
        name="fincen_bsa",
        title=Text(
            "FinCEN BSA reports (SAR, CTR, 8300, FBAR, DOEP)", "Reportes BSA a FinCEN (SAR, CTR, 8300, FBAR, DOEP)"
        ),
        description=Text(
            "Batches of reports in XML: parties in their roles, accounts, cash, narrative. Exported only when asked for.",
            "Lotes de reportes en XML: partes y su carácter, cuentas, efectivo, narrativa. Se exportan solo si se pide.",
        ),
        columns=("EFilingBatchXML", "Activity"),
        elements=("Activity",),
        context=("FormTypeCode",),
        tree=True,
        mappings=MAPPINGS,
        prepare=prepared("fincen", walk),
        fill_rates={"reports: type": 0.5, "reports: filed": 0.5, "parties: role": 0.5},
        **_ABOUT,
    ),
    Dataset(
        name="fincen_acknowledgement",
        title=Text("FinCEN's acknowledgement of a batch", "Acuse de recibo de un lote, de FinCEN"),
        description=Text(
            "Recognised and refused: it lists identifiers and errors of form, no reports.",
            "Se reconoce y se rechaza: enumera identificadores y errores de forma, no reportes.",
        ),
        columns=("EFilingBatchXML", "EFilingActivityXML"),
        mappings={},
        refusal="fincen_acknowledgement",
        **_ABOUT,
    ),
)
