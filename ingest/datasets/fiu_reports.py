"""What reports to financial-intelligence units have in common, as rows of a few tables; each form brings its own into them.

A report is walked once, in the order of its elements. A party is known by an official number; without one, by its name and
birth date inside its report: two reports that name *John Smith* tell of two, who meet at what they share. What names nobody
and has no number stays a party of its own, for a report on somebody unknown is one too.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.ingest.cells import no_collecting
from vinculo.ingest.clean.identifiers import iban_shaped, rfc
from vinculo.ingest.datasets import columns as c
from vinculo.ingest.datasets.accounts import account_keys, bank_keys
from vinculo.ingest.datasets.fiu_texts import Node
from vinculo.ingest.datasets.party_columns import named, number_key, party_kinds

Cells = dict[str, Any]
#: Columns of each table that hold one text; the others hold lists.
TABLES = {
    "reports": (
        "report key", "name", "number", "type", "filed", "begins", "ends", "publisher", "amount", "currency", "prior",
        "status", "narrative", "country",
    ),
    "parties": (
        "report key", "operation key", "party key", "kind", "role", "reason", "date", "name", "first", "middle", "last",
        "father", "mother", "suffix", "born", "birthplace", "birth country", "gender", "country", "residence", "tax",
        "tax country", "registration", "legal form", "sector", "profession", "incorporated", "phone country", "nobody",
    ),
    "addresses": ("party key", "kind", "street", "city", "state", "zip", "country", "note"),
    "numbers": ("party key", "kind", "type", "number", "country", "passport", "social", "other"),
    "accounts": (
        "report key", "operation key", "account", "bank", "bic", "clearing", "bank party key", "role", "type",
        "currency", "label", "opened", "closed", "balance", "balance date", "highest", "bank country",
    ),
    "holders": ("party key", "account", "bank", "bic", "clearing", "role", "link"),
    "ties": ("source key", "target key", "link", "role", "share", "shares", "date"),
    "operations": ("report key", "operation key", "name", "type", "date", "amount", "currency", "method", "number", "text"),
    "payments": (
        "originator party key", "originator account", "originator bank", "originator bic", "originator clearing",
        "beneficiary party key", "beneficiary account", "beneficiary bank", "beneficiary bic", "beneficiary clearing",
        "payment key", "date", "value date", "amount", "currency", "instructed amount", "instructed currency",
        "received amount", "received currency", "rate", "method", "transaction type", "purpose", "place", "number",
        "report number", "status", "description",
    ),
    "goods": (
        "report key", "operation key", "goods key", "kind", "name", "text", "amount", "currency", "number", "country",
    ),
}  # fmt: skip
LISTS = {
    "reports": ("indicators", "notes"),
    "parties": ("aliases", "phones", "emails", "websites", "nationality", "notes"),
    "accounts": ("notes",),
    "operations": ("notes",),
    "goods": ("notes",),
}
_COLUMNS = {n.replace(" ", "_"): n for names in (*TABLES.values(), *LISTS.values()) for n in names}
#: What stands in a record's text before what the elements above it say; inside a text its quotes would be escaped.
_HEAD = ',"^":'


@dataclass
class Rows:
    """The rows that one report gives.

    Attributes
    ----------
    record, line : int
    report : str
        Key of the report.
    tables : dict
        Rows by table.
    """

    record: int
    line: int
    report: str = ""
    tables: dict[str, list[Cells]] = field(default_factory=lambda: {name: [] for name in TABLES})

    def add(self, table: str, **cells: Any) -> None:
        """One row; blanks in the names of columns are written ``_``."""
        made = {_COLUMNS.get(name, name): value for name, value in cells.items() if value}
        made["record"], made["line"] = self.record, self.line
        self.tables[table].append(made)

    def party(self, said: Cells, role: str, at: str, operation: str = "") -> str:
        """A party in a role; its key.

        Parameters
        ----------
        said : dict
            Columns of ``parties``; ``addresses`` and ``numbers`` (``type``, ``number``, ``country``) as lists of rows.
        role : str
        at : str
            Where in the report it stands: what tells it from others where it has neither number nor name.
        operation : str
            Key of the transaction it takes part in.
        """
        key = said.get("key") or self._key(said, at)
        plain = {n: v for n, v in said.items() if n not in ("addresses", "numbers", "key")}
        nobody = "" if plain.get("name") else f"? {role}"
        self.tables["parties"].append(
            plain
            | {"report key": self.report, "operation key": operation, "party key": key, "role": role, "nobody": nobody}
            | {"record": self.record, "line": self.line}
        )
        for table in ("addresses", "numbers"):
            for row in said.get(table, ()):
                more = {"party key": key, "kind": said.get("kind"), "record": self.record, "line": self.line}
                self.tables[table].append(row | more)
        return key

    def _key(self, said: Cells, at: str) -> str:
        if made := number_key(said.get("tax", "")):
            return "|".join(("tax", made, said.get("tax country") or said.get("country") or "")).lower()
        for row in said.get("numbers", ()):
            if (row.get("type") or row.get("social")) and (made := number_key(row.get("number", ""))):
                return f"{row.get('type')}|{made}|{row.get('country', '').lower()}"
        if name := said.get("name", ""):
            return f"{self.report}|{' '.join(name.casefold().split())}|{said.get('born', '')}"
        return f"{self.report}|{at}"


def fingerprint(tree: str) -> str:
    """What a report without a number of its own is known by: everything it says, but for the numbers of its elements."""
    return hashlib.sha1(re.sub(r'"@SeqNum":"\d*",?', "", tree.rpartition(_HEAD)[0] or tree).encode()).hexdigest()


Walk = Callable[[Node, str, Rows, set[str]], None]


def prepared(dataset: str, walk: Walk) -> Callable[[pa.Table], dict[str, pa.Table]]:
    """A dataset's ``prepare``, from what walks one record: its tree, the tree's text, the rows to fill.

    The last argument is a set that all records of a chunk share: what several records say in the same words (the head of
    their report) is worked out for the first of them.
    """

    def prepare(table: pa.Table) -> dict[str, pa.Table]:
        with no_collecting():
            made = _walked(table, walk)
            return {name: _keyed(name, _tabled(name, made), dataset) for name in TABLES}

    return prepare


def _walked(table: pa.Table, walk: Walk) -> list[Rows]:
    trees, records, lines = (table.column(n).to_pylist() for n in ("tree", "record", "line"))
    made = [Rows(record, line) for record, line in zip(records, lines, strict=True)]
    seen: set[str] = set()
    heads: dict[str, Node] = {}
    for tree, rows in zip(trees, made, strict=True):
        walk(_loaded(tree, heads), tree, rows, seen)
    return made


def _loaded(tree: str, heads: dict[str, Node]) -> Node:
    """A record; what the elements above it say is parsed once, for it is longer than many a record."""
    body, mark, head = tree.rpartition(_HEAD)
    if not mark:
        return dict(json.loads(tree))
    if head not in heads:
        heads[head] = json.loads(head[:-1])
    return dict(json.loads(body + "}")) | {"^": heads[head]}


def _tabled(name: str, made: list[Rows]) -> pa.Table:
    rows = [row for one in made for row in one.tables[name]]
    there: set[str] = set().union(*rows)
    columns: dict[str, pa.Array] = {}
    for names, type in ((TABLES[name], pa.string()), (LISTS.get(name, ()), pa.list_(pa.string()))):
        for n in names:
            # most forms fill half of the columns
            cells = [row.get(n) or None for row in rows] if n in there else []
            columns[n] = pa.array(cells, type) if cells else pa.nulls(len(rows), type)
    columns |= {n: pa.array([row[n] for row in rows], pa.int64()) for n in ("record", "line")}
    return pa.table(columns)


def _keyed(name: str, table: pa.Table, dataset: str) -> pa.Table:
    if name == "parties":
        return _parties(table)
    if name == "addresses":
        streets = c.joined([c.texts(table, n) for n in ("street", "city", "state", "zip")])
        key = c.address_keys(c.if_any(c.texts(table, "street"), streets), c.texts(table, "country"))
        return c.with_columns(table, {"full": c.joined([streets, c.texts(table, "country")]), "full key": key})
    if name == "numbers":
        number = c.through(c.texts(table, "number"), number_key)
        return c.with_columns(
            table,
            {
                "compared": c.if_any(c.texts(table, "type"), number),
                "country code": c.country_codes(c.texts(table, "country")),
            },
        )
    if name in ("accounts", "holders"):
        return _accounts(table, "", dataset)
    if name == "payments":
        for side in ("originator ", "beneficiary "):
            table = _accounts(table, side, dataset)
            end = pc.if_else(pc.is_valid(c.texts(table, f"{side}account key")), "account", "party")
            table = c.with_columns(table, {f"{side}end": end})
    return table


def _parties(table: pa.Table) -> pa.Table:
    names = named(c.texts(table, "name"))
    tax = c.through(c.texts(table, "tax"), number_key)
    is_rfc = pc.is_valid(c.through(tax, rfc))
    home = pc.coalesce(c.texts(table, "country"), c.texts(table, "residence"))
    given = c.country_codes(pc.coalesce(c.texts(table, "tax country"), home))
    # an RFC tells its country; other numbers are another taxpayer's in another country, and join nobody without one
    country = c.where(c.if_any(tax, given), pc.invert(is_rfc))
    number = c.where(tax, pc.or_(is_rfc, pc.is_valid(country)))
    return c.with_columns(
        table,
        {
            "name": names,
            "tax number": number,
            "tax type": c.through(number, lambda made: "RFC" if rfc(made) else "TAX"),
            "tax country": country,
            "kind": pc.coalesce(c.texts(table, "kind"), party_kinds(names, tax)),
            "phone country": pc.coalesce(c.texts(table, "phone country"), home),
        },
    )


def _accounts(table: pa.Table, side: str, dataset: str) -> pa.Table:
    bic, clearing, bank = (c.texts(table, f"{side}{n}") for n in ("bic", "clearing", "bank"))
    banks = bank_keys(bic, clearing, bank)
    number = c.texts(table, f"{side}account")
    keys = account_keys(number, banks, dataset)
    return c.with_columns(
        table,
        {
            f"{side}account key": keys,
            f"{side}bank key": banks,
            f"{side}account iban": c.through(number, iban_shaped),
        },
    )
