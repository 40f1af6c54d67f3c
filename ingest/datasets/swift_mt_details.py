"""What banks of several countries put into ``:86:`` of a SWIFT message; the standard leaves that field to them.

``DIALECTS`` says how some banks write who paid and why. What is in none of them keeps its text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from vinculo.ingest.datasets.payments import Fields

_SEPA = re.compile(r"(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|IBAN|BIC|COAM|OAMT)\+")
_SLASHED = re.compile(
    r"/(TRTP|IBAN|BIC|NAME|REMI|EREF|KREF|MARF|CSID|CNTP|ORDP|BENM|ULTD|ULTC|ADDR|ID|ISDT|PURP|RTRN)/"
)
#: Characters of one subfield of a German ``:86:``: a full one goes on in the next without a space.
_FULL = 27


@dataclass(frozen=True)
class Dialect:
    """How a bank writes ``:86:``.

    Attributes
    ----------
    name : str
    known_by : str
        What such a text begins with (a regular expression).
    reads : callable
        From the text, its lines as they came, to ``account``, ``bank``, ``name``, ``address``, ``end to end``, ``ultimate`` (of
        the counterparty), ``own ultimate``, ``method``, ``purpose``.
    """

    name: str
    known_by: str
    reads: Callable[[str], Fields]


def _german(text: str) -> Fields:
    """``166?00GUTSCHRIFT?20SVWZ+...?30BIC?31IBAN?32NAME``: subfields of 27 characters."""
    parts: list[str] = text.replace("\n", "").split("?")
    code = parts.pop(0)
    fields = [(p[:2], p[2:]) for p in parts if len(p) >= 2]
    lines = [t for n, t in fields if n[0] == "2" or n in ("60", "61", "62", "63")]
    purpose = "".join(t if len(t) >= _FULL else f"{t} " for t in lines).strip()
    made = {"name": "".join(t if len(t) >= _FULL else f"{t} " for n, t in fields if n in ("32", "33")).strip()}
    made |= {"bank": "".join(t for n, t in fields if n == "30"), "account": "".join(t for n, t in fields if n == "31")}
    made["booking"] = " ".join([code, *(t for n, t in fields if n == "00")])
    pieces = _SEPA.split(purpose)
    told: Fields = {mark: text.strip() for mark, text in zip(pieces[1::2], pieces[2::2], strict=True)}
    made |= {"end to end": told.get("EREF", ""), "account": made["account"] or told.get("IBAN", "")}
    made |= {"bank": made["bank"] or told.get("BIC", "")}
    made |= {"payer ultimate": told.get("ABWA", ""), "payee ultimate": told.get("ABWE", "")}
    return made | {"purpose": told.get("SVWZ") or purpose}


def _slashed(text: str) -> Fields:
    """``/TRTP/SEPA OVERBOEKING/IBAN/NL../NAME/.../REMI/.../EREF/...``; ``/CNTP/`` holds account, bank, name and town."""
    pieces = _SLASHED.split(text.replace("\n", ""))
    told: Fields = {mark: text.strip("/ ") for mark, text in zip(pieces[1::2], pieces[2::2], strict=True)}
    account, bank, name, *_ = [*told.get("CNTP", "").split("/"), "", "", ""]
    return {
        "account": told.get("IBAN") or account,
        "bank": told.get("BIC") or bank,
        "name": told.get("NAME") or name,
        "address": told.get("ADDR", ""),
        "end to end": told.get("EREF", ""),
        "payer ultimate": told.get("ULTD", ""),
        "payee ultimate": told.get("ULTC", ""),
        "booking": told.get("TRTP", ""),
        "purpose": _KINDS_OF_TEXT.sub("", told.get("REMI", "")),
    }


def _by(pattern: str, **constant: str) -> Callable[[str], Fields]:
    """A dialect that one regular expression reads; what it does not name is purpose."""
    compiled = re.compile(pattern, re.DOTALL)

    def reads(text: str) -> Fields:
        found = compiled.match(text)
        return {k: v for k, v in found.groupdict().items() if v} | constant if found else {}

    return reads


#: Some banks' ways, the first that fits.
DIALECTS = (
    Dialect("German banks", r"\d{3}\?\d\d", _german),
    Dialect("structured Dutch and Polish banks", r"/(TRTP|IBAN|CNTP|NAME|ORDP|BENM|EREF|RTRN)/", _slashed),
    Dialect("account first (ASN, SNS, Regio)", r"[A-Z]{2}\d\d[A-Z]{4}[A-Z0-9]{5,26} ",
            _by(r"(?P<account>\S+)\s+(?P<name>[^\n]+)\n?(?P<purpose>.*)")),
    Dialect("mBank", r"\d{3} .*?; (ID|Z RACH|NA RACH|OD|DLA)",
            _by(r".*?RACH\.:\s*(?P<account>\d{26});\s*(?:OD|DLA):\s*(?P<name>[^\n;]+?)\s*(?:\n(?P<address>[^;]*))?;\s*TYT\.:\s*(?P<purpose>.*)")),
    Dialect("ABN AMRO, card", r"(BEA|GEA)\s", _by(r"\S+\s+NR:\S+\s+[\d.]+/[\d.]+\s+(?P<name>[^,\n]+)", method="card")),
    Dialect("ABN AMRO, transfer", r"(GIRO\s+\d|\d\d\.\d\d\.\d\d\.\d{3}\s)",
            _by(r"(?:GIRO\s+)?(?P<account>[\d.]+)\s+(?P<name>.+?)(?:\s{3,}|\n|$)(?P<purpose>.*)")),
)  # fmt: skip
_KNOWN = tuple((re.compile(one.known_by, re.DOTALL).match, one.reads) for one in DIALECTS)
_KINDS_OF_TEXT = re.compile(r"^(USTD|STRD)/+")
#: Fields of ``:NS:`` at Sberbank in Hungary: the number in front of each line.
_NON_SWIFT = {"15": "name", "16": "name", "33": "bank", "34": "account"}


def information(text: str) -> Fields:
    """Who and why, from a ``:86:``, by the first dialect that fits.

    Examples
    --------
    >>> told = information("166?00GUTSCHRIFT?20EREF+R-7?21SVWZ+Miete?30COBADEFF?31DE89370400440532013000?32ANA RUIZ")
    >>> told["name"], told["end to end"], told["purpose"]
    ('ANA RUIZ', 'R-7', 'Miete')
    """
    for fits, reads in _KNOWN:
        if fits(text):
            return reads(text)
    return {}


def non_swift(text: str) -> Fields:
    """Who and why, from the numbered lines of a ``:NS:``."""
    made: Fields = {}
    for line in text.split("\n") if text else ():
        if name := _NON_SWIFT.get(line[:2]):
            made[name] = f"{made[name]} {line[2:].strip()}" if name in made else line[2:].strip()
    return made
