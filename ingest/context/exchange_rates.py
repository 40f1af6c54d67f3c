"""Exchange rates: a table of one's own, the European Central Bank's history, the Bank of Mexico's series.

All of them become rows that say: so many ``units`` of ``base`` cost ``rate`` of ``currency`` on that day.
"""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.text import Text
from vinculo.ingest.clean.dates import date
from vinculo.ingest.context import Column, ContextTable

_SAID = ("date", "base", "units", "currency", "rate", "source")
_COLUMNS = (
    Column("date", "date", needed=True),
    Column("base", "currency", needed=True),
    Column("currency", "currency", needed=True),
    Column("rate", "rate", "[currency]", needed=True),
)
_FURTHER = (Column("units", "rate", "[base]"), Column("source"))
_DERIVED = tuple(Column(c.name, c.sort, c.unit, c.needed, derived=True) for c in (*_COLUMNS, *_FURTHER))
#: The Bank of Mexico's daily series: pesos for one unit of a currency.
SERIES = {"SF43718": "USD", "SF60653": "USD", "SF46410": "EUR", "SF46406": "JPY", "SF46407": "GBP", "SF60632": "CAD"}


def prepare(table: pa.Table, sheet: str) -> pa.Table:
    """A table of one's own: codes in capitals, one unit where none are named."""
    for name in ("base", "currency"):
        at = table.column_names.index(name)
        table = table.set_column(at, name, pc.utf8_upper(pc.utf8_trim_whitespace(table.column(name))))
    if "units" not in table.column_names:
        table = table.append_column("units", pa.array([""] * table.num_rows, pa.string()))
    units = pc.utf8_trim_whitespace(table.column("units"))
    table = table.set_column(table.column_names.index("units"), "units", pc.if_else(pc.equal(units, ""), "1", units))
    if "source" not in table.column_names:
        table = table.append_column("source", pa.array([""] * table.num_rows, pa.string()))
    return table


def prepare_ecb(table: pa.Table, sheet: str) -> pa.Table:
    """One row for each currency that has a rate that day; a euro costs so much of it."""
    pieces = []
    for name in table.column_names:
        if len(name) != 3 or not name.isalpha():
            continue
        rates = pc.utf8_trim_whitespace(table.column(name))
        there = pc.invert(pc.is_in(rates, pa.array(["", "N/A"])))
        some = table.filter(there)
        count = some.num_rows
        made = {
            "date": some.column("date"),
            "base": pa.array(["EUR"] * count, pa.string()),
            "units": pa.array(["1"] * count, pa.string()),
            "currency": pa.array([name.upper()] * count, pa.string()),
            "rate": rates.filter(there),
            "source": pa.array(["ECB"] * count, pa.string()),
            "record": some.column("record"),
            "line": some.column("line"),
        }
        pieces.append(pa.table(made))
    return pa.concat_tables(pieces).sort_by([("record", "ascending"), ("currency", "ascending")])


def prepare_banxico(table: pa.Table, sheet: str) -> pa.Table:
    """One row for each day of each series; days without a rate (``N/E``) have none."""
    rows = []
    for text in table.column("bmx").to_pylist():
        answer = json.loads(text) if text.startswith("{") else {}
        several = answer.get("series") if isinstance(answer, dict) else None
        for series in several if isinstance(several, list) else []:
            if not isinstance(series, dict):
                continue
            name = str(series.get("idSerie", ""))
            points = series.get("datos")
            for point in points if isinstance(points, list) else []:
                day, rate = (str(point.get(k, "")) if isinstance(point, dict) else "" for k in ("fecha", "dato"))
                if rate != "N/E":
                    told = date(day, ("%d/%m/%Y",)) or day
                    rows.append((told, SERIES.get(name, ""), "1", "MXN", rate.replace(",", ""), f"Banxico {name}"))
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(_SAID)
    made = pa.table([pa.array(c, pa.string()) for c in columns], names=list(_SAID))
    numbers = pa.array(range(1, len(rows) + 1), pa.int64())
    return made.append_column("record", numbers).append_column("line", pa.array([0] * len(rows), pa.int64()))


CONTEXT = (
    ContextTable(
        name="exchange_rates",
        title=Text("Exchange rates, a table of your own", "Tipos de cambio, tabla propia"),
        description=Text(
            "A row says: so many units of base cost rate of currency on date. 2024-03-01, USD, MXN, 17.05 is "
            "17.05 pesos for a dollar.",
            "Una fila dice: tantas unidades (units) de base cuestan rate de currency en la fecha. 2024-03-01, "
            "USD, MXN, 17.05 son 17.05 "
            "pesos por dólar.",
        ),
        publisher="",
        licence="",
        columns=_COLUMNS,
        optional=_FURTHER,
        aliases={
            "fecha": "date",
            "moneda base": "base",
            "moneda": "currency",
            "tipo de cambio": "rate",
            "unidades": "units",
            "fuente": "source",
        },
        only=("note", "nota"),
        key=("date", "base", "currency", "source"),
        rates=True,
        prepare=prepare,
    ),
    ContextTable(
        name="exchange_rates_ecb",
        title=Text(
            "Euro reference rates of the European Central Bank",
            "Tipos de cambio de referencia del euro, Banco Central Europeo",
        ),
        description=Text(
            "The history file (eurofxref-hist.csv): a row a day, a column a currency; what a euro costs in it. "
            "N/A: no rate that day.",
            "El archivo histórico (eurofxref-hist.csv): una fila por día, una columna por moneda; lo que cuesta "
            "un euro en ella. N/A: "
            "sin tipo ese día.",
        ),
        publisher="European Central Bank",
        licence="free reuse with attribution of the source (ECB)",
        url="https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates/",
        columns=tuple(
            Column(n, "date" if n == "date" else "text", needed=n == "date")
            for n in ("date", "usd", "jpy", "gbp", "chf")
        ),
        optional=tuple(c for c in _DERIVED if c.name != "date"),
        only=("(?!eur)[a-z]{3}",),
        key=("date", "base", "currency"),
        rates=True,
        prepare=prepare_ecb,
    ),
    ContextTable(
        name="exchange_rates_banxico",
        title=Text("Exchange rates of the Bank of Mexico", "Tipos de cambio del Banco de México"),
        description=Text(
            "What the SIE interface answers (JSON): pesos for one dollar (SF43718 FIX, SF60653), euro, yen, "
            "pound, Canadian dollar.",
            "Lo que responde la interfaz del SIE (JSON): pesos por dólar (SF43718 FIX, SF60653), euro, yen, "
            "libra, dólar canadiense.",
        ),
        publisher="Banco de México",
        licence="terms of use of Banco de México, with attribution",
        url="https://www.banxico.org.mx/SieAPIRest/service/v1/",
        format="json",
        columns=(Column("bmx", needed=False),),
        optional=_DERIVED,
        unfolds=True,
        key=("date", "base", "currency", "source"),
        rates=True,
        prepare=prepare_banxico,
    ),
)
