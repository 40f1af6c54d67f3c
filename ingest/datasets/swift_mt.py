"""SWIFT MT: transfers (103) and statements (940, 942, 950); who a line of a statement is about is in ``swift_mt_details``.

A line in no dialect known there keeps its text, and its counterparty is nobody that is named.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

import pyarrow as pa

from vinculo.graph.text import Text
from vinculo.ingest.clean.identifiers import NO_REFERENCE, iban_shaped
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.datasets import payment_rules, payments
from vinculo.ingest.datasets.payments import Fields, tabled
from vinculo.ingest.datasets.swift_mt_details import information, non_swift

#: Longer texts are no account numbers, and not worth remembering.
_SHORT = 64
_DAY, _CUT_UP, _DOTTED = re.compile(r"\d{6}"), re.compile(r"[\d.]*\.[\d.]*"), re.compile(r"[\d.]+")
_POLISH, _BALANCE = re.compile(r"\d{26}"), re.compile(r"([CD])(\d{6})([A-Z]{3})([\d,]+)")
_OLD_DUTCH, _TEN_DIGITS = re.compile(r"N\d{3}|NMSC"), re.compile(r"\d{10}")
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
_METHODS = {"CHK": "check", "CSH": "cash", "DDT": "ach", "STO": "ach", "TRF": "wire", "CHG": "fee", "INT": "interest"}


def _day(text: str) -> str:
    """``YYMMDD`` as a date; what no calendar has stays, to be rejected with its own text."""
    return _of_calendar(text) if _DAY.fullmatch(text) else text


@lru_cache(4096)
def _of_calendar(text: str) -> str:
    year, month, day = int(text[:2]), int(text[2:4]), int(text[4:])
    try:
        return date(year + (1900 if year >= 69 else 2000), month, day).isoformat()
    except ValueError:
        return text


def _booked(value: str, entry: str) -> str:
    """The day of the entry (``MMDD``), in the year of its value date or the one beside it."""
    if not entry or not _DAY.fullmatch(value):
        return ""
    apart = int(entry[:2]) - int(value[2:4])
    year = (int(value[:2]) + (1 if apart < -6 else -1 if apart > 6 else 0)) % 100
    return _day(f"{year:02}{entry}")


def _sum(text: str) -> str:
    """An amount with a decimal comma, filled with zeros."""
    whole, _, part = text.replace(".", ",").partition(",")
    return (whole.lstrip("0") or "0") + (f".{part}" if part else "")


def _account(text: str, currency: str = "") -> Fields:
    """An account and its bank, from ``BANK/NUMBER``, ``NUMBER EUR`` or a number alone."""
    text = text.strip().lstrip("/")
    if currency and text.endswith(currency):
        text = text.removesuffix(currency).strip()
    bank, slash, number = text.rpartition("/")
    if not slash:
        return {"account": _number(text)}
    return {"account": _number(number, bank)} | _bank(bank)


def _number(text: str, bank: str = "") -> str:
    """Numbers that are padded with zeros or cut up by dots, as they are known elsewhere."""
    return _known_number(text, bank) if len(text) <= _SHORT >= len(bank) else _known_number.__wrapped__(text, bank)


# the lines of a statement name the same accounts again
@lru_cache(8192)
def _known_number(text: str, bank: str) -> str:
    plain = text.replace(" ", "")
    if _POLISH.fullmatch(plain) and (whole := iban_shaped(f"PL{plain}")):
        return whole
    dotted = bool(_CUT_UP.fullmatch(plain))
    return plain.replace(".", "").lstrip("0") if (dotted or bank.isdigit()) and _DOTTED.fullmatch(plain) else plain


def _bank(text: str) -> Fields:
    text = text.strip()
    return {"bic": text} if _BIC.fullmatch(text) else {"clearing": text} if text else {}


def _own(side: str, text: str, currency: str, bank: str) -> Fields:
    """The account of a statement as one side of each of its lines."""
    known = len(text) <= _SHORT >= len(bank)
    return _known_own(side, text, currency, bank) if known else _known_own.__wrapped__(side, text, currency, bank)


@lru_cache(1024)
def _known_own(side: str, text: str, currency: str, bank: str) -> Fields:
    own = _account(text, currency)
    if bank:
        own["bic"] = bank
    return _side(side, own)


def _side(side: str, fields: Fields) -> Fields:
    return {f"{side} {n}": v for n, v in fields.items() if v}


def _balance(text: str) -> tuple[str, str, str]:
    """``C110522EUR3236,28`` as sum, day and currency."""
    found = _BALANCE.fullmatch(text.strip().partition("\n")[0])
    if not found:
        return "", "", ""
    return ("-" if found[1] == "D" else "") + _sum(found[4]), _day(found[2]), found[3]


def statement_row(row: Fields) -> Fields:
    """A statement: its account, bank and balances."""
    made = _side("owner", _account(row.get("25", ""), row.get("currency", "")))
    if row.get("bank"):
        made["owner bic"] = row["bank"]
    balances = []
    for tag in ("60F", "60M", "62M", "62F", "64", "65"):
        if tag in row:
            amount, day, currency = _balance(row[tag])
            balances.append(" ".join(t for t in (tag, day, amount, currency) if t))
            if tag in ("62F", "62M"):
                made |= {"balance": amount, "balance date": day}
    balances += [f"{tag} {row[tag]}" for tag in ("90D", "90C", "34F", "86") if tag in row]
    return made | {"balances": "; ".join(balances), "currency": row.get("currency", "")}


def entry_row(row: Fields) -> Fields:
    """A line of a statement as a payment between its account and another."""
    text, kind = row.get("86", ""), row.get("type", "")
    told = information(text)
    if "NS" in row:
        told |= non_swift(row["NS"])
    sign = row["sign"]
    pays = sign in ("D", "RC", "ED")
    here, there = ("originator", "beneficiary") if pays else ("beneficiary", "originator")
    other = _other(row, told)
    reference, bank_reference, details = (row.get(n, "") for n in ("reference", "bank reference", "details"))
    named = next((t for t in (bank_reference, reference) if t and t.upper() not in NO_REFERENCE), "")
    shown = " ".join((told.get("purpose") or text or row.get("NS", "")).split())
    value = _day(row["value"])
    booking = told.get("booking", "")
    return {
        **_own(here, row.get("25", ""), row.get("currency", ""), row.get("bank", "")),
        **_side(there, other),
        "amount": _sum(row["amount"]),
        "currency": row.get("currency", ""),
        "date": _booked(row["value"], row.get("entry", "")) or value,
        "value date": value,
        "end to end": told.get("end to end", ""),
        "reference": bank_reference or "|".join([reference, " ".join(text.split()), details]),
        "transaction number": named,
        "repeat": row.get("repeat", ""),
        "transaction type": f"{kind} {booking}" if kind and booking else kind or booking,
        "method": told.get("method") or _method(kind, pays),
        "status": {"R": "reversal", "E": "expected"}.get(sign[0], ""),
        "purpose": "; ".join(t for t in (shown, details) if t and t != other.get("name")),
        "originator ultimate name": told.get("payer ultimate", ""),
        "beneficiary ultimate name": told.get("payee ultimate", ""),
    }


def _other(row: Fields, told: Fields) -> Fields:
    bank = _bank(told["bank"]) if told.get("bank") else {}
    other = {"account": _number(told.get("account", ""), bank.get("clearing", "")), "name": told.get("name", "")}
    details, reference = row.get("details", ""), row.get("reference", "")
    if not told and _OLD_DUTCH.fullmatch(row.get("type", "")) and details and "\n" not in details:
        # Rabobank's old way: the account where the reference stands, the name behind it
        other["name"] = details
        if _TEN_DIGITS.fullmatch(reference):
            other["account"] = reference.lstrip("0")
    if address := told.get("address"):
        other["street"] = " ".join(address.split())
    return other | bank


def _method(kind: str, pays: bool) -> str:
    made = _METHODS.get(kind[1:4], "")
    return ("cash_withdrawal" if pays else "cash_deposit") if made == "cash" else made


def _named(text: str, option: str) -> tuple[Fields, Fields]:
    """A party of a 103 (``50``, ``59``): its account and bank, itself; option F numbers its lines."""
    lines = [t.strip() for t in text.split("\n") if t.strip()]
    account: Fields = {}
    if lines and (lines[0].startswith("/") or (option == "F" and "/" in lines[0] and lines[0][:2] != "1/")):
        first = lines.pop(0)
        account = {"account": _number(first[1:])} if first.startswith("/") else {"number": first}
    if option == "A":
        return account, _bank(lines[0]) | {"sort": "bank"} if lines else {}
    if option != "F" and not any(re.match(r"[1-8]/", t) for t in lines):
        return account, {"name": lines[0] if lines else "", "street": ", ".join(lines[1:])}
    told: dict[str, list[str]] = {}
    for line in lines:
        told.setdefault(line[:1], []).append(line[2:].strip())
    country, _, town = (told.get("3") or [""])[0].partition("/")
    born, place = (told.get("4") or [""])[0], (told.get("5") or [""])[0]
    return account, {
        "name": " ".join(told.get("1", [])),
        "street": " ".join(told.get("2", [])),
        "country": country,
        "town": town,
        "born": f"{born[:4]}-{born[4:6]}-{born[6:8]}" if len(born) == 8 else "",
        "birthplace": place.partition("/")[2],
        "birth country": place.partition("/")[0],
        "number": "; ".join([*told.get("6", []), *told.get("7", [])]),
        "sort": "Person" if born else "",
    }


def _institution(text: str) -> Fields:
    """A bank of a 103 (``52``, ``57``): BIC, or name and address; the line with its own account is passed over."""
    lines = [t.strip() for t in text.split("\n") if t.strip() and not t.startswith("/")]
    if not lines:
        clearing = text.strip().lstrip("/").replace("/", "")
        return {"clearing": clearing} if clearing else {}
    return _bank(lines[0]) if _BIC.fullmatch(lines[0]) else {"bank": lines[0]}


def transfer_row(row: Fields) -> Fields:
    """A customer transfer (103) as a payment."""
    made: Fields = {}
    for side, tag, bank, else_ in (("originator", "50", "52", "sender"), ("beneficiary", "59", "57", "receiver")):
        account, named = _named(row.get(tag, ""), row.get(f"{tag} option", ""))
        at = _institution(row.get(bank, "")) or _bank(row.get(else_, ""))
        if named.get("sort") == "bank":
            at = {}
        made |= _side(side, account | named | at)
    settled = re.fullmatch(r"(\d{6})([A-Z]{3})([\d,]+)", row.get("32A", "").strip())
    instructed = re.fullmatch(r"([A-Z]{3})([\d,]+)", row.get("33B", "").strip())
    text = " ".join(row.get("70", "").split())
    own = re.search(r"/ROC/([^/]+)", text)
    way = [
        " ".join(t for t in row.get(n, "").split("\n") if not t.startswith("/")) for n in ("51", "53", "54", "55", "56")
    ]
    return made | {
        "amount": _sum(settled[3]) if settled else row.get("32A", ""),
        "currency": settled[2] if settled else "",
        "date": _day(settled[1]) if settled else "",
        "value date": _day(settled[1]) if settled else "",
        "instructed amount": _sum(instructed[2]) if instructed else "",
        "instructed currency": instructed[1] if instructed else "",
        "rate": _sum(row["36"].strip()) if "36" in row else "",
        "charges": " ".join(row[n] for n in ("71A", "71F", "71G") if n in row),
        "uetr": row.get("uetr", ""),
        "end to end": own[1].strip() if own else "",
        "reference": row.get("20", "").strip(),
        "transaction number": row.get("20", "").strip(),
        "transaction type": " ".join(row[n] for n in ("23B", "23E", "26") if n in row),
        "method": "wire",
        "purpose": "; ".join(
            t for t in (text, " ".join(row.get("72", "").split()), " ".join(row.get("77", "").split())) if t
        ),
        "intermediary": "; ".join(t for t in way if t),
    }


_ROWS = {"statement": statement_row, "entry": entry_row, "transfer": transfer_row}


def payments_and_statements(table: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Records of the reader as payments and statements."""
    return tabled(table, _ROWS)


DATASET = Dataset(
    name="swift_mt",
    title=Text("SWIFT MT messages (103, 940, 942)", "Mensajes SWIFT MT (103, 940, 942)"),
    description=Text(
        "Transfers and account statements as tagged text, one or many in a file.",
        "Transferencias y estados de cuenta como texto con etiquetas, uno o varios por archivo.",
    ),
    publisher="Banks; the standard is SWIFT's",
    licence="As the bank that sent it says",
    url="https://www.swift.com/standards",
    format="swift_mt",
    columns=("MT",),
    mappings=payment_rules.MAPPINGS,
    prepare=payments.prepared(payments_and_statements, "swift_mt"),
    fill_rates=payment_rules.FILLED,
)
