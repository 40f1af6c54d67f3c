"""OFX and QFX downloads: accounts, card and investment accounts with their transactions, seen from one account."""

from __future__ import annotations

import re

import pyarrow as pa

from vinculo.graph.text import Text
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.datasets import payment_rules, payments
from vinculo.ingest.datasets.payments import Fields, tabled

_MOMENT = re.compile(
    r"(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?(?:\.\d+)?)?(?:\[([+-]?\d{1,2})(?:\.(\d+))?(?::[^\]]*)?\])?"
)
_METHODS = {
    "CHECK": "check", "POS": "card", "XFER": "internal", "DIRECTDEP": "ach", "DIRECTDEBIT": "ach", "REPEATPMT": "ach",
    "FEE": "fee", "SRVCHG": "fee", "INT": "interest", "DIV": "dividend",
}  # fmt: skip
_CASH = ("ATM", "CASH")
#: Types of transactions whose ``NAME`` says what happened, not who was there.
_NOBODY = (*_CASH, "FEE", "SRVCHG", "INT", "DIV", "DEP", "CHECK")


def moment(text: str) -> str:
    """A date of OFX in ISO form: ``20240323120000.000[-3:GMT]``; what is none stays as it is.

    Examples
    --------
    >>> moment("20240323120000[-3:GMT]"), moment("20051004"), moment("200510291120"), moment("20240101000000[5.5:IST]")
    ('2024-03-23T12:00:00-03:00', '2005-10-04', '2005-10-29T11:20', '2024-01-01T00:00:00+05:30')
    """
    found = _MOMENT.fullmatch(text.strip())
    if not found:
        return text
    year, month, day, hour, minute, second, zone, part = found.groups()
    made = f"{year}-{month}-{day}"
    if hour is None:
        return made
    made += f"T{hour}:{minute}" + (f":{second}" if second else "")
    if zone is None:
        return made
    # half and quarter hours come as 5.5, 5.75
    minutes = int(float(f"0.{part or 0}") * 60)
    return f"{made}{'-' if zone.startswith('-') else '+'}{abs(int(zone)):02}:{minutes:02}"


def _sum(text: str) -> tuple[bool, str]:
    """Whether money leaves, and how much; a comma is the decimal mark unless a point stands behind it."""
    text = text.strip().replace(" ", "")
    if "," in text and "." in text:
        text = text.replace(",", "") if text.rindex(".") > text.rindex(",") else text.replace(".", "").replace(",", ".")
    text = text.replace(",", ".")
    return text.startswith("-"), text.removeprefix("-").removeprefix("+")


def _own(row: Fields) -> Fields:
    bank = row.get("BANKACCTFROM/BANKID", "")
    account = next((row[n] for n in ("BANKACCTFROM/ACCTID", "CCACCTFROM/ACCTID", "INVACCTFROM/ACCTID") if n in row), "")
    return {
        "account": account,
        "account type": row.get("BANKACCTFROM/ACCTTYPE") or ("CREDITCARD" if "CCACCTFROM/ACCTID" in row else ""),
        "clearing": " ".join(
            t for t in (bank or row.get("INVACCTFROM/BROKERID", ""), row.get("BANKACCTFROM/BRANCHID", "")) if t
        ),
        "bank": row.get("FI/ORG", ""),
    }


def _other(row: Fields) -> Fields:
    bank = row.get("BANKACCTTO/BANKID", "")
    name = row.get("PAYEE/NAME", "")
    if not name and row.get("TRNTYPE", "").upper() not in _NOBODY:
        name = row.get("EXTDNAME") or row.get("NAME", "")
    return {
        "account": row.get("BANKACCTTO/ACCTID") or row.get("CCACCTTO/ACCTID", ""),
        "account type": row.get("BANKACCTTO/ACCTTYPE", ""),
        "clearing": bank,
        "name": name,
        "street": ", ".join(row[n] for n in ("PAYEE/ADDR1", "PAYEE/ADDR2", "PAYEE/ADDR3") if n in row),
        "town": ", ".join(row[n] for n in ("PAYEE/CITY", "PAYEE/STATE", "PAYEE/POSTALCODE") if n in row),
        "country": row.get("PAYEE/COUNTRY", ""),
        "phone": row.get("PAYEE/PHONE", ""),
    }


def _sides(row: Fields, pays: bool, other: Fields) -> Fields:
    sides = ("originator", "beneficiary") if pays else ("beneficiary", "originator")
    return {
        f"{side} {n}": v for side, told in zip(sides, (_own(row), other), strict=True) for n, v in told.items() if v
    }


