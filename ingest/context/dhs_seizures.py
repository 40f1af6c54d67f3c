"""US Homeland Security: property seized by fiscal year and type, as released (a workbook) and as parsed (CSV).

In the workbook a category stands on a row of its own, padded with spaces, and below its types a row without a type sums them.
"""

from __future__ import annotations

import re

import pyarrow as pa

from vinculo.graph.text import Text
from vinculo.ingest.context import Column, ContextTable

_FIGURES = ("distinct incidents", "total $ seized", "lbs seized", "msrp", "qty seized")
_TITLE = Text(
    "Property seized by US Homeland Security, by year and type",
    "Bienes decomisados por Seguridad Nacional de EE. UU., por año y tipo",
)
_PUBLISHER = "US Department of Homeland Security (released under the Freedom of Information Act)"
_LICENCE = "US federal government work, public domain in the United States"


def prepare(table: pa.Table, sheet: str) -> pa.Table:
    """The category carried down to its types, the year from the sheet's name, and what each row is."""
    found = re.search(r"[12]\d{3}", sheet)
    categories, kinds = [], []
    now = ""
    figures = list(zip(*(table.column(c).to_pylist() for c in _FIGURES), strict=True))
    named = zip(
        table.column("property category").to_pylist(), table.column("property type").to_pylist(), figures, strict=True
    )
    for category, type_, numbers in named:
        heading = bool(category.strip()) and not type_.strip() and not any(n.strip() for n in numbers)
        now = category.strip() or now
        categories.append(now)
        kinds.append("heading" if heading else "" if type_.strip() else "total")
    at = table.column_names.index("property category")
    made = table.set_column(at, "property category", pa.array(categories, pa.string()))
    made = made.append_column("year", pa.array([found[0] if found else ""] * table.num_rows, pa.string()))
    return made.append_column("row", pa.array(kinds, pa.string()))


CONTEXT = (
    ContextTable(
        name="dhs_seizures",
        title=_TITLE,
        description=Text(
            "Incidents, dollars, pounds, retail value and quantity by type of property. Rows that sum a category "
            "are marked as totals.",
            "Incidentes, dólares, libras, valor de venta y cantidad por tipo de bien. Las filas que suman una "
            "categoría se marcan como "
            "totales.",
        ),
        publisher=_PUBLISHER,
        licence=_LICENCE,
        columns=(
            Column("property category"),
            Column("property type"),
            Column("distinct incidents", "count", "incidents"),
            Column("total $ seized", "number", "USD"),
            Column("lbs seized", "number", "lb"),
            Column("msrp", "number", "USD"),
            Column("qty seized", "number", "pieces"),
        ),
        optional=(Column("year", "year", needed=True, derived=True), Column("row", "code", derived=True)),
        marked=("row", "total"),
        minimum_records=670,
        filled={"distinct incidents": 0.8, "total $ seized": 0.8},
        prepare=prepare,
    ),
    ContextTable(
        name="dhs_seizures_parsed",
        title=_TITLE,
        description=Text(
            "The same as dhs_seizures, as a table with the year in a column and without the totals.",
            "Lo mismo que dhs_seizures, como tabla con el año en una columna y sin los totales.",
        ),
        publisher=_PUBLISHER,
        licence=_LICENCE,
        columns=(
            Column("year", "year", needed=True),
            Column("property_category", needed=True),
            Column("property_type"),
            Column("distinct_incidents", "count", "incidents"),
            Column("money_seized", "number", "USD"),
            Column("lbs_seized", "number", "lb"),
            Column("msrp", "number", "USD"),
            Column("quantity_seized", "number", "pieces"),
        ),
        key=("year", "property_category", "property_type"),
        minimum_records=600,
        filled={"distinct_incidents": 0.9, "money_seized": 0.9},
    ),
)