def transaction_row(row: Fields) -> Fields:
    """A ``STMTTRN`` as a payment between this account and another, or somebody."""
    pays, amount = _sum(row.get("TRNAMT", ""))
    kind = row.get("TRNTYPE", "").upper()
    foreign = row.get("CURRENCY/CURSYM", "")
    number = row.get("CHECKNUM", "")
    texts = [row.get("NAME", ""), row.get("MEMO", ""), f"check {number}" if number else ""]
    cash = ("cash_withdrawal" if pays else "cash_deposit") if kind in _CASH else ""
    started = row.get("DTUSER", "")
    return _sides(row, pays, _other(row)) | {
        "amount": amount,
        "currency": foreign or row.get("CURDEF", ""),
        "instructed currency": row.get("ORIGCURRENCY/CURSYM", ""),
        "rate": row.get("CURRENCY/CURRATE") or row.get("ORIGCURRENCY/CURRATE", ""),
        "date": moment(row.get("DTPOSTED", "")),
        "value date": moment(row.get("DTAVAIL", "")),
        "reference": row.get("FITID") or "|".join(texts),
        "repeat": row.get("repeat", ""),
        "transaction number": row.get("FITID") or row.get("REFNUM", ""),
        "transaction type": kind,
        "method": cash or _METHODS.get(kind, ""),
        "status": "corrects " + row["CORRECTFITID"] if "CORRECTFITID" in row else "",
        "purpose": "; ".join(t for t in texts if t),
        "description": f"ordered {moment(started)}" if started and started != row.get("DTPOSTED") else "",
    }


def investment_row(row: Fields) -> Fields:
    """What was bought, sold or earned in an investment account, as far as money moved; the security stands in the purpose."""
    by_end = {path.rpartition("/")[2]: text for path, text in row.items() if not path.startswith("INVACCTFROM")}
    pays, amount = _sum(by_end.get("TOTAL", ""))
    texts = [row["aggregate"], *(by_end.get(n, "") for n in ("UNITS", "UNIQUEIDTYPE", "UNIQUEID", "MEMO"))]
    return _sides(row, pays, {}) | {
        "amount": amount,
        "currency": by_end.get("CURSYM") or row.get("CURDEF", ""),
        "date": moment(by_end.get("DTTRADE", "")),
        "value date": moment(by_end.get("DTSETTLE", "")),
        "reference": by_end.get("FITID", ""),
        "repeat": row.get("repeat", ""),
        "transaction number": by_end.get("FITID", ""),
        "transaction type": row["aggregate"],
        "charges": f"commission {by_end['COMMISSION']}" if "COMMISSION" in by_end else "",
        "purpose": " ".join(t for t in texts if t),
    }


def statement_row(row: Fields) -> Fields:
    """A statement: its account and balances."""
    balances = []
    for name in ("LEDGERBAL", "AVAILBAL"):
        if f"{name}/BALAMT" in row:
            negative, amount = _sum(row[f"{name}/BALAMT"])
            said = (
                name,
                moment(row.get(f"{name}/DTASOF", "")),
                f"{'-' if negative else ''}{amount}",
                row.get("CURDEF", ""),
            )
            balances.append([t for t in said if t])
    cash = row.get("INVBAL/AVAILCASH", "")
    made = {f"owner {n}": v for n, v in _own(row).items() if v} | {"currency": row.get("CURDEF", "")}
    if balances and balances[0][0] == "LEDGERBAL":
        negative, amount = _sum(row["LEDGERBAL/BALAMT"])
        made |= {
            "balance": f"{'-' if negative else ''}{amount}",
            "balance date": moment(row.get("LEDGERBAL/DTASOF", "")),
        }
    return made | {"balances": "; ".join([*(" ".join(b) for b in balances), *([f"AVAILCASH {cash}"] if cash else [])])}


_ROWS = {"statement": statement_row, "transaction": transaction_row, "investment": investment_row}


def payments_and_statements(table: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Records of the reader as payments and statements."""
    return tabled(table, _ROWS)


DATASET = Dataset(
    name="ofx",
    title=Text("OFX and QFX statements", "Estados de cuenta OFX y QFX"),
    description=Text(
        "Accounts, cards and investment accounts as banks offer them for download.",
        "Cuentas, tarjetas y cuentas de inversión como los bancos las ofrecen para descargar.",
    ),
    publisher="Banks; the standard is the Financial Data Exchange's",
    licence="As the bank that sent it says",
    url="https://www.financialdataexchange.org/ofx",
    format="ofx",
    columns=("OFX",),
    mappings=payment_rules.MAPPINGS,
    prepare=payments.prepared(payments_and_statements, "ofx"),
    fill_rates=payment_rules.FILLED,
)
